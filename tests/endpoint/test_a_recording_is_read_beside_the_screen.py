"""The helpdesk reads what a device answered beside what the person saw, and may save it."""

import json
from base64 import b64encode
from html import escape
from typing import Any, get_args
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Unread
from precheck.contract.recording import (
    MAX_ASKED,
    RecordedAnswer,
    Recording,
    SentRecording,
    compressed,
    decode_recording,
    encode_recording,
)
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.helpdesk.replay import (
    MARKUP,
    MOST_DRAWN,
    MOST_SHOWN,
    Entry,
    Section,
    asked_of,
    outlined,
    sections_of,
)
from precheck.endpoint.helpdesk.words import HelpdeskWords
from precheck.endpoint.store.models import Action, AuditEntry, Role
from precheck.endpoint.store.models import SentRecording as Kept
from precheck.endpoint.words import load_words
from probes.system import recording as recorded
from tests.endpoint.page import Page, seen
from tests.endpoint.people import Booked, booked, member, recorded_run
from tests.endpoint.scene import OFFICE, OTHER_OFFICE, RECORDING

JA = load_words(HelpdeskWords, "helpdesk", Language.JA).recording
LIST = "/staff/helpdesk/recordings/"
AT = recorded.decode_recording(RECORDING.read_bytes()).recorded_at


def helpdesk(office_id: str | None = None) -> Client:
    return member("sora", office_id, Role.HELPDESK)


def address(mine: Booked, **changes: Any) -> str:
    return f"{LIST}{mine.id}/{recorded_run(mine, **changes)}/"


def sent(*answers: RecordedAnswer, **asked: tuple[int, ...]) -> SentRecording:
    return SentRecording(
        report_id=UUID(int=0),
        recording=Recording(
            schema=1,
            family=OsFamily.WINDOWS,
            recorded_at=AT,
            agent_version="0.1.0",
            provenance="composed",
            answers=answers,
        ),
        asked={CheckId(check): places for check, places in asked.items()},
    )


def answer(value: Any = None, unknown: Unread | None = None, **question: Any) -> RecordedAnswer:
    fields = question or {"path": "/etc/os-release"}
    return RecordedAnswer(
        question={"type": "read_file", **fields},
        source="somewhere",
        value=value,
        unknown=unknown and unknown.value,
    )


def test_the_list_shows_what_arrived_and_leads_to_it() -> None:
    mine = booked(reference="K-7")
    where = address(mine)
    page = seen(helpdesk(), LIST)
    assert "K-7" in page.text
    assert where in page.links


def test_where_nothing_arrived_it_says_so() -> None:
    booked()
    assert JA.none in seen(helpdesk(), LIST).text


def test_the_rows_that_the_person_sees_stand_beside_what_the_device_answered() -> None:
    text = seen(helpdesk(), address(booked())).text
    wording = load_wording(Language.JA)
    screen, answers = text.split(JA.answers, 1)
    for check in CheckId:
        assert wording.label(check) in screen
    assert wording.sentence(CheckId.ANTIVIRUS, "off").split("：")[0] in screen
    assert "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion" in answers
    assert JA.kinds["read_registry"] in answers
    assert wording.common["missing"].sentence in answers


def test_answers_stand_with_the_checks_that_asked_and_those_of_none_at_the_end() -> None:
    mine = sent(answer("a"), answer("b"), answer("c"), antivirus=(1, 0), firewall=(1,))
    assert [
        (section.check, [entry.text for entry in section.entries]) for section in sections_of(mine)
    ] == [
        (CheckId.FIREWALL, ["b"]),
        (CheckId.ANTIVIRUS, ["b", "a"]),
        (None, ["c"]),
    ]


def only(section: list[Section]) -> Any:
    ((entry,),) = (part.entries for part in section)
    return entry


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"text": "ID=debian\nVERSION_ID=12\n"}, "ID=debian\nVERSION_ID=12"),
        ({"base64": b64encode(b"\x00\xff").decode()}, "00 ff"),
        ({"base64": "not base64!"}, "not base64!"),
        (["b", "a"], "- b\n- a"),
        ([], ""),
        (None, ""),
        (4, "4"),
        (True, "true"),
        ({"kind": "file", "size": 3}, "kind: file\nsize: 3"),
        ({"table": {"text": 1}}, "text: 1"),
        (
            {"returncode": 0, "stdout": {"text": "a\nb\n"}, "stderr": {"text": ""}},
            "returncode: 0\nstdout:\n  a\n  b\nstderr:",
        ),
        ([{"name": "x", "up": False}], "-\n  name: x\n  up: false"),
        ({"text": "a\x1b[2J\u202eb\r\n"}, "a�[2J�b"),
    ],
)
def test_an_answer_is_read_as_text_where_it_is_text(value: Any, text: str) -> None:
    assert outlined(value) == text


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ({"type": "read_file", "path": "/etc/hosts", "limit": 1}, "/etc/hosts"),
        ({"type": "run_command", "argv": ["ufw", "status"], "timeout": 1.0}, "ufw status"),
        ({"type": "read_registry", "hive": "HKLM", "key": "A\\B", "view": 64}, "HKLM\\A\\B"),
        ({"type": "dbus_get", "name": "n", "property": "p"}, "name=n, property=p"),
        ({"type": "list_processes"}, ""),
        ({"type": "sweep_files", "names": ["a", "b"]}, "names=- a; - b"),
    ],
)
def test_a_question_is_one_line(question: dict[str, Any], line: str) -> None:
    assert asked_of(question) == line


@pytest.mark.parametrize(
    "value",
    [
        {"text": "x" * (MOST_SHOWN + 1)},
        ["x" * 99] * MOST_SHOWN,
        {"x" * (MOST_SHOWN + 1): 1},
        ["x" * (MOST_SHOWN - 3), "x"],
        {"text": "\n" * (MOST_SHOWN + 2)},
    ],
)
def test_a_long_answer_is_cut_and_says_so(value: Any) -> None:
    entry = only(sections_of(sent(answer(value))))
    assert (len(entry.text), entry.is_cut) == (MOST_SHOWN, True)


@pytest.mark.parametrize("value", [{"text": "x" * MOST_SHOWN}, ["x" * (MOST_SHOWN - 2)]])
def test_one_that_just_fits_is_whole(value: Any) -> None:
    entry = only(sections_of(sent(answer(value))))
    assert (len(entry.text), entry.is_cut) == (MOST_SHOWN, False)


@pytest.mark.parametrize("field", ["path", "argv", "url", "name"])
def test_a_long_question_is_cut_too(field: str) -> None:
    long = "x" * (MOST_SHOWN + 1)
    asked = asked_of({"type": "read_file", field: [long] if field == "argv" else long})
    assert len(asked) == MOST_SHOWN + 1
    assert asked.endswith("…")


def test_a_page_has_an_end_and_says_how_many_are_not_on_it() -> None:
    every = tuple(range(5000))
    mine = sent(*[answer("x")] * 5000, firewall=every, antivirus=every)
    firewall, antivirus = sections_of(mine)
    assert 0 < len(firewall.entries) <= MOST_DRAWN // MARKUP
    assert firewall.left_out == 5000 - len(firewall.entries)
    assert (antivirus.entries, antivirus.left_out) == ((), 5000)


def drawn(entry: Entry) -> int:
    texts = (entry.asked, entry.source, entry.text)
    return MARKUP + sum(len(escape(text).encode()) for text in texts)


@given(
    st.sampled_from("'a&あ\0\n\u202e𠮟"),
    st.integers(0, 6000),
    st.integers(0, 6000),
    st.integers(1, 300),
    st.sets(st.sampled_from(list(CheckId))),
)
def test_no_page_holds_more_than_a_page_holds(
    letter: str, path: int, value: int, count: int, checks: set[CheckId]
) -> None:
    one = answer({"text": letter * value}, path=letter * path)
    asked = {check.value: tuple(range(count)) for check in checks}
    sections = sections_of(sent(*[one] * count, **asked))
    entries = [entry for section in sections for entry in section.entries]
    assert sum(map(drawn, entries)) <= MOST_DRAWN
    assert all(len(section.places) == count for section in sections)
    left_out = sum(section.left_out for section in sections)
    assert len(entries) + left_out == count * (len(checks) or 1)
    assert left_out == 0 or sum(map(drawn, entries)) + drawn(entries[0]) > MOST_DRAWN


def hostile(letter: str, path: int, value: int, count: int, **more: Any) -> SentRecording:
    """One that is made for a page without end: every answer stands with every check."""
    one = RecordedAnswer(
        question={"type": "x" * 40, "path": letter * path},
        source=letter * 1000,
        value={"text": letter * value} if value else None,
        **more,
    )
    places = tuple(range(count))
    return sent(*[one] * count, **{check.value: places for check in CheckId})


@pytest.mark.parametrize(
    "mine",
    [
        hostile("'", MAX_ASKED - 50, 0, 1),
        hostile("'", MAX_ASKED - 50, 0, 30, unknown=Unread.CRASHED.value),
        hostile("'", 1, 0, 1000, unknown=Unread.CRASHED.value),
        hostile("'", 1, 5000, 300),
        hostile("\u202e", 1, 5000, 110),
        hostile("あ", 1, 1900000 // 3, 1),
        sent(*[answer(path="")] * 5000, **{check.value: tuple(range(5000)) for check in CheckId}),
    ],
    ids=["path", "paths", "sources", "values", "steering", "text", "many"],
)
@pytest.mark.parametrize("wanted", [False, True])
def test_the_page_of_one_that_is_made_to_have_no_end_has_one(
    mine: SentRecording, wanted: bool
) -> None:
    staff, where = helpdesk(), address(booked())

    def page(sent: SentRecording) -> int:
        document = compressed(encode_recording(sent))
        decode_recording(document)
        Kept.objects.update(document=document)
        letter = sent.recording.answers[0].source[0] if sent.recording.answers else "x"
        answer = staff.post(where, {"wanted": letter}) if wanted else staff.get(where)
        assert answer.status_code == 200
        return len(answer.content)

    assert page(mine) - page(sent()) <= MOST_DRAWN + 500 * (len(CheckId) + 1)


def test_what_does_not_fit_is_counted_on_the_page() -> None:
    staff, where = helpdesk(), address(booked())
    every = tuple(range(5000))
    mine = sent(*[answer("x")] * 5000, firewall=every, antivirus=every)
    Kept.objects.update(document=compressed(encode_recording(mine)))
    page = seen(staff, where)
    assert page.markup.count("<dt>") == len(sections_of(mine)[0].entries)
    assert JA.left_out.format(count=5000) in page.text
    Kept.objects.update(document=encode_recording(sent(answer({"text": "x" * (MOST_SHOWN + 1)}))))
    assert JA.cut in seen(staff, where).text
    Kept.objects.update(document=encode_recording(sent(answer("x"))))
    assert JA.cut not in seen(staff, where).text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON, st.dictionaries(st.text(min_size=1).filter(lambda key: key != "type"), JSON))
def test_whatever_stands_in_a_recording_is_shown_and_steers_nothing(
    value: Any, question: dict[str, Any]
) -> None:
    text = outlined(value) + asked_of({"type": "read_file"} | question)
    assert all(letter.isprintable() or letter in "\n\t" for letter in text)


def test_what_is_looked_for_is_found_in_questions_and_answers_and_stands_in_no_address() -> None:
    mine = booked()
    where, staff = address(mine, asked={"os_support": [0], "security_updates": [0, 1]}), helpdesk()
    everything = seen(staff, where).markup.count("<dt>")
    found = staff.post(where, {"wanted": "currentversion"})
    page = Page(found.content.decode())
    assert found.status_code == 200
    assert 0 < page.markup.count("<dt>") < everything
    assert "currentversion" not in "".join(page.links)
    nothing = Page(staff.post(where, {"wanted": "<b>nowhere"}).content.decode())
    assert JA.found_none.format(wanted="&lt;b&gt;nowhere") in nothing.text
    assert nothing.markup.count("<dt>") == 0


def test_what_is_cut_from_the_page_is_found_all_the_same() -> None:
    mine = sent(answer({"text": "x" * MOST_SHOWN + "needle"}), answer("hay"))
    (section,) = sections_of(mine, " NEEDLE ")
    assert section.places == (0,)


def test_what_is_looked_for_is_found_where_the_page_would_not_hold_it() -> None:
    mine = sent(*[answer({"text": "x" * MOST_SHOWN})] * 400, answer("needle"))
    assert sections_of(mine)[0].left_out > 0
    assert only(sections_of(mine, "needle")).text == "needle"


STEERING = "\u202e\u200f\u2066\0\x1b[2J\x85"


def test_no_text_of_the_sender_steers_the_screen() -> None:
    staff, where = helpdesk(), address(booked())

    @given(st.text(st.sampled_from(STEERING + "a'\n"), min_size=1, max_size=60))
    @settings(max_examples=40, deadline=None)
    def steers_nothing(text: str) -> None:
        recording = json.loads(RECORDING.read_bytes()) | {"provenance": text}
        recording["answers"] = [
            {"question": {"type": "x"} | asked, "source": text} | answered
            for asked, answered in (
                ({"path": text}, {"value": {text: [text]}}),
                ({"argv": [text]}, {"value": text}),
                ({text: text}, {"value": {"text": text}}),
                ({"hive": text, "key": text}, {"unknown": "denied"}),
                ({"url": text}, {"value": {"base64": text}}),
            )
        ]
        message = {"report_id": str(UUID(int=0)), "recording": recording}
        Kept.objects.update(document=json.dumps(message).encode())
        for page in (LIST, where):
            content = staff.get(page).content.decode()
            assert all(letter.isprintable() or letter in "\n\t" for letter in content)
        assert JA.not_readable not in content

    steers_nothing()


def test_nothing_in_a_recording_becomes_markup() -> None:
    recording = json.loads(RECORDING.read_bytes())
    mark = "<script>alert(1)</script>"
    recording["provenance"] = mark
    recording["answers"] = [
        {"question": {"type": "read_file", "path": mark}, "source": mark, "value": {"text": mark}}
    ]
    page = seen(helpdesk(), address(booked(), recording=recording))
    assert page.scripts == 0
    assert page.markup.count("&lt;script&gt;") >= 3


def test_it_is_saved_as_the_file_that_the_checker_judges_and_that_is_written_down() -> None:
    mine, staff = booked(), helpdesk()
    saved = staff.post(f"{address(mine)}file")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    before = recorded.decode_recording(RECORDING.read_bytes())
    assert recorded.decode_recording(saved.content) == before
    entry = AuditEntry.objects.get(action=Action.RECORDING_SAVED.value)
    assert (entry.office_id, entry.subject, entry.detail) == (OFFICE, str(mine.id), "")


def test_another_offices_recording_does_not_exist_nor_one_under_another_appointment() -> None:
    mine, other = booked(), booked()
    where = address(mine)
    stranger = member("nagi", OTHER_OFFICE, Role.HELPDESK)
    assert stranger.get(where).status_code == 404
    assert stranger.post(f"{where}file").status_code == 404
    assert str(mine.id) not in seen(stranger, LIST).markup
    assert helpdesk().get(where.replace(str(mine.id), str(other.id))).status_code == 404


def test_one_from_before_an_update_is_said_to_be_unreadable() -> None:
    mine, staff = booked(), helpdesk()
    where = address(mine)
    Kept.objects.update(document=b"{}")
    assert JA.not_readable in seen(staff, where).text
    assert staff.post(f"{where}file").status_code == 404


@pytest.mark.parametrize("which", ["list", "one"])
def test_the_pages_cost_few_queries(which: str) -> None:
    where, staff = address(booked()), helpdesk()
    asked = LIST if which == "list" else where
    seen(staff, asked)
    with CaptureQueriesContext(connection) as queries:
        seen(staff, asked)
    assert len(queries) <= 5, [query["sql"] for query in queries]


def test_every_kind_of_question_has_words() -> None:
    kinds = {kind.__struct_config__.tag for kind in get_args(recorded.AnyQuestion)}
    for language in Language:
        assert kinds <= set(load_words(HelpdeskWords, "helpdesk", language).recording.kinds)
