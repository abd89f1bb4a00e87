"""The JSON Schemas of what agent and endpoint exchange, for other programs to read.

`python -m precheck.contract.schema docs/schema` writes them anew. A schema says the shape; what one
field demands of another (which reasons a check can give, and with which verdict) is in the types.
"""

import sys
from collections.abc import Sequence
from inspect import cleandoc
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from precheck.contract.api import Appointment, Problem, Receipt, RecordingReceipt
from precheck.contract.finding import Finding
from precheck.contract.policy import Policy
from precheck.contract.recording import SentRecording
from precheck.contract.report import Report

DIALECT = "https://json-schema.org/draft/2020-12/schema"

DOCUMENTS = MappingProxyType(
    {
        "appointment": Appointment,
        "finding": Finding,
        "policy": Policy,
        "problem": Problem,
        "receipt": Receipt,
        "recording": SentRecording,
        "recording_receipt": RecordingReceipt,
        "report": Report,
    }
)
"""The published types, each under the name of its file."""


def schema_text(kind: Any) -> str:
    """The JSON Schema (2020-12) of the type `kind` as indented JSON, ending in a line break."""
    schema = {"$schema": DIALECT, **_without_indents(msgspec.json.schema(kind))}
    raw = msgspec.json.encode(schema, order="deterministic")
    return msgspec.json.format(raw, indent=2).decode() + "\n"


def _without_indents(schema: Any) -> Any:
    # Descriptions are docstrings, which Python indents up to 3.12 and no more from 3.13 on.
    if isinstance(schema, dict):
        return {key: _without_indents(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_without_indents(value) for value in schema]
    return cleandoc(schema) if isinstance(schema, str) else schema


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every schema into the folder named by the one argument. Returns 0; 2 for a wrong
    call."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if len(given) != 1:
        sys.stderr.write("usage: python -m precheck.contract.schema FOLDER\n")
        return 2
    folder = Path(given[0])
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in DOCUMENTS.items():
        (folder / f"{name}.schema.json").write_text(
            schema_text(kind), encoding="utf-8", newline="\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
