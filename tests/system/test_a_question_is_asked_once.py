"""AskedOnce: one answer for the length of a run, also for threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

from precheck.contract.verdict import OsFamily
from probes.facts import Known
from probes.system.once import AskedOnce
from probes.system.questions import HttpGet, ReadFile


class Counting:
    """A machine that counts, and answers `gated` questions when told to."""

    family = OsFamily.LINUX

    def __init__(self, gated: str = "") -> None:
        self.asked: list[str] = []
        self.gate, self._gated = threading.Event(), gated

    def ask(self, question):
        path = getattr(question, "path", "other")
        self.asked.append(path)
        if path == self._gated:
            assert self.gate.wait(30)
        return Known(len(self.asked), path)


def test_the_same_question_has_the_first_answer() -> None:
    machine = Counting()
    once = AskedOnce(machine)
    assert once.family is OsFamily.LINUX
    assert once.ask(ReadFile("/a")) == once.ask(ReadFile("/a")) == Known(1, "/a")
    assert once.ask(ReadFile("/a", limit=1)) == Known(2, "/a")
    assert machine.asked == ["/a", "/a"]


def test_another_attempt_is_another_question() -> None:
    once = AskedOnce(Counting())
    url = "https://office.example/"
    assert once.ask(HttpGet(url, attempt=0)) != once.ask(HttpGet(url, attempt=1))


def test_threads_that_ask_the_same_share_one_answer() -> None:
    machine = Counting()
    once = AskedOnce(machine)
    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(once.ask, [ReadFile("/a")] * 64))
    assert answers == {Known(1, "/a")}
    assert machine.asked == ["/a"]


def test_a_slow_question_holds_up_no_other() -> None:
    machine = Counting(gated="/slow")
    once = AskedOnce(machine)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(once.ask, ReadFile("/slow"))
        assert threads.submit(once.ask, ReadFile("/quick")).result(timeout=30).source == "/quick"
        assert not slow.done()
        machine.gate.set()
        assert slow.result(timeout=30).source == "/slow"
