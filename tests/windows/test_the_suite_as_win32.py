"""The project's own tests, run by Python for Windows.

Those are chosen that mean something there: what both sides agree on, what is kept and sent, and the
judges. What reads a Linux machine runs on Linux only.
"""

import re

import pytest

from tests.windows.bed import PROJECT, Box, as_windows

POSIX_ONLY = ("test_only_the_user_can_read_it",)
"""About permission bits; on Windows a person's own folder is closed to others by its ACL."""


@pytest.mark.parametrize(
    ("tests", "at_least"),
    [
        (("tests/contract",), 1200),
        (("tests/agent/test_outbox_loses_nothing.py",), 12),
        (("tests/agent/test_worker_isolation.py",), 15),
        (("tests/agent/test_client_trusts_only_the_endpoint.py",), 20),
        (
            (
                "tests/probes/test_antivirus_judged.py",
                "tests/probes/test_os_support_on_linux.py",
                "tests/probes/test_security_updates_judged.py",
            ),
            100,
        ),
    ],
    ids=["contract", "outbox", "worker", "client", "judges"],
)
def test_the_suite_passes_on_windows(box: Box, tests: tuple[str, ...], at_least: int) -> None:
    ran = box.python(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", as_windows(PROJECT)),
        *(argument for name in POSIX_ONLY for argument in ("-k", f"not {name}")),
        *(as_windows(PROJECT / path) for path in tests),
        timeout=240,
    )
    said = (ran.out + ran.err).decode(errors="replace")
    assert ran.code == 0, said
    counted = re.search(r"^(\d+) passed", said, re.MULTILINE)
    assert counted and int(counted[1]) >= at_least, said
