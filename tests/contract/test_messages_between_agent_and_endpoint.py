"""Policies and API messages as JSON: what was sent arrives, and nothing else is believed."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract import api
from precheck.contract.api import (
    MESSAGE_LIMIT,
    Appointment,
    BadMessage,
    Health,
    Problem,
    ProblemType,
    Receipt,
    decode_message,
)
from precheck.contract.errors import BadPolicy
from precheck.contract.offices import load_office, office_ids
from precheck.contract.policy import Policy, decode_policy
from precheck.contract.verdict import Readiness

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

APPOINTMENT = Appointment(
    starts_at=NOW,
    policy=load_office("kakogawa"),
    catalogues={"lifecycle": date(2026, 11, 20)},
    server_time=NOW,
)
MESSAGES = (
    Health(server_time=NOW),
    APPOINTMENT,
    Receipt(
        report_id=UUID(int=42),
        readiness=Readiness.ATTENTION,
        received_at=NOW,
        delete_on=date(2026, 12, 20),
    ),
    Problem(type=ProblemType.UNKNOWN_CODE, title="no such appointment", status=404),
)


@pytest.mark.parametrize("office", office_ids())
def test_a_policy_arrives_as_it_was_sent(office: str) -> None:
    policy = load_office(office)
    raw = msgspec.json.encode(policy)
    assert decode_policy(raw) == policy
    assert len(raw) < Policy.WIRE_LIMIT / 2


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_arrives_as_it_was_sent(message: msgspec.Struct) -> None:
    assert decode_message(msgspec.json.encode(message), type(message)) == message


def policy_json(**changes: object) -> bytes:
    whole = json.loads(msgspec.json.encode(load_office("kakogawa")))
    for path, value in changes.items():
        place = whole
        *way, last = path.split("__")
        for key in way:
            place = place[key]
        place[last] = value
    return json.dumps(whole).encode()


def test_the_unchanged_policy_is_one() -> None:
    assert decode_policy(policy_json()) == load_office("kakogawa")


@pytest.mark.parametrize(
    "changes",
    [
        {"open": "https://example.com/"},
        {"id": "../kakogawa"},
        {"id": "kakogawa\n"},
        {"terms__apps": []},
        {"terms__apps": ["skype"]},
        {"terms__phone": "javascript:alert(1)"},
        {"terms__phone": "079-421-8624\n"},
        {"terms__office": "two\nlines"},
        {"terms__office": ""},
        {"terms__title": "x" * 401},
        {"terms__revision": "令和4年"},
        {"terms__hours": [{"start": "10:00:00Z", "end": "11:00:00Z"}]},
        {"terms__hours": [{"start": "11:00:00", "end": "10:00:00"}]},
        {"clauses": {}},
        {"clauses__第5条(1)": "two\nlines"},
        {"checks__firewall__level": "optional"},
        {"checks__firewall__command": "ufw enable"},
        {"checks__firewall__clause": "第99条"},
        {"checks__firewall__attention": ["fail"]},
        {"checks__os_support__ending_soon": -1},
        {"checks__antivirus__defender": True},
        {"checks__fire_wall": {"level": "off"}},
        {"checks__meeting_app__minimum_zoom": "6.0.0; rm"},
    ],
    ids=str,
)
def test_a_policy_that_says_anything_else_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadPolicy):
        decode_policy(policy_json(**changes))


def test_a_policy_that_leaves_a_check_out_is_refused() -> None:
    whole = json.loads(policy_json())
    del whole["checks"]["firewall"]
    with pytest.raises(BadPolicy, match="missing required field `firewall`"):
        decode_policy(json.dumps(whole).encode())


def test_a_policy_of_too_many_bytes_is_not_even_read() -> None:
    raw = policy_json()
    assert decode_policy(raw + b" " * (Policy.WIRE_LIMIT - len(raw)))
    with pytest.raises(BadPolicy, match="at most"):
        decode_policy(raw + b" " * (Policy.WIRE_LIMIT - len(raw) + 1))


def test_a_message_of_too_many_bytes_is_not_even_read() -> None:
    raw = msgspec.json.encode(Health(server_time=NOW))
    assert decode_message(raw + b" " * (MESSAGE_LIMIT - len(raw)), Health)
    with pytest.raises(BadMessage, match="at most"):
        decode_message(raw + b" " * (MESSAGE_LIMIT - len(raw) + 1), Health)


def test_the_largest_appointment_fits_into_a_message() -> None:
    for office in office_ids():
        full = msgspec.structs.replace(APPOINTMENT, policy=load_office(office))
        assert len(msgspec.json.encode(full)) < MESSAGE_LIMIT / 4


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>Log in to Free Wi-Fi</html>",
        b'{"status":"ok"}',
        b"{}",
        b'{"service":"precheck"}',
        b'{"service":"other","server_time":"2026-11-20T03:00:00Z"}',
        b'{"service":"precheck","server_time":"2026-11-20T03:00:00"}',
        b'{"service":"precheck","server_time":"2026-11-20T03:00:00Z","redirect":"https://x/"}',
    ],
)
def test_a_captive_portal_is_not_taken_for_the_endpoint(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_message(raw, Health)
    assert decode_message(b'{"server_time":"2026-11-20T03:00:00Z"}', Health).service == "precheck"


def test_times_without_a_zone_are_refused() -> None:
    for field in ("starts_at", "server_time"):
        whole = json.loads(msgspec.json.encode(APPOINTMENT))
        whole[field] = whole[field].rstrip("Z")
        with pytest.raises(BadMessage, match=field):
            decode_message(json.dumps(whole).encode(), Appointment)


def test_a_problem_may_say_more_than_is_known_here() -> None:
    """RFC 9457, section 3.2: a client ignores extensions that it does not know."""
    raw = b'{"type":"not-found","title":"no such page","status":404,"instance":"/x","trace":1}'
    assert decode_message(raw, Problem).type == ProblemType.NOT_FOUND


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
)
def test_garbage_is_no_message_and_no_policy(raw: bytes) -> None:
    for kind in (Health, Appointment, Receipt, Problem):
        with pytest.raises(BadMessage):
            decode_message(raw, kind)
    with pytest.raises(BadPolicy):
        decode_policy(raw)


def test_every_path_is_below_the_versioned_api_and_none_carries_a_code() -> None:
    paths = [value for name, value in vars(api).items() if name.endswith("_PATH")]
    assert len(set(paths)) >= 5
    for path in paths:
        assert path.startswith("/api/v1/")
        assert "{" not in path
        assert "code" not in path


def test_the_types_of_problems_are_told_apart() -> None:
    types = [value for name, value in vars(ProblemType).items() if name.isupper()]
    assert len(set(types)) == len(types) >= 9


def test_what_nests_without_end_is_no_message() -> None:
    deep = b"[" * 60_000 + b"]" * 60_000
    with pytest.raises(BadMessage):
        decode_message(b'{"type": "a", "title": "b", "status": 1, "more": ' + deep + b"}", Problem)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z"])
def test_a_time_that_has_no_date_in_tokyo_is_no_appointments(moment: str) -> None:
    stated = {**msgspec.to_builtins(APPOINTMENT), "starts_at": moment}
    with pytest.raises(BadMessage):
        decode_message(msgspec.json.encode(stated), Appointment)
