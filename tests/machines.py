"""Machines for tests: a system that answers what a test states, and a policy to judge by."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from precheck.contract.checks import CheckId
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.check import Context
from probes.facts import Known, Unknown
from probes.system.questions import Question
from probes.system.recording import RecordedSystem, Recording, to_answered

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""Noon in Tokyo on a day the catalogues know."""


def recording(answers: Mapping[Question[Any], Any], family: OsFamily = OsFamily.LINUX) -> Recording:
    """The recording of a machine that was never captured: `answers` maps a question to a value, or
    to an `Unread`."""
    facts = (
        (
            question,
            Unknown(value, "composed") if isinstance(value, Unread) else Known(value, "composed"),
        )
        for question, value in answers.items()
    )
    return Recording(
        schema=1,
        family=family,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=tuple(to_answered(question, fact) for question, fact in facts),
    )


def composed(
    answers: Mapping[Question[Any], Any],
    family: OsFamily = OsFamily.LINUX,
    otherwise: Unread = Unread.MISSING,
) -> RecordedSystem:
    """A machine that was never captured: it answers `answers`, and `otherwise` to everything else.
    Its answers go through the recording's own encoding."""
    return RecordedSystem(recording(answers, family), otherwise)


def context(
    now: datetime = NOON, policy: Policy | None = None, endpoint: str | None = None
) -> Context:
    """What a check needs to know, with the standard policy unless told otherwise."""
    return Context(policy=policy or load_office("standard"), now=now, endpoint=endpoint)


def policy_with(check: str, **options: Any) -> Policy:
    """The standard policy with `options` of one check changed, values as in an office's file."""
    standard = load_office("standard")
    before = standard.requirement(CheckId(check))
    requirement = msgspec.convert({**msgspec.to_builtins(before), **options}, type(before))
    checks = msgspec.structs.replace(standard.checks, **{check: requirement})
    return msgspec.structs.replace(standard, checks=checks)
