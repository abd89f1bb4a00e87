"""The words that all staff pages share: the frame, signing in, and what is said of an appointment
and a run, on the pages and in the terminal. What is said of a check is the contract's wording."""

import msgspec

from precheck.contract.wording import Language
from precheck.endpoint.staff.run import NextStep
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Mode, WaiverReason
from precheck.endpoint.store.readouts import Refusal
from precheck.endpoint.words import load_words


class StateWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    symbol: str
    """The shape, never told by colour alone."""
    word: str
    say: str = ""
    """What the counsellor says; `{check}` is the name of the check that decides. Empty where that
    depends on how the session takes place: `no_device_needed`."""
    say_more: str | None = None
    """The same where several checks decide, {checks}: see `Named`."""


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How several checks are named in a sentence."""

    one: str
    """With {check}, its name."""
    between: str
    last: str
    """Before the last one, where all are named."""
    more: str
    """Of {checks}, and {count} others that are not named."""


class Days(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    form: str
    """With {year} {month} {day} {weekday}."""
    revision: str
    """The day of a revision, as the document itself would say it: {year} {month} {day}."""
    edition: str
    """{revision} and the {number} of its edition, from 2 on."""
    weekdays: tuple[str, str, str, str, str, str, str]


class StaffWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    language: Language
    service: str
    other_language: str
    skip: str
    pages: str
    """The name of the menu, for who hears the page."""
    languages: str

    sign_in: str
    user_name: str
    password: str
    sign_out: str
    signed_in_as: str
    sign_in_failed: str
    too_many_attempts: str
    no_office: str
    not_in_role: str
    """To somebody whose roles do not allow what they ask for, and who can help."""

    single_sign_on: str
    single_sign_on_failed: str
    single_sign_on_unknown: str

    change_password: str
    password_must: str
    password_old: str
    password_new: str
    password_again: str
    password_hint: str
    password_wrong: str
    password_differs: str
    password_unchanged: str
    password_changed: str

    second_factor: str
    second_factor_how: str
    second_factor_drawn: str
    second_factor_typed: str
    second_factor_stands: str
    set_up: str
    go_on: str
    code: str
    code_hint: str
    code_lost: str
    """Whom to ask who has no telephone to make the code."""
    code_wrong: str

    time: str
    today: str
    state: str
    checked_at: str
    reference: str
    office: str
    mode: str
    details: str
    back: str
    never: str
    minutes_left: str
    hours_left: str
    minutes_ago: str
    hours_ago: str
    no_appointments: str
    code_tail: str
    """The name of the last four digits of the code."""
    accepted: str
    """How many findings staff have accepted, {count}."""
    read_out: str
    """Of a result that was read out over the phone."""
    late: str
    """What the terms say of somebody who has not come by now."""

    measured: str
    declared: str
    unreadable: str
    passed: str
    """Above what was measured and leaves nothing to do, {count}."""
    nothing_to_do: str
    """Where that is all that was measured."""
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
    system: str
    heard: str
    """Above a run that was read out over the phone: no reasons are known."""
    accepted_word: str
    """Instead of what was found, where staff have accepted it."""
    accepted_reason: str
    """Before one of `waiver_reasons`."""
    to_ask: str
    """Before a question that staff ask the person."""
    for_staff: str
    """Before one of `next_steps`."""
    self_check: str
    run_not_readable: str

    wrong_fields: str
    """Above a form of which a field is wrong."""
    required_field: str
    error: str
    notice: str
    success: str
    warning: str
    steps: str
    done: str

    nav: dict[str, str]
    """By the name of the page's address: see `frame.py`."""
    states: dict[State, StateWords]
    named: Named
    modes: dict[Mode, str]
    no_device_needed: dict[Mode, str]
    """What is said of a session that takes place otherwise than by video."""
    waiver_reasons: dict[WaiverReason, str]
    next_steps: dict[NextStep, str]
    readout_refusals: dict[Refusal, str]
    """Why a readout code is not taken; {minutes} in that for too many,
    {length} in that for a wrong number of digits, {revision} in that for another code."""
    errors: dict[int, str]
    """By HTTP status."""
    days: Days

    def __post_init__(self) -> None:
        for said, every in (
            (self.states, State),
            (self.modes, Mode),
            ({Mode.VIDEO, *self.no_device_needed}, Mode),
            (self.waiver_reasons, WaiverReason),
            (self.next_steps, NextStep),
            (self.readout_refusals, Refusal),
        ):
            if set(said) != set(every):
                raise ValueError(f"a {every.__name__} has no words, or there are words for none")
        if any(
            (item.say == "") is not (of is State.NOT_NEEDED) for of, item in self.states.items()
        ):
            raise ValueError("for a state there is nothing to say, or two things")
        if any(
            ("{check}" in item.say) != (item.say_more is not None) for item in self.states.values()
        ):
            raise ValueError("what is said of one check has to be said of several too")


def load_staff_words(language: Language) -> StaffWords:
    """The words of `language`, as shipped."""
    return load_words(StaffWords, "staff", language)
