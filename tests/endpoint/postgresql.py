"""The PostgreSQL that the tests share: started at the first question, ended with the process.

`PRECHECK_TEST_STORE=postgresql` runs the endpoint's tests on it.
"""

import atexit
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import sql

from tests.endpoint.postgresql_server import Server, running

_SETTINGS = {"fsync": "off", "max_connections": "200", "shared_buffers": "16MB"}
"""Killing a process loses nothing with `fsync` off; only a machine that loses its power does."""


def chosen() -> bool:
    """Whether the tests are to run on PostgreSQL."""
    store = os.environ.get("PRECHECK_TEST_STORE", "sqlite")
    if store not in ("sqlite", "postgresql"):
        raise ValueError(f"PRECHECK_TEST_STORE is sqlite or postgresql, not {store!r}")
    return store == "postgresql"


@cache
def made(database: str) -> str:
    """The address of a database that has the endpoint's tables, made at the first question."""
    _server().make_database(database, _pristine())
    return _server().address(database)


@cache
def _pristine() -> str:
    """A database with the tables, to make others of."""
    _server().make_database("pristine")
    environment = {**os.environ, "DATABASE_URL": _server().address("pristine")}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text("s" * 50, encoding="ascii")
        subprocess.run(
            [sys.executable, "-m", "precheck.endpoint", "migrate", "--data", folder],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    return "pristine"


def query(database: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows that `statement` gives; none for one that changes something, which is committed."""
    with _server().connected(database) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def socket_folder() -> Path:
    """Where its socket is."""
    return _server().folder


def let_in(database: str, may: bool) -> None:
    """Let new connections to a database be made, or refuse them."""
    with _server().connected() as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(database), sql.Literal(may)
            )
        )


def wait_until_it_is_back() -> None:
    """Wait for the server to have recovered from a process of it that was killed."""
    for _ in range(200):
        if _server().is_ready():
            return
        threading.Event().wait(0.1)
    raise TimeoutError("PostgreSQL did not come back")


def kill_and_start_again() -> None:
    """Kill every process of the server, then start it."""
    _server().kill()
    _server().start()


@cache
def _server() -> Server:
    stack = ExitStack()
    server = stack.enter_context(running(_SETTINGS))
    atexit.register(stack.close)  # last, so that it comes before what deletes temporary folders
    return server
