"""The command line `precheck`."""

import argparse
import io
import sys
from collections.abc import Sequence
from typing import NoReturn

from precheck import __version__
from precheck.agent.exits import EXIT_CODES, READY, WRONG_USAGE


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USAGE, f"{self.prog}: {message}\n{self.prog} --help shows examples.\n")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; always ends with one of the exit codes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console without a character shows another in its place and goes on.
            stream.reconfigure(errors="replace")
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if argv == ["--worker"]:
        from precheck.agent import worker

        worker.main()
    options = _parser().parse_args(argv or ["page"])
    if options.command == "version":
        print(__version__)  # noqa: T201 - the whole command
        sys.exit(READY)
    from precheck.agent import invocation

    sys.exit(invocation.run(options))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="precheck",
        description="オンライン相談 事前チェック: checks this device against the terms of an online"
        " job-counselling session. It reads settings only and changes nothing. Without a command it"
        " opens its page in the browser.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    page = _command(
        commands,
        "page",
        "show the checks on a page in the browser, on this device alone",
        "precheck page\nprecheck page --endpoint https://precheck.example.jp",
    )
    page.add_argument(
        "--endpoint",
        metavar="ADDRESS",
        help="the office's status endpoint (default: PRECHECK_ENDPOINT, then precheck.toml beside"
        " the program)",
    )
    page.add_argument(
        "--code", metavar="DIGITS", help="the appointment code, to stand in its field already"
    )
    page.add_argument("--no-open", action="store_true", help="print the page's address only")

    check = _command(
        commands,
        "check",
        "check this device",
        "precheck check --office kakogawa\n"
        "precheck check --code '123 456 7894' --endpoint https://precheck.example.jp\n"
        "precheck check --only firewall,antivirus --json",
    )
    check.add_argument("--office", metavar="ID", help="the office whose terms apply")
    check.add_argument("--code", metavar="DIGITS", help="the appointment code from the office")
    check.add_argument(
        "--endpoint",
        metavar="ADDRESS",
        help="the office's status endpoint (default: PRECHECK_ENDPOINT, then precheck.toml beside"
        " the program)",
    )
    check.add_argument(
        "--only",
        metavar="CHECK[,CHECK]",
        help="run these checks only: says nothing of the whole, is not sent",
    )
    check.add_argument("--json", action="store_true", help="print one JSON document instead")
    check.add_argument("--replay", metavar="FILE", help="judge a recording; not sent")
    check.add_argument(
        "--private-room", choices=("yes", "no"), help="answer: nobody else is near you"
    )
    check.add_argument(
        "--agree", choices=("yes", "no"), help="answer: you agree to this revision of the terms"
    )
    check.add_argument(
        "--own-network", choices=("yes", "no"), help="answer: it is no shop's or station's Wi-Fi"
    )
    sending = check.add_mutually_exclusive_group()
    sending.add_argument("--send", action="store_true", help="ask for consent, then send")
    sending.add_argument("--no-send", action="store_true", help="do not send, do not ask")
    sending.add_argument(
        "--yes-send", action="store_true", help="you consent to sending; for scripts"
    )

    check.add_argument(
        "--yes-send-recording",
        action="store_true",
        help="you consent to sending the helpdesk a recording of what the checks read, too; with"
        " --send or --yes-send",
    )

    record = _command(
        commands,
        "record",
        "write down what the checks read on this device, redacted",
        "precheck record --out my-pc.json\nprecheck check --replay my-pc.json",
    )
    record.add_argument("--out", metavar="FILE", required=True, help="the file to write")
    record.add_argument("--office", metavar="ID", help="the office whose terms apply")
    record.add_argument("--endpoint", metavar="ADDRESS", help="the office's status endpoint")

    _command(commands, "send", "send what waits in the outbox", "precheck send")
    _command(commands, "offices", "list the offices whose terms are built in", "precheck offices")

    explain = _command(
        commands,
        "explain",
        "say what a check is about and what it can find",
        "precheck explain firewall --office toyooka",
    )
    explain.add_argument("check", metavar="CHECK", help="the check's id")
    explain.add_argument("--office", metavar="ID", help="the office whose terms apply")

    demo = _command(
        commands,
        "demo",
        "show everything at once: endpoint, appointment, checks, report, counsellor's list",
        "precheck demo\nprecheck demo --stay",
    )
    demo.add_argument("--office", metavar="ID", default="kakogawa", help="default: kakogawa")
    demo.add_argument(
        "--stay", action="store_true", help="leave the endpoint up until Ctrl-C, to look at it"
    )

    _command(commands, "version", "print the version", "precheck version")
    return parser


def _command(
    commands: "argparse._SubParsersAction[_Parser]", name: str, summary: str, examples: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog="examples:\n" + "\n".join(f"  {line}" for line in examples.splitlines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument(
        "--lang", choices=("ja", "en"), default="ja", help="language (default: ja)"
    )
    return command


if __name__ == "__main__":
    main()
