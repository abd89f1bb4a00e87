"""meeting_app on macOS: the version that an app's own Info.plist states."""

from typing import Any

import msgspec
import pytest

from precheck.contract.finding import Finding
from precheck.contract.policy import App
from precheck.contract.reasons import MeetingApp, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.software import meeting_app
from probes.system.questions import ListFolder
from tests.machines import composed, context, policy_with
from tests.probes.macos_software import info, mac

ZOOM = "/Applications/zoom.us.app"


def checked(
    bundles: dict[str, Any] | None = None,
    apps: tuple[App, ...] = (App.ZOOM,),
    answers: dict[Any, Any] | None = None,
    **wanted: Any,
) -> Finding:
    """The finding by a policy that names `apps`, wants Zoom 6.2.11 and takes no browser, unless
    told otherwise."""
    policy = policy_with("meeting_app", **{"minimum_zoom": "6.2.11", "browser_join": [], **wanted})
    terms = msgspec.structs.replace(policy.terms, apps=apps)
    policy = msgspec.structs.replace(policy, terms=terms)
    return meeting_app.run(mac(bundles=bundles, answers=answers), context(policy=policy))


@pytest.mark.parametrize("path", [ZOOM, "~/Applications/zoom.us.app"])
def test_zoom_with_the_version_that_it_states_is_ready(path: str) -> None:
    found = checked({path: info("us.zoom.xos", "6.2.11 (43613)")})
    assert (found.reason, found.verdict) == (MeetingApp.READY, Verdict.PASS)
    assert found.evidence["version"] == "6.2.11 (43613)"
    assert found.sources == ("apps",)


def test_an_older_one_is_warned_about() -> None:
    found = checked({ZOOM: info("us.zoom.xos", "5.17.5 (29101)")})
    assert (found.reason, found.verdict) == (MeetingApp.BELOW_MINIMUM, Verdict.WARN)


@pytest.mark.parametrize("plist", [b"garbage", b"", Unread.MISSING, info("us.zoom.xos", None)])
def test_one_that_states_no_version_is_not_judged(plist: Any) -> None:
    assert checked({ZOOM: plist}).reason == MeetingApp.VERSION_UNKNOWN


def test_safari_is_a_way_in_where_the_office_says_so() -> None:
    assert checked(browser_join=["zoom"]).reason == MeetingApp.BROWSER_JOIN


def test_without_an_app_it_fails() -> None:
    found = checked({"/Applications/Zoom Notes.app": info("us.zoom.notes")})
    assert (found.reason, found.verdict) == (MeetingApp.NONE, Verdict.FAIL)


def test_teleoffice_may_be_there_unseen() -> None:
    assert checked(apps=(App.TELEOFFICE,)).reason == Unread.UNSUPPORTED


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.NOT_RECORDED])
def test_what_was_not_read_is_not_called_missing(why: Unread) -> None:
    assert checked(answers={ListFolder("/Applications"): why}).reason == why


def test_where_everything_is_denied_nothing_is_said() -> None:
    denied = composed({}, family=OsFamily.MACOS, otherwise=Unread.DENIED)
    assert meeting_app.run(denied, context()).reason == Unread.DENIED
