"""Every address of the endpoint by every method, and what it is to nobody and to each role.

A new address without a row fails here. A row says what each persona gets by each method; what it
leaves out, nobody gets.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from precheck.contract.verdict import Level
from precheck.endpoint.staff.frame import MENU
from precheck.endpoint.store.changes import remove_staff
from precheck.endpoint.store.models import Action, AuditEntry, Role
from tests.endpoint.administered import (
    a_colleague,
    a_colleague_everywhere,
    a_plan,
    a_version,
    an_answer,
    no_plan,
    nobody_new,
    text_with_firewall,
    thirty_days,
)
from tests.endpoint.counselled import a_code_heard, a_note, a_waiver, something_found
from tests.endpoint.people import (
    LIST,
    Booked,
    booked,
    browser,
    member,
    post_report,
    recorded_run,
    system_administrator,
)
from tests.endpoint.scene import DAY, OFFICE, OTHER_OFFICE, report, today

SEEN, DONE, WRONG, LOGIN, NO_CODE, REFUSED, GONE, NO_METHOD = (
    "seen",
    "done, and led on",
    "not understood",
    "led to the sign-in",
    "no code",
    "refused",
    "gone",
    "no such method",
)
_BY_STATUS = {
    200: SEEN,
    204: SEEN,
    302: DONE,
    400: WRONG,
    401: NO_CODE,
    403: REFUSED,
    404: GONE,
    405: NO_METHOD,
}

PERSONAS: dict[str, Callable[[], Client]] = {
    "anonymous": browser,
    "counsellor": lambda: member("hanako"),
    "counsellor elsewhere": lambda: member("taro", OTHER_OFFICE),
    "helpdesk": lambda: member("sora", None, Role.HELPDESK),
    "helpdesk elsewhere": lambda: member("nagi", OTHER_OFFICE, Role.HELPDESK),
    "administrator": lambda: member("ichiro", role=Role.ADMINISTRATOR),
    "administrator elsewhere": lambda: member("jun", OTHER_OFFICE, Role.ADMINISTRATOR),
    "system": lambda: system_administrator("root"),
}
"""The appointment of every row is the office's; `elsewhere` is another office."""


def all_get(what: str) -> dict[str, str]:
    return dict.fromkeys(PERSONAS, what)


def staff_get(what: str, **others: str) -> dict[str, str]:
    """Everybody who is signed in; `others` by persona, with _ for a space."""
    return {
        **all_get(what),
        "anonymous": LOGIN,
        **{name.replace("_", " "): other for name, other in others.items()},
    }


_ELSEWHERE = {
    "counsellor_elsewhere": GONE,
    "helpdesk_elsewhere": GONE,
    "administrator_elsewhere": GONE,
}
_NOT_HELPDESK = {"helpdesk": REFUSED, "helpdesk_elsewhere": REFUSED}
_NOT_COUNSELLOR = {"counsellor": REFUSED, "counsellor_elsewhere": REFUSED}
_NOT_ADMINISTRATOR = {"administrator": REFUSED, "administrator_elsewhere": REFUSED}
_HELPDESK_ALONE = {**_NOT_COUNSELLOR, **_NOT_ADMINISTRATOR}


_SYSTEM_SEES = staff_get(REFUSED, system=SEEN)
_ABOUT_STAFF = {
    "remove": Action.STAFF_REMOVED,
    "password": Action.PASSWORD_GIVEN,
    "second-factor": Action.SECOND_FACTOR_REMOVED,
    "shut-out": Action.STAFF_SHUT_OUT,
    "let-in": Action.STAFF_LET_IN,
}
_ASKED_FIRST = ("remove", "shut-out")


def _administrators(what: str, elsewhere: str = GONE) -> dict[str, str]:
    """What the administrators of the office and of the system get; nobody else gets anything."""
    return staff_get(REFUSED, administrator=what, administrator_elsewhere=elsewhere, system=what)


@dataclass(frozen=True)
class Row:
    """An address, what each persona gets by GET and by POST (None: there is no such method), and
    what is written down of a POST."""

    address: str
    get: Mapping[str, str] | None = None
    post: Mapping[str, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    recorded: Action | None = None
    scene: Callable[[Booked], Mapping[str, object]] | None = None
    """What has to be there each time, and what of it stands in the address or in a field."""


MATRIX: dict[str, Row] = {
    "api/v1/health": Row("/api/v1/health", all_get(SEEN)),
    "api/v1/appointment": Row("/api/v1/appointment", all_get(NO_CODE)),
    "api/v1/reports": Row("/api/v1/reports", post=all_get(NO_CODE)),
    "api/v1/recordings": Row("/api/v1/recordings", post=all_get(NO_CODE)),
    "api/v1/bookings": Row("/api/v1/bookings", post=all_get(NO_CODE)),
    "api/v1/bookings/<uuid:booking>": Row("/api/v1/bookings/{id}"),
    "api/v1/catalogues/<str:name>": Row("/api/v1/catalogues/lifecycle", all_get(SEEN)),
    "api/v1/measure": Row("/api/v1/measure?bytes=1", all_get(SEEN), all_get(SEEN)),
    "assets/<str:name>": Row("/assets/style.css", all_get(SEEN)),
    "favicon.ico": Row("/favicon.ico", all_get(SEEN)),
    "a/": Row("/a/", all_get(SEEN), all_get(WRONG)),
    "a/download/<str:name>": Row("/a/download/precheck.exe", all_get(GONE)),
    "": Row("/", all_get(DONE), all_get(DONE)),
    "staff/": Row("/staff/", staff_get(DONE)),
    "staff/login/": Row("/staff/login/", all_get(SEEN), all_get(WRONG)),
    "staff/login/code/": Row("/staff/login/code/", all_get(GONE), all_get(GONE)),
    "staff/login/office/": Row("/staff/login/office/", all_get(GONE)),
    "staff/login/office/done": Row("/staff/login/office/done", all_get(GONE)),
    "staff/second-factor/": Row("/staff/second-factor/", staff_get(GONE), staff_get(GONE)),
    "staff/logout/": Row("/staff/logout/", post=all_get(LOGIN), recorded=Action.SIGNED_OUT),
    "staff/appointments/": Row(
        "/staff/appointments/", staff_get(SEEN), staff_get(SEEN), fields={"text": "K-7"}
    ),
    "staff/appointments/rows": Row("/staff/appointments/rows", staff_get(SEEN)),
    "staff/appointments/new": Row(
        "/staff/appointments/new",
        staff_get(SEEN, **_NOT_HELPDESK),
        staff_get(WRONG, **_NOT_HELPDESK),
    ),
    "staff/appointments/import": Row(
        "/staff/appointments/import",
        staff_get(SEEN, **_NOT_HELPDESK),
        staff_get(WRONG, **_NOT_HELPDESK),
    ),
    "staff/appointments/import/confirm": Row(
        "/staff/appointments/import/confirm", post=staff_get(WRONG, **_NOT_HELPDESK)
    ),
    **{
        f"staff/appointments/import/<uuid:batch>{rest}": Row(
            f"/staff/appointments/import/{{id}}{rest}", staff_get(SEEN, **_NOT_HELPDESK)
        )
        for rest in ("", "/codes.csv", "/slips")
    },
    "staff/appointments/cancelled": Row(
        "/staff/appointments/cancelled", staff_get(SEEN, **_NOT_HELPDESK)
    ),
    "staff/appointments/<uuid:appointment>/code": Row(
        "/staff/appointments/{id}/code",
        staff_get(SEEN, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        staff_get(WRONG, **{**_ELSEWHERE, **_NOT_HELPDESK}),
    ),
    "staff/appointments/<uuid:appointment>/code/given": Row(
        "/staff/appointments/{id}/code/given", staff_get(SEEN, **{**_ELSEWHERE, **_NOT_HELPDESK})
    ),
    "staff/appointments/<uuid:appointment>/cancel": Row(
        "/staff/appointments/{id}/cancel",
        staff_get(SEEN, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        staff_get(DONE, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        recorded=Action.APPOINTMENT_CANCELLED,
    ),
    "staff/tokens/": Row(
        "/staff/tokens/",
        staff_get(SEEN, **_NOT_COUNSELLOR, **_NOT_HELPDESK),
        staff_get(WRONG, **_NOT_COUNSELLOR, **_NOT_HELPDESK),
    ),
    "staff/tokens/<int:token>/revoke": Row(
        "/staff/tokens/999999/revoke", post=staff_get(GONE, **_NOT_COUNSELLOR, **_NOT_HELPDESK)
    ),
    "staff/appointments/<uuid:appointment>/": Row(
        "/staff/appointments/{id}/", staff_get(SEEN, **_ELSEWHERE)
    ),
    "staff/appointments/<uuid:appointment>/mode": Row(
        "/staff/appointments/{id}/mode",
        post=staff_get(DONE, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        fields={"mode": "phone"},
        recorded=Action.MODE_CHANGED,
    ),
    "staff/appointments/<uuid:appointment>/readout": Row(
        "/staff/appointments/{id}/readout",
        staff_get(DONE, **_ELSEWHERE),
        staff_get(DONE, **_ELSEWHERE),
        fields={"digits": "", "day": str(today())},
        recorded=Action.READOUT_ENTERED,
        scene=a_code_heard,
    ),
    "staff/appointments/<uuid:appointment>/waivers": Row(
        "/staff/appointments/{id}/waivers",
        staff_get(DONE, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        staff_get(DONE, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        fields={"accepted": "antivirus.off.fail", "reason": "seen"},
        recorded=Action.WAIVER_GIVEN,
        scene=something_found,
    ),
    "staff/appointments/<uuid:appointment>/waivers/<int:waiver>/withdraw": Row(
        "/staff/appointments/{id}/waivers/{waiver}/withdraw",
        post=staff_get(DONE, **{**_ELSEWHERE, **_NOT_HELPDESK}),
        recorded=Action.WAIVER_WITHDRAWN,
        scene=a_waiver,
    ),
    "staff/appointments/<uuid:appointment>/notes": Row(
        "/staff/appointments/{id}/notes",
        staff_get(DONE, **_ELSEWHERE),
        staff_get(DONE, **_ELSEWHERE),
        fields={"text": "calls back"},
        recorded=Action.NOTE_ADDED,
    ),
    "staff/appointments/<uuid:appointment>/notes/<int:note>/delete": Row(
        "/staff/appointments/{id}/notes/{note}/delete",
        post=_administrators(DONE, elsewhere=GONE)
        | {"counsellor elsewhere": GONE, "helpdesk elsewhere": GONE},
        recorded=Action.NOTE_DELETED,
        scene=a_note,
    ),
    "staff/helpdesk/": Row("/staff/helpdesk/", staff_get(SEEN, **_NOT_COUNSELLOR)),
    "staff/helpdesk/now": Row("/staff/helpdesk/now", staff_get(SEEN, **_NOT_COUNSELLOR)),
    "staff/helpdesk/trend/": Row("/staff/helpdesk/trend/", staff_get(SEEN, **_NOT_COUNSELLOR)),
    "staff/helpdesk/recordings/": Row(
        "/staff/helpdesk/recordings/", staff_get(SEEN, **_HELPDESK_ALONE)
    ),
    "staff/helpdesk/recordings/<uuid:appointment>/<int:run>/": Row(
        "/staff/helpdesk/recordings/{id}/{recorded}/",
        staff_get(SEEN, **{**_ELSEWHERE, **_HELPDESK_ALONE}),
        staff_get(SEEN, **{**_ELSEWHERE, **_HELPDESK_ALONE}),
    ),
    "staff/helpdesk/recordings/<uuid:appointment>/<int:run>/file": Row(
        "/staff/helpdesk/recordings/{id}/{recorded}/file",
        post=staff_get(SEEN, **{**_ELSEWHERE, **_HELPDESK_ALONE}),
        recorded=Action.RECORDING_SAVED,
    ),
    "staff/helpdesk/readout/": Row(
        "/staff/helpdesk/readout/",
        staff_get(SEEN),
        staff_get(WRONG),
    ),
    "staff/password/": Row("/staff/password/", staff_get(SEEN), staff_get(WRONG)),
    "healthz": Row("/healthz", all_get(SEEN)),
    "readyz": Row("/readyz", all_get(SEEN)),
    "metrics": Row("/metrics", all_get(SEEN)),
    "doctor/seen": Row("/doctor/seen", all_get(GONE)),
    "staff/offices/": Row(
        "/staff/offices/",
        staff_get(REFUSED, administrator=DONE, administrator_elsewhere=DONE, system=SEEN),
    ),
    "staff/offices/<slug:office>/": Row(
        "/staff/offices/kakogawa/",
        _administrators(SEEN),
        _administrators(DONE),
        fields={"days": "40"},
        recorded=Action.RETENTION_SET,
        scene=thirty_days,
    ),
    "staff/offices/<slug:office>/staff/": Row(
        "/staff/offices/kakogawa/staff/",
        _administrators(SEEN),
        _administrators(DONE),
        fields={"name": "midori", "role": "counsellor"},
        recorded=Action.STAFF_PUT,
        scene=nobody_new,
    ),
    "staff/offices/<slug:office>/staff/<int:user>/": Row(
        "/staff/offices/kakogawa/staff/{colleague}/", _administrators(SEEN), scene=a_colleague
    ),
    "staff/offices/<slug:office>/staff/<int:user>/role": Row(
        "/staff/offices/kakogawa/staff/{colleague}/role",
        post=_administrators(DONE),
        fields={"role": "helpdesk"},
        recorded=Action.STAFF_PUT,
        scene=a_colleague,
    ),
    **{
        f"staff/offices/<slug:office>/staff/<int:user>/{what}": Row(
            f"/staff/offices/kakogawa/staff/{{colleague}}/{what}",
            _administrators(SEEN) if what in _ASKED_FIRST else None,
            post=_administrators(DONE),
            recorded=action,
            scene=a_colleague,
        )
        for what, action in _ABOUT_STAFF.items()
    },
    "staff/offices/<slug:office>/policy/": Row(
        "/staff/offices/kakogawa/policy/", _administrators(SEEN)
    ),
    "staff/offices/<slug:office>/policy/new": Row(
        "/staff/offices/kakogawa/policy/new", _administrators(SEEN), _administrators(WRONG)
    ),
    "staff/offices/<slug:office>/policy/put": Row(
        "/staff/offices/kakogawa/policy/put",
        _administrators(DONE),
        _administrators(DONE),
        fields={"policy": text_with_firewall(Level.ADVISED), "starts_on": str(DAY)},
        recorded=Action.POLICY_PLANNED,
        scene=no_plan,
    ),
    "staff/offices/<slug:office>/policy/cancel": Row(
        "/staff/offices/kakogawa/policy/cancel",
        post=_administrators(DONE),
        recorded=Action.POLICY_CANCELLED,
        scene=a_plan,
    ),
    "staff/offices/<slug:office>/policy/<int:version>/": Row(
        "/staff/offices/kakogawa/policy/{version}/", _administrators(SEEN), scene=a_version
    ),
    "staff/offices/<slug:office>/terms/": Row(
        "/staff/offices/kakogawa/terms/", _administrators(SEEN)
    ),
    "staff/offices/<slug:office>/terms/<str:revision>/": Row(
        "/staff/offices/kakogawa/terms/{revision}/", _administrators(SEEN), scene=an_answer
    ),
    "staff/offices/<slug:office>/figures/": Row(
        "/staff/offices/kakogawa/figures/", _administrators(SEEN)
    ),
    "staff/audit/": Row("/staff/audit/", _administrators(SEEN, elsewhere=SEEN)),
    "staff/audit/audit.csv": Row("/staff/audit/audit.csv", _administrators(SEEN, elsewhere=SEEN)),
    "staff/system/doctor": Row("/staff/system/doctor", _SYSTEM_SEES, _SYSTEM_SEES),
    "staff/system/offices/new": Row(
        "/staff/system/offices/new",
        _SYSTEM_SEES,
        staff_get(REFUSED, system=DONE),
        fields={"shipped": "nagasaki"},
        recorded=Action.OFFICE_PUT,
    ),
    "staff/system/staff/": Row(
        "/staff/system/staff/",
        _SYSTEM_SEES,
        staff_get(REFUSED, system=DONE),
        fields={"name": "midori", "role": "helpdesk"},
        recorded=Action.STAFF_PUT,
        scene=nobody_new,
    ),
    "staff/system/staff/<int:user>/": Row(
        "/staff/system/staff/{colleague}/", _SYSTEM_SEES, scene=a_colleague_everywhere
    ),
    **{
        f"staff/system/staff/<int:user>/{what}": Row(
            f"/staff/system/staff/{{colleague}}/{what}",
            _SYSTEM_SEES if what in _ASKED_FIRST else None,
            post=staff_get(REFUSED, system=DONE),
            recorded=action,
            scene=a_colleague_everywhere,
        )
        for what, action in _ABOUT_STAFF.items()
    },
}


def routes(resolver: URLResolver, above: str = "") -> Iterator[str]:
    """Every address that the resolver knows."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield above + str(pattern.pattern)
        else:
            yield from routes(pattern, above + str(pattern.pattern))


def test_every_address_is_in_the_matrix_once() -> None:
    known = list(routes(get_resolver()))
    assert sorted(known) == sorted(set(known))
    assert set(known) == set(MATRIX)


def test_every_row_is_about_every_persona() -> None:
    for route, row in MATRIX.items():
        for answers in (row.get, row.post):
            assert answers is None or set(answers) == set(PERSONAS), route


def outcome(client: Client, method: str, row: Row, appointment: Booked) -> str:
    recorded = recorded_run(appointment) if "{recorded}" in row.address else 0
    more = row.scene(appointment) if row.scene else {}
    address = row.address.format(id=appointment.id, recorded=recorded, **more)
    fields = {name: more.get(name, value) for name, value in row.fields.items()}
    answer = getattr(client, method)(address, fields)
    to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/staff/login/")
    return LOGIN if to_login else _BY_STATUS.get(answer.status_code, str(answer.status_code))


@pytest.mark.parametrize("route", MATRIX)
@pytest.mark.parametrize("persona", PERSONAS)
def test_everybody_gets_what_is_theirs(route: str, persona: str) -> None:
    row, appointment = MATRIX[route], booked()
    for method, answers in (("get", row.get), ("post", row.post)):
        got = outcome(PERSONAS[persona](), method, row, appointment)
        if answers is None:
            assert got in (NO_METHOD, LOGIN), method
        else:
            assert got == answers[persona], method


@pytest.mark.parametrize("route", [route for route in MATRIX if route])
def test_no_other_method_does_anything(route: str) -> None:
    appointment = booked()
    for persona in PERSONAS.values():
        for method in ("put", "patch", "delete"):
            got = outcome(persona(), method, MATRIX[route], appointment)
            assert got in (NO_METHOD, LOGIN, REFUSED, NO_CODE), method


@pytest.mark.parametrize(
    "route", [route for route, row in MATRIX.items() if row.post and route.startswith("staff/")]
)
def test_what_staff_do_is_written_down_and_what_is_refused_is_not(route: str) -> None:
    row = MATRIX[route]
    assert row.post is not None
    for persona, answer in row.post.items():
        AuditEntry.objects.all().delete()
        appointment = booked()
        outcome(PERSONAS[persona](), "post", row, appointment)
        entries = list(AuditEntry.objects.exclude(by=None).values_list("action", flat=True))
        succeeds = (
            answer == DONE
            or (answer == SEEN and row.recorded is not None)
            or (row.recorded is Action.SIGNED_OUT and persona != "anonymous")
        )
        expected = [row.recorded.value] if succeeds and row.recorded else []
        assert entries == expected, persona
        assert not succeeds or row.recorded, "say which action is written down"


def test_the_menu_shows_what_one_may_see_and_each_entry_opens() -> None:
    booked()
    for persona, client in PERSONAS.items():
        if persona == "anonymous":
            continue
        page = client().get(LIST).content.decode()
        menu = re.findall(r'<li><a href="([^"]+)"', page.split("</nav>")[0])
        assert menu, persona
        assert len(menu) <= len(MENU)
        for address in menu:
            assert client().get(address, follow=True).status_code == 200, (persona, address)


def test_another_offices_staff_sees_no_trace_of_an_appointment() -> None:
    mine = booked(reference="K-77")
    post_report(mine, report())
    stranger, insider = member("taro", OTHER_OFFICE), member("hanako")
    assert "K-77" in insider.get(LIST).content.decode()
    assert "K-77" not in stranger.get(LIST).content.decode()
    real = stranger.get(f"/staff/appointments/{mine.id}/")
    invented = stranger.get("/staff/appointments/00000000-0000-4000-8000-000000000000/")
    assert (real.status_code, real.content) == (invented.status_code, invented.content)


def test_another_offices_staff_changes_nothing() -> None:
    mine = booked()
    member("taro", OTHER_OFFICE).post(f"/staff/appointments/{mine.id}/mode", {"mode": "phone"})
    assert mine.row.mode == "video"


def test_the_run_of_another_appointment_is_not_shown_under_this_one() -> None:
    mine, theirs = booked(), booked(OTHER_OFFICE)
    post_report(mine, report())
    post_report(theirs, report(policy={"id": OTHER_OFFICE, "revision": _revision(theirs)}))
    run = theirs.row.reports.get()
    insider = member("hanako")
    assert insider.get(f"/staff/appointments/{mine.id}/?run={run.pk}").status_code == 404
    own = mine.row.reports.get()
    assert insider.get(f"/staff/appointments/{mine.id}/?run={own.pk}").status_code == 200


def _revision(appointment: Booked) -> str:
    return appointment.row.office.policy.revision


def test_who_is_removed_from_an_office_sees_nothing_at_once_and_is_told_why() -> None:
    mine = booked(reference="K-77")
    client = member("jiro")
    remove_staff("jiro", OFFICE, datetime.now(UTC))
    for address in ("/staff/", LIST, f"/staff/appointments/{mine.id}/"):
        refused = client.get(address)
        page = refused.content.decode()
        assert refused.status_code == 403
        assert "所属がありません" in page
        assert "K-77" not in page


def test_a_member_of_two_offices_sees_both_and_which_is_which() -> None:
    booked(reference="K-77")
    booked(OTHER_OFFICE, reference="O-88")
    member("hanako")
    page = member("hanako", OTHER_OFFICE).get(LIST).content.decode()
    assert "K-77" in page
    assert "O-88" in page
    assert "ハローワーク加古川" in page


def test_forms_from_elsewhere_are_refused() -> None:
    mine = booked()
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = member("hanako").cookies
    refused = strict.post(f"/staff/appointments/{mine.id}/mode", {"mode": "phone"})
    assert (refused.status_code, mine.row.mode) == (403, "video")
    page = strict.get(f"/staff/appointments/{mine.id}/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    accepted = strict.post(
        f"/staff/appointments/{mine.id}/mode", {"mode": "phone", "csrfmiddlewaretoken": token}
    )
    assert (accepted.status_code, mine.row.mode) == (302, "phone")


def test_a_role_in_one_office_is_none_in_another() -> None:
    mine = booked()
    member("mika", OTHER_OFFICE, Role.ADMINISTRATOR)
    client = member("mika", OFFICE, Role.HELPDESK)
    address = f"/staff/appointments/{mine.id}/"
    page = client.get(address)
    assert page.status_code == 200
    assert f"{address}mode" not in page.content.decode()
    assert client.post(f"{address}mode", {"mode": "phone"}).status_code == 404
    assert mine.row.mode == "video"


def test_the_helpdesk_of_every_office_sees_every_office() -> None:
    booked(reference="K-77")
    booked(OTHER_OFFICE, reference="O-88")
    page = member("sora", None, Role.HELPDESK).get(LIST).content.decode()
    assert "K-77" in page
    assert "O-88" in page


def test_somebody_who_left_the_system_is_nobody() -> None:
    booked()
    client = system_administrator("root")
    assert client.get(LIST).status_code == 200
    remove_staff("root", None, datetime.now(UTC))
    assert client.get(LIST).status_code == 403
