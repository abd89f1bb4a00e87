"""The system report of macOS (system_profiler(8)) as JSON, whose keys no language translates."""

from typing import Any

import msgspec

from precheck.contract.decoding import decoder
from probes.facts import Fact, parsed
from probes.system import System
from probes.system.questions import Completed, RunCommand

Item = dict[str, Any]


def report_on(data_type: str) -> RunCommand:
    """The question for one part of the report ("SPAudioDataType"). It prompts for nothing; what
    the person has not allowed to be seen is redacted in it."""
    return RunCommand(("/usr/sbin/system_profiler", "-json", data_type), timeout=12.0)


def items_on(system: System, data_type: str) -> Fact[tuple[Item, ...]]:
    """The items of one part of the report: none where the Mac has none of the kind."""
    return parsed(system.ask(report_on(data_type)), lambda answer: parse_report(answer, data_type))


def parse_report(answer: Completed, data_type: str) -> tuple[Item, ...] | None:
    """The items of `data_type`; None for anything but the report on it."""
    if answer.returncode != 0:
        return None
    try:
        report = decoder(dict[str, list[Item]]).decode(answer.stdout)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    items = report.get(data_type)
    return None if items is None else tuple(items)


def listed(item: Item, key: str) -> tuple[Item, ...]:
    """The items in the list at `key`; none where there is no such list."""
    values = item.get(key)
    return tuple(one for one in values if isinstance(one, dict)) if isinstance(values, list) else ()


def word(item: Item, key: str) -> str:
    """The text at `key`; empty where there is none."""
    value = item.get(key)
    return value if isinstance(value, str) else ""
