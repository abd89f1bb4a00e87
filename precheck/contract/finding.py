"""What one check found, on the device."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.reasons import FileSharing, Reason, Unread, reason_for
from precheck.contract.verdict import Verdict

Evidence = Mapping[str, str | int | float]
"""Named values that fill the blanks of a sentence: `name`, `version`, `days`, …"""


class Finding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The outcome of one check, with what the person may want to know about it.

    `sources` say where it was read and `evidence` fills the sentence; both stay on the device.
    `checked_at` is UTC; `duration_ms` is wall time. Raises `ValueError` (msgspec: a
    `ValidationError` with the field's path) for a reason that the check cannot give, or a verdict
    that the reason cannot carry.
    """

    check: CheckId
    verdict: Verdict
    reason: str
    sources: tuple[str, ...] = ()
    evidence: dict[str, str | int | float] = {}
    checked_at: datetime | None = None
    duration_ms: int | None = None

    def __post_init__(self) -> None:
        ensure_possible(self.check, self.verdict, self.reason)


class ReportedFinding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of a finding leaves the device: the verdict and its reason, nothing else."""

    check: CheckId
    verdict: Verdict
    reason: str

    def __post_init__(self) -> None:
        ensure_possible(self.check, self.verdict, self.reason)
        if self.reason in NEVER_SENT.get(self.check, {}):
            raise ValueError(f"{self.check.value} {self.reason} never leaves the device")


def finding(
    reason: Reason,
    check: CheckId,
    *,
    verdict: Verdict | None = None,
    sources: tuple[str, ...] = (),
    **evidence: str | int | float,
) -> Finding:
    """A finding for `check`. `verdict` may be left out where the reason allows only one."""
    if verdict is None:
        (verdict,) = reason.verdicts
    return Finding(
        check=check, verdict=verdict, reason=reason.value, sources=sources, evidence=evidence
    )


def unread(check: CheckId, why: Unread, *sources: str) -> Finding:
    """The finding that `check` could not tell, and why."""
    return finding(why, check, sources=sources)


def reported(item: Finding) -> ReportedFinding:
    """What `item` looks like outside the device.

    Traces of file-sharing software are for the person's eyes alone: outside, the finding says what
    is also true, that nothing was found running or installed.
    """
    verdict, reason = NEVER_SENT.get(item.check, {}).get(item.reason, (item.verdict, item.reason))
    return ReportedFinding(check=item.check, verdict=verdict, reason=reason)


def ensure_possible(check: CheckId, verdict: Verdict, reason: str) -> None:
    """Raise `ValueError` unless `check` can give `reason` and `reason` can carry `verdict`."""
    known = reason_for(check, reason)
    if verdict not in known.verdicts:
        allowed = ", ".join(sorted(known.verdicts))
        raise ValueError(f"{check.value} {reason} can be {allowed}, not {verdict.value}")


NEVER_SENT: Mapping[CheckId, Mapping[str, tuple[Verdict, str]]] = {
    CheckId.FILE_SHARING: {FileSharing.TRACES.value: (Verdict.PASS, FileSharing.NONE_FOUND.value)}
}
"""Findings for the person's eyes alone, each with what is said of it outside the device."""
