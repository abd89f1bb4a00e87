"""What can be wrong with data that comes from outside, one sentence each."""


class ContractError(Exception):
    """The base: the message is one clear sentence with the file, line or field."""


class BadPolicy(ContractError):
    """A policy file or message that does not say what a policy says."""


class BadReport(ContractError):
    """Bytes that are not a report."""


class BadCode(ContractError):
    """Digits that are not an appointment code."""


class BadCatalogue(ContractError):
    """Catalogue data that does not follow its schema."""


class UnknownOffice(ContractError):
    """An office id that has no policy here."""
