"""How an appointment is put into words: the same on the page and in the terminal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from precheck.contract.wording import Wording, load_wording
from precheck.endpoint.language import current_language
from precheck.endpoint.listing import Row
from precheck.endpoint.staff.words import StaffWords, StateWords, load_staff_words
from precheck.endpoint.state import State
from precheck.endpoint.tokyo import TOKYO, day_of

_JUDGED = (State.READY, State.ATTENTION, State.NOT_READY)


@dataclass(frozen=True)
class Speech:
    """The words of one language: the staff pages' own, and the contract's for the checks."""

    words: StaffWords
    wording: Wording

    def state(self, row: Row) -> StateWords:
        return self.words.states[row.state]

    def say(self, row: Row) -> str:
        """The one sentence that the counsellor says."""
        if row.state is State.NOT_NEEDED:
            return self.words.no_device_needed[row.mode]
        words = self.words.states[row.state]
        labels = [self.wording.label(check) for check in row.concerns]
        if len(labels) + row.more_concerns > 1 and words.say_more is not None:
            return words.say_more.format(checks=self._named(labels, row.more_concerns))
        return words.say.format(check="".join(labels))

    def _named(self, labels: Sequence[str], others: int) -> str:
        """The checks with these `labels` and so many `others`, as a list in a sentence."""
        words = self.words.named
        *first, last = [words.one.format(check=label) for label in labels]
        if others:
            return words.more.format(checks=words.between.join([*first, last]), count=others)
        return words.last.join([words.between.join(first), last]) if first else last

    def day(self, day: date) -> str:
        days = self.words.days
        return days.form.format(
            year=day.year, month=day.month, day=day.day, weekday=days.weekdays[day.weekday()]
        )

    def revision(self, stated: str) -> str:
        """A policy's revision as people write it: the day of its terms' revision, and from the
        second edition on, which that is."""
        days, (day, _, edition) = self.words.days, stated.partition(".")
        on = date.fromisoformat(day)
        said = days.revision.format(year=on.year, month=on.month, day=on.day)
        return days.edition.format(revision=said, number=edition) if edition else said

    def moment(self, moment: datetime) -> str:
        """Day and wall time in Tokyo."""
        return f"{self.day(day_of(moment))} {clock(moment)}"

    def when(self, moment: datetime | None, now: datetime) -> str:
        """When something was checked: the wall time, with the day unless it is today."""
        if moment is None:
            return self.words.never
        if day_of(moment) == day_of(now):
            return f"{self.words.today} {clock(moment)}"
        return self.moment(moment)

    def checked(self, row: Row, now: datetime) -> str:
        """When the device of `row` was checked last: `when`, or a day where it was read out."""
        if row.read_out and row.checked_at is not None:
            day = day_of(row.checked_at)
            return self.words.today if day == day_of(now) else self.day(day)
        return self.when(row.checked_at, now)

    def marks(self, row: Row) -> tuple[str, ...]:
        """What has to be known of the state of `row` beside the state itself."""
        if row.state is State.NOT_NEEDED:
            return ()
        accepted = self.words.accepted.format(count=row.waived)
        return (
            *((accepted,) if row.waived and row.state in _JUDGED else ()),
            *((self.words.read_out,) if row.read_out else ()),
        )

    def until(self, starts_at: datetime, now: datetime) -> str | None:
        """How long until the start, or since; None on other days than the session's."""
        if day_of(starts_at) != day_of(now):
            return None
        minutes = minutes_until(starts_at, now)
        words = self.words
        if minutes >= 0:
            form = words.minutes_left if minutes < 60 else words.hours_left
        else:
            form = words.minutes_ago if minutes > -60 else words.hours_ago
        hours, rest = divmod(abs(minutes), 60)
        return form.format(hours=hours, minutes=rest)


def current_speech() -> Speech:
    """In the language of the request at hand."""
    language = current_language()
    return Speech(words=load_staff_words(language), wording=load_wording(language))


def minutes_until(starts_at: datetime, now: datetime) -> int:
    """Whole minutes from `now` to `starts_at`, negative once it has begun."""
    return int((starts_at - now).total_seconds() // 60)


def clock(moment: datetime) -> str:
    """Wall time in Tokyo: 10:00."""
    return moment.astimezone(TOKYO).strftime("%H:%M")
