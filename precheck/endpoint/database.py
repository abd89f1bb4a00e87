"""Which database the endpoint keeps its data in: a file of its own, or PostgreSQL.

The file is SQLite with one process and a connection per thread that stays open: without that, WAL
costs more flushes than it saves. FULL: what was answered is on the disk. secure_delete: what
retention deletes is overwritten. auto_vacuum: what it frees can be given back in small steps.

PostgreSQL is for several processes, on one machine or many. A connection that has died is noticed
before a page uses it; of those who store reports, see `store/ingest.py`.
"""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

DATABASE = "endpoint.sqlite3"
URL = "DATABASE_URL"
_SCHEMES = ("postgres://", "postgresql://")
_KEPT_OPEN = 600
"""Seconds."""
_ASKED_FOR = 10
"""Seconds after which a server that does not answer is away."""
_HEARD_FROM = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""After a minute without a sign of the server's machine the connection is given up, not after the
two hours of TCP (libpq's documentation, 34.1.2; the last in milliseconds)."""


def is_file(url: str) -> bool:
    """Whether the data are in a file of their own: `url` is `DATABASE_URL`, empty if unset."""
    return not url


def databases(url: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Django's setting for `DATABASE_URL`, or for the file in `folder` where that is empty. Raises
    `ImproperlyConfigured` for an address that is none of PostgreSQL's, without repeating it: a
    password may stand in it."""
    if is_file(url):
        return {"default": _file(folder / DATABASE)}
    if not url.startswith(_SCHEMES):
        raise ImproperlyConfigured(f"{URL} is an address such as postgresql://user@host/name")
    try:
        import dj_database_url
    except ImportError:
        raise ImproperlyConfigured(
            f"{URL} needs the libraries for PostgreSQL: pip install 'precheck[postgresql]'"
        ) from None
    try:
        parsed = dj_database_url.parse(url, conn_max_age=_KEPT_OPEN, conn_health_checks=True)
    except (ValueError, KeyError):
        raise ImproperlyConfigured(f"{URL} cannot be understood") from None
    if not parsed.get("NAME"):
        raise ImproperlyConfigured(f"{URL} names no database")
    settings: dict[str, Any] = {**parsed}
    settings["OPTIONS"] = {
        "connect_timeout": _ASKED_FOR,
        "prepare_threshold": 0,  # of the cursors that prepare at all (`store/rows.py`)
        **_HEARD_FROM,
        **settings.get("OPTIONS", {}),
    }
    return {"default": settings}


def _file(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 5,
            "init_command": (
                "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
                " PRAGMA synchronous=FULL; PRAGMA secure_delete=ON"
            ),
        },
    }
