"""Files and reports of a Mac in which something has a kind that nobody expects there."""

import json
import plistlib
from collections.abc import Iterator
from datetime import UTC, datetime
from plistlib import UID
from typing import Any
from xml.parsers.expat import ExpatError

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from precheck.contract.checks import MEASURED_CHECKS
from probes.system.questions import RunCommand
from probes.system.recording import encode_recording
from tests.machines import context
from tests.probes.macs import ENDPOINT, MACS, Mac, answers, findings, recorded, system
from tests.probes.software_device import said

FIRST_AND_LAST = [datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None) for year in (1, 9999)]
ODD: list[Any] = [
    *(None, True, -1, 1 << 70, 1.5, float("nan"), "", "変", b"\0", []),
    *([None], [[]], {}, {"": {}}, *FIRST_AND_LAST, UID(3)),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MACS, st.data())
def test_nothing_odd_within_a_list_or_a_report_breaks_a_check(
    mac: Mac, data: st.DataObject
) -> None:
    """One value anywhere in Apple's files and reports is of a kind that nobody expects there."""
    whole = {asked: tree for asked, told in answers(mac).items() if (tree := _tree(told))}
    question = data.draw(st.sampled_from(sorted(whole, key=repr)))
    place = data.draw(st.sampled_from([*_places(whole[question])]))
    odd = _with(whole[question], place, data.draw(st.sampled_from(ODD)))
    try:
        written = plistlib.dumps(odd, fmt=plistlib.FMT_BINARY)
    except (TypeError, OverflowError, ValueError):
        written = b""
    if isinstance(question, RunCommand):
        written = json.dumps(odd, default=str).encode()
    changed = {question: said(written) if isinstance(question, RunCommand) else written}
    told = findings(system(mac, changed=changed), context(endpoint=ENDPOINT))
    assert set(told) == {str(check) for check in MEASURED_CHECKS}
    encode_recording(recorded(system(mac, changed=changed), context(), "composed"))


def _tree(told: Any) -> Any:
    """What a property list or a report in JSON holds; None for any other answer."""
    raw = told["stdout"] if isinstance(told, dict) and "stdout" in told else told
    if not isinstance(raw, bytes):
        return None
    try:
        return plistlib.loads(raw)
    except (ValueError, ExpatError):
        try:
            return json.loads(raw)
        except ValueError:
            return None


def _places(tree: Any) -> Iterator[tuple[Any, ...]]:
    yield ()
    if not isinstance(tree, dict | list):
        return
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from ((key, *rest) for rest in _places(value))


def _with(tree: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    copy = dict(tree) if isinstance(tree, dict) else [*tree]
    copy[place[0]] = _with(copy[place[0]], place[1:], value)
    return copy
