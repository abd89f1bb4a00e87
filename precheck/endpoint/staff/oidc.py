"""OpenID Connect as Authlib speaks it: authorization code with PKCE, state, nonce, and an ID token
of which signature, issuer, audience and times are verified. Imported only where it is switched on:
the library takes a third of a second to load, and is installed by `precheck[oidc]`."""

from functools import lru_cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException

_SECONDS = 10
_FAILURES = (
    AuthlibBaseError,
    JoseError,
    RequestException,
    LookupError,
    ValueError,
    TypeError,
    RuntimeError,
)
"""What the library raises for a provider that refuses, cannot be reached, or says what it should
not."""


_ALGORITHMS = "id_token_signing_alg_values_supported"
_SIGNED = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""With a key of the provider's own. A provider may also offer `none`, which proves nothing."""


class Refused(Exception):
    """The provider lets nobody in, or what it says cannot be believed; the cause says why."""


def start(request: HttpRequest, back: str) -> HttpResponse:
    """Lead to the provider, which leads to the address `back`. Raises `Refused`."""
    try:
        answer: HttpResponse = _client().authorize_redirect(request, back)
    except _FAILURES as error:
        raise Refused from error
    return answer


def finish(request: HttpRequest) -> str:
    """The user name of who comes back. Raises `Refused`."""
    claims = {"iss": {"essential": True, "values": [settings.OIDC_ISSUER]}}
    client = _client()
    try:
        metadata = client.load_server_metadata()
        offered = _SIGNED.intersection(metadata.get(_ALGORITHMS, ()))
        metadata[_ALGORITHMS] = sorted(offered) or ["RS256"]
        said = client.authorize_access_token(request, claims_options=claims)["userinfo"]
        name = said[settings.OIDC_CLAIM]
    except _FAILURES as error:
        raise Refused from error
    if not isinstance(name, str):
        raise Refused
    return name


def _client() -> Any:
    return _registered(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@lru_cache(maxsize=1)
def _registered(issuer: str, client_id: str, secret: str) -> Any:
    return OAuth().register(
        "office",
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=client_id,
        client_secret=secret,
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )
