"""security_updates with dnf 4 and 5: advisories for which an update is at hand."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.reasons import SecurityUpdates, Unread
from precheck.contract.verdict import Verdict
from probes.facts import Known, Unknown
from probes.security_updates import security_updates
from probes.security_updates.dnf import (
    ADVISORIES4,
    ADVISORIES5,
    CACHE4,
    CACHE5,
    INSTALL_TIMER,
    observe,
    parse_info,
    parse_list,
)
from probes.security_updates.facts import Automatic
from probes.system.questions import DBusCall, ListFolder, ReadFile, StatFile
from tests.machines import composed, context, policy_with

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
TWO_WAITING = (Path(__file__).parent / "updates" / "dnf" / "info-two-waiting").read_bytes()
NONE_WAITING = b"\n"
THERE = {"kind": "file", "size": 1, "modified": 1.0}
UPDATES = "updates-3401c8632d4d8352"


def printed(stdout: bytes, returncode: int = 0) -> dict[str, Any]:
    return {"returncode": returncode, "stdout": stdout, "stderr": b""}


def cached(
    cache: str, days_ago: float = 1, repository: str = UPDATES, advisories: bool = True
) -> dict[Any, Any]:
    """The questions about one repository's metadata, and their answers."""
    folder = f"{cache}/{repository}/repodata"
    names = ["0fd9-primary.xml.zst", "repomd.xml"] + ["7bc3-updateinfo.xml.zst"] * advisories
    checked = (NOW - timedelta(days=days_ago)).timestamp()
    return {
        ListFolder(cache): (repository, "updates.solv"),
        ListFolder(folder): tuple(names),
        StatFile(f"{folder}/0fd9-primary.xml.zst"): {**THERE, "modified": checked},
    }


def found(answer: Any, cache: dict[Any, Any] | None = None, policy=None, **more: Any):
    machine = {
        ReadFile("/etc/os-release"): b"ID=fedora\nVERSION_ID=44\n",
        StatFile("/usr/bin/dnf"): THERE,
        ADVISORIES4: printed(answer) if isinstance(answer, bytes) else answer,
        **(cached(CACHE4) if cache is None else cache),
        **more.get("answers", {}),
    }
    return security_updates.run(composed(machine), context(NOW, policy))


def test_the_real_output_names_each_advisory_and_its_date() -> None:
    advisories = parse_info(TWO_WAITING)
    assert advisories is not None
    assert [(item.id, item.dated) for item in advisories] == [
        ("DEMO-2026-2222", datetime(2026, 11, 16, 4, 5, 6, tzinfo=UTC)),
        ("DEMO-2026-1111", datetime(2026, 10, 5, 4, 5, 6, tzinfo=UTC)),
    ]


def test_the_oldest_advisory_decides() -> None:
    finding = found(TWO_WAITING)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, SecurityUpdates.PENDING_OLD)
    assert finding.evidence == {"name": "dnf", "count": 2, "days": 46}
    patient = policy_with("security_updates", pending_grace=60)
    assert found(TWO_WAITING, policy=patient).reason == SecurityUpdates.PENDING_RECENT


def test_no_advisory_in_a_fresh_cache_passes() -> None:
    assert found(NONE_WAITING).verdict is Verdict.PASS


def test_no_advisory_in_an_empty_cache_says_nothing() -> None:
    assert found(NONE_WAITING, {ListFolder(CACHE4): ()}).verdict is Verdict.UNKNOWN
    assert found(NONE_WAITING, {}).verdict is Verdict.UNKNOWN


def test_a_cache_without_advisories_says_nothing() -> None:
    bare = cached(CACHE4, advisories=False)
    assert found(NONE_WAITING, bare).reason == SecurityUpdates.NO_SECURITY_SOURCE


def test_a_cache_of_unknown_age_is_no_pass() -> None:
    hidden = {**cached(CACHE4)}
    hidden.update(dict.fromkeys((q for q in hidden if isinstance(q, StatFile)), Unread.DENIED))
    assert found(NONE_WAITING, hidden).reason == SecurityUpdates.SCAN_AGE_UNKNOWN


def test_an_old_cache_is_stale() -> None:
    assert found(NONE_WAITING, cached(CACHE4, 8)).reason == SecurityUpdates.STALE_SCAN


def test_the_repository_with_advisories_that_was_left_behind_decides() -> None:
    both = {
        **cached(CACHE4, 0),
        **cached(CACHE4, 30, "appstream-0123456789abcdef"),
        ListFolder(CACHE4): (UPDATES, "appstream-0123456789abcdef"),
    }
    assert found(NONE_WAITING, both).reason == SecurityUpdates.STALE_SCAN


def test_the_folder_of_an_earlier_release_does_not_age_the_list() -> None:
    both = {
        **cached(CACHE4, 0),
        **cached(CACHE4, 300, "updates-0123456789abcdef"),
        ListFolder(CACHE4): (UPDATES, "updates-0123456789abcdef"),
    }
    assert found(NONE_WAITING, both).verdict is Verdict.PASS


def test_a_command_that_failed_is_not_read() -> None:
    assert found(printed(NONE_WAITING, 1)).reason == Unread.GARBLED


@pytest.mark.parametrize(
    "broken",
    [
        "更新はありません\n".encode(),
        b"Error: Cache-only enabled but no cache for 'updates'\n",
        TWO_WAITING.replace(b"2026-11-16 04:05:06", b"2026-13-16 04:05:06"),
        TWO_WAITING.replace(b"Update ID: DEMO-2026-2222", b"Name: x"),
        TWO_WAITING.replace(b"    Updated: 2026-10-05 04:05:06\n", b""),
        TWO_WAITING.replace(b"Type: security", b"Type: bugfix"),
    ],
)
def test_an_answer_in_another_shape_is_no_answer(broken: bytes) -> None:
    assert parse_info(broken) is None
    assert found(broken).reason == Unread.GARBLED


FIVE = {StatFile("/usr/bin/dnf5"): THERE}


def five(answer: bytes, cache: dict[Any, Any] | None = None):
    cache5 = cached(CACHE5) if cache is None else cache
    return found(NONE_WAITING, answers={**FIVE, ADVISORIES5: printed(answer), **cache5})


def listed(built: Any, **changes: Any) -> bytes:
    """One advisory as dnf5-advisory(8) describes it (composed)."""
    entry = {"name": "FEDORA-2026-1", "type": "security", "severity": "Important"}
    return json.dumps([{**entry, "nevra": "a-1-1.noarch", "buildtime": built, **changes}]).encode()


def test_dnf_5_is_asked_where_it_is_there() -> None:
    assert five(b"[\n]\n").verdict is Verdict.PASS
    assert five(b"").reason == Unread.GARBLED
    assert five(b"[]", {ListFolder(CACHE5): ()}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("built", ["2026-11-18 04:16:43", 1794975403])
def test_dnf_5_gives_the_time_as_text_or_as_a_number(built: str | int) -> None:
    assert five(listed(built)).reason == SecurityUpdates.PENDING_RECENT


def test_an_advisory_for_several_packages_counts_once() -> None:
    entries = json.loads(listed("2026-10-01 00:00:00")) * 3
    finding = five(json.dumps(entries).encode())
    assert (finding.reason, finding.evidence["count"]) == (SecurityUpdates.PENDING_OLD, 1)


@pytest.mark.parametrize(
    "broken",
    [
        listed(None),
        listed(True),
        listed(-5),
        listed(10**30),
        listed("yesterday"),
        listed(1, name=None),
        listed(1, type="bugfix"),
        b'{"name": "FEDORA-2026-1"}',
        b"[1]",
    ],
)
def test_a_dnf_5_answer_in_another_shape_is_no_answer(broken: bytes) -> None:
    assert parse_list(broken) is None


@pytest.mark.parametrize(("state", "known"), [("enabled", True), ("disabled", False)])
def test_only_the_timer_that_always_installs_tells_of_automatic_updates(
    state: str, known: bool
) -> None:
    timer = DBusCall(
        "org.freedesktop.systemd1",
        "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager",
        "GetUnitFileState",
        "s",
        (INSTALL_TIMER,),
    )
    automatic = observe(composed({timer: (state,)})).automatic
    if known:
        assert isinstance(automatic, Known)
        assert automatic.value is Automatic.ON
    else:
        assert isinstance(automatic, Unknown)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_garbage_is_never_a_pass(raw: bytes) -> None:
    if raw.strip():
        assert parse_info(raw) is None
        assert found(raw).verdict is Verdict.UNKNOWN
    if raw.strip() != b"[]":
        assert parse_list(raw) is None
        assert five(raw).verdict is Verdict.UNKNOWN


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["name", "type", "buildtime"]), inner)
        ),
        max_leaves=8,
    )
)
def test_any_json_is_read_or_refused(value: Any) -> None:
    advisories = parse_list(json.dumps(value).encode())
    assert not advisories or all(item.id for item in advisories)
    assert (advisories == ()) == (value == [])
