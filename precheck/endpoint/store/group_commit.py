"""One flush for all who wait for one.

A flush to the disk takes as long for twenty changes as for one. So while one batch is being
committed, the jobs that arrive line up, and the next batch is all of them. This needs no thread of
its own: the first in the line leads the batch in its own thread, and wakes the others when it is
done. With nobody else about, a job is done at once where it came from.

A server that lives long has a `writer`, a thread that leads all batches: then one connection to the
store does all the work, which costs a fifth less than if each thread's had to be kept up to date.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Generic, NoReturn, TypeVar

from precheck.endpoint.store.writing import STORE_FAILS

Job = TypeVar("Job")
Result = TypeVar("Result")

_PATIENCE = 1
"""Seconds for which the end of a writer is waited for. Whom it still works for has no answer."""


class NotDone(Exception):
    """The batch ended before it came to this job."""


class _Waiting(Generic[Job, Result]):
    """A job, and what became of it. `turn` is released once: when it is done, or when it leads."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.outcome: Callable[[], Result] = _raiser(NotDone())
        self.is_done = False
        self.turn = threading.Lock()
        self.turn.acquire()


class GroupCommit(Generic[Job, Result]):
    """Runs jobs in batches. `run` gives the result of each job of a batch, in their order, when all
    is committed; where it raises, nothing of the batch is. `limit` is how many jobs make a batch at
    most."""

    def __init__(self, run: Callable[[Sequence[Job]], Sequence[Result]], limit: int = 64) -> None:
        self._run = run
        self._limit = limit
        self._gate = threading.Lock()
        self._line: list[_Waiting[Job, Result]] = []
        self._is_led = False
        self._writer: SimpleQueue[bool] | None = None
        """The calls to the writer: True for a batch to lead, False to end."""
        self.sizes: Counter[int] = Counter()
        """How many batches there were by their size."""

    def do(self, job: Job) -> Result:
        """The result of `job`, once it is committed. Raises what `run` raises for it."""
        mine = _Waiting[Job, Result](job)
        with self._gate:
            self._line.append(mine)
            leads = not self._is_led
            self._is_led = True
            if leads and self._writer is not None:
                self._writer.put(True)
                leads = False
        if not leads:
            mine.turn.acquire()
        if not mine.is_done:
            following = self._lead()
            if following is not None:
                following.turn.release()
        return mine.outcome()

    @contextmanager
    def writer(self, at_its_end: Callable[[], object]) -> Iterator[None]:
        """While it lasts, a thread of its own leads all batches; it calls `at_its_end` as its
        last."""
        calls = SimpleQueue[bool]()

        def write() -> None:
            try:
                while calls.get():
                    while self._lead() is not None:
                        pass
            except BaseException:
                self._lead_without(calls)
                raise
            finally:
                at_its_end()

        # A daemon: what the store does not answer must not hold up the end of the process.
        thread = threading.Thread(target=write, name="writer", daemon=True)
        try:
            thread.start()
            with self._gate:
                self._writer = calls
            yield
        finally:
            with self._gate:
                self._writer = None
            calls.put(False)
            if thread.ident is not None:  # else it could not be started
                thread.join(_PATIENCE)

    def _lead_without(self, calls: SimpleQueue[bool]) -> None:
        """The writer that takes `calls` has died of a batch: who waits for it is told, and from now
        on jobs are done where they come from."""
        with self._gate:
            if self._writer is calls:
                self._writer = None
            self._is_led = False
            left, self._line = self._line, []
        for each in left:
            each.is_done = True
            each.turn.release()

    def waiting(self) -> int:
        """How many jobs are in no batch yet."""
        with self._gate:
            return len(self._line)

    def _lead(self) -> "_Waiting[Job, Result] | None":
        """Do a batch. Gives whose turn it is to lead the next one; None where nobody waits."""
        with self._gate:
            batch, self._line = self._line[: self._limit], self._line[self._limit :]
            self.sizes[len(batch)] += 1
        try:
            self._complete(batch)
        finally:
            with self._gate:
                following = self._line[0] if self._line else None
                self._is_led = following is not None
            for each in batch:
                each.is_done = True
                each.turn.release()
        return following

    def _complete(self, batch: Sequence[_Waiting[Job, Result]]) -> None:
        try:
            results = self._run([each.job for each in batch])
        except STORE_FAILS as error:
            self._fail(batch, error)  # the store's fault: it is the same for all of them
        except Exception as error:  # noqa: BLE001 - whatever it is, the job that brought it is told
            if len(batch) == 1:
                self._fail(batch, error)
            else:
                for each in batch:
                    self._complete([each])  # one job's fault: the others do not suffer for it
        else:
            for each, result in zip(batch, results, strict=True):
                each.outcome = partial(_given, result)

    def _fail(self, batch: Sequence[_Waiting[Job, Result]], error: Exception) -> None:
        for each in batch:
            each.outcome = _raiser(error)


def _given(result: Result) -> Result:
    return result


def _raiser(error: Exception) -> Callable[[], NoReturn]:
    def outcome() -> NoReturn:
        raise error

    return outcome
