"""The words of the page about how requests arrive, and of the command that tells the same."""

import msgspec

from precheck.endpoint.operations.arrival import Complaint


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

    def __post_init__(self) -> None:
        if set(self.complaints) != set(Complaint):
            raise ValueError("a complaint has no words")
