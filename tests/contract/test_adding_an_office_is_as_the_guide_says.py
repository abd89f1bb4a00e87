"""The worked example of `docs/adding-an-office.md` works."""

import re
from datetime import date
from pathlib import Path

import pytest

from precheck.contract.checks import CheckId
from precheck.contract.errors import BadPolicy
from precheck.contract.finding import ReportedFinding
from precheck.contract.offices import load_policy
from precheck.contract.policy import Policy
from precheck.contract.readiness import effective_findings, is_required
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Level, Verdict

GUIDE = (Path(__file__).parents[2] / "docs" / "adding-an-office.md").read_text(encoding="utf-8")
[EXAMPLE] = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.M | re.S)


def mihon() -> Policy:
    return load_policy("mihon", EXAMPLE, "mihon.toml")


def test_the_example_loads_and_says_what_the_guide_says_of_it() -> None:
    policy = mihon()
    assert [app.value for app in policy.terms.apps] == ["zoom"]
    assert policy.checks.file_sharing.level is Level.ADVISED
    assert policy.sentence(CheckId.FILE_SHARING) is None
    assert "ウイルス対策ソフト" in (policy.sentence(CheckId.ANTIVIRUS) or "")
    assert {requirement.clause for _, requirement in policy.asked()} - {None} == set(policy.clauses)


def test_the_example_refuses_what_it_says_it_refuses() -> None:
    defender = ReportedFinding(
        check=CheckId.ANTIVIRUS, verdict=Verdict.PASS, reason=Antivirus.DEFENDER
    )
    found = {item.check: item for item in effective_findings(mihon(), [defender], [])}
    assert found[CheckId.ANTIVIRUS].verdict is Verdict.FAIL


def test_the_example_phases_the_firewall_in() -> None:
    firewall = mihon().checks.firewall
    assert firewall.level_on(date(2026, 9, 30)) is Level.OFF
    assert firewall.level_on(date(2026, 10, 1)) is Level.ADVISED
    assert is_required(mihon(), CheckId.FIREWALL, date(2027, 1, 1))


def test_the_guides_mistake_is_told_as_the_guide_shows_it() -> None:
    shown = re.search(r"^    (mihon\.toml, line (\d+): .*)$", GUIDE, re.M)
    assert shown
    wrong = EXAMPLE.replace("defender =", "defendr =")
    assert wrong.split("\n")[int(shown[2]) - 1].startswith("defendr")
    with pytest.raises(BadPolicy) as caught:
        load_policy("mihon", wrong, "mihon.toml")
    assert str(caught.value) == shown[1]


def test_the_guide_explains_every_level() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [a-z]+ [a-z]", GUIDE, re.M)) == set(Level)
