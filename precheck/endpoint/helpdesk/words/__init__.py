"""The words of the helpdesk's pages."""

import msgspec

from precheck.endpoint.helpdesk.stuck import Within


class TriageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    lead: str
    filters: str
    """The name of the form, for who hears the page."""
    within: str
    withins: dict[Within, str]
    """That of the next open day with {month} {day} {weekday}."""
    any: str
    counted: str
    """A choice with how many it would leave: {choice} {count}"""
    apply: str
    clear: str
    refresh: str
    as_of: str
    """With {time}, as `live` and `away`."""
    live: str
    away: str
    signed_out: str
    count: str
    none: str
    only: str
    """Above what one reason leaves: {check} {count}"""
    blocks: str
    blocks_note: str
    no_blocks: str
    check: str
    reason: str
    people: str
    show_people: str
    appointments: str
    stuck_on: str
    system: str
    unknown_system: str
    read_out: str
    nothing_known: str
    screens: str
    """Before the names of the screens that a step leads through."""
    pages: str
    page: str

    def __post_init__(self) -> None:
        if set(self.withins) != set(Within):
            raise ValueError("a choice of time has no words")


class TrendWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    lead: str
    show: str
    every_office: str
    by_readiness: str
    by_check: str
    by_check_note: str
    none: str
    day: str
    total: str
    runs: str
    """{count}"""
    table: str
    axis: str
    sums: str
    """What a chart says to who does not see it: {first} {last} {total} {most} {day}"""
    sums_of: str
    """The part of each kind in it: {kind} {count}"""
    separator: str
    scrolls: str
    """The name of a part that scrolls by itself: {name}"""


class RecordingWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    lead: str
    none: str
    sent_at: str
    session: str
    show: str
    one: str
    of_run: str
    """{checked_at}"""
    made_at: str
    provenance: str
    screen: str
    screen_note: str
    answers: str
    answers_note: str
    search: str
    find: str
    found: str
    found_none: str
    all: str
    several_checks: str
    other: str
    source: str
    empty: str
    cut: str
    """Below an answer of which only the beginning stands there."""
    left_out: str
    """Below the answers of a check, where the page holds no more: {count}"""
    save: str
    save_note: str
    not_readable: str
    kinds: dict[str, str]


class FindWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: str
    lead: str
    office: str
    every_office: str
    day: str
    time: str
    time_hint: str
    tail: str
    tail_hint: str
    tail_wrong: str
    look: str
    again: str
    found: str
    none: str
    enter: str


class HelpdeskWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    triage: TriageWords
    trend: TrendWords
    recording: RecordingWords
    find: FindWords
