"""webcam on Linux: devices are counted by what they hang on, and none is opened."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread, Webcam
from precheck.contract.verdict import Verdict
from probes.facts import Known, Unknown
from probes.media import webcam
from probes.media.facts import Camera, CameraKind, WebcamFacts
from probes.media.judge import judge_webcam
from probes.media.linux import kind_of
from probes.system.linux import LinuxSystem
from probes.system.questions import ListFolder, ReadFile, ReadLink
from tests.machines import composed, context

CLASS = "sys/class/video4linux"
USB = "sys/devices/pci0000:00/0000:00:14.0/usb1/1-{0}/1-{0}:1.0"
PCI = "sys/devices/pci0000:00/0000:00:05.0"
PLATFORM = "sys/devices/platform/soc/{0}"


def machine(root: Path, *nodes: tuple[str, str, str | None]) -> LinuxSystem:
    """A tree with video nodes as the kernel lays them out (composed): name, the device it hangs on
    ("" for one that hangs on nothing), and the device's driver."""
    (root / CLASS).mkdir(parents=True)
    (root / "sys/class/net").mkdir()
    for name, device, driver in nodes:
        place = root / (f"{device}/video4linux/{name}" if device else virtual(name))
        place.mkdir(parents=True)
        (root / CLASS / name).symlink_to(f"/{place.relative_to(root)}")
        if device:
            (place / "device").symlink_to(f"/{device}")
        if driver:
            drivers = root / "sys/bus/usb/drivers" / driver
            drivers.mkdir(parents=True, exist_ok=True)
            link = root / device / "driver"
            if not link.is_symlink():
                link.symlink_to(f"/{drivers.relative_to(root)}")
    return LinuxSystem(root)


def virtual(name: str) -> str:
    return f"sys/devices/virtual/video4linux/{name}"


CAMERA = (("video0", USB.format(6), "uvcvideo"), ("video1", USB.format(6), "uvcvideo"))
"""One camera: its pictures, and the metadata node that every such camera has."""
SECOND = (("video2", USB.format(9), "uvcvideo"), ("video3", USB.format(9), "uvcvideo"))
LOOPBACK = ("video4", "", None)
RAW = tuple((f"video{number}", PCI, "intel-ipu6") for number in range(10, 16))
DECODER = ("video10", PLATFORM.format("bcm2835-codec"), "bcm2835-codec")
TUNER = ("video0", USB.format(3), "em28xx")


@pytest.mark.parametrize(
    ("nodes", "reason", "count"),
    [
        (CAMERA, Webcam.PRESENT, 1),
        ((*CAMERA, *SECOND), Webcam.PRESENT, 2),
        ((*CAMERA, LOOPBACK), Webcam.PRESENT, 1),
        ((*CAMERA, *RAW, ("video16", *DECODER[1:])), Webcam.PRESENT, 1),
        ((("video0", USB.format(2), "gspca_zc3xx"),), Webcam.PRESENT, 1),
        ((LOOPBACK,), Webcam.VIRTUAL_ONLY, 1),
        ((LOOPBACK, ("video5", "", None)), Webcam.VIRTUAL_ONLY, 2),
    ],
)
def test_cameras_are_counted_by_the_device_they_hang_on(tmp_path, nodes, reason, count) -> None:
    finding = webcam.run(machine(tmp_path, *dict.fromkeys(nodes)), context())
    assert (finding.reason, finding.evidence) == (reason, {"count": count})


def test_a_program_that_pretends_to_be_a_camera_is_named_and_a_real_camera_is_not(tmp_path) -> None:
    system = machine(tmp_path, LOOPBACK)
    (tmp_path / virtual("video4") / "name").write_text("OBS Virtual Camera\n")
    assert webcam.run(system, context()).evidence == {"count": 1, "name": "OBS Virtual Camera"}
    real = machine(tmp_path / "other", *CAMERA)
    (tmp_path / "other" / USB.format(6) / "video4linux/video0/name").write_text("太郎のカメラ\n")
    assert webcam.run(real, context()).evidence == {"count": 1}


@pytest.mark.parametrize("nodes", [(), (DECODER,)])
def test_where_no_node_is_a_camera_there_is_none(tmp_path: Path, nodes) -> None:
    finding = webcam.run(machine(tmp_path, *nodes), context())
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Webcam.NONE)


@pytest.mark.parametrize(
    "nodes", [RAW, (TUNER,), (*RAW, LOOPBACK), (("video0", PLATFORM.format("csi"), "unicam"),)]
)
def test_hardware_that_may_or_may_not_be_a_camera_is_unknown(tmp_path: Path, nodes) -> None:
    finding = webcam.run(machine(tmp_path, *nodes), context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Unread.UNSUPPORTED)


def test_a_kernel_without_any_video_driver_has_no_camera(tmp_path: Path) -> None:
    (tmp_path / "sys/class/net").mkdir(parents=True)
    assert webcam.run(LinuxSystem(tmp_path), context()).reason == Webcam.NONE


def test_without_sysfs_it_cannot_be_told(tmp_path: Path) -> None:
    assert webcam.run(LinuxSystem(tmp_path), context()).reason == Unread.MISSING
    (tmp_path / "sys/class").mkdir(parents=True)
    assert webcam.run(LinuxSystem(tmp_path), context()).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_a_list_that_cannot_be_read_is_never_none(why: Unread) -> None:
    nothing = composed({}, otherwise=why)
    assert webcam.run(nothing, context()).reason == why
    unlinked = composed({ListFolder("/sys/class/video4linux"): ("video0",)}, otherwise=why)
    assert webcam.run(unlinked, context()).reason == why


def test_no_device_is_touched(tmp_path: Path) -> None:
    asked = []

    class Watched:
        family = LinuxSystem.family

        def ask(self, question):
            asked.append(question)
            return system.ask(question)

    system = machine(tmp_path, *CAMERA, LOOPBACK)
    webcam.run(Watched(), context())
    assert {type(question) for question in asked} <= {ListFolder, ReadFile, ReadLink}
    assert all(question.path.startswith("/sys/") for question in asked)


def judged(allowed: object = None, in_use: object = None, *kinds: CameraKind):
    def fact(value: object):
        return Unknown(Unread.UNSUPPORTED, "t") if value is None else Known(value, "t")

    cameras = tuple(map(Camera, kinds or (CameraKind.REAL,)))
    facts = WebcamFacts(Known(cameras, "t"), fact(allowed), fact(in_use))
    return judge_webcam(facts, context()).reason


def test_where_an_os_says_so_a_blocked_camera_fails_and_one_in_use_is_a_warning() -> None:
    assert judged() == Webcam.PRESENT
    assert judged(True, False) == Webcam.PRESENT
    assert judged(False, None) == Webcam.DENIED
    assert judged(False, True) == Webcam.DENIED
    assert judged(None, True) == Webcam.IN_USE
    assert judged(False, True, CameraKind.VIRTUAL) == Webcam.VIRTUAL_ONLY


def test_where_an_os_says_so_a_camera_that_is_switched_off_fails_unless_another_may_do() -> None:
    disabled = CameraKind.DISABLED
    assert judged(True, False, disabled) == Webcam.DISABLED
    assert judged(True, False, disabled, CameraKind.REAL) == Webcam.PRESENT
    assert judged(True, False, disabled, CameraKind.VIRTUAL) == Webcam.VIRTUAL_ONLY
    assert judged(True, False, disabled, CameraKind.UNCLEAR) == Unread.UNSUPPORTED


@given(st.text(max_size=60), st.none() | st.text(max_size=20))
def test_only_a_webcams_driver_makes_a_real_camera(node: str, driver: str | None) -> None:
    if kind_of(node, driver) is CameraKind.REAL:
        assert driver is not None
        assert driver in ("uvcvideo", "pwc", "stkwebcam") or driver.startswith("gspca_")


@given(st.lists(st.text(max_size=10), max_size=5), st.text(max_size=40))
def test_garbage_in_the_list_is_never_a_pass(names: list[str], target: str) -> None:
    folder = "/sys/class/video4linux"
    links = {ReadLink(f"{folder}/{name}"): target for name in names}
    finding = webcam.run(composed({ListFolder(folder): tuple(names), **links}), context())
    assert finding.verdict is not Verdict.PASS
