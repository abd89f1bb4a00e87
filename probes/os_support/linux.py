"""The OS on Linux, from os-release and the signs of extended support."""

from datetime import date

import msgspec

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.foreign import is_foreign
from probes.os_release import read_os_release
from probes.os_support.facts import Facts, Identity
from probes.system import System
from probes.system.questions import ListFolder, ReadFile

UBUNTU_PRO_STATUS = "/var/lib/ubuntu-advantage/status.json"
APT_LISTS = "/var/lib/apt/lists"


def observe(system: System, context: Context) -> Facts:
    """Read the system's own description of itself; nothing is executed."""
    del context
    release = read_os_release(system)
    return Facts(
        identity=parsed(release, identity_of),
        support_end=parsed(release, support_end_of),
        extended=_extended(system, release),
        foreign=is_foreign(system),
    )


def identity_of(release: dict[str, str]) -> Identity:
    """The product and version in the variables of an os-release file."""
    return Identity(
        product=release["ID"].lower(),
        name=release.get("PRETTY_NAME") or release["ID"],
        version=release.get("VERSION_ID") or None,
    )


def support_end_of(release: dict[str, str]) -> date | None:
    """SUPPORT_END, where the distribution states it."""
    try:
        return date.fromisoformat(release.get("SUPPORT_END", ""))
    except ValueError:
        return None


def parse_ubuntu_pro(raw: bytes) -> bool | None:
    """Whether the Ubuntu Pro client's status file says that `esm-infra` is enabled."""
    try:
        status = msgspec.json.decode(raw)
        services = {item["name"]: item["status"] for item in status["services"]}
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, TypeError):
        return None
    return bool(services.get("esm-infra") == "enabled")


def _extended(system: System, release: Fact[dict[str, str]]) -> Fact[bool]:
    if isinstance(release, Unknown):
        return release
    product = release.value["ID"].lower()
    if product == "ubuntu":
        status = system.ask(ReadFile(UBUNTU_PRO_STATUS))
        if is_missing(status):
            return Known(False, UBUNTU_PRO_STATUS)
        return parsed(status, parse_ubuntu_pro)
    if product == "debian":
        codename = release.value.get("VERSION_CODENAME", "")
        wanted = (f"_dists_{codename}-security_InRelease", f"_dists_{codename}-security_Release")
        return parsed(
            system.ask(ListFolder(APT_LISTS)),
            lambda names: any(name.endswith(wanted) for name in names),
        )
    return Unknown(Unread.UNSUPPORTED, "/etc/os-release")
