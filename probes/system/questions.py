"""What can be asked of the machine. Each question is data, so an answer can be recorded beside it.

None of them changes the machine, needs administrator rights or makes the OS show a prompt. Answers
are raw: bytes, numbers and strings as the OS gave them, so that a recording tests the parsers too.

A path that is "~" or starts with "~/" is under the home folder of the person; the door puts the
home in its place, so that a question is the same on every machine and names nobody.
"""

from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")

Plain = str | int | float | bool | None
"""A scalar as an OS interface gives it."""


class Question(msgspec.Struct, Generic[T], frozen=True, forbid_unknown_fields=True, tag=True):
    """The base: `T` is the type of a value that answers it."""


class ReadFile(Question[bytes], frozen=True, tag="read_file"):
    """A file's first `limit` bytes."""

    path: str
    limit: int = 1 << 20


class ListFolder(Question[tuple[str, ...]], frozen=True, tag="list_folder"):
    """The names in a folder, sorted."""

    path: str


class FileStatus(msgspec.Struct, frozen=True):
    """`kind` is "file", "folder" or "other"; `modified` is seconds since 1970, UTC."""

    kind: str
    size: int
    modified: float


class StatFile(Question[FileStatus], frozen=True, tag="stat_file"):
    """What kind of thing is at `path`, links followed."""

    path: str


class ReadLink(Question[str], frozen=True, tag="read_link"):
    """Where the link at `path` finally leads, as an absolute path."""

    path: str


class Completed(msgspec.Struct, frozen=True):
    """A command that ended by itself."""

    returncode: int
    stdout: bytes
    stderr: bytes


class RunCommand(Question[Completed], frozen=True, tag="run_command"):
    """A command that only reads, as an argument list (never a shell), with `timeout` in seconds.

    It runs without standard input, in the C locale on Linux and macOS. More than `limit` bytes of
    output, and the command is stopped and its answer `garbled`.
    """

    argv: tuple[str, ...]
    timeout: float = 10.0
    limit: int = 4 << 20


class Process(msgspec.Struct, frozen=True):
    """A running program: its name as the OS lists it, its file where that can be read, the base
    name of the command it calls itself (`argv0`; never an argument), and whether it is this
    user's."""

    name: str
    executable: str | None = None
    argv0: str | None = None
    own: bool = False


class ListProcesses(Question[tuple[Process, ...]], frozen=True, tag="list_processes"):
    """All processes that the OS lists."""


class Listener(msgspec.Struct, frozen=True):
    """A socket that waits for others: "tcp" or "udp", its local address and port, and the name of
    the program behind it where the OS says so."""

    protocol: str
    address: str
    port: int
    program: str | None = None


class ListListeners(Question[tuple[Listener, ...]], frozen=True, tag="list_listeners"):
    """All listening TCP sockets and unconnected UDP sockets."""


class Interface(msgspec.Struct, frozen=True):
    """A network interface. `addresses` are its IP addresses (redacted when recorded)."""

    name: str
    up: bool
    loopback: bool
    addresses: tuple[str, ...] = ()


class ListInterfaces(Question[tuple[Interface, ...]], frozen=True, tag="list_interfaces"):
    """All network interfaces."""


DBusArgument = bool | int | float | str | tuple[str, ...]
"""What a method is given: basic types, and an array of strings as a tuple."""


class DBusGet(Question[Any], frozen=True, tag="dbus_get"):
    """One property of an object on the system bus, as plain Python values: variants unwrapped,
    arrays and structs as lists, dictionaries with string keys, arrays of bytes as bytes.

    A service that does not run is `missing`; with `activate`, the bus may start it first.
    """

    name: str
    path: str
    interface: str
    property: str
    activate: bool = False


class DBusCall(Question[tuple[Any, ...]], frozen=True, tag="dbus_call"):
    """The answer of a method on the system bus that only reads, as plain as a property's.
    `signature` and `arguments` as in the D-Bus specification."""

    name: str
    path: str
    interface: str
    member: str
    signature: str = ""
    arguments: tuple[DBusArgument, ...] = ()
    activate: bool = False


class DBusStep(msgspec.Struct, frozen=True):
    """One call on a transaction's object."""

    member: str
    signature: str = ""
    arguments: tuple[DBusArgument, ...] = ()


class DBusSignal(msgspec.Struct, frozen=True):
    """A signal's name and its arguments, as plain as a property's."""

    member: str
    arguments: tuple[Any, ...]


class DBusTransaction(Question[tuple[DBusSignal, ...]], frozen=True, tag="dbus_transaction"):
    """What a service on the system bus tells in signals, as PackageKit does.

    `create`, on `path` and `interface`, gives a transaction's object. Its `steps` are called one
    after another on that object's `step_interface`; the answer is its signals named in `collect`,
    in order, up to and with the one named `until`. `timed_out` after `timeout` seconds in all.
    """

    name: str
    path: str
    interface: str
    create: str
    step_interface: str
    steps: tuple[DBusStep, ...]
    collect: tuple[str, ...]
    until: str
    timeout: float = 20.0
    activate: bool = False


class HttpAnswer(msgspec.Struct, frozen=True):
    """What an endpoint answered. The names in `headers` are in lower case; `elapsed` is seconds
    from before the connection to the last byte read, by a clock that nobody sets."""

    status: int
    headers: dict[str, str]
    body: bytes
    elapsed: float


class HttpGet(Question[HttpAnswer], frozen=True, tag="http_get"):
    """A GET to the office's endpoint, redirects not followed, at most `limit` bytes read.

    `missing` where nobody can be reached (no route, no such name, refused), `denied` where a
    certificate is not trusted or a proxy refuses, `garbled` for an answer that is not HTTP or
    breaks off, `unsupported` for an address that is neither https nor http to this very machine.

    `attempt` tells otherwise equal questions apart where an answer is wanted more than once.
    """

    url: str
    limit: int = 1 << 16
    timeout: float = 5.0
    attempt: int = 0


class HttpPost(Question[HttpAnswer], frozen=True, tag="http_post"):
    """A POST of `size` zero bytes to the office's endpoint, to measure the way up."""

    url: str
    size: int
    timeout: float = 5.0


class SweepFiles(Question[tuple[str, ...]], frozen=True, tag="sweep_files"):
    """The paths under `roots`, sorted, whose lower-case base name is in `names`. They begin with
    the root as it was asked for.

    What lies in a root itself is at depth 1, as for find(1). Links are not followed and other file
    systems not entered; a folder that cannot be read is passed over. After `seconds` the answer is
    `timed_out`, whatever was found until then.
    """

    roots: tuple[str, ...]
    names: frozenset[str]
    depth: int = 4
    seconds: float = 5.0
