"""security_updates with apt: the simulated upgrade, the age of its lists, and who installs."""

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
    LISTS,
    PERIODIC,
    SIMULATION,
    parse_periodic,
    parse_release,
    parse_simulation,
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
NOTHING = b"0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"


def captured(name: str) -> bytes:
    return (CAPTURED / name).read_bytes()


def printed(stdout: bytes, returncode: int = 0) -> dict[str, Any]:
    return {"returncode": returncode, "stdout": stdout, "stderr": b""}


def at(time: datetime) -> dict[str, Any]:
    return {"kind": "folder", "size": 4096, "modified": time.timestamp()}


def release(suite: str, dated: str, **fields: str) -> bytes:
    lines = [f"{name}: {value}" for name, value in fields.items()]
    return "\n".join([*lines, f"Suite: {suite}", f"Date: {dated}", ""]).encode()


def device(simulated: Any, lists: dict[str, bytes] | None = None, **more: Any):
    files = lists if lists is not None else {SECURITY: captured("bookworm-security_InRelease")}
    return composed(
        {
            ReadFile("/etc/os-release"): b"ID=debian\nVERSION_ID=12\n",
            ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64",
            StatFile("/usr/bin/apt-get"): THERE,
            SIMULATION: printed(simulated) if isinstance(simulated, bytes) else simulated,
            ListFolder(LISTS): tuple(sorted(files)),
            **{ReadFile(f"{LISTS}/{name}", 4096): raw for name, raw in files.items()},
            **more.get("answers", {}),
        }
    )


def found(simulated: Any, lists: dict[str, bytes] | None = None, **more: Any):
    return security_updates.run(device(simulated, lists, **more), context(more.get("now", NOW)))


def test_a_real_system_with_nothing_waiting_passes() -> None:
    assert found(captured("debian-13-nothing-waiting")).verdict is Verdict.PASS


def test_security_updates_are_counted_by_any_release_that_offers_them() -> None:
    updates = parse_simulation(captured("debian-12-many-waiting"))
    assert updates is not None
    assert waiting_in(updates) == Waiting(security=74, updates=121)
    only_first = sum("-security" in update.releases[0] for update in updates)
    assert only_first < 74


def test_an_update_in_a_release_file_older_than_the_grace_has_waited_that_long() -> None:
    lists = {
        SECURITY: captured("bookworm-security_InRelease"),
        MAIN: captured("bookworm_InRelease"),
    }
    finding = found(captured("debian-12-many-waiting"), lists)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, SecurityUpdates.PENDING_OLD)
    assert finding.evidence == {"name": "apt", "count": 74, "days": 132}


def test_what_a_stale_list_shows_has_waited_since_the_list() -> None:
    lists = {SECURITY: captured("bookworm-security_InRelease")}
    later = NOW + timedelta(days=30)
    finding = found(captured("debian-12-many-waiting"), lists, now=later)
    assert finding.reason == SecurityUpdates.PENDING_OLD
    assert found(NOTHING, lists, now=later).reason == SecurityUpdates.STALE_SCAN


ONE = (
    b"1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n"
    b"Inst libfoo [1.0-1] (1.0-1+deb12u1 Debian-Security:12/oldstable-security [amd64])\n"
)


@pytest.mark.parametrize(
    ("inst", "security"),
    [
        ("liba [1] (2 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64])", 1),
        ("liba [1] (2 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [all]) []", 1),
        ("liba [1] (2 Debian:12.15/oldstable [amd64]) [libb:amd64 on liba:amd64] [libb:amd64 ]", 0),
        ("linux-image-6.8.0-60 (6.8.0-60 Ubuntu:24.04/noble-security [amd64])", 1),
        ("libd [1] (2 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64])", 1),
        ("libe [1] (2 UbuntuESMApps:22.04/jammy-apps-security [amd64])", 1),
        ("old [1] (2 Debian-Security:10/oldoldstable [amd64])", 1),
        ("chrome [1] (2 Google LLC:1.0/stable [amd64])", 0),
        ("security-tool [1] (2 Debian:12.15/oldstable [amd64])", 0),
        ("mine [1] (2 localhost [all])", 0),
        ("bare [1] (2 [amd64])", 0),
    ],
)
def test_each_shape_of_a_line_is_read(inst: str, security: int) -> None:
    summary = "1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded."
    updates = parse_simulation(f"{summary}\nInst {inst}\n".encode())
    assert updates is not None
    assert waiting_in(updates) == Waiting(security=security, updates=1)


def test_what_apt_holds_back_is_not_waiting() -> None:
    held = b"The following packages have been kept back:\n  firefox\n"
    summary = b"0 upgraded, 0 newly installed, 0 to remove and 1 not upgraded.\n"
    assert found(held + summary).verdict is Verdict.PASS


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"Reading package lists...\n",
        ONE.splitlines()[0] + b"\n",
        ONE.splitlines()[1] + b"\n",
        ONE.replace(b"(1.0", b"1.0"),
        "アップグレード: 0 個、新規インストール: 0 個\n".encode(),
    ],
)
def test_an_answer_that_is_not_whole_is_no_answer(broken: bytes) -> None:
    assert parse_simulation(broken) is None
    assert found(broken).reason == Unread.GARBLED


def test_a_simulation_that_failed_is_not_read() -> None:
    assert found(printed(NOTHING, returncode=100)).reason == Unread.GARBLED


@pytest.mark.parametrize("why", [Unread.TIMED_OUT, Unread.DENIED, Unread.MISSING])
def test_without_a_simulation_it_cannot_be_told(why: Unread) -> None:
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
    assert parse_simulation(raw) is None
    assert parse_release(raw) is None
    settings = parse_periodic(raw)
    assert settings is None or not settings
    assert found(raw).verdict is Verdict.UNKNOWN
    assert found(NOTHING, {SECURITY: raw}).verdict is Verdict.UNKNOWN


@given(st.integers(0, 20_000))
def test_a_simulation_cut_short_never_passes(length: int) -> None:
    cut = captured("debian-12-many-waiting")[:length]
    assert found(cut).verdict is not Verdict.PASS


@given(st.text(alphabet="MonTueWdJaFb0123456789 :,+-UTCGMT", max_size=40))
def test_any_date_is_read_or_refused(written: str) -> None:
    read = parse_release(release("x-security", written))
    assert read is None or read.dated.tzinfo is not None
