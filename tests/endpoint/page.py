"""A page as tests ask about it."""

import re
from html.parser import HTMLParser

from django.test import Client


class Page(HTMLParser):
    """The parts of a page that tests ask about."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.markup = markup
        self.language: str | None = None
        self.links: list[str] = []
        self.unlabelled: list[dict[str, str | None]] = []
        self.scripts = 0
        """Those that stand in the page, and do not come from a file."""
        self._labels: set[str] = set()
        self._inputs: list[dict[str, str | None]] = []
        self._in_label = 0
        self.feed(markup)
        self.text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", markup))
        self.unlabelled = [item for item in self._inputs if str(item.get("id")) not in self._labels]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = dict(attrs)
        if tag == "html":
            self.language = of.get("lang")
        if tag == "label":
            self._in_label += 1
            self._labels.add(str(of.get("for")))
        if tag == "input" and of.get("type") != "hidden" and not self._in_label:
            self._inputs.append(of)
        if (tag == "script" and "src" not in of) or any(
            name.startswith("on") or name == "style" for name in of
        ):
            self.scripts += 1
        self.links += [str(of[name]) for name in ("href", "src", "action") if name in of]

    def handle_endtag(self, tag: str) -> None:
        self._in_label -= tag == "label"


def seen(client: Client, address: str) -> Page:
    answer = client.get(address)
    assert answer.status_code == 200
    return Page(answer.content.decode())
