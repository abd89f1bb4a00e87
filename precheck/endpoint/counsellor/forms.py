"""The forms on the page of one appointment."""

import math
from datetime import date, datetime
from typing import Any

from django import forms

from precheck.contract.policy import Policy
from precheck.contract.readout import readout_length
from precheck.endpoint.counsellor.words import CounsellorWords
from precheck.endpoint.staff.forms import DayField
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import StaffWords
from precheck.endpoint.store import notes
from precheck.endpoint.store.models import WaiverReason
from precheck.endpoint.store.obstacles import Obstacle, written
from precheck.endpoint.store.readouts import REACH, NotTaken, Refusal
from precheck.endpoint.store.runs import StoredRun
from precheck.endpoint.store.waivers import NOTE_LENGTH
from precheck.endpoint.tokyo import day_of

_LONGEST_TYPED = 64
"""Digits with whatever stands between them."""
NOT_LATER = "no"
"""That a code is not, or not surely, of later than the run that is there."""


class ReadoutForm(forms.Form):
    """The digits that somebody reads out, and the day on which they made the check; and, once it is
    asked, whether the code is of later than a run that is there. The answer is that run, so that it
    says nothing of one that has arrived since."""

    digits = forms.CharField(
        max_length=_LONGEST_TYPED,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    day = DayField()

    def __init__(
        self,
        words: CounsellorWords,
        speech: Speech,
        policy: Policy,
        now: datetime,
        data: Any = None,
    ) -> None:
        self._words, self._speech, self._today = words, speech, day_of(now)
        self._length = readout_length(policy)
        self._revision = speech.revision(policy.terms.revision.isoformat())
        super().__init__(data, initial={"day": self._today}, auto_id="readout_%s")
        digits, day = self.fields["digits"], self.fields["day"]
        digits.label = words.digits
        digits.help_text = words.digits_hint.format(length=self._length)
        day.label, day.help_text = words.checked_on, words.checked_on_hint
        day.widget.attrs |= {"min": str(self._today - REACH), "max": str(self._today)}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not self._today - REACH <= day <= self._today:
            raise forms.ValidationError(self._words.checked_on_wrong.format(days=REACH.days))
        return day

    @property
    def later_than(self) -> str | None:
        """What was answered: a run's key, or `NOT_LATER`; None where nothing was."""
        return self.data.get("later")

    def ask(self, about: StoredRun) -> None:
        """Let the form ask whether the code is of later than `about`."""
        words = self._words
        self.fields["later"] = forms.ChoiceField(
            label=words.later,
            help_text=words.checked_on_hint if about.read_out else words.later_hint,
            choices=[(about.key, words.later_yes), (NOT_LATER, words.later_no)],
            widget=forms.RadioSelect,
        )

    def refuse(self, error: NotTaken) -> None:
        """Say beside the field why the store did not take it, and what to do."""
        said = self._speech.words.readout_refusals[error.why].format(
            minutes=math.ceil(error.seconds / 60), length=self._length, revision=self._revision
        )
        self.add_error("day" if error.why is Refusal.NEWER_RUN else "digits", said)


class _Remark(forms.CharField):
    """A text of staff of at most `most` letters. One that is longer is refused, with how long it
    is: a browser that is told the limit cuts what is pasted without a word."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(max_length=most, **options)
        self.widget.attrs.pop("maxlength", None)
        self.widget.attrs["autocomplete"] = "off"

    def to_python(self, value: Any) -> str:
        # As somebody typed it: a form is sent with line breaks of two letters (HTML, 4.10.22.6).
        return str(super().to_python(value)).replace("\r\n", "\n")

    def describe(self, label: str, hint: str, words: CounsellorWords) -> None:
        self.label, self.help_text = label, hint
        self.error_messages["max_length"] = words.too_long.format(
            most="%(limit_value)d", length="%(show_value)d"
        )


class WaiverForm(forms.Form):
    """Why what was found for one check is accepted. What that is goes along unseen, so that nobody
    accepts what they have not been shown."""

    accepted = forms.CharField(widget=forms.HiddenInput)
    reason = forms.TypedChoiceField(coerce=WaiverReason, widget=forms.RadioSelect)
    note = _Remark(NOTE_LENGTH, required=False)

    def __init__(
        self,
        words: CounsellorWords,
        shared: StaffWords,
        obstacle: Obstacle | None,
        data: Any = None,
    ) -> None:
        self._words = words
        super().__init__(
            data,
            initial={"accepted": written([obstacle]).strip()} if obstacle else None,
            auto_id=f"waive_{obstacle.check.value}_%s" if obstacle else "waive_%s",
        )
        reason, note = self.fields["reason"], self.fields["note"]
        assert isinstance(note, _Remark)  # noqa: S101 - it is declared above
        reason.label = words.accept_reason
        reason.choices = [  # type: ignore[attr-defined]
            (each.value, shared.waiver_reasons[each]) for each in WaiverReason
        ]
        note.describe(words.accept_note, words.accept_note_hint, words)

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("reason") is WaiverReason.OFFICE_DECIDES and found.get("note") == "":
            self.add_error("note", self._words.note_wanted)
        return found


class NoteForm(forms.Form):
    """A note."""

    text = _Remark(notes.LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, words: CounsellorWords, data: Any = None) -> None:
        super().__init__(data, auto_id="note_%s")
        text = self.fields["text"]
        assert isinstance(text, _Remark)  # noqa: S101 - it is declared above
        text.describe(words.note, words.note_hint, words)
