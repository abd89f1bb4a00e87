"""Windows Update Agent (wuapi.h): what its own last scan found, and what it did."""

import ctypes
import sys

from probes.facts import Fact
from probes.system.windows import com
from probes.system.windows.com import DATE, VARIANT_FALSE, Apartment, Pointer, optional, seconds
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadUpdateHistory,
    ReadUpdateState,
    SearchUpdates,
    UpdateSearch,
    UpdateState,
    WaitingUpdate,
)

if sys.platform != "win32":
    raise ImportError("only Windows has these")

CLASS_SESSION = "4cb43d7f-7eee-4906-8698-60da1c38f2fe"
SESSION = "816858a4-260d-4260-933a-2585f1abc76b"
CREATE_SEARCHER = 12
QUERY_HISTORY, SEARCH, PUT_ONLINE, TOTAL_HISTORY_COUNT = 18, 19, 21, 22

RESULT_CODE, UPDATES = 7, 9
UPDATE_ITEM, UPDATE_COUNT = 7, 10

CATEGORIES, HIDDEN, LAST_DEPLOYMENT_CHANGE, SEVERITY = 11, 24, 30, 34
CATEGORY_ITEM, CATEGORY_COUNT, CATEGORY_ID = 7, 9, 8

UPDATE_3 = "112eda6b-95b3-476f-9d90-aee82c6b8181"
BROWSE_ONLY = 56

ENTRY_ITEM, ENTRY_COUNT = 7, 9
ENTRY_OPERATION, ENTRY_RESULT, ENTRY_DATE, ENTRY_TITLE = 7, 8, 10, 12

CLASS_SYSTEM_INFORMATION = "c01b9ba0-bea7-41ba-b604-d0a36f469133"
SYSTEM_INFORMATION = "ade87bf7-7b56-4275-8fab-b9b0e591844b"
REBOOT_REQUIRED = 8

CLASS_AUTOMATIC_UPDATES = "bfe18e9c-6d87-4450-b37c-e02f0b373803"
AUTOMATIC_UPDATES_2 = "4a2f5c31-cfd9-410e-b7fb-29a653973a0f"
GET_SETTINGS, GET_RESULTS = 11, 14
NOTIFICATION_LEVEL = 7
LAST_SEARCH, LAST_INSTALLATION = 7, 8


def search(question: SearchUpdates) -> Fact[UpdateSearch]:
    """IUpdateSearcher.Search without asking any server, by the machine's own choice of one."""
    return com.ask(lambda apartment: _search(apartment, question.criteria), "IUpdateSearcher")


def history(question: ReadUpdateHistory) -> Fact[tuple[InstalledUpdate, ...]]:
    """IUpdateSearcher.QueryHistory, newest first."""
    source = "IUpdateSearcher.QueryHistory"
    return com.ask(lambda apartment: _history(apartment, question.count), source)


def state(question: ReadUpdateState) -> Fact[UpdateState]:
    """What ISystemInformation and IAutomaticUpdates2 tell."""
    del question
    return com.ask(_state, "ISystemInformation, IAutomaticUpdates")


def _searcher(apartment: Apartment) -> Pointer:
    return apartment.create(CLASS_SESSION, SESSION).object(CREATE_SEARCHER)


def _search(apartment: Apartment, criteria: str) -> UpdateSearch:
    searcher = _searcher(apartment)
    searcher.call(PUT_ONLINE, ctypes.c_short(VARIANT_FALSE))
    found = searcher.object(SEARCH, apartment.string(criteria))
    updates = found.object(UPDATES)
    count = updates.number(UPDATE_COUNT)
    return UpdateSearch(
        result=found.number(RESULT_CODE),
        updates=tuple(
            _waiting(updates.object(UPDATE_ITEM, ctypes.c_long(at))) for at in range(count)
        ),
    )


def _waiting(update: Pointer) -> WaitingUpdate:
    categories = update.object(CATEGORIES)
    third = update.other(UPDATE_3)
    ids = (
        categories.object(CATEGORY_ITEM, ctypes.c_long(at)).text(CATEGORY_ID)
        for at in range(categories.number(CATEGORY_COUNT))
    )
    return WaitingUpdate(
        categories=tuple(text.strip("{}").lower() for text in ids),
        severity=optional(lambda: update.text(SEVERITY)) or "",
        browse_only=third is not None and third.flag(BROWSE_ONLY),
        changed=_changed(update),
        hidden=update.flag(HIDDEN),
    )


def _changed(update: Pointer) -> float | None:
    """None also for the DATE 0, which is what an update without that date has."""
    changed = optional(lambda: update.date(LAST_DEPLOYMENT_CHANGE))
    return changed if changed is not None and changed > 0 else None


def _history(apartment: Apartment, most: int) -> tuple[InstalledUpdate, ...]:
    searcher = _searcher(apartment)
    count = min(most, searcher.number(TOTAL_HISTORY_COUNT))
    if count <= 0:
        # QueryHistory refuses to be asked for none.
        return ()
    entries = searcher.object(QUERY_HISTORY, ctypes.c_long(0), ctypes.c_long(count))
    return tuple(
        _installed(entries.object(ENTRY_ITEM, ctypes.c_long(at)))
        for at in range(entries.number(ENTRY_COUNT))
    )


def _installed(entry: Pointer) -> InstalledUpdate:
    return InstalledUpdate(
        operation=entry.number(ENTRY_OPERATION),
        result=entry.number(ENTRY_RESULT),
        date=entry.date(ENTRY_DATE),
        title=entry.text(ENTRY_TITLE),
    )


def _state(apartment: Apartment) -> UpdateState:
    system = apartment.create(CLASS_SYSTEM_INFORMATION, SYSTEM_INFORMATION)
    automatic = apartment.create(CLASS_AUTOMATIC_UPDATES, AUTOMATIC_UPDATES_2)
    return UpdateState(
        restart_required=optional(lambda: system.flag(REBOOT_REQUIRED)),
        notification_level=optional(
            lambda: automatic.object(GET_SETTINGS).number(NOTIFICATION_LEVEL)
        ),
        last_search=_date(automatic, LAST_SEARCH),
        last_install=_date(automatic, LAST_INSTALLATION),
    )


def _date(automatic: Pointer, slot: int) -> float | None:
    """None also where that has never happened, which is an empty VARIANT."""
    told = optional(lambda: automatic.object(GET_RESULTS).variant(slot))
    if told is None or told.kind != DATE:
        return None
    return seconds(float(told.held.real64))
