"""What the page saw and heard, laid beside what the probe found."""

from types import MappingProxyType

from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding
from precheck.contract.reasons import Microphone, Reason, Webcam
from precheck.contract.verdict import Verdict

SOURCE = "browser"

MEASURED_BY_THE_PAGE = MappingProxyType(
    {
        CheckId.WEBCAM: (
            Webcam.SEEN,
            Webcam.DARK,
            Webcam.NOT_STARTED,
            Webcam.BROWSER_DENIED,
            Webcam.BROWSER_NONE,
        ),
        CheckId.MICROPHONE: (
            Microphone.HEARD,
            Microphone.SILENT,
            Microphone.NOT_STARTED,
            Microphone.BROWSER_DENIED,
            Microphone.BROWSER_NONE,
        ),
    }
)
"""The outcomes that the page can report, by check; each carries one verdict."""

_REFUSED_BY_THE_BROWSER = (Webcam.BROWSER_DENIED, Microphone.BROWSER_DENIED)


def page_reason(check: CheckId, outcome: str) -> Reason | None:
    """The reason called `outcome` that the page can report for `check`."""
    for reason in MEASURED_BY_THE_PAGE.get(check, ()):
        if reason.value == outcome:
            return reason
    return None


def with_page(check: CheckId, found: Finding | None, outcome: Reason) -> Finding:
    """The finding that counts for `check` after the page reported `outcome`; `found` is what
    counted before.

    A picture or a sound is the thing itself and counts, unless all cameras are made by software,
    whose picture shows nobody: that stays, whatever is seen. Otherwise the worse of the two counts,
    and where the probe found a device and the browser has none, that is unknown. A browser that was
    told not to let the page look has measured nothing: what was known stays.
    """
    seen = finding(outcome, check, sources=(SOURCE,))
    if found is None or found.verdict is Verdict.UNKNOWN:
        return seen
    if found.reason == Webcam.VIRTUAL_ONLY:
        return found
    if seen.verdict is Verdict.PASS:
        return seen
    if found.verdict is Verdict.FAIL or outcome in _REFUSED_BY_THE_BROWSER:
        return found
    if seen.verdict is Verdict.UNKNOWN and found.verdict is not Verdict.PASS:
        return found
    return seen
