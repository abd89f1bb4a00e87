"""The address lets in whoever has it first: it is written where the person reads it, or has asked
for it, and never into a log."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.page.test_the_page_as_a_program import QUIETLY, enter, printed, started
from tests.agent.program import INHERITED, at_home

ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/#([\w-]+)")
PROGRAM = (sys.executable, "-m", "precheck.agent.cli")


def test_into_a_pipe_goes_how_to_ask_and_whoever_asks_gets_it(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        assert first.stdout is not None
        line = first.stdout.readline()
        assert "precheck page --no-open" in line
        assert "http" not in line and "#" not in line
        with started(tmp_path, "page") as second:
            assert second.wait(timeout=30) == 0
            assert second.stdout is not None
            assert "http" not in second.stdout.read()
        with started(tmp_path, *QUIETLY) as third:
            enter(*printed(third))


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals to be made")
@pytest.mark.parametrize("arguments", [(), ("page",)])
def test_on_a_terminal_it_is_printed(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ours, theirs = os.openpty()
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
        env={**kept, **at_home(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    os.close(theirs)
    try:
        with os.fdopen(ours, encoding="utf-8") as terminal:
            found = ADDRESS.search(terminal.readline())
            assert found
            enter(int(found[1]), found[2])
    finally:
        process.kill()
        process.wait()
