"""Whatever a person wrote where a system lets them write comes out of a recording in no shape."""

import gzip
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from probes.facts import Known
from probes.public_names import public_names
from probes.system.masks import Personal
from probes.system.questions import (
    Completed,
    DBusGet,
    DBusSignal,
    DBusTransaction,
    ListFolder,
    ListProcesses,
    Process,
    ReadFile,
    RunCommand,
)
from probes.system.recording import RecordedSystem, encode_recording
from probes.system.redaction import redact
from tests.machines import recording

KEEP = public_names(Catalogues())
KIT = "org.freedesktop.PackageKit"

FILES: dict[str, str] = {
    "/var/log/apt/history.log": """
Start-Date: 2026-11-18  09:00:00
Commandline: /opt/@/apt-get -oDir::Etc::sourcelist=/tmp/@/sources.list -c=/media/@/USB/apt.conf
Requested-By: @ (1000)
Upgrade: @:amd64 (1.0, 1.0+@)
@: @
@
End-Date: 2026-11-18  09:00:10 @

Start-Date: 2026-11-18 @
Commandline: @ --root=/srv/@ -oAPT::Foo=@ -@ --@ @:: ::@ install @ firefox=@ '@
Error: @ returned an error code
""",
    "/var/lib/apt/lists/source_dists_x_InRelease": "Origin: Debian @\nSuite: @\nLabel: @\n"
    "Codename: @-security\nDate: Sat, 21 Nov 2026 00:00:00 UTC\nDescription: @\n@\n",
    "/var/log/pacman.log": "[2026-11-18T09:00:00+0900] [@] starting full system upgrade\n"
    "[2026-11-18T09:00:00+0900] [PACMAN] Running 'pacman -U /home/@.zst'\n@\n",
    "/etc/ufw/ufw.conf": "# @\nENABLED=yes # @\nLOGLEVEL=@\nENABLED=@\nOWNER_@=@\n",
    "/etc/default/ufw": 'DEFAULT_INPUT_POLICY="DROP" # @\nIPT_SYSCTL=/srv/@/x\nIPT_MODULES="@"\n',
    "/proc/asound/cards": " 0 [@             ]: USB-Audio - @ Phone\n                      @\n",
    "/proc/asound/pcm": "00-00: @ : @ : playback 1 : capture 1\n@\n",
    "/sys/class/video4linux/video0/name": "@ no camera\n",
    "/sys/class/net/eth0/uevent": "DEVTYPE=@\nINTERFACE=eth0\nNOTE=@\n",
    "~/.config/mimeapps.list": "[@]\n@=@\n[Default Applications]\n"
    "x-scheme-handler/https=@.desktop;@\n",
    "~/.config/user-dirs.dirs": '# @\nXDG_DOWNLOAD_DIR="$HOME/@/x"\nXDG_@_DIR="/@"\n',
    "/var/lib/ubuntu-advantage/status.json": '{"account": {"name": "@"}, "@": 1, '
    '"services": [{"name": "esm-infra", "status": "enabled", "description": "@"}]}',
    "/usr/share/x.metainfo.xml": "<component><name>@</name><release version='1.0'>"
    "<p>@</p></release></component>",
}
COMMANDS: dict[tuple[str, ...], str] = {
    ("/usr/bin/apt", "list", "--upgradable"): "Listing...\n"
    "@/@,@-security 1.0+@ amd64 [upgradable from: 1.0~@]\n@/bookworm 1 @ [installed,@]\n@\n",
    ("apt-config", "dump", "APT::Periodic"): 'APT::Periodic::@ "@";\n'
    'APT::Periodic::Enable "@";\nAPT::Periodic::Unattended-Upgrade "1 @";\n@\n',
    ("dpkg-query", "-W", "-f", "${db:Status-Want} ${Package} ${Architecture}\\n"): (
        "hold @ @\ninstall @ @\n@\n"
    ),
    ("pacman", "-Qu"): "@ 1+@ -> 2+@ [@]\n@\n",
    ("dnf5", "-q", "-C", "x", "x", "advisory", "list"): '[{"name": "@", "type": "@", '
    '"severity": "@", "buildtime": "@"}]',
    ("zypper", "--xmlout", "list-patches"): '<stream><message type="info">@</message>'
    '<update-status><update-list><update name="@" status="needed" kind="patch" category="security">'
    '<summary>@</summary><source url="dir:/srv/@" alias="@"/></update></update-list>'
    "</update-status></stream>",
    ("mdatp", "health", "--output", "json"): '{"orgId": "@", "licensed": true, '
    '"edrDeviceTags": [{"key": "@", "text": "@"}], "@": 1}',
    ("mdatp", "threat", "list", "--output", "json"): '{"threats": {"scans": [{"threats": '
    '[{"name": "@", "files": ["/home/@"], "history": [{"key": "1", "value": "detected"}]}]}]}}',
}

FIXED = st.sampled_from(["satohanako", "USB-KEIRI", "Hanako's Phone", "佐藤花子", "経理 部"])
MARKERS = FIXED | st.text(alphabet="qxzあ鬱Ж", min_size=5, max_size=16)
"""Words that no system and no list of this program has."""


def written(answers: dict[Any, Any]) -> str:
    left = redact(recording(answers), KEEP, Personal())
    return encode_recording(left).decode()


def assert_gone(marker: str, answers: dict[Any, Any]) -> None:
    shown = written(answers).casefold()
    assert [word for word in re.findall(r"\w{4,}", marker) if word.casefold() in shown] == []


@pytest.mark.parametrize("path", FILES)
@settings(max_examples=15)
@given(marker=MARKERS)
@example(marker="satohanako")
def test_a_word_of_the_persons_in_a_file_is_not_recorded(path: str, marker: str) -> None:
    assert_gone(marker, {ReadFile(path): FILES[path].replace("@", marker).encode()})


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
@settings(max_examples=15)
@given(marker=MARKERS)
@example(marker="satohanako")
def test_a_word_of_the_persons_in_an_output_is_not_recorded(
    argv: tuple[str, ...], marker: str
) -> None:
    raw = COMMANDS[argv].replace("@", marker).encode()
    assert_gone(marker, {RunCommand(argv): Completed(0, raw, raw)})


@given(marker=MARKERS)
def test_nor_is_one_in_a_packed_log(marker: str) -> None:
    log = FILES["/var/log/apt/history.log"].replace("@", marker).encode()
    assert_gone(marker, {ReadFile("/var/log/apt/history.log.1.gz"): gzip.compress(log)})


@given(marker=MARKERS)
def test_nor_is_one_in_a_folder_that_a_listed_program_runs_from(marker: str) -> None:
    path = f"/srv/{marker}/firefox"
    programs = (
        Process("firefox", executable=path, argv0=path, own=True),
        Process(marker, executable=f"/opt/{marker}", argv0=f"/opt/{marker}"),
    )
    assert_gone(marker, {ListProcesses(): programs})


@given(marker=MARKERS)
def test_nor_is_the_name_of_a_list_of_apts(marker: str) -> None:
    names = (f"{marker}_dists_{marker}_{marker}_InRelease", marker, f"{marker}_Release")
    assert_gone(marker, {ListFolder("/var/lib/apt/lists"): names})


@given(marker=MARKERS)
def test_nor_is_where_a_package_came_from(marker: str) -> None:
    asked = DBusTransaction(KIT, "/", KIT, "CreateTransaction", KIT, (), ("Package",), "Finished")
    package = f"firefox;1.0+{marker};{marker};installed:{marker}"
    assert_gone(marker, {asked: (DBusSignal("Package", (8, package, marker)),)})


@given(marker=MARKERS)
def test_of_a_companys_network_its_beginning_stays_alone(marker: str) -> None:
    asked = DBusGet("org.freedesktop.NetworkManager", "/ap", "x.AccessPoint", "Ssid")
    ssids = Catalogues().ssids
    for start in ("free_", "Wi2", ".Wi2_Free_at_"):
        answers: dict[Any, Any] = {asked: f"{start}{marker}".encode()}
        assert_gone(marker, answers)
        shown = RecordedSystem(redact(recording(answers), KEEP, Personal())).ask(asked)
        assert isinstance(shown, Known)
        assert ssids.kind_of(shown.value.decode()) is ssids.kind_of(f"{start}{marker}")
        assert not KEEP(f"{start}{marker}"), "nor does a program or a folder of such a name stay"


def test_what_a_check_reads_is_still_there() -> None:
    """The other direction: a word that a check looks for is no person's."""
    log = FILES["/var/log/apt/history.log"]
    shown = written({ReadFile("/var/log/apt/history.log"): log.encode()})
    assert all(word in shown for word in ("Start-Date: 2026-11-18  09:00:00", "Upgrade: "))
    switched = written({ReadFile("/etc/ufw/ufw.conf"): b"ENABLED=yes\n"})
    assert "ENABLED=yes" in switched
