"""Telling staff, before they give out a link, that a job seeker could do nothing with it yet."""

from django.http import HttpRequest

from precheck.endpoint.addresses import start_address
from precheck.endpoint.language import current_language
from precheck.endpoint.operations.gaps import gaps
from precheck.endpoint.operations.words import OperationsWords
from precheck.endpoint.words import load_words


def gaps_told(request: HttpRequest) -> list[str]:
    """A sentence for each thing that is missing, in the language of `request`."""
    words = load_words(OperationsWords, "operations", current_language())
    return [words.gaps[gap] for gap in gaps(start_address(request))]
