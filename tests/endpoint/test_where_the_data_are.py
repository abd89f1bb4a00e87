"""`DATABASE_URL` and the secret: what cannot be used is said in a sentence, without a password."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from precheck.endpoint.database import databases
from tests.endpoint.scene import command, with_a_file

WORD = "correct-horse-battery"
AWAY = f"postgresql://precheck:{WORD}@127.0.0.1:1/precheck"
"""Where no server is."""
SECRET = "0123456789" * 5


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """The path of a file with a secret that is long enough."""
    path = tmp_path / "the-secret"
    path.write_text(f"{SECRET}\n", encoding="ascii")
    return str(path)


def test_without_an_address_the_data_are_in_a_file_that_is_flushed_at_every_commit(
    tmp_path: Path,
) -> None:
    found = databases("", tmp_path)["default"]
    assert found["NAME"] == str(tmp_path / "endpoint.sqlite3")
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]
    assert found["CONN_MAX_AGE"] is None


def test_an_address_of_postgresql_is_taken_with_its_options(tmp_path: Path) -> None:
    url = f"postgresql://precheck:{WORD}@db.example.jp:5433/precheck?sslmode=verify-full"
    found = databases(url, tmp_path)["default"]
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["HOST"], found["PORT"]) == ("db.example.jp", 5433)
    assert (found["USER"], found["PASSWORD"]) == ("precheck", WORD)
    assert found["OPTIONS"]["sslmode"] == "verify-full"
    assert found["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://precheck:{WORD}@db.example.jp/precheck",
        f"sqlite:///{WORD}",
        f"precheck:{WORD}@db.example.jp",
        f"postgresql://precheck:{WORD}@db.example.jp",
        f"postgresql://precheck:{WORD}@db.example.jp:port/precheck",
        f"postgresql://precheck:{WORD}@[db.example.jp/precheck",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        databases(url, tmp_path)
    assert "DATABASE_URL" in str(refused.value)
    assert WORD not in str(refused.value)


def test_the_command_refuses_such_an_address_and_does_not_repeat_it(
    tmp_path: Path, secret: str
) -> None:
    ended = command(
        tmp_path,
        "appointments",
        DATABASE_URL=f"mysql://precheck:{WORD}@db.example.jp/precheck",
        PRECHECK_SECRET_FILE=secret,
    )
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert WORD not in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_server_that_is_not_there_is_trouble_without_the_password(
    tmp_path: Path, secret: str
) -> None:
    for arguments in (("appointments",), ("serve", "--port", "0")):
        ended = command(
            tmp_path,
            *arguments,
            DATABASE_URL=AWAY,
            PRECHECK_SECRET_FILE=secret,
            PRECHECK_LOG_LEVEL="debug",
        )
        assert ended.returncode == 1
        assert "the database failed" in ended.stderr
        assert WORD not in ended.stdout + ended.stderr
        assert "Traceback" not in ended.stderr


@with_a_file  # the tests on PostgreSQL put a secret there
def test_with_an_address_no_secret_is_made_up(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for more in ({}, {"PRECHECK_SECRET_FILE": str(tmp_path / "missing")}):
        ended = command(folder, "office", "add", "kakogawa", DATABASE_URL=AWAY, **more)
        assert ended.returncode == 2
        assert "name it in PRECHECK_SECRET_FILE" in ended.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_secret_that_is_too_short_is_refused_and_not_repeated(tmp_path: Path) -> None:
    short = tmp_path / "short"
    short.write_text("too-short-a-secret", encoding="ascii")
    ended = command(tmp_path, "appointments", PRECHECK_SECRET_FILE=str(short))
    assert ended.returncode == 2
    assert "less than 50" in ended.stderr
    assert "too-short-a-secret" not in ended.stderr
