"""antivirus on macOS: what guards, what is only there, and what is not told.

VERSION_LINE is what a Mac answered in May 2026 by a public note, the lines of `xprotect status`
and `spctl` are as public benchmarks expect them and reports quote them, and EXTENSIONS has the
form of a database that was published from macOS 15. What they say here is composed.
"""

import json
import plistlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.antivirus import Kind
from precheck.contract.reasons import Antivirus as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.antivirus import antivirus
from probes.antivirus.macos import DAEMONS, observe
from probes.antivirus.macos_extensions import DATABASE, parse_extensions
from probes.antivirus.macos_xprotect import (
    GATEKEEPER,
    HISTORY,
    STATUS,
    VERSION,
    parse_gatekeeper,
    parse_history,
    parse_status,
    parse_version,
)
from probes.antivirus.mdatp import MACOS, health_of
from probes.system.questions import Completed, ListProcesses, Process, RunCommand, StatFile
from tests.machines import NOON, composed, context, policy_with

VERSION_LINE = b"Version: 5346 Installed: 2026-05-28 08:53:39 +0000\n"
SCANNING = b"XProtect launch scans: enabled\nXProtect background scans: enabled\n"
PARTLY = b"XProtect launch scans: disabled\nXProtect background scans: enabled\n"
NOT_SCANNING = b"XProtect launch scans: disabled\nXProtect background scans: disabled\n"
JAPANESE = "XProtect 起動時スキャン: 有効\n".encode()

INIT = Process("launchd", "/sbin/launchd")
SHELL = Process("zsh", "/bin/zsh", "zsh", own=True)
FOLDER = {"kind": "folder", "size": 96, "modified": 0.0}

Answers = dict[Any, Any]


def printed(text: bytes, returncode: int = 0) -> Completed:
    return Completed(returncode, text, b"")


def running(*files: str) -> Answers:
    programs = (Process(path.rpartition("/")[2], path) for path in files)
    return {ListProcesses(): (INIT, SHELL, *programs)}


def extension(identifier: str, team: str, state: str = "activated_enabled", **more: Any) -> Any:
    return {
        "bundleVersion": {"CFBundleShortVersionString": "4.3.0", "CFBundleVersion": "1"},
        "categories": ["com.apple.system_extension.endpoint_security"],
        "container": {"bundlePath": "/Applications/Some.app"},
        "identifier": identifier,
        "state": state,
        "teamID": team,
        "uniqueID": "50FECB81-5E79-44EF-B57F-225878395F85",
        **more,
    }


def database(*extensions: Any) -> bytes:
    listed = {"bootUUID": "7871ABF2", "developerMode": False, "extensions": list(extensions)}
    return plistlib.dumps({**listed, "extensionPolicies": [], "version": 1})


def extensions(*items: Any) -> Answers:
    return {DATABASE: database(*items)}


def xprotect(days: float = 5, status: Any = SCANNING, version: Any = None) -> Answers:
    installed = NOON - timedelta(days=days)
    line = f"Version: 5370 Installed: {installed:%Y-%m-%d %H:%M:%S} +0000\n".encode()
    answers = {STATUS: status, VERSION: line if version is None else version}
    return {
        key: printed(value) if isinstance(value, bytes) else value for key, value in answers.items()
    }


def history(*days: float, name: str = "XProtectPlistConfigData") -> Answers:
    entries = [
        {
            "date": (NOON - timedelta(days=age)).replace(tzinfo=None),
            "displayName": name,
            "displayVersion": "5370",
            "packageIdentifiers": [f"com.apple.pkg.{name}"],
            "processName": "softwareupdated",
        }
        for age in days
    ]
    return {HISTORY: plistlib.dumps(entries)}


BARE: Answers = {**running(), **extensions(), DAEMONS: ()}
"""A Mac on which nothing has been installed, without its XProtect."""

DENIED_ALL: Answers = dict.fromkeys([*BARE, *xprotect(), GATEKEEPER, HISTORY], Unread.DENIED)


def machine(*answers: Answers, otherwise: Unread = Unread.MISSING):
    merged = {key: value for part in (BARE, *answers) for key, value in part.items()}
    return composed(merged, OsFamily.MACOS, otherwise)


def found(*answers: Answers, policy: Any = None, otherwise: Unread = Unread.MISSING):
    return antivirus.run(machine(*answers, otherwise=otherwise), context(policy=policy))


STRICT = policy_with("antivirus", xprotect="reject")
"""An office that does not count XProtect, so that what stands beside it shows."""


@pytest.mark.parametrize(
    ("says", "verdict"),
    [("accept", Verdict.PASS), ("warn", Verdict.WARN), ("reject", Verdict.FAIL)],
)
def test_xprotect_alone_is_what_the_office_says(says: str, verdict: Verdict) -> None:
    finding = found(xprotect(), policy=policy_with("antivirus", xprotect=says))
    assert (finding.reason, finding.verdict) == (Why.XPROTECT, verdict)


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (0, Why.XPROTECT),
        (20, Why.XPROTECT),
        (45, Why.XPROTECT),
        (46, Why.DEFINITIONS_OLD),
        (400, Why.DEFINITIONS_OLD),
        (-1.5, Unread.CLOCK),
    ],
)
def test_the_data_of_xprotect_has_an_age_limit_of_its_own(days: float, reason: Why) -> None:
    assert found(xprotect(days)).reason == reason


def test_the_newest_date_of_xprotect_s_data_counts_wherever_it_stands() -> None:
    assert found(xprotect(90), history(90, 3, 60)).reason == Why.XPROTECT
    assert found(xprotect(3), history(90)).reason == Why.XPROTECT
    assert found(xprotect(90), history(60)).reason == Why.DEFINITIONS_OLD
    assert found(xprotect(90), history(3, name="macOS 26.1")).reason == Why.DEFINITIONS_OLD


@pytest.mark.parametrize("silent", [Unread.MISSING, Unread.DENIED, b"", JAPANESE])
def test_data_of_xprotect_without_a_date_is_unknown(silent: Any) -> None:
    asked = xprotect(version=silent)
    assert found(asked).reason == Why.DEFINITIONS_UNKNOWN
    assert found(asked, {HISTORY: b""}).reason == Why.DEFINITIONS_UNKNOWN
    assert found(asked, history(3)).reason == Why.XPROTECT


@pytest.mark.parametrize("silent", [Unread.DENIED, Unread.TIMED_OUT, b"Version: 0\n", JAPANESE])
def test_the_history_alone_never_shows_that_the_data_is_old(silent: Any) -> None:
    """Since macOS 15 newer data comes by a way that the history does not have."""
    assert found(xprotect(version=silent), history(90)).reason == Why.DEFINITIONS_UNKNOWN
    assert found(xprotect(version=Unread.MISSING), history(90)).reason == Why.DEFINITIONS_OLD


BUNDLE = {StatFile("/Library/Apple/System/Library/CoreServices/XProtect.bundle"): FOLDER}


@pytest.mark.parametrize("status", [PARTLY, NOT_SCANNING, b"", JAPANESE, Unread.TIMED_OUT])
def test_that_xprotect_scans_is_believed_only_where_it_is_said(status: Any) -> None:
    finding = found(xprotect(status=status), BUNDLE)
    assert (finding.reason, finding.verdict) == (Why.STATE_UNKNOWN, Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("gatekeeper", "reason"),
    [
        (printed(b"assessments enabled\n"), Why.XPROTECT),
        (printed(b"assessments disabled\n", 1), Why.STATE_UNKNOWN),
        (printed(b"assessments disabled\n"), Why.STATE_UNKNOWN),
        (printed("評価は有効です\n".encode()), Why.STATE_UNKNOWN),
        (Unread.TIMED_OUT, Why.STATE_UNKNOWN),
    ],
)
def test_before_macos_15_xprotect_goes_with_gatekeeper(gatekeeper: Any, reason: Why) -> None:
    old = {STATUS: Unread.MISSING, VERSION: Unread.MISSING, GATEKEEPER: gatekeeper}
    assert found(old, BUNDLE, history(4)).reason == reason


def test_from_macos_15_on_gatekeeper_does_not_speak_for_xprotect() -> None:
    on = {GATEKEEPER: printed(b"assessments enabled\n")}
    assert found(xprotect(status=NOT_SCANNING), BUNDLE, on).reason == Why.STATE_UNKNOWN


def test_a_mac_that_denies_everything_is_unknown() -> None:
    finding = found(DENIED_ALL, otherwise=Unread.DENIED, policy=STRICT)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


def test_a_mac_on_which_nothing_is_found_and_xprotect_neither_is_without() -> None:
    assert found().reason == Why.NONE


def test_a_product_whose_programs_have_new_names_is_not_called_off() -> None:
    """Newer ESETs run under the names of their daemons, and not as `esets_daemon` any more."""
    left = {**xprotect(), DAEMONS: ("com.eset.remoteadministrator.agent.plist",)}
    runs = {ListProcesses(): (INIT, SHELL, Process("com.eset.endpoint"))}
    silent = dict.fromkeys(xprotect(), Unread.MISSING)
    assert found(left, runs, silent).reason == Why.STATE_UNKNOWN
    assert found(left, silent).reason == Why.OFF


@pytest.mark.parametrize("question", [DATABASE, DAEMONS, ListProcesses()])
@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.MISSING])
def test_what_could_not_be_read_may_have_shown_another_product(question: Any, why: Unread) -> None:
    finding = found(xprotect(), {question: why}, policy=STRICT)
    assert finding.verdict is Verdict.UNKNOWN
    assert found(xprotect(), policy=STRICT).verdict is Verdict.FAIL


def test_of_a_part_of_the_processes_nothing_follows() -> None:
    defender = extensions(extension("com.microsoft.wdav.epsext", "UBF8T346G9"))
    hidden = {ListProcesses(): (SHELL,)}
    assert found(defender, hidden, health()).reason == Why.STATE_UNKNOWN


EPSEXT = "com.microsoft.wdav.epsext"
WDAV = "/Applications/Microsoft Defender.app/Contents/MacOS/wdavdaemon"
EPSEXT_FILE = f"/Library/SystemExtensions/50FECB81/{EPSEXT}.systemextension/Contents/MacOS/{EPSEXT}"
DEFENDER: Answers = {
    **extensions(extension(EPSEXT, "UBF8T346G9")),
    **running(WDAV, EPSEXT_FILE),
}


def health(returncode: int = 0, hours: float = 1, **changed: Any) -> Answers:
    updated = int((NOON - timedelta(hours=hours)).timestamp() * 1000)
    said = {
        "healthy": True,
        "licensed": True,
        "realTimeProtectionEnabled": {"value": True, "isManaged": False},
        "realTimeProtectionAvailable": True,
        "realTimeProtectionSubsystem": "endpoint_security_extension",
        "passiveModeEnabled": {"value": False, "isManaged": False},
        "definitionsStatus": {"$type": "upToDate"},
        "definitionsUpdated": str(updated),
        **changed,
    }
    return {health_of(MACOS): printed(json.dumps(said).encode(), returncode)}


WITHOUT_ITS_EXTENSION = {
    "healthy": False,
    "realTimeProtectionEnabled": "unavailable",
    "realTimeProtectionAvailable": "unavailable",
}
"""The words of the text that Microsoft shows for one not allowed: learn.microsoft.com,
defender-endpoint/mac-support-sys-ext."""


def test_defender_that_guards_with_todays_definitions_is_accepted() -> None:
    finding = found(DEFENDER, health(), xprotect())
    assert (finding.reason, finding.verdict) == (Why.DEFENDER, Verdict.PASS)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"passiveModeEnabled": {"value": True}}, Why.NO_REAL_TIME),
        ({"realTimeProtectionEnabled": {"value": False}}, Why.NO_REAL_TIME),
        ({"realTimeProtectionAvailable": False}, Why.NO_REAL_TIME),
        ({"licensed": False}, Why.EXPIRED),
        ({"hours": 24 * 5}, Why.DEFINITIONS_AGING),
        ({"hours": 24 * 8}, Why.DEFINITIONS_OLD),
        ({"definitionsUpdated": "x", "definitionsStatus": {}}, Why.DEFINITIONS_UNKNOWN),
        ({"licensed": None}, Why.STATE_UNKNOWN),
        ({"returncode": 1}, Why.STATE_UNKNOWN),
    ],
)
def test_defender_is_taken_at_its_word_but_not_at_healthy(
    changed: dict[str, Any], reason: Why
) -> None:
    assert found(DEFENDER, health(**changed), policy=STRICT).reason == reason
    assert found(DEFENDER, health(), policy=STRICT).verdict is Verdict.PASS


@pytest.mark.parametrize("answer", [Unread.MISSING, Unread.TIMED_OUT, printed(b""), printed(b"{")])
def test_defender_that_does_not_answer_is_unknown(answer: Any) -> None:
    finding = found(DEFENDER, {health_of(MACOS): answer}, policy=STRICT)
    assert finding.reason == Why.STATE_UNKNOWN


@pytest.mark.parametrize("state", ["activated_waiting_for_user", "activated_disabled"])
def test_defender_whose_extension_is_not_allowed_does_not_guard(state: str) -> None:
    waiting = extensions(extension(EPSEXT, "UBF8T346G9", state))
    for said in (health(), health(**WITHOUT_ITS_EXTENSION)):
        finding = found(DEFENDER, waiting, running(WDAV), said, policy=STRICT)
        assert finding.reason == Why.NO_REAL_TIME


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.MISSING, b"<plist/>"])
def test_where_macos_does_not_tell_of_extensions_defender_itself_does(why: Any) -> None:
    """It never says that it guards while its own is not allowed."""
    hidden = {DATABASE: why}
    guards = found(DEFENDER, hidden, health(), policy=STRICT)
    waits = found(DEFENDER, hidden, health(**WITHOUT_ITS_EXTENSION), policy=STRICT)
    assert guards.reason == Why.DEFENDER
    assert waits.reason == Why.STATE_UNKNOWN


def test_an_enabled_extension_that_does_not_run_does_not_guard() -> None:
    finding = found(DEFENDER, running(WDAV), health(), policy=STRICT)
    assert finding.reason == Why.NO_REAL_TIME


def test_defender_that_is_installed_and_does_not_run_is_off() -> None:
    installed = {StatFile("/Applications/Microsoft Defender.app"): FOLDER}
    asked = RunCommand((MACOS, "health", "--output", "json"), timeout=8.0)
    assert found(installed, {asked: Unread.DENIED}, policy=STRICT).reason == Why.OFF
    assert found(installed, running(WDAV), health(), policy=STRICT).verdict is Verdict.PASS


MALWAREBYTES = "com.malwarebytes.mbam.engine.sys.ext"
MALWAREBYTES_TEAM = "GVZRY6KDKR"


def guarding(identifier: str, team: str, **more: Any) -> Answers:
    file = f"/Library/SystemExtensions/1/{identifier}.systemextension/Contents/MacOS/{identifier}"
    return {**extensions(extension(identifier, team, **more)), **running(file)}


def test_another_product_that_guards_does_not_tell_its_definitions() -> None:
    finding = found(guarding(MALWAREBYTES, MALWAREBYTES_TEAM), policy=STRICT)
    assert (finding.reason, finding.verdict) == (Why.DEFINITIONS_UNKNOWN, Verdict.UNKNOWN)


def test_an_extension_is_known_by_its_bundle_whatever_its_program_is_called() -> None:
    bundle = f"/Library/SystemExtensions/1/{MALWAREBYTES}.systemextension/Contents/MacOS"
    enabled = extensions(extension(MALWAREBYTES, MALWAREBYTES_TEAM))
    guards = found(enabled, running(f"{bundle}/engine"), policy=STRICT)
    assert guards.reason == Why.DEFINITIONS_UNKNOWN
    for other in (f"{bundle}/engine".replace("engine.sys", "other"), "/usr/libexec/engine"):
        assert found(enabled, running(other), policy=STRICT).reason == Why.OFF


def test_another_product_that_is_enabled_and_dead_guards_nothing() -> None:
    dead = extensions(extension(MALWAREBYTES, MALWAREBYTES_TEAM))
    assert found(dead, policy=STRICT).reason == Why.OFF


def test_another_product_of_which_only_the_service_runs_may_or_may_not_guard() -> None:
    daemon = {DAEMONS: ("com.malwarebytes.mbam.rtprotection.daemon.plist", "com.a.plist")}
    finding = found(daemon, running("/Library/Malwarebytes/RTProtectionDaemon"), policy=STRICT)
    assert finding.reason == Why.STATE_UNKNOWN
    assert found(daemon, policy=STRICT).reason == Why.OFF


def test_another_product_s_service_is_known_by_its_label() -> None:
    for label in ("com.avast.hub", "com.eset.protection"):
        daemon = {DAEMONS: (f"{label}.plist",)}
        assert found(daemon, running(f"/opt/{label}"), policy=STRICT).reason == Why.STATE_UNKNOWN
    for name in ("com.avast.hubris.plist", "com.avast.hub", "xcom.eset.x.plist", "com.eset"):
        assert found({DAEMONS: (name,)}, xprotect(), policy=STRICT).reason == Why.XPROTECT


def test_what_would_run_of_a_product_has_to_be_known_to_say_that_it_does_not() -> None:
    avast = {StatFile("/Applications/Avast.app"): FOLDER}
    assert found(avast, policy=STRICT).reason == Why.STATE_UNKNOWN
    eset = {StatFile("/Applications/ESET Endpoint Security.app"): FOLDER}
    other = running("/Applications/ESET Endpoint Security.app/Contents/MacOS/other")
    assert found(eset, policy=STRICT).reason == Why.OFF
    assert found(eset, other, policy=STRICT).reason == Why.STATE_UNKNOWN


def test_a_name_that_macos_has_cut_short_is_neither_there_nor_not() -> None:
    dead = extensions(extension(MALWAREBYTES, MALWAREBYTES_TEAM))
    cut = {ListProcesses(): (INIT, SHELL, Process(MALWAREBYTES[:16]))}
    assert found(dead, cut, policy=STRICT).reason == Why.STATE_UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"team": "ZZZZZ99999"},
        {"categories": ["com.apple.system_extension.network_extension"]},
        {"categories": []},
        {"state": "terminated_waiting_to_uninstall_on_reboot"},
        {"identifier": "com.malwarebytes.mbam.engine.sys.ext2"},
        {"identifier": "com.northpolesec.santa.daemon", "team": "ZMCG7MLDV9"},
    ],
)
def test_what_is_not_this_product_watching_is_no_antivirus(changed: dict[str, Any]) -> None:
    given_ = {"identifier": MALWAREBYTES, "team": MALWAREBYTES_TEAM, **changed}
    assert found(guarding(**given_), xprotect(), policy=STRICT).reason == Why.XPROTECT


def test_a_state_that_nobody_knows_says_nothing() -> None:
    strange = guarding(MALWAREBYTES, MALWAREBYTES_TEAM, state="activated_somehow")
    assert found(strange, policy=STRICT).reason == Why.STATE_UNKNOWN


def test_of_an_extension_that_is_listed_twice_the_enabled_one_counts() -> None:
    old = extension(MALWAREBYTES, MALWAREBYTES_TEAM, "terminated_waiting_to_uninstall_on_reboot")
    both = {DATABASE: database(old, extension(MALWAREBYTES, MALWAREBYTES_TEAM))}
    guards = guarding(MALWAREBYTES, MALWAREBYTES_TEAM)
    assert found(guards, both, policy=STRICT).reason == Why.DEFINITIONS_UNKNOWN


def test_a_response_tool_never_passes_for_antivirus() -> None:
    for product, signs in Catalogues().antivirus.for_macos():
        if product.kind is Kind.EDR and signs.system_extensions:
            team = signs.team_ids[0] if signs.team_ids else "ABCDE12345"
            guards = guarding(signs.system_extensions[0], team)
            assert found(guards, policy=STRICT).reason == Why.STATE_UNKNOWN, product.id


def test_no_product_but_defender_passes_by_running_alone() -> None:
    for product, signs in Catalogues().antivirus.for_macos():
        items = [extension(name, (*signs.team_ids, "X")[0]) for name in signs.system_extensions]
        files = [f"/opt/{name}" for name in (*signs.system_extensions, *signs.processes)]
        places = [f"/Applications/{app}" for app in signs.apps] + list(signs.paths)
        everything = {
            **extensions(*items),
            **running(*files),
            **{StatFile(path): FOLDER for path in places},
            DAEMONS: tuple(f"{label}.plist" for label in signs.launchd),
        }
        assert found(everything, policy=STRICT).verdict is not Verdict.PASS, product.id


def test_only_what_belongs_to_macos_is_run_on_a_mac_without_defender() -> None:
    watched = Watched(machine(xprotect()))
    observe(watched, context())
    commands = {item.argv[0] for item in watched.asked if isinstance(item, RunCommand)}
    assert commands <= {"/usr/bin/xprotect", "/usr/sbin/spctl"}


class Watched:
    """A system that notes what it is asked."""

    family = OsFamily.MACOS

    def __init__(self, system: Any) -> None:
        self._system = system
        self.asked: list[Any] = []

    def ask(self, question: Any) -> Any:
        self.asked.append(question)
        return self._system.ask(question)


def test_the_line_of_a_real_mac_is_read() -> None:
    assert parse_version(printed(VERSION_LINE)) == datetime(2026, 5, 28, 8, 53, 39, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"Version: 5346",
        b"Version: 5346 Installed: never",
        b"Version: 5346 Installed: 2026-13-28 08:53:39 +0000",
        b"Version: 0 Installed: 0001-01-01 00:00:00 +2359",
        b"Version: 5346 Installed: 2026-05-28 08:53:39",
        b"x Version: 5346 Installed: 2026-05-28 08:53:39 +0000",
        "バージョン: 5346 インストール日: 2026-05-28 08:53:39 +0000".encode(),
    ],
)
def test_a_line_in_another_form_has_no_date(text: bytes) -> None:
    assert parse_version(printed(text)) is None


def test_a_command_that_failed_has_said_nothing() -> None:
    assert parse_version(printed(VERSION_LINE, 1)) is None
    assert parse_status(printed(SCANNING, 1)) is None
    assert parse_gatekeeper(printed(b"assessments enabled\n", 1)) is None
    assert parse_status(printed(SCANNING)) is True


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        plistlib.dumps({}),
        plistlib.dumps({"extensions": {}}),
        plistlib.dumps({"extensions": ["com.microsoft.wdav.epsext"]}),
        database(extension(MALWAREBYTES, MALWAREBYTES_TEAM, state=1)),
        database(extension(1, MALWAREBYTES_TEAM)),
        database()[:-20],
        "拡張機能".encode(),
    ],
)
def test_a_database_that_makes_no_sense_is_none(raw: bytes) -> None:
    assert parse_extensions(raw) is None
    assert found(xprotect(), {DATABASE: raw}, policy=STRICT).verdict is Verdict.UNKNOWN


def test_an_empty_database_is_none_of_them() -> None:
    assert parse_extensions(database()) == ()


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_may_come(raw: bytes) -> None:
    assert parse_extensions(raw) is None
    assert parse_history(raw) is None
    assert parse_status(printed(raw)) is None
    assert parse_version(printed(raw)) is None
    assert parse_gatekeeper(printed(raw)) is None


scalars = st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3) | st.datetimes()
known_words = st.sampled_from(
    ["extensions", "identifier", "state", "categories", "teamID", "date", "displayName"]
)
trees = st.recursive(
    scalars.filter(lambda value: value is not None)
    | st.sampled_from([MALWAREBYTES, "activated_enabled", "XProtectPlistConfigData"])
    | st.just("com.apple.system_extension.endpoint_security"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(known_words, inner),
)


@given(trees)
def test_any_property_list_may_come(tree: Any) -> None:
    try:
        raw = plistlib.dumps(tree)
    except ValueError:
        return
    assert parse_extensions(raw) is None or isinstance(tree, dict)
    assert parse_history(raw) is None or isinstance(tree, list)
    answers = {DATABASE: raw, HISTORY: raw, DAEMONS: ()}
    assert found(answers, policy=STRICT).verdict is not Verdict.PASS


@given(st.sampled_from([SCANNING, VERSION_LINE]), st.integers(0, 70))
def test_what_breaks_off_says_nothing(text: bytes, length: int) -> None:
    cut = text.rstrip()[: min(length, len(text.rstrip()) - 1)]
    assert parse_status(printed(cut)) is None
    assert parse_version(printed(cut)) is None
