"""infection on macOS: only Microsoft Defender tells, and what it does not tell is not clean.

The machines are composed; the form of the answers is as on Linux.
"""

import json
from typing import Any

import pytest

from precheck.contract.reasons import Infection as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus import infection
from probes.antivirus.mdatp import LINUX, MACOS, threats_of
from probes.system.questions import Completed
from tests.machines import composed, context
from tests.probes.test_antivirus_on_macos import health, xprotect


def threats(*statuses: str) -> Completed:
    listed = [{"history": [{"key": "1", "value": status}]} for status in statuses]
    printed = json.dumps({"threats": {"scans": [{"threats": listed}]}}).encode()
    return Completed(0, printed, b"")


def found(answer: Any, **said: Any):
    answers = {**xprotect(), **health(**said), threats_of(MACOS): answer}
    return infection.run(composed(answers, OsFamily.MACOS), context())


@pytest.mark.parametrize(
    ("statuses", "reason"),
    [
        (("active",), Why.ACTIVE_THREAT),
        (("quarantined", "detected"), Why.ACTIVE_THREAT),
        (("quarantined", "removed"), Why.CLEAN),
        ((), Why.HIDDEN),
    ],
)
def test_defender_tells_what_it_has_found(statuses: tuple[str, ...], reason: Why) -> None:
    assert found(threats(*statuses)).reason == reason


def test_defender_that_does_not_guard_calls_nothing_clean() -> None:
    passive = {"passiveModeEnabled": {"value": True}}
    assert found(threats("removed"), **passive).verdict is Verdict.UNKNOWN
    assert found(threats("active"), **passive).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unread.MISSING, Why.NOBODY_TO_ASK),
        (Unread.DENIED, Why.HIDDEN),
        (Unread.TIMED_OUT, Unread.TIMED_OUT),
        (Completed(1, b"", b"no"), Unread.GARBLED),
        (Completed(0, "脅威なし".encode(), b""), Unread.GARBLED),
    ],
)
def test_silence_is_no_health(answer: Any, reason: Any) -> None:
    finding = found(answer)
    assert (finding.reason, finding.verdict) == (reason, Verdict.UNKNOWN)


def test_defender_is_asked_where_macos_has_it() -> None:
    elsewhere = composed({threats_of(LINUX): threats("active")}, OsFamily.MACOS)
    assert infection.run(elsewhere, context()).reason == Why.NOBODY_TO_ASK
