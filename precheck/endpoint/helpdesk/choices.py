"""What one can choose from, where that may be hundreds of offices: drawn at once, since a template
takes as long over a choice as over a line of a table."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString


def options(choices: Iterable[tuple[str, str]], chosen: str, *, lang: str = "") -> SafeString:
    """An `<option>` for each value and its word, one of which is `chosen`. `lang`: the language of
    the words where it is not the page's."""
    said = f' lang="{escape(lang)}"' if lang else ""
    return SafeString(
        "".join(
            f'<option value="{escape(value)}"{said}{" selected" if value == chosen else ""}>'
            f"{escape(word)}</option>\n"
            for value, word in choices
        )
    )


class Choose(forms.Select):
    """Django's, drawn by `options`."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002
    ) -> SafeString:
        (chosen,) = self.format_value(value) or [""]
        return format_html(
            '<select name="{}"{}>\n{}</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            options(((str(each), str(word)) for each, word in self.choices), chosen),
        )
