"""A chart as SVG. It is written here and not in a template, which takes longer over each of the
hundreds of numbers than it takes to work them out."""

from collections.abc import Iterator
from html import escape

from django.utils.safestring import SafeString

from precheck.endpoint.helpdesk.charts import Chart, Column


def drawn(chart: Chart, name: str, title: str, says: str, *, patterned: bool = False) -> SafeString:
    """`chart` for who sees it, and `says` for who does not. `name` (ASCII letters, `_`) is its own
    in the page. A part is filled by the page's pattern of its kind where it is `patterned`."""
    return SafeString("\n".join(_lines(chart, name, title, says, patterned)))


def _lines(chart: Chart, name: str, title: str, says: str, patterned: bool) -> Iterator[str]:
    left, right = chart.left, chart.right
    yield (
        f'<svg class="chart" viewBox="0 0 {chart.width} {chart.height}" role="img"'
        f' aria-labelledby="{name}-title {name}-desc">'
    )
    yield f'<title id="{name}-title">{escape(title)}</title>'
    yield f'<desc id="{name}-desc">{escape(says)}</desc>'
    for tick in chart.ticks:
        yield f'<line class="grid" x1="{left}" x2="{right}" y1="{tick.y}" y2="{tick.y}"/>'
        yield (
            f'<text class="value" x="{left}" y="{tick.y}" dx="-8" dy="5" text-anchor="end">'
            f"{tick.value}</text>"
        )
    for column in chart.columns:
        yield from _column(column, chart.below, patterned)
    yield (f'<line class="axis" x1="{left}" x2="{right}" y1="{chart.ground}" y2="{chart.ground}"/>')
    yield "</svg>"


def _column(column: Column, below: int, patterned: bool) -> Iterator[str]:
    for part in column.parts:
        fill = f"url(#pattern-{part.kind})" if patterned else "currentColor"
        yield (
            f'<rect class="part {part.kind}" x="{part.x}" y="{part.y}" width="{part.width}"'
            f' height="{part.height}" fill="{fill}"/>'
        )
    if column.total:
        yield (
            f'<text class="value" x="{column.middle}" y="{column.top}" dy="-5"'
            f' text-anchor="middle">{column.total}</text>'
        )
    if column.label:
        yield f'<text x="{column.middle}" y="{below}" text-anchor="middle">{column.label}</text>'
