"""A PostgreSQL server in a folder of its own (Debian's package `postgresql`), reachable by a socket
in that folder alone."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

_OWNER = "postgres"
"""The user that Debian's package makes; the server does not run as root."""


def is_installed() -> bool:
    """Whether there is a server that could be started."""
    return bool(_installed())


@dataclass(frozen=True)
class Server:
    """One whose data and socket are in `folder`, with these `settings` (as in postgresql.conf) and
    these variables more than this process has."""

    folder: Path
    settings: Mapping[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)

    def make(self) -> None:
        """Lay out the data. Raises `FileNotFoundError` where there is no server to start."""
        _as_owner(
            _program("initdb"), "-D", self._data, "-U", _OWNER, "-A", "trust", "-E", "UTF8",
            "--locale=C", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def start(self) -> None:
        """Start it, and wait until it has put right what it was killed over and takes questions."""
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            **self.settings,
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self.folder / "log"
        _as_owner(
            _program("pg_ctl"), "start", "-w", "-s", "-D", self._data, "-l", log, "-o", options,
            **self.environment,
        )  # fmt: skip

    def stop(self) -> None:
        """End it at once, and forget nothing that was committed."""
        _as_owner(_program("pg_ctl"), "stop", "-s", "-m", "immediate", "-D", self._data)

    def kill(self) -> None:
        """Kill all its processes, the first one first: nobody is left who could end anything well,
        or start a process anew."""
        processes = self.processes()
        for process in processes:
            process.kill()
        psutil.wait_procs(processes, timeout=20)

    def processes(self) -> list[psutil.Process]:
        """All of it, the first one first."""
        lines = (self._data / "postmaster.pid").read_text(encoding="ascii").splitlines()
        first = psutil.Process(int(lines[0]))
        return [first, *first.children(recursive=True)]

    def is_ready(self) -> bool:
        """Whether it takes questions."""
        asked = [str(_program("pg_isready")), "-q", "-h", str(self.folder), "-t", "1"]
        return subprocess.run(asked, check=False).returncode == 0

    def address(self, database: str) -> str:
        """The `DATABASE_URL` of a database."""
        return f"postgresql://{_OWNER}@{quote(str(self.folder), safe='')}/{database}"

    def make_database(self, name: str, template: str = "template0") -> None:
        with self.connected() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def connected(self, database: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection of its administrator; each statement is committed by itself."""
        return psycopg.connect(
            host=str(self.folder),
            user=_OWNER,
            dbname=database,
            autocommit=True,
            connect_timeout=20,
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"


@contextmanager
def running(
    settings: Mapping[str, str], environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server in a temporary folder, whose path is short enough for that of a socket."""
    with TemporaryDirectory(prefix="precheck-pg-", dir="/tmp", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        if os.geteuid() == 0:
            shutil.chown(folder, _OWNER, _OWNER)
        server = Server(folder, settings, environment or {})
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _installed() -> list[Path]:
    """The folders of the servers' programs, the oldest version first."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return [path.parent for path in sorted(found, key=lambda path: int(path.parts[4]))]


def _program(name: str) -> Path:
    """A program of the newest server. Raises `FileNotFoundError`."""
    folders = _installed()
    if not folders:
        raise FileNotFoundError("there is no PostgreSQL here (Debian: apt install postgresql)")
    return folders[-1] / name


def _as_owner(*command: Path | str, **environment: str) -> None:
    prefix: Sequence[str] = ()
    if os.geteuid() == 0:
        prefix = ("setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--init-groups")
    subprocess.run(
        [*prefix, *map(str, command)],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )
