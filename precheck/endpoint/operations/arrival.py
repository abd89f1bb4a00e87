"""How a request arrives: what the endpoint believes of the way on which it came, and what is wrong
with that. Behind a proxy these are what most often is."""

import os
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.request import validate_host

_SCHEME = "Doctor"
_GOOD_FOR = 60
"""Seconds."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """What the endpoint saw of one request."""

    host: str
    """Of the Host header, or of what the trusted proxy forwarded; empty where there was none."""
    origin: str
    """Of the Origin header, which browsers send with forms; empty where there was none."""
    scheme: str
    address: str
    """The client's."""


class Complaint(StrEnum):
    """What is wrong with an arrival."""

    NO_PUBLIC_URL = "no_public_url"
    HOST_REFUSED = "host_refused"
    HOST_OTHER = "host_other"
    NOT_HTTPS = "not_https"
    ORIGIN_OTHER = "origin_other"
    ONE_ADDRESS = "one_address"
    NO_ADDRESS = "no_address"


class Expected(msgspec.Struct, frozen=True):
    """What the server's settings say."""

    public_url: str
    allowed_hosts: tuple[str, ...]
    proxy: str = ""
    """The address of the trusted one; empty where there is none."""

    @classmethod
    def from_settings(cls) -> "Expected":
        return cls(
            settings.PUBLIC_URL,
            tuple(settings.ALLOWED_HOSTS),
            os.environ.get("PRECHECK_TRUSTED_PROXY", ""),
        )


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the server tells the doctor, who may have other settings."""

    seen: Arrival
    expected: Expected


def arrival_of(request: HttpRequest) -> Arrival:
    """What is seen of `request`, whatever it is worth."""
    return Arrival(
        host=str(request.META.get("HTTP_HOST", "")),
        origin=str(request.META.get("HTTP_ORIGIN", "")),
        scheme=request.scheme or "",
        address=str(request.META.get("REMOTE_ADDR", "")),
    )


def complaints_about(seen: Arrival, expected: Expected) -> list[Complaint]:
    """What is wrong with the way on which a request came that was sent to the public address."""
    found = []
    public = urlsplit(expected.public_url)
    name = _name_in(seen.host)
    if not expected.public_url:
        found.append(Complaint.NO_PUBLIC_URL)
    if not validate_host(name, list(expected.allowed_hosts)):
        found.append(Complaint.HOST_REFUSED)
    elif public.hostname and name != public.hostname:
        found.append(Complaint.HOST_OTHER)
    if public.scheme == "https" and seen.scheme != "https":
        found.append(Complaint.NOT_HTTPS)
    if seen.origin and seen.origin not in _origins(public.scheme, public.netloc, seen):
        found.append(Complaint.ORIGIN_OTHER)
    try:
        is_loopback = ip_address(seen.address.partition("%")[0]).is_loopback
    except ValueError:
        found.append(Complaint.NO_ADDRESS)
    else:
        if is_loopback and public.hostname and not is_loopback_name(public.hostname):
            found.append(Complaint.ONE_ADDRESS)
    return found


def doctors_pass() -> str:
    """An Authorization header by which the endpoint knows that who asks has its secret."""
    return f"{_SCHEME} {_signer().sign('arrival')}"


def has_doctors_pass(request: HttpRequest) -> bool:
    """Whether `request` brings one that is fresh."""
    scheme, _, given = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    try:
        return scheme == _SCHEME and _signer().unsign(given, max_age=_GOOD_FOR) == "arrival"
    except BadSignature:
        return False


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="precheck.endpoint doctor")


def _origins(scheme: str, netloc: str, seen: Arrival) -> tuple[str, str]:
    """The two from which Django takes forms: the trusted one, and the one that the request itself
    seems to be for."""
    return (f"{scheme}://{netloc}", f"{seen.scheme}://{seen.host}")


def _name_in(host: str) -> str:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name


def is_loopback_name(name: str) -> bool:
    """Whether the host `name` is that of whatever machine one is on."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
