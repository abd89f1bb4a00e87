"""The pages on which stand the recordings that people chose to send."""

from typing import Any
from uuid import UUID

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from precheck.contract.errors import BadRecording, BadReport
from precheck.contract.recording import SentRecording, decode_recording
from precheck.contract.report import decode_report
from precheck.contract.verdict import SYSTEMS
from precheck.contract.wording import Wording
from precheck.endpoint.helpdesk.names import office_names
from precheck.endpoint.helpdesk.replay import Entry, Section, printable, sections_of
from precheck.endpoint.helpdesk.words import HelpdeskWords, RecordingWords
from precheck.endpoint.language import current_language
from precheck.endpoint.staff.access import Access, Permission, needs
from precheck.endpoint.staff.run import Run, run_of
from precheck.endpoint.staff.speech import Speech, current_speech
from precheck.endpoint.state import State
from precheck.endpoint.store import models
from precheck.endpoint.store.recordings import note_saved
from precheck.endpoint.tokyo import day_of
from precheck.endpoint.words import load_words

MOST_LISTED = 200
_WANTED_LENGTH = 100


@require_safe
@needs(Permission.SEE_RECORDINGS)
def list_of_recordings(request: HttpRequest, access: Access) -> HttpResponse:
    """The recordings that have arrived, the latest first."""
    now, speech = timezone.now(), current_speech()
    kept: list[Any] = list(
        models.SentRecording.objects.filter(report__appointment__office__in=access.offices())
        .order_by("-received_at", "-pk")
        .values(
            "received_at",
            "report_id",
            "report__readiness",
            "report__checked_at",
            "report__appointment_id",
            "report__appointment__starts_at",
            "report__appointment__reference",
            "report__appointment__office__policy_id",
        )[:MOST_LISTED]
    )
    names = office_names({item["report__appointment__office__policy_id"] for item in kept})
    return render(
        request,
        "helpdesk/recordings.html",
        {
            "words": _words(),
            "recordings": [
                {
                    "appointment": item["report__appointment_id"],
                    "run": item["report_id"],
                    "received_at": speech.when(item["received_at"], now),
                    "checked_at": speech.when(item["report__checked_at"], now),
                    "starts_at": speech.moment(item["report__appointment__starts_at"]),
                    "reference": item["report__appointment__reference"],
                    "office": names[item["report__appointment__office__policy_id"]],
                    "kind": item["report__readiness"],
                    "state": speech.words.states[State(item["report__readiness"])],
                }
                for item in kept
            ],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_RECORDINGS)
def recording(request: HttpRequest, access: Access, appointment: UUID, run: int) -> HttpResponse:
    """One recording beside what the person saw of that run. What is looked for in it comes by POST,
    so that it stands in no address."""
    speech, words = current_speech(), _words()
    kept = _kept(access, appointment, run)
    wanted = request.POST.get("wanted", "").strip()[:_WANTED_LENGTH]
    sent = _opened(kept)
    sections = sections_of(sent, wanted) if sent else []
    found = {place for section in sections for place in section.places}
    return render(
        request,
        "helpdesk/recording.html",
        {
            "words": words,
            "kept": kept,
            "office": kept.report.policy.policy().terms.office,
            "starts_at": speech.moment(kept.report.appointment.starts_at),
            "checked_at": words.of_run.format(checked_at=speech.moment(kept.report.checked_at)),
            "run": _seen(kept, speech.wording),
            "sent": sent,
            "made_at": sent and words.made_at.format(at=speech.moment(sent.recording.recorded_at)),
            "provenance": sent
            and words.provenance.format(text=printable(sent.recording.provenance)),
            "system": sent
            and speech.words.system.format(
                system=SYSTEMS[sent.recording.family], version=sent.recording.agent_version
            ),
            "wanted": wanted,
            "found": wanted
            and (words.found if found else words.found_none).format(
                wanted=wanted, count=len(found)
            ),
            "by_check": any(section.check for section in sections),
            "sections": [
                _section(section, words, speech, opened=bool(wanted)) for section in sections
            ],
        },
    )


@require_POST
@needs(Permission.SEE_RECORDINGS)
def save(request: HttpRequest, access: Access, appointment: UUID, run: int) -> HttpResponse:
    """The recording as a file, as `precheck check --replay` takes it; who saved it is written
    down."""
    kept = _kept(access, appointment, run)
    sent = _opened(kept)
    if sent is None:
        raise Http404
    note_saved(kept, access.user, timezone.now())
    compact = msgspec.json.encode(sent.recording)
    return HttpResponse(
        msgspec.json.format(compact, indent=1) + b"\n",
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="precheck-recording.json"'},
    )


def _kept(access: Access, appointment: UUID, run: int) -> models.SentRecording:
    """The recording of one run of an appointment within reach. Raises `Http404` for any other."""
    found = (
        models.SentRecording.objects.filter(
            report__pk=run,  # which also knows a number that is too large for any key
            report__appointment=appointment,
            report__appointment__office__in=access.offices(),
        )
        .select_related("report__appointment", "report__policy")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _opened(kept: models.SentRecording) -> SentRecording | None:
    """None for one from before an update, in a form that this version no longer knows."""
    try:
        return decode_recording(bytes(kept.document))
    except BadRecording:
        return None


def _seen(kept: models.SentRecording, wording: Wording) -> Run | None:
    try:
        report = decode_report(bytes(kept.report.document))
    except BadReport:
        return None
    day = day_of(kept.report.appointment.starts_at)
    return run_of(report, kept.report.policy.policy(), wording, day)


def _section(
    section: Section, words: RecordingWords, speech: Speech, *, opened: bool
) -> dict[str, Any]:
    return {
        "label": speech.wording.label(section.check) if section.check else words.other,
        "opened": opened,
        "count": len(section.places),
        "left_out": section.left_out and words.left_out.format(count=section.left_out),
        "entries": [_entry(entry, words, speech.wording) for entry in section.entries],
    }


def _entry(entry: Entry, words: RecordingWords, wording: Wording) -> dict[str, Any]:
    return {
        "kind": words.kinds.get(entry.kind, entry.kind),
        "asked": entry.asked,
        "source": entry.source,
        "text": entry.text,
        "unknown": entry.unknown and wording.common[entry.unknown].sentence,
        "is_cut": entry.is_cut,
    }


def _words() -> RecordingWords:
    return load_words(HelpdeskWords, "helpdesk", current_language()).recording
