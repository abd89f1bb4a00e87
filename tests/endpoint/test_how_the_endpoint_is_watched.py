"""Alive, ready, counted: what the machines around the endpoint ask, and who gets which answer."""

import re
from typing import Any

import pytest
from django.test import Client, override_settings

from precheck.endpoint.operations import health
from precheck.endpoint.operations.apps import operations
from precheck.endpoint.operations.metrics import Metrics
from precheck.endpoint.store.apps import store
from tests.endpoint.people import booked, browser, member, post_report
from tests.endpoint.scene import report

PUBLIC = "https://check.example.jp"


def counts(client: Client | None = None, **headers: str) -> Any:
    return (client or browser()).get("/metrics", headers=headers)


def value(text: str, line: str) -> float:
    """What stands behind `line` in the counts."""
    (found,) = re.findall(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found)


def test_whatever_its_name_a_living_endpoint_says_so_without_its_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", float("inf"))
    strange = Client(SERVER_NAME="10.1.2.3", REMOTE_ADDR="10.9.9.9")
    answer = strange.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"alive\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert strange.get("/staff/login/").status_code == 400, "pages want the right name"


def test_an_endpoint_that_can_store_reports_is_ready() -> None:
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.content) == (200, b"ready\n")


def test_an_endpoint_without_space_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "free_space", lambda: health.LEAST_FREE - 1)
    answer = browser().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"no_space\n")


def test_an_endpoint_with_the_tables_of_another_version_is_not_ready() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    operations().tables_are_current = False
    MigrationRecorder.Migration.objects.filter(app="store").delete()
    answer = browser().get("/readyz")
    operations().tables_are_current = False
    assert (answer.status_code, answer.content) == (503, b"old_tables\n")


def test_requests_are_counted_by_their_address_as_the_program_knows_it() -> None:
    operations().ready()
    mine = booked(reference="K-77")
    post_report(mine, report())
    post_report(mine, report())
    member("hanako").get(f"/staff/appointments/{mine.id}/")
    browser().get(f"/nowhere/{mine.code}")
    text = counts().content.decode()
    sent = 'precheck_requests_total{route="api/v1/reports",method="POST",status="201"}'
    assert value(text, sent) == 2
    assert value(text, 'precheck_request_seconds_count{route="api/v1/reports"}') == 2
    seen = 'route="staff/appointments/<uuid:appointment>/",method="GET",status="200"'
    assert value(text, f"precheck_requests_total{{{seen}}}") == 1
    assert value(text, 'precheck_requests_total{route="none",method="GET",status="404"}') == 1
    assert value(text, "precheck_reports_stored_total") == store().intake.stored == 2
    assert value(text, "precheck_report_batch_size_count") == 2
    assert value(text, "precheck_reports_waiting") == 0
    for never in (str(mine.id), mine.code, "K-77", "hanako"):
        assert never not in text


def test_a_method_that_somebody_made_up_is_not_counted_by_its_name() -> None:
    operations().ready()
    browser().generic("X1234567890", "/staff/login/")
    assert "1234567890" not in counts().content.decode()


def test_a_histogram_holds_in_each_class_all_below_it() -> None:
    metrics = Metrics()
    for seconds in (0.005, 0.006, 99.0):
        metrics.count("a", "GET", 200, seconds)
    text = metrics.text(waiting=3, stored=4, batches={1: 2, 5: 1, 70: 1})
    for bound, count in (("0.005", 1), ("0.01", 2), ("5.0", 2), ("+Inf", 3)):
        assert value(text, f'precheck_request_seconds_bucket{{route="a",le="{bound}"}}') == count
    assert value(text, 'precheck_request_seconds_sum{route="a"}') == pytest.approx(99.011)
    for bound, count in (("1", 2), ("4", 2), ("8", 3), ("64", 3), ("+Inf", 4)):
        assert value(text, f'precheck_report_batch_size_bucket{{le="{bound}"}}') == count
    assert value(text, "precheck_report_batch_size_sum") == 77
    assert value(text, "precheck_reports_waiting") == 3


def test_without_a_token_only_this_machine_may_count() -> None:
    assert counts().status_code == 200
    assert counts(browser("192.0.2.7")).status_code == 404
    assert counts(browser("::1")).status_code == 200


@override_settings(PUBLIC_URL=PUBLIC)
def test_behind_a_proxy_that_is_not_known_nobody_is_taken_for_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert counts().status_code == 404
    monkeypatch.setenv("PRECHECK_TRUSTED_PROXY", "127.0.0.1")
    assert counts().status_code == 200


@override_settings(METRICS_TOKEN="a long token", PUBLIC_URL=PUBLIC)  # noqa: S106 - made up here
def test_with_a_token_who_brings_it_may_count_and_nobody_else() -> None:
    away = browser("192.0.2.7")
    assert counts(away, authorization="Bearer a long token").status_code == 200
    for wrong in ("Bearer another", "a long token", "", "Bearer ä"):
        assert counts(authorization=wrong).status_code == 404
