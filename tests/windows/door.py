"""Asking the live door in a box, and asking a door with a slip of the pen in it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from probes.facts import Fact, Known
from probes.system.questions import Question
from probes.system.recording import Answered, from_answered
from tests.windows.bed import Box, Ran

PROGRAM = """
import importlib.util, json, sys
from pathlib import Path

for name, old, new in json.loads(sys.argv[2]):
    spec = importlib.util.find_spec(name)
    source = Path(spec.origin).read_text(encoding="utf-8")
    assert source.count(old) == 1, (name, old, source.count(old))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(source.replace(old, new), spec.origin, "exec"), module.__dict__)
    parent, _, child = name.rpartition(".")
    setattr(sys.modules[parent], child, module)

import msgspec
from probes.system.live import live_system
from probes.system.recording import AnyQuestion, to_answered

system = live_system()
questions = msgspec.json.decode(sys.argv[1], type=list[AnyQuestion])
answers = [to_answered(question, system.ask(question)) for question in questions]
sys.stdout.buffer.write(msgspec.json.encode(answers))
"""


@dataclass(frozen=True)
class Slip:
    """A mistake in a module's text: `old` once, and `new` in its place."""

    module: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.module.rpartition('.')[2]}: {self.old} -> {self.new}"


def ask(
    box: Box, *questions: Question[Any], env: Mapping[str, str] | None = None
) -> list[Fact[Any]]:
    """What the live door answers in `box`, in order."""
    ran = _run(box, questions, (), env)
    assert ran.code == 0, ran.err.decode(errors="replace")
    answers = msgspec.json.decode(ran.out, type=list[Answered])
    return [from_answered(answer.question, answer) for answer in answers]


def known(box: Box, question: Question[Any], env: Mapping[str, str] | None = None) -> Any:
    """The value that the live door answers, which must be one."""
    [fact] = ask(box, question, env=env)
    assert isinstance(fact, Known), fact
    return fact.value


def notices(box: Box, slip: Slip, question: Question[Any]) -> bool:
    """Whether a door with that slip answers otherwise than the true one, or not at all."""
    true = _run(box, (question,), (), None)
    assert true.code == 0, true.err.decode(errors="replace")
    slipped = _run(box, (question,), (slip,), None)
    assert b"AssertionError" not in slipped.err, slipped.err.decode(errors="replace")
    return slipped.code != 0 or slipped.out != true.out


def _run(
    box: Box,
    questions: Sequence[Question[Any]],
    slips: Sequence[Slip],
    env: Mapping[str, str] | None,
) -> Ran:
    asked = msgspec.json.encode(list(questions)).decode()
    slipped = json.dumps([(slip.module, slip.old, slip.new) for slip in slips])
    return box.python("-c", PROGRAM, asked, slipped, env=env)
