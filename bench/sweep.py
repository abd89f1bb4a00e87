"""How long a sweep for file names takes beside find(1) over the same tree, hot cache.

It makes a tree of about 50 000 files in the temporary folder, times each way in turn, and prints
medians. The program's own start counts for find, as it would for anybody who called it.
"""

import random
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from probes.system.sweep import sweep

FILES = 50_000
DEPTH = 8
RUNS = 9
NAMES = frozenset({"winny.exe", "share.exe", *(f"program-{number}.exe" for number in range(100))})


def make_tree(root: Path) -> None:
    """Some 7 000 folders, up to five deep, with `FILES` files spread over them."""
    chance = random.Random(1)  # noqa: S311 - a tree, not a secret
    folders, level = [root], [root]
    for width in (12, 5, 5, 4, 5):
        level = [folder / f"Folder {number}" for folder in level for number in range(width)]
        for folder in level:
            folder.mkdir()
        folders += level
    for number in range(FILES):
        ending = chance.choice(["txt", "PDF", "jpg", "docx"])
        (chance.choice(folders) / f"Report-{number}.{ending}").touch()
    (folders[50] / "WinNY.exe").touch()


def find(root: Path, *tests: str) -> Callable[[], object]:
    """find(1) over `root` with the sweep's depth and the given tests."""
    command = ["find", str(root), "-xdev", "-maxdepth", str(DEPTH), *tests]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.PIPE)


def main() -> None:
    """Print the medians in milliseconds, and the sweep's as a share of each."""
    any_name = [part for name in sorted(NAMES) for part in ("-o", "-iname", name)][1:]
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        make_tree(root)
        ways: dict[str, Callable[[], object]] = {
            f"sweep for {len(NAMES)} names": lambda: sweep((bytes(root),), NAMES, DEPTH, 60.0),
            "find -name, one name": find(root, "-name", "winny.exe"),
            f"find -iname, {len(NAMES)} names": find(root, "(", *any_name, ")"),
        }
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(RUNS):
            for way, run in ways.items():
                begun = time.perf_counter()
                run()
                took[way].append((time.perf_counter() - begun) * 1000)
    mine = statistics.median(next(iter(took.values())))
    for way, times in took.items():
        median = statistics.median(times)
        print(f"{way:<58} {median:9.1f} ms  sweep / this: {mine / median:.2f}")
