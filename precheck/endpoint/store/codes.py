"""How an appointment is found by its code without the code being kept."""

from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from precheck.contract.code import new_code, parse_code
from precheck.contract.errors import BadCode
from precheck.endpoint.store.models import Appointment
from precheck.endpoint.tokyo import day_of, end_of

_PURPOSE = "precheck.endpoint appointment code"
_OF_REQUEST = "precheck.endpoint code of a request"
_ID_OF_REQUEST = "precheck.endpoint appointment of a request"


def code_hash(code: str) -> str:
    """The hash under which `code` (ten digits) is kept: HMAC-SHA256 with a key derived from the
    secret, in hex. Nine random digits are too few for a hash without a key."""
    return salted_hmac(_PURPOSE, code, algorithm="sha256").hexdigest()


def code_for(office_id: str, key: str, attempt: int) -> str:
    """The code that follows from the endpoint's secret and `key`, which nobody can guess and which
    only who asks for the code keeps: whoever asks again is given the same, and it is kept nowhere.
    `attempt` counts the codes that were taken already."""
    digest = salted_hmac(_OF_REQUEST, f"{office_id}\0{key}\0{attempt}", algorithm="sha256").digest()
    return new_code(lambda bound: int.from_bytes(digest) % bound)


def id_for(office_id: str, key: str) -> UUID:
    """The id of the appointment that is asked for by `key`."""
    digest = salted_hmac(_ID_OF_REQUEST, f"{office_id}\0{key}", algorithm="sha256").digest()
    return UUID(bytes=digest[:16], version=4)


def hash_of_typed(typed: str) -> str | None:
    """The hash of the code that somebody typed; None for what is no code."""
    try:
        return code_hash(parse_code(typed))
    except BadCode:
        return None


def appointment_for(typed: str, now: datetime) -> Appointment | None:
    """The appointment of this code, with its office and policy, until the end of its day in Tokyo.

    None for anything else: digits that are no code, a code of no appointment, one whose day is
    over. The database compares keyed hashes, so the time that it takes tells nothing about a code.
    """
    hashed = hash_of_typed(typed)
    if hashed is None:
        return None
    found = Appointment.objects.select_related("office__policy").filter(code_hash=hashed).first()
    return None if found is None or is_over(found, now) else found


def is_over(appointment: Appointment, now: datetime) -> bool:
    """Whether the day of `appointment` in Tokyo is over, and its code opens nothing any more."""
    return now >= end_of(day_of(appointment.starts_at))
