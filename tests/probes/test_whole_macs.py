"""All checks together on whole Macs: what each is told, and what holds for every one of them."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precheck.agent.commands import EXIT
from precheck.agent.exits import ATTENTION, NOT_READY, READY
from precheck.agent.session import Session, plan
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.finding import Finding
from precheck.contract.policy import Acceptance
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Readiness, Verdict
from probes.antivirus.macos_extensions import DATABASE
from probes.antivirus.macos_xprotect import GATEKEEPER, STATUS
from probes.antivirus.macos_xprotect import VERSION as XPROTECT
from probes.firewall.macos import REPORT, SETTINGS, TOOL, Mode
from probes.ipconfig import summary_of
from probes.registry import load_check
from probes.system.questions import (
    Completed,
    ListFolder,
    ListListeners,
    ListProcesses,
    Question,
    ReadFile,
    RunCommand,
)
from probes.system.recording import RecordedSystem, Recorder, decode_recording, encode_recording
from tests.machines import NOON, composed, context, policy_with
from tests.probes.macos import mac as versioned
from tests.probes.macos_software import SEARCH
from tests.probes.macs import (
    ENDPOINT,
    MACS,
    VERSIONS,
    Eye,
    Guard,
    Mac,
    Network,
    answers,
    findings,
    left_over,
    recorded,
    said_of,
    system,
)
from tests.probes.software_device import said
from tests.probes.test_firewall_on_macos import TOOL_SAYS
from tests.probes.test_firewall_on_macos import report as firewall_report

JAPANESE = "ファイアウォールは有効です。セキュリティ: WPA2-パーソナル\n"

ORDINARY = {
    "os_support": "pass supported",
    "security_updates": "pass current",
    "firewall": "pass on",
    "open_services": "pass none_reachable",
    "antivirus": "warn xprotect",
    "infection": "unknown nobody_to_ask",
    "file_sharing": "pass none_found",
    "running_software": "pass none_found",
    "internet": "pass reached",
    "network_trust": "pass wpa_personal",
    "webcam": "pass present",
    "microphone": "pass present",
    "meeting_app": "pass ready",
    "browser": "pass current",
    "connection_quality": "unknown not_reached",
    "metered": "unknown unsupported",
}
"""The last two: nobody measures here, and macOS does not tell what the data costs."""


def readiness(found: Any, *answered: CheckId) -> Readiness:
    """What the session makes of the findings, and of the person's yes to these questions."""
    session = Session(plan(None, None, None, NOON), OsFamily.MACOS, NOON)
    for finding in found.values():
        session.keep(finding)
    for check in answered:
        session.answer(check, True)
    return session.readiness()


QUIET_AND_AGREED = (CheckId.PRIVATE_ROOM, CheckId.TERMS_CONSENT)


def test_an_ordinary_macbook_is_ready() -> None:
    """A MacBook Air in Japanese that is kept up to date, with its firewall switched on and Zoom."""
    found = findings(system(Mac()), context(endpoint=ENDPOINT))
    assert {check: f"{it.verdict} {it.reason}" for check, it in found.items()} == ORDINARY
    assert readiness(found) is Readiness.ATTENTION
    assert readiness(found, *QUIET_AND_AGREED) is Readiness.READY


def test_a_macbook_as_it_comes_out_of_its_box_lacks_what_the_terms_ask_for_and_no_more() -> None:
    """Apple sells it with the firewall off, and without Zoom."""
    new = findings(
        system(Mac(firewall=Mode.OFF, zoom=False)),
        context(endpoint=ENDPOINT),
    )
    told = {check: f"{finding.verdict} {finding.reason}" for check, finding in new.items()}
    # Whether TeleOffice is there no sign tells for sure.
    assert told == {**ORDINARY, "firewall": "fail off", "meeting_app": "unknown unsupported"}
    assert readiness(new, *QUIET_AND_AGREED) is Readiness.NOT_READY


DIFFERENT: tuple[tuple[Mac, dict[str, str]], ...] = (
    (Mac("13.7.8"), {"os_support": "fail ended"}),
    (Mac("14.8.9"), {"os_support": "fail ended"}),
    (Mac("15.8.1"), {}),
    (Mac("27.0"), {}),
    (Mac(firewall=Mode.BLOCKS_ALL), {}),
    (Mac(firewall=Mode.OFF), {"firewall": "fail off"}),
    (Mac(network=Network.OPEN), {"network_trust": "fail open"}),
    (Mac(network=Network.WEP), {"network_trust": "fail wep"}),
    (Mac(network=Network.WPA2), {}),
    (Mac(network=Network.ENTERPRISE), {"network_trust": "pass wpa_enterprise"}),
    (Mac(network=Network.OWE), {"network_trust": "warn owe"}),
    (Mac(network=Network.WIRED), {"network_trust": "pass wired"}),
    (Mac(network=Network.IPHONE), {"metered": "warn probably_metered"}),
    (
        Mac(network=Network.NONE),
        {"internet": "fail offline", "network_trust": "unknown not_connected"},
    ),
    (Mac(guard=Guard.DEFENDER), {"antivirus": "pass defender"}),
    *((Mac(guard=guard), {}) for guard in Guard if guard is not Guard.DEFENDER),
    (Mac(eye=Eye.USB), {}),
    (Mac(eye=Eye.PRETENDED), {"webcam": "warn virtual_only"}),
    (Mac(eye=Eye.NONE), {"webcam": "fail none"}),
    (Mac(winny=True), {"file_sharing": "fail installed"}),
)


@pytest.mark.parametrize(("mac", "difference"), DIFFERENT, ids=lambda item: str(item)[:90])
def test_what_differs_is_told_and_nothing_else(mac: Mac, difference: dict[str, str]) -> None:
    assert said_of(system(mac), context(endpoint=ENDPOINT)) == {**ORDINARY, **difference}


@pytest.mark.parametrize(("version", "mode"), [*product(VERSIONS, Mode)])
def test_the_firewall_is_told_alike_on_every_macos(version: str, mode: Mode) -> None:
    told = said_of(system(Mac(version, mode)), context())
    assert told["firewall"] == ("fail off" if mode is Mode.OFF else "pass on")


GUARDS = {
    Guard.NOTHING: "fail none",
    Guard.DEFENDER: "pass defender",
    Guard.PASSIVE: "fail no_real_time",
    Guard.OLD: "fail definitions_old",
    Guard.UNLICENSED: "fail expired",
    Guard.WAITING: "fail no_real_time",
    Guard.EDR: "unknown state_unknown",
    Guard.LEFT_OVER: "fail off",
}


@pytest.mark.parametrize(("version", "guard"), [*product(VERSIONS, Guard)])
def test_beside_no_xprotect_the_other_product_shows(version: str, guard: Guard) -> None:
    silent = dict.fromkeys((STATUS, XPROTECT, GATEKEEPER), Unread.MISSING)
    told = said_of(system(Mac(version, guard=guard), changed=silent), context())
    assert told["antivirus"] == GUARDS[guard]


# What holds for every Mac.

FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

UNREAD = [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED]
NOTHING_AT_ALL = [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED, Unread.UNSUPPORTED]


def spoilt(question: Question[Any]) -> list[Any]:
    """What a command, a file or a list may give in place of what it should."""
    if isinstance(question, RunCommand):
        # To print nothing is mdfind's own way to say that there is nothing.
        nothing = () if question == SEARCH else ("",)
        text = (JAPANESE, *nothing, "{}", "[]", "\0", "<dictionary> {\n}\n")
        return [*UNREAD[1:], *map(said, text), Completed(1, JAPANESE.encode(), b"")]
    if isinstance(question, ReadFile):
        return [*UNREAD[1:], JAPANESE.encode(), b"", b"bplist00", b"<plist/>"]
    if isinstance(question, ListFolder | ListProcesses | ListListeners):
        return [*UNREAD[1:], *([()] if not isinstance(question, ListFolder) else [])]
    return UNREAD[1:]


@FEW
@given(MACS, st.data())
def test_what_could_not_be_read_makes_no_pass_and_no_fail(mac: Mac, data: st.DataObject) -> None:
    """Whatever breaks on a Mac, no check comes to pass or to fail that did not before."""
    whole = answers(mac)
    broken = data.draw(st.sets(st.sampled_from(sorted(whole, key=repr)), min_size=1, max_size=6))
    changed = {question: data.draw(st.sampled_from(spoilt(question))) for question in broken}
    before = findings(system(mac), context(endpoint=ENDPOINT))
    after = findings(system(mac, changed=changed), context(endpoint=ENDPOINT))
    for verdict in (Verdict.PASS, Verdict.FAIL):
        made = {check for check, finding in after.items() if finding.verdict is verdict}
        was = {check for check, finding in before.items() if finding.verdict is verdict}
        assert made <= was, (verdict, made - was, changed)


@pytest.mark.parametrize("why", [Unread.MISSING, *NOTHING_AT_ALL])
@pytest.mark.parametrize("guard", [guard for guard in Guard if guard is not Guard.DEFENDER])
def test_no_product_comes_to_guard_by_what_is_not_told_of_extensions(
    guard: Guard, why: Unread
) -> None:
    told = said_of(system(Mac(guard=guard), changed={DATABASE: why}), context())
    assert not told["antivirus"].startswith("pass")


@pytest.mark.parametrize("why", NOTHING_AT_ALL)
def test_a_mac_that_tells_nothing_neither_passes_nor_fails(why: Unread) -> None:
    """Every command slow or broken, every file denied: nothing is judged by what was not read."""
    silent = composed({}, OsFamily.MACOS, otherwise=why)
    told = findings(silent, context(endpoint=ENDPOINT))
    assert {finding.verdict for finding in told.values()} == {Verdict.UNKNOWN}
    assert readiness(told, *QUIET_AND_AGREED) is Readiness.ATTENTION


def test_a_mac_without_any_of_apples_tools_and_files_passes_nothing() -> None:
    told = findings(composed({}, OsFamily.MACOS), context(endpoint=ENDPOINT))
    assert Verdict.PASS not in {finding.verdict for finding in told.values()}


@pytest.mark.parametrize("text", ["", "オン", JAPANESE, "{}", "[]", "null", "\ufeff{"])
def test_words_that_are_not_known_decide_nothing(text: str) -> None:
    commands = {asked: said(text) for asked in answers(Mac()) if isinstance(asked, RunCommand)}
    told = findings(system(Mac(), changed=commands), context(endpoint=ENDPOINT))
    for check in ("firewall", "network_trust", "webcam", "microphone"):
        assert told[check].verdict is Verdict.UNKNOWN, check


TELLS = (*Mode, *UNREAD[:3], said(JAPANESE), said("Firewall is enabled."))


@pytest.mark.parametrize("version", VERSIONS)
def test_no_firewall_passes_or_fails_without_the_word_of_a_source_that_lives(version: str) -> None:
    """Over every answer of both sources and every property list, left over or not: from macOS 15
    on that one says nothing."""
    old = int(version[:2]) < 15
    for tool, report, left in product(TELLS, TELLS, (None, *Mode)):
        found = _firewall(version, tool, report, left)
        living = {told for told in (tool, report) if isinstance(told, Mode)}
        if old and left and not (isinstance(tool, Mode) and isinstance(report, Mode)):
            living.add(left)
        if found.verdict is Verdict.PASS:
            assert living & {Mode.ON, Mode.BLOCKS_ALL}, (tool, report, left)
            assert Mode.OFF not in living
        elif found.verdict is Verdict.FAIL:
            assert living == {Mode.OFF}, (tool, report, left)
        else:
            assert living == set() or Mode.OFF in living, (tool, report, left)
        if not old:
            without = _firewall(version, tool, report, None)
            assert (found.verdict, found.reason) == (without.verdict, without.reason)
            assert SETTINGS.path not in found.sources


def _firewall(version: str, tool: Any, report: Any, left: Mode | None) -> Finding:
    told = {
        TOOL: said(TOOL_SAYS[tool]) if isinstance(tool, Mode) else tool,
        REPORT: said(firewall_report(report.value)) if isinstance(report, Mode) else report,
        SETTINGS: left_over(left),
    }
    machine = composed({**versioned(version), **told}, OsFamily.MACOS)
    return load_check(CheckId.FIREWALL).run(machine, context())


@pytest.mark.parametrize("guard", Guard)
@pytest.mark.parametrize(("defender", "xprotect"), [*product(Acceptance, Acceptance)])
def test_no_antivirus_passes_that_does_not_guard_or_that_the_policy_does_not_accept(
    guard: Guard, defender: Acceptance, xprotect: Acceptance
) -> None:
    policy = policy_with("antivirus", defender=defender.value, xprotect=xprotect.value)
    found = findings(system(Mac(guard=guard)), context(policy=policy))["antivirus"]
    guards = guard is Guard.DEFENDER and defender is Acceptance.ACCEPT
    assert (found.verdict is Verdict.PASS) == (guards or xprotect is Acceptance.ACCEPT)


FORGED = [
    "  Security : WPA3_SAE",
    "  }\n  Security : WPA3_SAE",
    "  }\n  InterfaceType : Ethernet",
    "  }\n}\n<dictionary> {\n  InterfaceType : Ethernet\n  Security : WPA3_SAE",
    "  SSID : <redacted>\n  Security : WPA3_SAE",
    "\xff\xfe\n  IPv6 : <array> {\n  Security : WPA3_SAE\n  }",
]


@pytest.mark.parametrize("network", [one for one in Network if one is not Network.NONE])
@pytest.mark.parametrize("text", FORGED)
def test_what_a_dhcp_server_writes_never_speaks(network: Network, text: str) -> None:
    check = load_check(CheckId.NETWORK_TRUST)
    honest = answers(Mac(network=network))
    forged = {
        asked: said(answer["stdout"].replace(b"htype = 1", text.encode("utf-8", "replace")))
        for asked, answer in honest.items()
        if asked in (summary_of("en0"), summary_of("en5"))
    }
    assert forged
    before = check.run(system(Mac(network=network)), context())
    after = check.run(system(Mac(network=network), changed=forged), context())
    assert after.reason in (before.reason, Unread.GARBLED)


@FEW
@given(MACS)
def test_a_recording_is_judged_as_the_mac_was_and_holds_nobodys_name(mac: Mac) -> None:
    machine = system(mac)
    live = said_of(machine, context(endpoint=ENDPOINT))
    written = encode_recording(recorded(machine, context(endpoint=ENDPOINT), "composed"))
    replay = RecordedSystem(decode_recording(written))
    again = said_of(replay, replace(context(endpoint=ENDPOINT), recorded=True))
    # The recording's endpoint is another machine's business, and is not in it.
    elsewhere = {"internet", "connection_quality"}
    assert {**again, **{name: live[name] for name in elsewhere}} == live
    assert "taro" not in written.decode()


@FEW
@given(MACS)
def test_a_mac_is_ready_only_where_nothing_required_is_wrong_or_untold(mac: Mac) -> None:
    policy = plan(None, None, None, NOON).policy
    found = findings(system(mac), context(endpoint=ENDPOINT))
    required = {
        finding.verdict
        for finding in found.values()
        if policy.requirement(finding.check).level == "required"
        and finding.verdict in {Verdict.FAIL, *policy.requirement(finding.check).attention}
    }
    wanted = NOT_READY if Verdict.FAIL in required else ATTENTION if required else READY
    assert EXIT[readiness(found, *QUIET_AND_AGREED)] == wanted


def test_every_file_and_list_is_asked_for_in_one_way() -> None:
    """Else the same file would be read as often as checks want it."""
    recorder = Recorder(system(Mac(guard=Guard.DEFENDER)))
    for check in MEASURED_CHECKS:
        load_check(check).run(recorder, context())
    files = [
        answer.question.path
        for answer in recorder.answers()
        if isinstance(answer.question, ReadFile)
    ]
    assert len(files) == len(set(files))


def test_the_wifi_report_is_read_as_it_was_captured() -> None:
    """Where the link itself has a word that nobody knows."""
    summary = answers(Mac())[summary_of("en0")]["stdout"].replace(b"WPA3_SAE", b"UNRECOGNIZED")
    told = said_of(system(Mac(), changed={summary_of("en0"): said(summary)}), context())
    assert told["network_trust"] == "pass wpa_personal"
