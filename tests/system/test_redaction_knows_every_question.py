"""A rule for whatever a check asks says what may be recorded; and no rule is left over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import pytest

from precheck.contract.api import HEALTH_PATH, MEASURE_PATH, Health
from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import CheckId
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Fact, Known, Unknown
from probes.network import connection_quality
from probes.public_names import public_names
from probes.registry import SUBJECTS, load_check
from probes.system.live import live_system
from probes.system.questions import (
    Completed,
    DBusCall,
    DBusGet,
    DBusSignal,
    DBusTransaction,
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
    ReadLink,
    RunCommand,
    StatFile,
    SweepFiles,
)
from probes.system.recording import RecordedSystem, Recorder, Recording, decode_recording
from probes.system.recording import encode_recording as encode
from probes.system.redaction import redact
from probes.system.rules import BUS, COMMANDS, FILE_NAMES, FILES, FOLDERS, LINKS, has_rule
from tests.machines import context

ENDPOINT = "https://precheck.example.jp"
DISTRIBUTIONS = {
    "debian": "/usr/bin/apt-get",
    "fedora": "/usr/bin/dnf5",
    "rhel": "/usr/bin/dnf",
    "opensuse-leap": "/usr/bin/zypper",
    "opensuse-tumbleweed": "/usr/bin/zypper",
    "arch": "/usr/bin/pacman",
    "ubuntu": "/usr/bin/apt-get",
}
NOT_THERE = {
    *("/.flatpak-info", "/run/.containerenv", "/run/ostree-booted", "/run/reboot-required"),
    *DISTRIBUTIONS.values(),
}
OBJECTS = {"ActiveAccessPoint", "ActiveConnection", "Connection", "CurrentBSS"}
HEALTHY = b'{"service":"precheck","server_time":"2026-11-20T03:00:00Z"}'
ROUTE = (
    b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
    b"wlan0\t00000000\t010BA8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
)
LEGACY_IN_NFT = b"""{"nftables": [{"metainfo": {"json_schema_version": 1}}, %s]}""" % b", ".join(
    b"""{"table": {"family": "%b", "name": "filter"}},
    {"chain": {"family": "%b", "table": "filter", "name": "INPUT"}},
    {"rule": {"family": "%b", "table": "filter", "chain": "INPUT", "expr": [{"xt": null}]}}"""
    % (family, family, family)
    for family in (b"ip", b"ip6")
)
APT_LIST = b"Listing...\ndiary/stable 2 all [upgradable from: 1]\n"
APT_VERSIONS = b"Listing...\ndiary/stable-security 2 all [upgradable from: 1]\n"


class Obliging:
    """A machine, composed, on which whatever is asked for is there, so that every question comes
    that depends on another's answer; of package managers there is one alone. A `bare` one has a
    wire and no devices, its commands fail and it has no systemd."""

    family = OsFamily.LINUX

    def __init__(self, distribution: str, bare: bool = False) -> None:
        self._distribution = distribution
        self._bare = bare

    def ask(self, question: Question[Any]) -> Fact[Any]:
        value = self._answer(question)
        return Unknown(Unread.MISSING, "") if value is None else Known(value, "")

    def _answer(self, question: Question[Any]) -> Any:
        match question:
            case StatFile():
                there = question.path not in NOT_THERE
                own = DISTRIBUTIONS[self._distribution] == question.path
                return FileStatus("file", 1, 1.7e9) if there or own else None
            case ReadFile():
                return self._file(question.path)
            case ListFolder():
                return self._folder(question.path)
            case ReadLink():
                return "/sys/devices/pci/usb1/video4linux/video0"
            case RunCommand():
                return self._command(question.argv)
            case ListProcesses():
                names = ("init", "clamd", "wdavdaemon")
                return tuple(Process(name) for name in names)
            case ListListeners() | SweepFiles():
                return ()
            case ListInterfaces():
                return (Interface("wlan0", True, False, ("192.168.11.5",)),)
            case DBusGet(property="ActiveState") if self._bare:
                return None
            case DBusGet():
                path = question.property in OBJECTS
                return (
                    "/an/object"
                    if path
                    else {"Ssid": b"home", "BackendName": "dnf"}.get(question.property, 1)
                )
            case DBusCall():
                return self._call(question.member)
            case DBusTransaction():
                return (DBusSignal("Finished", (1, 20)),)
            case HttpGet() | HttpPost():
                measured = question.url.partition("?bytes=")[2]
                status = 204 if isinstance(question, HttpPost) else 200
                return HttpAnswer(status, {}, bytes(int(measured)) if measured else HEALTHY, 0.1)
        return None

    def _file(self, path: str) -> bytes | None:
        if path == "/proc/net/route":
            return ROUTE
        if path == "/etc/firewalld/zones/public.xml":
            return None
        if path == "/proc/asound/pcm":
            return None if self._bare else b"00-00: A : A : playback 1 : capture 1\n"
        if path.endswith("os-release"):
            return f"ID={self._distribution}\nVERSION_CODENAME=x\n".encode()
        return {"/proc/sys/kernel/osrelease": b"6.12.1\n", "/proc/net/ipv6_route": b""}.get(
            path, b"some\n"
        )

    def _folder(self, path: str) -> tuple[str, ...] | None:
        if path == "/sys/class/video4linux" and self._bare:
            return None
        for end, names in (
            ("/repodata", ("repomd.xml", "0a-primary.xml.zst", "0b-updateinfo.xml.zst")),
            ("/apt/lists", ("a_dists_stable-security_InRelease",)),
            ("/class/video4linux", ("video0",)),
            ("/net/wlan0", ("device",) if self._bare else ("wireless", "device")),
            ("/asound", ("cards",)),
            ("/flatpak/app", ("org.mozilla.firefox", "us.zoom.Zoom")),
            ("/snap", ("firefox", "zoom-client")),
        ):
            if path.endswith(end):
                return names
        return ("updates-3401c8632d4d8352",) if path.startswith("/var/cache/") else ()

    def _command(self, argv: tuple[str, ...]) -> Completed:
        out = {
            "apt": APT_VERSIONS if "--all-versions" in argv else APT_LIST,
            "nft": LEGACY_IN_NFT,
            "mdatp": b'{"threats": {"scans": []}}',
        }.get(argv[0].rpartition("/")[2], b"")
        return Completed(int(self._bare), out, b"")

    def _call(self, member: str) -> tuple[Any, ...]:
        return {
            "GetDeviceByIpIface": ("/an/object",),
            "GetInterface": ("/an/object",),
            "NameHasOwner": (True,),
            "getDefaultZone": ("public",),
            "getActiveZones": ({"public": {"interfaces": ["wlan0"]}},),
            "GetSettings": ({"802-11-wireless": {}},),
            "GetTimeSinceAction": (60,),
        }.get(member, ("enabled",))


def asked_of(system: Any) -> tuple[Question[Any], ...]:
    """What all checks ask of a machine."""
    recorder = Recorder(system)
    for check in SUBJECTS:
        load_check(check).run(recorder, context(endpoint=ENDPOINT))
    return tuple(answer.question for answer in recorder.answers())


def composed_machines() -> Iterator[Obliging]:
    for distribution in DISTRIBUTIONS:
        yield Obliging(distribution)
        yield Obliging(distribution, bare=True)


EVERYTHING = tuple(question for machine in composed_machines() for question in asked_of(machine))


def test_every_question_on_composed_machines_has_a_rule() -> None:
    assert {question for question in EVERYTHING if not has_rule(question)} == set()


def test_every_question_on_this_machine_has_a_rule() -> None:
    recorder = Recorder(live_system())
    for check in SUBJECTS:
        load_check(check).run(recorder, context(datetime.now(UTC)))
    questions = [answer.question for answer in recorder.answers()]
    assert len(questions) > 50
    assert [question for question in questions if not has_rule(question)] == []


@pytest.mark.parametrize(
    "question",
    [
        RunCommand(("lsb_release", "-a")),
        RunCommand(("dpkg-query", "-W")),
        RunCommand(("apt-get", "-s", "dist-upgrade")),
        RunCommand(("apt-config", "dump")),
        RunCommand(()),
        ReadFile("/var/log/syslog"),
        ReadFile("/var/log/zypp/history"),
        ReadFile("/etc/machine-id"),
        ReadFile("/sys/class/dmi/id/product_serial"),
        ReadFile("~/.bash_history"),
        ReadFile("~/.local/share/applications/diary.desktop"),
        ReadFile("/home/someone/.config/mimeapps.list"),
        ListFolder("~"),
        ListFolder("/home"),
        ReadLink("~/notes"),
        DBusGet("org.freedesktop.hostname1", "/", "org.freedesktop.hostname1", "Hostname"),
        DBusCall("org.freedesktop.login1", "/", "org.freedesktop.login1.Manager", "ListUsers"),
        HttpGet("https://precheck.example.jp/api/v1/appointment"),
        HttpPost("https://precheck.example.jp/api/v1/reports", 1),
    ],
    ids=str,
)
def test_what_no_check_asks_has_no_rule(question: Question[Any]) -> None:
    assert not has_rule(question)
    recorder = Recorder(_Telling(question))
    recorder.ask(question)
    written = encode(redact(_recording(recorder), public_names(Catalogues())))
    answer = RecordedSystem(decode_recording(written)).ask(question)
    assert isinstance(answer, Unknown)
    assert answer.why is Unread.NOT_RECORDED
    assert b"private" not in written


class _Telling:
    """A machine that answers one question."""

    family = OsFamily.LINUX

    def __init__(self, question: Question[Any], value: Any = None) -> None:
        self._value = value or {
            RunCommand: Completed(0, b"private", b"private"),
            ReadFile: b"private",
            ListFolder: ("private",),
            DBusCall: ("private",),
            HttpGet: HttpAnswer(200, {}, b"private", 0.1),
            HttpPost: HttpAnswer(200, {}, b"private", 0.1),
        }.get(type(question), "private")

    def ask(self, question: Question[Any]) -> Fact[Any]:
        return Known(self._value, "")


def test_no_rule_is_left_over() -> None:
    """Every rule is met by some question: one that is not permits what nobody needs."""
    rules: tuple[tuple[str, Any, str], ...] = (
        *(("file", key, "FILES") for key in FILES),
        *(("file", key, "FILE_NAMES") for key in FILE_NAMES),
        *(("command", key, "COMMANDS") for key in COMMANDS),
        *(("folder", key, "FOLDERS") for key in FOLDERS),
        *(("link", key, "LINKS") for key in LINKS),
        *(("bus", (name, member), "BUS") for name, members in BUS.items() for member in members),
    )
    assert {(key, table) for kind, key, table in rules if not _is_met(kind, key)} == set()


def _is_met(kind: str, key: Any) -> bool:
    def met(question: Question[Any]) -> bool:
        match kind, question:
            case "file", ReadFile(path=path):
                return fnmatchcase(path if "/" in key else path.rpartition("/")[2], key)
            case "folder", ListFolder(path=path):
                return fnmatchcase(path, key)
            case "link", ReadLink(path=path):
                return fnmatchcase(path, key)
            case "command", RunCommand(argv=argv):
                program = argv[0].rpartition("/")[2]
                words = (program, *argv[1:])
                return all(map(fnmatchcase, words, key)) and len(words) >= len(key)
            case "bus", DBusGet():
                return (question.name, question.property) == key
            case "bus", DBusCall():
                return (question.name, question.member) == key
            case "bus", DBusTransaction():
                return (question.name, question.create) == key
        return False

    return any(map(met, EVERYTHING))


def _recording(recorder: Recorder, now: datetime | None = None) -> Recording:
    return Recording(
        schema=1,
        family=recorder.family,
        recorded_at=now or datetime.now(UTC),
        agent_version="0",
        provenance="captured for a test",
        answers=recorder.answers(),
    )


def _replayed(recorder: Recorder, now: datetime) -> RecordedSystem:
    redacted = redact(_recording(recorder, now), public_names(Catalogues()))
    return RecordedSystem(decode_recording(encode(redacted)))


def test_this_machine_is_judged_the_same_after_redaction() -> None:
    now = datetime.now(UTC)
    recorder = Recorder(live_system())
    live = {check: load_check(check).run(recorder, context(now)) for check in SUBJECTS}
    replay = _replayed(recorder, now)
    for check, before in live.items():
        again = load_check(check).run(replay, context(now))
        assert (check, again.verdict, again.reason) == (check, before.verdict, before.reason)
        assert again.evidence == before.evidence


@pytest.mark.parametrize("bare", [False, True])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_composed_machines_are_judged_the_same(distribution: str, bare: bool) -> None:
    now = datetime.now(UTC)
    recorder = Recorder(Obliging(distribution, bare))
    asked = context(now, endpoint=ENDPOINT)
    live = {check: load_check(check).run(recorder, asked) for check in SUBJECTS}
    replay = _replayed(recorder, now)
    for check, before in live.items():
        if check is not CheckId.CONNECTION_QUALITY:
            again = load_check(check).run(replay, asked)
            assert (check, again.verdict, again.reason) == (check, before.verdict, before.reason)


def test_what_was_measured_is_not_kept_and_a_replay_says_so() -> None:
    recorder = Recorder(Obliging("debian"))
    asked = context(datetime.now(UTC), endpoint=ENDPOINT)
    connection_quality.run(recorder, asked)
    written = encode(redact(_recording(recorder), public_names(Catalogues())))
    assert len(written) < 20_000
    assert len(encode(_recording(recorder))) > 100_000
    replay = RecordedSystem(decode_recording(written))
    health = replay.ask(HttpGet(ENDPOINT + HEALTH_PATH, timeout=3.0))
    assert isinstance(health, Known)
    assert health.value.body == HEALTHY
    measured = [
        answer
        for answer in decode_recording(written).answers
        if MEASURE_PATH in getattr(answer.question, "url", "")
    ]
    assert measured
    assert {answer.unknown for answer in measured} == {"not_recorded"}
    assert connection_quality.run(replay, asked).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://hanako:secret@precheck.example.jp", "https://precheck.example.jp"),
        ("https://8.8.8.8:8443", "https://8.8.8.8:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://192.168.11.5", "https://10.0.0.1"),
    ],
)
def test_an_endpoints_address_loses_its_user_and_a_private_place(address: str, shown: str) -> None:
    health, measure = HttpGet(address + HEALTH_PATH), HttpPost(address + MEASURE_PATH, 9)
    more = HttpGet(address + MEASURE_PATH + "?code=123&bytes=9#x")
    recorder = Recorder(Obliging("debian"))
    for question in (health, measure, HttpGet(address + MEASURE_PATH + "?bytes=9")):
        recorder.ask(question)
    written = redact(_recording(recorder), public_names(Catalogues()))
    assert [answer.question.url for answer in written.answers] == [
        shown + HEALTH_PATH,
        shown + MEASURE_PATH,
        shown + MEASURE_PATH + "?bytes=9",
    ]
    asked = Recorder(_Telling(more))
    asked.ask(more)
    (answer,) = redact(_recording(asked), public_names(Catalogues())).answers
    assert answer.question.url == shown + MEASURE_PATH


def test_a_sign_in_page_is_recognised_and_tells_nothing() -> None:
    question = HttpGet(f"http://127.0.0.1{HEALTH_PATH}")
    headers = {
        "content-type": "text/html",
        "set-cookie": "guest=room 501",
        "location": "http://hotel.example/login?mac=0a:1b:2c:3d:4e:5f",
    }
    page = HttpAnswer(302, headers, b"<p>room 501</p>", 0.1)
    assert _http(question, page) == HttpAnswer(
        302, {"content-type": "text/html", "location": "http://elsewhere.invalid/"}, b"", 0.1
    )


def test_the_endpoints_own_word_stays_and_no_other_body() -> None:
    question = HttpGet(ENDPOINT + HEALTH_PATH)
    assert Health.__struct_fields__ == ("service", "server_time")
    assert _http(question, HttpAnswer(200, {}, HEALTHY, 0.1)).body == HEALTHY
    for body in (b'{"guest": "room 501"}', HEALTHY[:-1] + b',"guest":"room 501"}', b"room 501"):
        assert _http(question, HttpAnswer(200, {}, body, 0.1)).body == b""


def _http(question: HttpGet, answer: HttpAnswer) -> HttpAnswer:
    recorder = Recorder(_Telling(question, answer))
    recorder.ask(question)
    fact = _replayed(recorder, datetime.now(UTC)).ask(question)
    assert isinstance(fact, Known)
    return fact.value
