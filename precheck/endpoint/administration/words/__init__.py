"""The words of the administrators' pages."""

import msgspec

from precheck.contract.policy import Acceptance
from precheck.contract.verdict import Level
from precheck.endpoint.administration.notices import Notice
from precheck.endpoint.store.models import Action, Role, Scope
from precheck.endpoint.store.readouts import Refusal


class PolicyWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a policy says, thing by thing."""

    terms: str
    clauses: str
    nothing: str
    listed: str
    """Between two of several things."""
    day: str
    """With {year} {month} {day}."""
    items: dict[str, str]
    """By the name of the field, of the terms or of a requirement."""
    levels: dict[Level, str]
    acceptances: dict[Acceptance, str]

    def __post_init__(self) -> None:
        if set(self.levels) != set(Level) or set(self.acceptances) != set(Acceptance):
            raise ValueError("a level or an acceptance has no words")


class ImpactWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    heading: str
    counted: str
    nobody: str
    not_all: str
    sentence: str
    table: str
    now: str
    then: str
    causes: str
    causes_check: str
    causes_count: str
    not_seen: str
    fine_now: str
    """How many pass that check today: {count}."""


class AdministrationWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    offices: str
    all_offices: str
    no_offices: str
    open_office: str
    revision: str
    staff_count: str
    appointments_count: str
    back_to_offices: str
    add_office: str
    doctor: str
    office_shipped: str
    office_own: str
    office_id: str
    office_id_hint: str
    office_file_hint: str
    office_known: str
    phone: str

    retention: str
    retention_days: str
    retention_hint: str
    retention_now: str
    retention_raised: str
    retention_goes: str
    retention_agree: str
    save: str

    staff: str
    system_staff: str
    system_staff_about: str
    name: str
    name_hint: str
    role: str
    roles: dict[str, str]
    """By the store's `Role`, and `system`."""
    last_sign_in: str
    second_factor: str
    has: str
    has_not: str
    shut: str
    add_somebody: str
    add: str
    known_member: str
    no_members: str
    everywhere: str
    everywhere_about: str
    member: str
    back_to_staff: str
    back_to_member: str
    sure_yourself: str
    password_once: str
    password_days: str
    has_to_change: str
    not_administered: str
    yourself: str
    change_role: str
    account: str
    give_password: str
    give_password_about: str
    forget_second_factor: str
    forget_second_factor_about: str
    shut_out: str
    shut_out_about: str
    let_in: str
    remove: str
    remove_about: str

    policy: str
    in_force: str
    in_force_since: str
    planned: str
    planned_from: str
    cancel_planned: str
    cancel_first: str
    history: str
    entered_at: str
    entered_by: str
    taken_back: str
    """Beside a version that came into force another time."""
    by_command: str
    by_seeker: str
    by_program: str
    """Who did what none of the staff did."""
    show: str
    show_version: str
    version: str
    download: str
    new_policy: str
    new_policy_about: str
    look_at: str
    take_again: str
    policy_file: str
    policy_file_hint: str
    policy_text: str
    policy_too_long: str
    policy_not_utf8: str
    policy_empty: str
    policy_wrong: str
    wrong_line: str
    said: str
    mistakes: dict[str, str]
    preview: str
    mend: str
    changes: str
    changes_to: str
    no_changes: str
    place: str
    item: str
    before: str
    after: str
    line_by_line: str
    new_terms: str
    others_old: str
    start: str
    starts_on: str
    starts_on_hint: str
    starts_on_wrong: str
    put_in_force: str
    text: str

    terms: str
    terms_about: str
    no_consents: str
    title: str
    agreed: str
    refused: str
    answers: str
    answer: str
    yes: str
    no: str
    answered_at: str
    show_appointments: str
    back_to_terms: str
    appointment: str
    gone: str

    figures: str
    figures_about: str
    figures_few: str
    figures_kept: str
    figure_columns: tuple[str, str, str, str, str, str, str]
    """Day, office, check, verdict, reason, number of appointments, code."""
    other_reasons: str
    first_day: str
    last_day: str
    span_wrong: str
    save_file: str

    audit: str
    audit_about: str
    audit_kept: str
    audit_columns: tuple[str, str, str, str, str, str]
    """When, who, what, office, of what, more."""
    at: str
    person: str
    action_done: str
    subject: str
    detail: str
    anybody: str
    anything: str
    filter: str
    no_entries: str
    with_tail: str
    """When an appointment is, {at}, and the last four digits of its code, {tail}."""
    note_of_another: str
    deleted_by_seeker: str
    with_token: str
    """With the {prefix} of the token."""
    planned_for: str
    """With the {day}."""
    days: str
    """For how long records are kept, {count}."""
    pages: str

    tabs: dict[str, str]
    notices: dict[Notice, str]
    actions: dict[Action, str]
    refusals: dict[Refusal, str]
    """Why a readout code was not taken, in short."""
    scopes: dict[Scope, str]
    exports: dict[str, str]
    """What was saved as a file."""
    policies: PolicyWords
    impact: ImpactWords

    def __post_init__(self) -> None:
        if set(self.notices) != set(Notice):
            raise ValueError("a notice has no words")
        if set(self.roles) != {"system", *(role.value for role in Role)}:
            raise ValueError("a role has no words")
        for said, every in (
            (self.actions, Action),
            (self.refusals, Refusal),
            (self.scopes, Scope),
        ):
            if set(said) != set(every):
                raise ValueError(f"a {every.__name__} has no words")

    def action(self, name: str) -> str:
        """What was done, in words; the name of what this version does not know."""
        return self.actions[Action(name)] if name in tuple(Action) else name
