"""The words of the job seeker's page."""

import msgspec

from precheck.endpoint.seeker.device import CHECKED, Device
from precheck.endpoint.state import State


class SeekerWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    title: str
    what: str
    code: str
    code_hint: str
    open: str
    empty: str
    unknown: str
    wait: str
    loading: str
    failed: str
    no_code: str

    appointment: str
    office: str
    when: str
    mode: str
    phone: str
    terms: str
    revision: str
    """With {year} {month} {day}."""
    no_check: str
    today: str

    standing: str
    results: str
    """Above them where no check is asked for, and some have arrived all the same."""
    checked_at: str
    deleted_on: str
    delete: str
    delete_what: str
    delete_sure: str
    delete_sure_missing: str
    delete_do: str
    deleted: str

    check: str
    use_same: str
    on_phone: str
    on_phone_do: str
    on_other: str
    elsewhere: str
    own: str
    download: str
    download_about: str
    digest: str
    digest_what: str
    none_for_this: str
    nothing_to_download: str
    start: str
    ask: str
    ask_phone: str

    reads: str
    read: tuple[str, ...]
    sends: str
    sent: tuple[str, ...]
    never: str
    never_read: tuple[str, ...]
    purpose: str

    states: dict[State, str]
    devices: dict[Device, str]
    starting: dict[Device, tuple[str, ...]]

    def __post_init__(self) -> None:
        if set(self.states) != set(State) or not set(CHECKED) <= set(self.devices):
            raise ValueError("a state or a device has no words")
        if set(self.starting) != set(CHECKED):
            raise ValueError("the steps are said for what the check runs on, and nothing else")
