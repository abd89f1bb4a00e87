"""firewalld's zone files (firewalld.zone(5))."""

from xml.parsers import expat

_BLOCKS = {
    "default": True,
    "{chain}": True,
    "DROP": True,
    "REJECT": True,
    "%%REJECT%%": True,
    "ACCEPT": False,
}


class _DocumentType(Exception):
    """A zone has no document type, and with one entities could expand without end."""


def parse_zone_blocks(raw: bytes) -> bool | None:
    """Whether the zone in `raw` keeps out, by default, what no rule of it names: it does unless
    its target is ACCEPT. None for anything that is not a zone, or has a document type."""
    elements: list[tuple[str, dict[str, str]]] = []

    def refuse(*_: object) -> None:
        raise _DocumentType

    parser = expat.ParserCreate("UTF-8")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: elements.append((tag, attributes))
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, _DocumentType):
        return None
    tag, attributes = elements[0]
    return _BLOCKS.get(attributes.get("target", "default")) if tag == "zone" else None
