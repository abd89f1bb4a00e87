"""A page sends an id; what is opened stands in the program."""

import sys
from pathlib import Path

import pytest

from precheck.agent.page.settings_screens import Screen, SettingsScreens, settings_screens
from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from tests.agent.page.served import served


def opener(folder: Path) -> tuple[str, ...]:
    return (sys.executable, "-c", f"open({str(folder / 'opened')!r}, 'x')")


@pytest.mark.parametrize(
    "screen",
    [
        "camera",
        "ms-settings:privacy-webcam",
        "x-apple.systempreferences:",
        "https://evil.example",
        "calc.exe",
        "../updates",
        "updates\n",
        "UPDATES",
        "",
    ],
)
def test_an_id_that_is_not_listed_opens_nothing(tmp_path: Path, screen: str) -> None:
    with served(tmp_path, screens={Screen.UPDATES: opener(tmp_path)}) as page:
        refused = page.do("settings", screen=screen)
        assert (refused.status, refused.json["problem"]) == (404, "no_such_screen")
    assert not (tmp_path / "opened").exists()


def test_a_listed_one_is_opened(tmp_path: Path) -> None:
    with served(tmp_path, screens={Screen.UPDATES: (sys.executable, "-c", "")}) as page:
        assert page.do("settings", screen="updates").status == 200


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    with served(tmp_path, screens={Screen.UPDATES: ("/nonexistent/settings",)}) as page:
        assert page.do("settings", screen="updates").json["problem"] == "not_opened"


def test_screens_are_offered_where_the_system_has_them() -> None:
    windows = settings_screens(OsFamily.WINDOWS)
    assert set(windows.ids()) == set(Screen)
    assert windows.for_finding(CheckId.WEBCAM, "access_denied") is Screen.CAMERA
    assert windows.for_finding(CheckId.WEBCAM, "clock") is Screen.CLOCK
    assert windows.for_finding(CheckId.MEETING_APP, "none") is None
    assert settings_screens(OsFamily.MACOS).for_finding(CheckId.ANTIVIRUS, "off") is None
    assert SettingsScreens({}).for_finding(CheckId.FIREWALL, "off") is None


def test_without_gnome_linux_offers_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    assert settings_screens(OsFamily.LINUX).ids() == ()
