"""antivirus on Windows: what Security Center says twice, and what Defender says of itself."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.finding import Finding
from precheck.contract.reasons import Antivirus as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus import antivirus
from probes.antivirus.facts import State
from probes.antivirus.windows import HEALTH, WINDOWS, observe
from probes.antivirus.windows_defender import (
    STATUS,
    UPDATES,
    parse_cim_datetime,
    parse_status,
    parse_update_time,
)
from probes.antivirus.windows_security_center import ROWS, decode_product_state, from_wmi
from probes.facts import Known
from probes.installed_programs import UNINSTALL
from probes.system.questions import FileStatus, ListProcesses, Process, StatFile
from probes.system.recording import RecordedSystem
from probes.system.windows_questions import (
    ListRegistry,
    ProviderHealth,
    ReadService,
    RegistryValue,
)
from tests.machines import NOON, composed, context, policy_with
from tests.probes.security_center import (
    DEFENDER,
    DEFENDER_ROW,
    ESET_GUID,
    REPORTER,
    cim,
    device,
    installed,
    listed,
    row,
    status,
    value,
)

CAPTURED = json.loads((Path(__file__).parent / "antivirus" / "windows.json").read_text("utf-8"))


def judged(machine: RecordedSystem, policy: Any = None) -> Finding:
    return antivirus.run(machine, context(policy=policy))


def outcome(machine: RecordedSystem, policy: Any = None) -> tuple[Verdict, str]:
    finding = judged(machine, policy)
    return finding.verdict, finding.reason


# Security Center, by every combination of what it can say.

ON = {"on": (0, 0x1000), "off": (1, 0x0000), "snoozed": (2, 0x2000), "expired": (3, 0x3000)}
STATES = {**ON, "unknown": (9, 0x9000)}
SIGNATURES = {"current": (1, 0x00), "old": (0, 0x10), "unknown": (7, 0x30)}
CASES = tuple(itertools.product(STATES, SIGNATURES))
GUIDS = (ESET_GUID, "{00000000-0000-4000-8000-000000000002}")
NAMES = ("ESET Security", "ウイルスバスター クラウド")
THERE = {ReadService("ekrn"): 4, ReadService("Amsp"): 4}


def in_list(place: int, case: tuple[str, str]) -> Any:
    state, signature = STATES[case[0]][0], SIGNATURES[case[1]][0]
    return listed(NAMES[place], state, signature, GUIDS[place])


def in_wmi(place: int, case: tuple[str, str]) -> Any:
    number = 0x040000 | STATES[case[0]][1] | SIGNATURES[case[1]][1]
    return row(NAMES[place], number, GUIDS[place].lower())


def protects(com: tuple[str, str] | None, wmi: tuple[str, str] | None) -> bool:
    """What may pass, said again: the documented list says on and current, and WMI does not say
    otherwise; or the list did not answer, and WMI says on and current."""
    if com is None:
        return wmi == ("on", "current")
    if com != ("on", "current"):
        return False
    return wmi is None or (wmi[0] in ("on", "unknown") and wmi[1] in ("current", "unknown"))


@pytest.mark.parametrize("case", CASES)
def test_one_product_passes_only_where_nothing_speaks_against_it(case: tuple[str, str]) -> None:
    for other in (None, *CASES):
        rows = Unread.MISSING if other is None else (in_wmi(0, other),)
        finding = judged(device((in_list(0, case),), rows, THERE))
        assert (finding.verdict is Verdict.PASS) == protects(case, other), (other, finding)


@pytest.mark.parametrize("case", CASES)
def test_where_the_list_does_not_answer_wmi_stands_in(case: tuple[str, str]) -> None:
    for why in (Unread.MISSING, Unread.TIMED_OUT, Unread.DENIED):
        verdict, _ = outcome(device(why, (in_wmi(0, case),)))
        assert (verdict is Verdict.PASS) == protects(None, case)


@pytest.mark.parametrize("agreeing", [True, False])
@pytest.mark.parametrize("first", CASES)
def test_of_two_products_one_that_protects_is_enough(
    first: tuple[str, str], agreeing: bool
) -> None:
    for second in CASES:
        both = (in_list(0, first), in_list(1, second))
        rows = (in_wmi(0, first), in_wmi(1, second)) if agreeing else Unread.DENIED
        verdict, reason = outcome(device(both, rows, THERE))
        either = any(protects(case, case if agreeing else None) for case in (first, second))
        assert (verdict is Verdict.PASS) == either, (second, reason)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (("on", "current"), Why.ON_CURRENT),
        (("on", "old"), Why.DEFINITIONS_OLD),
        (("on", "unknown"), Why.DEFINITIONS_UNKNOWN),
        (("off", "current"), Why.OFF),
        (("snoozed", "current"), Why.SNOOZED),
        (("expired", "current"), Why.EXPIRED),
        (("expired", "old"), Why.EXPIRED),
        (("unknown", "current"), Why.STATE_UNKNOWN),
    ],
)
def test_both_numberings_say_the_same(case: tuple[str, str], reason: Why) -> None:
    assert judged(device((in_list(0, case),), Unread.MISSING, THERE)).reason == reason
    assert judged(device(Unread.MISSING, (in_wmi(0, case),))).reason == reason
    assert judged(device((in_list(0, case),), (in_wmi(0, case),))).reason == reason


@pytest.mark.parametrize("other", ["off", "snoozed", "expired"])
def test_on_in_one_source_alone_is_a_disagreement(other: str) -> None:
    on, off = ("on", "current"), (other, "current")
    disagreeing = (Verdict.UNKNOWN, Why.DISAGREE)
    assert outcome(device((in_list(0, on),), (in_wmi(0, off),))) == disagreeing
    assert outcome(device((in_list(0, off),), (in_wmi(0, on),))) == disagreeing


def test_current_in_one_source_alone_is_a_disagreement() -> None:
    old = ("on", "old")
    assert outcome(device((listed(),), (in_wmi(0, old),))) == (Verdict.UNKNOWN, Why.DISAGREE)
    assert outcome(device((in_list(0, old),), (row(),))) == (Verdict.UNKNOWN, Why.DISAGREE)


def test_a_product_that_one_source_lacks_is_a_disagreement() -> None:
    other = row("Norton 360", guid=GUIDS[1])
    finding = judged(device((listed(),), (other,)))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Why.DISAGREE)
    assert outcome(device((), (row(),))) == (Verdict.UNKNOWN, Why.DISAGREE)


def test_a_wmi_that_lists_nothing_has_not_answered() -> None:
    assert outcome(device((listed(),), (), THERE)) == (Verdict.PASS, Why.ON_CURRENT)


def test_products_belong_together_by_their_name_where_their_ids_differ() -> None:
    renumbered = row(guid=GUIDS[1])
    assert judged(device((listed(),), (renumbered,))).reason == Why.ON_CURRENT
    twice = (listed(), listed(guid="{00000000-0000-4000-8000-000000000003}"))
    assert judged(device(twice, (renumbered,))).reason == Why.DISAGREE


# Real values.


@pytest.mark.parametrize(
    "sample",
    CAPTURED["rows"],
    ids=[str(item["raw"][0]["productState"]) for item in CAPTURED["rows"]],
)
def test_real_values_mean_what_is_known_of_them(sample: dict[str, Any]) -> None:
    for raw, (state, current) in zip(sample["raw"], sample["means"], strict=True):
        known = from_wmi(raw)
        assert known.state == (None if state is None else State(state))
        assert known.current is current


def replayed(sample: dict[str, Any]) -> Finding:
    """The verdict on a captured device, whose programs are where its rows say."""
    there = {
        StatFile(raw["pathToSignedReportingExe"]): FileStatus("file", 1, 0.0)
        for raw in sample["raw"]
        if "pathToSignedReportingExe" in raw
    }
    return judged(device(Unread.MISSING, sample["raw"], there, status()))


def test_no_captured_device_passes_but_those_that_were_protected() -> None:
    passed = [
        [raw["productState"] for raw in sample["raw"]]
        for sample in CAPTURED["rows"]
        if replayed(sample).verdict is Verdict.PASS
    ]
    assert passed == [[397568]]


def test_a_defender_that_stepped_aside_is_no_finding() -> None:
    (both,) = [item for item in CAPTURED["rows"] if len(item["raw"]) == 2]
    finding = replayed(both)
    assert (finding.reason, finding.evidence["name"]) == (Why.FREE_EDITION, "Bitdefender")
    paid = installed("Bitdefender Total Security")
    machine = device(
        Unread.MISSING,
        both["raw"],
        paid,
        {StatFile(both["raw"][0]["pathToSignedReportingExe"]): FileStatus("file", 1, 0.0)},
    )
    assert outcome(machine) == (Verdict.PASS, Why.ON_CURRENT)


def test_the_class_that_windows_no_longer_keeps_up_is_not_asked() -> None:
    assert ROWS.class_name == "AntiVirusProduct"


def test_a_captured_defender_that_does_not_run_says_nothing_good() -> None:
    (sample,) = CAPTURED["status"]
    said = parse_status((sample["raw"],))
    assert said is not None
    assert (said.runs, said.real_time, said.updated) == (False, False, None)
    machine = device((DEFENDER,), (DEFENDER_ROW,), {STATUS: (sample["raw"],)})
    assert outcome(machine) == (Verdict.UNKNOWN, Why.DISAGREE)


# Microsoft Defender.


def defender(*answers: Any, **changed: Any) -> RecordedSystem:
    return device((DEFENDER,), (DEFENDER_ROW,), status(**changed), *answers)


def test_defender_in_its_normal_mode_is_what_the_office_makes_of_it() -> None:
    assert outcome(defender()) == (Verdict.PASS, Why.DEFENDER)
    for reading, verdict in (("warn", Verdict.WARN), ("reject", Verdict.FAIL)):
        policy = policy_with("antivirus", defender=reading)
        assert outcome(defender(), policy) == (verdict, Why.DEFENDER)


@pytest.mark.parametrize("mode", ["Passive Mode", "SxS Passive Mode", "EDR Block Mode"])
def test_passive_defender_guards_nothing_whatever_its_switches_say(mode: str) -> None:
    assert outcome(defender(AMRunningMode=mode)) == (Verdict.FAIL, Why.NO_REAL_TIME)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"RealTimeProtectionEnabled": False}, Why.NO_REAL_TIME),
        ({"AntivirusEnabled": False}, Why.NO_REAL_TIME),
        ({"AMServiceEnabled": False}, Why.NO_REAL_TIME),
        ({"RealTimeProtectionEnabled": None}, Why.STATE_UNKNOWN),
        ({"RealTimeProtectionEnabled": "true"}, Why.STATE_UNKNOWN),
        ({"AMRunningMode": "通常"}, Why.STATE_UNKNOWN),
        ({"AMRunningMode": ""}, Why.STATE_UNKNOWN),
        ({"AMRunningMode": "Not running"}, Why.DISAGREE),
        ({"AntivirusSignatureLastUpdated": None}, Why.DEFINITIONS_UNKNOWN),
        ({"AntivirusSignatureLastUpdated": "16010101000000.000000+000"}, Why.DEFINITIONS_UNKNOWN),
        ({"AntivirusSignatureAge": 65535}, Why.DEFINITIONS_UNKNOWN),
        ({"AntivirusSignatureAge": 4294967295}, Why.DEFINITIONS_UNKNOWN),
        ({"DefenderSignaturesOutOfDate": True}, Why.DEFINITIONS_OLD),
        ({"AntivirusSignatureLastUpdated": cim(5)}, Why.DEFINITIONS_AGING),
        ({"AntivirusSignatureLastUpdated": cim(8)}, Why.DEFINITIONS_OLD),
        ({"AntivirusSignatureLastUpdated": cim(-2)}, Unread.CLOCK),
    ],
)
def test_defender_s_own_word_counts(changed: dict[str, Any], reason: str) -> None:
    finding = judged(defender(**changed))
    assert finding.reason == reason
    assert finding.verdict is not Verdict.PASS


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.DENIED, Unread.MISSING, Unread.GARBLED])
def test_without_its_own_word_security_center_s_holds_while_its_service_runs(why: Unread) -> None:
    silent = device((DEFENDER,), (DEFENDER_ROW,), {STATUS: why})
    assert outcome(silent) == (Verdict.PASS, Why.DEFENDER)
    for stopped in (1, 2, 7, Unread.MISSING, Unread.DENIED):
        gone = {STATUS: why, ReadService("WinDefend"): stopped}
        machine = device((DEFENDER,), (DEFENDER_ROW,), gone)
        assert outcome(machine) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)


@pytest.mark.parametrize("objects", [(), ({},), ({"AMRunningMode": 1},)])
def test_an_answer_without_a_mode_may_be_of_a_passive_defender(objects: Any) -> None:
    machine = device((DEFENDER,), (DEFENDER_ROW,), {STATUS: objects})
    assert outcome(machine) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)
    twice = device((DEFENDER,), (DEFENDER_ROW,), {STATUS: status()[STATUS] * 2})
    assert outcome(twice) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)


def filetime(moment: datetime) -> RegistryValue:
    ticks = round((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    return value(ticks.to_bytes(8, "little"), kind=3)


def test_the_registry_tells_the_age_of_definitions_where_wmi_does_not() -> None:
    for days, reason in ((1, Why.DEFENDER), (5, Why.DEFINITIONS_AGING), (9, Why.DEFINITIONS_OLD)):
        updated = {"SignaturesLastUpdated": filetime(NOON - timedelta(days=days))}
        machine = device((DEFENDER,), (DEFENDER_ROW,), {STATUS: Unread.TIMED_OUT, UPDATES: updated})
        assert judged(machine).reason == reason


class Listening:
    """A system that remembers what it was asked."""

    def __init__(self, system: RecordedSystem) -> None:
        self._system = system
        self.asked: list[Any] = []

    @property
    def family(self) -> Any:
        return self._system.family

    def ask(self, question: Any) -> Any:
        self.asked.append(question)
        return self._system.ask(question)


@pytest.mark.parametrize("state", [1, 2, 3, 9])
def test_a_defender_that_is_not_on_is_not_asked(state: int) -> None:
    off = listed("Windows Defender", state, guid=DEFENDER.guid)
    machine = Listening(device((off, listed()), Unread.MISSING, status()))
    observe(machine, context())
    assert STATUS not in machine.asked
    on = Listening(device((DEFENDER,), Unread.MISSING, status()))
    observe(on, context())
    assert STATUS in on.asked


# Which product it is.


@pytest.mark.parametrize(
    ("name", "reason", "label"),
    [
        ("ESET NOD32 Antivirus 9.0.386.0", Why.ON_CURRENT, "ESET"),
        ("ウイルスバスター クラウド", Why.ON_CURRENT, "ウイルスバスター クラウド"),
        ("ZERO スーパーセキュリティ", Why.ON_CURRENT, "ZERO ウイルスセキュリティ"),
        ("マカフィー ウイルススキャン", Why.ON_CURRENT, "マカフィー"),
        ("Norton 360", Why.ON_CURRENT, "ノートン 360"),
        ("Malwarebytes", Why.ON_CURRENT, "Malwarebytes"),
        ("KINGSOFT Internet Security", Why.FREE_EDITION, "キングソフト"),
        ("ソースネクスト 予防の表 能", Why.UNKNOWN_PRODUCT, "ソースネクスト 予防の表 能"),
        ("Norton 3600", Why.UNKNOWN_PRODUCT, "Norton 3600"),
        ("My ESET Security", Why.UNKNOWN_PRODUCT, "My ESET Security"),
    ],
)
def test_a_product_is_known_by_its_whole_name(name: str, reason: str, label: str) -> None:
    machine = device((listed(name),), (row(name),))
    finding = judged(machine)
    assert finding.reason == reason
    assert str(finding.evidence["name"]).startswith(label)


@pytest.mark.parametrize(
    ("registered", "listed_as", "reason"),
    [
        ("Avast Antivirus", (), Why.FREE_EDITION),
        ("Avast Antivirus", ("Avast Premium Security",), Why.ON_CURRENT),
        ("Avast Antivirus", ("Avast Premium Security 24.1.1",), Why.ON_CURRENT),
        ("Avast Antivirus", ("Avast Free Antivirus",), Why.FREE_EDITION),
        ("Avast Antivirus", ("Avast Free Antivirus", "Avast Premium Security"), Why.FREE_EDITION),
        ("Avast Antivirus", ("Not Avast Premium Security",), Why.FREE_EDITION),
        ("Avast Antivirus", ("AVG Internet Security",), Why.FREE_EDITION),
        ("AVG Antivirus", ("AVG Internet Security",), Why.ON_CURRENT),
        ("Kaspersky Standard", (), Why.ON_CURRENT),
        ("Kaspersky", (), Why.FREE_EDITION),
        ("カスペルスキー プレミアム", (), Why.ON_CURRENT),
        ("Bitdefender Antivirus", ("Bitdefender Antivirus Free",), Why.FREE_EDITION),
    ],
)
def test_the_list_of_installed_programs_tells_a_paid_edition(
    registered: str, listed_as: tuple[str, ...], reason: str
) -> None:
    machine = device((listed(registered),), (row(registered),), installed(*listed_as))
    assert judged(machine).reason == reason


def test_where_that_list_is_unread_the_edition_is_unknown() -> None:
    unread = {ListRegistry("HKLM", UNINSTALL, 64): Unread.DENIED}
    machine = device((listed("Avast Antivirus"),), (row("Avast Antivirus"),), unread)
    assert judged(machine).reason == Why.UNKNOWN_PRODUCT


def test_the_office_decides_about_free_and_unknown_products() -> None:
    for option, name, reason in (
        ("free_edition", "Avast Antivirus", Why.FREE_EDITION),
        ("unknown_product", "Somebody's Antivirus", Why.UNKNOWN_PRODUCT),
    ):
        for reading, verdict in (
            ("accept", Verdict.PASS),
            ("warn", Verdict.WARN),
            ("reject", Verdict.FAIL),
        ):
            policy = policy_with("antivirus", **{option: reading})
            machine = device((listed(name),), (row(name),))
            assert outcome(machine, policy) == (verdict, reason)


# Entries that outlive their product.

GONE = {StatFile(REPORTER): Unread.MISSING}


def test_an_entry_whose_program_is_gone_is_a_leftover() -> None:
    assert outcome(device((listed(),), (row(),), GONE)) == (Verdict.UNKNOWN, Why.STALE_ENTRY)
    unknown = device((listed("X"),), (row("X"),), GONE)
    assert outcome(unknown) == (Verdict.UNKNOWN, Why.STALE_ENTRY)


@pytest.mark.parametrize(
    "sign",
    [
        {ReadService("ekrn"): 4},
        {ListProcesses(): (Process("System"), Process("EKRN.EXE"))},
    ],
)
def test_a_service_or_a_process_of_the_product_shows_that_it_is_there(sign: Any) -> None:
    assert outcome(device((listed(),), (row(),), GONE, sign)) == (Verdict.PASS, Why.ON_CURRENT)
    assert judged(device((listed(),), (), sign)).reason == Why.ON_CURRENT


def test_a_service_that_is_stopped_does_not_show_a_product_whose_program_is_gone() -> None:
    stopped = device((listed(),), (row(),), GONE, {ReadService("ekrn"): 1})
    assert outcome(stopped) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)


NEWER = "{AAAAAAAA-8149-104B-25A1-21771CA47CD1}"


@pytest.mark.parametrize(
    ("state", "in_wmi", "reason"),
    [(1, 0x040000, Why.OFF), (3, 0x043000, Why.EXPIRED), (0, 0x041000, Why.ON_CURRENT)],
)
def test_what_an_upgrade_left_behind_does_not_speak_for_the_product(state, in_wmi, reason) -> None:
    current = "C:\\Program Files\\Product 2\\reports.exe"
    machine = device(
        (listed(), listed(state=state, guid=NEWER)),
        (row(), row(state=in_wmi, guid=NEWER, reporter=current)),
        GONE,
        {ReadService("ekrn"): 4, StatFile(current): FileStatus("file", 1, 0.0)},
    )
    finding = judged(machine)
    assert (finding.verdict is Verdict.PASS) is (reason is Why.ON_CURRENT)
    assert finding.reason in (reason, Why.STALE_ENTRY)


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.UNSUPPORTED, Unread.TIMED_OUT])
def test_a_program_that_may_not_be_looked_at_is_neither_there_nor_gone(why: Unread) -> None:
    machine = device((listed(),), (row(),), {StatFile(REPORTER): why})
    assert outcome(machine) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)


def test_without_any_sign_an_entry_alone_is_not_believed() -> None:
    assert outcome(device((listed("X"),))) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)


def test_a_leftover_beside_a_product_that_protects_is_no_finding() -> None:
    left = "C:\\Program Files\\Panda Security\\PSANHost.exe"
    panda = (listed("Panda Dome", guid=GUIDS[1]), row("Panda Dome", guid=GUIDS[1], reporter=left))
    machine = device((panda[0], DEFENDER), (panda[1], DEFENDER_ROW), status())
    assert outcome(machine) == (Verdict.PASS, Why.DEFENDER)


# What is not registered, and what cannot be told.


def test_an_edr_that_has_not_registered_may_guard() -> None:
    off = listed("Windows Defender", 1, guid=DEFENDER.guid)
    machine = device((off,), Unread.MISSING, {ReadService("CSFalconService"): 4})
    finding = judged(machine)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Why.STATE_UNKNOWN)
    assert finding.evidence["name"] == "CrowdStrike Falcon"
    stopped = device((off,), Unread.MISSING, {ReadService("CSFalconService"): 1})
    assert outcome(stopped) == (Verdict.FAIL, Why.OFF)
    hidden = device((off,), Unread.MISSING, {ReadService("CSFalconService"): Unread.DENIED})
    assert outcome(hidden) == (Verdict.UNKNOWN, Unread.DENIED)


def test_nothing_registered_is_said_only_where_everything_answered() -> None:
    assert outcome(device((), ())) == (Verdict.FAIL, Why.NONE)
    assert outcome(device((), Unread.MISSING)) == (Verdict.FAIL, Why.NONE)
    for question in (HEALTH, WINDOWS):
        machine = device((), (), {question: Unread.DENIED})
        assert outcome(machine) == (Verdict.UNKNOWN, Unread.DENIED)
    assert outcome(device(Unread.TIMED_OUT, ())) == (Verdict.UNKNOWN, Unread.TIMED_OUT)


@pytest.mark.parametrize("rows", [(), (row(),), Unread.MISSING])
def test_with_its_service_down_security_center_says_nothing(rows: Any) -> None:
    for health in (0, 2):
        machine = device((listed(),) if rows else (), rows, {HEALTH: ProviderHealth(1, health)})
        assert outcome(machine) == (Verdict.UNKNOWN, Unread.MISSING)


def test_an_answer_that_is_neither_yes_nor_no_leaves_it_open_whether_there_is_none() -> None:
    machine = device((), (), {HEALTH: ProviderHealth(5, 0)})
    assert outcome(machine) == (Verdict.UNKNOWN, Unread.GARBLED)


def test_a_windows_server_has_no_security_center() -> None:
    server = {WINDOWS: {"InstallationType": value("Server")}}
    for products in ((), (listed(),), Unread.MISSING):
        machine = device(products, Unread.MISSING, server)
        assert outcome(machine) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)


@pytest.mark.parametrize("why", [why for why in Unread if why is not Unread.CLOCK])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    machine = composed({}, OsFamily.WINDOWS, why)
    assert judged(machine).verdict is Verdict.UNKNOWN


# Garbage.

PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.binary(max_size=9)


@given(PLAIN)
def test_any_product_state_is_on_only_by_its_bits(number: Any) -> None:
    state, current = decode_product_state(number)
    if state is State.ON:
        assert f"{number:06x}"[-4] == "1"
    if current:
        assert f"{number:06x}"[-2:] == "00"


@given(st.dictionaries(st.sampled_from(ROWS.properties), PLAIN))
def test_any_row_at_all_makes_no_error_and_passes_by_its_bits_alone(raw: dict[str, Any]) -> None:
    known = from_wmi(raw)
    number = raw.get("productState")
    if known.state is State.ON:
        assert isinstance(number, int)
    verdict, _ = outcome(device(Unread.MISSING, (raw,)))
    on = isinstance(number, int) and not isinstance(number, bool) and number >> 12 & 0xF == 1
    assert on or verdict is not Verdict.PASS


@given(st.lists(st.dictionaries(st.sampled_from(STATUS.properties), PLAIN), max_size=2))
def test_any_status_at_all_makes_no_error_and_guards_only_in_its_normal_mode(objects: Any) -> None:
    said = parse_status(tuple(objects))
    if said is not None and said.real_time:
        assert objects[0]["AMRunningMode"].strip().lower() == "normal"


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{14}\.[0-9]{6}[+-][0-9]{3}", fullmatch=True))
def test_any_text_for_a_moment_is_one_or_none(text: str) -> None:
    moment = parse_cim_datetime(text)
    assert moment is None or moment.year >= 2015


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261120120000.000000+540", NOON),
        ("20261120030000.000000+000", NOON),
        ("20261119220000.000000-300", NOON),
        ("20261120030000.000000-000", NOON),
        ("16010101000000.000000+000", None),
        ("00000001000000.000000:000", None),
        ("20261120******.******+***", None),
        ("20261320030000.000000+000", None),
        ("", None),
        (None, None),
    ],
)
def test_a_moment_is_read_with_its_distance_from_utc(text: Any, moment: datetime | None) -> None:
    assert parse_cim_datetime(text) == moment


@given(st.binary(max_size=10))
def test_any_bytes_for_a_filetime_are_one_or_none(raw: bytes) -> None:
    moment = parse_update_time({"SignaturesLastUpdated": value(raw, 3)})
    assert moment is None or moment.year >= 2015
    assert parse_update_time({}) is None
    known = parse_update_time({"SignaturesLastUpdated": filetime(NOON)})
    assert known == NOON


def test_the_facts_say_where_they_were_read() -> None:
    facts = observe(device((listed(),), (row(),)), context())
    (product,) = facts.products
    assert isinstance(product.state, Known)
    assert product.state.source == "composed, composed"
