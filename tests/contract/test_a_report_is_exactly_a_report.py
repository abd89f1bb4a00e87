"""What leaves the device is on a list; what comes in is that and nothing else."""

import json
from copy import deepcopy
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.declaration import Declaration
from precheck.contract.errors import BadReport
from precheck.contract.finding import ReportedFinding
from precheck.contract.reasons import Declared, Firewall
from precheck.contract.report import (
    MAX_REPORT_BYTES,
    REPORT_SCHEMA,
    Report,
    decode_report,
    encode_report,
)
from precheck.contract.verdict import Verdict
from tests.contract.reports import POSSIBLE, STARTED, composed_report, reports


def as_json() -> dict:
    return json.loads(encode_report(composed_report()))


def changed(*path: str | int, to: object) -> bytes:
    whole = as_json()
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return json.dumps(whole).encode()


@given(reports())
def test_a_report_that_is_sent_arrives_as_it_was(report: Report) -> None:
    raw = encode_report(report)
    assert decode_report(raw) == report
    assert len(raw) <= MAX_REPORT_BYTES


def test_the_largest_report_is_far_below_the_limit() -> None:
    longest = tuple(
        max(possible, key=lambda item: len(item.reason)) for possible in POSSIBLE.values()
    )
    report = msgspec.structs.replace(composed_report(), findings=longest)
    assert len(encode_report(report)) < MAX_REPORT_BYTES / 4


def test_the_composed_report_is_one() -> None:
    assert decode_report(json.dumps(as_json()).encode()) == composed_report()


@pytest.mark.parametrize("field", ["host", "user", "serial", "mac", "ssid", "apps", "evidence"])
@pytest.mark.parametrize(
    "place", [(), ("policy",), ("findings", 0), ("declarations", 0)], ids=lambda place: str(place)
)
def test_a_field_that_is_not_on_the_list_is_refused(place: tuple, field: str) -> None:
    with pytest.raises(BadReport, match=f"unknown field `{field}`"):
        decode_report(changed(*place, field, to="x"))


@pytest.mark.parametrize("field", [name for name in as_json() if name != "declarations"])
def test_a_field_that_is_missing_is_named(field: str) -> None:
    whole = as_json()
    del whole[field]
    with pytest.raises(BadReport, match=f"missing required field `{field}`"):
        decode_report(json.dumps(whole).encode())


def test_a_report_without_answers_is_one() -> None:
    whole = as_json()
    del whole["declarations"]
    assert decode_report(json.dumps(whole).encode()).declarations == ()


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("schema",), REPORT_SCHEMA + 1),
        (("schema",), 0),
        (("schema",), 1.0),
        (("schema",), "1"),
        (("schema",), True),
        (("report_id",), "42"),
        (("agent_version",), ""),
        (("agent_version",), "1.0\n"),
        (("agent_version",), "1" * 65),
        (("agent_version",), "<b>"),
        (("os_family",), "beos"),
        (("policy", "id"), "../kakogawa"),
        (("policy", "id"), "kakogawa\n"),
        (("policy", "revision"), "令和4年"),
        (("started_at",), "2026-11-20T03:00:00"),
        (("finished_at",), "2026-11-20T03:00:09"),
        (("started_at",), 1795143600),
        (("finished_at",), "2026-11-20T02:59:59Z"),
        (("findings", 0, "check"), "fire_wall"),
        (("findings", 0, "reason"), "no_such_reason"),
        (("findings", 0, "reason"), "present"),
        (("findings", 0, "verdict"), "fail"),
        (("findings", 0, "verdict"), "PASS"),
        (("findings", 0, "verdict"), None),
        (("findings",), {}),
        (("findings",), None),
        (("declarations", 0, "answer"), "yes"),
        (("declarations", 0, "answer"), 1),
        (("declarations", 0, "check"), "firewall"),
    ],
)
def test_a_field_that_says_what_it_cannot_say_is_refused(path: tuple, to: object) -> None:
    with pytest.raises(BadReport):
        decode_report(changed(*path, to=to))


@pytest.mark.parametrize("field", ["findings", "declarations"])
def test_a_check_is_there_once(field: str) -> None:
    twice = as_json()[field][:1] * 2
    with pytest.raises(BadReport, match=f"{field} holds a check twice"):
        decode_report(changed(field, to=twice))


def test_two_findings_that_contradict_each_other_are_no_report() -> None:
    first = as_json()["findings"][0]
    second = {**first, "verdict": "fail", "reason": "off"}
    with pytest.raises(BadReport, match="twice"):
        decode_report(changed("findings", to=[second, first]))


@pytest.mark.parametrize(
    "raw",
    [
        encode_report(composed_report()).replace(b'{"schema":1,', b'{"schema":2,"schema":1,'),
        encode_report(composed_report()).replace(
            b'"verdict":"pass"', b'"verdict":"fail","verdict":"pass"'
        ),
        encode_report(composed_report()).replace(b'"answer":true', b'"answer":false,"answer":true'),
        encode_report(composed_report()).replace(
            b'"answer":true', rb'"\u0061nswer":false,"answer":true'
        ),
    ],
    ids=["schema", "verdict", "answer", "escaped"],
)
def test_a_field_that_is_there_twice_is_refused_rather_than_halved(raw: bytes) -> None:
    assert raw != encode_report(composed_report())
    with pytest.raises(BadReport, match="twice"):
        decode_report(raw)


@pytest.mark.parametrize("check", ["private_room", "terms_consent", "network_trust"])
@pytest.mark.parametrize(
    ("verdict", "reason"), [("declared", "declared_yes"), ("fail", "declared_no")]
)
def test_an_answer_is_a_declaration_and_never_a_finding(
    check: str, verdict: str, reason: str
) -> None:
    answer = {"check": check, "verdict": verdict, "reason": reason}
    with pytest.raises(BadReport, match="answers are declarations"):
        decode_report(changed("findings", to=[answer]))


def test_traces_of_file_sharing_are_refused_even_when_somebody_sends_them() -> None:
    traces = {"check": "file_sharing", "verdict": "warn", "reason": "traces"}
    with pytest.raises(BadReport, match="never leaves the device"):
        decode_report(changed("findings", to=[traces]))


@pytest.mark.parametrize(
    ("verdict", "reason"), [("not_applicable", "not_needed"), ("warn", "none")]
)
def test_doing_without_antivirus_is_what_a_linux_device_alone_can_report(
    verdict: str, reason: str
) -> None:
    without = [{"check": "antivirus", "verdict": verdict, "reason": reason}]
    whole = {**as_json(), "findings": without}
    assert decode_report(json.dumps({**whole, "os_family": "linux"}).encode())
    for family in ("windows", "macos"):
        with pytest.raises(BadReport, match="Linux alone"):
            decode_report(json.dumps({**whole, "os_family": family}).encode())


def test_too_many_bytes_are_not_even_read() -> None:
    raw = encode_report(composed_report())
    padded = raw + b" " * (MAX_REPORT_BYTES - len(raw))
    assert decode_report(padded) == composed_report()
    with pytest.raises(BadReport, match=f"at most {MAX_REPORT_BYTES} bytes"):
        decode_report(padded + b" ")


@pytest.mark.parametrize(
    "raw",
    [b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe", b'"' + b"\xed\xa0\x80" + b'"', b"[" * 16_000],
)
def test_bytes_that_are_no_json_object_are_no_report(raw: bytes) -> None:
    with pytest.raises(BadReport):
        decode_report(raw)


def test_a_report_is_refused_where_it_is_made_too() -> None:
    report = composed_report()
    for field, value in {
        "schema": 2,
        "finished_at": STARTED - timedelta(seconds=1),
        "findings": report.findings * 2,
        "declarations": report.declarations * 2,
        "started_at": datetime(2026, 11, 20, 3, 0),  # noqa: DTZ001
    }.items():
        with pytest.raises((ValueError, TypeError)):
            msgspec.structs.replace(report, **{field: value})


def test_the_message_about_a_bad_report_is_one_short_printable_line() -> None:
    with pytest.raises(BadReport) as caught:
        decode_report(changed("findings", 0, "check", to="secret\n\x1b[2J" * 500))
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 400
    assert message.endswith("at `$.findings[0].check`")


def places(node: object, path: tuple = ()) -> list[tuple]:
    found = [path]
    if isinstance(node, dict):
        for key, value in node.items():
            found += places(value, (*path, key))
    if isinstance(node, list):
        for index, value in enumerate(node):
            found += places(value, (*path, index))
    return found


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["pass", "warn", "fail", "unknown", "on", "off", "firewall", "linux"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A report's JSON with a value replaced, a field dropped or a field added somewhere."""
    whole = json.loads(encode_report(draw(reports())))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(whole) if path]))
        place = whole
        for key in path[:-1]:
            place = place[key]
        match draw(st.sampled_from(["replace", "drop", "add", "repeat"])):
            case "replace":
                place[path[-1]] = draw(JSON)
            case "drop":
                del place[path[-1]]
            case "add" if isinstance(place, dict):
                place[draw(st.text(max_size=6))] = draw(JSON)
            case "repeat" if isinstance(place, list):
                place.append(deepcopy(place[path[-1]]))
    return json.dumps(whole).encode()


@settings(max_examples=300)
@given(mutated())
def test_a_changed_report_is_refused_or_says_all_that_it_said(raw: bytes) -> None:
    try:
        report = decode_report(raw)
    except BadReport as error:
        assert str(error).isprintable()
        return
    said, kept = json.loads(raw), json.loads(encode_report(report))
    said.setdefault("declarations", [])
    for field in ("started_at", "finished_at"):
        assert datetime.fromisoformat(said.pop(field)) == datetime.fromisoformat(kept.pop(field))
    assert said == kept


@given(st.binary(max_size=300))
def test_garbage_is_no_report(raw: bytes) -> None:
    with pytest.raises(BadReport):
        decode_report(raw)


@settings(max_examples=200)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_report_with_a_byte_changed_is_refused_or_still_holds_only_what_may_leave(
    place: int, byte: int
) -> None:
    raw = bytearray(encode_report(composed_report()))
    raw[place % len(raw)] = byte
    try:
        report = decode_report(bytes(raw))
    except BadReport:
        return
    assert {type(item) for item in report.findings} <= {ReportedFinding}
    assert {type(item) for item in report.declarations} <= {Declaration}


def test_a_finding_knows_that_on_cannot_be_a_fail() -> None:
    with pytest.raises(ValueError, match="can be pass, not fail"):
        ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.FAIL, reason=Firewall.ON)
    with pytest.raises(ValueError, match="no reason"):
        ReportedFinding(check=CheckId.FIREWALL, verdict=Verdict.DECLARED, reason=Declared.YES)


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "0001-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_time_at_the_end_of_the_calendar_is_no_reports(moment: str) -> None:
    raw = json.dumps({**as_json(), "started_at": moment, "finished_at": moment}).encode()
    with pytest.raises(BadReport, match="calendar"):
        decode_report(raw)
