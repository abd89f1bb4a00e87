"""webcam on Windows: what Windows lists, what its privacy settings say, and who has the camera.

The forms of the answers are those of SetupAPI and of ConsentStore; all machines here are composed.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread, Webcam
from precheck.contract.verdict import OsFamily, Verdict
from probes.facts import Known, Unknown
from probes.media import webcam
from probes.media.facts import CameraKind
from probes.media.windows import (
    camera_of,
    is_open,
    observe_webcam,
    program_of,
    users_of_camera,
)
from probes.system.questions import ListProcesses, Process
from probes.system.windows_questions import (
    Device,
    ListDevices,
    ListRegistry,
    ReadRegistry,
    RegistryValue,
)
from tests.machines import composed, context

CAMERAS = ListDevices("{e5323777-f976-4f5b-9b55-b94699c46e44}")
SENSORS = ListDevices("{24e552d7-6523-47f7-a647-d3465bf1f5ca}")
VIDEO = ListDevices("{6994ad05-93ef-11d0-a3cc-00a0c9223196}")

STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
MACHINE, USER = ReadRegistry("HKLM", STORE), ReadRegistry("HKCU", STORE)
DESKTOP = ReadRegistry("HKCU", rf"{STORE}\NonPackaged")
POLICY = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy")

BUILT_IN = Device("USB", "Integrated Camera", 0)
SWITCHED_OFF = Device("USB", "Integrated Camera", 22)
BROKEN = Device("USB", "USB Video Device", 10)
TABLET = Device("VIDEO", "Surface Camera Front", 0)
INFRARED = Device("USB", "Integrated IR Camera", 0)
TUNER = Device("USB", "TV Tuner", 0)
CABLELESS = Device("ROOT", "ManyCam Virtual Webcam", 0)
PHONE = Device("SWD", "太郎のスマホ", 0)


def cameras(*devices: Device, video: object = (), sensors: object = ()) -> dict:
    return {CAMERAS: devices, VIDEO: video, SENSORS: sensors}


def word(value: str) -> dict[str, RegistryValue]:
    return {"Value": RegistryValue(1, value)}


ALLOWED = {MACHINE: word("Allow"), USER: word("Allow"), DESKTOP: word("Allow")}


def found(*parts: dict, otherwise: Unread = Unread.MISSING):
    answers: dict = {}
    for part in parts:
        answers |= part
    return webcam.run(composed(answers, OsFamily.WINDOWS, otherwise), context())


@pytest.mark.parametrize(
    ("devices", "count"),
    [
        ((BUILT_IN,), 1),
        ((BUILT_IN, Device("PCI", "Capture", 0)), 2),
        ((Device("ACPI", "Front", 0),), 1),
        ((Device("usb", "Integrated Camera", 0),), 1),
        ((BUILT_IN, CABLELESS, PHONE, SWITCHED_OFF, BROKEN, TABLET), 1),
    ],
)
def test_a_camera_on_a_bus_passes(devices, count) -> None:
    finding = found(cameras(*devices), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Webcam.PRESENT)
    assert finding.evidence == {"count": count}


def test_what_a_program_makes_is_only_a_virtual_camera() -> None:
    finding = found(cameras(CABLELESS), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.WARN, Webcam.VIRTUAL_ONLY)
    assert finding.evidence == {"count": 1, "name": "ManyCam Virtual Webcam"}


def test_a_virtual_camera_of_an_old_kind_is_one_too() -> None:
    assert found(cameras(video=(CABLELESS,)), ALLOWED).reason == Webcam.VIRTUAL_ONLY
    assert found(cameras(video=(Device("ROOT", "a", 22),)), ALLOWED).reason == Webcam.NONE


def test_a_name_that_may_be_a_persons_is_not_told() -> None:
    finding = found(cameras(PHONE), ALLOWED)
    assert finding.reason == Webcam.VIRTUAL_ONLY
    assert finding.evidence == {"count": 1}


def test_an_empty_list_is_no_camera() -> None:
    finding = found(cameras(), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Webcam.NONE)


def test_an_infrared_camera_is_no_webcam() -> None:
    listed = cameras(video=(INFRARED,), sensors=(INFRARED,))
    assert found(listed, ALLOWED).reason == Webcam.NONE
    both = cameras(BUILT_IN, video=(BUILT_IN, INFRARED), sensors=(INFRARED,))
    assert found(both, ALLOWED).evidence == {"count": 1}


def test_of_two_devices_of_one_name_only_the_infrared_one_is_left_out() -> None:
    alike = Device("USB", "USB Video Device", 0)
    listed = cameras(video=(alike, alike), sensors=(alike,))
    assert found(listed, ALLOWED).verdict is Verdict.UNKNOWN
    assert found(cameras(video=(alike,), sensors=(alike,)), ALLOWED).reason == Webcam.NONE


@pytest.mark.parametrize(
    "listed",
    [
        cameras(TABLET),
        cameras(BROKEN),
        cameras(video=(TUNER,)),
        cameras(CABLELESS, video=(TUNER,)),
        cameras(SWITCHED_OFF, video=(SWITCHED_OFF, TUNER)),
        cameras(video=(INFRARED,), sensors=Unread.DENIED),
    ],
)
def test_hardware_that_may_or_may_not_do_as_a_camera_is_unknown(listed: dict) -> None:
    finding = found(listed, ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)


def test_a_camera_that_is_switched_off_fails_and_says_so() -> None:
    finding = found(cameras(SWITCHED_OFF, video=(SWITCHED_OFF,)), ALLOWED)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Webcam.DISABLED)


def test_a_virtual_camera_that_is_switched_off_is_nothing() -> None:
    assert found(cameras(Device("ROOT", "OBS", 22)), ALLOWED).reason == Webcam.NONE


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_a_list_that_cannot_be_read_is_never_none(why: Unread) -> None:
    assert found(otherwise=why).reason == why
    assert found(cameras(video=why), ALLOWED).reason == why
    assert found({CAMERAS: why, VIDEO: (), SENSORS: ()}).reason == why


DENIALS = [
    {MACHINE: word("Deny")},
    {USER: word("Deny")},
    {DESKTOP: word("Deny")},
    {MACHINE: word("Deny"), USER: Unread.MISSING, DESKTOP: Unread.DENIED},
    {DESKTOP: word("Deny"), POLICY: {"LetAppsAccessCamera": RegistryValue(4, 1)}},
]


@pytest.mark.parametrize("denial", DENIALS)
def test_a_switch_that_is_off_denies(denial: dict) -> None:
    finding = found(cameras(BUILT_IN), ALLOWED, denial)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Webcam.DENIED)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {MACHINE: Unread.MISSING},
        {DESKTOP: Unread.DENIED},
        {DESKTOP: {}},
        {USER: word("Prompt")},
        {USER: word("deny ")},
        {USER: {"Value": RegistryValue(4, 0)}},
        {POLICY: {"LetAppsAccessCamera": RegistryValue(4, 0)}},
        {POLICY: {"LetAppsAccessCamera": RegistryValue(4, 1)}},
        {POLICY: {"LetAppsAccessCamera": RegistryValue(1, "2")}},
        {POLICY: {"LetAppsAccessCamera": RegistryValue(4, 2)}},
    ],
)
def test_nothing_else_denies(state: dict) -> None:
    assert found(cameras(BUILT_IN), ALLOWED, state).reason == Webcam.PRESENT


@pytest.mark.parametrize("word_", ["Allow", "Deny"])
def test_a_policy_against_apps_of_the_store_leaves_desktop_programs_to_the_switches(word_) -> None:
    policy = {POLICY: {"LetAppsAccessCamera": RegistryValue(4, 2)}, DESKTOP: word(word_)}
    system = composed({**cameras(BUILT_IN), **ALLOWED, **policy}, OsFamily.WINDOWS)
    allowed = observe_webcam(system, context()).allowed
    denied = isinstance(allowed, Known) and not allowed.value
    assert denied is (word_ == "Deny")
    assert denied or isinstance(allowed, Unknown)


RECORDER = "C:#Program Files#obs-studio#bin#64bit#obs64.exe"
RECORDER_PATH = r"C:\Program Files\obs-studio\bin\64bit\obs64.exe"
CAMERA_APP = "Microsoft.WindowsCamera_8wekyb3d8bbwe"
CAMERA_APP_PATH = (
    r"C:\Program Files\WindowsApps\Microsoft.WindowsCamera_2024.2405.19.0_x64__8wekyb3d8bbwe"
    r"\WindowsCamera.exe"
)


def use(start: int | None, stop: int | None) -> dict[str, RegistryValue]:
    values = {"LastUsedTimeStart": start, "LastUsedTimeStop": stop}
    return {name: RegistryValue(11, value) for name, value in values.items() if value is not None}


OPEN, CLOSED = use(133500000000000000, 0), use(133500000000000000, 133500000600000000)


def users(
    desktop: dict | Unread = Unread.MISSING,
    apps: dict | Unread | None = None,
    running: tuple[str, ...] | Unread = (),
) -> dict:
    """Who ConsentStore has seen with the camera, and which program files run."""
    noted: dict = {}
    for place, entries in ((STORE, apps or {}), (rf"{STORE}\NonPackaged", desktop)):
        if isinstance(entries, Unread):
            noted[ListRegistry("HKCU", place)] = entries
            continue
        extra = ("NonPackaged",) if place == STORE else ()
        noted[ListRegistry("HKCU", place)] = (*entries, *extra)
        for name, values in entries.items():
            noted[ReadRegistry("HKCU", rf"{place}\{name}")] = values
    noted[ListProcesses()] = (
        running
        if isinstance(running, Unread)
        else tuple(Process(path.rpartition("\\")[2], path) for path in running)
    )
    return noted


def in_use(**state: object) -> str:
    return found(cameras(BUILT_IN), ALLOWED, users(**state)).reason  # type: ignore[arg-type]


def test_a_running_program_that_has_not_ended_its_use_has_the_camera() -> None:
    assert in_use(desktop={RECORDER: OPEN}, running=(RECORDER_PATH,)) == Webcam.IN_USE
    assert in_use(apps={CAMERA_APP: OPEN}, running=(CAMERA_APP_PATH,)) == Webcam.IN_USE
    upper = (RECORDER_PATH.upper(),)
    assert in_use(desktop={RECORDER: OPEN}, running=upper) == Webcam.IN_USE


def test_one_that_has_ended_it_or_does_not_run_has_not() -> None:
    assert in_use(desktop={RECORDER: CLOSED}, running=(RECORDER_PATH,)) == Webcam.PRESENT
    assert in_use(desktop={RECORDER: OPEN}) == Webcam.PRESENT
    elsewhere = (r"D:\other\obs64.exe",)
    assert in_use(desktop={RECORDER: OPEN}, running=elsewhere) == Webcam.PRESENT
    assert in_use(apps={CAMERA_APP: OPEN}, running=(RECORDER_PATH,)) == Webcam.PRESENT


def test_an_entry_that_a_crash_left_is_nobodys_use() -> None:
    # Derived from a comment in public code: Zoom had crashed, and its entry had stayed open.
    entry, left = "C:#Program Files#Zoom#bin#Zoom.exe", use(133500000000000000, 0)
    running = (Process("Zoom.exe", r"C:\Program Files\Zoom\bin\Zoom.exe"),)
    assert is_open(left)
    assert entry.lower() in users_of_camera(running)
    assert entry.lower() not in users_of_camera(())


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Program Files\Zoom\bin\Zoom.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ],
)
def test_the_sessions_own_app_and_browsers_may_have_it(path: str) -> None:
    noted = {path.replace("\\", "#"): OPEN}
    assert in_use(desktop=noted, running=(path,)) == Webcam.PRESENT
    other = path.replace(".exe", "-other.exe")
    assert in_use(desktop={other.replace("\\", "#"): OPEN}, running=(other,)) == Webcam.IN_USE


@pytest.mark.parametrize("values", [use(None, 0), use(0, 0), use(1, None), {}])
def test_a_missing_or_empty_time_is_no_use(values: dict) -> None:
    assert in_use(desktop={RECORDER: values}, running=(RECORDER_PATH,)) == Webcam.PRESENT


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED])
def test_where_nobody_tells_who_has_it_the_camera_still_counts(why: Unread) -> None:
    assert in_use(desktop=why, apps=why) == Webcam.PRESENT
    assert in_use(desktop={RECORDER: OPEN}, running=why) == Webcam.PRESENT


def test_a_denied_camera_comes_before_one_in_use() -> None:
    taken = users(desktop={RECORDER: OPEN}, running=(RECORDER_PATH,))
    assert found(cameras(BUILT_IN), ALLOWED, taken, {USER: word("Deny")}).reason == Webcam.DENIED


def test_the_camera_itself_is_not_touched() -> None:
    asked = []

    class Watched:
        family = OsFamily.WINDOWS

        def ask(self, question):
            asked.append(type(question))
            return machine.ask(question)

    machine = composed({**cameras(BUILT_IN), **ALLOWED}, OsFamily.WINDOWS)
    assert webcam.run(Watched(), context()).reason == Webcam.PRESENT
    assert set(asked) <= {ListDevices, ReadRegistry, ListRegistry, ListProcesses}


DEVICES = st.builds(
    Device,
    enumerator=st.sampled_from(["USB", "PCI", "SWD", "ROOT", ""]) | st.text(max_size=8),
    name=st.text(max_size=20),
    problem=st.integers(0, 60),
)


@given(DEVICES)
def test_only_a_working_device_of_a_known_bus_is_real(device: Device) -> None:
    camera = camera_of(device)
    if camera is not None and camera.kind is CameraKind.REAL:
        assert device.enumerator.upper() in ("USB", "PCI", "ACPI")
        assert device.problem == 0


@given(st.lists(DEVICES, max_size=4).map(tuple), st.lists(DEVICES, max_size=4).map(tuple))
def test_none_is_said_only_of_lists_without_hardware(listed, video) -> None:
    finding = found(cameras(*listed, video=video), ALLOWED)
    if finding.reason == Webcam.NONE:
        hardware = [item for item in (*listed, *video) if item.enumerator.upper() in ("USB", "PCI")]
        assert not hardware


@given(st.lists(st.text(max_size=60), max_size=4), st.text(max_size=60))
def test_any_path_and_any_name_can_be_compared(paths: list[str], user: str) -> None:
    assert "" not in users_of_camera(tuple(Process("a", path) for path in paths))
    assert program_of(user) in user


@given(
    st.dictionaries(
        st.sampled_from(["LastUsedTimeStart", "LastUsedTimeStop"]),
        st.builds(
            RegistryValue, st.integers(0, 12), st.integers() | st.text(max_size=5) | st.binary()
        ),
    )
)
def test_garbage_for_the_times_is_no_use(values: dict) -> None:
    if is_open(values):
        assert values["LastUsedTimeStop"].value == 0
        assert values["LastUsedTimeStart"].value != 0
