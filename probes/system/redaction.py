"""Taking the person out of a recording: names, places in networks, ids, and what is installed.

What a check needs stays: the shape of every answer, versions, dates, and every name that a check
looks for.
"""

from collections.abc import Mapping
from pathlib import PurePath
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from probes.facts import Known
from probes.system.masks import Masks, Personal, this_machine, within_gzip
from probes.system.questions import (
    Completed,
    DBusCall,
    DBusGet,
    DBusTransaction,
    HttpAnswer,
    HttpGet,
    HttpPost,
    Listener,
    ListFolder,
    ListListeners,
    ListProcesses,
    Process,
    Question,
    ReadFile,
    RunCommand,
    SweepFiles,
)
from probes.system.recording import (
    Answered,
    AnyQuestion,
    Recording,
    from_answered,
    to_answered,
)
from probes.system.software_lists import (
    OTHER,
    Cut,
    Keep,
    apt_history,
    apt_simulation,
    known_lines,
    nothing_of,
    package_id,
)

CUTS: Mapping[str, Cut] = MappingProxyType(
    {
        "apt-get": apt_simulation,
        "dpkg-query": known_lines,
        "rpm": known_lines,
        "pacman": known_lines,
        "flatpak": known_lines,
        "snap": known_lines,
        "history.log": apt_history,
        "history.log.1.gz": apt_history,
        "machine-id": nothing_of,
        "product_uuid": nothing_of,
        "product_serial": nothing_of,
        "board_serial": nothing_of,
        "chassis_serial": nothing_of,
        "serial": nothing_of,
        "hostname": nothing_of,
    }
)
"""By the base name of a command or a file: what is left of its text."""

SYSTEM_FOLDERS = (
    *("/sys", "/proc", "/dev", "/boot", "/etc", "/run", "/usr/lib", "/var/log", "/var/cache"),
    *("/var/lib/apt", "/var/lib/clamav", "/var/lib/pacman"),
)
"""Folders whose names come from the OS and not from what the person installed or wrote."""

KEPT_HEADERS = frozenset({"content-type", "content-length", "date"})

NETWORK_NAME = "ssid"
HIDDEN_FIELDS = frozenset(
    {
        *("serial", "serialnumber", "serial-number", "hwaddress", "permhwaddress", "mac-address"),
        *("assigned-mac-address", "cloned-mac-address", "bssid", "seen-bssids", "hostname"),
        *("statichostname", "prettyhostname", "user", "username", "permissions", "identity"),
        *("anonymous-identity", "psk", "password", "addresses", "address-data", "gateway", "dns"),
        *("dns-data", "dns-search", "routes", "route-data", "id", "interface-name", "timestamp"),
        *("dhcp-hostname", "dhcp-client-id", "domain-suffix-match", "ca-cert", "client-cert"),
    }
)
"""Names of D-Bus properties and settings that no check reads and that tell of a person."""


def redact(
    recording: Recording,
    keep: Keep,
    personal: Personal | None = None,
    cuts: Mapping[str, Cut] = CUTS,
) -> Recording:
    """`recording` without what is personal.

    `keep` tells the names that may stay: of programs, packages and files on a public list, of
    public networks, and constant UUIDs. `personal` is what else to take out, this machine's own
    unless told otherwise. Answers about files that must not be named are left out.
    """
    return _Redaction(keep, personal or this_machine(), cuts).of(recording)


class _Redaction:
    def __init__(self, keep: Keep, personal: Personal, cuts: Mapping[str, Cut]) -> None:
        self._keep = keep
        self._masks = Masks(personal, keep)
        self._cuts = cuts
        self._unnamed: set[str] = set()
        self._paths: dict[str, str] = {}

    def of(self, recording: Recording) -> Recording:
        networks = [self._network_names(item.question, item.value) for item in recording.answers]
        self._masks.hide(set[str]().union(*networks), "wifi")
        answers = [(answer.question, self._answer(answer)) for answer in recording.answers]
        return msgspec.structs.replace(
            recording,
            provenance=self._masks.text(recording.provenance),
            answers=tuple(
                msgspec.structs.replace(
                    answer,
                    question=self._question(question),
                    source=self._masks.text(self._path(answer.source), learn=False),
                )
                for question, answer in answers
                if not self._names_the_unnamed(question)
            ),
        )

    def _answer(self, answer: Answered) -> Answered:
        fact = from_answered(answer.question, answer)
        if not isinstance(fact, Known):
            return to_answered(answer.question, fact)
        value = self._without_lists(answer.question, fact.value)
        lists = isinstance(answer.question, RunCommand) and _program(answer.question) in self._cuts
        plain = self._masked(msgspec.to_builtins(value, builtin_types=(bytes,)), not lists)
        return to_answered(answer.question, Known(plain, fact.source))

    def _without_lists(self, question: Question[Any], value: Any) -> Any:
        match question:
            case ReadFile(path="/proc/net/route"):
                return self._masks.ipv4_routes(value)
            case ReadFile():
                return self._cut(PurePath(question.path).name, value)
            case RunCommand():
                program = _program(question)
                stdout, stderr = (self._cut(program, text) for text in (value.stdout, value.stderr))
                return Completed(value.returncode, stdout, stderr)
            case ListFolder() if not _is_within(question.path, SYSTEM_FOLDERS):
                return self._listed(question.path, value)
            case SweepFiles():
                return tuple(self._found(path, question.roots) for path in value)
            case ListProcesses():
                return tuple(dict.fromkeys(map(self._process, value)))
            case ListListeners():
                return tuple(dict.fromkeys(map(self._listener, value)))
            case HttpGet() | HttpPost():
                return _http(question.url, value)
            case DBusGet():
                return self._field(question.property, value)
            case DBusCall():
                return self._fields(value)
            case DBusTransaction():
                return tuple(
                    msgspec.structs.replace(signal, arguments=self._packages(signal.arguments))
                    for signal in value
                )
            case _:
                return value

    def _cut(self, name: str, text: bytes) -> bytes:
        cut = self._cuts.get(name)
        return within_gzip(text, lambda content: cut(content, self._keep)) if cut else text

    def _may_stay(self, name: str) -> bool:
        return self._keep(name) or self._keep(name.removesuffix(".desktop"))

    def _listed(self, folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
        known = [name for name in names if self._may_stay(name)]
        unknown = [name for name in names if not self._may_stay(name)]
        self._unnamed.update(f"{folder.rstrip('/')}/{name}" for name in unknown)
        return (*known, OTHER) if unknown else tuple(known)

    def _found(self, path: str, roots: tuple[str, ...]) -> str:
        root = max((root for root in roots if _is_within(path, (root,))), key=len, default="")
        *folders, name = path[len(root) :].split("/")
        shown = [
            part if not part or self._may_stay(part) else self._masks.numbered("folder", part)
            for part in folders
        ]
        self._paths[path] = root + "/".join([*shown, name])
        return self._paths[path]

    def _process(self, process: Process) -> Process:
        def known(text: str | None) -> str | None:
            return text if text and self._keep(PurePath(text).name) else None

        return Process(
            name=known(process.name) or OTHER,
            executable=known(process.executable),
            argv0=known(process.argv0),
            own=process.own,
        )

    def _listener(self, listener: Listener) -> Listener:
        if listener.program is None or self._keep(listener.program):
            return listener
        return msgspec.structs.replace(listener, program=OTHER)

    def _field(self, name: str, value: Any) -> Any:
        if name.lower() == NETWORK_NAME and not self._is_public(value):
            return b"wifi" if isinstance(value, bytes) else "wifi"
        if name.lower() in HIDDEN_FIELDS and isinstance(value, str | bytes | list | dict):
            return {str: "hidden", bytes: b"hidden", list: [], dict: {}}[type(value)]
        return self._fields(value)

    def _fields(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._field(key, item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self._fields, value))
        return value

    def _packages(self, value: Any) -> Any:
        if isinstance(value, str):
            return package_id(value, self._keep)
        if isinstance(value, list | tuple):
            return type(value)(map(self._packages, value))
        return value

    def _network_names(self, question: Question[Any], value: Any) -> set[str]:
        """The names of networks in a value as it is written down, that are not public."""
        found: set[str] = set()
        if isinstance(question, DBusGet) and question.property.lower() == NETWORK_NAME:
            found.add(_network_name(value))
        if isinstance(value, dict):
            for key, item in value.items():
                if key.lower() == NETWORK_NAME:
                    found.add(_network_name(item))
                found |= self._network_names(question, item)
        elif isinstance(value, list):
            for item in value:
                found |= self._network_names(question, item)
        return {name for name in found if name and not self._keep(name)}

    def _is_public(self, value: Any) -> bool:
        name = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        return isinstance(name, str) and self._keep(name)

    def _masked(self, value: Any, addresses: bool) -> Any:
        if isinstance(value, str):
            return self._masks.text(value)
        if isinstance(value, bytes):
            return self._masks.raw(value, addresses)
        if isinstance(value, dict):
            return {
                self._masks.text(key): self._masked(item, addresses) for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._masked(item, addresses) for item in value]
        return value

    def _question(self, question: AnyQuestion) -> AnyQuestion:
        def masked(value: Any) -> Any:
            if isinstance(value, str):
                return self._masks.text(self._path(value), learn=False)
            if isinstance(value, list | tuple | set | frozenset):
                return [masked(item) for item in value]
            if isinstance(value, dict):
                return {key: masked(item) for key, item in value.items()}
            return value

        return msgspec.convert(masked(msgspec.to_builtins(question)), type(question))

    def _path(self, text: str) -> str:
        return self._paths.get(text, text)

    def _names_the_unnamed(self, question: Question[Any]) -> bool:
        path = getattr(question, "path", "")
        return any(_is_within(path, (unnamed,)) for unnamed in self._unnamed)


def _http(url: str, answer: HttpAnswer) -> HttpAnswer:
    headers = {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS}
    location = answer.headers.get("location")
    if location is not None:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
        same = here.netloc == there.netloc
        headers["location"] = "/" if same else f"{there.scheme}://elsewhere.invalid/"
    # A sign-in page greets the guest: by room number, by device, by ticket.
    page = "html" in answer.headers.get("content-type", "")
    return msgspec.structs.replace(
        answer, headers=headers, body=b"<html></html>" if page else answer.body
    )


def _program(question: RunCommand) -> str:
    return PurePath(question.argv[0]).name if question.argv else ""


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _network_name(value: Any) -> str:
    """A network's name as it is written down: a text, or bytes that are one."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else ""
