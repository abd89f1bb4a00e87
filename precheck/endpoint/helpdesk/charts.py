"""Columns over days as numbers to draw: what stands where in an SVG of fixed size."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

_LEFT, _TOP, _BOTTOM, _RIGHT = 48, 24, 32, 8
_GAP = 0.3
"""What of a day's place stays free beside its column."""
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Part:
    """A rectangle of a column: what it stands for, how much, and where."""

    kind: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Column:
    """A day: its parts from the bottom up, and where its number and its name stand. `label` is
    empty where there is no room for one."""

    day: date
    total: int
    middle: float
    top: float
    parts: tuple[Part, ...]
    label: str


@dataclass(frozen=True)
class Tick:
    """A line across, and its number."""

    value: int
    y: float


@dataclass(frozen=True)
class Chart:
    """All of a drawing that is `width` by `height`. `ground` is where the columns stand, `left` and
    `right` where the lines across begin and end, `below` where the days are named."""

    width: int
    height: int
    left: int
    right: int
    ground: int
    below: int
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]


def chart(
    days: Sequence[date],
    counts: Mapping[date, Mapping[str, int]],
    kinds: Sequence[str],
    *,
    width: int = 720,
    height: int = 260,
    every: int = 1,
) -> Chart:
    """A column for each of `days`, also where nothing was counted, of the parts `kinds` from the
    bottom up. Every day is named whose place from the last one on is a multiple of `every`, with
    the month where that is another than at the name before."""
    totals = {day: sum(counts.get(day, {}).get(kind, 0) for kind in kinds) for day in days}
    values = _scale(max(totals.values(), default=0))
    ground, right = height - _BOTTOM, width - _RIGHT
    per_run = (ground - _TOP) / values[-1]
    place = (right - _LEFT) / max(len(days), 1)
    bar = place * (1 - _GAP)
    columns: list[Column] = []
    named: date | None = None
    for number, day in enumerate(days):
        left = _LEFT + number * place + (place - bar) / 2
        parts: list[Part] = []
        top = float(ground)
        for kind in kinds:
            value = counts.get(day, {}).get(kind, 0)
            if value:
                top -= value * per_run
                parts.append(
                    Part(
                        kind, value, _round(left), _round(top), _round(bar), _round(value * per_run)
                    )
                )
        label = ""
        if (len(days) - 1 - number) % every == 0:
            same_month = named is not None and named.month == day.month
            label = str(day.day) if same_month else f"{day.month}/{day.day}"
            named = day
        columns.append(
            Column(day, totals[day], _round(left + bar / 2), _round(top), tuple(parts), label)
        )
    return Chart(
        width=width,
        height=height,
        left=_LEFT,
        right=right,
        ground=ground,
        below=height - _BOTTOM + 22,
        ticks=tuple(Tick(value, _round(ground - value * per_run)) for value in values),
        columns=tuple(columns),
    )


def _scale(highest: int) -> tuple[int, ...]:
    """Whole numbers from 0 on, at most five, evenly apart, the last of them at least `highest`."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power * 4 >= highest:
                last = max(-(-highest // (step * power)), 1)
                return tuple(number * step * power for number in range(last + 1))
        power *= 10


def _round(value: float) -> float:
    return round(value, 1)
