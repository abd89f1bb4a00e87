"""How the endpoint is spoken to: by the OS's own certificates, through the person's own proxy."""

import ssl
import time
from typing import Any
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.util import Retry

from precheck import __version__
from probes.system.addresses import is_loopback

CHUNK = 1 << 16


def trusting_session(retries: Retry | int = 0) -> requests.Session:
    """A session that judges certificates by the OS's trust store and takes nothing else from its
    surroundings; failed connections are tried again as `retries` says."""
    session = requests.Session()
    # Else a .netrc file would send a password, and a variable choose other certificates.
    session.trust_env = False
    session.headers["User-Agent"] = f"precheck/{__version__}"
    for scheme in ("https://", "http://"):
        session.mount(scheme, _TrustingTheSystem(max_retries=retries))
    return session


def proxies_for(url: str) -> dict[str, str]:
    """The proxies that the person's system names for `url`; never one for this very machine."""
    host = urlsplit(url).hostname or ""
    return {} if is_loopback(host) else get_environ_proxies(url)


def first_bytes(response: requests.Response, limit: int, deadline: float) -> bytes:
    """At most `limit` bytes of a streamed body. Raises `TimeoutError` after `deadline`
    (monotonic), however slowly it trickles."""
    content = b""
    while len(content) < limit:
        # One read of the socket at a time, or a trickle would outlast the deadline.
        chunk = response.raw.read1(min(CHUNK, limit - len(content)))
        if not chunk:
            break
        content += chunk
        if time.monotonic() > deadline:
            raise TimeoutError
    return content


class _TrustingTheSystem(HTTPAdapter):
    """HTTPS by the certificates that the OS trusts, an office's own among them."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=_context(), **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        return super().proxy_manager_for(proxy, ssl_context=_context(), **options)

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        # Without this, requests would add the certificates that come with certifi.
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"


def _context() -> truststore.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
