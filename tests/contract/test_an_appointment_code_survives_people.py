"""Ten digits that people read, type and mistype."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.code import CODE_DIGITS, check_digit, format_code, new_code, parse_code
from precheck.contract.errors import BadCode

CODES = st.integers(0, 10 ** (CODE_DIGITS - 1) - 1).map(
    lambda number: (body := f"{number:09d}") + check_digit(body)
)


def refusal(typed: str) -> str:
    with pytest.raises(BadCode) as caught:
        parse_code(typed)
    return str(caught.value)


@given(CODES)
def test_a_code_is_read_as_it_was_given(code: str) -> None:
    assert parse_code(code) == code


@given(CODES, st.integers(0, CODE_DIGITS - 1), st.integers(1, 9))
def test_one_wrong_digit_is_always_caught(code: str, place: int, by: int) -> None:
    wrong = str((int(code[place]) + by) % 10)
    slipped = code[:place] + wrong + code[place + 1 :]
    assert refusal(slipped) == "a digit is wrong, or two are swapped"


@given(CODES, st.integers(0, CODE_DIGITS - 2))
def test_two_swapped_neighbours_are_always_caught(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped == code:
        assert parse_code(swapped) == code
    else:
        assert refusal(swapped) == "a digit is wrong, or two are swapped"


def after(interim: str, digit: str) -> str:
    """The check digit after one more digit: with an empty start, the table's own row."""
    return check_digit(interim + digit)


def test_the_check_digit_catches_every_slip_and_swap_by_its_construction() -> None:
    """Exhaustive: whatever came before leaves one of ten states, so all states and digits are
    all cases. A slip must lead to another state, and two digits in the other order, too."""
    to_state = {check_digit(digit): digit for digit in "0123456789"}
    assert set(to_state) == set("0123456789")
    for prefix in to_state.values():
        assert len({after(prefix, digit) for digit in "0123456789"}) == 10
        for one in "0123456789":
            for other in "0123456789":
                if one != other:
                    assert after(prefix + one, other) != after(prefix + other, one)
                    assert check_digit(one + other) != check_digit(other + one)
    for later in "0123456789":
        # What differs before a digit still differs after it.
        assert len({after(prefix, later) for prefix in to_state.values()}) == 10


def test_every_slip_and_swap_of_some_codes_one_by_one() -> None:
    numbers = random.Random(20261120)  # noqa: S311
    for _ in range(50):
        code = new_code(numbers.randrange)
        for place in range(CODE_DIGITS):
            for digit in "0123456789":
                if digit != code[place]:
                    refusal(code[:place] + digit + code[place + 1 :])
        for place in range(CODE_DIGITS - 1):
            if code[place] != code[place + 1]:
                refusal(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def test_one_code_in_ten_is_valid_so_a_guess_is_mostly_caught_on_the_device() -> None:
    valid = 0
    for number in range(1000):
        try:
            parse_code(f"123456{number:03d}0")
            valid += 1
        except BadCode:
            pass
    assert valid == 100


CODE = "1234567894"


def test_the_example_is_a_code() -> None:
    assert check_digit(CODE[:-1]) == CODE[-1]
    assert parse_code(CODE) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "123 456 7894",
        " 123-456-7894 ",
        "１２３４５６７８９４",
        "１２３　４５６　７８９４",
        "123‐456–7894",
        "１２３ー４５６ー７８９４",
        "123－456－7894",
        "123−456−7894",
        "123ｰ456ｰ7894",
        "123\u00a0456\u20097894",
        "\ufeff1234567894\u200b\r\n",
        "1 2 3 4 5 6 7 8 9 4",
    ],
)
def test_spaces_hyphens_and_full_width_digits_are_what_people_type(typed: str) -> None:
    assert parse_code(typed) == CODE


@given(CODES, st.lists(st.sampled_from(list(" -　ー－\t")), min_size=11, max_size=11), st.data())
def test_wherever_they_put_them(code: str, between: list[str], data: st.DataObject) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    digits = [digit.translate(wide) if data.draw(st.booleans()) else digit for digit in code]
    typed = "".join(gap + digit for gap, digit in zip(between, digits, strict=False)) + between[-1]
    assert parse_code(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "¹²³⁴⁵⁶⁷⁸⁹⁷",
        "①②③④⑤⑥⑦⑧⑨⑦",
        "１²３４５６７８９４",
        "₁₂₃₄₅₆₇₈₉₇",
        "١٢٣٤٥٦٧٨٩٧",
        "१२३४५६७८९७",
        "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟕",
        "一二三四五六七八九七",
        "123456789O",
        "l234567894",
        "+1234567894",
        "1234567894.0",
        "1_234_567_897",
        "1,234,567,897",
        "1234567894;x",
    ],
)
def test_other_digits_and_letters_are_refused(typed: str) -> None:
    assert refusal(typed) == "an appointment code has digits only"


@pytest.mark.parametrize(
    ("typed", "counted"), [("123456789", 9), ("12345678947", 11), ("1" * 5000, 5000)]
)
def test_another_number_of_digits_is_refused_with_the_number(typed: str, counted: int) -> None:
    assert refusal(typed) == f"an appointment code has 10 digits, this has {counted}"


@pytest.mark.parametrize("typed", ["", " ", "-", "　ー　"])
def test_nothing_is_no_code(typed: str) -> None:
    assert refusal(typed) == "an appointment code has 10 digits, this has 0"


@given(st.text(max_size=30) | st.text("0123456789 -", max_size=30))
def test_whatever_is_typed_is_a_code_or_one_of_three_sentences_that_never_repeat_it(
    typed: str,
) -> None:
    try:
        code = parse_code(typed)
    except BadCode as error:
        length = r"an appointment code has 10 digits, this has "
        assert str(error) in (
            "an appointment code has digits only",
            "a digit is wrong, or two are swapped",
        ) or (str(error).startswith(length) and len(str(error)) <= len(length) + 2)
        assert error.__cause__ is None
        return
    assert len(code) == CODE_DIGITS
    assert code.isascii()
    assert code.isdigit()


@given(CODES)
def test_a_code_is_printed_in_groups_that_are_read_back(code: str) -> None:
    assert format_code(code) == f"{code[:3]} {code[3:6]} {code[6:]}"
    assert parse_code(format_code(code)) == code


@given(st.integers(0, 10 ** (CODE_DIGITS - 1) - 1))
def test_a_new_code_asks_for_one_number_below_a_billion_and_is_valid(number: int) -> None:
    asked: list[int] = []

    def random_below(limit: int) -> int:
        asked.append(limit)
        return number

    code = new_code(random_below)
    assert asked == [10**9]
    assert parse_code(code) == code
    assert int(code[:9]) == number
