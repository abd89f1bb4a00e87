"""`{% load booking %}{% booking_of id %}`: the ways to another code and to cancelling, for
who may go them."""

from typing import Any
from uuid import UUID

from django import template

from precheck.endpoint.booking.words import BookingWords
from precheck.endpoint.language import current_language
from precheck.endpoint.words import load_words

register = template.Library()


@register.inclusion_tag("booking/ways.html")
def booking_of(appointment: UUID) -> dict[str, Any]:
    words = load_words(BookingWords, "booking", current_language())
    return {"words": words, "appointment": appointment}
