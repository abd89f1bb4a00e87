"""os_support on Windows: build and edition against the lifecycle, and updates paid for on evidence.

Registry values are composed, but for those of REAL, whose source stands beside each.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.policy import Policy
from precheck.contract.reasons import OsSupport, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.os_support import os_support
from probes.os_support.windows import EDITIONS, INSIDER, identity_of
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadRegistry,
    ReadUpdateHistory,
    RegistryValue,
)
from probes.windows_version import (
    CURRENT_VERSION,
    SERVICED,
    installed_at,
    revision_of,
    serviced_at,
)
from tests.machines import NOON, composed, context, policy_with

SZ, BINARY, DWORD = 1, 3, 4


def values(**written: str | int) -> dict[str, RegistryValue]:
    return {
        name: RegistryValue(SZ if isinstance(value, str) else DWORD, value)
        for name, value in written.items()
    }


def windows(build: int | str = 26200, edition: str = "Core", **more: str | int) -> Any:
    written = {"CurrentBuild": str(build), "EditionID": edition, "InstallationType": "Client"}
    return values(**{**written, **more})


def found(
    current: Any, now: datetime = NOON, policy: Policy | None = None, **answers: Any
) -> Finding:
    asked = {
        CURRENT_VERSION: current,
        INSIDER: answers.get("insider", Unread.MISSING),
        ReadUpdateHistory(): answers.get("history", Unread.DENIED),
        **answers.get("store", {}),
    }
    return os_support.run(composed(asked, OsFamily.WINDOWS), context(now, policy))


REAL = [
    pytest.param(
        values(
            ProductName="Windows 10 Pro",
            CurrentBuild="22631",
            DisplayVersion="23H2",
            ReleaseId="2009",
            UBR=4317,
        ),
        OsSupport.ENDED,
        "Windows 11 23H2",
        id="a public test's 22631.4317, without its edition: ended for every edition",
    ),
    pytest.param(
        values(
            ProductName="Windows 10 Home",
            EditionID="Core",
            DisplayVersion="25H2",
            CurrentBuild="26200",
            UBR=1234,
        ),
        OsSupport.SUPPORTED,
        "Windows 11 25H2",
        id="a public test's 26200.1234 Home",
    ),
    pytest.param(
        values(CurrentBuild="19045", UBR=6456),
        OsSupport.NOT_EXTENDED,
        "Windows 10 (build 19045)",
        id="19045.6456, named by windowsforum.com 388335 as the last free update",
    ),
]


@pytest.mark.parametrize(("current", "reason", "name"), REAL)
def test_values_seen_elsewhere_mean_what_they_meant_there(current, reason, name) -> None:
    finding = found(current)
    assert finding.reason == reason
    assert finding.evidence["name"] == name


@pytest.mark.parametrize(
    ("build", "edition", "reason"),
    [
        (26300, "Core", OsSupport.SUPPORTED),
        (26200, "Professional", OsSupport.SUPPORTED),
        (28000, "CoreSingleLanguage", OsSupport.SUPPORTED),
        (26100, "Core", OsSupport.ENDED),
        (26100, "Professional", OsSupport.ENDED),
        (26100, "ProfessionalWorkstation", OsSupport.ENDED),
        (26100, "Enterprise", OsSupport.SUPPORTED),
        (26100, "Education", OsSupport.SUPPORTED),
        (26100, "ServerRdsh", OsSupport.SUPPORTED),
        (26100, "EnterpriseS", OsSupport.SUPPORTED),
        (26100, "IoTEnterpriseS", OsSupport.SUPPORTED),
        (22631, "Enterprise", OsSupport.ENDED),
        (22631, "Core", OsSupport.ENDED),
        (19044, "EnterpriseS", OsSupport.SUPPORTED),
        (19044, "IoTEnterpriseS", OsSupport.SUPPORTED),
        (19044, "Enterprise", OsSupport.ENDED),
        (17763, "EnterpriseS", OsSupport.SUPPORTED),
        (14393, "EnterpriseS", OsSupport.ENDED),
        (10240, "Core", OsSupport.ENDED),
        (9600, "Core", OsSupport.ENDED),
    ],
)
def test_the_same_build_ends_by_its_edition(build: int, edition: str, reason: OsSupport) -> None:
    assert found(windows(build, edition)).reason == reason


def test_the_long_term_editions_of_one_build_end_years_apart() -> None:
    later = datetime(2030, 1, 10, tzinfo=UTC)
    assert found(windows(19044, "EnterpriseS"), later).reason == OsSupport.ENDED
    assert found(windows(19044, "IoTEnterpriseS"), later).verdict is not Verdict.FAIL


@pytest.mark.parametrize("edition", sorted(EDITIONS))
def test_an_edition_without_a_media_player_ends_with_its_own(edition: str) -> None:
    assert found(windows(26100, f"{edition}N")).reason == found(windows(26100, edition)).reason


@pytest.mark.parametrize("edition", ["", "WNC", "CloudEdition", "core", "EnterpriseNS"])
def test_an_unknown_edition_is_told_only_where_all_editions_of_the_build_agree(
    edition: str,
) -> None:
    assert found(windows(26100, edition)).reason == OsSupport.UNKNOWN_RELEASE
    assert found(windows(22621, edition)).reason == OsSupport.ENDED
    assert found(windows(26200, edition)).reason == OsSupport.SUPPORTED
    assert found(windows(26200, edition)).evidence["date"] == "2027-10-12"


def test_what_the_edition_is_composed_of_is_not_the_edition() -> None:
    home = windows(26100, "Core", CompositionEditionID="Enterprise")
    assert found(home).reason == OsSupport.ENDED


def test_an_edition_that_never_had_this_build_is_unknown() -> None:
    assert found(windows(22631, "EnterpriseS")).reason == OsSupport.UNKNOWN_RELEASE


def test_the_products_name_is_not_read() -> None:
    lying = windows(26200, "Core", ProductName="Windows 10 Home", ReleaseId="2009")
    assert found(lying).evidence["name"] == "Windows 11 (build 26200)"


@pytest.mark.parametrize(
    ("build", "reason"),
    [
        (28100, OsSupport.NEWER_THAN_DATA),
        (27965, OsSupport.UNKNOWN_RELEASE),
        (26220, OsSupport.UNKNOWN_RELEASE),
        (22635, OsSupport.UNKNOWN_RELEASE),
        (6002, OsSupport.ENDED),
    ],
)
def test_a_build_that_the_catalogue_does_not_have_is_never_its_neighbour(build, reason) -> None:
    assert found(windows(build)).reason == reason


@pytest.mark.parametrize(
    ("insider", "reason"),
    [
        (values(IsBuildFlightingEnabled=1, BranchName="Beta"), OsSupport.PRERELEASE),
        (values(IsBuildFlightingEnabled=0), OsSupport.SUPPORTED),
        (values(EnablePreviewBuilds=0), OsSupport.SUPPORTED),
        (Unread.MISSING, OsSupport.SUPPORTED),
        (Unread.DENIED, Unread.DENIED),
    ],
)
def test_the_insider_programmes_builds_are_unreleased_whatever_their_number(
    insider, reason
) -> None:
    assert found(windows(), insider=insider).reason == reason


@pytest.mark.parametrize(
    "current",
    [
        windows(26100, "ServerStandard", InstallationType="Server"),
        windows(26100, "ServerDatacenter", InstallationType="Server Core"),
        values(CurrentBuild="26100", EditionID="ServerStandard"),
        windows(26200, "Core", InstallationType="WindowsPE"),
    ],
)
def test_a_servers_system_is_not_judged_by_a_clients_dates(current) -> None:
    assert found(current).reason == OsSupport.SERVER_EDITION


def installed(title: str, days_ago: float, operation: int = 1, result: int = 2) -> Any:
    when = (NOON - timedelta(days=days_ago)).timestamp()
    return (InstalledUpdate(operation, result, when, title),)


def cumulative(revision: int) -> str:
    return (
        "2026-11 x64 ベース システム用 Windows 10 の累積更新プログラム (KB5099999) "
        f"(19045.{revision})"
    )


@pytest.mark.parametrize(
    ("revision", "reason"),
    [
        (1, OsSupport.NOT_EXTENDED),
        (6456, OsSupport.NOT_EXTENDED),
        (6457, OsSupport.EXTENSION_UNREADABLE),
        (6574, OsSupport.EXTENSION_UNREADABLE),
        (6575, OsSupport.EXTENDED),
        (7725, OsSupport.EXTENDED),
    ],
)
def test_windows_10_is_supported_on_the_evidence_of_its_revision(revision, reason) -> None:
    lately = installed(cumulative(revision), 9)
    assert found(windows(19045, UBR=revision), history=lately).reason == reason


def test_windows_10_without_a_revision_is_unknown() -> None:
    assert found(windows(19045)).reason == OsSupport.EXTENSION_UNREADABLE
    text = {**windows(19045), "UBR": RegistryValue(SZ, "7725")}
    assert found(text).reason == OsSupport.EXTENSION_UNREADABLE


def test_after_the_extended_end_no_revision_helps() -> None:
    later = datetime(2028, 10, 12, tzinfo=UTC)
    assert found(windows(19045, UBR=9999), later).reason == OsSupport.ENDED


def test_an_office_may_refuse_extended_support() -> None:
    strict = policy_with("os_support", extended_support="reject")
    lately = installed(cumulative(7725), 9)
    assert found(windows(19045, UBR=7725), policy=strict, history=lately).verdict is Verdict.FAIL


LATEST = cumulative(7725)


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (installed(LATEST, 9), OsSupport.EXTENDED),
        (installed(LATEST, 44), OsSupport.EXTENDED),
        (installed(LATEST, 46), OsSupport.EXTENSION_UNREADABLE),
        (installed(LATEST, -2), OsSupport.EXTENSION_UNREADABLE),
        (installed(LATEST.replace("7725", "7000"), 9), OsSupport.EXTENSION_UNREADABLE),
        (installed(LATEST, 9, result=4), OsSupport.EXTENSION_UNREADABLE),
        (installed(LATEST, 9, operation=2), OsSupport.EXTENSION_UNREADABLE),
        (
            installed("KB2267602 のセキュリティ インテリジェンス更新", 1),
            OsSupport.EXTENSION_UNREADABLE,
        ),
        ((), OsSupport.EXTENSION_UNREADABLE),
        (Unread.TIMED_OUT, OsSupport.EXTENSION_UNREADABLE),
    ],
)
def test_extended_updates_that_stopped_coming_are_no_evidence(history, reason) -> None:
    assert found(windows(19045, UBR=7725), history=history).reason == reason


PACKAGE = "Package_for_RollupFix~31bf3856ad364e35~amd64~~19041.7725.1.8"
"""As DISM and the registry name it; 19041.6456.1.21 was seen on a 19045.6456."""


def stored(days_ago: float, state: int = 112, package: str = PACKAGE) -> Any:
    """The servicing store with a cumulative update among other packages."""
    ticks = int(((NOON - timedelta(days=days_ago)).timestamp() + 11_644_473_600) * 10_000_000)
    times = values(
        CurrentState=state, InstallTimeHigh=ticks >> 32, InstallTimeLow=ticks & 0xFFFFFFFF
    )
    names = ("Microsoft-Windows-Client-Features-Package~31bf3856ad364e35~amd64~~10.0.1", package)
    return {SERVICED: names, ReadRegistry("HKLM", rf"{SERVICED.key}\{package}"): times}


@pytest.mark.parametrize("history", [(), Unread.DENIED, installed("KB5099999", 9)])
@pytest.mark.parametrize(
    ("store", "reason"),
    [
        (stored(9), OsSupport.EXTENDED),
        (stored(44), OsSupport.EXTENDED),
        (stored(46), OsSupport.EXTENSION_UNREADABLE),
        (stored(9, state=80), OsSupport.EXTENSION_UNREADABLE),
        (stored(9, package=PACKAGE.replace("7725", "7726")), OsSupport.EXTENSION_UNREADABLE),
        (stored(9, package=PACKAGE.replace("Fix", "FiX")), OsSupport.EXTENSION_UNREADABLE),
        ({SERVICED: Unread.DENIED}, OsSupport.EXTENSION_UNREADABLE),
        ({SERVICED: (PACKAGE,)}, OsSupport.EXTENSION_UNREADABLE),
    ],
)
def test_where_the_history_is_silent_the_servicing_store_has_the_date(
    history, store, reason
) -> None:
    assert found(windows(19045, UBR=7725), history=history, store=store).reason == reason


def test_the_history_goes_before_the_store() -> None:
    old = installed(LATEST, 46)
    finding = found(windows(19045, UBR=7725), history=old, store=stored(9))
    assert finding.reason == OsSupport.EXTENSION_UNREADABLE


def test_nor_are_they_behind_many_days_of_definitions() -> None:
    definitions = [installed("KB2267602 (1.4.1.0)", day / 3)[0] for day in range(300)]
    newest = (*definitions, *installed(LATEST, 100))[: ReadUpdateHistory().count]
    reason = found(windows(19045, UBR=7725), history=newest).reason
    assert reason == OsSupport.EXTENSION_UNREADABLE


@pytest.mark.parametrize(
    "current",
    [
        {},
        windows("x"),
        windows("２６２００"),
        windows(""),
        windows(26200, CurrentBuildNumber="26100"),
        {**windows(), "CurrentBuild": RegistryValue(DWORD, 26200)},
        {**windows(), "CurrentBuild": RegistryValue(BINARY, b"26200")},
    ],
)
def test_a_build_that_makes_no_sense_is_garbled(current) -> None:
    assert found(current).reason == Unread.GARBLED


def test_either_name_of_the_build_is_enough() -> None:
    other = values(CurrentBuildNumber="26200", EditionID="Core", InstallationType="Client")
    assert found(other).reason == OsSupport.SUPPORTED
    assert found(windows(CurrentBuildNumber="26200")).reason == OsSupport.SUPPORTED


def test_a_values_name_has_no_letter_case() -> None:
    shouted = {name.upper(): value for name, value in windows().items()}
    assert found(shouted).reason == OsSupport.SUPPORTED


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_the_registry_it_cannot_be_told(why: Unread) -> None:
    finding = os_support.run(composed({}, OsFamily.WINDOWS, otherwise=why), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


NAMES = st.sampled_from(
    [
        *("CurrentBuild", "CurrentBuildNumber", "EditionID", "InstallationType"),
        *("DisplayVersion", "UBR"),
    ]
)
REGISTRY = st.dictionaries(
    NAMES,
    st.builds(
        RegistryValue,
        st.integers(0, 12),
        st.text(max_size=12) | st.integers(0, 2**32 - 1) | st.binary(max_size=8),
    ),
)


@given(REGISTRY)
def test_garbage_in_the_registry_is_never_a_pass(current) -> None:
    identity = identity_of(current)
    assert identity is None or identity.build is not None
    assert found(current).verdict in (Verdict.UNKNOWN, Verdict.FAIL)


@given(
    st.lists(
        st.builds(
            InstalledUpdate,
            st.integers(0, 3),
            st.integers(0, 6),
            st.floats(0),
            st.text(max_size=60),
        )
    ),
    st.integers(0, 10000),
)
def test_garbage_in_the_update_history_makes_no_date(history, revision) -> None:
    assert installed_at(history, revision) in (None, *(entry.date for entry in history))


@given(st.text(max_size=80), REGISTRY)
def test_garbage_in_the_servicing_store_makes_no_date(package, values_) -> None:
    assert revision_of(package) is None
    assert serviced_at(values_) is None
    times = {**values_, **values(CurrentState=112)}
    assert serviced_at({**times, "InstallTimeLow": RegistryValue(SZ, "1")}) is None
