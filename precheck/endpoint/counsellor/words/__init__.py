"""The words of the counsellor's pages."""

import msgspec

from precheck.endpoint.counsellor.notices import Notice


class CounsellorWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    appointments: str
    day: str
    show_day: str
    previous_day: str
    next_day: str
    refresh: str
    say: str
    tail: str

    any_state: str
    look_for: str
    look: str
    found: str
    """How many of the day's {total} appointments are shown: {shown}."""
    none_match: str
    as_of: str
    """Of which moment the list is: {time}."""
    live: str
    """The same, where that goes on by itself."""
    away: str
    """Since when nothing new has come: {time}."""
    signed_out: str

    contents: str
    """The name of the ways to the parts of the page."""
    result: str
    """What the run that is shown says of the device, whatever way it came."""
    change_mode: str
    change: str
    earlier_policy: str
    earlier_results: str
    """Of results for a session that takes no device any more."""

    runs: str
    run_at: str
    received_at: str
    this_run: str
    show_run: str
    no_runs: str
    kept_until: str
    way: str
    """How a run came."""
    sent: str
    changed: str
    unchanged: str
    changed_check: str
    """With {check}, and the words of its verdicts {before} and {after}."""
    changed_reason: str
    """With {check}: the verdict is the same, and something else was found."""
    recording: str

    readout: str
    readout_lead: str
    digits: str
    digits_hint: str
    """With {length}, the number of digits of the policy in force."""
    checked_on: str
    checked_on_hint: str
    checked_on_wrong: str
    """Of a day to come, or one that is too long ago; with {days}."""
    take_in: str
    same_day: str
    """Above the question that follows: there is a report of the day of the check."""
    same_day_result: str
    """When the device was checked by it, {at}, and what it said, {state}."""
    same_code: str
    """Above the question that follows: the code was entered for another day already."""
    same_code_result: str
    """For which {day}, and what it said, {state}."""
    later: str
    later_hint: str
    later_yes: str
    later_no: str

    accepting: str
    accepting_lead: str
    accept: str
    """What opens the form for one check; with {check}."""
    accept_reason: str
    accept_note: str
    accept_note_hint: str
    note_wanted: str
    """Of a reason that stands in the note, where there is none."""
    accept_it: str
    not_in_the_way: str
    """The latest run did not find, or no longer, what somebody wants to accept."""
    accepted_by: str
    """Who did something, {name}, and when, {at}."""
    person: str
    """Somebody of the staff by their user {name}."""
    accepted_not_found: str
    """Beside what is accepted and the latest run did not find."""
    accepted_earlier: str
    """Beside what is accepted of a run under another version than the latest run's."""
    withdraw: str
    somebody: str
    """Whose account is gone."""
    withdrawn: str
    """What was accepted and no longer is."""
    check: str
    given: str
    withdrawn_by: str

    notes: str
    no_notes: str
    note: str
    note_hint: str
    add_note: str
    delete_note: str
    too_long: str
    """Of a note of {length} letters, where {most} are allowed."""

    notices: dict[Notice, str]

    def __post_init__(self) -> None:
        if set(self.notices) != set(Notice):
            raise ValueError("a notice has no words, or there are words for none")
