"""What keeps the endpoint from serving, or from serving safely, before it is started."""

from django.conf import settings
from django.core import checks
from django.db import Error as DatabaseError

from precheck.endpoint.operations.health import LEAST_FREE, Trouble, trouble_with_store

_SENTENCES = {
    Trouble.DATABASE_AWAY: "the database does not answer",
    Trouble.READ_ONLY: "the database takes no changes",
    Trouble.OLD_TABLES: "the tables are of an older version; run: precheck-endpoint migrate",
    Trouble.NO_SPACE: f"less than {LEAST_FREE // 1024**2} MB are free where the database is",
}


_ABOUT_HTTPS = ("security.W004", "security.W012", "security.W016")
"""Cookies and browsers that are not held to https: said in one sentence of our own."""


def problems() -> list[str]:
    """What is wrong, one sentence each: with the settings, by Django's own check for deployment,
    and with the database. An endpoint without a public address answers this machine alone, and
    needs no https."""
    found = [
        f"{item.id}: {item.msg}"
        for item in checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        if not item.is_silenced() and item.id not in _ABOUT_HTTPS
    ]
    if settings.PUBLIC_URL and not settings.SESSION_COOKIE_SECURE:
        found.append(
            "PRECHECK_PUBLIC_URL is no https address: passwords and codes travel in the clear"
        )
    try:
        trouble = trouble_with_store()
    except DatabaseError:
        trouble = Trouble.DATABASE_AWAY
    return found + ([_SENTENCES[trouble]] if trouble else [])
