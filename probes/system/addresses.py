"""Which addresses may be spoken to at all."""

import ipaddress
from urllib.parse import urlsplit


def may_be_asked(url: str) -> bool:
    """Whether `url` is https, or http to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    )


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this very machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
