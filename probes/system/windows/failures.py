"""What an error code of Windows says about an answer that did not come."""

import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import TypeVar

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown

if sys.platform != "win32":
    raise ImportError("only Windows has these")

T = TypeVar("T")

_WIN32 = MappingProxyType(
    {
        **dict.fromkeys((2, 3, 15, 21, 53, 67), Unread.MISSING),  # file, path, drive, server
        **dict.fromkeys((1058, 1060, 1062, 1168), Unread.MISSING),  # service off, none; not found
        **dict.fromkeys((1812, 1813, 1814, 1815), Unread.MISSING),  # no such resource in a file
        1463: Unread.MISSING,  # no object of that name
        5023: Unread.MISSING,  # a wireless interface that is connected to nothing
        **dict.fromkeys((5, 32, 33, 1314), Unread.DENIED),  # access, sharing, lock, privilege
        **dict.fromkeys((121, 258, 1460, 1818), Unread.TIMED_OUT),
        **dict.fromkeys((1, 50, 120), Unread.UNSUPPORTED),  # function, request, not implemented
        **dict.fromkeys((126, 127), Unread.UNSUPPORTED),  # no such library or export
        **dict.fromkeys((87, 123, 161), Unread.UNSUPPORTED),  # a parameter, a name, a path
    }
)
"""System error codes (winerror.h)."""

_HRESULTS = MappingProxyType(
    {
        0x80040154: Unread.MISSING,  # REGDB_E_CLASSNOTREG
        0x80004001: Unread.UNSUPPORTED,  # E_NOTIMPL
        0x80004002: Unread.UNSUPPORTED,  # E_NOINTERFACE
        0x80020003: Unread.UNSUPPORTED,  # DISP_E_MEMBERNOTFOUND
        0x80010002: Unread.TIMED_OUT,  # RPC_E_CALL_CANCELED
        0x8001011F: Unread.TIMED_OUT,  # RPC_E_TIMEOUT
        0x80041002: Unread.MISSING,  # WBEM_E_NOT_FOUND
        0x8004100E: Unread.MISSING,  # WBEM_E_INVALID_NAMESPACE
        0x80041010: Unread.MISSING,  # WBEM_E_INVALID_CLASS
        0x80041003: Unread.DENIED,  # WBEM_E_ACCESS_DENIED
        0x8004100C: Unread.UNSUPPORTED,  # WBEM_E_NOT_SUPPORTED
        0x80041011: Unread.UNSUPPORTED,  # WBEM_E_PROVIDER_NOT_FOUND
        0x80041024: Unread.UNSUPPORTED,  # WBEM_E_PROVIDER_NOT_CAPABLE
        0x80041032: Unread.TIMED_OUT,  # WBEM_E_CALL_CANCELLED
        0x80041069: Unread.TIMED_OUT,  # WBEM_E_TIMED_OUT
        0x800106BA: Unread.MISSING,  # Microsoft Defender's service is stopped
        0x80240001: Unread.MISSING,  # WU_E_NO_SERVICE
        0x80240021: Unread.TIMED_OUT,  # WU_E_TIME_OUT
        0x80240044: Unread.DENIED,  # WU_E_PER_MACHINE_UPDATE_ACCESS_DENIED
    }
)
"""COM error codes (winerror.h, wbemcli.h, wuerror.h) that are not a system error code in a coat."""

_FACILITY_WIN32 = 0x8007


class Failure(Exception):
    """A call that Windows did not answer, and what that says."""

    def __init__(self, why: Unread) -> None:
        super().__init__(why.value)
        self.why = why


def of_win32(code: int) -> Unread:
    """The unknown for a system error code, `garbled` for one that says neither that nothing is
    there, nor that it may not be read, nor that it took too long."""
    return _WIN32.get(code, Unread.GARBLED)


def of_hresult(code: int) -> Unread:
    """The unknown for a failing HRESULT, signed or not."""
    unsigned = code & 0xFFFFFFFF
    if unsigned >> 16 == _FACILITY_WIN32:
        return of_win32(unsigned & 0xFFFF)
    return _HRESULTS.get(unsigned, Unread.GARBLED)


def check(error: int) -> None:
    """Nothing for ERROR_SUCCESS; raises `Failure` for any other system error code."""
    if error:
        raise Failure(of_win32(error))


def answered(ask: Callable[[], T], source: str) -> Fact[T]:
    """What `ask` returns, or why it could not."""
    try:
        return Known(ask(), source)
    except Failure as failure:
        return Unknown(failure.why, source)
    except TimeoutError:
        return Unknown(Unread.TIMED_OUT, source)
    except OSError as error:
        return Unknown(of_win32(error.winerror or 0), source)
    except ValueError:
        # Of a text that no call takes, such as one with a NUL in it.
        return Unknown(Unread.UNSUPPORTED, source)
