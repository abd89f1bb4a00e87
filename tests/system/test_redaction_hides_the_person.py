"""redact: what is personal is gone from a recording, and what a check needs is still there."""

import base64
import gzip
import ipaddress
import json
import socket
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.reasons import OsSupport, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Known
from probes.os_support import os_support
from probes.public_names import public_names
from probes.software import file_sharing
from probes.software.inventory import DPKG
from probes.system.masks import Personal, this_machine
from probes.system.questions import (
    Completed,
    DBusCall,
    DBusGet,
    DBusSignal,
    DBusTransaction,
    FileStatus,
    Interface,
    Listener,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
    Question,
    ReadFile,
    StatFile,
    SweepFiles,
)
from probes.system.recording import (
    RecordedSystem,
    Recording,
    decode_recording,
    encode_recording,
    to_answered,
)
from probes.system.redaction import redact
from tests.machines import context

HANAKO = Personal(
    users=frozenset({"hanako", "山田 花子"}),
    hosts=frozenset({"hanako-no-pasokon"}),
    homes=frozenset({"/home/hanako"}),
)
LISTED = frozenset({"winny.exe", "winny", "obs", "zoom", "at_starbucks_wi2"})


def keep(name: str) -> bool:
    return name.lower() in LISTED


def recorded(answers: dict[Question, object]) -> Recording:
    return Recording(
        schema=1,
        family=OsFamily.LINUX,
        recorded_at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        agent_version="0",
        provenance="composed for a test",
        answers=tuple(to_answered(asked, Known(value, "")) for asked, value in answers.items()),
    )


def redacted(answers: dict[Question, object], personal: Personal = HANAKO) -> RecordedSystem:
    """The system that a redacted recording is, written down and read again."""
    written = encode_recording(redact(recorded(answers), keep, personal))
    return RecordedSystem(decode_recording(written))


def after(question: Question, value: object) -> object:
    answer = redacted({question: value}).ask(question)
    assert isinstance(answer, Known)
    return answer.value


FILE = ReadFile("/proc/net/ip_tables_names")
VERSIONS = ReadFile("/etc/os-release")
PROPERTY = DBusGet("org.freedesktop.NetworkManager", "/", "a.b", "Metered")


def everything_in(recording: Recording) -> str:
    """The recording as it is written down, and what is packed or encoded in it."""

    def inner(value: object) -> str:
        match value:
            case dict() if "base64" in value:
                raw = base64.b64decode(value["base64"])
                raw = gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw
                return " ".join(
                    raw.decode(encoding, "ignore")
                    for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp932", "euc-jp")
                )
            case dict():
                return " ".join(map(inner, (*value.keys(), *value.values())))
            case list():
                return " ".join(map(inner, value))
        return str(value)

    written = encode_recording(recording).decode()
    return (written + inner(json.loads(written))).lower()


NAMES = st.sampled_from(["hanako", "Taro.Yamada", "山田", "中村さくら", "tester-7", "Müller"])
AROUND = st.text(st.sampled_from(" abc/\\:;.,-_=\"'\n日本"), max_size=8)


@st.composite
def planted(draw: st.DrawFn) -> tuple[str, object]:
    """A personal name, and a value with it somewhere inside."""
    name = draw(NAMES)
    spelled = draw(st.sampled_from([name, name.lower(), name.upper()])) if name.isascii() else name
    text = draw(AROUND) + spelled + draw(AROUND)
    leaf = draw(
        st.sampled_from(
            [
                text,
                text.encode(),
                text.encode("utf-16-le"),
                text.encode("cp932", "replace") if "ü" not in text else text.encode(),
                b"\xff" + text.encode(),
                gzip.compress(text.encode(), mtime=0),
                json.dumps(text).encode(),
            ]
        )
    )
    depth = draw(st.integers(0, 3))
    for _ in range(depth):
        leaf = draw(st.sampled_from([[leaf, 1], {"key": leaf}, {text: 1, "more": [leaf]}]))
    return name, leaf


@given(planted())
def test_a_name_is_nowhere_whatever_it_was_planted_in(plant: tuple[str, object]) -> None:
    name, value = plant
    personal = Personal(users=frozenset({name}))
    before = recorded({PROPERTY: value})
    result = redact(before, keep, personal)
    assert name.lower() not in everything_in(result)
    decode_recording(encode_recording(result))


@given(planted())
def test_the_planted_name_would_be_seen(plant: tuple[str, object]) -> None:
    name, value = plant
    if not isinstance(value, bytes) or not value.startswith(b"\x1f\x8b"):
        value = [value, name]
    assert name.lower() in everything_in(recorded({PROPERTY: value}))


def test_a_name_in_a_question_a_source_and_the_provenance_is_gone_too() -> None:
    asked = ReadFile("/home/hanako/zoom/version.txt")
    before = Recording(
        **{
            **{name: getattr(recorded({}), name) for name in Recording.__struct_fields__},
            "provenance": "captured by hanako",
            "answers": (to_answered(asked, Known(b"6.5", "/home/hanako/zoom/version.txt")),),
        }
    )
    result = redact(before, keep, HANAKO)
    assert "hanako" not in everything_in(result)
    place = "~/zoom/version.txt"
    assert RecordedSystem(result).ask(ReadFile(place)) == Known(b"6.5", place)


def test_another_persons_home_is_hidden_and_home_is_a_tilde() -> None:
    text = b"/home/hanako/a /home/jiro/b /home/jiro C:\\Users\\Saburo\\c"
    assert after(FILE, text) == b"~/a /home/someone-1/b /home/someone-1 C:\\Users\\someone-2\\c"


def test_a_short_name_is_only_taken_as_a_whole_word() -> None:
    ken = Personal(users=frozenset({"ken"}))
    answer = redacted({FILE: b"token broken ken ken2 KEN"}, ken).ask(FILE)
    assert answer == Known(b"token broken someone someone2 someone", "")


def test_a_name_that_names_nobody_stays() -> None:
    root = Personal(users=frozenset({"root", "user"}), hosts=frozenset({"debian"}))
    text = b"root user debian"
    assert redacted({FILE: text}, root).ask(FILE) == Known(text, "")


def test_this_machines_own_names_are_known() -> None:
    assert socket.gethostname() in this_machine().hosts


@pytest.mark.parametrize("addresses", [("192.168.11.5", "10.1.2.3"), ("fd12::1", "fdaa::9")])
def test_equal_addresses_stay_equal_and_others_stay_apart(addresses: tuple[str, str]) -> None:
    one, other = addresses
    first, second, third = after(PROPERTY, [one, other, one])
    assert first == third != second
    assert {one, other}.isdisjoint({first, second})


HALVES = ("128.0.0.0", "::ffff:128.0.0.0", "8000::", "2000::")
"""Where a VPN's routes to half of all addresses begin; nobody's address."""


def address_class(address: str) -> tuple[bool, ...]:
    parsed = ipaddress.ip_address(address)
    return (
        *(parsed.is_loopback, parsed.is_unspecified, parsed.is_private, parsed.is_global),
        *(parsed.is_link_local, parsed.is_multicast, parsed.version == 4),
    )


@given(st.ip_addresses().map(str))
def test_an_address_keeps_its_class_and_nothing_else(address: str) -> None:
    interfaces = after(ListInterfaces(), (Interface("eth0", True, False, (address,)),))
    shown = interfaces[0].addresses[0]
    parsed, before = ipaddress.ip_address(shown), ipaddress.ip_address(address)
    assert (parsed.is_loopback, parsed.is_unspecified, parsed.is_link_local, parsed.version) == (
        *(before.is_loopback, before.is_unspecified, before.is_link_local, before.version),
    )
    assert before.is_private == parsed.is_private or before.is_reserved
    inside = getattr(before, "ipv4_mapped", None) or before
    stays = inside.is_loopback or inside.is_unspecified or inside.is_multicast
    assert stays or shown != address or address in HALVES


@pytest.mark.parametrize(
    "address", ["203.0.114.7", "8.8.8.8", "192.168.0.1", "169.254.3.4", "100.64.9.9", "2400:1::5"]
)
def test_an_everyday_address_keeps_its_class(address: str) -> None:
    interfaces = after(ListInterfaces(), (Interface("eth0", True, False, (address,)),))
    shown = interfaces[0].addresses[0]
    assert shown != address
    assert address_class(shown) == address_class(address)


def test_loopback_and_every_address_stay() -> None:
    text = b"127.0.0.1 127.0.0.53 0.0.0.0 ::1 :: 224.0.0.251 ff02::1"
    assert after(FILE, text) == text


def test_versions_and_times_are_no_addresses() -> None:
    text = b'12:34:56 2026-11-20 APT::Periodic VERSION="1.2.3.4" 141.0.7390.107 1.2.3.4-5ubuntu1'
    assert after(VERSIONS, text) == text
    kernel = b"6.6.87.2-microsoft-standard-WSL2\n"
    assert after(ReadFile("/proc/sys/kernel/osrelease"), kernel) == kernel
    lines = Completed(0, b"installed zoom 6.5.3.27\n", b"")
    assert after(DPKG, lines) == lines


def test_an_address_behind_the_word_version_is_one() -> None:
    assert after(FILE, b"version 192.168.11.5") == b"version 10.0.0.1"


def test_a_name_of_one_character_is_taken_as_a_part_of_a_path() -> None:
    hayashi = Personal(users=frozenset({"林"}), homes=frozenset({"/home/林"}))
    text = "/run/media/林/usb /home/林/a D:\\林\\b /mnt/林 林檎 小林 /森林/c"
    shown = redacted({FILE: text.encode()}, hayashi).ask(FILE)
    without = "/run/media/someone/usb ~/a D:\\someone\\b /mnt/someone 林檎 小林 /森林/c"
    assert shown == Known(without.encode(), "")


def test_kernel_tables_keep_their_default_route_and_lose_addresses() -> None:
    table = (
        b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        b"wlx0a1b2c3d4e5f\t00000000\t010BA8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
        b"wlx0a1b2c3d4e5f\t000BA8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n"
    )
    shown = after(ReadFile("/proc/net/route"), table)
    rows = [line.split() for line in shown.decode().splitlines()]
    assert rows[1][1:4] == ["00000000", "0200000A", "0003"]
    assert rows[2][7] == "00FFFFFF"
    assert b"010BA8C0" not in shown
    assert b"0a1b2c3d4e5f" not in shown
    assert rows[1][0] == rows[2][0] == "wlx020000000001"
    own = b"2400405100000000001122fffe334455 02 40 00 80 eth0\n"
    assert b"1122fffe334455" not in after(ReadFile("/proc/net/if_inet6"), own)


def test_an_interface_named_by_its_address_is_still_the_same_one() -> None:
    name = "enx0a1b2c3d4e5f"
    system = redacted(
        {
            ListInterfaces(): (Interface(name, True, False),),
            ListFolder(f"/sys/class/net/{name}"): ("device", "wireless"),
        }
    )
    shown = system.ask(ListInterfaces()).value[0].name
    assert shown != name
    folder = system.ask(ListFolder(f"/sys/class/net/{shown}"))
    assert folder == Known(("device", "wireless"), "")


def test_hardware_addresses_and_ids_are_stable_placeholders() -> None:
    text = (
        b"0A:1b:2c:3D:4e:5f 0a-1b-2c-3d-4e-5f ff:ff:ff:ff:ff:ff\n"
        b"9f8e7d6c-1111-4222-8333-abcdefabcdef 00112233445566778899aabbccddeeff\n"
        b'Serial Number: ABC123 "serial_number": "XYZ9" ID_SERIAL_SHORT=0001\n'
    )
    shown = after(FILE, text).decode()
    assert shown.splitlines()[0] == "02:00:00:00:00:01 02-00-00-00-00-01 ff:ff:ff:ff:ff:ff"
    assert shown.splitlines()[1].startswith("00000000-0000-4000-8000-000000000001 ")
    for secret in ("9f8e7d6c", "00112233", "abc123", "xyz9", "=0001"):
        assert secret not in shown.lower()


def test_a_constant_id_stays_when_it_is_known() -> None:
    known = "d68ddc3a-831f-4fae-9e44-da132c1acf46"
    result = redact(recorded({PROPERTY: known}), lambda name: name == known, HANAKO)
    assert RecordedSystem(result).ask(PROPERTY) == Known(known, "")


SSID = DBusGet("org.freedesktop.NetworkManager", "/ap", "ap", "Ssid")
SETTINGS = DBusCall("org.freedesktop.NetworkManager", "/settings/1", "connection", "GetSettings")


def test_the_name_of_a_private_network_is_gone_everywhere() -> None:
    system = redacted(
        {
            SSID: b"Yamada-Ke-5G",
            SETTINGS: (
                {
                    "connection": {"id": "yamada-ke-5g 1", "permissions": ["user:hanako:"]},
                    "802-11-wireless": {"ssid": b"Yamada-Ke-5G", "seen-bssids": ["0a:1b"]},
                    "802-11-wireless-security": {"key-mgmt": "wpa-psk"},
                    "ipv4": {"dns": [17541312], "method": "auto"},
                },
            ),
            FILE: b"SSID=Yamada-Ke-5G\n",
        }
    )
    assert system.ask(SSID) == Known(b"wifi", "")
    assert system.ask(FILE) == Known(b"SSID=wifi\n", "")
    assert system.ask(SETTINGS).value == (
        {
            "connection": {},
            "802-11-wireless": {"ssid": b"wifi"},
            "802-11-wireless-security": {"key-mgmt": "wpa-psk"},
            "ipv4": {},
        },
    )


def test_the_name_of_a_public_network_stays_and_no_other() -> None:
    assert after(SSID, b"at_STARBUCKS_Wi2") == b"at_STARBUCKS_Wi2"
    assert after(SSID, b"at_STARBUCKS_Wi2x") == b"wifi"
    assert after(SSID, b"\x83\x7d\xff") == b"wifi"


def test_of_the_running_programs_only_listed_ones_are_named() -> None:
    shown = after(
        ListProcesses(),
        (
            Process("obs", "/home/hanako/ひみつ/obs", "obs", True),
            Process("zoom", "/opt/zoom/zoom", "zoom", True),
            Process("my-secret-tool", "/opt/my-secret-tool", "my-secret-tool", True),
            Process("another-tool", None, None, True),
            Process("python3", "/usr/bin/python3", "winny.exe", False),
        ),
    )
    assert shown == (
        Process("obs", "~/folder-1/obs", "obs", True),
        Process("zoom", "/opt/zoom/zoom", "zoom", True),
        Process("other", None, None, True),
        Process("other", None, "winny.exe", False),
    )


def test_a_listener_keeps_its_port_and_loses_its_program() -> None:
    shown = after(
        ListListeners(),
        (Listener("tcp", "0.0.0.0", 22, "my-tool"), Listener("tcp", "::1", 9, "obs")),  # noqa: S104
    )
    assert shown == (Listener("tcp", "0.0.0.0", 22, "other"), Listener("tcp", "::1", 9, "obs"))  # noqa: S104


def test_of_installed_software_only_listed_names_stay() -> None:
    folder = ListFolder("/usr/share/applications")
    assert after(folder, ("diary.desktop", "obs.desktop")) == ("obs.desktop", "other")
    assert after(folder, ("obs.desktop",)) == ("obs.desktop",)
    assert after(folder, ()) == ()
    assert after(ListFolder("/sys/class"), ("net", "tty")) == ("net", "tty")


def test_what_was_asked_about_an_unlisted_file_is_left_out() -> None:
    listed, known = ListFolder("/snap"), StatFile("/snap/obs")
    unlisted, status = StatFile("/snap/diary/current"), FileStatus("folder", 1, 0.0)
    answers = {listed: ("diary", "obs"), unlisted: status, known: status}
    result = redact(recorded(answers), keep, HANAKO)
    assert [answer.question for answer in result.answers] == [listed, known]
    assert "diary" not in everything_in(result)


def test_a_found_file_keeps_its_name_and_the_folders_lose_theirs() -> None:
    sweep = SweepFiles(("~",), frozenset({"winny.exe"}))
    path = "~/ひみつ/Winny/Winny.exe"
    status = {"kind": "file", "size": 1, "modified": 0.0}
    system = redacted({sweep: (path,), StatFile(path): status})
    (shown,) = system.ask(sweep).value
    assert shown == "~/folder-1/Winny/Winny.exe"
    assert system.ask(StatFile(shown)).value.size == 1


def test_of_a_package_list_only_listed_names_and_the_manager_stay() -> None:
    out = b"installed diary 1.0\ninstalled zoom 6.5\ninstalled dpkg 1.22\ninstalled zoomies 1\n"
    assert (
        after(DPKG, Completed(0, out, b"no diary")).stdout
        == b"installed zoom 6.5\ninstalled dpkg 1.22\n"
    )


HISTORY = b"""
Start-Date: 2026-11-18  09:00:00
Commandline: apt-get -o Dir::Cache=/tmp install diary zoom
Requested-By: hanako (1000)
Install: diary:amd64 (1.0), zoom:amd64 (6.5)
End-Date: 2026-11-18  09:00:10
"""


@pytest.mark.parametrize("packed", [False, True])
def test_apts_history_keeps_times_and_commands(packed: bool) -> None:
    path = "/var/log/apt/history.log" + (".1.gz" if packed else "")
    shown = after(ReadFile(path), gzip.compress(HISTORY) if packed else HISTORY)
    assert (gzip.decompress(shown) if packed else shown) == (
        b"Start-Date: 2026-11-18  09:00:00\n"
        b"Commandline: apt-get -o Dir::other install other other\n"
        b"Install: other\n"
        b"End-Date: 2026-11-18  09:00:10\n"
    )


def test_a_transaction_names_no_package() -> None:
    kit = "org.freedesktop.PackageKit"
    asked = DBusTransaction(kit, "/", kit, "CreateTransaction", kit, (), ("Package",), "Finished")
    signals = (
        DBusSignal("Package", (8, "diary;1.1;amd64;debian", "Keeps your diary")),
        DBusSignal("Packages", ([[8, "zoom;6.5;amd64;", "Meet"]],)),
        DBusSignal("Finished", (1, 20)),
    )
    assert after(asked, signals) == (
        DBusSignal("Package", (8, "other;;;", "")),
        DBusSignal("Packages", ([[8, "zoom;;;", ""]],)),
        DBusSignal("Finished", (1, 20)),
    )


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact(recorded({FILE: b"hanako 192.168.1.9 0a:1b:2c:3d:4e:5f"}), keep, HANAKO)
    assert redact(once, keep, HANAKO) == once


def test_the_names_that_a_check_looks_for_are_public() -> None:
    programs = (Process("obs"), Process("my-secret-tool"))
    answers = {ListProcesses(): programs, SSID: b"0000docomo"}
    result = redact(recorded(answers), public_names(Catalogues()), HANAKO)
    replay = RecordedSystem(result)
    assert replay.ask(ListProcesses()) == Known((Process("obs"), Process("other")), "")
    assert replay.ask(SSID) == Known(b"0000docomo", "")


@given(st.text(max_size=12))
def test_a_name_stays_as_a_whole_or_not_at_all(name: str) -> None:
    listed = public_names(Catalogues())
    assert all(map(listed, ("winny.exe", "Winny.EXE", "drive_c", "sshd")))
    assert not listed(name + "/winny.exe")
    assert not listed("")


def test_a_found_file_sharing_program_is_still_found_after_redaction() -> None:
    def machine(*processes: Process) -> dict[Question, object]:
        return {
            ReadFile("/proc/version"): b"Linux version 6.12",
            ListProcesses(): (*processes, Process("init")),
        }

    for processes, verdict in (
        ((Process("amule", own=True), Process("diary")), Verdict.FAIL),
        ((Process("diary"),), None),
    ):
        live = RecordedSystem(recorded(machine(*processes)), Unread.MISSING)
        written = redact(recorded(machine(*processes)), public_names(Catalogues()), HANAKO)
        replay = RecordedSystem(written, Unread.MISSING)
        before, after_it = (file_sharing.run(system, context()) for system in (live, replay))
        assert before.verdict == after_it.verdict
        assert verdict in (None, before.verdict)


def test_a_redacted_recording_is_judged_as_the_machine_was() -> None:
    release = b'ID=debian\nVERSION_ID="13"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n'
    version = b"Linux version 6.12.48 (builder@hanako-no-pasokon)"
    system = redacted({ReadFile("/etc/os-release"): release, ReadFile("/proc/version"): version})
    assert os_support.run(system, context()).reason == OsSupport.SUPPORTED
