"""The pages of staff from stores of 1,000 to 1,000,000 reports.

A store grows office by office as `stored.py` says; at 1,000,000 reports it holds some 550 offices,
about as many as there are in Japan. Each page is asked for by a member of one office, and again by
somebody who serves all of them, for whom those who wait grow with the offices.

What is measured is the processor time of an answer (`staff_pages.py`), on PostgreSQL with the
server's; beside what is promised of a million reports stands the promise.

It takes some three minutes and 3 GB for each store, so it runs only when it is named:
`python3 dev.py bench million`. Without PostgreSQL's programs it measures SQLite alone.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.endpoint.postgresql_server import is_installed, running

SIZES = (1_000, 10_000, 100_000, 1_000_000)

_GROW = """
import sys
from pathlib import Path
from precheck.endpoint.opening import open_store
open_store(Path(sys.argv[1]))
from bench.staff_pages import grow_and_say
grow_and_say([int(size) for size in sys.argv[2:]])
"""


def main() -> None:
    print("a logarithm would double from 10³ to 10⁶")
    _grow({})
    if not is_installed():
        print("no PostgreSQL server (Debian: apt install postgresql): SQLite alone")
        return
    with running({"max_wal_size": "4GB"}) as server:
        server.make_database("million")
        _grow({"DATABASE_URL": server.address("million")})


def _grow(environment: Mapping[str, str]) -> None:
    with TemporaryDirectory(prefix="precheck-bench-") as temporary:
        folder = Path(temporary)
        (folder / "secret").write_text(secrets.token_urlsafe(48), encoding="ascii")
        (folder / "secret").chmod(0o600)
        subprocess.run(
            [sys.executable, "-c", _GROW, str(folder), *map(str, SIZES)],
            check=True,
            env={**os.environ, "PRECHECK_LOG_LEVEL": "error", **environment},
        )


if __name__ == "__main__":
    main()
