"""Security updates on Linux: which package manager this system lives by, and what it tells."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Known, Unknown, is_missing
from probes.foreign import is_foreign
from probes.os_release import read_os_release
from probes.security_updates import apt, dnf, packagekit, pacman, zypper
from probes.security_updates.facts import Facts
from probes.security_updates.restart import restart_pending
from probes.system import System
from probes.system.questions import StatFile

IMAGE_BASED = "/run/ostree-booted"
"""There on systems that are replaced as a whole (rpm-ostree), whatever dnf may say on them."""

PROGRAMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "apt": ("/usr/bin/apt-get",),
        "dnf": ("/usr/bin/dnf5", "/usr/bin/dnf"),
        "zypper": ("/usr/bin/zypper",),
        "pacman": ("/usr/bin/pacman",),
    }
)
FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "debian": "apt",
        "ubuntu": "apt",
        "fedora": "dnf",
        "rhel": "dnf",
        "centos": "dnf",
        "suse": "zypper",
        "opensuse": "zypper",
        "sles": "zypper",
        "opensuse-leap": "zypper",
        "opensuse-tumbleweed": "zypper",
        "arch": "pacman",
    }
)
"""The package manager of a distribution, by ID and ID_LIKE in os-release(5)."""

SNAPSHOT_DISTRIBUTIONS = frozenset({"opensuse-tumbleweed", "opensuse-slowroll"})


def observe(system: System, context: Context) -> Facts:
    """Ask the system's own package manager, then PackageKit where that one gives no answer."""
    release = read_os_release(system)
    names = _names(release.value) if isinstance(release, Known) else ()
    foreign = is_foreign(system)
    if isinstance(foreign, Known) and foreign.value:
        return Facts(manager=Unknown(Unread.UNSUPPORTED, foreign.source), foreign=foreign)
    if not is_missing(system.ask(StatFile(IMAGE_BASED))):
        return Facts(manager=Unknown(Unread.UNSUPPORTED, IMAGE_BASED), foreign=foreign)
    facts = packagekit.complete(system, _native(system, names), context.now)
    return replace(facts, restart=restart_pending(system), foreign=foreign)


def manager_of(names: tuple[str, ...], present: tuple[str, ...]) -> str | None:
    """Which of the package managers `present` keeps a system of these `names` (its ID first, then
    what it is like) up to date: one may be installed as a tool among others."""
    by_family = (FAMILIES[name] for name in names if name in FAMILIES)
    return next((manager for manager in by_family if manager in present), next(iter(present), None))


def _names(release: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{release['ID']} {release.get('ID_LIKE', '')}".lower().split())


def _native(system: System, names: tuple[str, ...]) -> Facts:
    present = tuple(
        manager
        for manager, programs in PROGRAMS.items()
        if any(isinstance(system.ask(StatFile(program)), Known) for program in programs)
    )
    match manager_of(names, present):
        case "apt":
            return apt.observe(system)
        case "dnf":
            return dnf.observe(system)
        case "zypper":
            return zypper.observe(system, snapshots=bool(SNAPSHOT_DISTRIBUTIONS & set(names)))
        case "pacman":
            return pacman.observe(system)
        case _:
            return Facts(manager=Unknown(Unread.MISSING, "/usr/bin"))
