"""Recorded Macs on the command line: `check --replay FILE`, and what its exit code says."""

import json
from pathlib import Path

import pytest

from precheck.agent.exits import ATTENTION, NOT_READY, READY
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from tests.agent.program import Ran, precheck

FOLDER = Path(__file__).parents[1] / "recordings"

NEED_AN_ENDPOINT = {CheckId.INTERNET, CheckId.CONNECTION_QUALITY}
ON_THE_DEVICE = ",".join(check for check in MEASURED_CHECKS if check not in NEED_AN_ENDPOINT)


def replayed(home: Path, name: str, *more: str) -> Ran:
    answered = ("--private-room", "yes", "--agree", "yes")
    return precheck(home, "check", "--replay", str(FOLDER / f"{name}.json"), *answered, *more)


@pytest.mark.parametrize(
    ("name", "code", "readiness"),
    [
        ("macos-26-ordinary", ATTENTION, "attention"),
        ("macos-26-in-a-shop", NOT_READY, "not_ready"),
        ("macos-27-managed", ATTENTION, "attention"),
        ("macos-14-ended", NOT_READY, "not_ready"),
        ("macos-that-denies-everything", ATTENTION, "attention"),
    ],
)
def test_the_exit_code_says_whether_a_recorded_mac_is_ready(
    tmp_path: Path, name: str, code: int, readiness: str
) -> None:
    """None is ready whole: whether the endpoint can be reached no recording shows."""
    ran = replayed(tmp_path, name, "--json")
    outcome = json.loads(ran.out)
    assert (ran.code, outcome["readiness"]) == (code, readiness), ran.err
    assert {finding["check"] for finding in outcome["findings"]} == set(MEASURED_CHECKS)


def test_on_an_ordinary_mac_nothing_that_the_device_itself_shows_is_wrong(tmp_path: Path) -> None:
    assert replayed(tmp_path, "macos-26-ordinary", "--only", ON_THE_DEVICE).code == READY
    denied = replayed(tmp_path, "macos-that-denies-everything", "--only", ON_THE_DEVICE)
    assert denied.code == ATTENTION


def test_in_a_shop_the_screen_names_what_is_to_be_done(tmp_path: Path) -> None:
    shown = replayed(tmp_path, "macos-26-in-a-shop").out
    assert "ファイアウォール" in shown
    assert "「システム設定」" in shown
