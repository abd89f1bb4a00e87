"""The offices' policies: TOML files, each stating only where it differs from its base.

A base gives its checks; the terms and the clauses are every document's own.
"""

import re
import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from precheck.contract.errors import BadPolicy, UnknownOffice
from precheck.contract.policy import Policy

STANDARD = "standard"
"""The policy of an office that has none of its own here, and the base of the others."""


def office_ids() -> tuple[str, ...]:
    """The ids of the policies in this package, the standard one first."""
    ids = sorted(
        item.name.removesuffix(".toml") for item in _folder().iterdir() if _is_policy(item)
    )
    return (STANDARD, *(office for office in ids if office != STANDARD))


def load_office(office: str) -> Policy:
    """The policy of `office`. Raises `UnknownOffice` when there is none with that id."""
    if office not in office_ids():
        known = ", ".join(office_ids())
        raise UnknownOffice(f"there is no office {office!r}; there are: {known}")
    return load_policy(office, _text(office), f"{office}.toml")


def load_policy(policy_id: str, text: str, name: str) -> Policy:
    """The policy that the TOML `text` states; `name` is the file's name, for messages.

    `base = "…"` takes the checks not stated from that policy of this package. Raises `BadPolicy`
    with file, line and key for an unknown key, check, option or clause, a wrong type or value, and
    for text that is not TOML.
    """
    stated = _parse(text, name)
    merged = _with_base(stated, text, name, seen=())
    if "id" in stated:
        raise BadPolicy(f"{name}, line {_line_of(text, ('id',))}: the id is the file's name")
    try:
        return msgspec.convert({**merged, "id": policy_id}, Policy)
    except msgspec.ValidationError as error:
        message, path = _split(str(error))
        raise BadPolicy(f"{name}, line {_line_of(text, path)}: {message}") from error


def _with_base(stated: dict[str, Any], text: str, name: str, seen: tuple[str, ...]) -> Any:
    base = stated.get("base")
    own = {key: value for key, value in stated.items() if key != "base"}
    if base is None:
        return own
    if not isinstance(base, str) or base not in office_ids() or base in seen:
        line = _line_of(text, ("base",))
        raise BadPolicy(f"{name}, line {line}: base {base!r} is not a policy to build on")
    base_text = _text(base)
    below = _with_base(_parse(base_text, base), base_text, f"{base}.toml", (*seen, base))
    return _merged({"checks": below["checks"]}, own)


def _merged(below: Any, above: Any) -> Any:
    if isinstance(below, dict) and isinstance(above, dict):
        return {
            key: _merged(below[key], above[key])
            if key in below and key in above
            else above.get(key, below.get(key))
            for key in {**below, **above}
        }
    return above


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy(f"{name}: {error}") from error


def _split(message: str) -> tuple[str, tuple[str, ...]]:
    """What msgspec says, and the keys on the way to where it says so."""
    found = re.search(r" - at `\$\.?(.*)`$", message)
    path = tuple(re.findall(r"[^.\[\]]+", found[1])) if found else ()
    unknown = re.search(r"unknown field `([^`]+)`", message)
    named = re.search(r"^(checks(?:\.\w+)+) ", message)
    if unknown:
        path = (*path, unknown[1])
    elif named:
        path = tuple(named[1].split("."))
    return message, tuple(key for key in path if key != "...")


def _line_of(text: str, path: tuple[str, ...]) -> int:
    """The line (from 1) where `path` stands in `text`, or the nearest table above it."""
    table: tuple[str, ...] = ()
    best, best_depth = 1, 0
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$", line)
        key = re.match(r"""\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=""", line)
        if header:
            table = _keys(header[1])
            here = table
        elif key:
            here = (*table, *_keys(key[1]))
        else:
            continue
        depth = len(here)
        if here == path[:depth] and depth > best_depth:
            best, best_depth = number, depth
    return best


def _keys(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(r""""[^"]*"|'[^']*'|[^.\s]+""", dotted))


def _folder() -> Traversable:
    return files("precheck.contract") / "offices"


def _is_policy(item: Traversable) -> bool:
    return item.name.endswith(".toml")


def _text(office: str) -> str:
    return (_folder() / f"{office}.toml").read_text(encoding="utf-8")
