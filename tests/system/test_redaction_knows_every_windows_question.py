"""What a Windows machine is asked by all checks has a rule, and what the rules leave is judged as
the machine itself was. All machines here are composed."""

import codecs
import fnmatch
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from precheck.contract.catalogues import Catalogues
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding
from precheck.contract.reasons import FileSharing, NetworkTrust, OpenServices, Unread, Webcam
from precheck.contract.verdict import OsFamily
from probes.antivirus.windows import WINDOWS
from probes.antivirus.windows_defender import UPDATES as DEFINITIONS
from probes.facts import Known
from probes.firewall.windows import POLICIES
from probes.installed_programs import APP_PATHS, PACKAGES, UNINSTALL
from probes.media.windows import VIDEO_CAMERAS, WEBCAM_USE
from probes.media.windows_sound import BUS, CAPTURE, FORM
from probes.network.windows_wifi import parse_profile
from probes.os_support.windows import INSIDER
from probes.public_names import public_names
from probes.registry import SUBJECTS, load_check
from probes.security_updates.windows import (
    DELAYS,
    MANAGED,
    POLICY,
    RESTART_MARKS,
    SERVICES,
    SETTINGS,
)
from probes.software.sweep import names_of
from probes.software.windows import HTTPS_CHOICE
from probes.software.windows_sweep import PERSONAL_VALUES, SHELL_FOLDERS, USUAL_FOLDERS
from probes.software.windows_traces import ASSISTANT, MUI_CACHE, USER_ASSIST
from probes.system.masks import Personal
from probes.system.questions import (
    FileStatus,
    Listener,
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
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
)
from probes.system.redaction import redact
from probes.system.rules import has_rule
from probes.system.software_lists import Names
from probes.system.windows_questions import (
    Adapter,
    ConnectedNetwork,
    Device,
    Drive,
    FileVersion,
    InstalledUpdate,
    ListAdapters,
    ListDrives,
    ListRegistry,
    Networks,
    ReadFileVersion,
    ReadNetworks,
    ReadRegistry,
    ReadSystemMetric,
    ReadUpdateHistory,
    ReadUpdateState,
    ReadWlanLink,
    ReadWlanProfile,
    RegistryValue,
    SearchUpdates,
    UpdateSearch,
    UpdateState,
    WlanLink,
)
from probes.system.windows_registry_rules import KEYS, LISTS, version
from probes.windows_consent import POLICY as CONSENT_POLICY
from probes.windows_consent import STORE
from tests.machines import NOON, composed, context
from tests.probes import security_center
from tests.probes.firewall.windows import DOMAIN, PRIVATE, key, local_key, policy_key, wall
from tests.probes.firewall.windows import PUBLIC as PUBLIC_PROFILE
from tests.probes.test_open_services_on_windows import SHIPPED, SMB, SMB_IN, rules, rules_key
from tests.probes.test_os_support_on_windows import stored
from tests.probes.windows_software import ORDINARY, SHARING, SOFTWARE, TITLES, values

Answers = Mapping[Question[Any], Any]

NOW = NOON.timestamp()
DAY = 86400.0
NOBODY = Personal()
VERSIONS = [place for product in SOFTWARE.products for place in product.windows.versions]
PUBLIC = public_names(Catalogues())

ADAPTER = "{6F9A1C2B-3D4E-4F50-8A61-B2C3D4E5F607}"
MICROPHONE = "{0F0E0D0C-3D4E-4F50-8A61-B2C3D4E5F607}"
GROUP = "{CEBFF5CD-ACE2-4F4F-9178-9926F41749EA}"
WLAN = "http://www.microsoft.com/networking/WLAN/profile/v1"


def profile(name: str, authentication: str = "WPA2PSK", encryption: str = "AES") -> str:
    return (
        f'<WLANProfile xmlns="{WLAN}"><name>{name}</name><SSIDConfig><SSID>'
        f"<hex>{name.encode().hex()}</hex><name>{name}</name></SSID></SSIDConfig><MSM><security>"
        f"<authEncryption><authentication>{authentication}</authentication>"
        f"<encryption>{encryption}</encryption></authEncryption><sharedKey>"
        f"<keyMaterial>{name}</keyMaterial></sharedKey></security></MSM></WLANProfile>"
    )


def wifi(name: str, **protection: str) -> Answers:
    """A link that only its profile tells of."""
    network = ConnectedNetwork(1, 0x40, (ADAPTER,), name)
    return {
        ListAdapters(): (Adapter(ADAPTER, 71, 1, True, 30, True),),
        ReadNetworks(): Networks(0x40, 1, (network,)),
        ReadWlanProfile(ADAPTER, name): profile(name, **protection),
    }


def consented(capability: str) -> Answers:
    place = rf"{STORE}\{capability}"
    keys = (("HKLM", place), ("HKCU", place), ("HKCU", rf"{place}\NonPackaged"))
    return {ReadRegistry(hive, key): values(Value="Allow") for hive, key in keys}


def located() -> Answers:
    """A link that tells of itself, because programs may know the place; no profile tells of it."""
    return {
        **consented("location"),
        ReadWlanLink(ADAPTER): WlanLink(7, 4, False, b"hanako 5G"),
        ReadWlanProfile(ADAPTER, "hanako 5G"): Unread.MISSING,
    }


def filetime(days: float) -> bytes:
    """So many days before the test's noon, as the registry has it."""
    return int((NOW - days * DAY + 11_644_473_600) * 10_000_000).to_bytes(8, "little")


def used_camera(*users: str, still: bool = True) -> Answers:
    """Programs, by path, and packages that Windows notes as users of the camera."""
    noted = [user.replace("\\", "#") for user in users]
    times = {
        "LastUsedTimeStart": RegistryValue(11, 133_000_000_000_000_000),
        "LastUsedTimeStop": RegistryValue(11, 0 if still else 133_000_000_100_000_000),
    }
    programs = tuple(user for user in noted if "#" in user)
    apps = tuple(user for user in noted if "#" not in user)
    below = [*apps, *(rf"NonPackaged\{program}" for program in programs)]
    return {
        ListRegistry("HKCU", WEBCAM_USE): ("NonPackaged", *apps),
        ListRegistry("HKCU", rf"{WEBCAM_USE}\NonPackaged"): programs,
        **{ReadRegistry("HKCU", rf"{WEBCAM_USE}\{name}"): times for name in below},
    }


def installed(entries: Mapping[str, Mapping[str, str]], hive: str = "HKLM") -> Answers:
    return {
        ListRegistry(hive, UNINSTALL): tuple(entries),
        **{
            ReadRegistry(hive, rf"{UNINSTALL}\{name}"): values(**entry)
            for name, entry in entries.items()
        },
    }


def runs(*paths: str) -> Answers:
    own = (Process(path.rpartition("\\")[2], path, None, True) for path in paths)
    return {ListProcesses(): (*ORDINARY, *own)}


def there(*paths: str, days: float = 3.0) -> Answers:
    return {StatFile(path): FileStatus("file", 1, NOW - days * DAY) for path in paths}


def downloaded(folder: str, *files: str) -> Answers:
    """Files below a downloads folder that has been moved to `folder`."""
    roots = (folder, *USUAL_FOLDERS)
    return {
        SHELL_FOLDERS: values(**{PERSONAL_VALUES[2]: folder, "Fonts": rf"{folder}\Fonts"}),
        SweepFiles(roots, names_of(SHARING), 4, 2.0): files,
    }


def remembered(*paths: str) -> Answers:
    """Programs that were once started, remembered in each of the places."""
    count = RegistryValue(3, b"\1" * 72)
    name = RegistryValue(1, "a program of this person")
    return {
        ListRegistry("HKCU", USER_ASSIST): (GROUP,),
        ReadRegistry("HKCU", rf"{USER_ASSIST}\{GROUP}\Count"): {
            codecs.encode(path, "rot13"): count for path in paths
        },
        MUI_CACHE: {"LangID": count, **{f"{path}.FriendlyAppName": name for path in paths}},
        ASSISTANT: dict.fromkeys(paths, count),
    }


def machine(who: str) -> Answers:
    """A Windows 11 in good order on which everything that a person names is named `who`."""
    home = rf"C:\Users\{who}"
    zoom, diary = rf"{home}\AppData\Roaming\Zoom\bin\Zoom.exe", rf"D:\{who}\{who}.exe"
    chrome, reporter = rf"{home}\Chrome\chrome.exe", rf"C:\Program Files\{who}\report.exe"
    store = f"{who}.Diary_1.2.3.4_x64__{who}"
    rule = "v2.33|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|LPort=4000"
    return {
        **wall(PRIVATE),
        rules_key(): {
            **rules(*SHIPPED),
            rf"TCP Query User{{1}}{diary}": RegistryValue(
                1, rf"{rule}|App={diary}|Name={who}|Desc={who}@example.jp|LUOwn=S-1-5-{who}|"
            ),
        },
        ListListeners(): (*SMB, Listener("tcp", "192.168.1.5", 4000, f"{who}.exe")),
        WINDOWS: {
            **values(CurrentBuild="26200", CurrentBuildNumber="26200", EditionID="Core"),
            **values(InstallationType="Client", DisplayVersion="25H2", RegisteredOwner=who),
            **key(UBR=7019),
        },
        ReadUpdateHistory(): (
            InstalledUpdate(1, 2, NOW - 5 * DAY, "更新プログラム (KB5068861) (26200.7019)"),
            InstalledUpdate(1, 2, NOW - 6 * DAY, f"9NBLGGH4-{who} {who}@example.jp"),
        ),
        SearchUpdates(): UpdateSearch(2, ()),
        ReadUpdateState(): UpdateState(False, 4, NOW - DAY, NOW - DAY),
        **{service: key(Start=3) for service in SERVICES},
        security_center.HEALTH: security_center.ProviderHealth(0, 0),
        security_center.PRODUCTS: (security_center.listed(),),
        security_center.ROWS: (security_center.row(reporter=reporter),),
        ListDrives(): (Drive("C:\\", 3),),
        ReadSystemMetric(0x1000): 0,
        TITLES: (),
        **runs(chrome, diary),
        **there(zoom, diary, chrome, reporter),
        ReadFileVersion(zoom): FileVersion("6.6.0.1"),
        ReadFileVersion(chrome): FileVersion("144.0.1.2"),
        ReadFileVersion(diary): FileVersion("1.0.0.0", who, who, who, who),
        **installed({f"{who} Diary": {"DisplayName": f"{who} Diary 1.2", "Publisher": who}}),
        **installed(
            {"ZoomUMX": {"DisplayName": "Zoom Workplace (64-bit)", "DisplayIcon": f'"{zoom}",0'}},
            "HKCU",
        ),
        ListRegistry("HKLM", APP_PATHS): ("chrome.exe", f"{who}.exe"),
        ReadRegistry("HKLM", rf"{APP_PATHS}\chrome.exe"): values(**{"": chrome, "Path": home}),
        ReadRegistry("HKLM", rf"{APP_PATHS}\{who}.exe"): values(**{"": diary}),
        ListRegistry("HKCU", PACKAGES): (store, "Microsoft.ScreenSketch_11.2.1.0_x64__8wekyb3d8"),
        HTTPS_CHOICE: values(ProgId="ChromeHTML", Hash=who),
        **downloaded(rf"\\{who}-nas\{who}\Downloads"),
        **remembered(diary, rf"{home}\Documents\{who}.docx"),
        **wifi(f"{who} 5G"),
        **consented("webcam"),
        **consented("microphone"),
        VIDEO_CAMERAS: (Device("USB", "Integrated Camera", 0), Device("SWD", f"{who} Phone", 0)),
        **used_camera(diary, f"{who}.Diary_{who}", still=False),
        ListRegistry("HKLM", CAPTURE): (MICROPHONE,),
        ReadRegistry("HKLM", rf"{CAPTURE}\{MICROPHONE}"): key(DeviceState=1),
        ReadRegistry("HKLM", rf"{CAPTURE}\{MICROPHONE}\Properties"): {
            FORM: RegistryValue(4, 4),
            BUS: RegistryValue(1, "USB"),
            "{b3f8fa53-0004-438e-9003-51a46e139bfc},2": RegistryValue(1, f"USB\\VID\\{who}"),
        },
    }


HANAKO = machine("hanako")
DIARY = r"D:\hanako\Diary.exe"
PACKAGED = r"C:\Program Files\WindowsApps\hanako.Diary_1.2.3.4_x64__7a\Diary.exe"
WINNY = r"E:\花子の道具\Winny\Winny.exe"
FIREFOX = r"%ProgramFiles%\Mozilla Firefox\firefox.exe"
CHROME = r"C:\Users\hanako\Chrome\chrome.exe"
ZOOM = r"C:\Users\hanako\AppData\Roaming\Zoom\bin\Zoom.exe"

MACHINES: Mapping[str, Answers] = {
    "in good order": {},
    "bare": dict.fromkeys(HANAKO, Unread.MISSING),
    "denying": dict.fromkeys(HANAKO, Unread.DENIED),
    "its camera is used by a program": {**used_camera(DIARY.upper()), **runs(DIARY)},
    "its camera is used by an app": {**used_camera("hanako.Diary_7a"), **runs(PACKAGED)},
    "its camera was used by what runs no more": used_camera(DIARY, "hanako.Diary_7a"),
    "its camera is used by the session's own": {**used_camera(ZOOM), **runs(ZOOM)},
    "file sharing runs": runs(WINNY),
    "file sharing was started once": remembered(WINNY),
    "file sharing lies there": downloaded(r"E:\花子", WINNY),
    "file sharing waits to be installed": downloaded(r"E:\花子", r"E:\花子\qbittorrent.exe"),
    "file sharing is installed": installed(
        {"{1}": {"DisplayName": "µTorrent"}, "{2}": {"DisplayName": "qBittorrent 4.6.2 (x64)"}}
    ),
    "file sharing was installed": installed(
        {"qb": {"DisplayName": "qBittorrent", "DisplayIcon": r"C:\花子\qbittorrent.exe,0"}}
    ),
    "file sharing in a named list entry's icon": {
        **installed({"qb": {"DisplayName": "花子", "DisplayIcon": r"C:\花子\qbittorrent.exe,0"}}),
        **there(r"C:\花子\qbittorrent.exe"),
    },
    "a weak name in its own folder": runs(r"C:\Users\hanako\Ares\Ares.exe"),
    "a recorder of the Store": runs(
        r"C:\Program Files\WindowsApps\Clipchamp.Clipchamp_2.8.1.0_neutral__yxz26\x.exe"
    ),
    "file sharing is let in": {rules_key(): rules(*SHIPPED, SMB_IN)},
    "a screen is let in": {
        ListListeners(): (Listener("tcp", "0.0.0.0", 5900, "winvnc.exe"),),  # noqa: S104
        rules_key(): rules(
            *SHIPPED, r"v2|Action=Allow|Active=TRUE|Dir=In|App=D:\hanako\WinVNC.exe|Name=hanako|"
        ),
    },
    "another program is let in": {
        ListListeners(): (Listener("tcp", "0.0.0.0", 22, "diary.exe"),),  # noqa: S104
        rules_key(): rules(
            *SHIPPED, r"v2|Action=Allow|Active=TRUE|Dir=In|App=D:\hanako\notes.exe|Name=hanako|"
        ),
    },
    "a rule that makes no sense": {rules_key(): rules(*SHIPPED, "hanako was here")},
    "an open network": wifi("hanako 5G", authentication="open", encryption="none"),
    "a network in a shop": wifi("at_STARBUCKS_Wi2", authentication="open", encryption="none"),
    "a network that may be numbered": wifi("hanako 2"),
    "a browser that is old": there(CHROME, days=400),
    "a browser that only the registry dates": {
        ReadFileVersion(CHROME): Unread.DENIED,
        ReadRegistry("HKCU", r"Software\Google\Chrome\BLBeacon"): values(version="144.0.1.2"),
    },
    "firefox": {
        **there(r"C:\花子\firefox.exe"),
        ReadRegistry("HKLM", rf"{APP_PATHS}\chrome.exe"): values(**{"": r"C:\花子\firefox.exe"}),
        ReadFile(r"C:\花子\application.ini"): b"[App]\nVersion=128.0\nBuildID=20240704121409\n",
        HTTPS_CHOICE: values(ProgId="FirefoxURL-308046B0AF4A39CB"),
    },
    **{
        f"a Windows 10 whose store has the update of {days} days ago": {
            WINDOWS: {**values(CurrentBuild="19045", InstallationType="Client"), **key(UBR=7725)},
            ReadUpdateHistory(): (),
            **stored(days),
        }
        for days in (9, 90)
    },
    "a preview of Windows": {INSIDER: key(IsBuildFlightingEnabled=1)},
    "definitions of which only the registry tells": {
        **security_center.status(),
        security_center.STATUS: Unread.TIMED_OUT,
        security_center.PRODUCTS: (security_center.DEFENDER,),
        security_center.ROWS: (security_center.DEFENDER_ROW,),
        security_center.ReadService("WinDefend"): 4,
        DEFINITIONS: {"SignaturesLastUpdated": RegistryValue(3, filetime(30))},
    },
    **{
        f"only its registry says that the firewall is off for {bit}": {
            **wall(bit),
            local_key(bit): key(EnableFirewall=0),
        }
        for bit in (DOMAIN, PRIVATE, PUBLIC_PROFILE)
    },
    **{
        f"a policy at {store[-10:]} turns off {name}": {
            **wall(bit),
            policy_key(name, store): key(EnableFirewall=0),
        }
        for store in POLICIES
        for bit, name in (
            (DOMAIN, "DomainProfile"),
            (PRIVATE, "PrivateProfile"),
            (PRIVATE, "StandardProfile"),
            (PUBLIC_PROFILE, "PublicProfile"),
        )
    },
    **{
        f"a policy at {store[-10:]} lets file sharing in": {rules_key(store): rules(SMB_IN)}
        for store in POLICIES
    },
    **{
        f"a policy says {name}": {CONSENT_POLICY: key(**{name: 2})}
        for name in ("LetAppsAccessCamera", "LetAppsAccessMicrophone")
    },
    "a policy hides the place": {**located(), CONSENT_POLICY: key(LetAppsAccessLocation=2)},
    **{
        f"{question.hive} {question.key[-20:]} denies": {
            **located(),
            question: values(Value="Deny"),
        }
        for capability in ("webcam", "microphone", "location")
        for question in consented(capability)
    },
    "it knows its place": located(),
    "a policy turns updates off": {POLICY: key(NoAutoUpdate=1)},
    "a policy never looks for updates": {POLICY: key(AUOptions=1)},
    "a server turns updates off": {MANAGED: key(AllowAutoUpdate=5)},
    "updates are paused": {SETTINGS: values(PauseUpdatesExpiryTime="2051-12-31T00:00:00Z")},
    "updates are put off": {SETTINGS: values(PauseQualityUpdatesEndTime="2051-12-31T00:00:00Z")},
    "a policy pauses updates": {DELAYS: values(PauseQualityUpdatesStartTime="2026-11-19")},
    "a server pauses updates": {MANAGED: values(PauseQualityUpdatesStartTime="2026-11-19")},
    **{
        f"an organisation chooses its updates, {number}": {ReadUpdateHistory(): (), **answers}
        for number, answers in enumerate(
            (
                {POLICY: key(UseWUServer=1), DELAYS: values(WUServer="http://hanako:8530")},
                {MANAGED: values(UpdateServiceUrl="http://hanako:8530")},
                {MANAGED: values(UpdateServiceUrl="hanako")},
                {DELAYS: key(DeferQualityUpdatesPeriodInDays=30)},
                {MANAGED: key(DeferQualityUpdatesPeriodInDays=30)},
            )
        )
    },
    **{f"{question.key[-14:]} is there": {question: {}} for question in RESTART_MARKS},
    **{f"{question.key[-8:]} is off": {question: key(Start=4)} for question in SERVICES},
    **{
        f"file sharing was started, says {question.key[-8:]}": {
            **remembered(),
            asked: remembered(WINNY)[asked],
        }
        for asked in remembered(WINNY)
        for question in (asked,)
        if isinstance(question, ReadRegistry)
    },
    "the browser that was chosen is old": {
        **there(FIREFOX, days=400),
        HTTPS_CHOICE: values(ProgId="FirefoxURL-308046B0AF4A39CB"),
    },
    "an antivirus that is gone": {StatFile(r"C:\Program Files\hanako\report.exe"): Unread.MISSING},
}


def on(name: str) -> Answers:
    return {**HANAKO, **MACHINES[name]}


def judged(system: Any) -> dict[CheckId, Finding]:
    asked = context(endpoint="https://precheck.example.jp")
    return {check: load_check(check).run(system, asked) for check in SUBJECTS}


def recorded(answers: Answers) -> tuple[dict[CheckId, Finding], Recording]:
    recorder = Recorder(composed(answers, OsFamily.WINDOWS))
    found = judged(recorder)
    return found, recording_of(recorder)


def recording_of(recorder: Recorder) -> Recording:
    return Recording(
        schema=1,
        family=OsFamily.WINDOWS,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )


def told(finding: Finding) -> tuple[str, str]:
    return finding.verdict, finding.reason


@pytest.mark.parametrize("name", MACHINES)
def test_every_question_to_a_windows_machine_has_a_rule(name: str) -> None:
    _, recording = recorded(on(name))
    questions = [answer.question for answer in recording.answers]
    assert len(questions) > 50
    assert [question for question in questions if not has_rule(question)] == []


@pytest.mark.parametrize("name", MACHINES)
def test_a_windows_machine_is_judged_the_same_after_redaction(name: str) -> None:
    before, recording = recorded(on(name))
    written = encode_recording(redact(recording, PUBLIC, NOBODY))
    after = judged(RecordedSystem(decode_recording(written)))
    same = set(SUBJECTS) - {CheckId.CONNECTION_QUALITY}
    assert {check: told(after[check]) for check in same} == {
        check: told(before[check]) for check in same
    }
    for personal in (b"anako", b"7a", "花子".encode(), ADAPTER.encode(), MICROPHONE.encode()):
        assert personal not in written


def test_no_rule_of_the_registry_is_left_over() -> None:
    """Every rule is met by some question: one that is not permits what nobody needs."""
    asked = {answer.question for name in MACHINES for answer in recorded(on(name))[1].answers}
    read = {question.key.lower() for question in asked if isinstance(question, ReadRegistry)}
    listed = {question.key.lower() for question in asked if isinstance(question, ListRegistry)}
    versions = {place.split("\\", 1)[1].rpartition("\\")[0].lower() for place in VERSIONS}
    assert {key for key in KEYS if not fnmatch.filter(read | versions, key.lower())} == set()
    assert {key for key in LISTS if key.lower() not in listed} == set()


@pytest.mark.parametrize(
    ("name", "check", "reason"),
    [
        ("its camera is used by a program", CheckId.WEBCAM, Webcam.IN_USE),
        ("its camera is used by an app", CheckId.WEBCAM, Webcam.IN_USE),
        ("file sharing runs", CheckId.FILE_SHARING, FileSharing.RUNNING),
        ("file sharing lies there", CheckId.FILE_SHARING, FileSharing.INSTALLED),
        ("file sharing is installed", CheckId.FILE_SHARING, FileSharing.INSTALLED),
        ("file sharing is let in", CheckId.OPEN_SERVICES, OpenServices.REACHABLE),
        ("an open network", CheckId.NETWORK_TRUST, NetworkTrust.OPEN),
    ],
)
def test_the_machines_differ_in_what_is_wrong_with_them(
    name: str, check: CheckId, reason: str
) -> None:
    assert judged(composed(on(name), OsFamily.WINDOWS))[check].reason == reason
    assert judged(composed(HANAKO, OsFamily.WINDOWS))[check].reason != reason


def test_the_machine_in_good_order_is_judged_and_not_only_unknown() -> None:
    unknown = {
        check
        for check, finding in judged(composed(HANAKO, OsFamily.WINDOWS)).items()
        if finding.verdict == "unknown"
    }
    assert unknown <= {CheckId.INTERNET, CheckId.CONNECTION_QUALITY, CheckId.INFECTION}


names = st.one_of(
    st.text(st.characters(min_codepoint=0x3041, max_codepoint=0x9FFF), min_size=1, max_size=6),
    st.text("abcdefghijklmnopqrstuvwxyz0123456789.-", min_size=4, max_size=12).filter(
        lambda name: name.strip(".-") == name
    ),
)
PLAIN = encode_recording(redact(recorded(machine("x" * 9))[1], PUBLIC, NOBODY)).decode().lower()


@settings(max_examples=25, deadline=None)
@given(names)
@example("hanako")
@example("華")
@example("山田 花子")
@example("hanako@example.jp")
@example("DESKTOP-1A2B3C4")
@example("00-1B-63-84-45-E6")
def test_what_a_person_named_is_nowhere_in_a_recording(who: str) -> None:
    assume(who.lower() not in PLAIN and not PUBLIC(who))
    written = encode_recording(redact(recorded(machine(who))[1], PUBLIC, NOBODY)).decode().lower()
    assert who.lower() not in written
    assert codecs.encode(who.lower(), "rot13") not in written or not who.isascii()
    assert who.encode().hex() not in written


@pytest.mark.parametrize("place", VERSIONS)
def test_every_value_that_holds_a_products_version_is_recorded(place: str) -> None:
    hive, _, rest = place.partition("\\")
    where, _, name = rest.rpartition("\\")
    question = ReadRegistry(hive, where)
    written = values(**{name: "144.0.1 (x64 ja)", "hanako": "hanako"})
    recorder = Recorder(composed({question: written}, OsFamily.WINDOWS))
    recorder.ask(question)
    replay = RecordedSystem(redact(recording_of(recorder), PUBLIC, NOBODY))
    assert replay.ask(question) == Known(values(**{name: "144.0.1 other"}), "composed")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("6.2.11.5069", "6.2.11.5069"),
        ("6.2.11 (5069)", "6.2.11 (5069)"),
        ("6.2.11 of hanako", "6.2.11 other"),
        ("6.2.", "other"),
        ("hanako", "other"),
        ("", "other"),
    ],
)
def test_a_version_stays_as_far_as_it_is_numbers(written: str, shown: str) -> None:
    assert version(written, Names(PUBLIC, lambda kind, _: kind)) == shown


def test_a_profile_keeps_its_form() -> None:
    _, recording = recorded(HANAKO)
    redacted = RecordedSystem(redact(recording, PUBLIC, NOBODY))
    networks = redacted.ask(ReadNetworks())
    assert isinstance(networks, Known)
    (network,) = networks.value.connected
    assert network.name is not None
    xml = redacted.ask(ReadWlanProfile(network.adapters[0], network.name))
    assert isinstance(xml, Known) and "keyMaterial" not in xml.value
    found = parse_profile(xml.value)
    assert found is not None
    assert (found.name, found.ssid) == (network.name, network.name.encode())
