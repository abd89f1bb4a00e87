"""The words of the counsellor's pages."""

import msgspec


class CounsellorWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    appointments: str
    day: str
    show_day: str
    previous_day: str
    next_day: str
    refresh: str
    say: str

    change_mode: str
    change: str
    earlier_policy: str

    runs: str
    run_at: str
    received_at: str
    this_run: str
    show_run: str
    no_runs: str
    kept_until: str
