"""The addresses that leave the endpoint: in a letter, on a slip, in an answer to a program."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def link_of(code: str, request: HttpRequest) -> str:
    """The address at which the job seeker begins. The code stands in the fragment, which no browser
    sends to a server."""
    return f"{start_address(request)}#{code}"


def public_link_of(code: str) -> str | None:
    """The same where nobody asked by an address: None unless one is set that people use."""
    public: str = settings.PUBLIC_URL
    return f"{public}{reverse('seeker')}#{code}" if public else None


def start_address(request: HttpRequest) -> str:
    """The same without a code, to be typed in: under the address that people use, else under the
    one that was asked."""
    path = reverse("seeker")
    public: str = settings.PUBLIC_URL
    return public + path if public else request.build_absolute_uri(path)
