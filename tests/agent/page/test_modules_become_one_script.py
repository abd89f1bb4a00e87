"""The browser asks for one script; the modules in it know only what they import."""

import re

import pytest

from precheck.agent.page.assets import DOCUMENT, SCRIPT, load_assets
from precheck.agent.page.modules import joined


def test_what_is_imported_comes_before_once_and_in_a_scope_of_its_own() -> None:
    modules = {
        "page": 'import { a } from "/a.js";\nimport { b } from "/b.js";\na(b);\n',
        "a": 'import { b } from "/b.js";\nexport function a(x) { return x + b; }\n',
        "b": "const kept = 1;\nexport const b = kept;\n",
        "unused": "export const nothing = 0;\n",
    }
    script = joined(modules, "page")
    assert re.findall(r"^const \$(\w+) = ", script, re.M) == ["b", "a", "page"]
    assert "const { b } = $b;\nfunction a(x)" in script
    assert "return { a };" in script
    assert "unused" not in script
    assert not re.search(r"^(import|export)\b", script, re.M)


@pytest.mark.parametrize(
    "text",
    [
        'import a from "/a.js";',
        'import * as a from "/a.js";',
        'import "/a.js";',
        'import { a } from "./a.js";',
        'import { a } from "/a.js"',
        'import { a as b } from "/a.js";',
        'import { b } from "/a.js";',
        "export default 1;",
        "export let a = 1;",
        "export { a };",
        'export * from "/a.js";',
        'import { a } from "/missing.js";',
        'import { page } from "/page.js";',
        'import { round } from "/round.js";',
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    modules = {
        "page": f"{text}\n",
        "a": "export const a = 1;\n",
        "round": 'import { page } from "/page.js";\nexport const round = 1;\n',
    }
    with pytest.raises(ValueError, match=r"\w"):
        joined(modules, "page")


def test_a_page_asks_for_one_script_and_two_stylesheets() -> None:
    """Each further file is milliseconds during which a person looks at nothing."""
    assets = load_assets()
    document = assets[DOCUMENT].content.decode()
    asked = re.findall(r'(?:src|href)="(/[^"]*)"', document)
    assert sorted(asked) == sorted(set(assets) - {DOCUMENT})
    assert len(asked) == 3
    assert asked.count(SCRIPT) == 1
