"""What can be wrong with data that comes from outside, one sentence each."""

_HEAD, _TAIL = 200, 100


class ContractError(Exception):
    """The base: the message is one clear sentence with the file, line or field.

    It may quote what came from outside, so it is kept to one printable line of bounded length.
    """

    def __init__(self, message: str) -> None:
        printable = "".join(letter if letter.isprintable() else " " for letter in message)
        if len(printable) > _HEAD + _TAIL:
            printable = f"{printable[:_HEAD]}…{printable[-_TAIL:]}"
        super().__init__(printable)


class BadPolicy(ContractError):
    """A policy file or message that does not say what a policy says.

    Of a file, `line` is the line (from 1) that is wrong, and `problem` what is wrong with it.
    """

    def __init__(self, message: str, line: int | None = None, problem: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.problem = problem

    @classmethod
    def at(cls, name: str, line: int, problem: object) -> "BadPolicy":
        """What is wrong on `line` of the file `name`."""
        return cls(f"{name}, line {line}: {problem}", line, str(problem))


class BadReport(ContractError):
    """Bytes that are not a report."""


class BadRecording(ContractError):
    """Bytes that are not a recording as it is sent."""


class BadCode(ContractError):
    """Digits that are not an appointment code."""


class BadCatalogue(ContractError):
    """Catalogue data that does not follow its schema."""


class UnknownOffice(ContractError):
    """An office id that has no policy here."""
