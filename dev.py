#!/usr/bin/env python3
"""Set up and run the project from a fresh clone: `python3 dev.py demo`, `python3 dev.py test`.

Needs Python 3.11 or newer with its venv module (Debian: python3-venv) and PyPI; everything else is
installed into `.venv` beside this file.
"""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")

EPILOG = """\
examples:
  python3 dev.py demo           the main job: endpoint, appointment, checks, report, list
  python3 dev.py demo --stay    the same, and the endpoint stays up to look at in a browser
  python3 dev.py test           lint, types, import rules, then all tests
  python3 dev.py test -k code   the tests whose name contains "code"
  python3 dev.py coverage       the same tests, and the lines that none of them reaches
  python3 dev.py bench          measure speed and memory, with medians and ratios
  python3 dev.py run check --office kakogawa   the checker itself"""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("task", choices=tuple(TASKS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to the task")
    options = parser.parse_args()
    if sys.version_info < (3, 11):
        sys.exit("dev.py needs Python 3.11 or newer")
    set_up("endpoint" if options.task in ("demo", "run") else "dev")
    # Told to end, it ends as by Ctrl-C, and what it runs with it: that too where a shell started it
    # in the background and has both ignore Ctrl-C.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    return TASKS[options.task](options.arguments)


def set_up(extra: str) -> None:
    """Make the virtual environment hold the project with `extra`, unless it does already."""
    stamp = VENV / f"{extra}.stamp"
    state = hashlib.sha256(
        b"".join((HERE / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))
    ).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    print(f"setting up {VENV.name} (once; a minute or two)", flush=True)
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], cwd=HERE, check=False)
        if made.returncode:
            sys.exit("a virtual environment could not be made; on Debian: apt install python3-venv")
    install = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    run([*install, "-c", "constraints.txt", "-e", f".[{extra}]"])
    stamp.write_text(state, encoding="utf-8")


def demo(arguments: list[str]) -> int:
    return call([str(PYTHON), "-m", "precheck.agent.cli", "demo", *arguments])


def program(arguments: list[str]) -> int:
    return call([str(PYTHON), "-m", "precheck.agent.cli", *arguments])


def test(arguments: list[str]) -> int:
    if not arguments:
        run([str(BIN / "ruff"), "format", "--check", "-q", "."])
        run([str(BIN / "ruff"), "check", "-q", "."])
        run([str(BIN / "mypy")])
        run([str(BIN / "lint-imports")], quiet=True)
    parallel = [] if arguments else ["-n", str(min(os.cpu_count() or 1, 8))]
    return call([str(PYTHON), "-m", "pytest", "-q", *parallel, *arguments])


def coverage(arguments: list[str]) -> int:
    tool = str(BIN / "coverage")
    done = call([tool, "run", "-m", "pytest", "-q", *arguments])
    run([tool, "combine", "-q"])
    call([tool, "report", "--skip-covered", "--sort=cover"])
    return done


def bench(arguments: list[str]) -> int:
    return call([str(PYTHON), "-m", "bench", *arguments])


TASKS = {"demo": demo, "run": program, "test": test, "coverage": coverage, "bench": bench}


def run(command: list[str], *, quiet: bool = False) -> None:
    """Run `command`, or end with its exit code and what it said."""
    done = subprocess.run(command, cwd=HERE, check=False, capture_output=quiet, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout or ''}{done.stderr or ''}{Path(command[0]).name} failed")


def call(command: list[str]) -> int:
    """Run `command` to its end; an interruption is passed on, and waited for."""
    with subprocess.Popen(command, cwd=HERE) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                # From the keyboard it reaches the command as well; from elsewhere it does not.
                process.send_signal(signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main())
