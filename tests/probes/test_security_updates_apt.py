"""security_updates with apt: the list of updates, the age of its lists, and who installs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.facts import Known, Unknown
from probes.security_updates import linux, security_updates
from probes.security_updates.apt import (
    ALL_VERSIONS,
    LISTS,
    PERIODIC,
    SELECTIONS,
    UPGRADABLE,
    parse_list,
    parse_periodic,
    parse_release,
    parse_selections,
    scanned,
    waiting_in,
)
from probes.security_updates.facts import Automatic, Waiting
from probes.system.questions import DBusCall, ListFolder, ReadFile, StatFile
from tests.machines import composed, context

CAPTURED = Path(__file__).parent / "updates" / "apt"
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECURITY = "deb.debian.org_debian-security_dists_bookworm-security_InRelease"
MAIN = "deb.debian.org_debian_dists_bookworm_InRelease"
THERE = {"kind": "file", "size": 1, "modified": 1.0}
NOTHING = b"Listing...\n"
NO_HOLD = b"install dpkg amd64\ninstall libfoo amd64\n"


def captured(name: str) -> bytes:
    return (CAPTURED / name).read_bytes()


def printed(stdout: bytes, returncode: int = 0) -> dict[str, Any]:
    return {"returncode": returncode, "stdout": stdout, "stderr": b""}


def at(time: datetime) -> dict[str, Any]:
    return {"kind": "folder", "size": 4096, "modified": time.timestamp()}


def release(suite: str, dated: str, **fields: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in fields.items()]
    return "\n".join([*lines, f"Suite: {suite}", f"Date: {dated}", ""]).encode()


def device(listed: Any, lists: dict[str, bytes] | None = None, **more: Any):
    files = lists if lists is not None else {SECURITY: captured("bookworm-security_InRelease")}
    return composed(
        {
            ReadFile("/etc/os-release"): b"ID=debian\nVERSION_ID=12\n",
            ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64",
            StatFile("/usr/bin/apt-get"): THERE,
            UPGRADABLE: printed(listed) if isinstance(listed, bytes) else listed,
            ALL_VERSIONS: printed(listed) if isinstance(listed, bytes) else listed,
            SELECTIONS: printed(NO_HOLD),
            ListFolder(LISTS): tuple(sorted(files)),
            **{ReadFile(f"{LISTS}/{name}", 4096): raw for name, raw in files.items()},
            **more.get("answers", {}),
        }
    )


def found(listed: Any, lists: dict[str, bytes] | None = None, **more: Any):
    return security_updates.run(device(listed, lists, **more), context(more.get("now", NOW)))


def test_a_list_that_holds_nothing_passes() -> None:
    assert found(NOTHING).verdict is Verdict.PASS


def test_security_updates_are_counted_by_any_suite_that_offers_them() -> None:
    updates = parse_list(captured("debian-12-many-waiting"))
    assert updates is not None
    assert waiting_in(updates) == Waiting(security=73, updates=120)
    shared = frozenset({"oldstable", "oldstable-security"})
    assert sum(update.suites == shared for update in updates) > 0


def test_a_list_with_every_version_tells_at_least_as_much() -> None:
    few = parse_list(captured("debian-12-many-waiting"))
    all_versions = parse_list(captured("debian-12-all-versions"))
    assert few is not None
    assert all_versions is not None
    assert [item.package for item in few] == [item.package for item in all_versions]
    assert all(a.suites <= b.suites for a, b in zip(few, all_versions, strict=True))


def security_in(raw: bytes) -> set[str]:
    updates = parse_list(raw)
    assert updates is not None
    return {update.package[0] for update in updates if update.security}


def test_of_every_version_only_those_newer_than_the_installed_count() -> None:
    assert security_in(captured("made-upgradable")) == {"held", "kept", "plain"}
    assert security_in(captured("made-all-versions")) == {"between", "held", "kept", "plain"}
    block = (
        b"Listing...\nliba/trixie-security 9 amd64\n"
        b"liba/noble-updates 3 amd64 [upgradable from: 2]\n"
        b"liba/now 2 amd64 [installed,upgradable to: 3]\nliba/noble-security 1 amd64\n\n"
    )
    assert security_in(block) == set()


COVERED = b"Listing...\nliba/noble-updates 2.1 amd64 [upgradable from: 1.9]\n"
UNCOVERED = COVERED + (
    b"liba/noble-security 2.0 amd64\nliba/now 1.9 amd64 [installed,upgradable to: 2.1]\n\n"
)


def test_a_security_update_below_another_update_waits_all_the_same() -> None:
    harmless = found(COVERED)
    assert harmless.verdict is Verdict.PASS
    hidden = found(COVERED, answers={ALL_VERSIONS: printed(UNCOVERED)})
    assert (hidden.reason, hidden.evidence["count"]) == (SecurityUpdates.PENDING_AGE_UNKNOWN, 1)
    unread = found(COVERED, answers={ALL_VERSIONS: Unread.TIMED_OUT})
    assert unread.reason == Unread.TIMED_OUT


def test_an_update_in_a_release_file_older_than_the_grace_has_waited_that_long() -> None:
    lists = {
        SECURITY: captured("bookworm-security_InRelease"),
        MAIN: captured("bookworm_InRelease"),
    }
    finding = found(captured("debian-12-many-waiting"), lists)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, SecurityUpdates.PENDING_OLD)
    assert finding.evidence == {"name": "apt", "count": 73, "days": 132}


def test_what_a_stale_list_shows_has_waited_since_the_list() -> None:
    lists = {SECURITY: captured("bookworm-security_InRelease")}
    later = NOW + timedelta(days=30)
    finding = found(captured("debian-12-many-waiting"), lists, now=later)
    assert finding.reason == SecurityUpdates.PENDING_OLD
    assert found(NOTHING, lists, now=later).reason == SecurityUpdates.STALE_SCAN


def test_of_releases_with_the_same_suite_the_newest_says_since_when() -> None:
    lists = {
        SECURITY: release("oldstable-security", "Fri, 20 Nov 2026 10:00:00 UTC"),
        MAIN: release("oldstable", "Sat, 11 Jul 2026 10:00:00 UTC"),
        "dl.example.org_dists_oldstable_InRelease": release(
            "oldstable", "Wed, 18 Nov 2026 10:00:00 UTC"
        ),
    }
    both = ONE.replace(b"oldstable-security", b"oldstable,oldstable-security")
    assert found(both, lists).reason == SecurityUpdates.PENDING_AGE_UNKNOWN
    del lists["dl.example.org_dists_oldstable_InRelease"]
    assert found(both, lists).reason == SecurityUpdates.PENDING_OLD


ONE = b"Listing...\nlibfoo/oldstable-security 1.0-1+deb12u1 amd64 [upgradable from: 1.0-1]\n"


@pytest.mark.parametrize(
    ("line", "security"),
    [
        ("liba/oldstable,oldstable-security 2 amd64 [upgradable from: 1]", 1),
        ("liba/oldstable-security 1:2~rc1+b1-1 all [upgradable from: 1:1]", 1),
        ("g++-12/noble-updates,noble-security 12.3-1 i386 [upgradable from: 12.2-1]", 1),
        ("libe/jammy-apps-security 2 amd64 [upgradable from: 1]", 1),
        ("libe/jammy-infra-security 2 amd64 [upgradable from: 1]", 1),
        ("liba/oldstable 2 amd64 [upgradable from: 1]", 0),
        ("security-tool/oldstable 2 amd64 [upgradable from: 1]", 0),
        ("chrome/stable 2 amd64 [upgradable from: 1]", 0),
        ("rocm/Ubuntu 16.04 2 amd64 [upgradable from: 1]", 0),
        ("bare/unknown 2 all [upgradable from: 1]", 0),
        ("bare/ 2 all [upgradable from: 1]", 0),
    ],
)
def test_each_shape_of_a_line_is_read(line: str, security: int) -> None:
    for header in ("Listing...", "Listing... Done"):
        updates = parse_list(f"{header}\n{line}\n".encode())
        assert updates is not None
        assert waiting_in(updates) == Waiting(security=security, updates=1)


HELD = b"install dpkg amd64\nhold libfoo amd64\nunknown gone \ndeinstall old all\n"


def test_a_security_update_that_the_person_holds_back_is_no_pass_and_no_fail() -> None:
    alone = found(ONE, answers={SELECTIONS: printed(HELD)})
    assert (alone.verdict, alone.reason) == (Verdict.UNKNOWN, SecurityUpdates.HELD_BACK)
    assert alone.evidence["count"] == 1


def test_a_hold_on_one_package_excuses_no_other() -> None:
    another = ONE + b"libbar/oldstable-security 2 amd64 [upgradable from: 1]\n"
    both = found(another, answers={SELECTIONS: printed(HELD)})
    assert (both.reason, both.evidence["count"]) == (SecurityUpdates.PENDING_AGE_UNKNOWN, 1)
    elsewhere = found(ONE, answers={SELECTIONS: printed(HELD.replace(b"amd64", b"i386"))})
    assert elsewhere.reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_held_update_that_is_no_security_update_changes_nothing() -> None:
    plain = ONE.replace(b"-security", b"")
    assert found(plain, answers={SELECTIONS: printed(HELD)}).verdict is Verdict.PASS


@pytest.mark.parametrize("broken", [b"", b"hold\n", b"hold libfoo amd64", b"keep libfoo amd64\n"])
def test_selections_that_cannot_be_read_leave_it_open_who_holds_what(broken: bytes) -> None:
    assert parse_selections(broken) is None
    assert found(ONE, answers={SELECTIONS: printed(broken)}).reason == Unread.GARBLED


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\n",
        b"Listing...",
        ONE.splitlines(keepends=True)[1],
        ONE.rstrip(b"\n"),
        ONE.replace(b"[upgradable", b"[can be upgraded"),
        ONE.replace(b"[upgradable from: 1.0-1]", b""),
        ONE.replace(b" [upgradable from: 1.0-1]", b""),
        ONE.replace(b"[upgradable from: 1.0-1]", b"upgradable from 1"),
        ONE.replace(b"/", b" "),
        ONE + b"libbar/oldstable-security 2 amd64\n",
        ONE + b"N: There is 1 additional version.\n",
        ONE.replace(b"Listing...", b"Upgradable:"),
        "一覧表示... 完了\n".encode(),
    ],
)
def test_a_list_in_another_shape_is_no_list(broken: bytes) -> None:
    assert parse_list(broken) is None
    assert found(broken).reason == Unread.GARBLED


def test_a_list_that_failed_is_not_read() -> None:
    assert found(printed(NOTHING, returncode=100)).reason == Unread.GARBLED


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.DENIED, Unread.MISSING])
def test_without_a_list_it_cannot_be_told(why: Unread) -> None:
    finding = found(why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


def test_without_a_security_pocket_nothing_waiting_says_nothing() -> None:
    finding = found(NOTHING, {MAIN: captured("bookworm_InRelease")})
    assert finding.reason == SecurityUpdates.NO_SECURITY_SOURCE


def test_a_system_that_never_fetched_its_lists_does_not_pass() -> None:
    assert found(NOTHING, {}).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_a_security_pocket_that_cannot_be_read_is_not_fresh() -> None:
    lists = {SECURITY: b"", MAIN: captured("bookworm_InRelease")}
    assert found(NOTHING, lists).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_a_touched_folder_or_cache_makes_no_list_fresh() -> None:
    touched = {
        StatFile(LISTS): at(NOW),
        StatFile(f"{LISTS}/partial"): at(NOW),
        StatFile(f"{LISTS}/{SECURITY}"): at(NOW),
        StatFile("/var/cache/apt/pkgcache.bin"): at(NOW),
        StatFile("/var/lib/apt/periodic/update-success-stamp"): at(NOW),
    }
    stale = {SECURITY: release("oldstable-security", "Wed, 07 Oct 2026 22:17:41 UTC")}
    assert found(NOTHING, stale, answers=touched).reason == SecurityUpdates.STALE_SCAN


def test_a_release_file_from_the_future_is_not_believed() -> None:
    ahead = {SECURITY: release("oldstable-security", "Wed, 18 Nov 2027 22:17:41 UTC")}
    assert found(NOTHING, ahead).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_of_several_security_pockets_the_oldest_decides() -> None:
    fresh = release("noble-security", "Fri, 20 Nov 2026 10:00:00 UTC", Origin="Ubuntu")
    stale = release("other-security", "Fri, 02 Oct 2026 10:00:00 UTC", Origin="Other")
    both = {"a_dists_noble-security_InRelease": fresh, "b_dists_other-security_InRelease": stale}
    assert found(NOTHING, both).reason == SecurityUpdates.STALE_SCAN


def test_ubuntu_pro_continues_a_pocket_that_has_ended_and_ages_none() -> None:
    def dated(regular: str, pro: str) -> datetime | None:
        pockets = (
            release("focal-security", regular, Origin="Ubuntu"),
            release("focal-infra-security", pro, Origin="UbuntuESM"),
            release("focal-apps-security", regular, Origin="UbuntuESMApps"),
        )
        read = [parse_release(pocket) for pocket in pockets]
        return scanned(tuple(item for item in read if item is not None))

    old, new = "Thu, 29 May 2025 10:00:00 UTC", "Fri, 20 Nov 2026 10:00:00 UTC"
    assert dated(regular=old, pro=new) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert dated(regular=new, pro=old) == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert dated(regular=old, pro=old) == datetime(2025, 5, 29, 10, tzinfo=UTC)


def test_a_daily_job_that_succeeded_lately_makes_what_waits_recent() -> None:
    def stamped(days: int):
        stamp = StatFile("/var/lib/apt/periodic/upgrade-stamp")
        return found(ONE, answers={stamp: at(NOW - timedelta(days=days))})

    assert stamped(3).reason == SecurityUpdates.PENDING_RECENT
    assert stamped(15).reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def test_a_system_installed_lately_is_given_the_grace() -> None:
    installer = StatFile("/var/log/installer")
    lately = found(ONE, answers={installer: at(NOW - timedelta(days=2))})
    assert lately.reason == SecurityUpdates.PENDING_RECENT
    long_ago = found(ONE, answers={installer: at(NOW - timedelta(days=900))})
    assert long_ago.reason == SecurityUpdates.PENDING_AGE_UNKNOWN


def unit(name: str) -> DBusCall:
    return DBusCall(
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
        "GetUnitFileState",
        "s",
        (name,),
    )


ON = {
    PERIODIC: printed(captured("periodic-on")),
    StatFile("/usr/bin/unattended-upgrade"): THERE,
    unit("apt-daily.timer"): ("enabled",),
    unit("apt-daily-upgrade.timer"): ("enabled",),
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Automatic.ON),
        ({StatFile("/usr/bin/unattended-upgrade"): Unread.MISSING}, Automatic.OFF),
        ({PERIODIC: printed(b'APT::Periodic "";\n')}, Automatic.OFF),
        ({unit("apt-daily-upgrade.timer"): ("masked",)}, Automatic.OFF),
        ({unit("apt-daily.timer"): ("disabled",)}, Automatic.OFF),
        ({unit("apt-daily.timer"): Unread.MISSING}, None),
        ({PERIODIC: Unread.MISSING}, None),
        ({PERIODIC: printed(b"", returncode=100)}, None),
        ({PERIODIC: printed(b""), StatFile("/usr/bin/gnome-software"): THERE}, None),
    ],
)
def test_automatic_updates_are_on_when_wanted_installed_and_started(change, expected) -> None:
    answers = {**ON, **change}
    facts = linux.observe(device(NOTHING, answers=answers), context(NOW))
    if expected is None:
        assert isinstance(facts.automatic, Unknown)
    else:
        assert isinstance(facts.automatic, Known)
        assert facts.automatic.value is expected


def test_automatic_updates_switched_off_are_a_warning() -> None:
    switched_off = {**ON, PERIODIC: printed(b'APT::Periodic::Enable "0";\n')}
    assert found(NOTHING, answers=ON).reason == SecurityUpdates.CURRENT
    assert found(NOTHING, answers=switched_off).reason == SecurityUpdates.AUTOMATIC_OFF


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_garbage_is_never_a_pass(raw: bytes) -> None:
    assert parse_list(raw) is None
    assert parse_selections(raw) is None
    assert parse_release(raw) is None
    settings = parse_periodic(raw)
    assert settings is None or not settings
    assert found(raw).verdict is Verdict.UNKNOWN
    assert found(NOTHING, {SECURITY: raw}).verdict is Verdict.UNKNOWN


@given(st.integers(12, 8_000))
def test_a_list_cut_short_never_passes(length: int) -> None:
    cut = captured("debian-12-many-waiting")[:length]
    assert (parse_list(cut) is None) is not cut.endswith(b"\n")
    if not cut.endswith(b"\n"):
        assert found(cut).verdict is Verdict.UNKNOWN


@given(st.lists(st.sampled_from(captured("made-all-versions").split(b"\n")), max_size=12))
def test_lines_in_any_order_are_read_whole_or_refused(lines: list[bytes]) -> None:
    updates = parse_list(b"\n".join([b"Listing...", *lines, b""]))
    named = {line.partition(b"/")[0].decode() for line in lines if b"/" in line}
    assert updates is None or {update.package[0] for update in updates} == named


@given(st.text(alphabet="MonTueWdJaFb0123456789 :,+-UTCGMT", max_size=40))
def test_any_date_is_read_or_refused(written: str) -> None:
    read = parse_release(release("x-security", written))
    assert read is None or read.dated.tzinfo is not None
