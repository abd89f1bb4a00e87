"""One call of the command line: its command, and in words why it could not be done.

What a command needs is imported for that command alone. The page above all has to be there soon.
"""

import argparse
import os
import sys
import traceback
from collections.abc import Callable

from precheck.agent.errors import AgentError, WrongUsage
from precheck.agent.exits import COULD_NOT_RUN, WRONG_USAGE
from precheck.contract.errors import BadCode, ContractError, UnknownOffice

Options = argparse.Namespace


def run(options: Options) -> int:
    """Run the command in `options`; returns its exit code. Every failure is one sentence on
    standard error."""
    try:
        code = _command(options.command)(options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except (WrongUsage, UnknownOffice, BadCode) as error:
        _complain(options, error)
        return WRONG_USAGE
    except (AgentError, ContractError) as error:
        _complain(options, error)
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        from precheck.agent.commands import terminal_for

        sys.stderr.write(f"\n{terminal_for(options).phrase('interrupted')}\n")
        return COULD_NOT_RUN
    except Exception as error:  # noqa: BLE001 - left to Python the exit code would be 1, not ready
        if os.environ.get("PRECHECK_DEBUG"):
            traceback.print_exc()
        if isinstance(error, OSError):
            _give_up_output()
        _complain(options, AgentError(type(error).__name__))
        return COULD_NOT_RUN


def _command(name: str) -> Callable[[Options], int]:
    if name == "page":
        from precheck.agent.page.command import page

        return page
    from precheck.agent.commands import COMMANDS

    return COMMANDS[name]


def _give_up_output() -> None:
    """Where standard output cannot be written (a full disk, a reader that has gone), let nothing
    try again at the end of the program, with an exit code of Python's own."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _complain(options: Options, error: Exception) -> None:
    """Say on standard error what is wrong: the person's sentence, then the exact one."""
    from precheck.agent.commands import terminal_for

    phrase, values = "error_unexpected", {}
    if isinstance(error, AgentError):
        phrase, values = error.phrase, error.values
    elif isinstance(error, BadCode):
        phrase = "error_code_mistyped"
    elif isinstance(error, UnknownOffice):
        phrase = "error_office_unknown"
    sys.stderr.write(f"{terminal_for(options).phrase(phrase, **values)}\nprecheck: {error}\n")
