"""The words of the page about how requests arrive, of the command that tells the same, and of what
staff are told to be missing."""

import msgspec

from precheck.endpoint.operations.arrival import Complaint
from precheck.endpoint.operations.gaps import Gap


class OperationsWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All of one language; see `precheck.endpoint.words`."""

    heading: str
    about: str
    host: str
    origin: str
    scheme: str
    address: str
    public_url: str
    proxy: str
    nothing: str
    fine: str
    wrong: str
    try_form: str
    try_form_about: str
    complaints: dict[Complaint, str]
    gaps: dict[Gap, str]
    """For staff who are about to give out a link."""

    def __post_init__(self) -> None:
        if set(self.complaints) != set(Complaint) or set(self.gaps) != set(Gap):
            raise ValueError("a complaint or a gap has no words")
