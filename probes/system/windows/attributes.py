"""What a file's attributes and reparse tag say about where it is (winnt.h)."""

OFFLINE, RECALL_ON_OPEN, RECALL_ON_DATA_ACCESS = 0x1000, 0x40000, 0x400000
NAME_SURROGATE = 0x20000000


def is_elsewhere(attributes: int) -> bool:
    """Whether this is a placeholder, as OneDrive makes them: what is in it would be downloaded."""
    return bool(attributes & (OFFLINE | RECALL_ON_OPEN | RECALL_ON_DATA_ACCESS))


def leads_elsewhere(tag: int) -> bool:
    """Whether a reparse tag stands for another place (IsReparseTagNameSurrogate), as those of a
    junction and a symbolic link do, and that of a folder which OneDrive keeps does not."""
    return bool(tag & NAME_SURROGATE)
