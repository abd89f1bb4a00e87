"""Names that the OS gives as bytes (files, programs) as text that can always be written down."""


def well_formed(text: str) -> str:
    """`text` with half surrogate pairs, which Windows lets through everywhere, as U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def readable(name: bytes | str) -> str:
    """`name` as text; what is not UTF-8 in it becomes U+FFFD, since no list has such a name."""
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape")
    return raw.decode("utf-8", "replace")
