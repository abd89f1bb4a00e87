"""Asking services on the system bus (D-Bus specification; its reference is dbus-daemon).

Every ask has a connection of its own, so threads share nothing, and one deadline for everything:
connecting, the greeting, each reply. No call allows an interactive authorisation, so none can
make the OS ask for a password.
"""

import math
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from jeepney import (
    DBusAddress,
    DBusErrorResponse,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    new_method_call,
)
from jeepney.auth import AuthenticationError
from jeepney.bus import get_bus
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.low_level import Array, Struct, Variant, parse_signature
from jeepney.wrappers import unwrap_msg

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system.failures import why
from probes.system.questions import (
    DBusArgument,
    DBusCall,
    DBusGet,
    DBusSignal,
    DBusTransaction,
)

T = TypeVar("T")

TIMEOUT = 3.0
"""Seconds for one property or one call; a service that is there answers in milliseconds."""

MOST_SIGNALS = 100_000
"""More than any machine has packages."""

PROPERTIES = "org.freedesktop.DBus.Properties"

_ERROR = "org.freedesktop.DBus.Error."
_MISSING = frozenset(
    {
        _ERROR + "ServiceUnknown",
        _ERROR + "NameHasNoOwner",
        _ERROR + "Spawn.ServiceNotFound",
        _ERROR + "UnknownObject",
        _ERROR + "UnknownInterface",
        _ERROR + "UnknownMethod",
        _ERROR + "UnknownProperty",
        "org.freedesktop.systemd1.NoSuchUnit",
        "org.freedesktop.systemd1.UnitMasked",
    }
)
_MISSING_PROPERTY = frozenset({_ERROR + "InvalidArgs"})
"""What GLib's services (NetworkManager is one) say of a property that an object does not have."""
_DENIED = frozenset({_ERROR + "AuthFailed", _ERROR + "InteractiveAuthorizationRequired"})
_TIMED_OUT = frozenset({_ERROR + "NoReply", _ERROR + "Timeout", _ERROR + "TimedOut"})

_BROKEN = (ValueError, TypeError, LookupError, AssertionError, struct.error, RecursionError)
"""What jeepney raises for bytes that are no D-Bus message."""


def get(question: DBusGet) -> Fact[Any]:
    """A property. `missing` where the service, the object or the property is not there."""
    source = f"{question.name} {question.property}"

    def ask(bus: _Bus) -> Any:
        address = DBusAddress(question.path, question.name, PROPERTIES)
        arguments = (question.interface, question.property)
        return bus.call(address, "Get", "ss", arguments, question.activate)[0][0]

    return _asked(source, TIMEOUT, ask, _MISSING | _MISSING_PROPERTY)


def call(question: DBusCall) -> Fact[tuple[Any, ...]]:
    """What a method gives back. `missing` where the service, the object or the method is not
    there, `garbled` for any error of the service's own."""

    def ask(bus: _Bus) -> tuple[Any, ...]:
        address = DBusAddress(question.path, question.name, question.interface)
        values, _ = bus.call(
            address, question.member, question.signature, question.arguments, question.activate
        )
        return tuple(values)

    return _asked(f"{question.name} {question.member}", TIMEOUT, ask)


def transaction(question: DBusTransaction) -> Fact[tuple[DBusSignal, ...]]:
    """The signals of a transaction, made for this question."""

    def ask(bus: _Bus) -> tuple[DBusSignal, ...]:
        maker = DBusAddress(question.path, question.name, question.interface)
        made, owner = bus.call(maker, question.create, "", (), question.activate)
        address = DBusAddress(made[0], owner, question.step_interface)
        signals = bus.listen(address)
        for step in question.steps:
            bus.call(address, step.member, step.signature, step.arguments, False)
        collected = []
        for signal in signals:
            if signal.member in question.collect or signal.member == question.until:
                collected.append(signal)
            if signal.member == question.until:
                break
            if len(collected) > MOST_SIGNALS:
                raise ValueError("too many signals")
        return tuple(collected)

    last = question.steps[-1].member if question.steps else question.create
    return _asked(f"{question.name} {last}", question.timeout, ask)


def meaning(error: str, missing: frozenset[str] = _MISSING) -> Unread:
    """What the error of this name says; services name their own refusals in their own ways."""
    if error in missing:
        return Unread.MISSING
    refusals = ("AccessDenied", "NotAuthorized", "PermissionDenied")
    if error in _DENIED or any(part.startswith(refusals) for part in error.split(".")):
        return Unread.DENIED
    if error in _TIMED_OUT:
        return Unread.TIMED_OUT
    return Unread.UNSUPPORTED if error == _ERROR + "NotSupported" else Unread.GARBLED


class _Connection(DBusConnection):  # type: ignore[misc]
    """A connection whose every wait ends at one deadline, the greeting's too."""

    def __init__(self, socket: Any, deadline: float) -> None:
        self._deadline = deadline
        super().__init__(socket)

    def receive(self, *, timeout: float | None = None) -> Message:
        del timeout
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return super().receive(timeout=left)


class _Bus:
    """The system bus for one ask."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._heard: list[Message] = []

    def call(
        self,
        address: DBusAddress,
        member: str,
        signature: str,
        arguments: tuple[DBusArgument, ...],
        activate: bool,
    ) -> tuple[list[Any], str]:
        """What the method gives back, and the unique name of who answered."""
        body = tuple(list(item) if isinstance(item, tuple) else item for item in arguments)
        message = new_method_call(address, member, signature or None, body)
        message.header.flags = MessageFlag(0) if activate else MessageFlag.no_auto_start
        reply = self._reply(message)
        return _values(reply), reply.header.fields[HeaderFields.sender]

    def listen(self, address: DBusAddress) -> Iterator[DBusSignal]:
        """The signals of one object and its owner, from now on, as they come."""
        rule = MatchRule(type="signal", sender=address.bus_name, path=address.object_path)
        self._reply(message_bus.AddMatch(rule))
        return self._signals(rule)

    def _signals(self, rule: MatchRule) -> Iterator[DBusSignal]:
        while True:
            message = self._heard.pop(0) if self._heard else self._connection.receive()
            if rule.matches(message):
                member = message.header.fields[HeaderFields.member]
                yield DBusSignal(member, tuple(_values(message)))

    def _reply(self, message: Message) -> Message:
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        while True:
            came = self._connection.receive()
            if came.header.fields.get(HeaderFields.reply_serial) == serial:
                unwrap_msg(came)
                return came
            if came.header.message_type is MessageType.signal:
                self._heard.append(came)


def _asked(
    source: str,
    timeout: float,
    ask: Callable[[_Bus], T],
    missing: frozenset[str] = _MISSING,
) -> Fact[T]:
    try:
        address = get_bus("SYSTEM")
    except (ValueError, RuntimeError):
        return Unknown(Unread.UNSUPPORTED, source)
    try:
        with _bus_at(address, timeout) as bus:
            return Known(ask(bus), source)
    except DBusErrorResponse as error:
        return Unknown(meaning(error.name or "", missing), source)
    except AuthenticationError:
        return Unknown(Unread.DENIED, source)
    except OSError as error:
        return Unknown(why(error), source)
    except _BROKEN:
        return Unknown(Unread.GARBLED, source)


@contextmanager
def _bus_at(address: str, timeout: float) -> Iterator[_Bus]:
    deadline = time.monotonic() + timeout
    socket = prep_socket(address, timeout=timeout)
    socket.settimeout(timeout)
    try:
        with _Connection(socket, deadline) as connection:
            yield _Bus(connection)
    finally:
        socket.close()


def _values(message: Message) -> list[Any]:
    signature = message.header.fields.get(HeaderFields.signature, "")
    kinds = parse_signature(list(f"({signature})")).fields
    return [_plain(kind, value) for kind, value in zip(kinds, message.body, strict=True)]


def _plain(kind: Any, value: Any) -> Any:
    """`value` of the D-Bus type `kind` with nothing of D-Bus left in it, the same now as when it
    comes back out of a recording."""
    if isinstance(kind, Variant):
        signature, inner = value
        return _plain(parse_signature(list(signature)), inner)
    if isinstance(kind, Struct):
        return [_plain(field, item) for field, item in zip(kind.fields, value, strict=True)]
    if isinstance(kind, Array) and isinstance(value, dict):
        values = kind.elt_type.fields[1]
        return {str(key): _plain(values, item) for key, item in value.items()}
    if isinstance(kind, Array):
        return value if isinstance(value, bytes) else [_plain(kind.elt_type, v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
