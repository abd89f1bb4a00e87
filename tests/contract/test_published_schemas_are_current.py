"""`docs/schema` holds what the types say today."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from precheck.contract.offices import load_office
from precheck.contract.report import encode_report
from precheck.contract.schema import DOCUMENTS, main, schema_text
from tests.contract.reports import composed_report

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_published_schema_is_the_types_own(name: str) -> None:
    """When this fails: python -m precheck.contract.schema docs/schema"""
    published = (PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(DOCUMENTS[name])


def test_nothing_else_is_published() -> None:
    files = {path.name for path in PUBLISHED.glob("*.json")}
    assert files == {f"{name}.schema.json" for name in DOCUMENTS}
    readme = (PUBLISHED / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\S+\.schema\.json)`", readme)) == files


def test_the_command_writes_them_all_into_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "schema"
    assert main([str(folder)]) == 0
    for name in DOCUMENTS:
        written = (folder / f"{name}.schema.json").read_bytes()
        assert written == (PUBLISHED / f"{name}.schema.json").read_bytes()


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_command_refuses_another_number_of_folders(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def objects(node: object) -> list[dict]:
    found = [node] if isinstance(node, dict) and "properties" in node else []
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return found + [item for value in inner for item in objects(value)]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "problem"])
def test_a_schema_allows_no_field_that_is_not_on_the_list(name: str) -> None:
    schema = json.loads(schema_text(DOCUMENTS[name]))
    assert objects(schema)
    assert all(item["additionalProperties"] is False for item in objects(schema))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_patterns_are_those_of_other_languages_too(name: str) -> None:
    """ECMA-262, which JSON Schema asks for, has no \\A, \\Z or inline flags."""
    for pattern in re.findall(r'"pattern": (".*")', schema_text(DOCUMENTS[name])):
        assert not re.search(r"\\[AZ]|\(\?[a-zP]", json.loads(pattern))


def test_a_report_and_a_policy_name_only_fields_that_their_schemas_name() -> None:
    for name, raw in {
        "report": encode_report(composed_report()),
        "policy": msgspec.json.encode(load_office("kakogawa")),
    }.items():
        schema = json.loads(schema_text(DOCUMENTS[name]))
        top = schema["$defs"][schema["$ref"].rpartition("/")[2]]
        assert set(json.loads(raw)) <= set(top["properties"])
        assert set(top["required"]) <= set(json.loads(raw))
