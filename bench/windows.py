"""How long the checks take on a composed Windows machine: CPython for Windows under Wine.

It says what our own code costs there. How long a real Windows takes to answer it does not say.
"""

import json
import shutil
import time
from collections import defaultdict
from pathlib import Path

from bench.timing import say
from tests.windows.bed import NEEDED, Box, set_up
from tests.windows.good_machine import open_good_machine
from tests.windows.program import Program, packed

RUNS = 7


def main() -> None:
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing:
        print(
            f"the Windows test bed lacks {', '.join(missing)} (.ci/run installs them): no figures"
        )
        return
    bed = set_up()
    with open_good_machine(bed) as box:
        _measure(box, "from its source", None)
        _measure(box, "packed", packed(bed))


def _measure(box: Box, what: str, exe: Path | None) -> None:
    program = Program(exe)
    durations: dict[str, list[float]] = defaultdict(list)
    whole = []
    program.run(box, "check", "--json")  # thrown away
    for _ in range(RUNS):
        begun = time.perf_counter()
        ran = program.run(box, "check", "--json")
        whole.append(time.perf_counter() - begun)
        for finding in json.loads(ran.out)["findings"]:
            durations[finding["check"]].append(finding["duration_ms"] / 1000)
    say(f"Windows, {what}: the whole run", whole, promise="at most 5000 ms")
    for check, figures in durations.items():
        say(f"Windows, {what}: {check}", figures, promise="at most 1000 ms")
