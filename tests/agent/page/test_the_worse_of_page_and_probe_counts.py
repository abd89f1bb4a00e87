"""What the page saw and what the probe found, together."""

import pytest

from precheck.agent.page.media import MEASURED_BY_THE_PAGE, page_reason, with_page
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Microphone, Reason, Unread, Webcam
from precheck.contract.verdict import Verdict

WEBCAM = CheckId.WEBCAM


def probed(reason: Reason) -> Finding:
    return finding(reason, WEBCAM)


@pytest.mark.parametrize(
    ("found", "page", "counts"),
    [
        (None, Webcam.SEEN, Webcam.SEEN),
        (Webcam.PRESENT, Webcam.SEEN, Webcam.SEEN),
        (Webcam.IN_USE, Webcam.SEEN, Webcam.SEEN),
        (Webcam.NONE, Webcam.SEEN, Webcam.SEEN),
        (Webcam.DENIED, Webcam.SEEN, Webcam.SEEN),
        (Unread.TIMED_OUT, Webcam.SEEN, Webcam.SEEN),
        (Webcam.VIRTUAL_ONLY, Webcam.SEEN, Webcam.VIRTUAL_ONLY),
        (Webcam.PRESENT, Webcam.DARK, Webcam.DARK),
        (Webcam.NONE, Webcam.DARK, Webcam.NONE),
        (Webcam.PRESENT, Webcam.NOT_STARTED, Webcam.NOT_STARTED),
        (Webcam.SEEN, Webcam.DARK, Webcam.DARK),
        (Webcam.DARK, Webcam.SEEN, Webcam.SEEN),
        (Webcam.PRESENT, Webcam.BROWSER_DENIED, Webcam.PRESENT),
        (Webcam.DENIED, Webcam.BROWSER_DENIED, Webcam.DENIED),
        (Webcam.DARK, Webcam.BROWSER_DENIED, Webcam.DARK),
        (Unread.MISSING, Webcam.BROWSER_DENIED, Webcam.BROWSER_DENIED),
        (None, Webcam.BROWSER_DENIED, Webcam.BROWSER_DENIED),
        (Webcam.PRESENT, Webcam.BROWSER_NONE, Webcam.BROWSER_NONE),
        (Webcam.NONE, Webcam.BROWSER_NONE, Webcam.NONE),
        (Webcam.IN_USE, Webcam.BROWSER_NONE, Webcam.IN_USE),
    ],
)
def test_a_picture_counts_and_otherwise_the_worse(
    found: Reason | None, page: Webcam, counts: Reason
) -> None:
    before = None
    if found is not None:
        before = unread(WEBCAM, found) if isinstance(found, Unread) else probed(found)
    assert with_page(WEBCAM, before, page).reason == counts


@pytest.mark.parametrize("first", MEASURED_BY_THE_PAGE[WEBCAM])
@pytest.mark.parametrize("then", MEASURED_BY_THE_PAGE[WEBCAM])
def test_no_order_of_pictures_makes_a_camera_of_software_a_real_one(
    first: Reason, then: Reason
) -> None:
    after_one = with_page(WEBCAM, probed(Webcam.VIRTUAL_ONLY), first)
    assert with_page(WEBCAM, after_one, then).reason == Webcam.VIRTUAL_ONLY


def test_a_browser_that_refuses_alone_is_neither_pass_nor_fail() -> None:
    for check, reasons in MEASURED_BY_THE_PAGE.items():
        for reason in reasons:
            alone = with_page(check, None, reason)
            assert (alone.verdict is Verdict.PASS) == (reason in (Webcam.SEEN, Microphone.HEARD))
            assert alone.verdict is not Verdict.FAIL


def test_only_camera_and_microphone_are_measured_there() -> None:
    assert set(MEASURED_BY_THE_PAGE) == {CheckId.WEBCAM, CheckId.MICROPHONE}
    assert page_reason(CheckId.MICROPHONE, "heard") is Microphone.HEARD
    assert page_reason(CheckId.MICROPHONE, "seen") is None
    assert page_reason(CheckId.FIREWALL, "on") is None
