"""The forms for one appointment and for one token."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms

from precheck.contract.policy import Terms
from precheck.endpoint.booking.references import could_be_a_name, folded_reference
from precheck.endpoint.booking.table import BYTES_LIMIT
from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.slots import IN_PRINCIPLE, Objection, objections, starts
from precheck.endpoint.staff.words import StaffWords
from precheck.endpoint.store.appointments import REFERENCE_LENGTH, reference_problem
from precheck.endpoint.store.models import Mode
from precheck.endpoint.store.tokens import NAME_LENGTH
from precheck.endpoint.tokyo import TOKYO

_CLOCK = "%H:%M"
_OF_TIME = frozenset({Objection.OUTSIDE_HOURS, Objection.BETWEEN_STARTS})
_FINAL = frozenset(Objection) - IN_PRINCIPLE
"""What no box helps against."""


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Anyway(forms.CheckboxInput):
    """The box by which staff agree to `asked`, and to nothing else that another day may bring."""

    def __init__(self, asked: str, agreed: bool) -> None:
        super().__init__({"value": asked, "checked": agreed}, check_test=_never)


def _never(value: object) -> bool:
    """The box is ticked by its attribute alone: not by what was agreed to for another day."""
    return False


@dataclass(frozen=True)
class _Doubt:
    """What staff are asked about, at which field, and in which words."""

    kind: str
    field: str
    said: str


class NewForm(forms.Form):
    """Date, time, reference and mode. What the terms leave to the staff, and what is most likely a
    slip, is asked once more, by a box that appears with it once nothing else is wrong. `is_there`
    tells whether another appointment has that time and reference already."""

    date = forms.DateField(widget=_Day(), input_formats=["%Y-%m-%d"])
    time = forms.TypedChoiceField(
        coerce=lambda text: datetime.strptime(text, _CLOCK).time()  # noqa: DTZ007 - wall time
    )
    reference = forms.CharField(required=False, max_length=4 * REFERENCE_LENGTH)
    mode = forms.TypedChoiceField(coerce=Mode, widget=forms.RadioSelect)
    anyway = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        terms: Terms,
        words: BookingWords,
        shared: StaffWords,
        now: datetime,
        is_there: Callable[[datetime, str], bool],
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        self._terms, self._words, self._now, self._is_there = terms, words, now, is_there
        fields = self.fields
        fields["date"].label = words.day
        fields["date"].help_text = words.day_hint if terms.hours else words.day_hint_any
        fields["time"].label = words.time
        fields["time"].help_text = words.time_hint.format(minutes=terms.session_minutes)
        clocks = [at.strftime(_CLOCK) for at in starts(terms)]
        fields["time"].choices = [  # type: ignore[attr-defined]
            ("", words.time_choose),
            *((clock, clock) for clock in clocks),
        ]
        fields["reference"].label = words.reference
        fields["reference"].help_text = words.reference_hint
        fields["reference"].widget.attrs |= {"autocomplete": "off"}
        fields["mode"].label = words.mode
        fields["mode"].choices = [  # type: ignore[attr-defined]
            (mode.value, shared.modes[mode]) for mode in Mode
        ]
        fields["anyway"].label = words.anyway

    def clean_reference(self) -> str:
        reference = folded_reference(self.cleaned_data["reference"])
        if reference_problem(reference):
            raise forms.ValidationError(self._words.reference_wrong)
        return reference

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if "date" in found and "time" in found:
            said = objections(self._terms, self.starts_at, self._now)
            doubts = [*map(self._of_objection, said), *self._of_reference()]
            final = [each for each in doubts if each.kind in _FINAL]
            asked = " ".join(each.kind for each in doubts)
            agreed = not final and found["anyway"] == asked
            if doubts and not final and not self.errors:
                self.fields["anyway"].widget = _Anyway(asked, agreed)
            for doubt in final or (() if agreed else doubts):
                self.add_error(doubt.field, doubt.said)
        return found

    def _of_objection(self, found: Objection) -> _Doubt:
        field = "time" if found in _OF_TIME else "date"
        return _Doubt(found.value, field, self._words.objections[found])

    def _of_reference(self) -> Iterator[_Doubt]:
        reference = self.cleaned_data.get("reference")
        if reference is None:
            return
        if could_be_a_name(reference):
            yield _Doubt("name", "reference", self._words.reference_letters)
        if self._is_there(self.starts_at, reference):
            if reference:
                yield _Doubt("there", "reference", self._words.there)
            else:
                yield _Doubt("there", "time", self._words.there_bare)

    @property
    def starts_at(self) -> datetime:
        """The moment that was chosen."""
        day: date = self.cleaned_data["date"]
        return datetime.combine(day, self.cleaned_data["time"], TOKYO)


class FileForm(forms.Form):
    """A table to be read."""

    file = forms.FileField(allow_empty_file=True)

    def __init__(
        self,
        words: BookingWords,
        data: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files)  # type: ignore[arg-type]
        field = self.fields["file"]
        field.label, field.help_text = words.file, words.file_hint
        field.widget.attrs |= {"accept": ".csv,text/csv"}

    def encoded_file(self) -> str:
        """The file (base64), or as much of it as tells that it is too large."""
        return b64encode(self.cleaned_data["file"].read(BYTES_LIMIT + 1)).decode()


class TokenForm(forms.Form):
    """What a token is for, and how long it is good."""

    name = forms.CharField(max_length=NAME_LENGTH)
    expires_on = forms.DateField(widget=_Day(), input_formats=["%Y-%m-%d"], required=False)

    def __init__(
        self, words: BookingWords, today: date, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        self._words, self._today = words, today
        name, expires_on = self.fields["name"], self.fields["expires_on"]
        name.label, name.help_text = words.token_name, words.token_name_hint
        name.widget.attrs |= {"autocomplete": "off"}
        expires_on.label, expires_on.help_text = words.token_expires, words.token_expires_hint

    def clean_expires_on(self) -> date | None:
        day: date | None = self.cleaned_data["expires_on"]
        if day is not None and day < self._today:
            raise forms.ValidationError(self._words.token_expired_day)
        return day
