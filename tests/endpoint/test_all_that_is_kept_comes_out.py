"""`export data` writes all rows that belong to an office, and none that belongs to another."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from django.apps import apps
from django.contrib.auth.models import User

from precheck.endpoint.operations.exporting import lines_of_office
from precheck.endpoint.store.models import Appointment, Readout, Waiver
from precheck.endpoint.store.waivers import withdraw_waiver
from tests.endpoint.counselled import a_code_heard, a_note, a_waiver
from tests.endpoint.people import booked, member, recorded_run
from tests.endpoint.scene import (
    OFFICE,
    OTHER_OFFICE,
    RECORDING,
    done,
    kept_in,
    listed,
    new_code,
    today,
)


def rows(office: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for line in lines_of_office(office):
        row = json.loads(line)
        found.setdefault(row["kind"], []).append(row)
    return found


def test_what_staff_said_in_their_own_words_and_what_a_device_sent_comes_out() -> None:
    heard, mine, other = booked(), booked(), booked()
    client = member("hanako")
    digits = a_code_heard(heard)
    client.post(f"/staff/appointments/{heard.id}/readout", {**digits, "day": str(today())})
    a_waiver(mine)
    a_note(mine)
    by = User.objects.get(username="kei")
    withdraw_waiver(mine.row, Waiver.objects.get().pk, by, datetime.now(UTC))
    recorded_run(other)
    found = rows(OFFICE)
    (readout,), (waiver,), (note,) = found["readout"], found["waiver"], found["note"]
    assert (readout["appointment"], readout["by"]) == (str(heard.id), "hanako")
    assert readout["verdicts"] == Readout.objects.get().verdicts
    assert (waiver["check"], waiver["given_by"]) == ("antivirus", "kei")
    assert waiver["withdrawn_at"]
    assert (note["text"], note["by"]) == ("calls back", "kei")
    (sent,) = found["recording"]
    assert sent["recording"]["recording"] == json.loads(RECORDING.read_bytes())  # type: ignore[index]
    text = msgspec.json.encode(found).decode()
    for secret in (heard.code, mine.code, *map(str, digits.values())):
        assert secret not in text


def test_nothing_of_another_office_comes_out() -> None:
    theirs = booked()
    a_note(theirs)
    recorded_run(theirs)
    booked(OTHER_OFFICE)
    assert set(rows(OTHER_OFFICE)) == {"office", "policy", "appointment"}
    assert {"note", "recording"} <= set(rows(OFFICE))


_WRITES_OUT = """
import sys
from pathlib import Path
from precheck.endpoint.opening import set_up
set_up(Path(sys.argv[1]), make=False)
from precheck.endpoint.operations.exporting import lines_of_office
for line in lines_of_office(sys.argv[2]):
    print(line, flush=True)
    sys.stdin.readline()
"""


def test_what_is_entered_meanwhile_neither_waits_nor_comes_out(tmp_path: Path) -> None:
    done(tmp_path, "office", "add", OFFICE)
    new_code(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", _WRITES_OUT, str(tmp_path), OFFICE],
        env={**os.environ, **kept_in(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writing:
        assert writing.stdout is not None
        first = writing.stdout.readline()
        new_code(tmp_path)
        rest, _ = writing.communicate("\n" * 9)
    kinds = [json.loads(line)["kind"] for line in (first + rest).splitlines()]
    assert (writing.returncode, kinds) == (0, ["office", "policy", "appointment"])
    assert len(listed(tmp_path)) == 2


def test_every_table_that_hangs_on_an_appointment_is_written() -> None:
    written = {"ReportRecord", "StateChange", "Readout", "Waiver", "Note"}
    hanging = {
        model.__name__
        for model in apps.get_models()
        if any(field.related_model is Appointment for field in model._meta.fields)
    }
    assert hanging == written
