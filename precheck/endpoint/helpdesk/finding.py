"""The page on which the appointment of somebody on the phone is found, to enter what they read
out."""

from datetime import timedelta

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from precheck.endpoint.helpdesk.choices import Choose
from precheck.endpoint.helpdesk.names import office_names
from precheck.endpoint.helpdesk.words import FindWords, HelpdeskWords
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.forms import DayField
from precheck.endpoint.staff.speech import clock, current_speech
from precheck.endpoint.store.models import Appointment, Mode
from precheck.endpoint.tokyo import day_of, end_of, start_of
from precheck.endpoint.words import load_words

MOST_FOUND = 50


class Sought(forms.Form):
    """What is known of an appointment."""

    office = forms.ChoiceField(required=False, widget=Choose)
    day = DayField()
    time = forms.TimeField(
        required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    tail = forms.RegexField(
        r"^[0-9]{4}$",
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 4}
        ),
    )

    def __init__(
        self, words: FindWords, offices: list[tuple[str, str]], *args: object, **named: object
    ) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        office = self.fields["office"]
        assert isinstance(office, forms.ChoiceField)  # noqa: S101 - it is declared above
        office.choices = offices
        for name in ("office", "day", "time", "tail"):
            self.fields[name].label = getattr(words, name)
        self.fields["time"].help_text = words.time_hint
        self.fields["tail"].help_text = words.tail_hint
        self.fields["tail"].error_messages["invalid"] = words.tail_wrong


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.ENTER_READOUTS)
def find(request: HttpRequest, access: Access) -> HttpResponse:
    """Find appointments by office, day, time and the code's last digits. They come by POST, since
    digits of a code stand in no address. Where one is found it is opened."""
    now, speech = timezone.now(), current_speech()
    words = load_words(HelpdeskWords, "helpdesk", current_language()).find
    versions = dict(access.offices().values_list("pk", "policy_id"))
    names = office_names(versions.values())
    offices = sorted(((pk, names[of]) for pk, of in versions.items()), key=lambda pair: pair[1])
    if len(offices) > 1:
        offices.insert(0, ("", words.every_office))
    data = request.POST if request.method == "POST" else None
    form = Sought(words, offices, data, initial={"day": day_of(now)})
    found: list[Appointment] | None = None
    if form.is_valid():
        found = list(_matching(access.appointments(), form)[:MOST_FOUND])
        if len(found) == 1:
            return redirect(_form_for(found[0]))
    return render(
        request,
        "helpdesk/find.html",
        {
            "words": words,
            "form": form,
            "searched": found is not None,
            "several_offices": len(offices) > 1,
            "references": any(item.reference for item in found or ()),
            "found": [
                {
                    "address": _form_for(item),
                    "time": clock(item.starts_at),
                    "day": speech.day(day_of(item.starts_at)),
                    "office": names[item.office.policy_id],
                    "reference": item.reference,
                    "tail": item.code_tail,
                    "mode": speech.words.modes[Mode(item.mode)],
                }
                for item in found or ()
            ],
        },
        status=400 if form.errors else 200,
    )


def _form_for(appointment: Appointment) -> str:
    """Where the code is entered: on the appointment's page, in its part for that."""
    return reverse("counsellor-detail", args=[appointment.pk]) + "#readout"


def _matching(appointments: QuerySet[Appointment], form: Sought) -> QuerySet[Appointment]:
    given = form.cleaned_data
    day = given["day"]
    rows = appointments.filter(starts_at__gte=start_of(day), starts_at__lt=end_of(day))
    if given["office"]:
        rows = rows.filter(office=given["office"])
    if given["time"]:
        at = start_of(day) + timedelta(hours=given["time"].hour, minutes=given["time"].minute)
        rows = rows.filter(starts_at=at)
    if given["tail"]:
        rows = rows.filter(code_tail=given["tail"])
    return rows.order_by("starts_at", "pk")
