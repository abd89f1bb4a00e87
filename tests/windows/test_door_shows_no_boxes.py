"""Windows asks nothing of the person on account of a question, such as for a disc in a drive."""

from tests.windows.bed import Box

MODES = """
import ctypes, json
from probes.system.live import live_system

mode = ctypes.WinDLL("kernel32").GetErrorMode
before = mode()
live_system()
print(json.dumps([before, mode()]))
"""

ALL_BOXES = 0x1 | 0x2 | 0x8000
"""SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX (errhandlingapi.h)."""


def test_errors_of_drives_and_crashes_show_no_box_once_the_door_is_open(box: Box) -> None:
    before, after = box.python("-c", MODES).answer
    assert before & ALL_BOXES == 0
    assert after & ALL_BOXES == ALL_BOXES
