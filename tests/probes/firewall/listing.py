"""Composing what `nft -j list ruleset` prints (libnftables-json(5))."""

import json
from typing import Any


def listing(*items: dict[str, Any]) -> bytes:
    meta = {"metainfo": {"version": "1.0.9", "json_schema_version": 1}}
    return json.dumps({"nftables": [meta, *items]}).encode()


TABLE = {"table": {"family": "inet", "name": "x", "handle": 1}}
INPUT = {
    "chain": {
        "family": "inet",
        "table": "x",
        "name": "c",
        "type": "filter",
        "hook": "input",
        "prio": 0,
        "policy": "drop",
    }
}


def rule(*parts: Any) -> dict[str, Any]:
    return {"rule": {"family": "inet", "table": "x", "chain": "c", "expr": list(parts)}}


def match(left: Any, right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}
ACCEPT = {"accept": None}
