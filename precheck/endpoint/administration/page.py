"""What every page of this room is drawn with."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from precheck.endpoint.administration.notices import Notice, banner_of
from precheck.endpoint.administration.words import AdministrationWords
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Access
from precheck.endpoint.staff.notices import taken
from precheck.endpoint.store.models import Office
from precheck.endpoint.words import load_words

TABS = ("office", "staff", "policy", "terms", "figures")
"""The pages of an office, in the order of their tabs: their addresses are `administration-…`."""


def words_of_room() -> AdministrationWords:
    return load_words(AdministrationWords, "administration", current_language())


def only_office(access: Access) -> Office | None:
    """The office of somebody who administers one alone: a list of them is no use to them."""
    found = [] if access.grants.system else list(access.offices()[:2])
    return found[0] if len(found) == 1 else None


def drawn(
    request: HttpRequest,
    access: Access,
    template: str,
    context: dict[str, Any],
    *,
    office: Office | None = None,
    tab: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page `template` of this room, about `office` where it is about one."""
    words = words_of_room()
    notice = taken(request, Notice)
    return render(
        request,
        f"administration/{template}.html",
        {
            "words": words,
            "office": office,
            "terms": office.policy.policy().terms if office else None,
            "tabs": [(name, f"administration-{name}", words.tabs[name]) for name in TABS],
            "tab": tab,
            "is_system": access.grants.system,
            "only_office": only_office(access),
            "notice": notice and (banner_of(notice), words.notices[notice]),
            **context,
        },
        status=status,
    )
