"""Version resources of program files (winver.h, verrsrc.h)."""

import ctypes
import sys
from collections.abc import Iterator
from ctypes import wintypes

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.windows.calls import function, last_error
from probes.system.windows.failures import Failure, answered
from probes.system.windows.paths import on_this_disk, place
from probes.system.windows_questions import FileVersion, ReadFileVersion

if sys.platform != "win32":
    raise ImportError("only Windows has these")

SIGNATURE = 0xFEEF04BD
FALLBACKS = ((0x0411, 0x04B0), (0x0409, 0x04B0), (0x0411, 0x03A4), (0x0409, 0x04E4))
"""Japanese and English with Unicode, then with their own code pages, for files whose list of
translations is wrong or absent."""


class FixedInfo(ctypes.Structure):
    """VS_FIXEDFILEINFO up to the last member that is read here."""

    _fields_ = (
        ("signature", wintypes.DWORD),
        ("structure_version", wintypes.DWORD),
        ("file_version_high", wintypes.DWORD),
        ("file_version_low", wintypes.DWORD),
    )


def version(question: ReadFileVersion) -> Fact[FileVersion]:
    """The version resource, `missing` where the file has none. Its texts are those of the first
    translation in it that has them."""
    return answered(lambda: _version(place(question.path)), question.path)


def _version(path: str) -> FileVersion:
    on_this_disk(path)
    size_of = function(
        *("version", "GetFileVersionInfoSizeW", wintypes.DWORD),
        *(wintypes.LPCWSTR, ctypes.POINTER(wintypes.DWORD)),
    )
    get = function(
        *("version", "GetFileVersionInfoW", wintypes.BOOL),
        *(wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, ctypes.c_void_p),
    )
    size = size_of(path, None)
    if not size:
        raise last_error()
    block = ctypes.create_string_buffer(size)
    if not get(path, 0, size, ctypes.addressof(block)):
        raise last_error()
    translations = (*_translations(block), *FALLBACKS)

    def text(name: str) -> str:
        texts = (_text(block, translation, name) for translation in translations)
        return next(filter(None, texts), "")

    return FileVersion(
        version=_fixed(block),
        product=text("ProductName"),
        company=text("CompanyName"),
        original_name=text("OriginalFilename"),
        description=text("FileDescription"),
    )


def _fixed(block: ctypes.Array[ctypes.c_char]) -> str:
    address, length = _value(block, "\\")
    if length < ctypes.sizeof(FixedInfo):
        raise Failure(Unread.GARBLED)
    info = FixedInfo.from_address(address)
    if info.signature != SIGNATURE:
        raise Failure(Unread.GARBLED)
    high, low = info.file_version_high, info.file_version_low
    return f"{high >> 16}.{high & 0xFFFF}.{low >> 16}.{low & 0xFFFF}"


def _translations(block: ctypes.Array[ctypes.c_char]) -> Iterator[tuple[int, int]]:
    address, length = _value(block, "\\VarFileInfo\\Translation")
    words = (wintypes.WORD * (length // 2)).from_address(address) if address else ()
    yield from zip(words[::2], words[1::2], strict=False)


def _text(block: ctypes.Array[ctypes.c_char], translation: tuple[int, int], name: str) -> str:
    language, code_page = translation
    address, length = _value(block, f"\\StringFileInfo\\{language:04x}{code_page:04x}\\{name}")
    if not address:
        return ""
    return ctypes.wstring_at(address, length).partition("\0")[0].strip()


def _value(block: ctypes.Array[ctypes.c_char], path: str) -> tuple[int, int]:
    """Where a part of the resource is and how long it says it is; (0, 0) where there is none."""
    query = function(
        *("version", "VerQueryValueW", wintypes.BOOL),
        *(ctypes.c_void_p, wintypes.LPCWSTR),
        *(ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(wintypes.UINT)),
    )
    value, length = ctypes.c_void_p(), wintypes.UINT()
    found = query(ctypes.addressof(block), path, ctypes.byref(value), ctypes.byref(length))
    return (value.value or 0, length.value) if found and value.value else (0, 0)
