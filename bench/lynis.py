"""The same machine audited by Lynis (Debian package `lynis`) in the same run, as a yardstick."""

import shutil
import statistics

from bench.timing import PROGRAM, runs, say, wall


def main() -> None:
    if shutil.which("lynis") is None:
        print("lynis is not installed (Debian: apt install lynis): no comparison")
        return
    ours = runs(lambda: wall([*PROGRAM, "check", "--office", "kakogawa", "--json"]), 5)
    theirs = [wall(["lynis", "audit", "system", "--quick"])]
    say("all checks", ours)
    say("lynis audit system --quick", theirs)
    ratio = theirs[0] / statistics.median(ours)
    print(f"{'lynis takes, times ours':<58} {ratio:9.1f}     (promised: at least 20)")
