"""What may be recorded: a rule for everything that a check asks. What no rule knows is left out.

A rule says what stays of an answer. It is looked up by what was asked, so that a new question is
recorded only after somebody has decided what of its answer may be seen.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urlsplit

from precheck.contract.api import HEALTH_PATH, MEASURE_PATH
from probes.system import macos_rules
from probes.system.extracts import (
    assigned,
    default_browser,
    iptables_saved,
    json_fields,
    kernel,
    lines,
    nft_file,
    nft_listing,
    nothing_of,
    piece,
    sound_cards,
    sound_streams,
    user_folders,
    xml_of,
)
from probes.system.questions import (
    DBusCall,
    DBusGet,
    DBusTransaction,
    HttpGet,
    HttpPost,
    ListFolder,
    ListInterfaces,
    ListListeners,
    ListProcesses,
    Question,
    ReadFile,
    ReadLink,
    RunCommand,
    StatFile,
    SweepFiles,
)
from probes.system.rule import Listing, Rule
from probes.system.software_lists import (
    apt_history,
    apt_list,
    apt_periodic,
    apt_release,
    dnf5_advisories,
    dnf_advisories,
    known_lines,
    newline_split,
    pacman_log,
    pacman_updates,
    selections,
)
from probes.system.windows_names import file_name
from probes.system.windows_rules import has_windows_rule

T = TypeVar("T")

_VERSIONS = Rule(addresses=False)
_ZONE = Rule(xml_of({"zone"}, {"target"}))
_METAINFO = Rule(piece(r"<release\s[^<>]*>"), addresses=False)

FILES: Mapping[str, Rule] = MappingProxyType(
    {
        "/etc/os-release": _VERSIONS,
        "/usr/lib/os-release": _VERSIONS,
        "/proc/version": Rule(kernel, addresses=False),
        "/proc/sys/kernel/osrelease": _VERSIONS,
        "/proc/1/comm": Rule(nothing_of),
        "/proc/net/route": Rule(),
        "/proc/net/ipv6_route": Rule(),
        "/proc/net/if_inet6": Rule(),
        "/proc/net/ip_tables_names": Rule(),
        "/proc/net/ip6_tables_names": Rule(),
        "/proc/asound/cards": Rule(sound_cards),
        "/proc/asound/pcm": Rule(sound_streams),
        "/sys/class/net/*/type": Rule(),
        "/sys/class/net/*/uevent": Rule(lines(r"DEVTYPE=(?:wlan|wwan|bluetooth|bond|bridge|vlan)")),
        "/sys/class/video4linux/*/name": Rule(nothing_of),
        "/etc/ufw/ufw.conf": Rule(assigned("ENABLED", "yes", "no")),
        "/etc/default/ufw": Rule(assigned("DEFAULT_INPUT_POLICY", "drop", "reject", "accept")),
        "/etc/nftables.conf": Rule(nft_file),
        "/etc/firewalld/zones/*.xml": _ZONE,
        "/usr/lib/firewalld/zones/*.xml": _ZONE,
        "/var/lib/apt/lists/*": Rule(apt_release, addresses=False),
        "/var/lib/clamav/daily.c[lv]d": Rule(),
        "/var/lib/ubuntu-advantage/status.json": Rule(json_fields("services", "name", "status")),
        "/var/log/apt/history.log": Rule(apt_history, addresses=False, entire=True),
        "/var/log/apt/history.log.1.gz": Rule(apt_history, addresses=False, entire=True),
        "/var/log/pacman.log": Rule(pacman_log, addresses=False, entire=True),
        "~/.config/mimeapps.list": Rule(default_browser),
        "~/.config/user-dirs.dirs": Rule(user_folders),
    }
)
"""By path, part by part."""

FILE_NAMES: Mapping[str, Rule] = MappingProxyType(
    {
        "application.ini": Rule(lines(r"(?:Version|BuildID)=.*", newline_split), addresses=False),
        "snap.yaml": Rule(lines(r"version:.*", newline_split), addresses=False),
        "version.txt": Rule(piece(r"\A\s*[0-9]+\.[0-9]\S*\s*\Z"), addresses=False),
        "*.metainfo.xml": _METAINFO,
        "*.appdata.xml": _METAINFO,
    }
)
"""By base name: what a program says of itself, wherever it lies."""

COMMANDS: Mapping[tuple[str, ...], Rule] = MappingProxyType(
    {
        ("apt", "list", "--upgradable"): Rule(apt_list, addresses=False),
        ("apt-config", "dump", "APT::Periodic"): Rule(apt_periodic, addresses=False),
        ("dpkg-query", "-W", "-f", "${db:Status-Want} *"): Rule(selections, addresses=False),
        ("dpkg-query", "-W", "-f", "${db:Status-Status} *"): Rule(known_lines, addresses=False),
        ("rpm", "-qa"): Rule(known_lines, addresses=False),
        ("pacman", "-Q"): Rule(known_lines, addresses=False),
        ("pacman", "-Qu"): Rule(pacman_updates, addresses=False),
        ("dnf", "-q", "-C", "*", "updateinfo", "info"): Rule(dnf_advisories, addresses=False),
        ("dnf5", "-q", "-C", "*", "*", "advisory", "list"): Rule(dnf5_advisories, addresses=False),
        ("zypper", "--xmlout"): Rule(
            xml_of(
                {"stream", "message", "update-status", "update-list", "appletinfo", "update"}
                | {"issue-date"},
                {"type", "status", "kind", "category", "time_t"},
            ),
            addresses=False,
        ),
        ("nft", "-j", "list", "ruleset"): Rule(nft_listing),
        ("iptables-nft-save",): Rule(iptables_saved),
        ("ip6tables-nft-save",): Rule(iptables_saved),
        ("iptables-legacy-save",): Rule(iptables_saved),
        ("ip6tables-legacy-save",): Rule(iptables_saved),
        ("mdatp", "health", "--output", "json"): Rule(
            json_fields(
                *("licensed", "realTimeProtectionEnabled", "realTimeProtectionAvailable"),
                *("passiveModeEnabled", "definitionsStatus", "definitionsUpdated"),
                *("$type", "value", "isManaged"),
            )
        ),
        ("mdatp", "threat", "list", "--output", "json"): Rule(
            json_fields("threats", "scans", "history", "key", "value")
        ),
    }
)
"""By how the command begins, its program without a folder: what stays of its standard output. Of
its errors nothing does."""

FOLDERS: Mapping[str, Listing] = MappingProxyType(
    {
        "/boot": Listing.SYSTEM,
        "/proc/asound": Listing.SYSTEM,
        "/sys/class": Listing.SYSTEM,
        "/sys/class/bluetooth": Listing.SYSTEM,
        "/sys/class/net/*": Listing.SYSTEM,
        "/sys/class/video4linux": Listing.SYSTEM,
        "/var/cache/*/*/repodata": Listing.SYSTEM,
        "/var/cache/zypp/raw/*/repodata": Listing.SYSTEM,
        "/var/cache/dnf": Listing.REPOSITORIES,
        "/var/cache/libdnf5": Listing.REPOSITORIES,
        "/var/cache/zypp/raw": Listing.REPOSITORIES,
        "/var/lib/apt/lists": Listing.SOURCES,
        "/snap": Listing.SOFTWARE,
        "/usr/local/bin": Listing.SOFTWARE,
        "/usr/local/share/applications": Listing.SOFTWARE,
        "/usr/share/applications": Listing.SOFTWARE,
        "/var/lib/flatpak/app": Listing.SOFTWARE,
        "/var/lib/snapd/snap": Listing.SOFTWARE,
        "~/.local/bin": Listing.SOFTWARE,
        "~/.local/share/applications": Listing.SOFTWARE,
        "~/.local/share/flatpak/app": Listing.SOFTWARE,
    }
)
"""By path, part by part."""

LINKS = ("/sys/class/video4linux/*", "/sys/class/video4linux/*/device/driver")

BUS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "org.freedesktop.DBus": frozenset({"NameHasOwner"}),
        "org.freedesktop.systemd1": frozenset({"ActiveState", "GetUnitFileState", "Version"}),
        "org.freedesktop.PackageKit": frozenset(
            {"BackendName", "CreateTransaction", "GetTimeSinceAction"}
        ),
        "org.fedoraproject.FirewallD1": frozenset({"getActiveZones", "getDefaultZone"}),
        "org.freedesktop.NetworkManager": frozenset(
            {
                *("ActiveAccessPoint", "ActiveConnection", "Connection", "Connectivity"),
                *("DeviceType", "Flags", "GetDeviceByIpIface", "GetSettings", "Metered"),
                *("RsnFlags", "Ssid", "WpaFlags"),
            }
        ),
        "fi.w1.wpa_supplicant1": frozenset(
            {"CurrentBSS", "GetInterface", "Privacy", "RSN", "SSID", "WPA"}
        ),
    }
)
"""By service: properties, methods, and methods that make a transaction."""


def file_rule(path: str) -> Rule | None:
    """What stays of the file at `path`."""
    files, names = {**FILES, **macos_rules.FILES}, {**FILE_NAMES, **macos_rules.FILE_NAMES}
    return _by_path(files, path) or _first(
        rule for name, rule in names.items() if fnmatchcase(file_name(path), name)
    )


def command_rule(argv: tuple[str, ...]) -> Rule | None:
    """What stays of a command's output; the longest matching beginning decides."""
    words = (PurePosixPath(argv[0]).name, *argv[1:]) if argv else ()
    commands = {**COMMANDS, **macos_rules.COMMANDS}
    fitting = [start for start in commands if _begins(words, start)]
    return commands[max(fitting, key=len)] if fitting else None


def listing_of(path: str) -> Listing | None:
    """What the names in the folder at `path` are."""
    return _by_path({**FOLDERS, **macos_rules.FOLDERS}, path)


def is_measurement(url: str) -> bool:
    """Whether this asks for bytes that only measure the way. They tell nothing and are many."""
    return urlsplit(url).path.endswith(MEASURE_PATH)


def has_rule(question: Question[Any]) -> bool:
    """Whether it has been decided what of this question's answer may be recorded."""
    match question:
        case ReadFile():
            return file_rule(question.path) is not None
        case RunCommand():
            return command_rule(question.argv) is not None
        case ListFolder():
            return listing_of(question.path) is not None
        case ReadLink():
            return any(_fits(question.path, link) for link in (*LINKS, *macos_rules.LINKS))
        case DBusGet():
            return question.property in BUS.get(question.name, ())
        case DBusCall():
            return question.member in BUS.get(question.name, ())
        case DBusTransaction():
            return question.create in BUS.get(question.name, ())
        case HttpGet():
            return urlsplit(question.url).path.endswith((HEALTH_PATH, MEASURE_PATH))
        case HttpPost():
            return is_measurement(question.url)
    return has_windows_rule(question) or isinstance(
        question, StatFile | SweepFiles | ListProcesses | ListListeners | ListInterfaces
    )


def _by_path(rules: Mapping[str, T], path: str) -> T | None:
    return _first(rule for pattern, rule in rules.items() if _fits(path, pattern))


def _first(rules: Iterable[T]) -> T | None:
    return next(iter(rules), None)


def _fits(path: str, pattern: str) -> bool:
    parts, patterns = path.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))


def _begins(words: tuple[str, ...], start: tuple[str, ...]) -> bool:
    return len(words) >= len(start) and all(
        fnmatchcase(word, part) for word, part in zip(words, start, strict=False)
    )
