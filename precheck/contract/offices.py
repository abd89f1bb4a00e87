"""The offices' policies: TOML files, each stating only where it differs from its base.

A base gives its checks; the terms and the clauses are every document's own.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from precheck.contract.decoding import converted
from precheck.contract.errors import BadPolicy, UnknownOffice
from precheck.contract.policy import Policy

STANDARD = "standard"
"""The policy of an office that has none of its own here, and the base of the others."""

_LOOKED_THROUGH = 2_000_000
"""Characters that are read to find a line, two seconds' work; in a policy of an office it takes an
eighth of them."""

NO_CLAUSE = ""
"""Written as a check's clause where the document has none: TOML has no word for nothing."""

Path = tuple[str, ...]


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

    `base = "…"` takes the checks not stated from that policy of this package; `clause = ""` states
    that no clause stands behind a check. Raises `BadPolicy` with file and line for an unknown key,
    check, option or clause, a wrong type or value, and for text that is not TOML.
    """
    stated = _parse(text, name)
    if "id" in stated:
        raise BadPolicy.at(name, _line_of(text, ("id",)), "the id is the file's name")
    merged = _without_empty_clauses(_with_base(stated, text, name, seen=()))
    try:
        return converted({**merged, "id": policy_id}, Policy)
    except msgspec.ValidationError as error:
        path = _path_in(str(error))
        if path[-1:] == ("clause",) and _stated_depth(stated, path) < len(path):
            path = ("clauses",)  # The base cites it, so what lacks is its sentence here.
        raise BadPolicy.at(name, _line_of(text, path), error) from error


def _with_base(
    stated: dict[str, Any], text: str, name: str, seen: tuple[str, ...]
) -> dict[str, Any]:
    base = stated.get("base")
    own = {key: value for key, value in stated.items() if key != "base"}
    if "base" not in stated:
        return own
    if not isinstance(base, str) or base not in office_ids() or base in seen:
        problem = f"base {base!r} is not a policy to build on"
        raise BadPolicy.at(name, _line_of(text, ("base",)), problem)
    below_text, below_name = _text(base), f"{base}.toml"
    below = _with_base(_parse(below_text, below_name), below_text, below_name, (*seen, base))
    return {**own, "checks": _merged(below["checks"], own.get("checks", {}))}


def _merged(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    both = {key: _merged(below[key], above[key]) for key in below.keys() & above.keys()}
    return {**below, **above, **both}


def _without_empty_clauses(merged: dict[str, Any]) -> dict[str, Any]:
    checks = merged.get("checks")
    if not isinstance(checks, dict):
        return merged
    return {**merged, "checks": {check: _cited(asked) for check, asked in checks.items()}}


def _cited(asked: Any) -> Any:
    if isinstance(asked, dict) and asked.get("clause") == NO_CLAUSE:
        return {key: value for key, value in asked.items() if key != "clause"}
    return asked


def _parse(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise BadPolicy.at(name, 1, "nested too deeply") from None
    except ValueError as error:
        # Beside TOMLDecodeError: a number with more digits than Python reads.
        at = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        line = int(at[1]) if at else len(text.split("\n"))
        raise BadPolicy.at(name, line, error) from error


def _path_in(message: str) -> Path:
    """The keys on the way to what msgspec, or a policy's own rule, complains about."""
    at = re.search(r" - at `\$\.?(.*)`$", message)
    path = tuple(re.findall(r"[^.\[\]]+", at[1])) if at else ()
    unknown = re.search(r"^Object contains unknown field `([^`]+)`", message)
    ours = re.search(r"^((?:checks|terms)(?:\.\w+)+) ", message)
    if unknown:
        return (*path, unknown[1])
    return tuple(ours[1].split(".")) if ours else path


def _line_of(text: str, path: Path) -> int:
    """The line (from 1) on which `text` states `path`, or as much of it as it states, or as could
    be found in reasonable time.

    The parser itself says where: a statement ends on the first line up to which the text is whole
    TOML and holds the path.
    """
    lines = text.split("\n")
    starts, found, depth, read = 1, 1, 0, 0
    for number in range(1, len(lines) + 1):
        beginning = "\n".join(lines[:number])
        read += len(beginning)
        if read > _LOOKED_THROUGH:
            break
        try:
            so_far = tomllib.loads(beginning)
        except ValueError:
            continue
        stated = _stated_depth(so_far, path)
        if stated > depth:
            found, depth = starts, stated
        starts = number + 1
    return found


def _stated_depth(table: Any, path: Path) -> int:
    for depth, key in enumerate(path):
        if not isinstance(table, Mapping) or key not in table:
            return depth
        table = table[key]
    return len(path)


def _folder() -> Traversable:
    return files("precheck.contract") / "offices"


def _is_policy(item: Traversable) -> bool:
    return item.name.endswith(".toml")


def _text(office: str) -> str:
    return (_folder() / f"{office}.toml").read_text(encoding="utf-8")
