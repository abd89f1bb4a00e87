"""What a page carries of a request on its way: signed, for half an hour, and nowhere else."""

from typing import Any

from django.core import signing

SECONDS = 30 * 60


def signed(purpose: str, content: Any) -> str:
    """`content` (JSON data) as a field of a form. It can be read by who has the page, and changed
    by nobody."""
    return signing.dumps(content, salt=_salt(purpose), compress=True)


def unsigned(purpose: str, text: str) -> Any:
    """What was signed, not longer than `SECONDS` ago; None for anything else."""
    try:
        return signing.loads(text, salt=_salt(purpose), max_age=SECONDS)
    except signing.BadSignature:
        return None


def _salt(purpose: str) -> str:
    return f"precheck.endpoint.booking {purpose}"
