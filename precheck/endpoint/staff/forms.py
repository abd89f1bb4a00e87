"""How forms look, the form to sign in, and what forms of several rooms ask for."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from precheck.endpoint.staff.words import StaffWords
from precheck.endpoint.tokyo import is_everywhere


class Renderer(DjangoTemplates):
    """Every form, also Django's own, is drawn with our field: `{{ form }}` is all a page needs."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"


class SignInForm(AuthenticationForm):
    """Django's, in the words of the staff pages."""

    def __init__(self, request: HttpRequest, words: StaffWords, data: Any = None) -> None:
        super().__init__(request, data)
        self.fields["username"].label = words.user_name
        self.fields["password"].label = words.password
        refused = words.sign_in_failed
        self.error_messages = {"invalid_login": refused, "inactive": refused}


class DayField(forms.DateField):
    """A day, chosen in the browser's calendar. None at the end of the calendar: it would not begin
    or end everywhere."""

    def __init__(self, **named: Any) -> None:
        chosen = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=chosen, input_formats=["%Y-%m-%d"], **named)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not is_everywhere(day):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day
