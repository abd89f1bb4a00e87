"""`precheck-endpoint`: run the status endpoint and keep its offices, staff and appointments."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import django.db
from django.core.exceptions import ImproperlyConfigured

from precheck.contract.code import format_code
from precheck.contract.errors import ContractError
from precheck.contract.offices import STANDARD, load_office, load_policy, office_ids
from precheck.contract.wording import Language
from precheck.endpoint.data_folder import default_folder
from precheck.endpoint.errors import Unusable
from precheck.endpoint.opening import open_store
from precheck.endpoint.operations.commands import add_commands
from precheck.endpoint.tokyo import is_everywhere, parse_wall_time

DONE, TROUBLE, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
_SYSTEM = "system"
"""The role of Django's superuser, beside those of the store."""

_EXAMPLES = """\
examples:
  precheck-endpoint office add kakogawa
  precheck-endpoint staff add hanako --office kakogawa
  precheck-endpoint appointment add --office kakogawa --at "2026-11-24 10:00"
  precheck-endpoint serve --port 8000
  precheck-endpoint appointments --date 2026-11-24

environment: PRECHECK_DATA, DATABASE_URL, PRECHECK_SECRET_FILE, PRECHECK_PUBLIC_URL,
PRECHECK_ALLOWED_HOSTS, PRECHECK_TRUSTED_PROXY, PRECHECK_SECOND_FACTOR, PRECHECK_OIDC_ISSUER,
PRECHECK_OIDC_CLIENT_ID, PRECHECK_OIDC_CLIENT_SECRET, PRECHECK_OIDC_CLAIM, PRECHECK_DOWNLOADS,
PRECHECK_METRICS_TOKEN, PRECHECK_LOG_LEVEL

exit codes: 0 done, 1 the database failed, or check or doctor found something wrong, 2 something
given cannot be used, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code: see `--help`."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (Unusable, ContractError) as error:
        _complain(str(error))
        return BAD_INPUT
    except django.db.Error as error:
        _complain(f"the database failed: {error}")
        return TROUBLE
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _serve(options: argparse.Namespace) -> int:
    host = options.host
    if not os.environ.get("PRECHECK_PUBLIC_URL") and not os.environ.get("PRECHECK_ALLOWED_HOSTS"):
        if host in ("0.0.0.0", "::", ""):  # noqa: S104 - refused, not used
            raise Unusable(
                "to serve on every address, say in PRECHECK_PUBLIC_URL which one people use,"
                " such as https://check.example.jp"
            )
        os.environ["PRECHECK_ALLOWED_HOSTS"] = f"[{host}]" if ":" in host else host
    _open(options, make=True)
    from django.core.wsgi import get_wsgi_application

    from precheck.endpoint.serving import serve

    serve(get_wsgi_application(), options.data, host, options.port, all_cores=options.all_cores)
    return DONE


def _office_add(options: argparse.Namespace) -> int:
    if options.policy is None and options.id == STANDARD:
        others = ", ".join(office for office in office_ids() if office != STANDARD)
        raise Unusable(
            f"{STANDARD!r} is what offices are built on, and no office; take one of {others}, or"
            " another id and the office's own policy with --policy"
        )
    if options.policy is None:
        policy = load_office(options.id)
    else:
        policy = load_policy(options.id, _text_of(options.policy), options.policy.name)
    _open(options, make=True)
    from django.utils import timezone

    from precheck.endpoint.store.changes import office_named, put_office

    changed = put_office(policy, options.retention_days, timezone.now())
    in_force = office_named(policy.id).policy
    _say(
        f"{policy.id}: {policy.terms.office}, {in_force.revision}"
        + ("" if changed else " (nothing has changed)")
    )
    return DONE


def _office_list(options: argparse.Namespace) -> int:
    _open(options)
    from precheck.endpoint.store.changes import offices_named

    for office in offices_named(None):
        _say(f"{office.pk}\t{office.policy.policy().terms.office}\t{office.policy.revision}")
    return DONE


def _staff_add(options: argparse.Namespace) -> int:
    password = sys.stdin.readline().rstrip("\r\n") if options.password_stdin else None
    _open(options)
    from django.utils import timezone

    from precheck.endpoint.store.changes import put_staff, put_system_administrator
    from precheck.endpoint.store.models import Role

    now = timezone.now()
    if options.role == _SYSTEM:
        if options.office is not None:
            raise Unusable("somebody with the role system belongs to no office; leave out --office")
        put = put_system_administrator(options.name, password, now)
        place = f"the whole system, as {_SYSTEM}"
    else:
        role = None if options.role is None else Role(options.role)
        put = put_staff(options.name, options.office, password, now, role)
        place = f"{options.office or 'every office'}, as {put.role}"
    standing = "is now on" if put.joined else "is already on"
    if put.made is not None:
        kept = "this password is shown once"
    else:
        kept = "the password is unchanged" if password is None else "the password is set"
    _note(f"{options.name} {standing} the staff of {place}; {kept}")
    if put.made is not None:
        _say(put.made)
    return DONE


def _staff_remove(options: argparse.Namespace) -> int:
    _open(options)
    from django.utils import timezone

    from precheck.endpoint.store.changes import remove_staff

    remove_staff(options.name, options.office, timezone.now())
    _note(f"{options.name} is no longer on the staff of {options.office or 'any office'}")
    return DONE


def _staff_list(options: argparse.Namespace) -> int:
    _open(options)
    from precheck.endpoint.store.changes import staff_of

    for member in staff_of(options.office):
        place = member.office or ("every office" if member.role else "the whole system")
        _say(f"{member.name}\t{member.role or _SYSTEM}\t{place}")
    return DONE


def _staff_forget_second_factor(options: argparse.Namespace) -> int:
    _open(options)
    from django.utils import timezone

    from precheck.endpoint.store.second_factor import forget

    forget(options.name, timezone.now())
    _note(f"{options.name} is asked for no code any more")
    return DONE


def _appointment_add(options: argparse.Namespace) -> int:
    _open(options)
    from django.utils import timezone, translation

    from precheck.endpoint.addresses import public_link_of
    from precheck.endpoint.booking.views import booking_words
    from precheck.endpoint.slots import objections
    from precheck.endpoint.store.appointments import add_appointment
    from precheck.endpoint.store.changes import office_named

    now = timezone.now()
    office = office_named(options.office)
    code = add_appointment(office, options.at, options.reference, now)
    _note(f"{office.pk}, {options.at:%A %Y-%m-%d %H:%M}, Japan time; this code is shown once")
    with translation.override(Language.EN.value):
        words = booking_words().objections
    for objection in objections(office.policy.policy().terms, options.at, now):
        _complain(f"warning: entered all the same: {words[objection]}")
    link = public_link_of(code)
    _note(f"the job seeker's link: {link or 'none, until PRECHECK_PUBLIC_URL is set'}")
    _say(format_code(code))
    return DONE


def _appointments(options: argparse.Namespace) -> int:
    _open(options)
    from django.utils import timezone

    from precheck.endpoint.listing import day_of_offices
    from precheck.endpoint.store.changes import offices_named
    from precheck.endpoint.store.models import Office
    from precheck.endpoint.terminal import as_json, print_list
    from precheck.endpoint.tokyo import day_of

    now = timezone.now()
    day = options.date or day_of(now)
    offices = Office.objects.filter(pk__in=[one.pk for one in offices_named(options.office)])
    rows = day_of_offices(day, offices, now).rows
    if options.json:
        _say(as_json(rows, now))
    else:
        print_list(rows, day, now, Language(options.lang))
    return DONE


def _purge(options: argparse.Namespace) -> int:
    _open(options)
    from django.utils import timezone

    from precheck.endpoint.store.housekeeping import keep_house

    gone = keep_house(timezone.now())
    _say(f"deleted: {gone.appointments} appointments, {gone.reports} reports")
    return DONE


def _migrate(options: argparse.Namespace) -> int:
    _open(options, make=True)
    _say("the database is up to date")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    _open(options)
    from precheck.endpoint.store.file import back_up

    back_up(options.file)
    _note(f"{options.file} is complete; keep the secret apart from it, and as safe")
    return DONE


def _openapi(options: argparse.Namespace) -> int:
    from precheck.endpoint.openapi import document_text

    try:
        options.output.write_text(document_text(), encoding="utf-8")
    except OSError as error:
        raise Unusable(f"{options.output} cannot be written: {error.strerror}") from error
    return DONE


def _open(options: argparse.Namespace, *, make: bool = False) -> None:
    try:
        open_store(options.data, make=make)
    except ImproperlyConfigured as error:
        raise Unusable(str(error)) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="precheck-endpoint",
        description="The status endpoint of precheck.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    folder = Path(os.environ.get("PRECHECK_DATA") or default_folder())
    data = argparse.ArgumentParser(add_help=False)
    # Without a default here: it would come over what stands before the command.
    for place, default in ((parser, folder), (data, argparse.SUPPRESS)):
        place.add_argument(
            "--data",
            type=Path,
            metavar="DIR",
            default=default,
            help=f"the data folder (default: PRECHECK_DATA, else {default_folder()})".replace(
                "%", "%%"
            ),
        )

    serve = commands.add_parser("serve", parents=[data], help="run the server")
    serve.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    serve.add_argument("--port", type=_port, default=8000, help="0: a free port")
    serve.add_argument(
        "--all-cores",
        action="store_true",
        help="run on every core, and not on one of its own, which takes in more (Linux)",
    )
    serve.set_defaults(run=_serve)

    office = commands.add_parser("office", help="the offices").add_subparsers(
        required=True, metavar="COMMAND"
    )
    office_add = office.add_parser("add", parents=[data], help="add an office, or renew its policy")
    office_add.add_argument(
        "id", metavar="ID", help="the id of an office of this package, or a new"
    )
    office_add.add_argument("--policy", type=Path, metavar="FILE.toml", help="the office's policy")
    office_add.add_argument(
        "--retention-days",
        type=int,
        metavar="N",
        help="days after the appointment on which the records are deleted (default: 30)",
    )
    office_add.set_defaults(run=_office_add)
    office_list = office.add_parser(
        "list", parents=[data], help="the offices: id, name and revision of the terms, with tabs"
    )
    office_list.set_defaults(run=_office_list)

    staff = commands.add_parser(
        "staff", help="counsellors, helpdesk and administrators"
    ).add_subparsers(required=True, metavar="COMMAND")
    staff_add = staff.add_parser(
        "add",
        parents=[data],
        help="add somebody to an office; prints a new user's password, once",
        description="Add somebody to an office. A new user's password is printed, once.",
        epilog="Somebody who has forgotten the password gets another one by the same command with"
        " --password-stdin, and the new password on standard input.",
    )
    staff_add.add_argument("name", metavar="NAME", help="the user name")
    staff_add.add_argument(
        "--office", metavar="ID", help="left out for a helpdesk of every office, and for system"
    )
    staff_add.add_argument(
        "--role",
        choices=["counsellor", "helpdesk", "administrator", _SYSTEM],
        help="administrator: of the office; system: of everything (default: counsellor, or the"
        " role that they have)",
    )
    staff_add.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password, or a known user's new one, from standard input",
    )
    staff_add.set_defaults(run=_staff_add)
    staff_remove = staff.add_parser(
        "remove", parents=[data], help="take somebody out of an office, or of all, at once"
    )
    staff_remove.add_argument("name", metavar="NAME", help="the user name")
    staff_remove.add_argument("--office", metavar="ID", help="left out: out of everything")
    staff_remove.set_defaults(run=_staff_remove)
    staff_forget = staff.add_parser(
        "forget-second-factor",
        parents=[data],
        help="ask somebody for no code any more, whose telephone is lost",
    )
    staff_forget.add_argument("name", metavar="NAME", help="the user name")
    staff_forget.set_defaults(run=_staff_forget_second_factor)
    staff_list = staff.add_parser(
        "list", parents=[data], help="who is on the staff: name, role and office, with tabs"
    )
    staff_list.add_argument("--office", metavar="ID", help="who may see something of this office")
    staff_list.set_defaults(run=_staff_list)

    appointment = commands.add_parser("appointment", help="one appointment").add_subparsers(
        required=True, metavar="COMMAND"
    )
    appointment_add = appointment.add_parser(
        "add", parents=[data], help="add an appointment; prints its code, once"
    )
    appointment_add.add_argument("--office", required=True, metavar="ID")
    appointment_add.add_argument(
        "--at", required=True, type=_moment, metavar='"YYYY-MM-DD HH:MM"', help="Japan time"
    )
    appointment_add.add_argument(
        "--reference", default="", metavar="TEXT", help="the office's own number for it"
    )
    appointment_add.set_defaults(run=_appointment_add)

    appointments = commands.add_parser(
        "appointments", parents=[data], help="the appointments of a day and who is ready"
    )
    appointments.add_argument(
        "--lang",
        choices=[language.value for language in Language],
        default=Language.JA.value,
        help="the list's language (default: ja)",
    )
    appointments.add_argument("--office", metavar="ID", help="one office only")
    appointments.add_argument("--date", type=_date, metavar="YYYY-MM-DD", help="default: today")
    appointments.add_argument("--json", action="store_true", help="for another program")
    appointments.set_defaults(run=_appointments)

    purge = commands.add_parser(
        "purge",
        parents=[data],
        help="delete what has to go by now, and put into force what was planned",
    )
    purge.set_defaults(run=_purge)

    migrate = commands.add_parser(
        "migrate",
        parents=[data],
        help="bring the database up to date",
        description="Bring the database up to date. Every other command does so at its start, too.",
    )
    migrate.set_defaults(run=_migrate)

    backup = commands.add_parser(
        "backup",
        parents=[data],
        help="copy the database to a new file, while the server goes on",
        epilog="The file is readable for its owner alone, and none is overwritten. With PostgreSQL"
        " use pg_dump.",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")
    backup.set_defaults(run=_backup)

    add_commands(commands, data, _open, _date)

    openapi = commands.add_parser("openapi", parents=[data], help="write the API's description")
    openapi.add_argument("--output", type=Path, default=Path("docs/openapi.json"), metavar="FILE")
    openapi.set_defaults(run=_openapi)
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return parse_wall_time(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError('a time looks like "2026-11-24 10:00"') from error


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a date looks like 2026-11-24") from error
    if not is_everywhere(day):
        raise argparse.ArgumentTypeError("this day lies at the end of the calendar")
    return day


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} cannot be read: {error}") from error


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _note(line: str) -> None:
    """What a person wants to know, beside what a program reads on standard output."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _complain(line: str) -> None:
    sys.stderr.write(f"precheck-endpoint: {line}\n")
