"""The field for the day of the list offers the days that there are lists of, and no other."""

import re
from datetime import date, timedelta

from tests.endpoint.people import LIST, member


def test_the_first_and_the_last_day_of_the_field_have_a_list_and_those_beyond_have_none() -> None:
    client = member("hanako")
    field = re.search(r'<input id="date"[^>]*>', client.get(LIST).content.decode())
    assert field
    for bound, beyond in (("min", -1), ("max", 1)):
        stated = re.search(rf'{bound}="([0-9-]+)"', field[0])
        assert stated
        day = date.fromisoformat(stated[1])
        assert client.get("/staff/appointments/", {"date": str(day)}).status_code == 200
        outside = str(day + timedelta(days=beyond))
        assert client.get("/staff/appointments/", {"date": outside}).status_code == 404
