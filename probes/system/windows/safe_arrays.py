"""Arrays as COM hands them over (SAFEARRAY, oaidl.h)."""

import ctypes
import sys
from typing import Any

from precheck.contract.reasons import Unread
from probes.system.windows.calls import function
from probes.system.windows.com import ARRAY, EMPTY, I4, NULL, VARIANT, Variant
from probes.system.windows.failures import Failure, of_hresult

if sys.platform != "win32":
    raise ImportError("only Windows has these")


def count(variant: Variant) -> int:
    """How many elements an array of anything has; none where the variant is empty. Raises
    `Failure(GARBLED)` for anything else."""
    if variant.kind in (EMPTY, NULL):
        return 0
    if not variant.kind & ARRAY:
        raise Failure(Unread.GARBLED)
    array = variant.held.pointer
    return _bound("SafeArrayGetUBound", array) - _bound("SafeArrayGetLBound", array) + 1


def numbers(variant: Variant) -> tuple[int, ...]:
    """The numbers of an array of LONG or of VARIANT; none where the variant is empty. Raises
    `Failure(GARBLED)` for anything else."""
    if variant.kind in (EMPTY, NULL):
        return ()
    if variant.kind not in (ARRAY | I4, ARRAY | VARIANT):
        raise Failure(Unread.GARBLED)
    array = variant.held.pointer
    first, last = _bound("SafeArrayGetLBound", array), _bound("SafeArrayGetUBound", array)
    of_variants = variant.kind & ~ARRAY == VARIANT
    return tuple(_number(array, at, of_variants) for at in range(first, last + 1))


def _number(array: int | None, at: int, of_variants: bool) -> int:
    if not of_variants:
        long = ctypes.c_long()
        _element(array, at, long)
        return long.value
    held = Variant()
    _element(array, at, held)
    try:
        number = held.plain()
    finally:
        held.clear()
    if not isinstance(number, int):
        raise Failure(Unread.GARBLED)
    return number


def _element(array: int | None, at: int, into: Any) -> None:
    get = function(
        *("oleaut32", "SafeArrayGetElement", ctypes.c_long),
        *(ctypes.c_void_p, ctypes.POINTER(ctypes.c_long), ctypes.c_void_p),
    )
    _check(get(array, ctypes.byref(ctypes.c_long(at)), ctypes.addressof(into)))


def _bound(name: str, array: int | None) -> int:
    get = function(
        *("oleaut32", name, ctypes.c_long),
        *(ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_long)),
    )
    bound = ctypes.c_long()
    _check(get(array, 1, ctypes.byref(bound)))
    return bound.value


def _check(result: int) -> None:
    if result < 0:
        raise Failure(of_hresult(result))
