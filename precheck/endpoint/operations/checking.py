"""What keeps the endpoint from serving, or from serving safely, before it is started."""

import os

from django.conf import settings
from django.core import checks
from django.db import Error as DatabaseError

from precheck.endpoint.data_folder import exposed_secret
from precheck.endpoint.operations.gaps import Gap, gaps
from precheck.endpoint.operations.health import LEAST_FREE, Trouble, trouble_with_store

_SENTENCES = {
    Trouble.DATABASE_AWAY: "the database does not answer",
    Trouble.READ_ONLY: "the database takes no changes",
    Trouble.OLD_TABLES: "the tables are of an older version; run: precheck-endpoint migrate",
    Trouble.NO_SPACE: f"less than {LEAST_FREE // 1024**2} MB are free where the database is",
}
_GAPS = {
    Gap.NO_PUBLIC_URL: "PRECHECK_PUBLIC_URL does not say by which address job seekers come, so"
    " their links may lead nowhere but to this machine; set it, such as to https://check.example.jp",
    Gap.NO_DOWNLOADS: "job seekers find no program to download; put it into a folder, under a name"
    " that ends as the guide says, and name the folder in PRECHECK_DOWNLOADS",
}
_ABOUT_HTTPS = ("security.W004", "security.W012", "security.W016")
"""Cookies and browsers that are not held to https: said in one sentence of our own."""


def problems() -> list[str]:
    """What is wrong with the settings and with the database, one sentence each."""
    try:
        trouble = trouble_with_store()
    except DatabaseError:
        trouble = Trouble.DATABASE_AWAY
    return wrong_settings() + ([_SENTENCES[trouble]] if trouble else [])


def warnings() -> list[str]:
    """What job seekers would miss, one sentence each; to try the endpoint it is not needed."""
    return [_GAPS[gap] for gap in gaps(settings.PUBLIC_URL)]


def wrong_settings() -> list[str]:
    """What is wrong with the settings, also by Django's own check for deployment. An endpoint
    without a public address answers this machine alone, and needs no https."""
    found = [
        f"{item.id}: {item.msg}"
        for item in checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
        if not item.is_silenced() and item.id not in _ABOUT_HTTPS
    ]
    if settings.PUBLIC_URL and not settings.SESSION_COOKIE_SECURE:
        found.append(
            "PRECHECK_PUBLIC_URL is no https address: passwords and codes travel in the clear"
        )
    elif settings.PUBLIC_URL and not os.environ.get("PRECHECK_TRUSTED_PROXY"):
        found.append(
            "PRECHECK_PUBLIC_URL is an https address, and PRECHECK_TRUSTED_PROXY is not set: behind"
            " the proxy everybody seems to be one client; set it to the proxy's address"
        )
    if (secret := exposed_secret(settings.DATA)) is not None:
        found.append(
            f"others than its owner can read the secret in {secret}; give the file to the service's"
            " user, and nobody else the right to read it (chmod 600)"
        )
    return found
