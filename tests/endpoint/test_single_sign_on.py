"""Signing in with the office's own accounts, against a stand-in for their provider: a small OpenID
Connect server on loopback, made here after the standard, that can be told to say what is wrong."""

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, override_settings
from joserfc import jwt
from joserfc.jwk import RSAKey

from precheck.endpoint.store.models import Action, AuditEntry
from tests.endpoint.people import LIST, browser, member

CLIENT, SECRET = "precheck", "only for this test"
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))


class StandInProvider(ThreadingHTTPServer):
    """Says that whoever comes is `hanako`. `claims` and `sign` are what a test changes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: dict[str, str] = {}
        """What the browser brought to it."""
        self.claims: dict[str, Any] = {"preferred_username": "hanako"}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "one"}, claims, KEY
        )
        self.with_id_token = True

    def code_for(self, address: str) -> str:
        """What a browser that is led to `address` is led back with."""
        self.asked = {key: value[0] for key, value in parse_qs(urlsplit(address).query).items()}
        assert self.asked["response_type"] == "code"
        assert self.asked["client_id"] == CLIENT
        assert "openid" in self.asked["scope"].split()
        return "a-code"

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "none"],
        }

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        verifier = form["code_verifier"][0].encode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=")
        if form["code"] != ["a-code"] or challenge.decode() != self.asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": self.asked["nonce"],
            **self.claims,
        }
        answer = {"access_token": "x", "token_type": "Bearer"}
        return {**answer, "id_token": self.sign(claims)} if self.with_id_token else answer


class _Handler(BaseHTTPRequestHandler):
    server: StandInProvider

    def do_GET(self) -> None:
        if self.path == "/keys":
            self._answer({"keys": [KEY.as_dict(private=False)]})
        else:
            self._answer(self.server.metadata())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(self.server.token(parse_qs(body)))

    def _answer(self, what: dict[str, Any]) -> None:
        raw = json.dumps(what).encode()
        self.send_response(400 if "error" in what else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@pytest.fixture
def provider() -> Iterator[StandInProvider]:
    with StandInProvider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with override_settings(
            OIDC_ISSUER=server.issuer, OIDC_CLIENT_ID=CLIENT, OIDC_CLIENT_SECRET=SECRET
        ):
            yield server
        server.shutdown()
        thread.join()


def came_back(client: Client, provider: StandInProvider, **changed: str) -> HttpResponse:
    """Go to the provider and come back."""
    led = client.get("/staff/login/office/", {"next": LIST})
    assert led.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    code = provider.code_for(led.headers["Location"])
    back = urlsplit(provider.asked["redirect_uri"]).path
    return client.get(back, {"code": code, "state": provider.asked["state"], **changed})


def test_who_has_an_account_of_the_office_arrives_where_they_were_going(
    provider: StandInProvider,
) -> None:
    member("hanako")
    client = browser()
    assert "/staff/login/office/" in client.get("/staff/login/").content.decode()
    assert came_back(client, provider).headers["Location"] == LIST
    assert client.get(LIST).status_code == 200
    entry = AuditEntry.objects.get(action=Action.SIGNED_IN)
    assert entry.by == User.objects.get(username="hanako")


def test_the_provider_answers_for_a_second_factor(provider: StandInProvider) -> None:
    member("hanako")
    client = browser()
    with override_settings(SECOND_FACTOR="required"):
        came_back(client, provider)
        assert client.get(LIST).status_code == 200


def test_an_account_that_is_nobody_here_is_let_in_nowhere_and_makes_nobody(
    provider: StandInProvider,
) -> None:
    client = browser()
    answer = came_back(client, provider)
    assert answer.status_code == 403
    assert "まだ登録されていません" in answer.content.decode()
    assert client.get(LIST).status_code == 302
    assert not User.objects.filter(username="hanako").exists()


def test_somebody_who_was_switched_off_is_not_let_in(provider: StandInProvider) -> None:
    member("hanako")
    User.objects.update(is_active=False)
    assert came_back(browser(), provider).status_code == 403


def _unsigned(claims: dict[str, Any]) -> str:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none'})}.{part(claims)}."


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another program"},
        {"exp": 1},
        {"nonce": "of another sign-in"},
        {"preferred_username": None},
        {"preferred_username": ["hanako"]},
    ],
    ids=lambda claims: next(iter(claims)),
)
def test_a_token_that_is_not_for_this_sign_in_is_not_believed(
    provider: StandInProvider, claims: dict[str, Any]
) -> None:
    member("hanako")
    provider.claims |= claims
    client = browser()
    assert came_back(client, provider).status_code == 403
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize(
    "sign",
    [
        lambda claims: jwt.encode({"alg": "RS256", "kid": "one"}, claims, OTHER_KEY),
        _unsigned,
        lambda _: "no token",
    ],
    ids=["another's key", "unsigned", "garbage"],
)
def test_a_token_that_the_provider_did_not_sign_is_not_believed(
    provider: StandInProvider, sign: Callable[[dict[str, Any]], str]
) -> None:
    member("hanako")
    provider.sign = sign
    client = browser()
    assert came_back(client, provider).status_code == 403
    assert client.get(LIST).status_code == 302


def test_without_a_token_about_the_person_nobody_is_let_in(provider: StandInProvider) -> None:
    member("hanako")
    provider.with_id_token = False
    assert came_back(browser(), provider).status_code == 403


def test_who_was_not_led_there_is_not_let_in(provider: StandInProvider) -> None:
    member("hanako")
    client = browser()
    assert came_back(client, provider, state="guessed").status_code == 403
    assert came_back(client, provider, code="guessed").status_code == 403
    fresh = browser()
    back = {"code": "a-code", "state": provider.asked["state"]}
    assert fresh.get("/staff/login/office/done", back).status_code == 403
    assert fresh.get("/staff/login/office/done").status_code == 403
    assert fresh.get("/staff/login/office/done", {"error": "access_denied"}).status_code == 403


def test_it_never_leads_elsewhere_afterwards(provider: StandInProvider) -> None:
    member("hanako")
    client = browser()
    led = client.get("/staff/login/office/", {"next": "https://evil.example/"})
    code = provider.code_for(led.headers["Location"])
    state = provider.asked["state"]
    answer = client.get("/staff/login/office/done", {"code": code, "state": state})
    assert answer.headers["Location"] == "/staff/"


def test_a_provider_that_is_not_there_is_said_so() -> None:
    gone = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"}
    with override_settings(**gone):
        answer = browser().get("/staff/login/office/")
    assert answer.status_code == 403
    assert "もう一度お試しください" in answer.content.decode()


def test_where_it_is_off_no_page_speaks_of_it_and_the_library_is_not_loaded() -> None:
    assert "office/" not in browser().get("/staff/login/").content.decode()
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE']='precheck.endpoint.settings';"
        "django.setup(); import precheck.endpoint.urls; print('authlib' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({"PRECHECK_OIDC_ISSUER": "https://login.example.jp"}, "PRECHECK_OIDC_CLIENT_ID"),
        (
            {
                "PRECHECK_OIDC_ISSUER": "http://login.example.jp",
                "PRECHECK_OIDC_CLIENT_ID": "a",
                "PRECHECK_OIDC_CLIENT_SECRET": "b",
            },
            "https",
        ),
    ],
)
def test_settings_that_are_not_whole_or_not_safe_are_refused(
    environment: dict[str, str], complaint: str
) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import precheck.endpoint.settings"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert complaint in ended.stderr
