"""The folder that holds all the endpoint keeps: the database, the secret and the lock files.

With PostgreSQL (`DATABASE_URL`) it holds the secret at most, and none of it is made here: processes
on several machines have to have the same one.
"""

import os
import secrets
import stat
from pathlib import Path

import platformdirs

from precheck.endpoint.database import DATABASE, URL, is_file
from precheck.endpoint.errors import Unusable
from precheck.endpoint.locks import held

SERVE_LOCK = "serve.lock"
SETUP_LOCK = "setup.lock"
_SECRET = "secret"  # noqa: S105 - the name of the file, not what is in it
_SECRET_LENGTH = 50


def default_folder() -> Path:
    """Where the data is kept unless told otherwise."""
    return platformdirs.user_data_path("precheck-endpoint")


def prepare(folder: Path, *, make: bool = True) -> None:
    """Make `folder`, for its owner alone, and the secret in it where there is none yet; with `make`
    false only use what is there.

    Without the secret no appointment code can be recognised any more: it is backed up with the
    database or the codes are lost, so a database is not given another one. Raises `Unusable` where
    the folder cannot be made or written, or does not hold what it should.
    """
    given = os.environ.get("PRECHECK_SECRET_FILE")
    if given or not is_file(os.environ.get(URL, "")):
        _ensure_secret(_secret_file(folder))
    if not is_file(os.environ.get(URL, "")):
        return
    try:
        if not make and not (folder / DATABASE).is_file():
            raise Unusable(
                f"there is no endpoint's data in {folder};"
                " name the folder with --data, or begin with: office add"
            )
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with held(folder / SETUP_LOCK, wait=True):
            if not given and not (folder / _SECRET).exists():
                if _holds_something(folder / DATABASE):
                    raise Unusable(
                        f"the file {_SECRET} is missing from {folder}: bring it back from the"
                        " backup, or no appointment's code is recognised"
                    )
                _make_secret(folder / _SECRET)
            _for_the_owner_alone(folder / DATABASE)
    except OSError as error:
        raise Unusable(f"the data folder {folder} cannot be used: {error.strerror}") from error


def read_secret(folder: Path) -> str:
    """The secret in `PRECHECK_SECRET_FILE`, else in `folder`; empty where there is none yet."""
    try:
        return _secret_file(folder).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def exposed_secret(folder: Path) -> Path | None:
    """The file of the secret, where others than its owner can read it; None elsewhere. One that
    belongs to somebody else, such as root, its group may read, or this process could not."""
    path = _secret_file(folder)
    if os.name != "posix":
        return None
    try:
        about = path.stat()
    except OSError:
        return None
    others = 0o077 if about.st_uid == os.geteuid() else 0o007
    return path if stat.S_IMODE(about.st_mode) & others else None


def _secret_file(folder: Path) -> Path:
    return Path(os.environ.get("PRECHECK_SECRET_FILE") or folder / _SECRET)


def _ensure_secret(path: Path) -> None:
    try:
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(
            f"the secret cannot be read from {path}: write {_SECRET_LENGTH} random characters into"
            " a file that only its owner can read, and name it in PRECHECK_SECRET_FILE"
        ) from error
    if len(secret) < _SECRET_LENGTH:
        raise Unusable(f"the secret in {path} has less than {_SECRET_LENGTH} characters")


def _holds_something(database: Path) -> bool:
    return database.exists() and database.stat().st_size > 0


def _for_the_owner_alone(path: Path) -> None:
    """Make an empty file that only its owner can read, where there is none. The database is left
    to the umask otherwise, in a folder that may have been there before; what SQLite puts beside it
    gets the same rights."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _make_secret(path: Path) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
