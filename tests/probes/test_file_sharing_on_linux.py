"""file_sharing on Linux: running, installed, bundled with the system, or only traces of it."""

import pytest

from precheck.contract.finding import Finding, reported
from precheck.contract.reasons import FileSharing, Unread
from precheck.contract.verdict import Verdict
from probes.software import file_sharing
from probes.software.inventory import DPKG, PACMAN, RPM
from probes.system.questions import ListFolder, ListProcesses, Process, ReadFile, StatFile
from tests.machines import composed, context, policy_with
from tests.probes.software_device import (
    device,
    dpkg,
    file,
    in_folders,
    in_wine,
    own,
    said,
    traces,
)


def found(*processes: Process, policy=None, answers=None) -> Finding:
    return file_sharing.run(device(*processes, answers=answers), context(policy=policy))


def outcome(finding: Finding) -> tuple[Verdict, str, object]:
    return finding.verdict, finding.reason, finding.evidence.get("name")


def test_an_ordinary_desktop_passes() -> None:
    assert outcome(found()) == (Verdict.PASS, FileSharing.NONE_FOUND, None)


@pytest.mark.parametrize(
    ("process", "name"),
    [
        (own("qbittorrent", "/usr/bin/qbittorrent", "qbittorrent"), "qBittorrent"),
        (own("amule"), "aMule"),
        (Process("transmission-daemon", None, "transmission-daemon"), "Transmission (daemon)"),
        (own("transmission-gtk"), "Transmission"),
        (own("python3", "/usr/bin/python3.11", "deluge-gtk"), "Deluge"),
        (own("python3", "/home/redacted/bin/ktorrent"), "KTorrent"),
    ],
)
def test_what_runs_fails_whichever_of_its_names_shows_it(process: Process, name: str) -> None:
    assert outcome(found(process)) == (Verdict.FAIL, FileSharing.RUNNING, name)


@pytest.mark.parametrize(
    "name",
    ["qbittorrent-helper", "my-qbittorrent", "QBITTORRENT", "qbittorren", "x/qbittorrent"],
)
def test_a_name_that_is_not_the_whole_name_is_nothing(name: str) -> None:
    assert found(own(name)).reason == FileSharing.NONE_FOUND


def test_a_program_of_windows_runs_under_wine_with_any_case() -> None:
    wine = "/usr/lib/wine/wine64-preloader"
    assert outcome(found(own("WINNY.EXE", wine))) == (Verdict.FAIL, FileSharing.RUNNING, "Winny")
    assert found(own("explorer.exe", wine)).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize("name", ["rufus.exe", "thunderbird.exe", "shared.exe", "fileshare.exe"])
def test_programs_with_names_like_listed_ones_are_nothing(name: str) -> None:
    assert found(own(name, f"/opt/x/{name}", name)).reason == FileSharing.NONE_FOUND
    stored = in_wine((f"~/.wine/drive_c/Program Files/X/{name}",))
    assert found(answers=stored).reason == FileSharing.NONE_FOUND


@pytest.mark.parametrize("name", ["nicotine", "fragments", "deluge", "Share.exe", "Thunder.exe"])
def test_a_weak_name_alone_is_nothing(name: str) -> None:
    assert found(own(name, f"/home/redacted/bin/{name}", name)).reason == FileSharing.NONE_FOUND


def test_a_weak_name_counts_beside_the_package() -> None:
    both = found(own("nicotine"), answers=dpkg("installed nicotine 3.2.8-1"))
    assert outcome(both) == (Verdict.FAIL, FileSharing.RUNNING, "Nicotine+")


def test_a_weak_name_counts_in_a_folder_of_its_product() -> None:
    share = own("Share.exe", "/home/redacted/.wine/drive_c/ShareEX2/Share.exe")
    assert outcome(found(share)) == (Verdict.FAIL, FileSharing.RUNNING, "Share")


def test_a_name_that_linux_has_cut_counts_beside_a_second_sign() -> None:
    cut = Process("transmission-da")
    assert found(cut).reason == FileSharing.NONE_FOUND
    package = dpkg("installed transmission-daemon 3.00-2.1+deb12u1")
    assert found(cut, answers=package).reason == FileSharing.RUNNING
    other = Process("transmission-da", None, "transmission-dashboard")
    assert found(other, answers=package).reason == FileSharing.INSTALLED


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        (dpkg("installed qbittorrent 4.5.2-3+deb12u1"), "qBittorrent"),
        (dpkg("half-configured amule 1:2.3.3-3"), "aMule"),
        ({ListFolder("/var/lib/flatpak/app"): ("de.haeckerfelix.Fragments",)}, "Fragments"),
        ({ListFolder("~/.local/share/flatpak/app"): ("org.nicotine_plus.Nicotine",)}, "Nicotine+"),
        ({ListFolder("/usr/share/applications"): ("tixati.desktop",)}, "Tixati"),
        ({ListFolder("~/.local/bin"): ("rtorrent",)}, "rTorrent"),
        ({StatFile("~/biglybt/biglybt"): file()}, "BiglyBT"),
        (in_wine(("~/.wine/drive_c/Program Files/LimeWire/LimeWire.exe",)), "LimeWire"),
    ],
)
def test_what_is_installed_fails_without_running(answers, name: str) -> None:
    assert outcome(found(answers=answers)) == (Verdict.FAIL, FileSharing.INSTALLED, name)


@pytest.mark.parametrize(
    "answers",
    [
        dpkg("installed libqbittorrent 1"),
        dpkg("installed qbittorrent-doc 1"),
        dpkg("not-installed qbittorrent "),
        {ListFolder("/var/lib/flatpak/app"): ("org.qbittorrent.qBittorrent.Locale",)},
        {ListFolder("/usr/share/applications"): ("qbittorrent", "my-qbittorrent.desktop")},
        {ListFolder("~/.local/bin"): ("deluge", "qbittorrent.sh")},
    ],
)
def test_what_only_contains_a_listed_name_is_not_installed(answers) -> None:
    assert found(answers=answers).reason == FileSharing.NONE_FOUND


def test_every_product_found_in_the_same_way_is_named() -> None:
    both = found(answers=dpkg("installed amule 1", "installed qbittorrent 1", "installed vuze 1"))
    assert both.evidence == {"name": "aMule, qBittorrent, Vuze", "count": 3}


def test_what_comes_with_the_system_is_warned_about_until_it_runs() -> None:
    package = dpkg("installed transmission-gtk 3.00-2.1+deb12u1")
    bundled = (Verdict.WARN, FileSharing.BUNDLED, "Transmission")
    assert outcome(found(answers=package)) == bundled
    assert found(own("transmission-gtk"), answers=package).verdict is Verdict.FAIL
    daemon = dpkg("installed transmission-daemon 3.00-2.1+deb12u1")
    assert found(answers=daemon).reason == FileSharing.INSTALLED


@pytest.mark.parametrize(
    ("reading", "verdict"),
    [("accept", Verdict.PASS), ("warn", Verdict.WARN), ("reject", Verdict.FAIL)],
)
def test_the_office_decides_about_bittorrent(reading: str, verdict: Verdict) -> None:
    policy = policy_with("file_sharing", bittorrent=reading)
    package = dpkg("installed qbittorrent 1")
    assert found(answers=package, policy=policy).verdict is verdict
    assert found(own("qbittorrent"), policy=policy).verdict is verdict
    accepted_or_not = found(answers=dpkg("installed amule 1"), policy=policy)
    assert accepted_or_not.verdict is Verdict.FAIL


def test_what_the_office_accepts_needs_no_excuse_of_coming_with_the_system() -> None:
    policy = policy_with("file_sharing", bittorrent="accept")
    package = dpkg("installed transmission-gtk 3.00-2.1+deb12u1")
    accepted = found(answers=package, policy=policy)
    assert outcome(accepted) == (Verdict.PASS, FileSharing.INSTALLED, "Transmission")


def test_what_the_office_accepts_hides_nothing_worse() -> None:
    policy = policy_with("file_sharing", bittorrent="accept")
    worse = found(own("qbittorrent"), policy=policy, answers=dpkg("installed amule 1"))
    assert outcome(worse) == (Verdict.FAIL, FileSharing.INSTALLED, "aMule")


def test_a_download_tool_that_can_share_is_warned_about_only_while_it_runs() -> None:
    package = dpkg("installed i2pd 2.45.1-1")
    assert found(answers=package).reason == FileSharing.NONE_FOUND
    assert found(answers=in_folders(("~/Downloads/i2p.exe",))).reason == FileSharing.NONE_FOUND
    assert outcome(found(own("i2pd"))) == (Verdict.WARN, FileSharing.RUNNING, "I2P")


@pytest.mark.parametrize(
    "answers",
    [
        dpkg("config-files qbittorrent 4.5.2-3"),
        traces("~/.config/qBittorrent"),
    ],
)
def test_what_is_left_of_an_earlier_use_is_shown_and_never_sent(answers) -> None:
    finding = found(answers=answers)
    assert outcome(finding) == (Verdict.WARN, FileSharing.TRACES, "qBittorrent")
    assert reported(finding).reason == FileSharing.NONE_FOUND
    assert reported(finding).verdict is Verdict.PASS


def test_settings_of_another_architecture_do_not_hide_what_is_installed() -> None:
    for lines in (
        ("installed amule 1", "config-files amule 1"),
        ("config-files amule 1", "installed amule 1"),
    ):
        assert found(answers=dpkg(*lines)).reason == FileSharing.INSTALLED


@pytest.mark.parametrize("why", [Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED])
def test_without_the_process_list_nothing_found_is_unknown(why: Unread) -> None:
    finding = found(answers={ListProcesses(): why})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


def test_without_the_process_list_what_is_installed_still_fails() -> None:
    answers = {ListProcesses(): Unread.DENIED, **dpkg("installed qbittorrent 1")}
    assert found(answers=answers).reason == FileSharing.INSTALLED


def test_without_the_process_list_what_comes_with_the_system_may_be_running() -> None:
    answers = {ListProcesses(): Unread.DENIED, **dpkg("installed transmission-gtk 1")}
    assert found(answers=answers).verdict is Verdict.UNKNOWN


def test_an_empty_process_list_is_no_process_list() -> None:
    assert found(answers={ListProcesses(): ()}).reason == Unread.GARBLED


def test_where_other_peoples_processes_are_hidden_nothing_found_is_unknown() -> None:
    hidden = {ReadFile("/proc/1/comm", limit=64): Unread.MISSING}
    assert found(answers=hidden).reason == Unread.DENIED
    assert found(own("qbittorrent"), answers=hidden).reason == FileSharing.RUNNING


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.TIMED_OUT, Unread.DENIED])
def test_without_a_package_list_nothing_found_is_unknown_and_what_runs_fails(why: Unread) -> None:
    finding = found(answers={DPKG: why})
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)
    assert found(own("qbittorrent"), answers={DPKG: why}).reason == FileSharing.RUNNING


@pytest.mark.parametrize(
    "answer", [said("", 1), said(""), said("garbage"), said(b"\xff\xfe\x00" * 50)]
)
def test_a_package_list_that_makes_no_sense_is_no_package_list(answer) -> None:
    assert found(answers={DPKG: answer}).reason == Unread.GARBLED


def test_a_package_manager_that_does_not_list_itself_manages_another_system() -> None:
    foreign = {DPKG: said("installed hello 1\n")}
    assert found(answers=foreign).reason == Unread.MISSING
    fedora = {**foreign, RPM: said("rpm 4.20.1 1745000000\nqbittorrent 5.1.0 1745000000\n")}
    assert outcome(found(answers=fedora)) == (Verdict.FAIL, FileSharing.INSTALLED, "qBittorrent")


def test_rpm_and_pacman_list_packages_too() -> None:
    fedora = {DPKG: Unread.MISSING, RPM: said("rpm 4.20.1 1745000000\namule 2.3.3 1745000000\n")}
    assert found(answers=fedora).reason == FileSharing.INSTALLED
    arch = {DPKG: Unread.MISSING, PACMAN: said("pacman 7.0.0-1\nnicotine+ 3.3.10-1\n")}
    assert outcome(found(answers=arch)) == (Verdict.FAIL, FileSharing.INSTALLED, "Nicotine+")
    clean = {DPKG: Unread.MISSING, PACMAN: said("pacman 7.0.0-1\nqbittorrentx 1-1\n")}
    assert found(answers=clean).reason == FileSharing.NONE_FOUND


def test_a_list_of_apps_that_may_not_be_read_leaves_it_unknown() -> None:
    denied = {ListFolder("/var/lib/flatpak/app"): Unread.DENIED}
    assert found(answers=denied).reason == Unread.DENIED


@pytest.mark.parametrize("mark", ["/.flatpak-info", "/run/.containerenv"])
def test_a_sandbox_shows_other_processes_than_the_devices(mark: str) -> None:
    assert found(answers={StatFile(mark): file()}).reason == Unread.UNSUPPORTED
    virtual = {ReadFile("/proc/version"): b"Linux version 5.15.1-microsoft-standard-WSL2"}
    assert found(answers=virtual).reason == Unread.UNSUPPORTED


def test_a_machine_that_answers_nothing_is_unknown() -> None:
    for why in (Unread.MISSING, Unread.DENIED, Unread.NOT_RECORDED):
        finding = file_sharing.run(composed({}, otherwise=why), context())
        assert finding.verdict is Verdict.UNKNOWN


def test_a_look_through_folders_that_its_own_bound_ends_hides_nothing() -> None:
    late = in_folders(Unread.TIMED_OUT)
    finding = found(answers=late)
    assert finding.reason == FileSharing.NONE_FOUND
    in_the_other_look = {**late, **in_wine(("~/.wine/drive_c/Winny/Winny.exe",))}
    assert found(answers=in_the_other_look).reason == FileSharing.INSTALLED


def test_a_look_through_folders_that_fails_otherwise_leaves_it_unknown() -> None:
    assert found(answers=in_folders(Unread.DENIED)).reason == Unread.DENIED


def test_no_finding_names_a_folder_of_the_person() -> None:
    private = in_folders(("~/デスクトップ/転職活動/Winny.exe",))
    finding = found(answers=private)
    assert finding.reason == FileSharing.TRACES
    assert finding.evidence == {"name": "Winny", "count": 1}
    assert "転職活動" not in "".join(finding.sources)


def test_where_it_cannot_be_told_whose_system_this_is_nothing_is_told() -> None:
    assert found(answers={ReadFile("/proc/version"): Unread.DENIED}).reason == Unread.DENIED
