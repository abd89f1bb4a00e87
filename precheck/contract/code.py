"""The appointment code: what the office gives to the job seeker, and what the agent asks for.

Ten digits: nine random ones and a check digit (the Damm algorithm, which catches every wrong digit
and every pair of swapped neighbours). People type it with spaces, hyphens and full-width digits.
"""

from collections.abc import Callable

from precheck.contract.errors import BadCode

CODE_DIGITS = 10

_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
"""The only other digits that a Japanese keyboard types. Superscripts, circled digits and those of
other scripts are no digits here: they come from a text copied wrongly, not from a printed code."""

_SEPARATORS = frozenset("-‐‑‒–—―−－ーｰ\u200b\ufeff")
"""Hyphens, the dashes and long-vowel marks typed for them, and marks that nobody sees."""

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""The totally anti-symmetric quasigroup of order 10 published by H. M. Damm (2004)."""


def check_digit(digits: str) -> str:
    """The digit that completes `digits` (ASCII digits only)."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def new_code(random_below: Callable[[int], int]) -> str:
    """A new code. `random_below(n)` gives a number from 0 to n-1 that nobody can guess."""
    body = f"{random_below(10 ** (CODE_DIGITS - 1)):0{CODE_DIGITS - 1}d}"
    return body + check_digit(body)


def typed_digits(typed: str) -> str | None:
    """The ASCII digits in what a person typed, without spaces and hyphens; None where there is
    anything else in it."""
    digits = "".join(
        character
        for character in typed.translate(_FULL_WIDTH)
        if not (character.isspace() or character in _SEPARATORS)
    )
    return digits if not digits or (digits.isascii() and digits.isdigit()) else None


def parse_code(typed: str) -> str:
    """The ten digits in what a person typed.

    Spaces, hyphens and full-width digits are accepted. Raises `BadCode` with one sentence about
    what is wrong: other characters, a wrong number of digits, or a check digit that does not fit.
    The sentence never repeats what was typed.
    """
    digits = typed_digits(typed)
    if digits is None:
        raise BadCode("an appointment code has digits only")
    if len(digits) != CODE_DIGITS:
        raise BadCode(f"an appointment code has {CODE_DIGITS} digits, this has {len(digits)}")
    if check_digit(digits) != "0":
        raise BadCode("a digit is wrong, or two are swapped")
    return digits


def format_code(code: str) -> str:
    """`code` in the groups in which it is printed and read aloud: 123 456 7894."""
    return f"{code[:3]} {code[3:6]} {code[6:]}"
