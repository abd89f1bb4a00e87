"""The forms on the page of one appointment."""

from datetime import date, datetime
from typing import Any

from django import forms

from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.staff.forms import DayField
from precheck.endpoint.staff.words import StaffWords
from precheck.endpoint.store.readouts import REACH, NotTaken, Refusal
from precheck.endpoint.tokyo import day_of

_LONGEST_TYPED = 64
"""Digits with whatever stands between them."""


class ReadoutForm(forms.Form):
    """The digits that somebody reads out, and the day on which they made the check."""

    digits = forms.CharField(
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    day = DayField()

    def __init__(
        self, words: CounsellorWords, shared: StaffWords, now: datetime, data: Any = None
    ) -> None:
        self._words, self._shared, self._today = words, shared, day_of(now)
        super().__init__(data, initial={"day": self._today}, auto_id="readout_%s")
        digits, day = self.fields["digits"], self.fields["day"]
        digits.label, digits.help_text = words.digits, words.digits_hint
        day.label, day.help_text = words.checked_on, words.checked_on_hint
        day.widget.attrs |= {"min": str(self._today - REACH), "max": str(self._today)}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self._today - REACH <= day <= self._today:
            raise forms.ValidationError(self._words.checked_on_wrong.format(days=REACH.days))
        return day

    def refuse(self, error: NotTaken) -> None:
        """Say beside the field why the store did not take it, and what to do."""
        said = self._shared.readout_refusals[error.why].format(seconds=error.seconds)
        self.add_error("day" if error.why is Refusal.NEWER_RUN else "digits", said)
