"""The words of the staff pages. What is said of a check is the contract's wording; this is the
rest: headings, buttons, and the sentence that a counsellor says."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from precheck.contract.wording import Language
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Mode


class StateWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    symbol: str
    """The shape, never told by colour alone."""
    word: str
    say: str
    """What the counsellor says; `{check}` is the name of the check that decides."""
    say_more: str | None = None
    """The same where `{count}` other checks decide as well."""


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    form: str
    """With {year} {month} {day} {weekday}."""
    weekdays: tuple[str, str, str, str, str, str, str]


class StaffWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All words of one language. Every field is needed, none may be added: a missing translation
    does not load."""

    language: Language
    service: str
    other_language: str
    skip: str

    sign_in: str
    user_name: str
    password: str
    sign_out: str
    signed_in_as: str
    sign_in_failed: str
    too_many_attempts: str

    appointments: str
    today: str
    day: str
    show_day: str
    previous_day: str
    next_day: str
    refresh: str
    no_office: str
    no_appointments: str

    time: str
    until_start: str
    state: str
    checked_at: str
    say: str
    reference: str
    office: str
    mode: str
    details: str
    never: str
    minutes_left: str
    hours_left: str
    minutes_ago: str
    hours_ago: str

    back: str
    change_mode: str
    change: str
    earlier_policy: str
    measured: str
    declared: str
    unreadable: str
    nothing_measured: str
    nothing_declared: str
    nothing_unreadable: str
    advice: str
    """Before what the person was told to do."""
    asked_of: str
    """Before the question that the person answered."""
    answer: str
    yes: str
    no: str
    open: str
    required: str
    advised: str

    runs: str
    run_at: str
    received_at: str
    system: str
    this_run: str
    show_run: str
    no_runs: str
    run_not_readable: str
    self_check: str
    kept_until: str

    states: dict[State, StateWords]
    modes: dict[Mode, str]
    errors: dict[int, str]
    """By HTTP status."""
    days: Days

    def __post_init__(self) -> None:
        if set(self.states) != set(State) or set(self.modes) != set(Mode):
            raise ValueError("a state or a mode has no words, or there are words for none")
        if any(
            ("{check}" in item.say) != (item.say_more is not None) for item in self.states.values()
        ):
            raise ValueError("what is said of one check has to be said of several too")


@cache
def load_staff_words(language: Language) -> StaffWords:
    """The words of `language`, as shipped."""
    raw = (files(__package__) / f"{language.value}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(raw), StaffWords, strict=False)
