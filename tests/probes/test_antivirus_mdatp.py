"""antivirus: what Microsoft Defender's command says, and what it does not say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.antivirus.mdatp import Threats, parse_health, parse_threats

CAPTURED = {
    "$type": "getHealthAllResult",
    "appVersion": "101.23062.0010",
    "definitionsStatus": {"$type": "upToDate"},
    "definitionsUpdated": "1691587153787",
    "definitionsUpdatedMinutesAgo": 20,
    "healthIssues": [],
    "healthy": True,
    "licensed": True,
    "passiveModeEnabled": {"displayValue": True, "isManaged": False, "value": True},
    "realTimeProtectionAvailable": True,
    "realTimeProtectionEnabled": {"displayValue": True, "isManaged": False, "value": False},
    "realTimeProtectionSubsystem": "fanotify",
}
"""What version 101.23062.0010 answered on a Linux machine in August 2023, as a public inventory
program keeps it among its test data, without the fields that are not read and not telling."""

GUARDING = {"passiveModeEnabled": False, "realTimeProtectionEnabled": True}


def health(**changed: Any):
    return parse_health(json.dumps({**CAPTURED, **changed}).encode())


def test_healthy_in_passive_mode_is_no_real_time_protection() -> None:
    said = health()
    assert said is not None
    assert (said.licensed, said.real_time) == (True, False)


def test_the_time_of_the_definitions_is_milliseconds_in_a_string() -> None:
    said = health()
    assert said is not None
    assert said.definitions.updated == datetime(2023, 8, 9, 13, 19, 13, 787000, UTC)
    assert said.definitions.current is True
    assert health(definitionsUpdated=1691587153787) == said


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: {"value": value}])
def test_settings_come_bare_or_wrapped(wrap: Any) -> None:
    said = health(**{name: wrap(value) for name, value in GUARDING.items()})
    assert said is not None
    assert said.real_time is True


@pytest.mark.parametrize(
    ("changed", "real_time"),
    [
        ({}, True),
        ({"realTimeProtectionEnabled": False}, False),
        ({"passiveModeEnabled": True}, False),
        ({"realTimeProtectionAvailable": False}, False),
        ({"realTimeProtectionEnabled": None}, None),
        ({"realTimeProtectionEnabled": "true"}, None),
        ({"realTimeProtectionEnabled": 1}, None),
        ({"passiveModeEnabled": None}, None),
        ({"realTimeProtectionAvailable": None}, None),
        ({"realTimeProtectionAvailable": None, "passiveModeEnabled": True}, False),
    ],
)
def test_real_time_needs_enabled_and_available_and_not_passive(
    changed: dict[str, Any], real_time: bool | None
) -> None:
    said = health(**{**GUARDING, **changed})
    assert said is not None
    assert said.real_time is real_time


@pytest.mark.parametrize("status", [{"$type": "outOfDate"}, {"$type": ""}, {}, "upToDate", None])
def test_any_other_status_of_the_definitions_is_not_up_to_date(status: Any) -> None:
    said = health(definitionsStatus=status)
    assert said is not None
    assert said.definitions.current is None


@pytest.mark.parametrize(
    "updated",
    ["0", 0, "", "-1", "9" * 30, 10**40, True, None, "2023-08-09", "１６９１５８７１５３７８７"],
)
def test_a_time_that_means_never_is_no_time(updated: Any) -> None:
    said = health(definitionsUpdated=updated)
    assert said is not None
    assert said.definitions.updated is None


@pytest.mark.parametrize("licensed", [None, "yes", 1])
def test_a_licence_that_is_not_stated_is_not_assumed(licensed: Any) -> None:
    said = health(licensed=licensed)
    assert said is not None
    assert said.licensed is None


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"\xff", b'{"healthy": true}', b"[" * 9999]
)
def test_another_answer_is_no_health(raw: bytes) -> None:
    assert parse_health(raw) is None


words = st.sampled_from([*CAPTURED, "value", "$type", "threats", "scans", "history", "key"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=6),
    max_leaves=20,
)


@given(
    st.binary(max_size=300)
    | st.dictionaries(words, anything).map(lambda value: json.dumps(value).encode())
)
def test_garbage_never_guards(raw: bytes) -> None:
    said = parse_health(raw)
    if said is not None and said.real_time:
        enabled = json.loads(raw)["realTimeProtectionEnabled"]
        assert enabled is True or enabled["value"] is True
    threats = parse_threats(raw)
    assert threats is None or not threats.resolved


def listed(*histories: list[tuple[Any, Any]]) -> bytes:
    threats = [
        {
            "threat": {"name": "EICAR-Test-File", "tracking_id": str(number)},
            "history": [{"key": moment, "value": status} for moment, status in history],
        }
        for number, history in enumerate(histories)
    ]
    return json.dumps({"threats": {"scans": [{"threats": threats}]}}).encode()


# The shape of the list is that which a public script for this command reads; the words for the
# status are composed from the command's own verbs.
@pytest.mark.parametrize(
    ("histories", "threats"),
    [
        ([[("1", "quarantined")]], Threats(active=0, resolved=1)),
        ([[("1", "quarantined"), ("2", "removed")]], Threats(active=0, resolved=1)),
        ([[(9, "quarantined"), (10, "restored")]], Threats(active=1, resolved=0)),
        ([[("10", "removed"), ("9", "active")]], Threats(active=0, resolved=1)),
        ([[("1", "active")], [("1", "removed")]], Threats(active=1, resolved=1)),
        ([[("1", "active")], [("1", "another word")]], Threats(active=1, resolved=0)),
        ([], Threats(active=0, resolved=0)),
    ],
)
def test_the_last_word_on_each_threat_counts(
    histories: list[list[tuple[Any, Any]]], threats: Threats
) -> None:
    assert parse_threats(listed(*histories)) == threats


@pytest.mark.parametrize(
    "raw",
    [
        listed([("1", "another word")]),
        listed([("1", "removed")], [("1", "another word")]),
        listed([("1", None)]),
        listed([("1", {"value": "removed"})]),
        listed([("yesterday", "removed")]),
        listed([]),
        b'{"threats": {"scans": {}}}',
        b'{"threats": {}}',
        b'{"threats": []}',
        b"{}",
        b"",
        b"No threats",
    ],
)
def test_a_list_that_is_not_understood_is_no_list(raw: bytes) -> None:
    assert parse_threats(raw) is None
