"""Days and wall time in Asia/Tokyo, where the offices are. Everything inside is UTC."""

from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
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
    """The moment that "2026-11-24 10:00" names in Tokyo. Raises `ValueError` for another form, and
    in the first and last year of the calendar."""
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)
    if not is_everywhere(moment):
        raise ValueError("at this time it is no day in every time zone")
    return moment


def is_everywhere(day: date) -> bool:
    """Whether `day` begins and ends in every time zone: not at the ends of the calendar."""
    return MINYEAR < day.year < MAXYEAR
