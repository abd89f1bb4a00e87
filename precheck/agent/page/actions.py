"""What a page can ask for: the body of each action, and the method of the flow that does it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import msgspec

from precheck.agent.page.flow import Flow
from precheck.contract.checks import CheckId
from precheck.contract.wording import Language

Typed = Annotated[str, msgspec.Meta(max_length=200)]


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base: nothing more than what an action knows."""


class Start(_Body, frozen=True):
    code: Typed | None = None
    office: Typed | None = None
    endpoint: Typed | None = None


class Check(_Body, frozen=True):
    only: Annotated[tuple[CheckId, ...], msgspec.Meta(min_length=1)] | None = None


class Answer(_Body, frozen=True):
    check: CheckId
    answer: bool


class Measured(_Body, frozen=True):
    check: CheckId
    outcome: Typed


class Send(_Body, frozen=True):
    report_id: Typed


class SendRecording(_Body, frozen=True):
    recording_id: Typed


class OpenSettings(_Body, frozen=True):
    screen: Typed


class Speak(_Body, frozen=True):
    language: Language


class Nothing(_Body, frozen=True):
    pass


Action = Callable[[Flow, bytes], None]


def _action(body: type[Any], do: Callable[[Flow, Any], None]) -> Action:
    decoder = msgspec.json.Decoder(body)
    return lambda flow, raw: do(flow, decoder.decode(raw))


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "/api/start": _action(Start, lambda flow, b: flow.start(b.code, b.office, b.endpoint)),
        "/api/check": _action(Check, lambda flow, b: flow.check(b.only)),
        "/api/answer": _action(Answer, lambda flow, b: flow.answer(b.check, b.answer)),
        "/api/measured": _action(Measured, lambda flow, b: flow.measured(b.check, b.outcome)),
        "/api/draft": _action(Nothing, lambda flow, _: flow.draft()),
        "/api/send": _action(Send, lambda flow, b: flow.send(b.report_id)),
        "/api/send_again": _action(Nothing, lambda flow, _: flow.send_again()),
        "/api/decline": _action(Nothing, lambda flow, _: flow.decline()),
        "/api/recording": _action(Nothing, lambda flow, _: flow.record()),
        "/api/recording/send": _action(
            SendRecording, lambda flow, b: flow.send_recording(b.recording_id)
        ),
        "/api/take_over": _action(Nothing, lambda flow, _: flow.take_over()),
        "/api/stay": _action(Nothing, lambda flow, _: flow.stay()),
        "/api/settings": _action(OpenSettings, lambda flow, b: flow.open_settings(b.screen)),
        "/api/language": _action(Speak, lambda flow, b: flow.speak(b.language)),
        "/api/quit": _action(Nothing, lambda flow, _: flow.end()),
    }
)
"""Each is a POST with a JSON body. Raises `Refusal`, or msgspec's errors for another body."""
