"""COM by the documented order of each interface's functions: no type library, nothing generated.

What a question needs lives in one `Apartment`, which lets go of every object at its end.
"""

import ctypes
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ctypes import wintypes
from types import TracebackType
from typing import Any, Self, TypeVar

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.names import well_formed
from probes.system.windows.calls import function
from probes.system.windows.failures import Failure, answered, of_hresult

if sys.platform != "win32":
    raise ImportError("only Windows has these")

T = TypeVar("T")

MULTITHREADED = 0
IN_PROCESS_OR_LOCAL = 1 | 4
"""CLSCTX_INPROC_SERVER and CLSCTX_LOCAL_SERVER: never another machine."""

RPC_E_CHANGED_MODE = 0x80010106
QUERY_INTERFACE, RELEASE = 0, 2
VARIANT_FALSE = 0

EMPTY, NULL = 0, 1
I2, I4, R4, R8, DATE, BSTR, BOOL, VARIANT = 2, 3, 4, 5, 7, 8, 11, 12
I1, UI1, UI2, UI4, I8, UI8, INT, UINT = 16, 17, 18, 19, 20, 21, 22, 23
ARRAY = 0x2000

_SIGNED = {I1: 8, I2: 16, I4: 32, INT: 32, I8: 64}
_UNSIGNED = {UI1: 8, UI2: 16, UI4: 32, UINT: 32, UI8: 64}

UNIX_EPOCH_IN_DAYS = 25569
"""1970-01-01 as a DATE, which counts days since 1899-12-30."""


class Guid(ctypes.Structure):
    """GUID (guiddef.h)."""

    _fields_ = (
        ("data1", wintypes.DWORD),
        ("data2", wintypes.WORD),
        ("data3", wintypes.WORD),
        ("data4", ctypes.c_ubyte * 8),
    )

    @classmethod
    def of(cls, text: str) -> Self:
        """The GUID that `text` spells, with or without braces; ValueError for anything else."""
        return cls.from_buffer_copy(uuid.UUID(text).bytes_le)

    def __str__(self) -> str:
        """In upper case and braces, as the registry spells it."""
        return f"{{{uuid.UUID(bytes_le=bytes(self))}}}".upper()


class _Pair(ctypes.Structure):
    _fields_ = (("value", ctypes.c_void_p), ("record", ctypes.c_void_p))


class _Held(ctypes.Union):
    _fields_ = (
        ("integer", ctypes.c_ulonglong),
        ("real32", ctypes.c_float),
        ("real64", ctypes.c_double),
        ("pointer", ctypes.c_void_p),
        ("pair", _Pair),
    )


class Variant(ctypes.Structure):
    """VARIANT (oaidl.h)."""

    _fields_ = (
        ("kind", wintypes.WORD),
        ("reserved", wintypes.WORD * 3),
        ("held", _Held),
    )

    def plain(self) -> str | int | float | bool | None:
        """The scalar in it, a date as a DATE; raises `Failure(GARBLED)` for anything else."""
        kind = self.kind
        if kind in (EMPTY, NULL):
            return None
        if kind == BSTR:
            return text_of(self.held.pointer)
        if kind == BOOL:
            return bool(self.held.integer & 0xFFFF)
        if kind in (R8, DATE):
            return float(self.held.real64)
        if kind == R4:
            return float(self.held.real32)
        if kind in _UNSIGNED:
            return int(self.held.integer) & (1 << _UNSIGNED[kind]) - 1
        if kind in _SIGNED:
            return signed(self.held.integer, _SIGNED[kind])
        raise Failure(Unread.GARBLED)

    def clear(self) -> None:
        """Let go of what it holds."""
        function("oleaut32", "VariantClear", ctypes.c_long, ctypes.c_void_p)(ctypes.addressof(self))


def signed(number: int, bits: int) -> int:
    """The lowest `bits` of `number` as a signed number."""
    low = number & (1 << bits) - 1
    return low - (1 << bits) if low >> (bits - 1) else low


def seconds(date: float) -> float:
    """A DATE that is UTC, as seconds since 1970."""
    return (date - UNIX_EPOCH_IN_DAYS) * 86400.0


def text_of(bstr: int | None) -> str:
    """The characters of a BSTR, which may be NULL for none."""
    if not bstr:
        return ""
    length = function("oleaut32", "SysStringLen", wintypes.UINT, ctypes.c_void_p)(bstr)
    return well_formed(ctypes.wstring_at(bstr, length))


def ask(question: Callable[["Apartment"], T], source: str) -> Fact[T]:
    """What `question` finds in an apartment of its own, or why it could not."""

    def within() -> T:
        with Apartment() as apartment:
            return question(apartment)

    return answered(within, source)


class Apartment:
    """This thread's use of COM, from entering to leaving a `with` block."""

    def __init__(self) -> None:
        self._held = ExitStack()

    def __enter__(self) -> Self:
        begin = function("ole32", "CoInitializeEx", ctypes.c_long, ctypes.c_void_p, wintypes.DWORD)
        result = begin(None, MULTITHREADED)
        if result >= 0:
            self._held.callback(function("ole32", "CoUninitialize", None))
        elif result & 0xFFFFFFFF != RPC_E_CHANGED_MODE:
            # With that one, somebody has made this a single-threaded apartment, which is as good.
            raise Failure(of_hresult(result))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        self._held.close()

    def create(self, class_id: str, interface: str) -> "Pointer":
        """A new object of a class. Raises `Failure`, MISSING where it is not registered."""
        made = ctypes.c_void_p()
        create_instance = function(
            *("ole32", "CoCreateInstance", ctypes.c_long),
            *(ctypes.POINTER(Guid), ctypes.c_void_p, wintypes.DWORD),
            *(ctypes.POINTER(Guid), ctypes.POINTER(ctypes.c_void_p)),
        )
        result = create_instance(
            *(ctypes.byref(Guid.of(class_id)), None, IN_PROCESS_OR_LOCAL),
            *(ctypes.byref(Guid.of(interface)), ctypes.byref(made)),
        )
        if result < 0:
            raise Failure(of_hresult(result))
        return self.adopt(made)

    def adopt(self, address: ctypes.c_void_p) -> "Pointer":
        """The object at `address`, which is released at the end of the block."""
        if not address.value:
            raise Failure(Unread.GARBLED)
        pointer = Pointer(self, address.value)
        self._held.callback(pointer.release)
        return pointer

    def string(self, text: str) -> ctypes.c_void_p:
        """`text` as a BSTR for an argument."""
        allocate = function("oleaut32", "SysAllocString", ctypes.c_void_p, wintypes.LPCWSTR)
        address = allocate(text)
        self._held.callback(_free_string, address)
        return ctypes.c_void_p(address)

    def variant(self) -> Variant:
        """An empty VARIANT for an answer."""
        variant = Variant()
        self._held.callback(variant.clear)
        return variant


class Pointer:
    """An interface of an object. A `slot` is a function's place in it, counted from 0, as the
    interface's header has them: 0 to 2 are IUnknown's, 3 to 6 IDispatch's where it is dual."""

    def __init__(self, apartment: Apartment, address: int) -> None:
        self._apartment = apartment
        self._address = address

    @property
    def address(self) -> ctypes.c_void_p:
        """The interface as an argument."""
        return ctypes.c_void_p(self._address)

    def call(self, slot: int, *arguments: Any) -> int:
        """Call the function at `slot` with ctypes values. Returns the HRESULT where that is a
        success, as a number that is not negative; raises `Failure` else."""
        table = ctypes.cast(self._address, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        kinds = [type(argument) for argument in arguments]
        prototype = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.c_void_p, *kinds)
        result = int(prototype(table[slot] or 0)(self._address, *arguments))
        if result < 0:
            raise Failure(of_hresult(result))
        return result

    def number(self, slot: int, *arguments: Any) -> int:
        """The LONG, or an enumeration's value, that the function gives by its last argument."""
        value = ctypes.c_long()
        self.call(slot, *arguments, ctypes.pointer(value))
        return value.value

    def flag(self, slot: int, *arguments: Any) -> bool:
        """The VARIANT_BOOL that the function gives."""
        value = ctypes.c_short()
        self.call(slot, *arguments, ctypes.pointer(value))
        return value.value != VARIANT_FALSE

    def date(self, slot: int) -> float:
        """The DATE that the function gives, a UTC one, as seconds since 1970."""
        value = ctypes.c_double()
        self.call(slot, ctypes.pointer(value))
        return seconds(value.value)

    def text(self, slot: int) -> str:
        """The BSTR that the function gives."""
        value = ctypes.c_void_p()
        self.call(slot, ctypes.pointer(value))
        try:
            return text_of(value.value)
        finally:
            _free_string(value.value)

    def variant(self, slot: int, *arguments: Any) -> Variant:
        """The VARIANT that the function gives by its last argument."""
        value = self._apartment.variant()
        self.call(slot, *arguments, ctypes.pointer(value))
        return value

    def object(self, slot: int, *arguments: Any) -> "Pointer":
        """The object that the function gives by its last argument."""
        made = ctypes.c_void_p()
        self.call(slot, *arguments, ctypes.pointer(made))
        return self._apartment.adopt(made)

    def each(self, slot: int) -> Iterator["Pointer"]:
        """The objects of an enumerator whose `Next(count, objects, fetched)` is at `slot`."""
        while True:
            made, fetched = ctypes.c_void_p(), wintypes.ULONG()
            self.call(slot, wintypes.ULONG(1), ctypes.pointer(made), ctypes.pointer(fetched))
            if fetched.value != 1:
                return
            yield self._apartment.adopt(made)

    def other(self, interface: str) -> "Pointer | None":
        """Another interface of the same object; None where it has none."""
        made = ctypes.c_void_p()
        guid = Guid.of(interface)
        try:
            self.call(QUERY_INTERFACE, ctypes.pointer(guid), ctypes.pointer(made))
        except Failure as failure:
            if failure.why is Unread.UNSUPPORTED:
                return None
            raise
        return self._apartment.adopt(made)

    def release(self) -> None:
        """Give up this interface."""
        table = ctypes.cast(self._address, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        ctypes.WINFUNCTYPE(wintypes.ULONG, ctypes.c_void_p)(table[RELEASE] or 0)(self._address)


def optional(ask: Callable[[], T]) -> T | None:
    """What `ask` gives; None where the object does not tell."""
    try:
        return ask()
    except Failure:
        return None


def _free_string(address: int | None) -> None:
    function("oleaut32", "SysFreeString", None, ctypes.c_void_p)(address)
