"""The offices that somebody administers, and one of them."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from precheck.endpoint.administration.notices import Notice
from precheck.endpoint.administration.page import drawn, only_office, words_of_room
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.notices import leave
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store.models import Appointment, Membership, Office
from precheck.endpoint.store.policies import planned_of
from precheck.endpoint.store.retention_days import LONGEST, SHORTEST, due_in, set_retention


class RetentionForm(forms.Form):
    """For how long the office keeps its records."""

    days = forms.IntegerField(min_value=SHORTEST, max_value=LONGEST)

    def __init__(self, words: AdministrationWords, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["days"]
        field.label = words.retention_days
        field.help_text = words.retention_hint.format(shortest=SHORTEST, longest=LONGEST)
        field.widget.attrs["inputmode"] = "numeric"


@require_safe
@needs(Permission.MANAGE_OFFICE)
def offices(request: HttpRequest, access: Access) -> HttpResponse:
    """The offices, with their people and policies; where there is one alone, that one."""
    if alone := only_office(access):
        return redirect("administration-office", office=alone.pk)
    found = list(access.offices())
    return drawn(
        request,
        access,
        "offices",
        {
            "offices": [
                {
                    "id": office.pk,
                    "terms": office.policy.policy().terms,
                    "revision": office.policy.revision,
                    "staff": Membership.objects.filter(office=office).count(),
                }
                for office in found
            ]
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_OFFICE)
def one_office(request: HttpRequest, access: Access, office: str) -> HttpResponse:
    """One office: what holds for it, and for how long its records are kept. Where another number of
    days deletes some at once, it is taken only after the number of those was shown."""
    found, words, now = access.office(office), words_of_room(), timezone.now()
    if request.method != "POST":
        return _page(
            request, access, found, RetentionForm(words, initial={"days": found.retention_days})
        )
    form = RetentionForm(words, request.POST)
    if not form.is_valid():
        return _page(request, access, found, form, status=400)
    days: int = form.cleaned_data["days"]
    goes = due_in(found, now, days).count() - due_in(found, now).count()
    if goes > 0 and request.POST.get("agreed") != str(goes):
        return _page(request, access, found, form, goes=goes)
    set_retention(found.pk, days, now, access.user)
    leave(request, Notice.RETENTION_SET)
    return redirect("administration-office", office=found.pk)


def _page(
    request: HttpRequest,
    access: Access,
    office: Office,
    form: RetentionForm,
    goes: int = 0,
    status: int = 200,
) -> HttpResponse:
    speech, words, planned = current_speech(), words_of_room(), planned_of(office)
    return drawn(
        request,
        access,
        "office",
        {
            "form": form,
            "goes": goes,
            "goes_text": words.retention_goes.format(count=goes),
            "retention_now": words.retention_now.format(days=office.retention_days),
            "retention_warning": words.retention_raised,
            "revision": office.policy.revision,
            "planned": planned
            and words.planned_from.format(
                revision=speech.revision(planned.version.revision),
                day=speech.day(planned.starts_on),
            ),
            "appointments": Appointment.objects.filter(office=office).count(),
            "staff": Membership.objects.filter(office=office).count(),
        },
        office=office,
        tab="office",
        status=status,
    )
