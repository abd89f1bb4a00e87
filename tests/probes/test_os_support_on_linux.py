"""os_support on Linux: os-release, the lifecycle catalogue, and extended support on evidence."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import OsSupport, Unread
from precheck.contract.verdict import Verdict
from probes.os_release import parse_os_release
from probes.os_support import os_support
from probes.os_support.linux import parse_ubuntu_pro
from probes.system.questions import ListFolder, ReadFile, StatFile
from tests.machines import composed, context, policy_with

RELEASES = Path(__file__).parent / "os-release"
"""Real os-release files; `README.md` beside them says from where."""


def device(release: bytes, **more: object):
    return composed(
        {
            ReadFile("/etc/os-release"): release,
            ReadFile("/proc/version"): b"Linux version 6.1.0-13-amd64",
            **more.get("answers", {}),
        }
    )


def found(release: bytes, now: datetime | None = None, policy=None, **more: object):
    return os_support.run(device(release, **more), context(*([now] if now else []), policy=policy))


def shipped(name: str) -> bytes:
    return (RELEASES / name).read_bytes()


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("ubuntu-26.04", OsSupport.SUPPORTED),
        ("ubuntu-24.04", OsSupport.SUPPORTED),
        ("debian-13", OsSupport.SUPPORTED),
        ("debian-testing", OsSupport.PRERELEASE),
        ("fedora-42", OsSupport.ENDED),
    ],
)
def test_a_real_os_release_file_is_judged_by_its_end_date(file: str, reason: OsSupport) -> None:
    assert found(shipped(file)).reason == reason


def test_the_last_day_of_support_still_counts_and_the_next_does_not() -> None:
    last = datetime(2028, 8, 9, 14, 59, tzinfo=UTC)
    release = shipped("debian-13") + b"SUPPORT_END=2028-08-09\n"
    assert found(release, last).verdict is Verdict.WARN
    after = found(release, last.replace(hour=15, minute=0))
    assert after.verdict is not Verdict.PASS
    assert after.verdict is not Verdict.WARN


def test_within_a_month_of_the_end_the_person_is_warned() -> None:
    assert found(b"ID=fedora\nVERSION_ID=43\n").reason == OsSupport.ENDING_SOON
    patient = policy_with("os_support", ending_soon=5)
    assert found(b"ID=fedora\nVERSION_ID=43\n", policy=patient).reason == OsSupport.SUPPORTED


def test_between_two_sources_end_dates_it_is_a_warning() -> None:
    between = b"ID=fedora\nVERSION_ID=43\nSUPPORT_END=2026-11-01\n"
    assert found(between).reason == OsSupport.AROUND_END


def test_a_release_newer_than_the_data_is_unknown() -> None:
    assert found(b"ID=ubuntu\nVERSION_ID=27.04\n").reason == OsSupport.NEWER_THAN_DATA
    assert found(b"ID=debian\nVERSION_ID=14\n").verdict is Verdict.UNKNOWN


def test_a_release_newer_than_the_data_that_states_its_own_end_is_judged_by_it() -> None:
    release = b"ID=fedora\nVERSION_ID=45\nSUPPORT_END=2027-12-01\n"
    assert found(release).reason == OsSupport.SUPPORTED


def test_a_release_older_than_all_the_data_has_ended() -> None:
    assert found(b"ID=ubuntu\nVERSION_ID=8.04\n").reason == OsSupport.ENDED


@pytest.mark.parametrize("release", [b"ID=someos\nVERSION_ID=1\n", b"ID=ubuntu\nVERSION_ID=x\n"])
def test_an_os_that_the_catalogue_does_not_name_is_unknown(release: bytes) -> None:
    assert found(release).reason == OsSupport.UNKNOWN_RELEASE


def test_a_rolling_distribution_has_no_version_to_end() -> None:
    assert found(b"ID=arch\nBUILD_ID=rolling\n").reason == OsSupport.ROLLING


BOOKWORM = b"ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n"
LISTS = ListFolder("/var/lib/apt/lists")


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        (("mirror_dists_bookworm-security_InRelease",), OsSupport.EXTENDED),
        (("mirror_dists_bookworm_InRelease",), OsSupport.NOT_EXTENDED),
        (("mirror_dists_bullseye-security_InRelease",), OsSupport.NOT_EXTENDED),
        (Unread.DENIED, OsSupport.EXTENSION_UNREADABLE),
    ],
)
def test_debian_lts_counts_only_when_the_security_pocket_is_fetched(lists, reason) -> None:
    assert found(BOOKWORM, answers={LISTS: lists}).reason == reason


def test_an_office_may_refuse_extended_support() -> None:
    strict = policy_with("os_support", extended_support="reject")
    lists = ("mirror_dists_bookworm-security_InRelease",)
    finding = found(BOOKWORM, policy=strict, answers={LISTS: lists})
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, OsSupport.EXTENDED)


FOCAL = b"ID=ubuntu\nVERSION_ID=20.04\n"
PRO = ReadFile("/var/lib/ubuntu-advantage/status.json")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({"services": [{"name": "esm-infra", "status": "enabled"}]}, OsSupport.EXTENDED),
        ({"services": [{"name": "esm-infra", "status": "disabled"}]}, OsSupport.NOT_EXTENDED),
        ({"services": [{"name": "esm-apps", "status": "enabled"}]}, OsSupport.NOT_EXTENDED),
        ({"services": "enabled"}, OsSupport.EXTENSION_UNREADABLE),
    ],
)
def test_ubuntu_pro_counts_only_when_esm_infra_is_enabled(status, reason) -> None:
    raw = json.dumps(status).encode()
    assert found(FOCAL, answers={PRO: raw}).reason == reason


def test_ubuntu_without_the_pro_client_has_no_extended_support() -> None:
    assert found(FOCAL).reason == OsSupport.NOT_EXTENDED


def test_a_sandbox_shows_another_system_than_the_devices() -> None:
    mark = {StatFile("/.flatpak-info"): {"kind": "file", "size": 1, "modified": 0.0}}
    assert found(shipped("debian-13"), answers=mark).reason == OsSupport.SANDBOXED
    wsl = {ReadFile("/proc/version"): b"Linux version 5.15.1-microsoft-standard-WSL2"}
    assert found(shipped("debian-13"), answers=wsl).reason == OsSupport.SANDBOXED


def test_a_clock_before_the_data_cannot_be_right() -> None:
    assert found(shipped("debian-13"), datetime(2020, 1, 1, tzinfo=UTC)).reason == Unread.CLOCK


def test_a_clock_many_years_after_the_data_cannot_be_right_either() -> None:
    assert found(shipped("debian-13"), datetime(2099, 1, 1, tzinfo=UTC)).reason == Unread.CLOCK


def test_with_old_data_supported_becomes_a_warning_and_then_unknown() -> None:
    release = b"ID=ubuntu\nVERSION_ID=26.04\n"
    assert found(release, datetime(2027, 4, 1, tzinfo=UTC)).reason == OsSupport.SUPPORTED_OLD_DATA
    assert found(release, datetime(2028, 4, 1, tzinfo=UTC)).reason == OsSupport.DATA_TOO_OLD


def test_with_old_data_what_has_ended_has_still_ended() -> None:
    assert (
        found(b"ID=ubuntu\nVERSION_ID=25.10\n", datetime(2030, 1, 1, tzinfo=UTC)).reason
        == OsSupport.ENDED
    )


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_without_os_release_it_cannot_be_told(why: Unread) -> None:
    nothing = composed({}, otherwise=why)
    finding = os_support.run(nothing, context())
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, why)


@given(st.binary(max_size=400))
def test_garbage_for_os_release_is_never_a_pass(raw: bytes) -> None:
    variables = parse_os_release(raw)
    assert variables is None or variables["ID"]
    assert found(raw).verdict in (Verdict.UNKNOWN, Verdict.FAIL)


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["services", "name", "status"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_garbage_for_the_pro_status_never_shows_extended_support(raw: bytes) -> None:
    assert parse_ubuntu_pro(raw) is not True
