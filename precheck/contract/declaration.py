"""What only a person can say, kept apart from what was measured."""

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.finding import ReportedFinding
from precheck.contract.reasons import ANSWERABLE_CHECKS, Declared, NetworkTrust, Unread
from precheck.contract.verdict import Verdict


class Declaration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One answer. `answer` is true for the statement that the terms hope for:

    `private_room`: "nobody else is near"; `terms_consent`: "I agree to this revision of the
    terms"; `network_trust`: "this is my own network, not one of a shop, a station or a hotel".
    """

    check: CheckId
    answer: bool

    def __post_init__(self) -> None:
        if self.check not in ANSWERABLE_CHECKS:
            raise ValueError(f"{self.check.value} is measured, nobody can answer for it")


def with_answer(
    check: CheckId, measured: ReportedFinding | None, declaration: Declaration | None
) -> ReportedFinding:
    """The finding that counts for `check`: what was measured, and what the person said to it.

    An answer counts only where it is asked for (`needs_answer`): it never improves a measured
    fail, and a measured pass needs none. "No" is a fail, also where the measurement alone was only
    a warning, since then the person knows more; but without a quiet room today one can still be
    found, which is a warning. Where nothing was measured and nothing answered, the finding is
    `unknown`.
    """
    if measured is not None and is_answer(measured):
        measured = None
    if declaration is None or not needs_answer(check, measured):
        return measured or _not_answered(check)
    if not declaration.answer:
        verdict = Verdict.WARN if check is CheckId.PRIVATE_ROOM else Verdict.FAIL
        return ReportedFinding(check=check, verdict=verdict, reason=Declared.NO)
    if measured is not None and measured.verdict is Verdict.WARN:
        return measured
    return ReportedFinding(check=check, verdict=Verdict.DECLARED, reason=Declared.YES)


def is_answer(item: ReportedFinding) -> bool:
    """Whether `item` is what a person said: that counts as a declaration, never as measured."""
    return item.reason in (Declared.YES, Declared.NO)


def needs_answer(check: CheckId, measured: ReportedFinding | None) -> bool:
    """Whether the person should be asked about `check`, given what was measured."""
    if check not in ANSWERABLE_CHECKS:
        return False
    if measured is None:
        return True
    return measured.verdict in (Verdict.UNKNOWN, Verdict.WARN) and measured.reason not in (
        NetworkTrust.NOT_CONNECTED,
        NetworkTrust.WEAK_WPA,
        Unread.CLOCK,
    )


def _not_answered(check: CheckId) -> ReportedFinding:
    reason = Unread.NOT_ANSWERED if check in ANSWERABLE_CHECKS else Unread.NOT_RUN
    return ReportedFinding(check=check, verdict=Verdict.UNKNOWN, reason=reason)
