"""What staff do about an appointment, as tests do it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib.auth.models import User

from precheck.contract.checks import CheckId
from precheck.contract.reasons import Antivirus
from precheck.contract.verdict import Verdict
from precheck.endpoint.store.models import AuditEntry, Note, Waiver, WaiverReason
from precheck.endpoint.store.obstacles import Obstacle
from precheck.endpoint.store.waivers import give_waiver
from tests.endpoint.people import Booked, post_report, read_out
from tests.endpoint.scene import report


def a_code_heard(of: Booked) -> Mapping[str, object]:
    """The digits of a fine device."""
    return {"digits": read_out(of)}


def something_found(of: Booked) -> Mapping[str, object]:
    """A report of a device without virus protection."""
    post_report(of, report(Antivirus.OFF))
    return {}


def a_waiver(of: Booked) -> Mapping[str, object]:
    """That somebody has accepted that, written down for nobody who is asked about."""
    something_found(of)
    found = Obstacle(CheckId.ANTIVIRUS, Antivirus.OFF.value, Verdict.FAIL)
    by, _ = User.objects.get_or_create(username="kei")
    give_waiver(of.row, found, WaiverReason.SEEN, "", by, datetime.now(UTC))
    AuditEntry.objects.filter(by=by).delete()
    return {"waiver": Waiver.objects.get(appointment=of.id, withdrawn_at=None).pk}


def a_note(of: Booked) -> Mapping[str, object]:
    """A note that nobody has written who is asked about."""
    by, _ = User.objects.get_or_create(username="kei")
    note = Note.objects.create(appointment=of.row, at=datetime.now(UTC), by=by, text="calls back")
    return {"note": note.pk}
