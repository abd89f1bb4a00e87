"""Reading an office's file: what is short is enough, what is wrong is told with its line."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadPolicy
from precheck.contract.finding import ReportedFinding
from precheck.contract.offices import load_office, load_policy
from precheck.contract.policy import Acceptance, App, Policy
from precheck.contract.readiness import effective_findings
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Level, Verdict

TERMS = """\
base = "standard"

[terms]
office = "ハローワークみほん"
title = "みほん公共職業安定所オンライン職業相談利用規約"
revision = 2026-04-01
apps = ["zoom"]
"""

CLAUSES = "\n[clauses]\n" + "\n".join(
    f'"{clause}" = "{sentence}"' for clause, sentence in load_office("standard").clauses.items()
)

MIHON = f"{TERMS}{CLAUSES}\n"
"""An office that nobody has seen: invented."""


def loaded(text: str) -> Policy:
    return load_policy("mihon", text, "mihon.toml")


def refusal(text: str) -> tuple[int, str]:
    """The line that the error names, and what it says."""
    with pytest.raises(BadPolicy) as caught:
        loaded(text)
    found = re.fullmatch(r"mihon\.toml, line (\d+): (.+)", str(caught.value))
    assert found, caught.value
    return int(found[1]), found[2]


def line_of(text: str, beginning: str) -> int:
    return [line.startswith(beginning) for line in text.split("\n")].index(True) + 1


def test_an_office_that_nobody_has_seen_needs_no_code() -> None:
    policy = loaded(MIHON + '[checks.antivirus]\ndefender = "reject"\n')
    assert policy.id == "mihon"
    assert policy.terms.apps == (App.ZOOM,)
    assert policy.checks.antivirus.defender is Acceptance.REJECT
    assert policy.checks.antivirus.level is Level.REQUIRED
    defender = ReportedFinding(
        check=CheckId.ANTIVIRUS, verdict=Verdict.PASS, reason=Antivirus.DEFENDER
    )
    judged = {item.check: item for item in effective_findings(policy, [defender], [])}
    assert judged[CheckId.ANTIVIRUS].verdict is Verdict.FAIL


def test_what_an_office_does_not_state_is_its_bases() -> None:
    standard, mihon = load_office("standard"), loaded(MIHON)
    assert mihon.checks == standard.checks
    assert mihon.terms != standard.terms


def test_stating_one_option_leaves_the_others_as_they_are() -> None:
    text = MIHON + "[checks.os_support]\nending_soon = 90\n"
    before, after = load_office("standard").checks.os_support, loaded(text).checks.os_support
    assert after.ending_soon == 90
    assert (after.level, after.clause, after.extended_support) == (
        before.level,
        before.clause,
        before.extended_support,
    )


def test_a_base_may_have_a_base() -> None:
    clauses = "\n".join(
        f'"{clause}" = "{sentence}"' for clause, sentence in load_office("honjo").clauses.items()
    )
    text = TERMS.replace('"standard"', '"honjo"') + f"\n[clauses]\n{clauses}\n"
    assert loaded(text).checks == load_office("honjo").checks


def test_an_empty_clause_states_that_no_clause_stands_behind_a_check() -> None:
    policy = loaded(MIHON + '[checks.firewall]\nclause = ""\n')
    assert policy.checks.firewall.clause is None
    assert policy.sentence(CheckId.FIREWALL) is None


def test_a_check_that_is_off_needs_no_sentence() -> None:
    text = "\n".join(line for line in MIHON.split("\n") if not line.startswith('"第12条(5)"'))
    policy = loaded(text + '[checks.metered]\nlevel = "off"\n')
    assert policy.sentence(CheckId.METERED) is None
    assert CheckId.METERED not in dict(policy.asked())


def test_a_rule_may_be_phased_in() -> None:
    text = "[checks.firewall]\nnudge_from = 2026-10-01\nrequired_from = 2027-01-01\n"
    firewall = loaded(MIHON + text).checks.firewall
    assert (firewall.nudge_from, firewall.required_from) == (date(2026, 10, 1), date(2027, 1, 1))


WRONG = {
    "an unknown key": ('colour = "red"', "unknown field `colour`"),
    "an unknown table": ('[rules]\nx = "y"', "unknown field `rules`"),
    "an unknown check": ('[checks.fire_wall]\nlevel = "off"', "unknown field `fire_wall`"),
    "an unknown option": ("[checks.firewall]\nstrict = true", "unknown field `strict`"),
    "another check's option": ("[checks.firewall]\nending_soon = 3", "unknown field `ending_soon`"),
    "an unknown level": ('[checks.firewall]\nlevel = "must"', "Invalid enum value 'must'"),
    "a clause that is not there": (
        '[checks.firewall]\nclause = "第99条"',
        "'第99条', which is not under clauses",
    ),
    "a number for a word": ("[checks.firewall]\nlevel = 1", "got `int`"),
    "a word for a number": ('[checks.os_support]\nending_soon = "30"', "got `str`"),
    "a number below its range": ("[checks.os_support]\nending_soon = -1", ">= 0"),
    "a number above its range": ("[checks.os_support]\nending_soon = 100000", "<= 3650"),
    "a table that is no table": ("[checks]\nfirewall = 3", "got `int`"),
    "a date that is no date": ('[checks.firewall]\nrequired_from = "soon"', "date"),
    "dates in the wrong order": (
        "[checks.firewall]\nnudge_from = 2027-01-01\nrequired_from = 2026-01-01",
        "required_from is before nudge_from",
    ),
    "a date for a rule that never becomes one": (
        '[checks.firewall]\nlevel = "advised"\nrequired_from = 2027-01-01',
        "required_from phases a requirement in",
    ),
    "an attention that is a verdict of its own": (
        '[checks.firewall]\nattention = ["fail"]',
        "attention can hold unknown and warn only",
    ),
    "the same for a check with options of its own": (
        '[checks.antivirus]\nattention = ["fail"]',
        "attention can hold unknown and warn only",
    ),
    "an answer for what nobody can answer": (
        '[checks.firewall]\nlevel = "declared"',
        "nobody can answer for it",
    ),
    "a measurement of what only a person can say": (
        '[checks.private_room]\nlevel = "required"',
        "only an answer can tell",
    ),
    "a question whose answer does not matter": (
        "[checks.terms_consent]\nattention = []",
        "an answer is required",
    ),
    "limits that contradict each other": (
        "[checks.antivirus]\ndefinitions_limit = 1",
        "definitions_limit is below definitions_fresh",
    ),
    "a version that is none": ('[checks.meeting_app]\nminimum_zoom = "new"', "regex"),
    "joining by an app that the terms do not name": (
        '[checks.meeting_app]\nbrowser_join = ["teleoffice"]',
        "names an app that terms.apps does not",
    ),
    "an id of its own": ('id = "mihon"', "the id is the file's name"),
}


@pytest.mark.parametrize(("added", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_in_one_line_with_file_and_line(added: str, says: str) -> None:
    on_top = not added.startswith("[")
    text = f"{added}\n{MIHON}" if on_top else f"{MIHON}{added}\n"
    line, message = refusal(text)
    assert says in message
    first = 1 if on_top else MIHON.count("\n") + 1
    assert first <= line <= first + added.count("\n")


@pytest.mark.parametrize(
    ("added", "points_at"),
    [
        ("[checks.firewall]\nlevel = 'advised'\nstrict = true", "strict"),
        ("[checks.firewall]\nlevel = 'must'\n", "level"),
        ("[checks]\nfirewall.level = 'must'\n", "firewall.level"),
        ("[checks]\nfirewall = { level = 'must' }\n", "firewall ="),
        ('[checks."firewall"]\n"level" = \'must\'\n', '"level"'),
        ("[checks.firewall] # as before\nlevel = 'advised'\nclause = '第99条'", "clause"),
        ("[checks.meeting_app]\nbrowser_join = [\n  'zoom',\n  'skype',\n]", "browser_join"),
        ("[checks.browser]\nfresh = 9\n[checks.webcam]\nfresh = 9", "[checks.webcam]"),
    ],
)
def test_the_line_is_where_the_mistake_stands(added: str, points_at: str) -> None:
    text = MIHON + added
    if points_at == "[checks.webcam]":
        assert refusal(text)[0] == line_of(text, points_at) + 1
    else:
        assert refusal(text)[0] == line_of(text, points_at)


def test_text_that_looks_like_a_table_inside_a_string_does_not_mislead() -> None:
    sentence = '"""\\\n[checks.firewall]\\\nlevel = 3\\\n"""'
    text = MIHON + f'"第99条" = {sentence}\n[checks.firewall]\nlevel = "must"\n'
    assert refusal(text)[0] == text.count("\n")


@pytest.mark.parametrize(
    ("missing", "points_at"),
    [
        ("title", "[terms]"),
        ("revision", "[terms]"),
        ('"第5条(4)"', "[clauses]"),
        ('"前文"', "[clauses]"),
    ],
)
def test_what_is_missing_is_looked_for_where_it_belongs(missing: str, points_at: str) -> None:
    text = "\n".join(line for line in MIHON.split("\n") if not line.startswith(missing))
    line, message = refusal(text)
    assert line == line_of(text, points_at)
    assert missing.strip('"') in message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", '"Reiwa 8"'),
        ("revision", "2026"),
        ("apps", "[]"),
        ("apps", '["skype"]'),
        ("office", '""'),
        ("office", '"two\\nlines"'),
        ("title", '"ends in a break\\n"'),
        ("title", '"\\u001b[2J"'),
    ],
)
def test_terms_that_are_none_are_refused_on_their_line(field: str, value: str) -> None:
    text = re.sub(rf"^{field} = .*$", lambda _: f"{field} = {value}", MIHON, flags=re.M)
    assert refusal(text)[0] == line_of(text, field)


@pytest.mark.parametrize(
    "more",
    [
        'phone = "call us"',
        'phone = "03-1234-5678\\n"',
        "hours = [{ start = 10:00:00, end = 09:00:00 }]",
        "hours = [{ start = 10:00:00, end = 10:00:00 }]",
        'hours = [{ start = "10:00:00Z", end = "11:00:00Z" }]',
        "hours = [{ start = 10:00:00 }]",
        "session_minutes = 0",
    ],
)
def test_phone_hours_and_length_are_checked_too(more: str) -> None:
    text = MIHON.replace("\n[clauses]", f"{more}\n\n[clauses]")
    assert refusal(text)[0] == line_of(text, more.split(" ")[0])


@pytest.mark.parametrize("base", ['"osaka"', '"mihon"', "3", '""', "[]", '"../standard"'])
def test_a_base_that_is_not_there_is_an_error(base: str) -> None:
    line, message = refusal("# an office\n" + MIHON.replace('"standard"', base, 1))
    assert line == 2
    assert "is not a policy to build on" in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('base = "standard"\n[terms\n', 2),
        ("x = 2026-13-40\n", 1),
        ("x = 1\nx = 2\n", 2),
        ('a = 1\nb = "never closed\n', 2),
        ("x = [\n", 2),
        ("x = " + "9" * 5000, 1),
        ("x = " + "[" * 50_000, 1),
    ],
)
def test_text_that_is_not_toml_is_told_with_its_line(text: str, line: int) -> None:
    assert refusal(text)[0] == line


def test_an_office_without_a_base_has_to_say_everything() -> None:
    text = MIHON.replace('base = "standard"\n', "")
    assert "missing required field `checks`" in refusal(text)[1]


PIECES = st.sampled_from(
    [
        *MIHON.split("\n"),
        "[checks.firewall]",
        "[checks]",
        "firewall = 3",
        "level = 'must'",
        "level = 'off'",
        "[[checks]]",
        "hours = [",
        "{ start = 1 },",
        "]",
        '"""',
        "'''",
        "x = 1",
        "\u2028",
        "\x0b",
        "[terms.more]",
        "",
    ]
)


@given(st.lists(PIECES, max_size=25).map("\n".join) | st.text(max_size=200))
def test_whatever_the_file_holds_it_loads_or_is_refused_on_a_line_of_its_own(text: str) -> None:
    try:
        loaded(text)
    except BadPolicy as error:
        found = re.match(r"mihon\.toml, line (\d+): ", str(error))
        assert found, error
        assert 1 <= int(found[1]) <= text.count("\n") + 1
        assert "\n" not in str(error)


def test_the_line_is_looked_for_in_reasonable_time_only() -> None:
    near = "\n" * 1000 + "no_such = 1\n"
    assert refusal(near)[0] == 1001
    for far in ("\n" * 20_000, "many = [\n" + "1,\n" * 7000 + "]\n"):
        line, message = refusal(far + "no_such = 1\n")
        assert line == 1
        assert "unknown field" in message
