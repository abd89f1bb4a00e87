"""The readout code (読み上げコード): the result in 12 or 16 digits, read aloud over the phone when
no report could be sent.

It carries the verdict of every check that the policy makes a condition of the session, phased in
already or not; from those the readiness follows (`readiness_from`). Reading the digits from the
left as one number without its last digit:

    number = tag * outcomes + outcome

- `outcome` counts the combinations of verdicts, in the order of the checks; each check has as many
  as its own reasons can carry (`firewall` three, `antivirus` five);
- `tag` is a truncated HMAC-SHA256 over the policy's id and revision, the checks carried with their
  possible verdicts, and the outcome, keyed by the appointment's `readout_key`. It takes all values
  below `tags`: what remains of the digits;
- the last digit is the check digit of `code.py`: one wrong digit, or two swapped neighbours, is
  always caught, whatever else is.

A policy gets 12 digits where they leave at least 1,000 tags, else 16. The standard policy carries
12 checks with 11 million outcomes and has 9,042 tags, a good 13 bits; one that required all 18
checks would get 16 digits and 16 bits. A code of another appointment, policy or revision whose
check digit fits is taken for this one's with a chance of 1 in `tags`. That keeps honest people from
mixing codes up. It is no proof: who has the appointment code can make any readout code, as they can
make any report.

The appointment code has ten digits and this has never ten: each is refused in place of the other.

What the endpoint needs: it keeps no appointment code, so it has to keep the code's `readout_key`
from the moment at which it makes the code. That key can be found by trying all codes, of which
there are only a thousand million, so it is kept encrypted under the endpoint's secret and never in
the clear; for 32 bytes that are written once, a random 16-byte nonce beside them and their XOR with
HMAC-SHA256(a key derived from the secret for this purpose, nonce) is enough. Wrong tries are to be
limited like those of appointment codes. An agent without a network has typed in the code and
derives the same key: nothing else has to be fetched first. Whoever hears a readout code learns
little of the appointment code: of all codes, one in `tags` would give the same digits.

The code does not say when the device was checked: the staff ask.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from math import prod

from precheck.contract.checks import CheckId
from precheck.contract.code import CODE_DIGITS, check_digit, parse_code, typed_digits
from precheck.contract.declaration import Declaration
from precheck.contract.errors import ContractError
from precheck.contract.finding import ReportedFinding
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.reasons import reasons_of
from precheck.contract.verdict import Level, Verdict

LENGTHS = (12, 16)
FEWEST_TAGS = 1000
GROUP = 4

_PURPOSE = b"precheck readout key 1"


class ReadoutProblem(StrEnum):
    """What is wrong with digits that were given as a readout code."""

    NOT_DIGITS = "not_digits"
    LENGTH = "length"
    APPOINTMENT_CODE = "appointment_code"
    """Ten digits: the appointment code was read instead."""
    SLIP = "slip"
    """A digit is wrong, or two are swapped: say them again."""
    OTHER = "other"
    """Said and heard well, and of another appointment, policy or revision."""


class BadReadout(ContractError):
    """Not a readout code of this appointment and policy; `kind` says what is wrong."""

    def __init__(self, kind: ReadoutProblem, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def readout_key(code: str) -> bytes:
    """The 32-byte key of the appointment whose ten-digit `code` this is. Raises `BadCode`.

    Nine random digits stand behind it: it is as secret as the code itself (see above).
    """
    return hmac.digest(_PURPOSE, parse_code(code).encode("ascii"), hashlib.sha256)


def carried(policy: Policy) -> tuple[CheckId, ...]:
    """The checks whose verdicts a readout code of `policy` carries, in order."""
    return tuple(
        check
        for check, requirement in policy.asked()
        if requirement.level in (Level.REQUIRED, Level.DECLARED)
    )


def readout_length(policy: Policy) -> int:
    """How many digits a readout code of `policy` has."""
    return next((length for length in LENGTHS if _tags(policy, length) >= FEWEST_TAGS), LENGTHS[-1])


def readout_tags(policy: Policy) -> int:
    """A code that is not this appointment's and policy's is taken for it once in so many times."""
    return _tags(policy, readout_length(policy))


def encode(
    policy: Policy,
    findings: Iterable[ReportedFinding],
    declarations: Iterable[Declaration],
    key: bytes,
) -> str:
    """The digits for what was found and answered, as it would be reported under `policy`. `key` is
    the appointment's `readout_key`."""
    effective = {item.check: item for item in effective_findings(policy, findings, declarations)}
    outcome = 0
    for check in carried(policy):
        verdicts = _verdicts(check)
        outcome = outcome * len(verdicts) + verdicts.index(effective[check].verdict)
    length = readout_length(policy)
    number = _tag(policy, outcome, key) * _outcomes(policy) + outcome
    body = f"{number:0{length - 1}d}"
    return body + check_digit(body)


def decode(typed: str, policy: Policy, key: bytes) -> Mapping[CheckId, Verdict]:
    """The verdict of every check that `typed` carries, for the appointment of this `readout_key`.

    Spaces, hyphens and full-width digits are accepted. Raises `BadReadout`; its sentence never
    repeats what was typed.
    """
    digits = typed_digits(typed)
    length = readout_length(policy)
    if digits is None:
        raise BadReadout(ReadoutProblem.NOT_DIGITS, "a readout code has digits only")
    if len(digits) == CODE_DIGITS:
        raise BadReadout(
            ReadoutProblem.APPOINTMENT_CODE,
            f"{CODE_DIGITS} digits are an appointment code, a readout code has {length}",
        )
    if len(digits) != length:
        raise BadReadout(
            ReadoutProblem.LENGTH,
            f"a readout code under these terms has {length} digits, this has {len(digits)}",
        )
    if check_digit(digits) != "0":
        raise BadReadout(ReadoutProblem.SLIP, "a digit is wrong, or two are swapped")
    tag, outcome = divmod(int(digits[:-1]), _outcomes(policy))
    if tag != _tag(policy, outcome, key):
        raise BadReadout(
            ReadoutProblem.OTHER,
            "this readout code is of another appointment, of other terms or of another revision,"
            " or several digits are wrong",
        )
    found: dict[CheckId, Verdict] = {}
    for check in reversed(carried(policy)):
        verdicts = _verdicts(check)
        outcome, place = divmod(outcome, len(verdicts))
        found[check] = verdicts[place]
    return {check: found[check] for check in carried(policy)}


def format_readout(digits: str) -> str:
    """`digits` in the groups in which they are read aloud: 1234 5678 9012."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


@cache
def _verdicts(check: CheckId) -> tuple[Verdict, ...]:
    possible = {verdict for reason in reasons_of(check) for verdict in reason.verdicts}
    return tuple(verdict for verdict in Verdict if verdict in possible)


def _outcomes(policy: Policy) -> int:
    return prod(len(_verdicts(check)) for check in carried(policy))


def _tags(policy: Policy, length: int) -> int:
    return int(10 ** (length - 1) // _outcomes(policy))


def _tag(policy: Policy, outcome: int, key: bytes) -> int:
    # What each position means is part of it: two versions of a policy, or of this program, that
    # count differently refuse each other's codes instead of misreading them.
    layout = ",".join(f"{check}={'/'.join(_verdicts(check))}" for check in carried(policy))
    message = "\n".join((policy.id, policy.revision, layout, str(outcome)))
    digest = hmac.digest(key, message.encode("utf-8"), hashlib.sha256)
    return int.from_bytes(digest, "big") % readout_tags(policy)
