"""Talking to the office's status endpoint, and to nobody else."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TypeVar
from uuid import UUID

import requests
import urllib3.exceptions
from urllib3.util import Retry

from precheck.agent.address import endpoint_address
from precheck.agent.errors import (
    CodeRefused,
    EndpointAway,
    EndpointBusy,
    RecordingRefused,
    RecordingsUnknown,
    Refused,
)
from precheck.contract.api import (
    APPOINTMENT_PATH,
    CATALOGUES_PATH,
    CODE_SCHEME,
    MESSAGE_LIMIT,
    RECORDINGS_PATH,
    REPORTS_PATH,
    Appointment,
    BadMessage,
    Problem,
    ProblemType,
    Receipt,
    RecordingReceipt,
    decode_message,
)
from precheck.contract.report import Report, encode_report
from probes.system.transport import first_bytes, proxies_for, trusting_session

M = TypeVar("M")
T = TypeVar("T")

CATALOGUE_LIMIT = 4 << 20
CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 5.0, 15.0, 20.0
SLOWEST_BYTES = 16 << 10
"""Per second: what is sent over a line as slow as this has the time that it takes."""

FOR_GOOD = frozenset(
    {
        ProblemType.UNKNOWN_CODE,
        ProblemType.BAD_REPORT,
        ProblemType.TOO_LARGE,
        ProblemType.REPORT_CONFLICT,
        ProblemType.REPORT_DELETED,
        ProblemType.OTHER_POLICY,
    }
)
"""What only an endpoint says, and means for ever. Any other refusal may come from whatever stands
between, and loses no report."""

RECORDING_REFUSALS = frozenset(
    {
        ProblemType.UNKNOWN_CODE,
        ProblemType.BAD_RECORDING,
        ProblemType.TOO_LARGE,
        ProblemType.UNKNOWN_REPORT,
        ProblemType.RECORDING_CONFLICT,
        ProblemType.TOO_MANY_ATTEMPTS,
    }
)

JSON, GZIP = "application/json", "application/gzip"


class Client:
    """One endpoint, spoken to over the system's own trust store, with retries and no redirects.

    Every method raises `EndpointAway` when there is no usable answer within `seconds`, all retries
    together, and the time that what is sent takes over a slow line.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        retries: int = 3,
        backoff: float = 0.5,
        seconds: float = WHOLE_SECONDS,
    ) -> None:
        self.endpoint = endpoint_address(endpoint)
        self._seconds = seconds
        self._session = trusting_session(
            Retry(
                total=retries,
                backoff_factor=backoff,
                status_forcelist=(502, 503, 504),
                allowed_methods=None,
                respect_retry_after_header=False,
                raise_on_status=False,
            )
        )

    def appointment(self, code: str) -> Appointment:
        """The appointment behind `code`. Raises `CodeRefused` when the endpoint knows none, and
        `EndpointBusy` when it will not look now."""
        status, body = self._request("GET", APPOINTMENT_PATH, code=code)
        if status == 200:
            return self._message(body, Appointment)
        problem = self._problem(body).type
        if problem == ProblemType.UNKNOWN_CODE:
            raise CodeRefused("the endpoint does not know this code")
        if problem == ProblemType.TOO_MANY_ATTEMPTS:
            raise EndpointBusy("too many codes were tried from this network")
        raise EndpointAway(f"the endpoint answered {status} for an appointment")

    def send(self, code: str, report: Report) -> Receipt:
        """Send `report`; sending the same one again is harmless.

        Raises `Refused` when the endpoint will never take it.
        """
        status, body = self._request("POST", REPORTS_PATH, code=code, body=encode_report(report))
        if status in (200, 201):
            receipt = self._message(body, Receipt)
            if receipt.report_id != UUID(str(report.report_id)):
                raise EndpointAway("the endpoint's receipt is for another report")
            return receipt
        problem = self._problem(body)
        if problem.type in FOR_GOOD:
            raise Refused(f"{problem.type}: {problem.title}", reason=problem.type)
        raise EndpointAway(f"the endpoint answered {status} for a report")

    def send_recording(self, code: str, report_id: UUID, body: bytes) -> RecordingReceipt:
        """Send the recording of the report `report_id`, compressed by gzip; sending the same one
        again is harmless.

        Raises `RecordingRefused` when the endpoint does not take it, and `RecordingsUnknown` when
        it is from before there were recordings.
        """
        status, answer = self._request("POST", RECORDINGS_PATH, code=code, body=body, kind=GZIP)
        if status in (200, 201):
            receipt = self._message(answer, RecordingReceipt)
            if receipt.report_id != report_id:
                raise EndpointAway("the endpoint's receipt is for the recording of another report")
            return receipt
        problem = self._problem(answer)
        if problem.type in RECORDING_REFUSALS:
            raise RecordingRefused(f"{problem.type}: {problem.title}", reason=problem.type)
        if status == 404:
            raise RecordingsUnknown("the endpoint knows no recordings")
        raise EndpointAway(f"the endpoint answered {status} for a recording")

    def catalogue(self, name: str) -> str:
        """The JSON of the catalogue `name`."""
        status, body = self._request("GET", CATALOGUES_PATH + name, limit=CATALOGUE_LIMIT)
        if status != 200:
            raise EndpointAway(f"the endpoint answered {status} for a catalogue")
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EndpointAway("the endpoint's catalogue is not text") from error

    def _request(
        self,
        method: str,
        path: str,
        *,
        code: str | None = None,
        body: bytes | None = None,
        kind: str = JSON,
        limit: int = MESSAGE_LIMIT,
    ) -> tuple[int, bytes]:
        headers = {"Accept": JSON, "Accept-Encoding": "identity"}
        if code is not None:
            headers["Authorization"] = f"{CODE_SCHEME} {code}"
        if body is not None:
            headers["Content-Type"] = kind
        seconds = self._seconds + len(body or b"") / SLOWEST_BYTES
        deadline = time.monotonic() + seconds
        try:
            status, content = _within(
                seconds,
                lambda: self._exchange(method, path, headers, body, limit + 1, deadline),
            )
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise EndpointAway(f"no answer from the endpoint ({type(error).__name__})") from error
        if len(content) > limit:
            raise EndpointAway("the endpoint's answer is too long")
        return status, content

    def _exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        most: int,
        deadline: float,
    ) -> tuple[int, bytes]:
        url = self.endpoint + path
        with self._session.request(
            method,
            url,
            data=body,
            headers=headers,
            proxies=proxies_for(url),
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            allow_redirects=False,
            stream=True,
        ) as response:
            return response.status_code, first_bytes(response, most, deadline)

    def _message(self, body: bytes, kind: type[M]) -> M:
        try:
            return decode_message(body, kind)
        except BadMessage as error:
            raise EndpointAway(f"the endpoint's answer makes no sense: {error}") from error

    def _problem(self, body: bytes) -> Problem:
        try:
            return decode_message(body, Problem)
        except BadMessage:
            return Problem(type="about:blank", title="no reason given", status=0)


def _within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives or raises. Raises `TimeoutError` when that takes longer than `seconds`.

    Each byte of an answer's head starts the socket's own limit anew: only who waits outside of the
    reading can bound it. What is left to itself then ends with the connection or the program; a
    report that arrives after all is known by its id.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(seconds)
