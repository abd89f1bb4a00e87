"""Our `packaging/` folder must never shadow the library of that name."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_folder_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_from_the_repository_root_the_library_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import packaging.version as v; print(v.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ROOT / "packaging" not in Path(done.stdout.strip()).parents
