"""Lines of the list of a day, before they are put into words."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from precheck.endpoint.listing import Row
from precheck.endpoint.state import State
from precheck.endpoint.store.models import Mode

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def row(**fields: object) -> Row:
    """An appointment at 10:30 in Tokyo, half an hour from `NOW`, that nobody has checked for."""
    plain = {
        "id": UUID(int=1),
        "office": "ハローワーク加古川",
        "office_id": "kakogawa",
        "starts_at": NOW + timedelta(minutes=30),
        "reference": "",
        "mode": Mode.VIDEO,
        "state": State.NOT_CHECKED,
        "concerns": (),
        "more_concerns": 0,
        "checked_at": None,
        "read_out": False,
        "waived": 0,
        "code_tail": "",
        "late": False,
    }
    return Row(**{**plain, **fields})  # type: ignore[arg-type]
