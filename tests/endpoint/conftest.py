"""A Django of this process on a folder of its own; what a test writes is rolled back.

Django reads its settings once per process, when the first model is imported, so this stands at the
top of the file and not in a fixture.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from precheck.endpoint.opening import open_store
from tests.endpoint import postgresql
from tests.endpoint.scene import OFFICE, done, kept_in

_FOLDER = Path(tempfile.mkdtemp(prefix="precheck-endpoint-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
_before = dict(os.environ)
os.environ.update(kept_in(_FOLDER))
open_store(_FOLDER)
os.environ.clear()
os.environ.update(_before)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the run on the other store what is about that one."""
    other = "sqlite" if postgresql.chosen() else "postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data folder of an endpoint of its own, with an office."""
    done(tmp_path, "office", "add", OFFICE)
    return tmp_path


@pytest.fixture(autouse=True)
def rolled_back() -> Iterator[None]:
    from django.db import transaction

    from precheck.endpoint.helpdesk.counts import known_counts
    from precheck.endpoint.store.apps import store
    from precheck.endpoint.store.terms import known_terms

    store().ready()  # forgets the wrong codes and passwords of other tests
    known_terms.cache_clear()  # and their policies: what is rolled back leaves its number free
    known_counts.cache_clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True, scope="session")
def closed_at_the_end() -> Iterator[None]:
    yield
    from django.db import connections

    connections.close_all()
