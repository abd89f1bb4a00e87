"""What is on the screen now (winuser.h)."""

import ctypes
import sys
from ctypes import wintypes

from probes.facts import Fact
from probes.system.windows.calls import function, last_error
from probes.system.windows.failures import answered
from probes.system.windows_questions import MatchWindowTitles, ReadSystemMetric

if sys.platform != "win32":
    raise ImportError("only Windows has these")

MOST_CHARACTERS = 512

_EACH = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, wintypes.LPARAM)


def matching_titles(question: MatchWindowTitles) -> Fact[tuple[str, ...]]:
    """Those prefixes, in the question's order, that a visible window's title starts with."""
    return answered(lambda: _matching(question.prefixes), "EnumWindows")


def metric(question: ReadSystemMetric) -> Fact[int]:
    """GetSystemMetrics; 0 also for an index that Windows does not know."""

    def read() -> int:
        get = function("user32", "GetSystemMetrics", ctypes.c_int, ctypes.c_int)
        return int(get(question.index))

    return answered(read, "GetSystemMetrics")


def _matching(prefixes: tuple[str, ...]) -> tuple[str, ...]:
    each = function("user32", "EnumWindows", wintypes.BOOL, _EACH, wintypes.LPARAM)
    is_visible = function("user32", "IsWindowVisible", wintypes.BOOL, wintypes.HWND)
    get_title = function(
        *("user32", "GetWindowTextW", ctypes.c_int),
        *(wintypes.HWND, wintypes.LPWSTR, ctypes.c_int),
    )
    seen: set[str] = set()
    title = ctypes.create_unicode_buffer(MOST_CHARACTERS)

    def look(window: int, _: int) -> bool:
        # The title of another program's window is kept by Windows: that program is not asked,
        # so one that hangs does not hold this up.
        if is_visible(window) and get_title(window, title, MOST_CHARACTERS):
            seen.update(filter(title.value.startswith, prefixes))
        return True

    if not each(_EACH(look), 0):
        raise last_error()
    return tuple(prefix for prefix in prefixes if prefix in seen)
