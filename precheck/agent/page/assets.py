"""The page's own files: a fixed table, so that no address leads anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from precheck.agent.page.modules import joined
from precheck.contract.appearance import stylesheet
from precheck.contract.wording import Language, load_wording

DOCUMENT = "/"
STYLESHEET = "/style.css"
SCRIPT = "/page.js"

SCRIPTS = (
    "api.js",
    "browser.js",
    "camera.js",
    "checks.js",
    "code.js",
    "confirm.js",
    "dates.js",
    "end.js",
    "frame.js",
    "intro.js",
    "media.js",
    "microphone.js",
    "page.js",
    "questions.js",
    "recording.js",
    "rows.js",
    "sheet.js",
    "sound.js",
    "start.js",
    "tree.js",
    "views.js",
)
"""The modules of which the one script is made."""

BEFORE_ALL = {
    "title": "title",
    "opening": "page_opening",
    "noscript": "page_noscript",
    "closed": "page_closed",
}
"""What the document says by itself, in both languages: a page that was not let in has no others."""

_HTML, _CSS = "text/html; charset=utf-8", "text/css; charset=utf-8"
_SCRIPT = "text/javascript; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is answered."""

    content: bytes
    kind: str


def load_assets() -> Mapping[str, Asset]:
    """Every file by its address, out of the package, packed or not."""
    folder = files("precheck.agent.page") / "static"
    modules = {name.removesuffix(".js"): (folder / name).read_text("utf-8") for name in SCRIPTS}
    document = Template((folder / "index.html").read_text("utf-8"))
    return {
        DOCUMENT: Asset(_with_words(document).encode(), _HTML),
        STYLESHEET: Asset(stylesheet(), _CSS),
        "/page.css": Asset((folder / "page.css").read_bytes(), _CSS),
        SCRIPT: Asset(joined(modules, "page").encode(), _SCRIPT),
    }


def _with_words(document: Template) -> str:
    said = {
        f"{language.value}_{name}": load_wording(language).phrases[phrase]
        for language in Language
        for name, phrase in BEFORE_ALL.items()
    }
    return document.substitute(said)
