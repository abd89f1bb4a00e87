"""Taking the person out of a recording: names, places in networks, ids, and what is installed.

What a check needs stays: the shape of every answer, versions, dates, and every name that a check
looks for. What no rule knows is left out, as if it had not been recorded.
"""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import urljoin, urlsplit, urlunsplit

import msgspec

from precheck.contract.api import BadMessage, Health, decode_message
from precheck.contract.decoding import converted
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Known, Unknown
from probes.system import windows_rules
from probes.system.extracts import folder_path
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
from probes.system.rule import Listing, Rule
from probes.system.rules import (
    command_rule,
    file_rule,
    has_rule,
    is_measurement,
    listing_of,
)
from probes.system.software_lists import OTHER, Keep, Names, package_id, public_network, shown_suite
from probes.system.windows_names import shown_path

PROGRAM_FOLDERS = frozenset(
    {
        *(
            "app",
            "bin",
            "lib",
            "lib32",
            "lib64",
            "libexec",
            "local",
            "opt",
            "sbin",
            "share",
            "snap",
        ),
        *("usr", "x86_64-linux-gnu", "aarch64-linux-gnu"),
    }
)
"""Folders that every system has for programs."""

SOURCE_FILES = frozenset({"InRelease", "Release", "Release.gpg", "Packages", "Sources"})
"""How the names of apt's lists end."""

SOURCE_NAMES = frozenset({"lock", "partial", "auxfiles"})
"""What stands beside apt's lists."""

KEPT_HEADERS = frozenset({"content-type", "content-length", "date"})

NETWORK_NAME = "ssid"
KEPT_SETTINGS = frozenset({NETWORK_NAME, "key-mgmt", "proto", "pairwise"})
"""What a check reads of a NetworkManager connection's settings."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A recording without what is personal. `places` has the place that each of its answers had
    before."""

    recording: Recording
    places: tuple[int, ...]


def redact(recording: Recording, keep: Keep, personal: Personal | None = None) -> Recording:
    """`recording` without what is personal: see `redacted`."""
    return redacted(recording, keep, personal).recording


def redacted(recording: Recording, keep: Keep, personal: Personal | None = None) -> Redacted:
    """`recording` without what is personal, and which of its answers are left.

    `keep` tells the names that may stay: of programs, packages and files on a public list, of
    public networks, and constant UUIDs. `personal` is what else to take out, this machine's own
    unless told otherwise. An answer that no rule knows is `not_recorded`; answers about files that
    must not be named are left out altogether.
    """
    redaction = _OfWindows if recording.family is OsFamily.WINDOWS else _Redaction
    return redaction(keep, personal or this_machine()).of(recording)


class _Redaction:
    def __init__(self, keep: Keep, personal: Personal) -> None:
        self._keep = keep
        self._masks = Masks(personal, keep)
        self._names = Names(keep, self._masks.numbered)
        self._program_folders = Names(
            lambda part: part in PROGRAM_FOLDERS or keep(part), self._masks.numbered
        )
        self._unnamed: set[str] = set()
        self._paths: dict[str, str] = {}

    def of(self, recording: Recording) -> Redacted:
        networks = [self._network_names(item.question, item.value) for item in recording.answers]
        self._masks.hide(set[str]().union(*networks), "wifi")
        answers = [(answer.question, self._answer(answer)) for answer in recording.answers]
        left = {
            place: msgspec.structs.replace(
                answer,
                question=self._question(question),
                source=self._masks.text(self._source(answer.source), learn=False),
            )
            for place, (question, answer) in enumerate(answers)
            if not self._names_the_unnamed(question)
        }
        provenance = self._masks.text(recording.provenance)
        shown = msgspec.structs.replace(
            recording, provenance=provenance, answers=tuple(left.values())
        )
        return Redacted(shown, tuple(left))

    def _answer(self, answer: Answered) -> Answered:
        question: Question[Any] = answer.question
        if isinstance(question, SweepFiles):
            self._paths |= {root: folder_path(root, self._names) for root in question.roots}
        fact = from_answered(question, answer)
        if not isinstance(fact, Known):
            return to_answered(question, fact)
        value = self._allowed(question, fact.value) if has_rule(question) else None
        if value is None:
            return to_answered(question, Unknown(Unread.NOT_RECORDED, fact.source))
        if self._is_exact(question):
            return to_answered(question, Known(value, fact.source))
        addresses = _has_addresses(question)
        plain = self._masked(msgspec.to_builtins(value, builtin_types=(bytes,)), addresses)
        return to_answered(question, Known(plain, fact.source))

    def _is_exact(self, question: Question[Any]) -> bool:
        """Whether what the rules leave is not to be masked as well."""
        return windows_rules.is_exact(question)

    def _allowed(self, question: Question[Any], value: Any) -> Any:
        """What the rules leave of an answer; None where they leave nothing."""
        match question:
            case ReadFile(path="/proc/net/route"):
                return self._masks.ipv4_routes(value)
            case ReadFile():
                return self._cut(file_rule(question.path) or Rule(), value, question.limit)
            case RunCommand():
                rule = command_rule(question.argv) or Rule()
                return Completed(value.returncode, self._cut(rule, value.stdout) or b"", b"")
            case ListFolder():
                return self._listed(question.path, value)
            case SweepFiles():
                return tuple(self._found(path, question.roots) for path in value)
            case ListProcesses():
                return tuple(dict.fromkeys(map(self._process, value)))
            case ListListeners():
                return tuple(dict.fromkeys(map(self._listener, value)))
            case HttpGet() | HttpPost():
                return None if is_measurement(question.url) else _http(question.url, value)
            case DBusGet():
                return self._setting(question.property, value)
            case DBusCall(member="GetSettings"):
                return tuple(map(self._settings, value))
            case DBusTransaction():
                return tuple(
                    msgspec.structs.replace(signal, arguments=self._packages(signal.arguments))
                    for signal in value
                )
            case _:
                return windows_rules.allowed(question, value, self._names)

    def _cut(self, rule: Rule, text: bytes, limit: int | None = None) -> bytes | None:
        sizes = [len(text)]

        def cut(content: bytes) -> bytes:
            sizes.append(len(content))
            return rule.cut(content, self._names) if content else content

        left = within_gzip(text, cut)
        broken_off = rule.entire and limit is not None and max(sizes) >= limit
        return None if broken_off else left

    def _may_stay(self, name: str) -> bool:
        suffixes = ("", ".desktop", ".plist")
        return any(self._keep(name.removesuffix(suffix)) for suffix in suffixes)

    def _listed(self, folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
        match listing_of(folder):
            case Listing.SYSTEM:
                return names
            case Listing.SOURCES:
                shown = {name: self._source_list(name) for name in names}
            case Listing.REPOSITORIES:
                shown = {name: self._repository(name) for name in names}
            case _:
                return self._software(folder, names)
        self._paths |= {f"{folder}/{name}": f"{folder}/{other}" for name, other in shown.items()}
        return tuple(sorted(shown.values()))

    def _software(self, folder: str, names: tuple[str, ...]) -> tuple[str, ...]:
        known = [name for name in names if self._may_stay(name)]
        unknown = [name for name in names if not self._may_stay(name)]
        self._unnamed.update(f"{folder}/{name}" for name in unknown)
        return (*known, OTHER) if unknown else tuple(known)

    def _source_list(self, name: str) -> str:
        """A list of apt's without its server: `source-1_dists_stable_InRelease`."""
        server, dists, rest = name.partition("_dists_")
        if not dists:
            server, dists, rest = name.rpartition("_")
        if not server:
            return name if name in SOURCE_NAMES else OTHER
        # Where the server itself is one for security updates, its name says so.
        kind = "security" if "security" in server else "source"
        suite, under, file = rest.rpartition("_")
        suites = [shown_suite(part, self._names) for part in suite.split("_")] if dists else [""]
        shown = file if file in SOURCE_FILES else OTHER
        return self._masks.numbered(kind, server) + dists + "_".join(suites) + under + shown

    def _repository(self, name: str) -> str:
        """A repository's folder without its name; one repository may have several folders."""
        known = re.fullmatch(r"(.*)-[0-9a-f]{16}", name)
        number = int(self._masks.numbered("folder of a repository", name).rpartition("-")[2])
        shown = self._masks.numbered("repository", known[1] if known else name)
        return f"{shown}-{number:016x}" if known else shown

    def _found(self, path: str, roots: tuple[str, ...]) -> str:
        root = max((root for root in roots if _is_within(path, (root,))), key=len, default="")
        folders, name = _split(path[len(root) :])
        shown = folder_path(root, self._names) + folder_path(folders, self._names) + name
        self._paths[path] = shown
        return shown

    def _process(self, process: Process) -> Process:
        def known(text: str | None) -> str | None:
            return text if text and self._keep(_split(text)[1]) else None

        return Process(
            name=known(process.name) or OTHER,
            executable=self._program(known(process.executable)),
            argv0=self._program(known(process.argv0)),
            own=process.own,
        )

    def _program(self, path: str | None) -> str | None:
        if path is None:
            return None
        folders, name = _split(self._masks.text(path))
        return folder_path(folders, self._program_folders) + name

    def _listener(self, listener: Listener) -> Listener:
        if listener.program is None or self._keep(listener.program):
            return listener
        return msgspec.structs.replace(listener, program=OTHER)

    def _setting(self, name: str, value: Any) -> Any:
        if name.lower() != NETWORK_NAME:
            return value
        plain = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        public = public_network(plain, self._keep) if isinstance(plain, str) else None
        shown = public or "wifi"
        return shown.encode() if isinstance(value, bytes) else shown

    def _settings(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        return {
            section: {
                name: self._setting(name, item)
                for name, item in settings.items()
                if name in KEPT_SETTINGS
            }
            for section, settings in value.items()
            if isinstance(settings, dict)
        }

    def _packages(self, value: Any) -> Any:
        if isinstance(value, str):
            return package_id(value, self._keep)
        if isinstance(value, list | tuple):
            return type(value)(map(self._packages, value))
        return value

    def _network_names(self, question: Question[Any], value: Any) -> set[str]:
        """The names of networks in a value as it is written down, that are not public."""
        found = windows_rules.network_names(question, value)
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

        if isinstance(question, HttpGet | HttpPost):
            return msgspec.structs.replace(question, url=self._address(question.url))
        return converted(masked(msgspec.to_builtins(question)), type(question))

    def _address(self, url: str) -> str:
        """`url` with nothing but where it leads and how much it asks for."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            pass
        else:
            shown = str(address if address.is_global else self._masks.address(address))
            host = f"[{shown}]" if address.version == 6 else shown
        query = parts.query if re.fullmatch(r"bytes=\d+", parts.query) else ""
        return urlunsplit((parts.scheme, host + port, parts.path, query, ""))

    def _path(self, text: str) -> str:
        for place in (text, *map(str, PurePosixPath(text).parents)):
            if place in self._paths:
                return self._paths[place] + text[len(place) :]
        return text

    def _source(self, text: str) -> str:
        return ", ".join(map(self._path, text.split(", ")))

    def _names_the_unnamed(self, question: Question[Any]) -> bool:
        path = getattr(question, "path", "")
        return any(_is_within(path, (unnamed,)) for unnamed in self._unnamed)


class _OfWindows(_Redaction):
    """Where a name's letter case means nothing, and paths are in the registry too."""

    def of(self, recording: Recording) -> Redacted:
        noted = [
            windows_rules.users_of_camera(one.question, one.value) for one in recording.answers
        ]
        self._users_of_camera = frozenset(set[str]().union(*noted))
        return super().of(recording)

    def _is_exact(self, question: Question[Any]) -> bool:
        shown = isinstance(question, ListProcesses | ListListeners | SweepFiles)
        return shown or super()._is_exact(question)

    def _found(self, path: str, roots: tuple[str, ...]) -> str:
        del roots
        return shown_path(path, self._names)

    def _process(self, process: Process) -> Process:
        return windows_rules.shown_process(process, self._users_of_camera, self._names)

    def _listener(self, listener: Listener) -> Listener:
        shown = windows_rules.shown_listener(listener, self._names)
        return msgspec.structs.replace(shown, address=self._masks.text(listener.address))

    def _question(self, question: AnyQuestion) -> AnyQuestion:
        shown = windows_rules.shown_question(question, self._names)
        return super()._question(question) if shown is None else cast(AnyQuestion, shown)

    def _source(self, text: str) -> str:
        parts = text.split(", ")
        return ", ".join(windows_rules.shown_source(part, self._names) for part in parts)


def _http(url: str, answer: HttpAnswer) -> HttpAnswer:
    headers = {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS}
    location = answer.headers.get("location")
    if location is not None:
        here, there = urlsplit(url), urlsplit(urljoin(url, location))
        same = here.netloc == there.netloc
        headers["location"] = "/" if same else f"{there.scheme}://elsewhere.invalid/"
    # A sign-in page greets the guest: by room number, by device, by ticket.
    body = answer.body if _is_health(answer.body) else b""
    return msgspec.structs.replace(answer, headers=headers, body=body)


def _is_health(body: bytes) -> bool:
    try:
        decode_message(body, Health)
    except BadMessage:
        return False
    return True


def _has_addresses(question: Question[Any]) -> bool:
    match question:
        case ReadFile():
            rule = file_rule(question.path)
        case RunCommand():
            rule = command_rule(question.argv)
        case _:
            return not isinstance(question, DBusTransaction)
    return rule is None or rule.addresses


def _is_within(path: str, folders: tuple[str, ...]) -> bool:
    within = (folder.rstrip("/\\") + slash for folder in folders for slash in "/\\")
    return path in folders or path.startswith(tuple(within))


def _split(path: str) -> tuple[str, str]:
    """The folders of a path, with the last slash or backslash, and the name after it."""
    name = max(path.rfind("/"), path.rfind("\\")) + 1
    return path[:name], path[name:]


def _network_name(value: Any) -> str:
    """A network's name as it is written down: a text, or bytes that are one."""
    if isinstance(value, dict):
        value = value.get("text")
    return value if isinstance(value, str) else ""
