"""What the job seeker is given for an appointment: link, picture, letter and slip."""

from dataclasses import dataclass
from datetime import datetime

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString

from precheck.contract.code import format_code
from precheck.contract.policy import Terms
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.addresses import link_of, start_address
from precheck.endpoint.booking.words import BookingWords, Invitation
from precheck.endpoint.staff.speech import Speech
from precheck.endpoint.staff.words import load_staff_words
from precheck.endpoint.store.models import Appointment, Mode
from precheck.endpoint.words import load_words


@dataclass(frozen=True)
class Letter:
    """The text to paste, in one language."""

    language: Language
    text: str

    @property
    def rows(self) -> int:
        """How many lines it has."""
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Given:
    """All that a page needs to show a code, once."""

    code: str
    """In groups."""
    link: str
    address: str
    drawn: SafeString
    """The link as an SVG picture."""
    letter: Letter
    other_letter: Letter
    reference: str
    is_video: bool
    mode: str
    """In Japanese."""
    slip: Invitation
    """The words of the slip, which is Japanese."""
    when: str
    office: str
    phone: str
    """With the word for it; empty where the terms name none."""


def given_for(appointment: Appointment, code: str, request: HttpRequest) -> Given:
    """What belongs to `appointment` and its `code` (ten digits). Its office and policy are loaded
    with it."""
    terms, mode = appointment.office.policy.policy().terms, Mode(appointment.mode)
    slip = _words(Language.JA)
    link, address = link_of(code, request), start_address(request)
    return Given(
        code=format_code(code),
        link=link,
        address=address,
        drawn=SafeString(segno.make(link, micro=False, error="m").svg_inline(omitsize=True)),
        letter=_letter(Language.JA, terms, appointment, code, link, address),
        other_letter=_letter(Language.EN, terms, appointment, code, link, address),
        reference=appointment.reference,
        is_video=mode is Mode.VIDEO,
        mode=slip.modes[mode],
        slip=slip,
        when=_when(Language.JA, appointment.starts_at),
        office=terms.office,
        phone=slip.slip_phone.format(phone=terms.phone) if terms.phone else "",
    )


def _letter(
    language: Language, terms: Terms, appointment: Appointment, code: str, link: str, address: str
) -> Letter:
    words, mode = _words(language), Mode(appointment.mode)
    check = words.no_check
    if mode is Mode.VIDEO:
        check = words.check.strip().format(link=link, address=address, code=format_code(code))
    text = words.message.strip().format(
        office=terms.office,
        when=_when(language, appointment.starts_at),
        mode=words.modes[mode],
        check=check,
        call=words.call.format(phone=terms.phone) if terms.phone else "",
    )
    return Letter(language, text.strip() + "\n")


def _words(language: Language) -> Invitation:
    return load_words(BookingWords, "booking", language).invitation


def _when(language: Language, moment: datetime) -> str:
    return Speech(load_staff_words(language), load_wording(language)).moment(moment)
