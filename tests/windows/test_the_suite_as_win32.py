"""The project's own tests, run by Python for Windows: all of them but those that are named here.

A test that is new runs on Windows too. One that cannot is left out below, with the reason.
"""

import os
import re
from collections.abc import Iterable

import pytest

from tests.windows.bed import PROJECT, Box, as_windows

LINUX_DOOR = "asks the door of Linux itself"
POSIX_MODE = "permission bits; on Windows a person's own folder is closed to others by its ACL"
PARSING = "the parsing of arguments, which is Python's own, in a process for every case"
BROWSER = "waits for a browser; Wine takes it for opened where there is none"

CROWD = "a hundred connections at once, over which Wine's own server now and then stands still"

LEFT_OUT: dict[str, str] = {
    "tests/agent/page/test_a_browser_is_led_to_the_page.py": "browsers that are shell scripts",
    "tests/agent/page/test_only_the_persons_page_is_answered.py::test_a_crowd_of": CROWD,
    "tests/agent/page/test_the_page_as_a_program.py::test_it_serves_its_page": BROWSER,
    "tests/agent/test_command_line.py::test_every_command_helps_with_an_example": PARSING,
    "tests/agent/test_command_line.py::test_what_does_not_exist_or_go_together_is": PARSING,
    "tests/agent/test_outbox_loses_nothing.py::test_only_the_user_can_read_it": POSIX_MODE,
    "tests/probes/test_file_sharing_in_folders.py": LINUX_DOOR,
    "tests/probes/test_firewall_truth.py": "rules in network namespaces of Linux",
    "tests/probes/test_network_trust_over_dbus.py": "a message bus of Linux",
    "tests/probes/test_running_software_on_linux.py": LINUX_DOOR,
    "tests/probes/test_security_updates_live.py": "the apt of the machine",
    "tests/probes/test_software_lists_on_linux.py": LINUX_DOOR,
    "tests/probes/test_webcam_on_linux.py": LINUX_DOOR,
    "tests/system/test_a_sweep_finds_files_by_name.py": LINUX_DOOR,
    "tests/system/test_a_tree_stands_in_for_the_machine.py": LINUX_DOOR,
    "tests/system/test_commands_end_by_their_deadline.py": "no command is run on Windows",
    "tests/system/test_files_are_read_as_they_are.py": LINUX_DOOR,
    "tests/system/test_the_live_door.py": LINUX_DOOR,
    "tests/system/test_the_mac_door.py": "asks the door of macOS itself",
    "tests/system/test_the_system_bus.py": "a message bus of Linux",
    "tests/system/test_what_runs_and_listens.py": LINUX_DOOR,
    "tests/system/test_whose_home_is_looked_into.py": "sudo and pkexec",
}
"""Files of tests, and single tests by how their names begin, each with why it is left out."""


APART = "tests/agent/test_command_line.py"
"""In a process for every test, so it takes about as long as all the others."""


@pytest.mark.parametrize(
    ("tests", "at_least"),
    [
        ("tests/contract", 1300),
        ("tests/agent", 60),
        (APART, 25),
        ("tests/probes", 2600),
        ("tests/system", 450),
    ],
)
def test_the_suite_passes_on_windows(box: Box, tests: str, at_least: int) -> None:
    """hypothesis draws the same examples each time where it knows that this is CI."""
    ran = box.python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", as_windows(PROJECT)),
        *_left_out(tests),
        as_windows(PROJECT / tests),
        env={name: os.environ[name] for name in ("CI",) if name in os.environ},
        timeout=1200,
    )
    said = (ran.out + ran.err).decode(errors="replace")
    assert ran.code == 0, said
    counted = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert counted and int(counted[1]) >= at_least, said


def test_what_is_left_out_is_there() -> None:
    for name in LEFT_OUT:
        file, _, test = name.partition("::")
        assert f"def {test}" in (PROJECT / file).read_text(encoding="utf-8"), name


def _left_out(tests: str) -> Iterable[str]:
    names = (*LEFT_OUT, *(() if tests == APART else (APART,)))
    for name in names:
        if name.startswith(tests):
            yield f"--deselect={name}" if "::" in name else f"--ignore={as_windows(PROJECT / name)}"
