"""Asking the public address what the server behind it sees."""

from urllib.parse import urlsplit

import msgspec
import requests

from precheck.contract.decoding import decoder
from precheck.endpoint.errors import Unusable
from precheck.endpoint.operations.arrival import Told, doctors_pass

_LIMIT = 4096


def asked(url: str, seconds: float) -> Told:
    """What the server at `url` saw of a request like those of people's browsers, and what its own
    settings are. Raises `Unusable` where there is no answer, or none of this endpoint."""
    public = urlsplit(url)
    if public.scheme not in ("http", "https") or not public.hostname:
        raise Unusable(f"{url} is no address such as https://check.example.jp")
    headers = {
        "Authorization": doctors_pass(),
        "Origin": f"{public.scheme}://{public.netloc}",
        "Accept-Encoding": "identity",
    }
    try:
        with requests.get(
            f"{public.scheme}://{public.netloc}/doctor/seen",
            headers=headers,
            timeout=seconds,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = answer.raw.read(_LIMIT)
    except requests.exceptions.SSLError as error:
        raise Unusable(f"the certificate of {public.netloc} is not trusted here") from error
    except (requests.RequestException, OSError) as error:
        kind = type(error).__name__
        raise Unusable(f"{public.netloc} does not answer ({kind})") from error
    if 300 <= answer.status_code < 400:
        raise Unusable(f"{public.netloc} leads elsewhere; set the address that it leads to")
    try:
        return decoder(Told).decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unusable(
            f"{public.netloc} answers {answer.status_code}, and not as this endpoint: another"
            " program, one of another version or with another secret, a proxy that keeps the"
            " Authorization header, or a clock that is off"
        ) from error
