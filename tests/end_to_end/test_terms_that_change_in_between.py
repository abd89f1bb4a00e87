"""A report that was judged by terms that are no longer in force is refused, and the person is told
to check again: it is neither taken for what it is not, nor lost without a word."""

from importlib.resources import files
from pathlib import Path

from precheck.agent.exits import COULD_NOT_RUN, READY
from tests.agent.program import precheck
from tests.end_to_end.test_from_the_check_to_the_counsellors_list import (
    CHECKED,
    Line,
    check,
    folder,
    home,
    line,
    reports,
    waiting,
)
from tests.endpoint.scene import OFFICE, done, listed, new_code, serving

__all__ = ["folder", "home", "line"]


def changed(folder: Path) -> None:
    """The office reads the same revision of its terms in another way from now on."""
    shipped = (files("precheck.contract") / "offices" / f"{OFFICE}.toml").read_text("utf-8")
    file = folder / "changed.toml"
    file.write_text(f"{shipped}\n[checks.antivirus]\ndefinitions_limit = 5\n", encoding="utf-8")
    said = done(folder, "office", "add", OFFICE, "--policy", str(file))
    assert said.endswith("2022-12-27.2")


def test_what_waited_while_the_terms_changed_is_refused_aloud_and_checked_again(
    folder: Path, home: Path, line: Line
) -> None:
    code = new_code(folder)
    with serving(folder) as (address, _):
        line.target = address
        assert check(home, code, line.stand_in.address).code in CHECKED
        line.down.set()
        assert check(home, code, line.stand_in.address, "--office", OFFICE).code == COULD_NOT_RUN
        changed(folder)
        line.down.clear()
        assert listed(folder)[0]["state"] == "stale"
        sent = precheck(home, "send")
        assert sent.code != READY
        assert "規約が新しくなった" in "".join(sent.out.split())
        assert (reports(folder), waiting(home)) == (1, [])
        assert check(home, code, line.stand_in.address).code in CHECKED
    assert reports(folder) == 2
    assert listed(folder)[0]["state"] != "stale"
