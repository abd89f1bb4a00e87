"""What the page of an appointment says of an action."""

from enum import StrEnum


class Notice(StrEnum):
    """What was done, or left alone."""

    READOUT_TAKEN = "readout_taken"
    READOUT_LEFT = "readout_left"
    """The code was not of a later check than the result that is there."""
    WAIVED = "waived"
    WITHDRAWN = "withdrawn"
    NOTE_ADDED = "note_added"
    NOTE_DELETED = "note_deleted"
