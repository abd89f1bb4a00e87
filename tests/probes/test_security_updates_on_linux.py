"""security_updates on Linux: which package manager is asked, and whose system this is."""

from typing import Any

import pytest

from precheck.contract.reasons import SecurityUpdates, Unread
from probes.facts import Known, Unknown
from probes.security_updates import linux, security_updates
from probes.security_updates.linux import PROGRAMS, manager_of
from probes.system.questions import ReadFile, StatFile
from tests.machines import composed, context

ALL = tuple(PROGRAMS)
THERE: dict[str, Any] = {"kind": "file", "size": 1, "modified": 1.0}


@pytest.mark.parametrize(
    ("names", "present", "manager"),
    [
        (("debian",), ALL, "apt"),
        (("ubuntu", "debian"), ALL, "apt"),
        (("linuxmint", "ubuntu", "debian"), ALL, "apt"),
        (("fedora",), ALL, "dnf"),
        (("almalinux", "rhel", "centos", "fedora"), ALL, "dnf"),
        (("opensuse-leap", "suse", "opensuse"), ALL, "zypper"),
        (("arch",), ALL, "pacman"),
        (("manjaro", "arch"), ALL, "pacman"),
        (("someos",), ("pacman",), "pacman"),
        (("debian",), ("zypper",), "zypper"),
        ((), ("apt", "dnf"), "apt"),
        (("debian",), (), None),
    ],
)
def test_the_distribution_decides_before_what_else_is_installed(names, present, manager) -> None:
    assert manager_of(names, present) == manager


@pytest.mark.parametrize(
    ("release", "manager"),
    [
        (b'ID=zorin\nID_LIKE="ubuntu debian"\n', "apt"),
        (b'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "dnf"),
        (b'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "zypper"),
        (b'ID="endeavouros"\nID_LIKE="arch"\n', "pacman"),
        (b"", "apt"),
    ],
)
def test_os_release_names_the_distribution(release: bytes, manager: str) -> None:
    programs = {StatFile(program): THERE for paths in PROGRAMS.values() for program in paths}
    machine = composed({ReadFile("/etc/os-release"): release, **programs})
    found = linux.observe(machine, context()).manager
    assert isinstance(found, Known)
    assert found.value == manager


@pytest.mark.parametrize(
    "foreign",
    [
        {StatFile("/.flatpak-info"): THERE},
        {StatFile("/run/.containerenv"): THERE},
        {ReadFile("/proc/version"): b"Linux version 5.15.1-microsoft-standard-WSL2"},
        {StatFile("/run/ostree-booted"): THERE},
    ],
)
def test_a_package_manager_that_does_not_keep_the_device_is_not_asked(foreign) -> None:
    machine = composed({StatFile("/usr/bin/apt-get"): THERE, **foreign})
    assert isinstance(linux.observe(machine, context()).manager, Unknown)
    assert security_updates.run(machine, context()).reason == Unread.UNSUPPORTED


def test_without_any_package_manager_it_says_so() -> None:
    nothing = composed({ReadFile("/etc/os-release"): b"ID=nixos\n"})
    assert security_updates.run(nothing, context()).reason == SecurityUpdates.NO_PACKAGE_MANAGER
