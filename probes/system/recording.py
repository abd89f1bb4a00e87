"""Recordings: what a machine answered, as readable JSON, and a system that answers from one.

A recording made on any machine is judged anywhere by the same code: a user's becomes a test, and
the helpdesk replays what a user chose to send.
"""

import base64
from datetime import datetime
from typing import Annotated, Any, TypeVar, get_args

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.decoding import converted, decoder
from precheck.contract.errors import ContractError
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Known, Unknown
from probes.system import System, questions, windows_questions
from probes.system.questions import Question

T = TypeVar("T")

RECORDING_SCHEMA = 1

AnyQuestion = (
    questions.ReadFile
    | questions.ListFolder
    | questions.StatFile
    | questions.ReadLink
    | questions.RunCommand
    | questions.ListProcesses
    | questions.ListListeners
    | questions.ListInterfaces
    | questions.DBusGet
    | questions.DBusCall
    | questions.DBusTransaction
    | questions.HttpGet
    | questions.HttpPost
    | questions.SweepFiles
    | windows_questions.ReadRegistry
    | windows_questions.ListRegistry
    | windows_questions.ReadService
    | windows_questions.ListSecurityProducts
    | windows_questions.ReadProviderHealth
    | windows_questions.ReadWmi
    | windows_questions.ReadFirewallPolicy
    | windows_questions.ListFirewallProducts
    | windows_questions.SearchUpdates
    | windows_questions.ReadUpdateHistory
    | windows_questions.ReadUpdateState
    | windows_questions.ReadNetworks
    | windows_questions.ListAdapters
    | windows_questions.ReadWlanLink
    | windows_questions.ReadWlanProfile
    | windows_questions.ListDevices
    | windows_questions.ReadFileVersion
    | windows_questions.ListDrives
    | windows_questions.MatchWindowTitles
    | windows_questions.ReadSystemMetric
)


_FORMS = frozenset({"text", "base64", "table"})


class BadRecording(ContractError):
    """A file that is not a recording."""


class Answered(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One question and its answer: a value with its source, or why there is none.

    Bytes are written as `{"text": …}` or `{"base64": …}`, and a table that happens to look like
    one of these as `{"table": …}`.
    """

    question: AnyQuestion
    source: str
    value: Any = None
    unknown: str | None = None


class Recording(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything one machine was asked and answered.

    `recorded_at` (UTC) is the time by which a replay judges. `provenance` says whether it was
    captured on a real machine or composed, by whom and from what.
    """

    schema: int
    family: OsFamily
    recorded_at: Annotated[datetime, msgspec.Meta(tz=True)]
    agent_version: str
    provenance: str
    answers: tuple[Answered, ...]


class RecordedSystem:
    """A system that answers from a recording.

    What was not recorded is `otherwise`: by default `not_recorded`, which never counts as absent.
    A composed recording for a test may say `missing` instead.
    """

    def __init__(self, recording: Recording, otherwise: Unread = Unread.NOT_RECORDED) -> None:
        self._recording = recording
        self._otherwise = otherwise
        self._answers = {answer.question: answer for answer in recording.answers}

    @property
    def family(self) -> OsFamily:
        return self._recording.family

    @property
    def recorded_at(self) -> datetime:
        """When the machine was asked, UTC."""
        return self._recording.recorded_at

    def ask(self, question: Question[T]) -> Fact[T]:
        answer = self._answers.get(question)  # type: ignore[call-overload]
        if answer is None:
            return Unknown(self._otherwise, type(question).__name__)
        return from_answered(question, answer)


class Recorder:
    """A system that hands every question on to another, and remembers what it answered, and for
    which check it was asked."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._answers: dict[Question[Any], Answered] = {}
        self._asked: dict[CheckId, dict[Question[Any], None]] = {}

    @property
    def family(self) -> OsFamily:
        return self._system.family

    def ask(self, question: Question[T]) -> Fact[T]:
        fact = self._system.ask(question)
        self._answers[question] = to_answered(question, fact)
        return fact

    def answers(self) -> tuple[Answered, ...]:
        """Every question asked so far with its answer, in the order of asking."""
        return tuple(self._answers.values())

    def on_behalf_of(self, check: CheckId) -> System:
        """This system, for `check` to ask."""
        return _Asking(self, self._asked.setdefault(check, {}))

    def asked(self) -> dict[CheckId, tuple[int, ...]]:
        """The places in `answers()`, asked for afterwards, of what each check has asked for."""
        asked = {check: list(questions) for check, questions in self._asked.items()}
        places = {question: place for place, question in enumerate(list(self._answers))}
        return {
            check: tuple(sorted(places[question] for question in questions))
            for check, questions in asked.items()
        }


class _Asking:
    """A recorder that notes in `noted` what it is asked."""

    def __init__(self, recorder: Recorder, noted: dict[Question[Any], None]) -> None:
        self._recorder = recorder
        self._noted = noted

    @property
    def family(self) -> OsFamily:
        return self._recorder.family

    def ask(self, question: Question[T]) -> Fact[T]:
        fact = self._recorder.ask(question)
        self._noted[question] = None
        return fact


def to_answered(question: Question[T], fact: Fact[T]) -> Answered:
    """`fact` as it is written down."""
    asked: Any = question
    if isinstance(fact, Unknown):
        return Answered(asked, fact.source, unknown=fact.why.value)
    return Answered(asked, fact.source, value=_readable(_builtins(fact.value)))


def from_answered(question: Question[T], answer: Answered) -> Fact[T]:
    """The fact that was written down; `garbled` where it does not have the question's shape."""
    if answer.unknown is not None:
        return Unknown(Unread(answer.unknown), answer.source)
    try:
        value = converted(_binary(answer.value), _answer_type(type(question)))
    except (msgspec.ValidationError, ValueError):
        return Unknown(Unread.GARBLED, answer.source)
    return Known(value, answer.source)


def encode_recording(recording: Recording) -> bytes:
    """`recording` as indented JSON, to be read by people too."""
    compact = msgspec.json.encode(recording, order="deterministic")
    return msgspec.json.format(compact, indent=1) + b"\n"


def decode_recording(raw: bytes) -> Recording:
    """The recording in `raw`. Raises `BadRecording`, naming the field, for anything else."""
    try:
        recording = decoder(Recording).decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRecording(f"this is not a recording: {error}") from error
    if recording.schema != RECORDING_SCHEMA:
        raise BadRecording(
            f"recording schema {recording.schema} is not known, only {RECORDING_SCHEMA}"
        )
    codes = {reason.value for reason in Unread}
    for place, answer in enumerate(recording.answers):
        if answer.unknown is not None and answer.unknown not in codes:
            raise BadRecording(f"answers[{place}].unknown: {answer.unknown!r} is no reason")
    return recording


def _answer_type(question: type[Question[Any]]) -> Any:
    for base in question.__orig_bases__:  # type: ignore[attr-defined]
        arguments = get_args(base)
        if arguments:
            return arguments[0]
    raise TypeError(f"{question.__name__} does not say what answers it")


def _builtins(value: Any) -> Any:
    return msgspec.to_builtins(value, builtin_types=(bytes,))


def _readable(value: Any) -> Any:
    if isinstance(value, bytes):
        try:
            return {"text": value.decode("utf-8")}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        table = {key: _readable(item) for key, item in value.items()}
        return {"table": table} if len(table) == 1 and _FORMS.issuperset(table) else table
    if isinstance(value, list | tuple):
        return [_readable(item) for item in value]
    return value


def _binary(value: Any) -> Any:
    if isinstance(value, dict):
        match value:
            case {"text": str(text), **others} if not others:
                return text.encode("utf-8")
            case {"base64": str(encoded), **others} if not others:
                return base64.b64decode(encoded, validate=True)
            case {"table": dict(table), **others} if not others:
                value = table
        return {key: _binary(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_binary(item) for item in value]
    return value
