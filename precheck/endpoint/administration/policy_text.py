"""A policy as a TOML text that says all of it: to read, to change, and to compare two versions line
by line. `load_policy` makes the same policy of it again, as its first edition."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, time
from difflib import unified_diff
from typing import Any

import msgspec

from precheck.contract.policy import Policy


def text_of(policy: Policy) -> str:
    """The text. The edition is left out: the endpoint counts it."""
    stated = msgspec.to_builtins(policy, builtin_types=(date, time), order="deterministic")
    lines = ["[terms]", *_table(stated["terms"])]
    lines += ["", "[clauses]", *_table(stated["clauses"])]
    for check, requirement in stated["checks"].items():
        lines += ["", f"[checks.{check}]", *_table(requirement)]
    return "\n".join(lines) + "\n"


def difference(before: Policy, after: Policy) -> list[str]:
    """What to change in the text of `before` to get that of `after`: the lines of a unified diff,
    without the names of files."""
    lines = unified_diff(
        text_of(before).splitlines(), text_of(after).splitlines(), n=2, lineterm=""
    )
    return list(lines)[2:]


def _table(stated: Mapping[str, Any]) -> Iterator[str]:
    for key, value in stated.items():
        if value is not None:  # TOML has no word for nothing: what is not stated is not there
            yield f"{_key(key)} = {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple | frozenset):
        return f"[{', '.join(_value(each) for each in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(_table(value))} }}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)  # of one line without control characters
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").isalnum()
    return key if bare else json.dumps(key, ensure_ascii=False)
