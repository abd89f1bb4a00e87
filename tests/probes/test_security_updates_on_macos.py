"""security_updates on macOS: what Software Update wrote down of its own last look.

SEEN are tables of real Macs as others have published them (which stands beside each), with the
keys that are read; everything else is composed.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.finding import Finding
from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.check import Context
from probes.macos_version import REAL_VERSION, RESPONSE, MacVersion
from probes.plists import array, dictionary
from probes.security_updates import security_updates
from probes.security_updates.facts import Automatic, Waiting
from probes.security_updates.macos import (
    HISTORY,
    MANAGED,
    PREFERENCES,
    RESTRICTIONS,
    automatic_by,
    first_offer,
    installed_at,
    last_scan,
    waiting_in,
)
from probes.system.questions import Question
from tests.machines import NOON, composed, context
from tests.probes.macos import mac, plist, system_version

DAY = timedelta(days=1)


def ago(days: float) -> datetime:
    """So many days before now, as a property list has it: in UTC, and without saying so."""
    return (NOON - days * DAY).replace(tzinfo=None)


def preferences(scanned: float | None = 1, **values: Any) -> dict[str, Any]:
    scan = {} if scanned is None else {"LastFullSuccessfulDate": ago(scanned)}
    return {"AutomaticDownload": True, "RecommendedUpdates": [], **scan, **values}


def update(identifier: str, name: str = "macOS") -> dict[str, Any]:
    return {"Display Name": name, "Identifier": identifier, "Product Key": identifier}


MINOR = "MSU_UPDATE_24H40_patch_15.8.2_minor"
EARLIER = "MSU_UPDATE_24H32_patch_15.8.1_minor"
NEXT = "MSU_UPDATE_26A428_patch_27.0_major"


def found(
    values: Any = None, version: str = "15.8.1", now: datetime = NOON, **more: Any
) -> Finding:
    answers: dict[Question[Any], Any] = {
        **mac(version),
        PREFERENCES: plist(preferences() if values is None else values, binary=True)
        if not isinstance(values, bytes | Unread)
        else values,
        HISTORY: more.get("history", Unread.MISSING),
        MANAGED: more.get("managed", Unread.MISSING),
        RESTRICTIONS: more.get("restrictions", Unread.MISSING),
    }
    return security_updates.run(composed(answers, OsFamily.MACOS), context(now))


def test_a_fresh_look_that_found_nothing_passes() -> None:
    finding = found()
    assert (finding.reason, finding.verdict) == (SecurityUpdates.CURRENT, Verdict.PASS)


@pytest.mark.parametrize("version", ["13.7.8", "14.8.9", "15.8.1", "26.7.1", "27.0"])
def test_it_does_on_every_release(version: str) -> None:
    assert found(version=version).reason == SecurityUpdates.CURRENT


def test_no_list_at_all_is_an_empty_one() -> None:
    values = preferences()
    del values["RecommendedUpdates"]
    assert found(values).reason == SecurityUpdates.CURRENT


def test_an_old_look_tells_nothing() -> None:
    finding = found(preferences(scanned=8))
    assert (finding.reason, finding.evidence["days"]) == (SecurityUpdates.STALE_SCAN, 8)
    assert found(preferences(scanned=None)).reason == SecurityUpdates.SCAN_AGE_UNKNOWN
    assert found(preferences(scanned=-3)).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_a_partial_look_is_no_look_for_system_updates() -> None:
    values = preferences(scanned=30, LastSuccessfulDate=ago(0), LastBackgroundSuccessfulDate=ago(0))
    assert found(values).reason == SecurityUpdates.STALE_SCAN


def test_newer_systems_write_down_their_look_under_another_name() -> None:
    values = preferences(scanned=None, LastSuccessfulMSUScanDate=ago(2))
    assert found(values, "27.0").reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    ("offered", "reason", "verdict"),
    [
        (3, SecurityUpdates.PENDING_AGE_UNKNOWN, Verdict.UNKNOWN),
        (15, SecurityUpdates.PENDING_OLD, Verdict.FAIL),
    ],
)
def test_an_update_waits_since_it_was_first_offered(
    offered: int, reason: SecurityUpdates, verdict: Verdict
) -> None:
    values = preferences(
        RecommendedUpdates=[update(MINOR)], FirstOfferDateDictionary={MINOR: ago(offered)}
    )
    finding = found(values)
    assert (finding.reason, finding.verdict) == (reason, verdict)
    assert finding.evidence["count"] == 1


def test_an_old_list_still_proves_that_what_was_on_it_waits() -> None:
    values = preferences(
        scanned=40, RecommendedUpdates=[update(MINOR)], FirstOfferDateDictionary={MINOR: ago(40)}
    )
    assert found(values).reason == SecurityUpdates.PENDING_OLD


def history(name: str, version: str, days: float, process: str = "softwareupdated") -> bytes:
    entry = {"date": ago(days), "displayName": name, "displayVersion": version}
    return plist([{**entry, "processName": process}])


def test_what_waits_on_a_system_installed_within_the_grace_is_recent() -> None:
    values = preferences(RecommendedUpdates=[update(MINOR)])
    recent = history("macOS 15.8.1", "15.8.1", 10)
    assert found(values, history=recent).reason == SecurityUpdates.PENDING_RECENT
    no_break_space = history("macOS\u00a0Sequoia 15.8.1", "15.8.1", 10)
    assert found(values, history=no_break_space).reason == SecurityUpdates.PENDING_RECENT
    by_build = {**values, "InstallDateDictionary": {"24H32": ago(10)}}
    assert found(by_build).reason == SecurityUpdates.PENDING_RECENT


@pytest.mark.parametrize(
    "record",
    [
        history("macOS 15.8.1", "15.8.1", 15),
        history("macOS 15.8", "15.8", 2),
        history("Photo Studio", "15.8.1", 2, "installer"),
        history("macOS 15.8.1", "15.8.1", 2, "installer"),
        plist({"macOS 15.8.1": ago(2)}),
        Unread.DENIED,
        b"\x00",
    ],
)
def test_nothing_else_shows_that_it_is_recent(record: Any) -> None:
    values = preferences(RecommendedUpdates=[update(MINOR)])
    assert found(values, history=record).reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_an_update_that_another_replaced_counts_from_when_the_first_was_offered() -> None:
    values = preferences(
        RecommendedUpdates=[update("MSU_UPDATE_25G300_patch_26.7.2_minor")],
        FirstOfferDateDictionary={
            "MSU_UPDATE_25G240_patch_26.7.1_minor": ago(30),
            "MSU_UPDATE_25G300_patch_26.7.2_minor": ago(2),
        },
    )
    assert found(values, "26.7").reason == SecurityUpdates.PENDING_OLD
    assert found(values, "26.7.1").reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_the_next_release_of_macos_is_no_security_update_of_this_one() -> None:
    values = preferences(
        RecommendedUpdates=[update(NEXT)], FirstOfferDateDictionary={NEXT: ago(60)}
    )
    assert found(values).reason == SecurityUpdates.CURRENT
    unsuffixed = update("MSU_UPDATE_26A428_patch_27.0")
    assert found(preferences(RecommendedUpdates=[unsuffixed])).reason == SecurityUpdates.CURRENT


def test_what_is_installed_already_does_not_wait() -> None:
    values = preferences(
        RecommendedUpdates=[update(EARLIER)], FirstOfferDateDictionary={EARLIER: ago(60)}
    )
    assert found(values, "15.8.1").reason == SecurityUpdates.CURRENT
    assert found(values, "15.7").reason == SecurityUpdates.PENDING_OLD


def test_safari_is_a_security_update_and_a_tool_for_developers_is_none() -> None:
    safari, tool = update("Safari27.0SequoiaAuto", "Safari"), update("Command Line Tools", "CLT")
    listed = preferences(RecommendedUpdates=[safari])
    assert found(listed).reason == SecurityUpdates.PENDING_AGE_UNKNOWN
    assert found(preferences(RecommendedUpdates=[tool])).reason == SecurityUpdates.CURRENT


def test_a_response_waits_until_its_build_is_there() -> None:
    response = "MSU_UPDATE_22F770820d_patch_13.4.1_rsr"
    answers = {
        **mac("13.4.1", "22F82"),
        PREFERENCES: plist(preferences(RecommendedUpdates=[update(response)])),
    }
    before = security_updates.run(composed(answers, OsFamily.MACOS), context())
    assert before.reason == SecurityUpdates.PENDING_AGE_UNKNOWN
    answers[RESPONSE] = system_version("13.4.1", "22F770820d", ProductVersionExtra="(c)")
    after = security_updates.run(composed(answers, OsFamily.MACOS), context())
    assert after.reason == SecurityUpdates.CURRENT


def test_an_empty_list_is_not_believed_of_a_system_older_than_the_newest_known() -> None:
    # 15.8.1 has been out since 28 September: a look yesterday had to find it.
    finding = found(version="15.7")
    assert (finding.reason, finding.verdict) == (
        SecurityUpdates.PENDING_UNCLASSIFIED,
        Verdict.UNKNOWN,
    )
    assert found(version="15.8.2").reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    ("looked", "reason"),
    [
        (datetime(2026, 11, 30, tzinfo=UTC), SecurityUpdates.PENDING_RECENT),
        (datetime(2026, 12, 2, tzinfo=UTC), SecurityUpdates.PENDING_UNCLASSIFIED),
    ],
)
def test_an_empty_list_from_before_the_newest_came_out_shows_that_nothing_older_waits(
    looked: datetime, reason: SecurityUpdates
) -> None:
    lifecycle = Catalogues().lifecycle
    releases = (
        msgspec.structs.replace(item, latest="15.8.2", latest_released=date(2026, 12, 1))
        if (item.product, item.cycle) == ("macos", "15")
        else item
        for item in lifecycle.releases
    )
    newer = msgspec.structs.replace(lifecycle, as_of=date(2026, 12, 2), releases=tuple(releases))
    asked = Context(
        context().policy,
        datetime(2026, 12, 3, tzinfo=UTC),
        Catalogues({"lifecycle": msgspec.json.encode(newer)}),
    )
    values = preferences(LastFullSuccessfulDate=looked.replace(tzinfo=None))
    machine = composed({**mac("15.8.1"), PREFERENCES: plist(values)}, OsFamily.MACOS)
    assert security_updates.run(machine, asked).reason == reason


@pytest.mark.parametrize(
    "switch",
    [
        "AutomaticCheckEnabled",
        "AutomaticDownload",
        "AutomaticallyInstallMacOSUpdates",
        "CriticalUpdateInstall",
        "ConfigDataInstall",
    ],
)
@pytest.mark.parametrize("off", [False, 0, "NO"])
def test_each_switch_that_is_off_is_warned_about(switch: str, off: Any) -> None:
    finding = found(preferences(**{switch: off}))
    assert (finding.reason, finding.verdict) == (SecurityUpdates.AUTOMATIC_OFF, Verdict.WARN)
    assert found(preferences(**{switch: True})).reason == SecurityUpdates.CURRENT


def test_an_absent_switch_is_on() -> None:
    values = preferences()
    del values["AutomaticDownload"]
    assert found(values).reason == SecurityUpdates.CURRENT


def test_a_switch_that_makes_no_sense_is_unknown() -> None:
    assert found(preferences(AutomaticCheckEnabled="オフ")).reason == Unread.GARBLED


def test_a_profile_counts_before_what_the_person_set() -> None:
    off = plist({"AutomaticDownload": False})
    assert found(managed=off).reason == SecurityUpdates.AUTOMATIC_OFF
    on = plist({"AutomaticDownload": True})
    own_off = preferences(AutomaticDownload=False)
    assert found(own_off, managed=on).reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    "profile",
    [
        {"restrictions": plist({"forceDelayedSoftwareUpdates": True})},
        {"restrictions": plist({"forceDelayedAppSoftwareUpdates": True})},
        {"managed": plist({"CatalogURL": "https://updates.example.jp/"})},
    ],
)
def test_an_empty_list_that_an_organisation_fills_is_no_pass(profile: Any) -> None:
    finding = found(**profile)
    assert (finding.reason, finding.verdict) == (
        SecurityUpdates.ORGANISATION_CHOOSES,
        Verdict.UNKNOWN,
    )


def test_a_profile_about_something_else_changes_nothing() -> None:
    profile = plist({"allowCamera": True, "forceDelayedSoftwareUpdates": False})
    assert found(restrictions=profile).reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT])
def test_an_unreadable_profile_is_no_pass(why: Unread) -> None:
    assert found(restrictions=why).reason == why
    assert found(managed=why).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Unread.MISSING, Unread.MISSING),
        (Unread.DENIED, Unread.DENIED),
        (Unread.TIMED_OUT, Unread.TIMED_OUT),
        (b"", Unread.GARBLED),
        (plist(preferences())[:-40], Unread.GARBLED),
        (plist([]), Unread.GARBLED),
        (plist(preferences(RecommendedUpdates="none")), Unread.GARBLED),
        (plist(preferences(RecommendedUpdates=["macOS 15.8.2"])), Unread.GARBLED),
        (plist(preferences(RecommendedUpdates=[{"Display Name": "macOS"}])), Unread.GARBLED),
        (plist(preferences(RecommendedUpdates=[update("MSU_UPDATE_二")])), Unread.GARBLED),
    ],
)
def test_what_cannot_be_read_is_unknown(answer: Any, reason: Unread) -> None:
    finding = found(answer)
    assert (finding.reason, finding.verdict) == (reason, Verdict.UNKNOWN)


def test_without_the_version_a_listed_update_fails_nobody() -> None:
    values = preferences(
        RecommendedUpdates=[update(MINOR)], FirstOfferDateDictionary={MINOR: ago(60)}
    )
    answers = {PREFERENCES: plist(values), REAL_VERSION: Unread.DENIED}
    finding = security_updates.run(composed(answers, OsFamily.MACOS), context())
    assert finding.verdict is Verdict.UNKNOWN


SEQUOIA = MacVersion((15, 8, 1), ("24H32",))

SEEN = [
    pytest.param(
        # A Mac with macOS 26 in September 2026, from a public test of a dashboard.
        {
            "FirstOfferDateDictionary": {
                "MSU_UPDATE_25F71_patch_26.5_minor": datetime(2026, 5, 20, 16, 15, 10),  # noqa: DTZ001
                "MSU_UPDATE_25G229_patch_26.7_minor": datetime(2026, 9, 15, 1, 36, 31),  # noqa: DTZ001
                "MSU_UPDATE_26A428_patch_27.0_major": datetime(2026, 9, 15, 1, 36, 31),  # noqa: DTZ001
            },
            "RecommendedUpdates": [
                update("Safari27.0TahoeAuto", "Safari"),
                {**update("MSU_UPDATE_26A428_patch_27.0_major"), "Display Version": 27},
                update("MSU_UPDATE_25G229_patch_26.7_minor", "macOS Tahoe 26.7"),
            ],
        },
        MacVersion((26, 6, 2), ("25G83",)),
        Waiting(security=2, updates=2),
        "2026-09-15",
        id="26.6.2, with 26.7, Safari and the next release offered",
    ),
    pytest.param(
        # A Mac with macOS 27.0 on 30 September 2026, from a public test of a menu bar program.
        {
            "FirstOfferDateDictionary": {
                "MSU_UPDATE_26A434_patch_27.0.1_minor": datetime(2026, 9, 28, 22, 41, 56)  # noqa: DTZ001
            },
            "LastSuccessfulMSUScanDate": datetime(2026, 9, 30, 15, 47, 24),  # noqa: DTZ001
            "RecommendedUpdates": [
                update("MSU_UPDATE_26A434_patch_27.0.1_minor", "macOS\u00a027.0.1"),
                update("ProVideoFormats", "Pro Video Formats"),
            ],
        },
        MacVersion((27,), ("26A428",)),
        Waiting(security=1, updates=2),
        "2026-09-28",
        id="27.0, with 27.0.1 and codecs offered",
    ),
]


@pytest.mark.parametrize(("values", "own", "waiting", "since"), SEEN)
def test_tables_seen_elsewhere_mean_what_they_meant_there(
    values: Any, own: MacVersion, waiting: Waiting, since: str
) -> None:
    read = dictionary(plist(values, binary=True))
    assert read is not None
    assert waiting_in(read, own) == waiting
    first = first_offer(read, own)
    assert first is not None
    assert first.date().isoformat() == since


KEYS = st.sampled_from(
    [
        *("RecommendedUpdates", "FirstOfferDateDictionary", "LastFullSuccessfulDate"),
        *("AutomaticDownload", "Identifier", "Product Key", "displayName", "date", MINOR, EARLIER),
    ]
)
ODD: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["", MINOR, NEXT, "macOS 15.8.1", "更新", "NO"])
    | st.datetimes().map(lambda at: at.replace(microsecond=0)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, ODD, max_size=6))
def test_odd_tables_are_read_or_unknown_and_never_an_error(values: dict[str, Any]) -> None:
    waiting = waiting_in(values, SEQUOIA)
    assert waiting is None or waiting.security is not None
    assert isinstance(first_offer(values, SEQUOIA), datetime | None)
    assert isinstance(last_scan(values), datetime | None)
    assert isinstance(automatic_by(values, {}), Automatic | None)


@given(st.lists(ODD, max_size=4))
def test_an_odd_history_is_read_or_unknown_and_never_an_error(entries: list[Any]) -> None:
    assert isinstance(installed_at(entries, SEQUOIA), datetime | None)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
def test_garbage_never_passes(raw: bytes) -> None:
    assert dictionary(raw) is None
    assert array(raw) is None
    assert found(raw).verdict is Verdict.UNKNOWN
