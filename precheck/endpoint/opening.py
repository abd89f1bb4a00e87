"""Making Django ready in this process, with the tables up to date."""

import os
from pathlib import Path

from precheck.endpoint.data_folder import SETUP_LOCK, prepare
from precheck.endpoint.locks import held


def open_store(folder: Path, *, make: bool = True) -> None:
    """Use the data in `folder`, which with `make` is made where there is none. Once per process,
    before anything that stands on Django is imported. Raises `Unusable`."""
    prepare(folder, make=make)
    os.environ["PRECHECK_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "precheck.endpoint.settings"

    import django  # the settings read the two variables above
    from django.core.management import call_command

    django.setup()
    with held(folder / SETUP_LOCK, wait=True):
        call_command("migrate", interactive=False, verbosity=0)
