"""The code in the program's name and the address in the file beside it."""

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.agent.companions import SETTINGS_FILE, Settings, code_in_name, settings_beside
from precheck.agent.errors import BadSettings
from tests.agent.program import precheck

CODE = "1234567894"


@pytest.mark.parametrize(
    "path",
    [
        PureWindowsPath(rf"C:\Users\x\Downloads\precheck-{CODE}.exe"),
        PureWindowsPath(rf"C:\Users\x\Downloads\precheck-{CODE} (1).exe"),
        PureWindowsPath(rf"C:\Users\x\Downloads\Precheck_{CODE}.EXE"),
        PureWindowsPath(rf"C:\Users\x\Downloads\precheck-{CODE}\precheck.exe"),
        PurePosixPath(f"/Users/x/Downloads/precheck-{CODE}.app/Contents/MacOS/precheck"),
        PurePosixPath(f"/home/x/precheck-{CODE}"),
    ],
)
def test_a_code_in_the_name_is_found(path: PurePosixPath | PureWindowsPath) -> None:
    assert code_in_name(path) == CODE


@pytest.mark.parametrize(
    "name",
    [
        "precheck",
        "precheck.exe",
        "precheck-1234567895.exe",  # the check digit does not fit
        "precheck-12345678944.exe",
        "precheck-123456789.exe",
        f"{CODE}.exe",
        f"other-{CODE}.exe",
        f"precheck-{CODE}.txt",
        f"precheck-{CODE}x.exe",
        "precheck-１２３４５６７８９４.exe",
    ],
)
def test_what_is_no_code_is_none(name: str) -> None:
    assert code_in_name(PurePosixPath("/home/x") / name) is None


@given(st.text().filter(lambda name: "precheck" not in name.lower()))
def test_any_other_name_is_no_code(name: str) -> None:
    assert code_in_name(PurePosixPath(name)) is None


def test_the_address_is_read_from_the_file_beside_the_program(tmp_path: Path) -> None:
    assert settings_beside(tmp_path / "precheck.exe") == Settings()
    beside = tmp_path / SETTINGS_FILE
    beside.write_text('\ufeff# はりま\nendpoint = "https://check.example.jp"\n', "utf-8")
    assert settings_beside(tmp_path / "precheck.exe").endpoint == "https://check.example.jp"
    app = tmp_path / "precheck.app" / "Contents" / "MacOS" / "precheck"
    assert settings_beside(app).endpoint == "https://check.example.jp"


@pytest.mark.parametrize(
    "said",
    [
        b"endpoint = ",
        b'endpont = "https://x.example"',
        b"endpoint = 1",
        b"\xff\xfe",
        b"#" * 5000,
        b"endpoint = " + b"[" * 4000,
    ],
)
def test_a_file_that_says_something_else_is_refused_and_not_guessed_at(
    tmp_path: Path, said: bytes
) -> None:
    (tmp_path / SETTINGS_FILE).write_bytes(said)
    with pytest.raises(BadSettings):
        settings_beside(tmp_path / "precheck")


@given(st.binary(max_size=200))
def test_no_file_raises_anything_else(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = tmp_path_factory.mktemp("beside")
    (folder / SETTINGS_FILE).write_bytes(raw)
    try:
        settings = settings_beside(folder / "precheck")
    except BadSettings:
        return
    assert settings.endpoint is None or isinstance(settings.endpoint, str)


def test_a_code_that_is_none_is_refused_at_the_command_line(tmp_path: Path) -> None:
    assert precheck(tmp_path, "page", "--no-open", "--code", "1234567895").code == 2
