"""security_updates on Windows: what the last scan found, how old it is, and who keeps it up.

All answers are composed, but for PAUSED_UNTIL_2051: those settings stood in a public file. NOON is
2026-11-20; security updates came out on 2026-10-13 and 2026-11-10.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.policy import Policy
from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.security_updates import security_updates
from probes.security_updates.windows import (
    CRITICAL,
    DEFINITION,
    DELAYS,
    MANAGED,
    POLICY,
    RESTART_MARKS,
    SECURITY,
    SERVICES,
    SETTINGS,
    is_paused,
    next_patch_day,
    waiting_in,
)
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadRegistry,
    ReadUpdateHistory,
    ReadUpdateState,
    RegistryValue,
    SearchUpdates,
    UpdateSearch,
    UpdateState,
    WaitingUpdate,
)
from probes.windows_version import CURRENT_VERSION, SERVICED
from tests.machines import NOON, composed, context, policy_with

OTHER = "28bc880e-0592-4cbf-8f95-c79b17911d5f"
PRESENT = 7171
PAUSED_UNTIL_2051 = {
    "PauseUpdatesExpiryTime": RegistryValue(1, "2051-12-31T00:00:00Z"),
    "FlightSettingsMaxPauseDays": RegistryValue(4, 10023),
}


def ago(days: float) -> float:
    return (NOON - timedelta(days=days)).timestamp()


def dword(**numbers: int) -> dict[str, RegistryValue]:
    return {name: RegistryValue(4, value) for name, value in numbers.items()}


def strings(**texts: str) -> dict[str, RegistryValue]:
    return {name: RegistryValue(1, value) for name, value in texts.items()}


def update(
    *categories: str,
    severity: str = "",
    browse: bool = False,
    days: float | None = 5,
    hidden: bool = False,
) -> WaitingUpdate:
    changed = None if days is None else ago(days)
    return WaitingUpdate(categories, severity, browse, changed, hidden)


def scan(*updates: WaitingUpdate, result: int = 2) -> UpdateSearch:
    return UpdateSearch(result, updates)


def installed(days: float, revision: int = PRESENT, operation: int = 1, result: int = 2) -> Any:
    title = f"セキュリティ更新プログラム (KB5068861) (26200.{revision})"
    return InstalledUpdate(operation, result, ago(days), title)


DEFINITIONS = InstalledUpdate(1, 2, ago(0.2), "Defender の更新プログラム (KB2267602) (1.4.1.0)")


CAUGHT_UP = (DEFINITIONS, installed(9))


def state(
    searched: float | None = 0.5, restart: bool | None = False, level: int | None = 4
) -> UpdateState:
    last = None if searched is None else ago(searched)
    return UpdateState(restart, level, last, ago(0.2))


def found(
    search: Any = None,
    history: Any = CAUGHT_UP,
    told: Any = None,
    policy: Policy | None = None,
    answers: Any = None,
) -> Finding:
    system = composed(
        {
            SearchUpdates(): scan() if search is None else search,
            ReadUpdateHistory(): history,
            ReadUpdateState(): state() if told is None else told,
            CURRENT_VERSION: dword(UBR=PRESENT),
            **{key: dword(Start=3) for key in SERVICES},
            **(answers or {}),
        },
        OsFamily.WINDOWS,
    )
    return security_updates.run(system, context(policy=policy))


def test_nothing_waiting_on_a_fresh_scan_passes() -> None:
    assert found().reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    ("waiting", "counts"),
    [
        (update(SECURITY), True),
        (update(CRITICAL), True),
        (update(OTHER, SECURITY), True),
        (update(OTHER, severity="Important"), True),
        (update(OTHER), False),
        (update(), False),
        (update(SECURITY, browse=True), False),
        (update(DEFINITION), False),
        (update(DEFINITION, SECURITY, severity="Critical"), False),
    ],
)
def test_only_security_updates_that_windows_would_install_wait(waiting, counts: bool) -> None:
    finding = found(scan(waiting))
    assert (finding.reason == SecurityUpdates.PENDING_RECENT) is counts
    assert (finding.reason == SecurityUpdates.CURRENT) is not counts


@pytest.mark.parametrize(
    ("last", "out", "reason"),
    [
        (37, 10, SecurityUpdates.PENDING_RECENT),
        (10.5, 9, SecurityUpdates.PENDING_RECENT),
        (9, 3, SecurityUpdates.PENDING_RECENT),
        (9, 15, SecurityUpdates.PENDING_OLD),
        (39, 10, SecurityUpdates.PENDING_OLD),
        (200, 10, SecurityUpdates.PENDING_OLD),
    ],
)
def test_an_update_waits_since_the_first_patch_day_after_the_present_version(
    last: float, out: float, reason: SecurityUpdates
) -> None:
    history = (DEFINITIONS, installed(last))
    assert found(scan(update(SECURITY, days=out)), history).reason == reason


def test_a_security_update_that_somebody_has_hidden_is_held_back() -> None:
    hidden = update(SECURITY, days=90, hidden=True)
    finding = found(scan(hidden, update(OTHER, hidden=True)))
    assert (finding.reason, finding.evidence["count"]) == (SecurityUpdates.HELD_BACK, 1)
    others = (
        update(OTHER, hidden=True),
        update(DEFINITION, hidden=True),
        update(SECURITY, browse=True, hidden=True),
    )
    assert found(scan(*others)).reason == SecurityUpdates.CURRENT


def test_beside_a_hidden_update_the_ones_that_windows_offers_count() -> None:
    offered = update(SECURITY, days=5)
    finding = found(scan(update(SECURITY, days=90, hidden=True), offered))
    assert (finding.reason, finding.evidence["count"]) == (SecurityUpdates.PENDING_RECENT, 1)


def test_the_days_that_it_waits_are_told() -> None:
    finding = found(scan(update(SECURITY, days=10)), (DEFINITIONS, installed(39)))
    assert finding.evidence["days"] == 37
    assert finding.evidence["count"] == 1


def test_of_several_updates_the_oldest_counts() -> None:
    several = scan(update(SECURITY, days=2), update(SECURITY, days=30), update(OTHER, days=300))
    finding = found(several)
    assert finding.reason == SecurityUpdates.PENDING_OLD
    assert (finding.evidence["days"], finding.evidence["count"]) == (30, 2)


def test_the_grace_is_the_offices() -> None:
    strict = policy_with("security_updates", pending_grace=7)
    finding = found(scan(update(SECURITY, days=10)), (installed(37),), policy=strict)
    assert finding.reason == SecurityUpdates.PENDING_OLD


@pytest.mark.parametrize(
    "history",
    [
        (DEFINITIONS,),
        (DEFINITIONS, installed(5, revision=6899)),
        (DEFINITIONS, installed(5, result=4)),
        (DEFINITIONS, installed(5, operation=2)),
        (),
        Unread.TIMED_OUT,
    ],
)
def test_a_young_update_may_stand_for_older_ones_that_the_machine_missed(history) -> None:
    finding = found(scan(update(SECURITY, days=2)), history)
    assert finding.reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_without_a_revision_the_same() -> None:
    for version in (Unread.DENIED, strings(UBR="7171"), {}):
        finding = found(scan(update(SECURITY)), answers={CURRENT_VERSION: version})
        assert finding.reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_machine_on_which_nothing_was_installed_since_a_patch_day_lacks_it() -> None:
    idle = (InstalledUpdate(1, 2, ago(40), "何かの更新"),)
    finding = found(scan(update(SECURITY, days=None)), idle)
    assert finding.reason == SecurityUpdates.PENDING_OLD
    assert finding.evidence["days"] == 37


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (9, SecurityUpdates.CURRENT),
        (37, SecurityUpdates.CURRENT),
        (39, SecurityUpdates.BEHIND),
        (300, SecurityUpdates.BEHIND),
    ],
)
def test_an_empty_list_is_not_believed_of_a_version_that_is_two_patch_days_old(
    last: float, reason: SecurityUpdates | Unread
) -> None:
    assert found(history=(DEFINITIONS, installed(last))).reason == reason


def test_a_machine_that_slept_for_two_months_has_an_old_list_and_no_false_one() -> None:
    asleep = (installed(70),)
    assert found(history=asleep, told=state(62)).reason == SecurityUpdates.STALE_SCAN
    assert found(history=asleep, told=state(None)).reason == SecurityUpdates.SCAN_AGE_UNKNOWN
    assert found(history=asleep, told=state(0.1)).reason == SecurityUpdates.BEHIND


def test_an_office_that_takes_old_lists_takes_none_that_is_contradicted() -> None:
    patient = policy_with("security_updates", scan_fresh=90)
    assert found(told=state(62), policy=patient).reason == SecurityUpdates.CURRENT
    asleep = found(history=(installed(70),), told=state(62), policy=patient)
    assert asleep.reason == SecurityUpdates.BEHIND


def test_a_version_is_as_old_behind_three_definitions_a_day() -> None:
    definitions = [
        InstalledUpdate(1, 2, ago(day + hours / 24), "KB2267602 (1.4.1.0)")
        for day in range(100)
        for hours in (3, 11, 19)
    ]
    newest = (*definitions, installed(100))[: ReadUpdateHistory().count]
    assert found(history=newest).reason == SecurityUpdates.BEHIND


CHOSEN: list[dict[Any, Any]] = [
    {POLICY: dword(UseWUServer=1), DELAYS: strings(WUServer="http://wsus.example.jp:8530")},
    {MANAGED: strings(UpdateServiceUrl="https://wsus.example.jp:8531")},
    {DELAYS: dword(DeferQualityUpdates=1, DeferQualityUpdatesPeriodInDays=30)},
    {MANAGED: dword(DeferQualityUpdatesPeriodInDays=7)},
    {POLICY: Unread.DENIED, MANAGED: dword(DeferQualityUpdatesPeriodInDays=7)},
]


@pytest.mark.parametrize("answers", CHOSEN)
@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (CAUGHT_UP, SecurityUpdates.CURRENT),
        ((DEFINITIONS, installed(37)), SecurityUpdates.ORGANISATION_CHOOSES),
        ((DEFINITIONS, installed(39)), SecurityUpdates.ORGANISATION_CHOOSES),
        ((DEFINITIONS, installed(300)), SecurityUpdates.ORGANISATION_CHOOSES),
        ((DEFINITIONS,), SecurityUpdates.ORGANISATION_CHOOSES),
        ((DEFINITIONS, installed(5, revision=6899)), SecurityUpdates.ORGANISATION_CHOOSES),
        ((), SecurityUpdates.ORGANISATION_CHOOSES),
        (Unread.DENIED, SecurityUpdates.ORGANISATION_CHOOSES),
    ],
)
def test_where_an_organisation_offers_nothing_only_a_version_of_this_month_passes(
    answers, history, reason
) -> None:
    assert found(history=history, answers=answers).reason == reason


def test_the_servicing_store_dates_the_version_where_the_history_does_not() -> None:
    package = f"Package_for_RollupFix~31bf3856ad364e35~amd64~~26100.{PRESENT}.1.5"
    for days, reason in ((9, SecurityUpdates.CURRENT), (37, SecurityUpdates.ORGANISATION_CHOOSES)):
        ticks = int((ago(days) + 11_644_473_600) * 10_000_000)
        store = {
            SERVICED: (package,),
            ReadRegistry("HKLM", rf"{SERVICED.key}\{package}"): dword(
                CurrentState=112, InstallTimeHigh=ticks >> 32, InstallTimeLow=ticks & 0xFFFFFFFF
            ),
        }
        assert found(history=(DEFINITIONS,), answers={**CHOSEN[0], **store}).reason == reason


@pytest.mark.parametrize(
    "answers",
    [
        {POLICY: dword(UseWUServer=0), DELAYS: strings(WUServer="http://wsus.example.jp:8530")},
        {DELAYS: dword(DeferQualityUpdates=1, DeferQualityUpdatesPeriodInDays=0)},
        {DELAYS: dword(DeferFeatureUpdatesPeriodInDays=365)},
        {MANAGED: strings(UpdateServiceUrl=" ")},
        {},
    ],
)
def test_what_microsoft_offers_needs_no_such_evidence(answers) -> None:
    assert found(history=(DEFINITIONS,), answers=answers).reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize("key", [POLICY, DELAYS, MANAGED])
def test_where_it_cannot_be_read_who_offers_updates_an_empty_list_is_no_pass(key) -> None:
    unread = {key: Unread.DENIED}
    assert found(history=(DEFINITIONS,), answers=unread).reason == Unread.DENIED
    assert found(history=CAUGHT_UP, answers=unread).reason == SecurityUpdates.CURRENT


def test_what_an_organisation_offers_waits_like_anything_else() -> None:
    waits = scan(update(SECURITY, days=20))
    assert found(waits, answers=CHOSEN[0]).reason == SecurityUpdates.PENDING_OLD


@pytest.mark.parametrize("searched", [None, 8, 400])
def test_an_old_scan_does_not_show_that_nothing_waits(searched: float | None) -> None:
    finding = found(told=state(searched))
    assert finding.verdict is Verdict.UNKNOWN
    old = searched is not None
    expected = SecurityUpdates.STALE_SCAN if old else SecurityUpdates.SCAN_AGE_UNKNOWN
    assert finding.reason == expected


def test_a_scan_that_fails_says_nothing() -> None:
    for result in (0, 1, 4, 5):
        assert found(scan(result=result)).reason == Unread.GARBLED
    assert found(scan(result=3)).reason == Unread.GARBLED
    assert found(scan(update(OTHER), result=3)).reason == Unread.GARBLED
    assert found(scan(update(SECURITY), result=3)).reason == SecurityUpdates.PENDING_RECENT


OFF: list[dict[Any, Any]] = [
    {SERVICES[0]: dword(Start=4)},
    {SERVICES[1]: dword(Start=4)},
    {POLICY: dword(NoAutoUpdate=1)},
    {POLICY: dword(AUOptions=1)},
    {MANAGED: dword(AllowAutoUpdate=5)},
    {ReadUpdateState(): state(level=1)},
    {SERVICES[0]: dword(Start=4), SERVICES[1]: Unread.DENIED, SETTINGS: PAUSED_UNTIL_2051},
]


@pytest.mark.parametrize("answers", OFF)
def test_automatic_updates_that_are_off_are_a_warning(answers: dict[Any, Any]) -> None:
    finding = found(answers=answers)
    assert (finding.verdict, finding.reason) == (Verdict.WARN, SecurityUpdates.AUTOMATIC_OFF)


ON: list[dict[Any, Any]] = [
    {},
    {SERVICES[0]: dword(Start=2)},
    {POLICY: dword(NoAutoUpdate=0, AUOptions=4)},
    {MANAGED: dword(AllowAutoUpdate=1)},
    {ReadUpdateState(): state(level=0)},
    {ReadUpdateState(): state(level=None)},
    {SETTINGS: strings(PauseUpdatesExpiryTime="2026-11-01T00:00:00Z")},
    {SETTINGS: strings(PauseUpdatesExpiryTime="")},
]


@pytest.mark.parametrize("answers", [*ON, {POLICY: Unread.DENIED}, {SERVICES[0]: Unread.MISSING}])
def test_automatic_updates_that_are_on_or_unreadable_change_nothing(answers) -> None:
    assert found(answers=answers).reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    "settings",
    [
        PAUSED_UNTIL_2051,
        strings(PauseUpdatesExpiryTime="2026-12-01T03:00:00Z"),
        strings(PauseUpdatesExpiryTime="2026-11-20T03:00:01Z"),
        strings(PauseQualityUpdatesEndTime="2026-12-01T03:00:00Z"),
    ],
)
def test_paused_updates_are_a_warning_until_that_day(settings) -> None:
    finding = found(answers={SETTINGS: settings})
    assert (finding.verdict, finding.reason) == (Verdict.WARN, SecurityUpdates.PAUSED)


@pytest.mark.parametrize("store", [DELAYS, MANAGED])
@pytest.mark.parametrize(
    ("since", "reason"),
    [
        ("2026-11-20", SecurityUpdates.PAUSED),
        ("2026-10-17", SecurityUpdates.PAUSED),
        ("2026-11-01T00:00:00Z", SecurityUpdates.PAUSED),
        ("2026-10-16", SecurityUpdates.CURRENT),
        ("2020-01-01", SecurityUpdates.CURRENT),
        ("2026-11-22", SecurityUpdates.CURRENT),
        ("", SecurityUpdates.CURRENT),
        ("来週", Unread.GARBLED),
    ],
)
def test_a_policy_pauses_for_35_days_from_its_day_on(store, since: str, reason) -> None:
    answers = {store: strings(PauseQualityUpdatesStartTime=since)}
    assert found(answers=answers).reason == reason


def test_a_pause_of_new_versions_is_none_of_security_updates() -> None:
    feature = {DELAYS: strings(PauseFeatureUpdatesStartTime="2026-11-19")}
    assert found(answers=feature).reason == SecurityUpdates.CURRENT


@pytest.mark.parametrize(
    "settings",
    [
        strings(PauseUpdatesExpiryTime="ずっと"),
        strings(PauseUpdatesExpiryTime="31/12/2051"),
        strings(PauseUpdatesExpiryTime="2026-11-01T00:00:00Z", PauseQualityUpdatesEndTime="never"),
        dword(PauseUpdatesExpiryTime=1),
    ],
)
def test_a_pause_whose_end_makes_no_sense_is_no_pass(settings) -> None:
    finding = found(answers={SETTINGS: settings})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.GARBLED)


def test_beside_one_that_makes_no_sense_a_pause_is_a_pause() -> None:
    both = strings(PauseUpdatesExpiryTime="never", PauseQualityUpdatesEndTime="2051-12-31")
    assert found(answers={SETTINGS: both}).reason == SecurityUpdates.PAUSED


def test_a_pause_is_no_excuse_for_what_waits() -> None:
    finding = found(scan(update(SECURITY, days=20)), answers={SETTINGS: PAUSED_UNTIL_2051})
    assert finding.reason == SecurityUpdates.PENDING_OLD


@pytest.mark.parametrize(
    ("agent", "mark", "reason"),
    [
        (False, None, SecurityUpdates.CURRENT),
        (None, None, SecurityUpdates.CURRENT),
        (True, None, SecurityUpdates.RESTART_PENDING),
        (False, RESTART_MARKS[0], SecurityUpdates.RESTART_PENDING),
        (None, RESTART_MARKS[1], SecurityUpdates.RESTART_PENDING),
    ],
)
def test_a_restart_that_waits_is_a_warning(agent, mark, reason) -> None:
    marks = {} if mark is None else {mark: {}}
    assert found(told=state(restart=agent), answers=marks).reason == reason


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_windows_update_it_cannot_be_told(why: Unread) -> None:
    assert found(why).reason == why
    nothing = composed({}, OsFamily.WINDOWS, otherwise=why)
    assert security_updates.run(nothing, context()).reason == why


def test_without_the_agents_state_the_scans_age_is_unknown() -> None:
    assert found(told=Unread.DENIED).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


@pytest.mark.parametrize(
    ("after", "day"),
    [
        ("2026-10-13T16:59", "2026-10-13"),
        ("2026-10-13T17:00", "2026-11-10"),
        ("2026-11-01T00:00", "2026-11-10"),
        ("2026-11-30T23:59", "2026-12-08"),
        ("2026-12-31T23:59", "2027-01-12"),
        ("2024-01-31T00:00", "2024-02-13"),
        ("2025-09-01T00:00", "2025-09-09"),
    ],
)
def test_the_patch_days_are_those_that_microsoft_kept_or_announced(after: str, day: str) -> None:
    found_ = next_patch_day(datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found_.date().isoformat() == day


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda day: day.year < 9999))
def test_the_next_patch_day_is_a_second_tuesday_within_five_weeks(after: datetime) -> None:
    day = next_patch_day(after)
    assert day.weekday() == 1
    assert 8 <= day.day <= 14
    assert timedelta() < day - after <= timedelta(days=35)


@given(st.text(max_size=40) | st.datetimes().map(datetime.isoformat))
def test_garbage_for_a_pause_is_never_a_pass(written: str) -> None:
    until, since = (
        strings(PauseUpdatesExpiryTime=written),
        strings(PauseQualityUpdatesStartTime=written),
    )
    for settings, policies in ((until, ()), ({}, (since,))):
        paused = is_paused(settings, policies, NOON)
        reason = found(answers={SETTINGS: settings, DELAYS: dict(*policies)}).reason
        expected = {True: SecurityUpdates.PAUSED, False: SecurityUpdates.CURRENT}
        assert reason == expected.get(paused, Unread.GARBLED)
        try:
            datetime.fromisoformat(written)
        except ValueError:
            assert paused is (None if written else False)


WAITING = st.builds(
    WaitingUpdate,
    st.lists(st.sampled_from([SECURITY, DEFINITION, "", "更新"])).map(tuple),
    st.text(max_size=3),
    st.booleans(),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
)


@given(
    st.builds(UpdateSearch, st.integers(-1, 9), st.lists(WAITING).map(tuple)),
    st.lists(
        st.builds(
            InstalledUpdate,
            st.integers(0, 3),
            st.integers(0, 6),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(max_size=9) | st.just(f"(26200.{PRESENT})"),
        )
    ).map(tuple),
)
def test_garbage_from_the_agent_never_passes_what_waits(search, history) -> None:
    finding = found(search, history)
    waiting = waiting_in(search)
    if waiting is None or waiting.security:
        assert finding.verdict is not Verdict.PASS
    else:
        assert finding.reason in (SecurityUpdates.CURRENT, SecurityUpdates.BEHIND)
