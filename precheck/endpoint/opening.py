"""Making Django ready in this process, with the tables up to date."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from precheck.endpoint.data_folder import SETUP_LOCK, prepare
from precheck.endpoint.locks import held

_SETUP = 0x70726563
"""The number of PostgreSQL's advisory lock: the first letters of this program's name."""


def open_store(folder: Path, *, make: bool = True) -> None:
    """Use the data in `folder`, which with `make` is made where there is none, or the database that
    `DATABASE_URL` names, with the tables up to date. Once per process, before anything that stands
    on Django is imported. Raises `Unusable`."""
    set_up(folder, make=make)
    from django.core.management import call_command

    with _alone(folder):
        call_command("migrate", interactive=False, verbosity=0)


def set_up(folder: Path, *, make: bool) -> None:
    """The same with the tables as they are. Raises `Unusable`."""
    prepare(folder, make=make)
    os.environ["PRECHECK_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "precheck.endpoint.settings"

    import django  # the settings read the two variables above

    django.setup()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """No other process changes the tables."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with held(folder / SETUP_LOCK, wait=True):
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_SETUP])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_SETUP])
