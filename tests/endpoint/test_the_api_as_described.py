"""Whatever is sent to the API, it answers as its description says."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks

from precheck.endpoint.openapi import document
from precheck.endpoint.store.changes import office_named
from precheck.endpoint.store.tokens import add_token
from tests.endpoint.people import booked, office

REPEATABLE = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""Per operation and kind of input."""
PROMISES = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


def described(description: dict[str, Any]) -> dict[str, Any]:
    """The operations of a description, by name, as requests to the real application."""
    schema = schemathesis.openapi.from_dict(description, config=SchemathesisConfig())
    schema.app = WSGIHandler()
    operations = [each.ok() for each in schema.get_all_operations()]
    return {str(each.definition.raw["operationId"]): each for each in operations}


OPERATIONS = described(document())
ALL_IS_ALLOWED = {"health", "appointment", "deleteReports", "catalogue"}
"""Operations that take no input, or any text."""
KINDS = [
    (name, mode)
    for name in sorted(OPERATIONS)
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if mode is GenerationMode.POSITIVE or name not in ALL_IS_ALLOWED
]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As in Django's own test client: the end of a request leaves the connection open, in whose
    transaction the test is."""
    for signal in (request_started, request_finished):
        assert signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def authorizations() -> dict[str, str]:
    """A good Authorization header by its name in the description."""
    by, now = User.objects.create(username="ichiro"), datetime.now(UTC)
    token = add_token(office_named(office()), "e-TUMO", None, "a key", by, now)
    return {"appointmentCode": f"Appointment {booked().code}", "token": f"Bearer {token}"}


def status_of(case: Any, authorization: str | None) -> int:
    """The status of the answer, which keeps every promise."""
    answer = case.call(headers={"Authorization": authorization} if authorization else {})
    assert answer.status_code != 500
    case.validate_response(answer, checks=PROMISES)
    return int(answer.status_code)


@pytest.mark.parametrize(("name", "mode"), KINDS)
def test_every_operation_answers_as_it_is_described(name: str, mode: GenerationMode) -> None:
    operation, good = OPERATIONS[name], authorizations()
    named = [scheme for each in operation.definition.raw.get("security", ()) for scheme in each]
    came: set[int] = set()

    @REPEATABLE
    @given(
        operation.as_strategy(generation_mode=mode),
        st.sampled_from([*(good[scheme] for scheme in named), None]),
    )
    def answers(case: Any, authorization: str | None) -> None:
        came.add(status_of(case, authorization))

    answers()
    assert came - {401}, "nothing got past the code"


def test_an_answer_that_is_not_described_is_found() -> None:
    description, good = deepcopy(document()), authorizations()
    del description["paths"]["/api/v1/appointment"]["get"]["responses"]["401"]
    case = described(description)["appointment"].Case()
    assert status_of(case, good["appointmentCode"]) == 200
    with pytest.raises(FailureGroup):
        status_of(case, None)


@REPEATABLE
@given(st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40))
def test_whatever_is_sent_for_a_code_or_a_token_opens_nothing(typed: str) -> None:
    for scheme, name in (("Appointment", "appointment"), ("Bearer", "cancel")):
        parts = {"path_parameters": {"booking": str(booked().id)}} if name == "cancel" else {}
        case = OPERATIONS[name].Case(**parts)
        assert status_of(case, f"{scheme} {typed}") in (401, 429)
