"""The doctor: what is wrong with the way to the endpoint, in sentences."""

from pathlib import Path

import pytest
import requests
from django.test import override_settings
from msgspec import convert

from precheck.contract.wording import Language
from precheck.endpoint.operations.arrival import (
    Arrival,
    Complaint,
    Expected,
    Told,
    complaints_about,
    doctors_pass,
)
from precheck.endpoint.operations.words import OperationsWords
from precheck.endpoint.words import load_words
from tests.endpoint.people import browser, system_administrator
from tests.endpoint.scene import OFFICE, command, done, serving

NAME = "check.example.jp"
PUBLIC = f"https://{NAME}"
EXPECTED = Expected(PUBLIC, ("127.0.0.1", "localhost", "[::1]", NAME, "more.example.jp"))


def arrived(**parts: str) -> Arrival:
    whole = {"host": NAME, "origin": PUBLIC, "scheme": "https", "address": "192.0.2.1", **parts}
    return Arrival(**whole)


def test_with_a_request_as_it_should_be_nothing_is_wrong() -> None:
    for parts in ({}, {"origin": ""}, {"address": "2001:db8::1"}, {"host": f"{NAME}:443"}):
        assert complaints_about(arrived(**parts), EXPECTED) == []


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({"host": "other.example.jp", "origin": ""}, [Complaint.HOST_REFUSED]),
        ({"host": "", "origin": ""}, [Complaint.HOST_REFUSED]),
        ({"host": "more.example.jp"}, [Complaint.HOST_OTHER]),
        ({"host": "127.0.0.1:8000"}, [Complaint.HOST_OTHER]),
        ({"scheme": "http"}, [Complaint.NOT_HTTPS]),
        ({"origin": "https://other.example.jp"}, [Complaint.ORIGIN_OTHER]),
        ({"origin": "null"}, [Complaint.ORIGIN_OTHER]),
        ({"address": "127.0.0.1"}, [Complaint.ONE_ADDRESS]),
        ({"address": "::1"}, [Complaint.ONE_ADDRESS]),
        ({"address": "unknown"}, [Complaint.NO_ADDRESS]),
        ({"host": "[", "origin": ""}, [Complaint.HOST_REFUSED]),
    ],
)
def test_each_thing_that_is_wrong_is_named(parts: dict[str, str], wrong: list[Complaint]) -> None:
    assert complaints_about(arrived(**parts), EXPECTED) == wrong


def test_without_a_public_address_that_is_what_is_wrong_and_this_machine_is_not() -> None:
    seen = arrived(host="127.0.0.1:8000", origin="", scheme="http", address="127.0.0.1")
    found = complaints_about(seen, Expected("", EXPECTED.allowed_hosts))
    assert found == [Complaint.NO_PUBLIC_URL]


@pytest.mark.parametrize("language", Language)
def test_every_complaint_has_a_sentence(language: Language) -> None:
    words = load_words(OperationsWords, "operations", language)
    assert all(words.complaints[item] for item in Complaint)


def test_only_who_has_the_secret_is_told_what_the_server_sees() -> None:
    for headers in (
        {},
        {"authorization": "Doctor x"},
        {"authorization": f"Bearer {doctors_pass()}"},
    ):
        assert browser().get("/doctor/seen", headers=headers).status_code == 404
    answer = browser("192.0.2.9").get("/doctor/seen", headers={"authorization": doctors_pass()})
    assert answer.json()["seen"]["address"] == "192.0.2.9"


@override_settings(PUBLIC_URL=PUBLIC)
def test_the_page_says_what_is_wrong_with_the_request_that_asks_for_it() -> None:
    client = system_administrator("root")
    page = client.get("/staff/system/doctor", headers={"host": "localhost"}).content.decode()
    words = load_words(OperationsWords, "operations", Language.JA)
    assert words.complaints[Complaint.NOT_HTTPS] in page
    assert words.complaints[Complaint.ONE_ADDRESS] in page
    assert "localhost" in page
    assert words.fine not in page


def test_the_command_shows_what_the_running_server_sees(tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    with serving(tmp_path, PRECHECK_PUBLIC_URL="http://localhost:1") as (address, _):
        by_name = address.replace("127.0.0.1", "localhost")
        at_port = command(tmp_path, "doctor", "--url", by_name)
        assert "Origin: http://localhost" in at_port.stdout
        assert "Nothing wrong was found." in at_port.stdout
    with serving(tmp_path, PRECHECK_PUBLIC_URL=PUBLIC) as (address, _):
        unlike = command(tmp_path, "doctor", "--url", address)
    assert unlike.returncode == 1
    assert "Scheme: http" in unlike.stdout
    assert "X-Forwarded-Proto" in unlike.stderr
    away = command(tmp_path, "doctor", "--url", address)
    assert (away.returncode, "does not answer" in away.stderr) == (2, True)
    assert command(tmp_path, "doctor").returncode == 2


def test_the_command_judges_by_the_servers_settings_and_not_by_those_around_itself(
    tmp_path: Path,
) -> None:
    done(tmp_path, "office", "add", OFFICE)
    with serving(tmp_path, PRECHECK_TRUSTED_PROXY="127.0.0.1") as (address, _):
        ended = command(tmp_path, "doctor", PRECHECK_PUBLIC_URL=address)
    assert ended.returncode == 1
    assert "Nothing wrong" not in ended.stdout
    assert "server's settings (PRECHECK_PUBLIC_URL): none\n" in ended.stdout
    assert "server's settings (PRECHECK_TRUSTED_PROXY): 127.0.0.1\n" in ended.stdout
    assert "No public address is set." in ended.stderr


def test_behind_the_trusted_proxy_the_forwarded_values_are_what_is_seen(tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    environment = {"PRECHECK_PUBLIC_URL": PUBLIC, "PRECHECK_TRUSTED_PROXY": "127.0.0.1"}
    secret = (tmp_path / "secret").read_text()
    with (
        serving(tmp_path, **environment) as (address, _),
        override_settings(SECRET_KEY=secret, SECRET_KEY_FALLBACKS=[]),
    ):
        forwarded = {
            "X-Forwarded-Host": NAME,
            "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Proto": "https",
            "Origin": PUBLIC,
            "Authorization": doctors_pass(),
        }
        seen = requests.get(f"{address}doctor/seen", headers=forwarded, timeout=20).json()
    told = convert(seen, Told)
    assert told.seen == arrived()
    assert told.expected.proxy == "127.0.0.1"
