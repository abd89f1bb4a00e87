"""The address of an endpoint: the one place that decides whether it may be spoken to."""

from urllib.parse import urlsplit

from precheck.agent.errors import BadAddress
from probes.system.addresses import may_be_asked


def endpoint_address(typed: str) -> str:
    """The endpoint's base address in `typed`, without a trailing slash.

    Only https, or http to this very machine; no user name, query or fragment. Raises `BadAddress`.
    Every way in (option, environment, link, file name) goes through here.
    """
    try:
        parts = urlsplit(typed.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddress("the endpoint's address cannot be read") from error
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        raise BadAddress("the endpoint's address is a host, a port and a path only")
    if not may_be_asked(typed.strip()):
        raise BadAddress("the endpoint's address starts with https://")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
