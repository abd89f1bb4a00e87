"""redact, of what a Windows machine answers: composed answers that name a person."""

from datetime import UTC, datetime

import pytest

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Known
from probes.network.windows_wifi import parse_profile
from probes.system import windows_questions as windows
from probes.system.masks import Personal
from probes.system.questions import ListProcesses, Process, Question, SweepFiles
from probes.system.recording import (
    AnyQuestion,
    RecordedSystem,
    Recording,
    decode_recording,
    encode_recording,
    from_answered,
    to_answered,
)
from probes.system.redaction import redact
from probes.system.windows_questions import RegistryValue

HANAKO = Personal(
    users=frozenset({"hanako", "山田 花子"}),
    hosts=frozenset({"HANAKO-NO-PC"}),
    homes=frozenset({r"C:\Users\hanako"}),
)
LISTED = frozenset({"zoom.exe", "zoom workplace", "winny.exe", "zoomumx", "at_starbucks_wi2"})
CURRENT = r"SOFTWARE\Microsoft\Windows\CurrentVersion"
WINDOWS = windows.ReadRegistry("HKLM", r"SOFTWARE\Microsoft\Windows NT\CurrentVersion")
WEBCAM = rf"{CURRENT}\CapabilityAccessManager\ConsentStore\webcam\NonPackaged"
WLAN = "http://www.microsoft.com/networking/WLAN/profile/v1"
ADAPTER = "{6F9A1C2B-3D4E-4F50-8A61-B2C3D4E5F607}"


def recorded(answers: dict[Question, object]) -> bytes:
    recording = Recording(
        schema=1,
        family=OsFamily.WINDOWS,
        recorded_at=datetime(2026, 11, 20, 3, 0, tzinfo=UTC),
        agent_version="0",
        provenance="composed for a test",
        answers=tuple(to_answered(asked, Known(value, "")) for asked, value in answers.items()),
    )
    return encode_recording(redact(recording, lambda name: name.lower() in LISTED, HANAKO))


def after(question: Question, value: object) -> object:
    answer = RecordedSystem(decode_recording(recorded({question: value}))).ask(question)
    return answer.value if isinstance(answer, Known) else answer.why


def text(value: str) -> RegistryValue:
    return RegistryValue(1, value)


def test_of_a_known_key_the_values_that_a_check_reads_stay() -> None:
    values = {"CurrentBuild": text("26100"), "UBR": RegistryValue(4, 4652)}
    owner = {"RegisteredOwner": text("山田 花子"), "ProductId": text("00330-80000-00000-AA123")}
    assert after(WINDOWS, {**values, **owner}) == values


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (r"SOFTWARE\Microsoft\WindowsUpdate\UX\Settings", "PauseQualityUpdatesEndTime"),
        (r"SOFTWARE\Microsoft\WindowsSelfHost\Applicability", "IsBuildFlightingEnabled"),
        (r"SYSTEM\CurrentControlSet\Services\UsoSvc", "Start"),
    ],
)
def test_what_makes_a_machine_fail_is_not_dropped(key: str, value: str) -> None:
    values = {value: RegistryValue(4, 1)}
    assert after(windows.ReadRegistry("HKLM", key), values) == values


def test_a_key_that_is_there_without_values_stays_there() -> None:
    key = windows.ReadRegistry("HKLM", rf"{CURRENT}\Component Based Servicing\RebootPending")
    assert after(key, {}) == {}


def test_a_version_is_not_taken_for_an_address() -> None:
    key = windows.ReadRegistry("HKCU", r"Software\Google\Chrome\BLBeacon")
    assert after(key, {"version": text("144.0.1.2")}) == {"version": text("144.0.1.2")}


@pytest.mark.parametrize(
    "question",
    [
        windows.ReadRegistry("HKCU", r"Software\Hanako's Diary"),
        windows.ReadRegistry("HKCU", rf"{CURRENT}\Explorer\UserAssist\{{CEBFF5CD}}\Count"),
        windows.ReadRegistry("HKLM", rf"{CURRENT}"),
    ],
    ids=str,
)
def test_of_another_key_nothing_is_recorded(question: Question) -> None:
    assert after(question, {"a": text("b")}) is Unread.NOT_RECORDED


def test_an_installed_program_is_named_only_where_it_is_listed() -> None:
    uninstall = rf"{CURRENT}\Uninstall"
    answers: dict[Question, object] = {
        windows.ListRegistry("HKCU", uninstall): ("Hanako Diary", "ZoomUMX"),
        windows.ReadRegistry("HKCU", rf"{uninstall}\Hanako Diary"): {
            "DisplayName": text("Hanako Diary 3"),
            "InstallLocation": text(r"C:\Users\hanako\Diary"),
        },
        windows.ReadRegistry("HKCU", rf"{uninstall}\ZoomUMX"): {
            "DisplayName": text("Zoom Workplace"),
            "DisplayVersion": text("6.2.11.50000"),
        },
    }
    written = recorded(answers)
    assert b"iary" not in written and b"anako" not in written
    system = RecordedSystem(decode_recording(written))
    names = system.ask(windows.ListRegistry("HKCU", uninstall))
    assert isinstance(names, Known) and len(names.value) == 2 and "ZoomUMX" in names.value
    for name in names.value:
        values = system.ask(windows.ReadRegistry("HKCU", rf"{uninstall}\{name}"))
        assert isinstance(values, Known) and "DisplayName" in values.value


def test_a_program_that_used_the_camera_keeps_its_listed_name_and_loses_its_place() -> None:
    listed = r"C:#Users#hanako#AppData#Roaming#Zoom#bin#Zoom.exe"
    own = r"D:#花子の道具#diary.exe"
    used = {"LastUsedTimeStart": RegistryValue(11, 5), "LastUsedTimeStop": RegistryValue(11, 0)}
    left = {**used, "LastUsedTimeStart": RegistryValue(11, 1)}
    answers: dict[Question, object] = {
        windows.ListRegistry("HKCU", WEBCAM): (listed, own),
        windows.ReadRegistry("HKCU", rf"{WEBCAM}\{listed}"): used,
        windows.ReadRegistry("HKCU", rf"{WEBCAM}\{own}"): used,
    }
    written = recorded(answers)
    assert b"diary" not in written and "花子".encode() not in written and b"anako" not in written
    system = RecordedSystem(decode_recording(written))
    names = system.ask(windows.ListRegistry("HKCU", WEBCAM))
    assert isinstance(names, Known) and names.value[0].endswith("#Zoom.exe")
    for name in names.value:
        assert system.ask(windows.ReadRegistry("HKCU", rf"{WEBCAM}\{name}")) == Known(left, "")


def test_a_network_and_its_profile_are_named_only_where_they_are_public() -> None:
    profile = (
        f'<WLANProfile xmlns="{WLAN}"><name>Hanako 5G</name><SSIDConfig>'
        "<SSID><hex>48616E</hex></SSID>"
        "</SSIDConfig><MSM><security><authEncryption><authentication>WPA3SAE</authentication>"
        "<encryption>AES</encryption></authEncryption></security></MSM></WLANProfile>"
    )
    connected = (windows.ConnectedNetwork(1, 0x40, (ADAPTER,), "Hanako 5G"),)
    answers: dict[Question, object] = {
        windows.ReadNetworks(): windows.Networks(0x40, 1, connected),
        windows.ListAdapters(): (windows.Adapter(ADAPTER, 71, 1, True, 30, True),),
        windows.ReadWlanLink(ADAPTER): windows.WlanLink(9, 4, False, b"Hanako 5G"),
        windows.ReadWlanProfile(ADAPTER, "Hanako 5G"): profile,
    }
    written = recorded(answers)
    assert b"anako" not in written and b"48616E" not in written and b"6F9A1C2B" not in written
    system = RecordedSystem(decode_recording(written))
    networks, adapters = system.ask(windows.ReadNetworks()), system.ask(windows.ListAdapters())
    assert isinstance(networks, Known) and isinstance(adapters, Known)
    guid, name = adapters.value[0].guid, networks.value.connected[0].name
    assert networks.value.connected[0].adapters == (guid,) and name is not None
    assert system.ask(windows.ReadWlanLink(guid)) == Known(
        windows.WlanLink(9, 4, False, name.encode()), ""
    )
    security = system.ask(windows.ReadWlanProfile(guid, name))
    assert isinstance(security, Known)
    profile_left = parse_profile(security.value)
    assert profile_left is not None
    assert (profile_left.name, profile_left.authentication) == (name, "WPA3SAE")


def test_a_public_network_keeps_its_name() -> None:
    link = windows.WlanLink(1, 0, False, b"at_STARBUCKS_Wi2")
    (answer,) = decode_recording(recorded({windows.ReadWlanLink(ADAPTER): link})).answers
    assert from_answered(answer.question, answer) == Known(link, "")


def test_an_update_keeps_its_number_and_a_category_its_id() -> None:
    installed = windows.InstalledUpdate(1, 2, 1.7e9, "9NBLGGH4-Hanako.Diary (KB5068861)")
    assert after(windows.ReadUpdateHistory(), (installed,)) == (
        windows.InstalledUpdate(1, 2, 1.7e9, "KB5068861"),
    )
    waiting = windows.WaitingUpdate(("0fa1201d-4330-4fa8-8ae9-b877473b6441",), "", False, None)
    search = windows.UpdateSearch(2, (waiting,))
    assert after(windows.SearchUpdates(), search) == search


def test_of_wmi_only_known_properties_of_known_classes_stay() -> None:
    defender = windows.ReadWmi("root", "MSFT_MpComputerStatus", ("ComputerID", "AMRunningMode"))
    told = {"ComputerID": "2B7A", "AMRunningMode": "Normal", "AntivirusSignatureAge": 0}
    kept = {"AMRunningMode": "Normal", "AntivirusSignatureAge": 0}
    assert after(defender, (told,)) == (kept,)
    system = windows.ReadWmi("root", "Win32_ComputerSystem", ("UserName",))
    assert after(system, ({"UserName": "hanako"},)) is Unread.NOT_RECORDED


def test_a_file_that_was_found_loses_its_folders_and_a_question_about_it_too() -> None:
    sweep = SweepFiles((r"%USERPROFILE%", "C:\\"), frozenset({"winny.exe"}))
    found = r"C:\花子の道具\winny.exe"
    version = windows.FileVersion("2.0.7.1", "Hanako Diary", "Hanako", "Winny.exe", "diary")
    answers = {sweep: (found,), windows.ReadFileVersion(found): version}
    written = recorded(answers)
    assert "花子".encode() not in written and b"iary" not in written
    system = RecordedSystem(decode_recording(written))
    paths = system.ask(sweep)
    assert isinstance(paths, Known) and paths.value[0].endswith("\\winny.exe")
    told = system.ask(windows.ReadFileVersion(paths.value[0]))
    assert isinstance(told, Known)
    assert (told.value.version, told.value.original_name) == ("2.0.7.1", "Winny.exe")


def test_a_running_program_loses_its_folders() -> None:
    process = Process("Zoom.exe", r"D:\花子の道具\Zoom.exe", None, True)
    own = Process("diary.exe", r"C:\Users\hanako\diary.exe", None, True)
    written = recorded({ListProcesses(): (process, own)})
    assert "花子".encode() not in written and b"diary" not in written and b"anako" not in written
    assert b"Zoom.exe" in written


def test_a_device_keeps_its_makers_name_and_loses_the_one_that_a_person_gave_it() -> None:
    built_in, phone = windows.Device("USB", "HD Webcam", 0), windows.Device("SWD", "花の電話", 0)
    question = windows.ListDevices("{E5323777-F976-4F5B-9B55-B94699C46E44}")
    assert after(question, (built_in, phone, phone)) == (
        built_in,
        *(windows.Device("SWD", "device-1", 0),) * 2,
    )


def test_every_windows_question_can_be_recorded() -> None:
    kinds = {kind for kind in vars(windows).values() if isinstance(kind, type)}
    asked = {kind for kind in kinds if issubclass(kind, Question) and kind is not Question}
    assert asked <= set(AnyQuestion.__args__)
