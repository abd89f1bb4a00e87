"""The words of the pages for entering appointments."""

import msgspec

from precheck.endpoint.booking.table import Column, RowProblem, TableProblem
from precheck.endpoint.slots import Objection
from precheck.endpoint.store.models import Mode


class Invitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the job seeker is given: always in both languages, whatever the staff read."""

    message: str
    """To be pasted, with {office} {when} {link} {address} {code} {mode} {check} {call}."""
    call: str
    """With {phone}."""
    check: str
    """What to do where the session is by video."""
    no_check: str
    """Where it is not."""
    modes: dict[Mode, str]
    slip: str
    slip_booked: str
    """Its heading where nothing has to be checked."""
    slip_open: str
    slip_run: str
    slip_send: str
    slip_scan: str
    slip_mode: str
    slip_reference: str
    slip_code: str
    slip_day: str
    slip_phone: str
    slip_keep: str

    def __post_init__(self) -> None:
        if set(self.modes) != set(Mode):
            raise ValueError("the words for the modes are not complete")


class BookingWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    new: str
    choose_office: str
    day: str
    day_hint: str
    day_hint_any: str
    time: str
    time_hint: str
    time_choose: str
    reference: str
    reference_hint: str
    mode: str
    anyway: str
    book: str
    late: str
    expired: str
    booked_before: str
    reference_wrong: str
    reference_letters: str
    there: str
    there_bare: str

    booked: str
    renewed: str
    shown_once: str
    no_code_needed: str
    """Where the session is not by video."""
    not_shown: str
    code: str
    link: str
    drawn: str
    message: str
    message_other: str
    copy: str
    copied: str
    print: str
    another: str
    to_appointment: str

    renew: str
    renew_what: str
    renew_do: str
    replaced: str
    over: str

    cancel: str
    cancel_what: str
    cancel_do: str
    cancelled: str
    cancelled_what: str

    upload: str
    upload_how: str
    upload_example: str
    file: str
    file_hint: str
    preview: str
    preview_of: str
    preview_wrong: str
    preview_notes: str
    """With {count}."""
    nothing_entered: str
    line: str
    problems: str
    confirm: str
    other_file: str
    entered: str
    moment: str
    slips: str
    codes_once: str
    codes_gone: str
    codes_file: str
    duplicate: str
    duplicate_bare: str
    known: str
    known_bare: str

    tokens: str
    tokens_what: str
    no_tokens: str
    token_name: str
    token_name_hint: str
    token_expires: str
    token_until: str
    token_expires_hint: str
    token_expired_day: str
    token_add: str
    token_added: str
    token_once: str
    token_prefix: str
    token_used: str
    token_state: str
    token_act: str
    """Above the buttons, one for each token."""
    token_good: str
    token_expired: str
    token_revoked: str
    token_revoke: str
    token_revoke_of: str
    revoked: str
    never: str
    unlimited: str

    invitation: Invitation
    objections: dict[Objection, str]
    columns: dict[Column, str]
    rows: dict[RowProblem, str]
    files: dict[TableProblem, str]
    """With {place}, the number of the column."""

    def __post_init__(self) -> None:
        for said, meant in (
            (self.objections, Objection),
            (self.columns, Column),
            (self.rows, RowProblem),
            (self.files, TableProblem),
        ):
            if set(said) != set(meant):
                raise ValueError(f"the words for {meant.__name__} are not complete")
