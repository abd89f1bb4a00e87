"""The frame round every page: the menu of what this person may see, who they are, and the way to
the other language."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from precheck.contract.wording import Language
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Grants, Permission, grants_of
from precheck.endpoint.staff.words import StaffWords, load_staff_words


@dataclass(frozen=True)
class Entry:
    """A page in the menu: the name of its address (its words stand in `StaffWords.nav`), who sees
    it, and the names of the pages below it."""

    page: str
    permission: Permission
    below: tuple[str, ...] = ()


MENU: tuple[Entry, ...] = (
    Entry("counsellor-list", Permission.SEE_APPOINTMENTS, below=("counsellor-detail",)),
    Entry("helpdesk-triage", Permission.SEE_TRIAGE),
    Entry("helpdesk-trend", Permission.SEE_TRIAGE),
    Entry("helpdesk-recordings", Permission.SEE_RECORDINGS, below=("helpdesk-recording",)),
    Entry("helpdesk-readout", Permission.ENTER_READOUTS),
    Entry(
        "booking-new",
        Permission.BOOK_APPOINTMENTS,
        below=("booking-given", "booking-import", "booking-confirm", "booking-codes"),
    ),
    Entry("booking-tokens", Permission.MANAGE_TOKENS),
    Entry(
        "administration-offices",
        Permission.MANAGE_OFFICE,
        below=(
            "administration-office",
            "administration-staff",
            "administration-member",
            "administration-policy",
            "administration-policy-new",
            "administration-policy-put",
            "administration-version",
            "administration-terms",
            "administration-consents",
            "administration-figures",
            "administration-audit",
            "administration-office-new",
            "administration-system-staff",
            "administration-system-member",
            "operations-doctor",
        ),
    ),
)
"""In the order in which it is shown; the first that somebody may see is where they arrive."""


@dataclass(frozen=True)
class Shown:
    """An entry as it stands in the menu; `current` is the value of aria-current, or empty."""

    address: str
    word: str
    current: str


class Frame:
    """What the base template asks for. The person is looked up only by pages that show them, so
    that a page about an error needs no database."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.words: StaffWords = load_staff_words(current_language())

    @property
    def other_language(self) -> Language:
        return Language.EN if self.words.language is Language.JA else Language.JA

    @property
    def other_language_address(self) -> str:
        """This page with all that was asked of it, in the other language."""
        asked = self._request.GET.copy()
        asked["lang"] = self.other_language.value
        return f"?{asked.urlencode()}"

    @property
    def sent(self) -> list[tuple[str, str]] | None:
        """The fields that this page answers, for the form that asks for it in the other language
        (`parts/language.html`, for pages that do nothing a second time). None where it answers no
        form, or a file, which no page can send again."""
        if self._request.method != "POST" or self._request.FILES:
            return None
        return [
            (name, value)
            for name, values in self._request.POST.lists()
            if name != "csrfmiddlewaretoken"
            for value in values
        ]

    @cached_property
    def who(self) -> str | None:
        """The name of who is signed in."""
        grants = grants_of(self._request)
        return self.words.signed_in_as.format(name=grants.user.get_username()) if grants else None

    @property
    def has_password(self) -> bool:
        """Whether who is signed in has one here, and not only an account elsewhere."""
        grants = grants_of(self._request)
        return grants is not None and grants.user.has_usable_password()

    @property
    def offers_second_factor(self) -> bool:
        return bool(settings.SECOND_FACTOR != "off")

    @cached_property
    def menu(self) -> list[Shown]:
        grants, match = grants_of(self._request), self._request.resolver_match
        page = match.url_name if match else None
        return [
            Shown(
                address=reverse(entry.page),
                word=self.words.nav[entry.page],
                current="page" if page == entry.page else "true" if page in entry.below else "",
            )
            for entry in (visible(grants) if grants else ())
        ]


def visible(grants: Grants) -> list[Entry]:
    """The entries that somebody with `grants` sees."""
    return [entry for entry in MENU if grants.may(entry.permission)]


def context(request: HttpRequest) -> dict[str, Frame]:
    """Django's context processor: `frame` in every template."""
    return {"frame": Frame(request)}
