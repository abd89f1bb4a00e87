"""A day to come on which offices are closed by law."""

from datetime import timedelta

import jpholiday

from tests.endpoint.scene import today

HOLIDAY = next(
    day
    for day in (today() + timedelta(days=ahead) for ahead in range(1, 200))
    if day.weekday() < 5 and day.month != 1 and jpholiday.is_holiday(day)
)
"""A national holiday that is no weekend, and not of the days round New Year."""
