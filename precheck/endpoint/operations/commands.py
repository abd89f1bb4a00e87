"""The commands for whoever runs the endpoint: `check`, `doctor`, `import` and `export`.

Nothing that stands on Django is imported before the store is opened.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from precheck.contract.wording import Language
from precheck.endpoint.errors import Unusable

DONE, TROUBLE, BAD_INPUT = 0, 1, 2
_SECONDS = 10
"""For which the doctor waits for an answer."""

Open = Callable[[argparse.Namespace], None]


def add_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    data: argparse.ArgumentParser,
    open_store: Open,
    read_date: Callable[[str], date],
) -> None:
    """Add them to `commands`; `data` has the option for the data folder, `open_store` makes Django
    ready and the tables current."""
    check = commands.add_parser(
        "check",
        parents=[data],
        help="whether the endpoint could serve: settings, database, free space",
        description="Look at the settings of this environment, the database and the free space, and"
        " change nothing. Ends with 1 where something is wrong; what job seekers would miss is a"
        " warning.",
    )
    check.add_argument(
        "--deploy",
        action="store_true",
        help="taken as Django's own command takes it; its checks for deployment are always made",
    )
    check.set_defaults(run=_check)

    doctor = commands.add_parser(
        "doctor",
        parents=[data],
        help="what the running server sees of a request to its public address",
        description="Send a request to the public address, as people do, and show what the server"
        " saw of it behind the proxy, and which address and proxy its own settings name, with a"
        " sentence for each thing that is wrong. Ends with 1 where something is.",
    )
    doctor.add_argument("--url", help="the address to ask (default: PRECHECK_PUBLIC_URL)")
    doctor.set_defaults(run=_doctor)

    table = commands.add_parser(
        "import",
        parents=[data],
        help="enter the appointments of a table, all or none; prints their codes, once",
        description="Enter the appointments of a CSV file: date, time, and where wanted reference"
        " and mode. All are entered or none; the codes are printed, once, as a CSV table.",
    )
    table.add_argument("file", type=Path, metavar="FILE.csv")
    table.add_argument("--office", required=True, metavar="ID")
    table.set_defaults(run=lambda options: _import(options, open_store))

    export = commands.add_parser("export", help="take data out").add_subparsers(
        required=True, metavar="COMMAND"
    )
    figures = export.add_parser(
        "figures",
        parents=[data],
        help="counts per day, office, check and reason, without anybody in them, as CSV",
    )
    figures.add_argument("--office", metavar="ID", help="one office only")
    for name, default in (("--first", "30 days ago"), ("--last", "today")):
        figures.add_argument(name, type=read_date, metavar="YYYY-MM-DD", help=f"default: {default}")
    figures.set_defaults(run=lambda options: _figures(options, open_store))
    everything = export.add_parser(
        "data",
        parents=[data],
        help="all that is kept of an office, as JSON lines; no code",
        description="Write all that is kept of an office as JSON lines: also what staff wrote down"
        " in their own words, and recordings of devices. No code is in it. It is as confidential as"
        " the database.",
    )
    everything.add_argument("--office", required=True, metavar="ID")
    everything.set_defaults(run=lambda options: _data(options, open_store))


def _check(options: argparse.Namespace) -> int:
    _set_up(options)
    from precheck.endpoint.operations.checking import problems, warnings

    found, missing = problems(), warnings()
    for problem in found:
        _complain(problem)
    for warning in missing:
        _complain(f"warning: {warning}")
    if not found:
        _say(f"the endpoint could serve{'; job seekers could not use it yet' if missing else ''}")
    return TROUBLE if found else DONE


def _doctor(options: argparse.Namespace) -> int:
    _set_up(options)
    from django.conf import settings

    from precheck.endpoint.operations.arrival import complaints_about
    from precheck.endpoint.operations.asking import asked
    from precheck.endpoint.operations.words import OperationsWords
    from precheck.endpoint.words import load_words

    url = options.url or settings.PUBLIC_URL
    if not url:
        raise Unusable("say in --url or PRECHECK_PUBLIC_URL which address people use")
    words = load_words(OperationsWords, "operations", Language.EN)
    told = asked(url, _SECONDS)
    seen, expected = told.seen, told.expected
    for name, value in (
        (words.host, seen.host),
        (words.scheme, seen.scheme),
        (words.origin, seen.origin),
        (words.address, seen.address),
        (words.public_url, expected.public_url),
        (words.proxy, expected.proxy),
    ):
        _say(f"{name}: {value or words.nothing}")
    found = complaints_about(seen, expected)
    for complaint in found:
        _complain(words.complaints[complaint])
    if not found:
        _say(words.fine)
    return TROUBLE if found else DONE


def _import(options: argparse.Namespace, open_store: Open) -> int:
    try:
        raw = options.file.read_bytes()
    except OSError as error:
        raise Unusable(f"{options.file} cannot be read: {error.strerror}") from error
    open_store(options)
    from django.utils import timezone, translation

    from precheck.endpoint.operations.importing import entered, table_of_codes

    with translation.override(Language.EN.value):
        booked, said = entered(raw, options.office, timezone.now())
        for line in said:
            _complain(line)
        if not booked:
            _complain("nothing was entered")
            return BAD_INPUT
        sys.stdout.write(table_of_codes(booked))
    _note(f"{len(booked)} appointments are entered; their codes are shown once")
    return DONE


def _figures(options: argparse.Namespace, open_store: Open) -> int:
    open_store(options)
    from django.utils import timezone

    from precheck.endpoint.operations.exporting import figures_table

    sys.stdout.write(figures_table(options.office, options.first, options.last, timezone.now()))
    return DONE


def _data(options: argparse.Namespace, open_store: Open) -> int:
    open_store(options)
    from precheck.endpoint.operations.exporting import lines_of_office

    for line in lines_of_office(options.office):
        sys.stdout.write(f"{line}\n")
    return DONE


def _set_up(options: argparse.Namespace) -> None:
    """Make Django ready, and leave the tables as they are."""
    from django.core.exceptions import ImproperlyConfigured

    from precheck.endpoint.opening import set_up

    try:
        set_up(options.data, make=False)
    except ImproperlyConfigured as error:
        raise Unusable(str(error)) from error


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _complain(line: str) -> None:
    sys.stderr.write(f"precheck-endpoint: {line}\n")
