"""antivirus on Linux: what runs, what is only installed, and what is not open to a user."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.antivirus import Kind
from precheck.contract.reasons import Antivirus as Why
from precheck.contract.reasons import Unread
from precheck.contract.verdict import Verdict
from probes.antivirus import antivirus
from probes.antivirus.linux import observe, unit_path
from probes.antivirus.mdatp import LINUX, health_of
from probes.system.questions import (
    Completed,
    DBusGet,
    ListProcesses,
    Process,
    ReadFile,
    StatFile,
)
from tests.machines import NOON, composed, context, policy_with

INIT = Process("systemd", "/usr/lib/systemd/systemd", "init")
SHELL = Process("bash", "/usr/bin/bash", "bash", own=True)
FOLDER = {"kind": "folder", "size": 4096, "modified": 0.0}


def running(*names: str) -> dict[Any, Any]:
    return {ListProcesses(): (INIT, SHELL, *(Process(name) for name in names))}


def installed(*paths: str) -> dict[Any, Any]:
    return {StatFile(path): FOLDER for path in paths}


def unit(name: str, state: Any) -> dict[Any, Any]:
    where = "org.freedesktop.systemd1"
    return {DBusGet(where, unit_path(name), f"{where}.Unit", "ActiveState"): state}


def daily(built: datetime, name: str = "daily.cld") -> dict[Any, Any]:
    header = (
        f"ClamAV-VDB:{built:%d} Nov {built:%Y %H-%M} +0000:27810:1:90:X:X:builder:"
        f"{int(built.timestamp())}"
    )
    return {ReadFile(f"/var/lib/clamav/{name}", 512): header.encode().ljust(512)}


def found(*answers: dict[Any, Any], policy=None, otherwise: Unread = Unread.MISSING):
    machine = composed(
        {key: value for part in answers for key, value in part.items()}, otherwise=otherwise
    )
    return antivirus.run(machine, context(policy=policy))


CLAMD = installed("/usr/sbin/clamd")
TODAY = daily(NOON - timedelta(hours=5))


def test_without_any_product_the_office_s_policy_speaks() -> None:
    assert found(running()).reason == Why.NONE
    assert found(running()).verdict is Verdict.FAIL
    accepting = policy_with("antivirus", linux_without="accept")
    assert found(running(), policy=accepting).verdict is Verdict.NOT_APPLICABLE


def test_clamav_with_on_access_scanning_and_todays_definitions_is_accepted_as_the_office_says():
    machine = (CLAMD, running("clamd", "clamonacc"), TODAY)
    finding = found(*machine)
    assert (finding.reason, finding.verdict) == (Why.CLAMAV, Verdict.WARN)
    accepting = policy_with("antivirus", clamav="accept")
    assert found(*machine, policy=accepting).verdict is Verdict.PASS


def test_clamav_without_on_access_scanning_guards_nothing() -> None:
    assert found(CLAMD, running("clamd", "freshclam"), TODAY).reason == Why.NO_REAL_TIME


@pytest.mark.parametrize("path", ["/usr/sbin/clamd", "/usr/bin/clamscan"])
def test_clamav_installed_and_not_running_is_off(path: str) -> None:
    assert found(installed(path), running("freshclam"), TODAY).reason == Why.OFF


@pytest.mark.parametrize("on_access", ["clamav-clamonacc.service", "clamonacc.service"])
def test_where_processes_are_hidden_systemd_tells(on_access: str) -> None:
    hidden = {ListProcesses(): (SHELL,)}
    services = (unit("clamav-daemon.service", "active"), unit(on_access, "active"))
    assert found(CLAMD, hidden, TODAY, *services).reason == Why.CLAMAV


def test_where_processes_are_hidden_and_systemd_is_silent_it_cannot_be_told() -> None:
    for processes in ((SHELL,), (), Unread.DENIED, Unread.TIMED_OUT):
        for places in ({}, CLAMD):
            finding = found(places, {ListProcesses(): processes}, TODAY)
            assert finding.verdict is Verdict.UNKNOWN, (processes, places)


def test_where_processes_are_hidden_a_stopped_service_is_not_the_last_word() -> None:
    stopped = [unit(name, "inactive") for name in ("clamav-daemon.service", "clamd@scan.service")]
    finding = found(CLAMD, {ListProcesses(): (SHELL,)}, TODAY, *stopped)
    assert finding.verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (0, Why.CLAMAV),
        (3, Why.CLAMAV),
        (4, Why.DEFINITIONS_AGING),
        (7, Why.DEFINITIONS_AGING),
        (8, Why.DEFINITIONS_OLD),
        (-1.5, Unread.CLOCK),
    ],
)
def test_clamav_is_as_old_as_its_daily_database(days: float, reason: Why) -> None:
    machine = (CLAMD, running("clamd", "clamonacc"))
    assert found(*machine, daily(NOON - timedelta(days=days))).reason == reason


def test_of_two_daily_databases_the_newer_counts() -> None:
    machine = (CLAMD, running("clamd", "clamonacc"))
    old = daily(NOON - timedelta(days=15), "daily.cvd")
    assert found(*machine, old).reason == Why.DEFINITIONS_OLD
    assert found(*machine, old, TODAY).reason == Why.CLAMAV


@pytest.mark.parametrize("answer", [Unread.MISSING, Unread.DENIED, b"", b"ClamAV-VDB:garbage"])
def test_a_database_that_could_not_be_read_has_no_age(answer: Any) -> None:
    database = {ReadFile("/var/lib/clamav/daily.cvd", 512): answer}
    finding = found(CLAMD, running("clamd", "clamonacc"), database)
    assert finding.reason == Why.DEFINITIONS_UNKNOWN


MDATP = installed("/opt/microsoft/mdatp")
GUARDING = {
    "licensed": True,
    "realTimeProtectionEnabled": {"value": True},
    "realTimeProtectionAvailable": True,
    "passiveModeEnabled": {"value": False},
    "definitionsStatus": {"$type": "upToDate"},
    "definitionsUpdated": str(int(NOON.timestamp() * 1000) - 3_600_000),
}


def health(returncode: int = 0, **changed: Any) -> dict[Any, Any]:
    printed = json.dumps({**GUARDING, **changed}).encode()
    return {health_of(LINUX): Completed(returncode, printed, b"")}


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (health(), Why.DEFENDER),
        (health(realTimeProtectionEnabled={"value": False}), Why.NO_REAL_TIME),
        (health(passiveModeEnabled={"value": True}), Why.NO_REAL_TIME),
        (health(licensed=False), Why.EXPIRED),
        (health(licensed=None), Why.STATE_UNKNOWN),
        (health(passiveModeEnabled=None), Why.STATE_UNKNOWN),
        (health(definitionsUpdated="1691587153787"), Why.DEFINITIONS_OLD),
        (health(definitionsUpdated=None), Why.DEFENDER),
        (health(definitionsUpdated=None, definitionsStatus=None), Why.DEFINITIONS_UNKNOWN),
        (health(returncode=1), Why.STATE_UNKNOWN),
        ({health_of(LINUX): Unread.TIMED_OUT}, Why.STATE_UNKNOWN),
        (
            {health_of(LINUX): Completed(0, b"Could not connect to the daemon", b"")},
            Why.STATE_UNKNOWN,
        ),
    ],
)
def test_microsoft_defender_is_asked_itself(answer: dict[Any, Any], reason: Why) -> None:
    assert found(MDATP, running("wdavdaemon"), answer).reason == reason


def test_microsoft_defender_that_does_not_run_is_off_whatever_it_said() -> None:
    assert found(MDATP, running(), health()).reason == Why.OFF


@pytest.mark.parametrize(
    ("path", "process", "reason"),
    [
        ("/opt/sentinelone", "s1-agent", Why.ON_CURRENT),
        ("/opt/traps/bin", "pmd", Why.ON_CURRENT),
        ("/opt/CrowdStrike", "falcond", Why.STATE_UNKNOWN),
        ("/opt/ds_agent", "ds_agent", Why.STATE_UNKNOWN),
        ("/opt/eset", "eea", Why.DEFINITIONS_UNKNOWN),
        ("/opt/eset", "EEA", Why.DEFINITIONS_UNKNOWN),
        ("/opt/sophos-spl", "sophos_watchdog", Why.DEFINITIONS_UNKNOWN),
        ("/opt/kaspersky/kesl", "kesl", Why.DEFINITIONS_UNKNOWN),
    ],
)
def test_of_other_products_only_what_their_service_shows_is_claimed(
    path: str, process: str, reason: Why
) -> None:
    assert found(installed(path), running(process)).reason == reason
    assert found(installed(path), running()).reason == Why.OFF


def test_a_service_counts_as_running_by_systemd_s_word_too() -> None:
    machine = (installed("/opt/sentinelone"), running())
    assert found(*machine, unit("sentinelone.service", "active")).reason == Why.ON_CURRENT
    for state in ("inactive", "failed", "activating", "", 1, None, Unread.DENIED):
        assert found(*machine, unit("sentinelone.service", state)).reason == Why.OFF, state


@pytest.mark.parametrize("name", ["eea", "efs", "pmd"])
def test_a_name_that_others_use_as_well_needs_the_product_s_folder(name: str) -> None:
    assert found(running(name)).reason == Why.NONE


@pytest.mark.parametrize("name", ["clamd-helper", "myclamd", "s1-agent-updater", "kes"])
def test_a_part_of_a_name_is_no_match(name: str) -> None:
    assert found(running(name)).reason == Why.NONE


@pytest.mark.parametrize(
    "process",
    [
        Process("s1-agent"),
        Process("agent", "/opt/sentinelone/bin/s1-agent"),
        Process("agent", None, "s1-agent"),
    ],
)
def test_a_process_is_known_by_any_of_its_names(process: Process) -> None:
    assert found({ListProcesses(): (INIT, process)}).reason == Why.ON_CURRENT


def test_a_folder_that_may_not_be_looked_at_may_hold_a_product() -> None:
    finding = found(running(), {StatFile("/opt/CrowdStrike"): Unread.DENIED})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.DENIED)


def test_a_product_that_protects_outweighs_an_idle_one_and_what_was_unread() -> None:
    machine = (CLAMD, MDATP, running("wdavdaemon"), health())
    denied = {StatFile("/opt/CrowdStrike"): Unread.DENIED}
    finding = found(*machine, denied)
    assert (finding.reason, finding.verdict) == (Why.DEFENDER, Verdict.PASS)


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.UNSUPPORTED])
def test_a_machine_that_answers_nothing_is_unknown(why: Unread) -> None:
    finding = found(otherwise=why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


@pytest.mark.parametrize(
    "guest",
    [
        {StatFile("/.flatpak-info"): FOLDER},
        {StatFile("/run/.containerenv"): FOLDER},
        {ReadFile("/proc/version"): b"Linux version 5.15.1-microsoft-standard-WSL2"},
    ],
)
@pytest.mark.parametrize("reading", ["reject", "accept"])
def test_inside_a_guest_system_it_cannot_be_told(guest: dict[Any, Any], reading: str) -> None:
    policy = policy_with("antivirus", linux_without=reading)
    finding = found(guest, running("clamd", "clamonacc"), CLAMD, TODAY, policy=policy)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)
    own = {ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64"}
    assert found(own, running("clamd", "clamonacc"), CLAMD, TODAY).reason == Why.CLAMAV


def test_nothing_is_executed_where_microsoft_defender_is_not() -> None:
    class Watched:
        def __init__(self) -> None:
            self.asked: list[Any] = []
            self._machine = composed(running("clamd"))
            self.family = self._machine.family

        def ask(self, question: Any) -> Any:
            self.asked.append(question)
            return self._machine.ask(question)

    watched = Watched()
    observe(watched, context())
    assert ListProcesses() in watched.asked
    assert health_of(LINUX) not in watched.asked


def test_every_linux_product_of_the_catalogue_can_be_found_and_stopped() -> None:
    for product, signs in Catalogues().antivirus.for_linux():
        off = found(installed(*signs.paths), running())
        if signs.processes or signs.weak_processes:
            assert off.reason == Why.OFF, product.id
        else:
            assert off.verdict is Verdict.UNKNOWN, product.id
        assert off.evidence["name"] == product.label
        if product.kind is not Kind.DEFENDER:
            names = (*signs.processes, *signs.weak_processes)
            on = observe(composed(installed(*signs.paths) | running(*names)), context())
            assert [item.product for item in on.products] == [product.id]


def test_a_unit_s_object_path_is_escaped_as_systemd_does() -> None:
    # As `busctl tree org.freedesktop.systemd1` prints them.
    root = "/org/freedesktop/systemd1/unit/"
    assert unit_path("clamav-daemon.service") == f"{root}clamav_2ddaemon_2eservice"
    assert unit_path("clamd@scan.service") == f"{root}clamd_40scan_2eservice"
    assert unit_path("ds_agent.service") == f"{root}ds_5fagent_2eservice"
