"""Which check asked for which answer: noted while asking, and still true of what redaction left."""

from datetime import UTC, datetime

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.facts import Known
from probes.system.masks import Personal
from probes.system.questions import ListFolder, ReadFile
from probes.system.recording import Recorder, Recording
from probes.system.redaction import redacted
from tests.machines import composed

RELEASE = ReadFile("/etc/os-release")
VERSION = ReadFile("/proc/version")
PROGRAMS = ListFolder("/usr/share/applications")
DIARY = ReadFile("/usr/share/applications/diary-of-hanako.desktop")
ZOOM = ReadFile("/usr/share/applications/zoom.desktop")
NOBODY = Personal(*[frozenset()] * 3)


def a_recorder() -> Recorder:
    return Recorder(
        composed(
            {
                RELEASE: b"ID=ubuntu\n",
                VERSION: b"Linux version 6.1.0",
                PROGRAMS: ("diary-of-hanako.desktop", "zoom.desktop"),
                DIARY: b"[Desktop Entry]\nName=Diary\n",
                ZOOM: b"[Desktop Entry]\nName=Zoom\n",
            }
        )
    )


def test_an_answer_that_two_checks_asked_for_is_there_once_and_both_are_noted() -> None:
    recorder = a_recorder()
    os_support = recorder.on_behalf_of(CheckId.OS_SUPPORT)
    firewall = recorder.on_behalf_of(CheckId.FIREWALL)
    assert os_support.ask(VERSION) == Known(b"Linux version 6.1.0", "composed")
    firewall.ask(RELEASE)
    firewall.ask(RELEASE)
    os_support.ask(RELEASE)
    assert [answer.question for answer in recorder.answers()] == [VERSION, RELEASE]
    assert recorder.asked() == {CheckId.OS_SUPPORT: (0, 1), CheckId.FIREWALL: (1,)}


def test_who_asks_through_it_meets_the_same_system() -> None:
    recorder = a_recorder()
    assert recorder.on_behalf_of(CheckId.FIREWALL).family is recorder.family is OsFamily.LINUX


def test_a_check_that_asked_for_nothing_has_no_places() -> None:
    recorder = a_recorder()
    recorder.on_behalf_of(CheckId.METERED)
    assert recorder.asked() == {CheckId.METERED: ()}


def test_what_redaction_leaves_out_is_missing_and_the_rest_keeps_its_place() -> None:
    recorder = a_recorder()
    for question in (PROGRAMS, DIARY, RELEASE, ZOOM):
        recorder.ask(question)
    whole = Recording(
        schema=1,
        family=OsFamily.LINUX,
        recorded_at=datetime(2026, 11, 20, tzinfo=UTC),
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )
    left = redacted(whole, lambda name: name == "zoom", NOBODY)
    assert left.places == (0, 2, 3)
    assert [answer.question for answer in left.recording.answers] == [PROGRAMS, RELEASE, ZOOM]
