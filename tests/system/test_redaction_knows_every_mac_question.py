"""Whatever a check asks of a Mac has a rule for what of the answer is recorded, and no rule is left
over. A Mac's version and updates are judged the same from a recording, without what else is on it.

The machines are composed.
"""

import plistlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.reasons import OsSupport, SecurityUpdates, Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Known, Unknown
from probes.macos_version import REAL_VERSION, RESPONSE
from probes.os_support import os_support
from probes.public_names import public_names
from probes.registry import SUBJECTS, load_check
from probes.security_updates import security_updates
from probes.security_updates.macos import HISTORY, MANAGED, PREFERENCES, RESTRICTIONS
from probes.system.macos_rules import COMMANDS, FILE_NAMES, FILES, FOLDERS, LINKS
from probes.system.masks import Personal
from probes.system.questions import (
    Completed,
    FileStatus,
    HttpAnswer,
    HttpGet,
    HttpPost,
    Interface,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Process,
    Question,
    ReadFile,
    RunCommand,
    StatFile,
    SweepFiles,
)
from probes.system.recording import (
    RecordedSystem,
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
)
from probes.system.redaction import redact
from probes.system.rules import has_rule
from tests.machines import NOON, composed, context
from tests.probes.macos import mac, plist, system_version
from tests.probes.test_security_updates_on_macos import MINOR, ago, history, preferences, update

ENDPOINT = "https://precheck.example.jp"
NOBODY = Personal(frozenset(), frozenset(), frozenset())
HEALTHY = b'{"service":"precheck","server_time":"2026-11-20T03:00:00Z"}'
NWI = b"""Network information

IPv4 network interface information
     en0 : flags      : 0x5 (IPv4,DNS)
           address    : 192.168.11.5
           reach      : 0x00000002 (Reachable)

   REACH : flags 0x00000002 (Reachable)

IPv6 network interface information
   No IPv6 states found


   REACH : flags 0x00000000 (Not Reachable)

Network interfaces: en0
"""
WIFI = b"<dictionary> {\n  InterfaceType : WiFi\n  LinkStatusActive : TRUE\n  Security : NONE\n}\n"
OUTPUTS = {"scutil": NWI, "ipconfig": WIFI, "mdutil": b"/:\n\tIndexing enabled. \n"}


class Obliging:
    """A Mac of some version on which whatever is asked for is there; of a `bare` one commands and
    files are missing, but for the files that tell its version."""

    family = OsFamily.MACOS

    def __init__(self, version: str, bare: bool = False) -> None:
        self._version = version
        self._bare = bare

    def ask(self, question: Question[Any]) -> Fact[Any]:
        value = self._answer(question)
        return Unknown(Unread.MISSING, "") if value is None else Known(value, "")

    def _answer(self, question: Question[Any]) -> Any:
        match question:
            case ReadFile(path=path) if path.endswith(("Version.plist", "Platform.plist")):
                return system_version(self._version)
            case _ if self._bare and not isinstance(question, HttpGet | HttpPost):
                return None
            case ReadFile():
                return plistlib.dumps({})
            case StatFile():
                return FileStatus("file", 1, 1.7e9)
            case ListFolder(path=path):
                apps = ("Firefox.app", "Safari.app", "Utilities", "zoom.us.app")
                return () if path.endswith("/Utilities") else apps
            case RunCommand(argv=argv):
                return Completed(0, OUTPUTS.get(argv[0].rpartition("/")[2], b""), b"")
            case ListProcesses():
                return (Process("launchd", "/sbin/launchd"), Process("wdavdaemon"))
            case ListListeners() | SweepFiles():
                return ()
            case ListInterfaces():
                return (Interface("en0", True, False, ("192.168.11.5",)),)
            case HttpGet() | HttpPost():
                measured = question.url.partition("?bytes=")[2]
                status = 204 if isinstance(question, HttpPost) else 200
                return HttpAnswer(status, {}, bytes(int(measured)) if measured else HEALTHY, 0.1)
        return None


def asked_of(system: Any) -> tuple[Question[Any], ...]:
    """What all checks ask of a machine."""
    recorder = Recorder(system)
    for check in SUBJECTS:
        load_check(check).run(recorder, context(endpoint=ENDPOINT))
    return tuple(answer.question for answer in recorder.answers())


def machines() -> Iterator[Obliging]:
    for version in ("13.7.8", "14.8.9", "15.8.1", "26.7.1", "27.0"):
        yield Obliging(version)
        yield Obliging(version, bare=True)


EVERYTHING = tuple(question for machine in machines() for question in asked_of(machine))


def test_every_question_to_a_mac_has_a_rule() -> None:
    assert len(EVERYTHING) > 100
    assert {question for question in EVERYTHING if not has_rule(question)} == set()


def test_no_rule_is_left_over() -> None:
    rules = (
        *(("file", key) for key in (*FILES, *FILE_NAMES)),
        *(("command", key) for key in COMMANDS),
        *(("folder", key) for key in FOLDERS),
    )
    assert {key for kind, key in rules if not _is_met(kind, key)} == set()
    assert LINKS == ()


def _is_met(kind: str, key: Any) -> bool:
    def met(question: Question[Any]) -> bool:
        match kind, question:
            case "file", ReadFile(path=path):
                return fnmatchcase(path if "/" in key else path.rpartition("/")[2], key)
            case "folder", ListFolder(path=path):
                return fnmatchcase(path, key)
            case "command", RunCommand(argv=argv):
                words = (argv[0].rpartition("/")[2], *argv[1:])
                return len(words) >= len(key) and all(map(fnmatchcase, words, key))
        return False

    return any(map(met, EVERYTHING))


HANAKO: dict[Question[Any], Any] = {
    **mac("15.7"),
    RESPONSE: system_version("15.7", "24G9a", ProductVersionExtra="(a)"),
    PREFERENCES: plist(
        preferences(
            RecommendedUpdates=[update(MINOR), update("hanako-printer", "花子のプリンタ")],
            FirstOfferDateDictionary={MINOR: ago(30), "hanako": ago(2)},
            InstallDateDictionary={"24G231": ago(60), "花子": ago(1)},
            LastAttemptUser="hanako",
        ),
        binary=True,
    ),
    HISTORY: plist(
        [
            {
                "date": ago(60),
                "displayName": "macOS\u00a015.7",
                "displayVersion": "15.7",
                "processName": "softwareupdated",
                "packageIdentifiers": ["jp.hanako"],
            },
            {"date": ago(1), "displayName": "花子の家計簿", "displayVersion": "1"},
        ]
    ),
    MANAGED: plist({"AutomaticDownload": 1, "CatalogURL": "https://hanako.example.jp/"}),
    RESTRICTIONS: plist({"allowCamera": True, "blockedHost": "hanako.example.jp"}),
}
RECENT = {
    **HANAKO,
    **mac("15.8.1"),
    PREFERENCES: plist(preferences(RecommendedUpdates=[update(MINOR)])),
    HISTORY: history("macOS\u00a015.8.1", "15.8.1", 5),
}
MACHINES: dict[str, dict[Question[Any], Any]] = {
    "with an update waiting": HANAKO,
    "with an update waiting since a few days": RECENT,
    "of an organisation": {**HANAKO, **mac("15.8.1"), PREFERENCES: plist(preferences())},
    "with automatic updates off": {
        **HANAKO,
        **mac("27.0"),
        PREFERENCES: plist(preferences(CriticalUpdateInstall=False)),
        MANAGED: Unread.MISSING,
    },
    "with an update of a shape that nobody knows": {
        **HANAKO,
        PREFERENCES: plist(preferences(RecommendedUpdates=[update("MSU_UPDATE_hanako")])),
    },
    "that makes no sense": dict.fromkeys(HANAKO, "花子".encode()),
    "that denies": dict.fromkeys(HANAKO, Unread.DENIED),
    "for testers": {**HANAKO, REAL_VERSION: system_version("27.1", "26B5045f")},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_macs_version_and_updates_are_judged_the_same_from_a_recording(machine: str) -> None:
    recorder = Recorder(composed(MACHINES[machine], OsFamily.MACOS))
    live = [check.run(recorder, context()) for check in (os_support, security_updates)]
    recording = Recording(
        schema=1,
        family=OsFamily.MACOS,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )
    written = encode_recording(redact(recording, public_names(Catalogues()), NOBODY))
    replay = RecordedSystem(decode_recording(written))
    for check, before in zip((os_support, security_updates), live, strict=True):
        again = check.run(replay, context())
        assert (again.reason, again.evidence) == (before.reason, before.evidence)
    assert b"hanako" not in written
    assert "花子".encode() not in written


def test_these_machines_are_what_they_are_called() -> None:
    def reasons(machine: str) -> tuple[str, str]:
        system = composed(MACHINES[machine], OsFamily.MACOS)
        return (
            os_support.run(system, context()).reason,
            security_updates.run(system, context()).reason,
        )

    assert reasons("with an update waiting")[1] == SecurityUpdates.PENDING_OLD
    assert reasons("with an update waiting since a few days")[1] == SecurityUpdates.PENDING_RECENT
    assert reasons("of an organisation")[1] == SecurityUpdates.ORGANISATION_CHOOSES
    assert reasons("with automatic updates off")[1] == SecurityUpdates.AUTOMATIC_OFF
    assert reasons("for testers")[0] == OsSupport.PRERELEASE
    assert reasons("that makes no sense") == (Unread.GARBLED, Unread.GARBLED)
    assert reasons("that denies") == (Unread.DENIED, Unread.DENIED)
