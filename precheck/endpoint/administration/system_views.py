"""The system's administrator: all offices, and adding one."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from precheck.contract.errors import BadPolicy
from precheck.contract.offices import STANDARD, load_office, load_policy, office_ids
from precheck.contract.policy import Policy, Terms
from precheck.endpoint.administration.notices import Notice
from precheck.endpoint.administration.page import drawn, words_of_room
from precheck.endpoint.administration.policy_views import LONGEST_TEXT
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.notices import leave
from precheck.endpoint.store.changes import put_office
from precheck.endpoint.store.models import Office

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class OfficeForm(forms.Form):
    """An office whose terms are shipped, or one with a file of its own."""

    shipped = forms.ChoiceField(required=False)
    name = forms.CharField(required=False, max_length=63)
    file = forms.FileField(required=False)

    def __init__(self, words: AdministrationWords, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self._words = words
        here = set(Office.objects.values_list("pk", flat=True))
        shipped = [each for each in office_ids() if each != STANDARD and each not in here]
        choice = self.fields["shipped"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - it is written above
        choice.label = words.office_shipped
        choice.choices = [
            ("", words.office_own),
            *((each, _told_apart(load_office(each).terms)) for each in shipped),
        ]
        for name, label, hint in (
            ("name", words.office_id, words.office_id_hint),
            ("file", words.policy_file, words.office_file_hint),
        ):
            self.fields[name].label, self.fields[name].help_text = label, hint
        self.fields["file"].widget.attrs["accept"] = ".toml,text/plain"
        self.policy: Policy | None = None

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("shipped"):
            self.policy = load_office(given["shipped"])
            return given
        name, file = given.get("name", ""), given.get("file")
        if not _ID.fullmatch(name):
            self.add_error("name", self._words.office_id_hint)
        elif Office.objects.filter(pk=name).exists():
            self.add_error("name", self._words.office_known)
        if not isinstance(file, UploadedFile):
            self.add_error("file", self._words.policy_empty)
        if self.errors or not isinstance(file, UploadedFile):
            return given
        raw = file.read(LONGEST_TEXT + 1)
        if len(raw) > LONGEST_TEXT:
            self.add_error("file", self._words.policy_too_long.format(count=LONGEST_TEXT // 1024))
            return given
        try:
            self.policy = load_policy(name, raw.decode("utf-8-sig"), f"{name}.toml")
        except UnicodeDecodeError:
            self.add_error("file", self._words.policy_not_utf8)
        except BadPolicy as error:
            self.add_error("file", str(error))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_SYSTEM)
def add_office(request: HttpRequest, access: Access) -> HttpResponse:
    """Add an office."""
    words, status = words_of_room(), 200
    form = OfficeForm(words)
    if request.method == "POST":
        form, status = OfficeForm(words, request.POST, request.FILES), 400
        if form.is_valid() and form.policy is not None:
            put_office(form.policy, None, timezone.now(), access.user)
            leave(request, Notice.OFFICE_ADDED)
            return redirect("administration-office", office=form.policy.id)
    return drawn(request, access, "office_new", {"form": form}, status=status)


def _told_apart(terms: Terms) -> str:
    """An office that has several terms is listed for each."""
    return f"{terms.office}（{terms.title}）"
