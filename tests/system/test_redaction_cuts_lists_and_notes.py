"""What is left of lists, logs and settings: their readers read the same, and no name is left."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.software import Kind
from precheck.contract.reasons import Unread
from probes.antivirus.mdatp import LINUX, health_of, parse_health, parse_threats, threats_of
from probes.facts import Known, Unknown
from probes.firewall.iptables_save import parse_iptables_save
from probes.firewall.linux import parse_ufw_blocks, parse_ufw_enabled
from probes.firewall.linux_rules import LISTING, OVER_NFT
from probes.firewall.nft_json import parse_nft_json
from probes.firewall.nft_text import parse_nft_text
from probes.firewall.zones import parse_zone_blocks
from probes.os_support.linux import parse_ubuntu_pro
from probes.public_names import public_names
from probes.security_updates import apt, dnf, pacman, repodata, zypper
from probes.security_updates.apt_history import LOG_LIMIT
from probes.software.copies import (
    parse_application_ini,
    parse_metainfo,
    parse_snap_version,
    parse_version_file,
)
from probes.software.linux import MIMEAPPS, default_browser
from probes.software.sweep import USER_DIRS, USUAL_FOLDERS, parse_user_dirs
from probes.system.masks import Personal
from probes.system.questions import (
    Completed,
    FileStatus,
    ListFolder,
    Question,
    ReadFile,
    RunCommand,
    StatFile,
    SweepFiles,
)
from probes.system.recording import RecordedSystem, encode_recording
from probes.system.redaction import redact
from probes.system.rule import whole
from probes.system.rules import COMMANDS, FILES
from tests.machines import composed, recording

UPDATES = Path(__file__).parents[1] / "probes" / "updates"
FIREWALL = Path(__file__).parents[1] / "probes" / "firewall"
KEEP = public_names(Catalogues())
NOBODY = Personal()

Parser = Callable[[bytes], Any]


def redacted(answers: dict[Any, Any]) -> RecordedSystem:
    return RecordedSystem(redact(recording(answers), KEEP, NOBODY))


def written(answers: dict[Any, Any]) -> str:
    return encode_recording(redact(recording(answers), KEEP, NOBODY)).decode()


def left(question: Question[Any], raw: bytes) -> bytes:
    """What is left of a file, or of a command's output."""
    value: Any = Completed(0, raw, b"") if isinstance(question, RunCommand) else raw
    answer = redacted({question: value}).ask(question)
    assert isinstance(answer, Known)
    return answer.value.stdout if isinstance(question, RunCommand) else answer.value


def counted(raw: bytes) -> Any:
    """apt's list, read as far as it does not depend on the packages' and the suites' names."""
    updates = apt.parse_list(raw)
    return updates and sorted((item.security, len(item.suites)) for item in updates)


def advisories(parse: Parser) -> Parser:
    """Advisories by their dates, and how many there are by name."""

    def read(raw: bytes) -> Any:
        found = parse(raw)
        return found and (len({item.id for item in found}), [item.dated for item in found])

    return read


def release(raw: bytes) -> Any:
    found = apt.parse_release(raw)
    return found and (found.dated, found.security, found.extended)


def switches(raw: bytes) -> Any:
    """apt's settings that a check reads."""
    found = apt.parse_periodic(raw)
    names = ("Enable", "Update-Package-Lists", "Unattended-Upgrade")
    return None if found is None else [found.get(name) for name in names]


def captured(name: str) -> bytes:
    return (UPDATES / name).read_bytes()


def browser(raw: bytes) -> str | None:
    return default_browser(raw, tuple(Catalogues().software.of(Kind.BROWSER)))


DNF5 = b"""[{
"name":"FEDORA-2026-d1a4","type":"security","severity":"","nevra":"diary-1.fc44.noarch",
"buildtime":1780000000}, {"name":"FEDORA-2026-d1a4","type":"security","severity":"","nevra":
"diary-libs-1.fc44.noarch","buildtime":1780000000}]"""
ZONE = b"""<?xml version="1.0" encoding="utf-8"?>
<zone target="ACCEPT"><short>diary</short><description>of diary</description>
<rule><source address="192.168.1.7"/><accept/></rule></zone>"""
NFT_FILE = b"""#!/usr/sbin/nft -f
# for diary
flush ruleset
table inet filter { # diary
  comment "diary";
  chain input {
    type filter hook input priority 0; policy drop;
    iifname "lo" accept comment "a # diary"
    tcp dport 22 log prefix "diary " accept comment diary
  }
}
"""
NFT = b"""{"nftables": [{"metainfo": {"json_schema_version": 1}},
{"table": {"family": "inet", "name": "t", "comment": "diary"}},
{"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "input",
"policy": "drop", "prio": 0}},
{"rule": {"family": "inet", "table": "t", "chain": "c", "comment": "diary", "expr": [
{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 22}},
{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}},
 "right": {"prefix": {"addr": "10.0.0.0", "len": 8}}}},
{"log": {"prefix": "diary"}}, {"accept": null}]}}]}"""
SAVED = b"""# Generated by iptables-save
*filter
:INPUT DROP [0:0]
-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "my \\"diary\\" here" -j ACCEPT
-A INPUT -p udp -m udp --dport 53 -m comment --comment -"my diary" -j ACCEPT
-A INPUT -m comment --comment diary -j LOG --log-prefix "diary: "
COMMIT
"""
HEALTH_ANSWER = b"""{"healthy": true, "orgId": "diary", "machineGuid": "diary", "licensed": true,
"realTimeProtectionEnabled": {"value": true, "isManaged": false}, "passiveModeEnabled": false,
"realTimeProtectionAvailable": true, "definitionsUpdated": "1780000000000",
"definitionsStatus": {"$type": "upToDate"}, "edrDeviceTags": [{"key": "diary"}]}"""
THREATS_ANSWER = b"""{"threats": {"scans": [{"type": "diary", "threats": [{"name": "diary",
"files": ["/home/x/diary"], "history": [{"key": "1", "value": "detected"},
{"key": "2", "value": "quarantined"}]}]}]}}"""
PRO = b"""{"account": {"name": "diary"}, "contract": {"name": "diary"}, "machine_id": "diary",
"services": [{"name": "esm-infra", "status": "enabled", "description": "diary"}]}"""
METAINFO = b"""<component><id>diary</id><releases>
<release version="1.2.3.4" date="2026-11-01"><description>diary</description></release>
<release version="1.2.3.3" date="2026-10-01"/></releases></component>"""
INI = b"[App]\nVendor=diary\nVersion=145.0.1\nBuildID=20261101120000\n"

READERS: tuple[tuple[str, Question[Any], bytes, Parser], ...] = (
    ("apt", apt.UPGRADABLE, captured("apt/debian-12-many-waiting"), counted),
    ("apt none", apt.UPGRADABLE, b"Listing...\n", apt.parse_list),
    ("apt versions", apt.ALL_VERSIONS, captured("apt/made-all-versions"), counted),
    ("apt all", apt.ALL_VERSIONS, captured("apt/debian-12-all-versions"), counted),
    ("periodic", apt.PERIODIC, captured("apt/periodic-on"), switches),
    (
        "release",
        ReadFile(f"{apt.LISTS}/a_dists_b_InRelease", 4096),
        captured("apt/bookworm-security_InRelease")[:4096],
        release,
    ),
    ("dnf", dnf.ADVISORIES4, captured("dnf/info-two-waiting"), advisories(dnf.parse_info)),
    ("dnf none", dnf.ADVISORIES4, b"\n", dnf.parse_info),
    ("dnf5", dnf.ADVISORIES5, DNF5, advisories(dnf.parse_list)),
    ("pacman", pacman.QUERY, b"diary 1-1 -> 1-2\ntea 1-1 -> 2-1 [ignored]\n", pacman.parse_query),
    (
        "pacman.log",
        ReadFile(pacman.LOG, pacman.LOG_LIMIT),
        captured("pacman/pacman.log"),
        pacman.last_full_upgrade,
    ),
    ("zone", ReadFile("/etc/firewalld/zones/public.xml"), ZONE, parse_zone_blocks),
    ("nft file", ReadFile("/etc/nftables.conf"), NFT_FILE, parse_nft_text),
    ("nft", LISTING, NFT, parse_nft_json),
    ("nft of ufw", LISTING, (FIREWALL / "ufw.nft.json").read_bytes(), parse_nft_json),
    ("saved", OVER_NFT["ip"], SAVED, lambda raw: parse_iptables_save(raw, "ip")),
    (
        "saved by ufw",
        OVER_NFT["ip"],
        (FIREWALL / "ufw.iptables-save").read_bytes(),
        lambda raw: parse_iptables_save(raw, "ip"),
    ),
    ("ufw", ReadFile("/etc/ufw/ufw.conf"), b"# of diary\nENABLED=yes\n", parse_ufw_enabled),
    (
        "ufw defaults",
        ReadFile("/etc/default/ufw"),
        b'# diary\nDEFAULT_INPUT_POLICY="DROP"\n',
        parse_ufw_blocks,
    ),
    ("mdatp", health_of(LINUX), HEALTH_ANSWER, parse_health),
    ("threats", threats_of(LINUX), THREATS_ANSWER, parse_threats),
    ("pro", ReadFile("/var/lib/ubuntu-advantage/status.json"), PRO, parse_ubuntu_pro),
    ("ini", ReadFile("~/firefox/application.ini"), INI, parse_application_ini),
    ("snap", ReadFile("/snap/x/current/meta/snap.yaml"), b"name: diary\nversion: '1.2.3.4'\n",
     parse_snap_version),
    ("metainfo", ReadFile("/a/org.x.metainfo.xml"), METAINFO, parse_metainfo),
    ("version", ReadFile("~/zoom/version.txt"), b"6.5.3.27\n", parse_version_file),
    (
        "mimeapps",
        ReadFile(MIMEAPPS),
        b"[Added Associations]\nx-scheme-handler/https=diary.desktop;\n[Default Applications]\n"
        b"text/plain=diary.desktop\nx-scheme-handler/https=diary.desktop;firefox.desktop\n",
        browser,
    ),
    *(
        (path.stem, zypper.PATCHES, path.read_bytes(), zypper.parse_updates)
        for path in sorted((UPDATES / "zypper").glob("*-waiting.xml"))
    ),
)  # fmt: skip
BY_NAME = pytest.mark.parametrize(
    ("question", "raw", "parse"), [reader[1:] for reader in READERS], ids=[r[0] for r in READERS]
)
NAMES = (b"diary", b"demo", b"DEMO", b"appstream", b"bash", b"FEDORA", b"libc6")

IDENTIFIER = re.compile(rb"[0-9A-Fa-f-]{32}")
"""What looks like a machine's is masked wherever it stands, in a version too."""


@BY_NAME
def test_a_reader_reads_the_same(question: Question[Any], raw: bytes, parse: Parser) -> None:
    assert parse(raw) is not None
    assert parse(left(question, raw)) == parse(raw)


@BY_NAME
def test_no_name_of_a_package_or_note_is_left(
    question: Question[Any], raw: bytes, parse: Parser
) -> None:
    del parse
    shown = left(question, raw)
    assert [name for name in NAMES if name in shown] == []


@BY_NAME
@settings(max_examples=50)
@given(garbage=st.binary(max_size=60) | st.text(max_size=60).map(str.encode), place=st.integers(0))
def test_garbage_is_never_read_as_more_than_it_was(
    question: Question[Any], raw: bytes, parse: Parser, garbage: bytes, place: int
) -> None:
    """Where the reader gives up, it gives up on what is left too, and the other way round it may
    only give up: never read something else."""
    place %= len(raw) + 1
    for changed in (garbage, raw[:place], raw[:place] + garbage + raw[place:]):
        assume(not IDENTIFIER.search(changed))
        before, after = parse(changed), parse(left(question, changed))
        assert after in (before, None)


def test_every_cut_is_tried_here() -> None:
    tried = {question.argv[0].rpartition("/")[2] for _, question, _, _ in READERS
             if isinstance(question, RunCommand)}  # fmt: skip
    programs = {words[0] for words, rule in COMMANDS.items() if rule.cut is not whole}
    alike = {"ip6tables-nft-save", "iptables-legacy-save", "ip6tables-legacy-save"}
    elsewhere = {"dpkg-query", "rpm"}
    assert programs - alike - elsewhere == tried


def test_what_is_held_is_the_same_package_as_the_one_that_waits() -> None:
    listed = b"Listing...\ndiary/x-security 2 amd64 [upgradable from: 1]\n" \
             b"tea/x-security 2 amd64 [upgradable from: 1]\n"  # fmt: skip
    wanted = b"install base amd64\nhold tea amd64\ninstall diary amd64\n"
    machine = redacted(
        {
            apt.UPGRADABLE: Completed(0, listed, b""),
            apt.SELECTIONS: Completed(0, wanted, b""),
        }
    )
    updates = apt.parse_list(machine.ask(apt.UPGRADABLE).value.stdout)
    held = apt.parse_selections(machine.ask(apt.SELECTIONS).value.stdout)
    assert [update.package in held for update in updates] == [False, True]
    assert machine.ask(apt.SELECTIONS).value.stdout == b"install other all\nhold package-2 amd64\n"


@pytest.mark.parametrize("name", ["no-cache", "no-repository"])
def test_an_answer_of_zypper_that_is_none_stays_so(name: str) -> None:
    raw = captured(f"zypper/patches-{name}.xml")
    assert zypper.parse_updates(raw) is None
    assert zypper.parse_updates(left(zypper.PATCHES, raw)) is None


@pytest.mark.parametrize("raw", [b"", b"install", b"purge a\nhold", b"install a b\n\n", b"\xff\n"])
def test_selections_that_are_not_understood_stay_so(raw: bytes) -> None:
    assert apt.parse_selections(raw) is None
    assert apt.parse_selections(left(apt.SELECTIONS, raw)) is None


def test_what_a_command_says_beside_its_output_is_left_out() -> None:
    answer = redacted({dnf.ADVISORIES4: Completed(1, b"", b"diary")}).ask(dnf.ADVISORIES4)
    assert answer == Known(Completed(1, b"", b""), "composed")


def test_a_log_that_was_not_read_to_its_end_does_not_look_whole() -> None:
    start = b"Start-Date: 2026-11-18  09:00:00\nInstall: "
    for raw in (
        start + b"d" * (LOG_LIMIT - len(start)),
        gzip.compress(start + b"d" * LOG_LIMIT),
    ):
        for name in ("history.log", "history.log.1.gz"):
            question = ReadFile(f"/var/log/apt/{name}", LOG_LIMIT)
            assert isinstance(redacted({question: raw}).ask(question), Unknown)


def test_a_packed_log_that_breaks_off_still_does() -> None:
    question = ReadFile("/var/log/apt/history.log.1.gz", LOG_LIMIT)
    log = b"Start-Date: 2026-11-18  09:00:00\nInstall: diary\nEnd-Date: 2026-11-18  09:00:01\n"
    packed = gzip.compress(log)
    assert gzip.decompress(left(question, packed)) == log.replace(b"diary", b"other")
    for broken in (packed[:-1], packed[:-9]):
        with pytest.raises(EOFError):
            gzip.decompress(left(question, broken))


def test_apts_lists_lose_their_servers_and_are_still_found() -> None:
    release = captured("apt/bookworm-security_InRelease")[:4096]
    names = (
        "deb.debian.org_debian-security_dists_bookworm-security_InRelease",
        "dl.google.com_linux_diary_deb_dists_stable_InRelease",
        "download.diary.example_._Release",
        "lock",
    )
    files = {ReadFile(f"{apt.LISTS}/{name}", 4096): release for name in names[:3]}
    machine = redacted({ListFolder(apt.LISTS): names, **files})
    shown = machine.ask(ListFolder(apt.LISTS)).value
    assert set(shown) == {
        "security-1_dists_bookworm-security_InRelease",
        "source-1_dists_stable_InRelease",
        "source-2_Release",
        "lock",
    }
    for name in set(shown) - {"lock"}:
        assert isinstance(machine.ask(ReadFile(f"{apt.LISTS}/{name}", 4096)), Known)
    assert "diary" not in written({ListFolder(apt.LISTS): names, **files})


def test_repositories_lose_their_names_and_are_told_apart() -> None:
    ids = ("diary-3401c8632d4d8352", "diary-3401c8632d4d8353", "fedora-3401c8632d4d8354", "x.solv")
    answers: dict[Any, Any] = {ListFolder(dnf.CACHE5): ids}
    for days, folder in enumerate(ids[:3]):
        place = f"{dnf.CACHE5}/{folder}/repodata"
        answers[ListFolder(place)] = ("0a-primary.xml.zst", "0b-updateinfo.xml.zst")
        answers[StatFile(f"{place}/0a-primary.xml.zst")] = FileStatus("file", 1, 1.7e9 + days)
    before = repodata.repositories(composed(answers), dnf.CACHE5, dnf.primary)
    after = repodata.repositories(redacted(answers), dnf.CACHE5, dnf.primary)
    assert isinstance(before, Known)
    assert isinstance(after, Known)
    assert repodata.checked(after.value) == repodata.checked(before.value)
    assert [item.id for item in after.value] == ["repository-1", "repository-1", "repository-2"]
    assert "diary" not in written(answers)


def test_a_persons_own_folders_are_numbers_in_settings_questions_and_finds() -> None:
    settings = b'XDG_DOCUMENTS_DIR="$HOME/diary/mine"\nXDG_DOWNLOAD_DIR="$HOME/Downloads"\n'
    settings += b'XDG_MUSIC_DIR="$HOME/diary-songs"\n# diary\n'

    def look(raw: bytes) -> SweepFiles:
        roots = dict.fromkeys((*parse_user_dirs(raw), *USUAL_FOLDERS))
        return SweepFiles(tuple(roots), frozenset({"winny.exe"}))

    question = ReadFile(USER_DIRS)
    found = ("~/diary/mine/deep/Winny.exe",)
    answers: dict[Any, Any] = {question: settings, look(settings): found}
    machine = redacted(answers)
    shown = machine.ask(question)
    assert isinstance(shown, Known)
    assert parse_user_dirs(shown.value) == ("~/folder-1/folder-2", "~/Downloads")
    again = machine.ask(look(shown.value))
    assert again == Known(("~/folder-1/folder-2/folder-3/Winny.exe",), "composed")
    assert "diary" not in written(answers)


def test_a_look_that_found_nothing_names_no_folder_either() -> None:
    look = SweepFiles(("~/diary",), frozenset({"winny.exe"}))
    assert "diary" not in written({look: Unread.TIMED_OUT})


def test_who_built_a_kernel_is_left_out_but_for_the_sign_of_a_guest() -> None:
    question = ReadFile("/proc/version")
    own = b"Linux version 6.12.1 (hanako@pasokon) (gcc 14) #1 SMP"
    assert left(question, own) == b"Linux version 6.12.1 (other) (gcc 14) #1 SMP"
    guest = b"Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com) (gcc 5) #1"
    assert left(question, guest) == guest


def test_every_file_that_stays_whole_is_the_systems_own() -> None:
    kept = {path for path, rule in FILES.items() if rule.cut is whole}
    assert kept == {
        *("/etc/os-release", "/usr/lib/os-release", "/proc/sys/kernel/osrelease"),
        *("/proc/net/route", "/proc/net/ipv6_route", "/proc/net/if_inet6"),
        *("/proc/net/ip_tables_names", "/proc/net/ip6_tables_names"),
        "/sys/class/net/*/type",
        "/var/lib/clamav/daily.c[lv]d",
    }
