"""security_updates on Linux: whether what is installed waits for a restart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import Unread
from probes.facts import Known, Unknown
from probes.security_updates.restart import newer_kernel, parse_release, restart_pending
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import composed

OSRELEASE = ReadFile("/proc/sys/kernel/osrelease")
BOOT = ListFolder("/boot")


def test_a_package_that_asks_for_a_restart_is_enough() -> None:
    mark = {StatFile("/run/reboot-required"): {"kind": "file", "size": 32, "modified": 1.0}}
    fact = restart_pending(composed(mark))
    assert isinstance(fact, Known)
    assert fact.value is True


@pytest.mark.parametrize(
    ("running", "installed", "newer"),
    [
        ("6.1.0-28-amd64", ["6.1.0-28-amd64", "6.1.0-9-amd64"], False),
        ("6.1.0-28-amd64", ["6.1.0-28-amd64", "6.1.0-30-amd64"], True),
        ("6.1.0-9-amd64", ["6.1.0-9-amd64", "6.1.0-10-amd64"], True),
        ("6.8.0-50-generic", ["6.8.0-50-generic", "6.8.0-60-lowlatency"], False),
        ("6.8.0-50-generic", ["6.8.0-50-generic", "6.8.0-51-generic"], True),
        ("6.12.8-200.fc41.x86_64", ["6.12.8-200.fc41.x86_64", "6.12.9-200.fc41.x86_64"], True),
        ("6.12.8-200.fc41.x86_64", ["6.12.8-200.fc41.x86_64", "0-rescue-9f2c"], False),
        ("6.4.0-150600.23-default", ["6.4.0-150600.23-default"], False),
        ("6.1.0-28-amd64", ["6.12.9+bpo-amd64", "6.1.0-28-amd64"], False),
        ("5.15.0-1-host", ["6.1.0-28-amd64"], None),
        ("6.12.4-arch1-1", ["linux"], None),
        ("6.1.0-28-amd64", [], None),
    ],
)
def test_only_a_newer_kernel_of_the_same_flavour_waits(running, installed, newer) -> None:
    assert newer_kernel(running, installed) is newer


@pytest.mark.parametrize(
    ("running", "pending"), [(b"6.1.0-28-amd64\n", True), (b"6.1.0-30-amd64\n", False)]
)
def test_the_running_kernel_is_sought_among_those_in_boot(running: bytes, pending: bool) -> None:
    names = ("config-6.1.0-30-amd64", "initrd.img-6.1.0-30-amd64", "vmlinuz-6.1.0-28-amd64")
    boot = (*names, "vmlinuz-6.1.0-30-amd64")
    fact = restart_pending(composed({OSRELEASE: running, BOOT: boot}))
    assert isinstance(fact, Known)
    assert fact.value is pending


@pytest.mark.parametrize(
    "answers",
    [
        {OSRELEASE: b"6.1.0-28-amd64\n", BOOT: ()},
        {OSRELEASE: b"6.1.0-28-amd64\n", BOOT: Unread.DENIED},
        {OSRELEASE: Unread.DENIED, BOOT: ("vmlinuz-6.1.0-30-amd64",)},
        {OSRELEASE: b"\xff", BOOT: ("vmlinuz-6.1.0-30-amd64",)},
    ],
)
def test_where_the_running_kernel_is_not_to_be_seen_nothing_is_said(answers) -> None:
    assert isinstance(restart_pending(composed(answers)), Unknown)


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.lists(st.text(), max_size=3)
)
def test_garbage_never_asks_for_a_restart(raw: bytes, names: list[str]) -> None:
    release = parse_release(raw)
    assert release is None or newer_kernel(release, names) is None or release in names
