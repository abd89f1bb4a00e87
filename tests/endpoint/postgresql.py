"""A PostgreSQL of the tests' own: Debian's package `postgresql`, in a temporary folder, reachable
by a socket in that folder alone. Started at the first question, ended with the process.

`PRECHECK_TEST_STORE=postgresql` runs the endpoint's tests on it.
"""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

_OWNER = "postgres"
"""The user that Debian's package makes; the server does not run as root."""
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_directories": "",
    "fsync": "off",
    "max_connections": "200",
    "shared_buffers": "16MB",
}
"""Killing a process loses nothing with `fsync` off; only a machine that loses its power does."""


def chosen() -> bool:
    """Whether the tests are to run on PostgreSQL."""
    store = os.environ.get("PRECHECK_TEST_STORE", "sqlite")
    if store not in ("sqlite", "postgresql"):
        raise ValueError(f"PRECHECK_TEST_STORE is sqlite or postgresql, not {store!r}")
    return store == "postgresql"


def address(database: str) -> str:
    """The `DATABASE_URL` of a database."""
    return f"postgresql://{_OWNER}@{quote(str(_server()), safe='')}/{database}"


@cache
def made(database: str) -> str:
    """The address of a database that has the endpoint's tables, made at the first question."""
    _make(database, _pristine())
    return address(database)


@cache
def _pristine() -> str:
    """A database with the tables, to make others of."""
    _make("pristine", "template0")
    environment = {**os.environ, "DATABASE_URL": address("pristine")}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text("s" * 50, encoding="ascii")
        subprocess.run(
            [sys.executable, "-m", "precheck.endpoint", "migrate", "--data", folder],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    return "pristine"


def _make(database: str, template: str) -> None:
    with _connected("postgres") as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )


def query(database: str, statement: str) -> list[tuple[Any, ...]]:
    """The rows that `statement` gives; none for one that changes something, which is committed."""
    with _connected(database) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def let_in(database: str, may: bool) -> None:
    """Let new connections to a database be made, or refuse them."""
    with _connected("postgres") as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(database), sql.Literal(may)
            )
        )


def wait_until_it_is_back() -> None:
    """Wait for the server to have recovered from a process of it that was killed."""
    programs, folder = _programs(), _server()
    for _ in range(200):
        ready = [programs / "pg_isready", "-q", "-h", folder, "-t", "1"]
        if subprocess.run(ready, check=False).returncode == 0:
            return
        threading.Event().wait(0.1)
    raise TimeoutError("PostgreSQL did not come back")


def _connected(database: str) -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(
        host=str(_server()), user=_OWNER, dbname=database, autocommit=True, connect_timeout=20
    )


@cache
def _server() -> Path:
    """The folder of the running server, where its socket is."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="precheck-pg-", dir="/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER, _OWNER)
    data = folder / "data"
    _as_owner(
        programs / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync", "--no-instructions",
    )  # fmt: skip
    settings = {**_SETTINGS, "unix_socket_directories": str(folder)}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    log = folder / "log"
    _as_owner(programs / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", log, "-o", options)
    atexit.register(_as_owner, programs / "pg_ctl", "stop", "-s", "-m", "immediate", "-D", data)
    return folder


def _programs() -> Path:
    """The folder of the newest server that is installed. Raises `FileNotFoundError`."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if not found:
        raise FileNotFoundError("there is no PostgreSQL here (Debian: apt install postgresql)")
    return found[-1].parent


def _as_owner(*command: Path | str) -> None:
    prefix: Sequence[str] = ()
    if os.geteuid() == 0:
        prefix = ("setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups")
    subprocess.run([*prefix, *map(str, command)], check=True, cwd="/", stdout=subprocess.DEVNULL)
