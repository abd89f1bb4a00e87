"""How the offices differ: the facts of each document, and what follows for its checks."""

from datetime import date, time

import pytest

from precheck.contract.checks import CheckId
from precheck.contract.errors import UnknownOffice
from precheck.contract.offices import load_office, office_ids
from precheck.contract.policy import Acceptance, App
from precheck.contract.verdict import Level


def test_there_is_a_policy_for_each_document_and_the_standard_one_comes_first() -> None:
    assert office_ids() == (
        "standard",
        "honjo",
        "kakogawa",
        "nagasaki",
        "okinawa",
        "toyooka",
        "toyooka_seminar",
    )


def test_an_office_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(UnknownOffice, match=r"no office 'osaka'.*kakogawa"):
        load_office("osaka")


@pytest.mark.parametrize("office", ["../standard", "standard.toml", "", "STANDARD"])
def test_an_office_is_an_id_and_never_a_path(office: str) -> None:
    with pytest.raises(UnknownOffice):
        load_office(office)


@pytest.mark.parametrize(
    ("office", "revision", "apps", "phone"),
    [
        ("kakogawa", date(2022, 12, 27), (App.ZOOM, App.TELEOFFICE), "079-421-8624"),
        ("okinawa", date(2022, 4, 13), (App.TELEOFFICE,), None),
        ("toyooka", date(2023, 8, 29), (App.ZOOM,), None),
        ("toyooka_seminar", date(2023, 8, 29), (App.ZOOM,), None),
        ("nagasaki", date(2023, 6, 5), (App.TELEOFFICE,), "095-862-8643"),
        ("honjo", date(2025, 1, 27), (App.ZOOM,), None),
    ],
)
def test_each_document_bears_its_date_and_names_its_app_and_phone(
    office: str, revision: date, apps: tuple[App, ...], phone: str | None
) -> None:
    terms = load_office(office).terms
    assert (terms.revision, terms.apps, terms.phone) == (revision, apps, phone)
    assert load_office(office).revision == revision.isoformat()


@pytest.mark.parametrize(
    ("office", "hours"),
    [
        ("kakogawa", [(time(9, 45), time(11, 30)), (time(13, 30), time(16, 0))]),
        ("toyooka", [(time(10, 0), time(12, 0)), (time(13, 0), time(16, 0))]),
        ("nagasaki", [(time(10, 0), time(16, 0))]),
        ("okinawa", []),
        ("toyooka_seminar", []),
        ("honjo", []),
    ],
)
def test_hours_are_those_of_the_document_or_none(office: str, hours: list[tuple]) -> None:
    assert [(span.start, span.end) for span in load_office(office).terms.hours] == hours


def test_only_nagasaki_says_that_joining_in_the_browser_is_enough() -> None:
    joined = {
        office: load_office(office).checks.meeting_app.browser_join for office in office_ids()
    }
    assert joined.pop("nagasaki") == {App.TELEOFFICE}
    assert set(joined.values()) == {frozenset()}


ARTICLE_5 = ("standard", "kakogawa", "okinawa", "toyooka", "nagasaki", "toyooka_seminar")


@pytest.mark.parametrize("office", ARTICLE_5)
def test_offices_with_a_list_of_the_environment_require_all_of_it(office: str) -> None:
    policy = load_office(office)
    for check in (
        CheckId.OS_SUPPORT,
        CheckId.SECURITY_UPDATES,
        CheckId.FIREWALL,
        CheckId.ANTIVIRUS,
        CheckId.INFECTION,
        CheckId.FILE_SHARING,
        CheckId.INTERNET,
        CheckId.NETWORK_TRUST,
        CheckId.MEETING_APP,
    ):
        assert policy.requirement(check).level is Level.REQUIRED, check


@pytest.mark.parametrize("office", office_ids())
def test_every_office_asks_for_a_quiet_room_and_for_consent(office: str) -> None:
    policy = load_office(office)
    assert policy.requirement(CheckId.PRIVATE_ROOM).level is Level.DECLARED
    assert policy.requirement(CheckId.TERMS_CONSENT).level is Level.DECLARED
    assert policy.sentence(CheckId.PRIVATE_ROOM)
    assert policy.sentence(CheckId.TERMS_CONSENT)


@pytest.mark.parametrize(
    "check", [CheckId.FIREWALL, CheckId.FILE_SHARING, CheckId.NETWORK_TRUST, CheckId.OPEN_SERVICES]
)
def test_honjo_only_advises_what_no_article_of_its_terms_asks_for(check: CheckId) -> None:
    requirement = load_office("honjo").requirement(check)
    assert (requirement.level, requirement.clause) == (Level.ADVISED, None)


def test_honjo_takes_every_product_that_scans_in_real_time_the_others_leave_it_to_the_staff() -> (
    None
):
    products = ("free_edition", "clamav", "xprotect", "unknown_product")
    for office in office_ids():
        antivirus = load_office(office).checks.antivirus
        expected = Acceptance.ACCEPT if office == "honjo" else Acceptance.WARN
        assert {getattr(antivirus, product) for product in products} == {expected}, office
        assert antivirus.linux_without is Acceptance.REJECT, office


def test_a_seminar_is_watched_so_no_camera_is_required() -> None:
    assert load_office("toyooka_seminar").checks.webcam.level is Level.ADVISED
    assert load_office("toyooka").checks.webcam.level is Level.REQUIRED


@pytest.mark.parametrize("office", office_ids())
def test_every_office_says_something_about_every_check(office: str) -> None:
    policy = load_office(office)
    assert policy.id == office
    assert {check for check, _ in policy.asked()} == set(CheckId)
