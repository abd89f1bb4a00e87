"""What is written down about the endpoint is true of it."""

import io
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.urls import get_resolver

from precheck.contract.catalogues import CATALOGUES
from precheck.contract.wording import Language
from precheck.endpoint.openapi import document, document_text
from precheck.endpoint.staff.words import load_staff_words
from tests.endpoint.people import booked, browser, post_report
from tests.endpoint.scene import report

KEPT = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_description_in_the_repository_is_current() -> None:
    assert KEPT.read_text(encoding="utf-8") == document_text(), "run: precheck-endpoint openapi"


def test_the_description_has_every_address_of_the_api() -> None:
    served = {
        "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in get_resolver().url_patterns
        if str(pattern.pattern).startswith("api/")
    }
    assert served == set(document()["paths"])


def test_every_reference_in_the_description_leads_somewhere() -> None:
    described = document()
    references = list(_references(described))
    assert references
    for reference in references:
        target: Any = described
        for key in reference.removeprefix("#/").split("/"):
            target = target[key]


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for item in part:
            yield from _references(item)


def test_the_statuses_that_the_description_promises_are_those_that_come() -> None:
    mine, body = booked(), report()
    promised = document()["paths"]["/api/v1/reports"]["post"]["responses"]
    came = [
        post_report(mine, body).status_code,
        post_report(mine, body).status_code,
        post_report(mine, {**body, "agent_version": "2"}).status_code,
        post_report(mine, "{").status_code,
        post_report(mine, " " * 20_000).status_code,
        browser().post("/api/v1/reports").status_code,
        browser().get("/api/v1/reports").status_code,
    ]
    assert came == [201, 200, 409, 400, 413, 401, 405]
    assert {str(status) for status in came} <= set(promised)


def test_catalogues_are_handed_on_byte_for_byte_and_their_dates_said() -> None:
    import precheck.contract.catalogues as catalogues

    folder = Path(catalogues.__file__).parent
    dates = (
        browser()
        .get("/api/v1/appointment", headers={"Authorization": f"Appointment {booked().code}"})
        .json()["catalogues"]
    )
    assert set(dates) == set(CATALOGUES)
    for name in CATALOGUES:
        answer = browser().get(f"/api/v1/catalogues/{name}")
        assert answer.content == (folder / f"{name}.json").read_bytes()
        assert answer.json()["as_of"] == dates[name]
    missing = browser().get("/api/v1/catalogues/no-such")
    assert (missing.status_code, missing.json()["type"]) == (404, "not-found")


def test_measuring_gives_as_many_bytes_as_asked_for_within_its_bound() -> None:
    for number in (0, 1, 1 << 20):
        assert len(browser().get(f"/api/v1/measure?bytes={number}").content) == number
    for wrong in ("", "-1", "1048577", "1e3", "１０", "9" * 30):
        refused = browser().get("/api/v1/measure", {"bytes": wrong})
        assert (refused.status_code, refused.json()["type"]) == (400, "bad-request")


def test_what_is_measured_with_cannot_be_compressed_or_kept_on_the_way() -> None:
    size = 1 << 18
    answers = [browser().get(f"/api/v1/measure?bytes={size}") for _ in range(2)]
    for answer in answers:
        assert len(zlib.compress(answer.content, level=9)) > size
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers
    assert answers[0].content != answers[1].content


def test_what_is_nowhere_in_the_api_is_a_problem() -> None:
    for path in ("/api/", "/api/v1/", "/api/v1/health/", "/api/v2/health"):
        missing = browser().get(path)
        assert missing.status_code == 404
        assert missing.headers["Content-Type"] == "application/problem+json"


def test_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0, stdout=io.StringIO())


def test_what_is_said_of_one_check_is_said_of_several() -> None:
    for language in Language:
        for words in load_staff_words(language).states.values():
            asked = (_blanks(words.say), _blanks(words.say_more or ""))
            assert asked in ((set(), set()), ({"check"}, {"checks"}))


def _blanks(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)", text))


def test_djangos_own_check_for_deployment_finds_nothing_behind_https(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("k" * 10 + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL")
    ended = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={
            "DJANGO_SETTINGS_MODULE": "precheck.endpoint.settings",
            "PRECHECK_DATA": str(tmp_path),
            "PRECHECK_PUBLIC_URL": "https://check.example.jp",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


def test_the_settings_read_without_any_environment_and_write_nothing(tmp_path: Path) -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "from precheck.endpoint import settings as s; import json;"
            "print(json.dumps([s.DEBUG, s.SECRET_KEY, s.ALLOWED_HOSTS]))",
        ],
        env={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(said) == [False, "", ["127.0.0.1", "localhost", "[::1]"]]
    assert list(tmp_path.iterdir()) == []


def test_cookies_are_for_https_alone_where_people_come_by_https(tmp_path: Path) -> None:
    code = (
        "from precheck.endpoint import settings as s; import json;"
        "print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.CSRF_TRUSTED_ORIGINS,"
        "s.ALLOWED_HOSTS[-1]]))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={"HOME": str(tmp_path), "PRECHECK_PUBLIC_URL": "https://check.example.jp:8443/"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(said) == [
        True,
        True,
        ["https://check.example.jp:8443"],
        "check.example.jp",
    ]
