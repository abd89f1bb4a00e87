"""How forms look, and the form to sign in."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from precheck.endpoint.staff.words import StaffWords


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
