"""The helpdesk reads what a device answered beside what the person saw, and may save it."""

import json
from base64 import b64encode
from typing import Any, get_args
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Unread
from precheck.contract.recording import RecordedAnswer, Recording, SentRecording
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from precheck.endpoint.helpdesk.replay import (
    MOST_IN_ALL,
    MOST_SHOWN,
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


def test_a_long_answer_is_cut_and_says_by_how_much() -> None:
    entry = only(sections_of(sent(answer({"text": "x" * (MOST_SHOWN + 5)}))))
    assert (len(entry.text), entry.left_out) == (MOST_SHOWN, 5)


def test_a_page_has_an_end_and_every_question_is_on_it() -> None:
    many = MOST_IN_ALL // MOST_SHOWN + 5
    (section,) = sections_of(sent(*[answer({"text": "x" * MOST_SHOWN})] * many))
    assert sum(len(entry.text) for entry in section.entries) == MOST_IN_ALL
    assert len(section.entries) == many
    assert section.entries[-1].left_out == MOST_SHOWN


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
    assert only(sections_of(mine, " NEEDLE ")).left_out == len("needle")


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
