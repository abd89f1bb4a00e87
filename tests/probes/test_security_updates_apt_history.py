"""security_updates with apt: when updates were last installed, by apt's own history."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from probes.security_updates import security_updates
from probes.security_updates.apt import HISTORY, LISTS, SELECTIONS, UPGRADABLE
from probes.security_updates.apt_history import (
    LOG_LIMIT,
    parse_history,
    unpacked,
    upgrades_everything,
)
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import composed, context

CAPTURED = Path(__file__).parent / "updates" / "apt"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
POCKET = "deb.debian.org_debian-security_dists_bookworm-security_InRelease"
ONE_WAITS = b"Listing...\nlibfoo/oldstable-security 1.0-1+deb12u1 amd64 [upgradable from: 1.0-1]\n"
LOG = ReadFile(HISTORY, LOG_LIMIT)
ROTATED = ReadFile(f"{HISTORY}.1.gz", LOG_LIMIT)


def entry(days_ago: int, command: str, *lines: str) -> str:
    time = (NOW - timedelta(days=days_ago)).strftime("%Y-%m-%d  %H:%M:%S")
    return "\n".join(
        ["", f"Start-Date: {time}", f"Commandline: {command}", *lines, f"End-Date: {time}", ""]
    )


UPGRADED = "Upgrade: libfoo:amd64 (1.0-1, 1.0-2)"
INSTALLED = "Install: vlc:amd64 (3.0.21-0+deb12u1)"


def reason(log: str | Unread = Unread.MISSING, rotated: str | Unread = Unread.MISSING) -> str:
    """What is said of one waiting update on a machine with these logs."""
    machine = composed(
        {
            ReadFile("/etc/os-release"): b"ID=debian\n",
            StatFile("/usr/bin/apt-get"): {"kind": "file", "size": 1, "modified": 1.0},
            UPGRADABLE: {"returncode": 0, "stdout": ONE_WAITS, "stderr": b""},
            SELECTIONS: {"returncode": 0, "stdout": b"install libfoo amd64\n", "stderr": b""},
            ListFolder(LISTS): (POCKET,),
            ReadFile(f"{LISTS}/{POCKET}", 4096): (
                CAPTURED / "bookworm-security_InRelease"
            ).read_bytes(),
            LOG: log if isinstance(log, Unread) else log.encode(),
            ROTATED: rotated if isinstance(rotated, Unread) else gzip.compress(rotated.encode()),
        }
    )
    return security_updates.run(machine, context(NOW)).reason


def test_a_real_log_of_unattended_upgrades_shows_when_it_caught_up() -> None:
    history = parse_history((CAPTURED / "unattended-upgrades-history.log").read_bytes())
    assert history is not None
    assert history.began == datetime(2026, 11, 21, 1, 14, 35, tzinfo=UTC)
    assert history.caught_up == datetime(2026, 11, 21, 1, 14, 49, tzinfo=UTC)
    assert history.upgraded == history.caught_up


@pytest.mark.parametrize(
    ("command", "everything"),
    [
        ("apt-get dist-upgrade", True),
        ("apt-get -y -o Dpkg::Options::=--force-confold upgrade", True),
        ("apt full-upgrade", True),
        ("/usr/bin/unattended-upgrade -v", True),
        ("aptitude safe-upgrade", True),
        ("apt-get install --only-upgrade firefox", False),
        ("apt-get install upgrade", False),
        ("apt-get -o Dir::State::lists=/tmp/lists upgrade", False),
        ("apt-get -t upgrade install vlc", False),
        ("aptdaemon role='role-commit-packages' sender=':1.136'", False),
        ("packagekit role='update-packages'", False),
        ("/usr/sbin/synaptic", False),
        ("apt-get 'upgrade", False),
        ("", False),
    ],
)
def test_only_a_command_for_all_updates_upgrades_everything(command: str, everything: bool) -> None:
    assert upgrades_everything(command) is everything


def test_a_full_upgrade_within_the_grace_makes_what_waits_recent() -> None:
    assert reason(entry(13, "apt-get upgrade", UPGRADED)) == SecurityUpdates.PENDING_RECENT
    assert reason(entry(15, "apt-get upgrade", UPGRADED)) == SecurityUpdates.PENDING_IDLE


def test_a_full_upgrade_that_failed_did_not_catch_up() -> None:
    failed = entry(2, "apt-get upgrade", UPGRADED, "Error: Sub-process dpkg returned an error code")
    assert reason(failed) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_partial_upgrade_says_nothing_of_the_rest() -> None:
    partial = entry(2, "apt-get install --only-upgrade libfoo", UPGRADED)
    before = entry(40, "apt-get upgrade", UPGRADED)
    assert reason(before + partial) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_installing_other_software_installs_no_updates() -> None:
    log = entry(40, "apt-get upgrade", UPGRADED) + entry(1, "apt-get install vlc", INSTALLED)
    assert reason(log) == SecurityUpdates.PENDING_IDLE


def test_a_log_without_upgrades_proves_idleness_for_as_long_as_it_reaches_back() -> None:
    assert reason(entry(20, "apt-get install vlc", INSTALLED)) == SecurityUpdates.PENDING_IDLE
    short = entry(3, "apt-get install vlc", INSTALLED)
    assert reason(short) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_the_log_that_was_rotated_away_counts_too() -> None:
    installed = entry(1, "apt-get install vlc", INSTALLED)
    recent, old = (entry(days, "apt full-upgrade", UPGRADED) for days in (10, 30))
    assert reason(installed, recent) == SecurityUpdates.PENDING_RECENT
    assert reason(Unread.MISSING, recent) == SecurityUpdates.PENDING_RECENT
    assert reason(Unread.MISSING, old) == SecurityUpdates.PENDING_IDLE


def test_a_log_that_cannot_be_read_hides_what_came_after_the_rotated_one() -> None:
    old = entry(30, "apt full-upgrade", UPGRADED)
    assert reason(Unread.DENIED, old) == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_without_any_log_the_age_is_unknown() -> None:
    assert reason() == SecurityUpdates.PENDING_AGE_UNKNOWN


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_garbage_for_a_log_is_no_history(raw: bytes) -> None:
    assert parse_history(raw) is None
    assert unpacked(raw) is None


def test_a_packed_log_must_be_whole_and_of_a_sane_size() -> None:
    packed = gzip.compress(b"Start-Date: 2026-11-01  10:00:00\n")
    assert unpacked(packed) is not None
    assert unpacked(packed[:-4]) is None
    assert unpacked(gzip.compress(bytes(LOG_LIMIT + 1))) is None
