"""The tokens of an office's booking systems."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from precheck.endpoint.booking.forms import TokenForm
from precheck.endpoint.booking.keys import signed, unsigned
from precheck.endpoint.booking.offices import chosen_office
from precheck.endpoint.booking.views import booking_words, offices_to_choose
from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.speech import current_speech
from precheck.endpoint.store.appointments import fresh_key
from precheck.endpoint.store.models import ApiToken
from precheck.endpoint.store.tokens import add_token, revoke_token
from precheck.endpoint.tokyo import day_of

_TOKEN = "token"  # noqa: S105 - what is signed, not with what


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MANAGE_TOKENS)
def tokens(request: HttpRequest, access: Access) -> HttpResponse:
    """The office's tokens, and a form for another; the answer to it shows the token."""
    now, speech, words = timezone.now(), current_speech(), booking_words()
    today = day_of(now)
    office, offices = chosen_office(request, access)
    form, made, notice, status = TokenForm(words, today), "", "", 200
    if request.method == "POST":
        form, status = TokenForm(words, today, request.POST), 400
        if form.is_valid():
            key = unsigned(_TOKEN, request.POST.get("key", ""))
            if key is None:
                notice = words.expired
            else:
                name, expires_on = form.cleaned_data["name"], form.cleaned_data["expires_on"]
                made = add_token(office, name, expires_on, key, access.user, now)
                form, status = TokenForm(words, today), 200
    own = ApiToken.objects.filter(office=office).order_by("revoked_at", "-added_at", "pk")
    return render(
        request,
        "booking/tokens.html",
        {
            "words": words,
            "form": form,
            "made": made,
            "notice": notice,
            "done": words.revoked if "revoked" in request.GET else "",
            "key": signed(_TOKEN, fresh_key()),
            **offices_to_choose(office, offices),
            "tokens": [
                {
                    "token": each,
                    "state": _state(each, today, words),
                    "used": speech.day(each.used_on) if each.used_on else words.never,
                    "expires": speech.day(each.expires_on) if each.expires_on else words.unlimited,
                    "revoke": words.token_revoke_of.format(name=each.name, prefix=each.prefix),
                }
                for each in own
            ],
        },
        status=status,
    )


@require_POST
@needs(Permission.MANAGE_TOKENS)
def revoke(request: HttpRequest, access: Access, token: int) -> HttpResponse:
    """Let a token open nothing any more."""
    found = ApiToken.objects.filter(pk=token, office__in=access.offices()).first()
    if found is None:
        raise Http404
    revoke_token(found, access.user, timezone.now())
    return redirect(f"{reverse('booking-tokens')}?office={found.office_id}&revoked=1")


def _state(token: ApiToken, today: date, words: BookingWords) -> str:
    if token.revoked_at is not None:
        return words.token_revoked
    if token.expires_on is not None and token.expires_on < today:
        return words.token_expired
    return words.token_good
