"""What comes with the program where an office gives it out: the appointment's code in its name, and
the endpoint's address in a file beside it. Both are read, neither is ever used for sending without
the person."""

import os
import re
import sys
import tomllib
from pathlib import Path, PurePath

import msgspec

from precheck.agent.address import endpoint_address
from precheck.agent.errors import BadAddress, BadSettings
from precheck.contract.code import parse_code
from precheck.contract.decoding import converted
from precheck.contract.errors import BadCode

SETTINGS_FILE = "precheck.toml"
MOST_BYTES = 4096

_NAMED = re.compile(r"precheck[-_ ]?([0-9]{10})(?: ?\([0-9]+\))?(?:\.exe|\.app)?", re.I)
"""Such as precheck-1234567894.exe; a browser that has the file already adds " (1)"."""

_LEVELS = 4
"""How far up a name is looked for: in precheck-….app the program lies three folders down."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What `precheck.toml` may say."""

    endpoint: str | None = None


def program() -> Path:
    """Where the program itself is: the packed one's file, else what Python was started with."""
    return Path(sys.executable if getattr(sys, "frozen", False) else sys.argv[0])


def code_in_name(path: PurePath) -> str | None:
    """The appointment code in the name of the program at `path`, or of a folder it lies in; None
    where there is none, or its check digit does not fit."""
    for name in (path.name, *(folder.name for folder in list(path.parents)[:_LEVELS])):
        found = _NAMED.fullmatch(name)
        if found is None:
            continue
        try:
            return parse_code(found[1])
        except BadCode:
            continue
    return None


def settings_beside(path: Path) -> Settings:
    """What `precheck.toml` beside the program at `path` says; on macOS it may lie beside the app,
    too. Nothing where there is none. Raises `BadSettings` for a file that cannot be read or says
    something else."""
    folders = [path.parent]
    folders += [folder.parent for folder in path.parents if folder.suffix == ".app"]
    for folder in folders:
        try:
            with (folder / SETTINGS_FILE).open("rb") as file:
                raw = file.read(MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise BadSettings(f"{SETTINGS_FILE} cannot be read") from error
        return _parsed(raw)
    return Settings()


def chosen_endpoint(typed: str | None) -> str | None:
    """The endpoint's address: the one `typed`, else of PRECHECK_ENDPOINT, else of the file beside
    the program; None where there is none. Raises `BadAddress`, and `BadSettings` for the file."""
    given = typed or os.environ.get("PRECHECK_ENDPOINT")
    if given:
        return endpoint_address(given)
    kept = settings_beside(program()).endpoint
    if kept is None:
        return None
    try:
        return endpoint_address(kept)
    except BadAddress as error:
        raise BadSettings(f"{SETTINGS_FILE} has no address that may be asked") from error


def _parsed(raw: bytes) -> Settings:
    if len(raw) > MOST_BYTES:
        raise BadSettings(f"{SETTINGS_FILE} is too long")
    try:
        # A text editor of Windows may put a mark before the text.
        said = tomllib.loads(raw.decode("utf-8-sig"))
        return converted(said, Settings)
    except (
        UnicodeDecodeError,
        tomllib.TOMLDecodeError,
        msgspec.ValidationError,
        RecursionError,  # brackets within brackets, as many as fit
    ) as error:
        raise BadSettings(f"{SETTINGS_FILE} says something that is not known") from error
