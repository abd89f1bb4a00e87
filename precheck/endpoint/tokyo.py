"""Days and wall time in Asia/Tokyo, where the offices are. Everything inside is UTC."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def day_of(moment: datetime) -> date:
    """The date in Tokyo at `moment` (aware)."""
    return moment.astimezone(TOKYO).date()


def start_of(day: date) -> datetime:
    """The moment at which `day` begins in Tokyo."""
    return datetime.combine(day, time(), TOKYO)


def end_of(day: date) -> datetime:
    """The moment at which `day` is over in Tokyo: the next one's start."""
    return start_of(day + timedelta(days=1))


def parse_wall_time(text: str) -> datetime:
    """The moment that "2026-11-24 10:00" names in Tokyo. Raises `ValueError` for another form."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)
