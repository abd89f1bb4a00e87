"""internet on Windows: the endpoint's own answer passes, and no way out fails. All machines here
are composed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.api import Health
from precheck.contract.reasons import Internet, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.network import internet
from probes.network.endpoint import health_question
from probes.system.questions import HttpAnswer
from probes.system.windows_questions import (
    Adapter,
    ConnectedNetwork,
    ListAdapters,
    Networks,
    ReadNetworks,
)
from tests.machines import NOON, composed, context

OFFICE = "https://office.example"
HEALTHY = HttpAnswer(200, {}, msgspec.json.encode(Health(server_time=NOON)), 0.05)

GUID = "{5B1D6C3E-0000-4000-8000-000000000006}"
CARD = Adapter(GUID, kind=6, status=1, gateway=True, metric=25, hardware=True)
WITHOUT_GATEWAY = Adapter(GUID, kind=6, status=1, gateway=False, metric=25, hardware=True)
DOWN = Adapter(GUID, kind=71, status=2, gateway=True, metric=25, hardware=True)
LINE = Adapter(GUID, kind=243, status=1, gateway=False, metric=25, hardware=True)


def networks(connectivity: int, *internet: tuple[int | None, int | None]) -> Networks:
    """One network for each pair of NLM_INTERNET_CONNECTIVITY, by IPv4 and IPv6."""
    connected = (ConnectedNetwork(0, connectivity, (GUID,), None, v4, v6) for v4, v6 in internet)
    return Networks(connectivity, None, tuple(connected))


def found(
    http: object = Unread.MISSING,
    adapters: object = (CARD,),
    listed: object = Unread.MISSING,
    endpoint: str | None = OFFICE,
):
    answers = {ListAdapters(): adapters, ReadNetworks(): listed}
    if endpoint is not None:
        answers |= {health_question(endpoint): http}
    return internet.run(composed(answers, OsFamily.WINDOWS), context(endpoint=endpoint))


def test_an_endpoint_that_answers_is_reached_whatever_windows_says() -> None:
    for adapters in ((CARD,), (), Unread.DENIED):
        finding = found(HEALTHY, adapters, networks(0))
        assert (finding.verdict, finding.reason) == (Verdict.PASS, Internet.REACHED)


def test_without_an_endpoint_there_is_nobody_to_reach() -> None:
    assert found(endpoint=None).reason == Internet.NO_ENDPOINT


@pytest.mark.parametrize("adapters", [(), (DOWN,), (WITHOUT_GATEWAY,), (DOWN, WITHOUT_GATEWAY)])
@pytest.mark.parametrize("listed", [networks(0), networks(0x10), networks(0x220), Unread.DENIED])
def test_where_no_adapter_leads_out_the_device_is_offline(adapters, listed) -> None:
    finding = found(adapters=adapters, listed=listed)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Internet.OFFLINE)


@pytest.mark.parametrize("adapters", [(CARD,), (LINE,), (DOWN, CARD)])
@pytest.mark.parametrize("listed", [networks(0), networks(0x40), Unread.DENIED])
def test_with_a_way_out_and_no_answer_it_cannot_be_told(adapters, listed) -> None:
    finding = found(adapters=adapters, listed=listed)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Internet.NOT_REACHED)


@pytest.mark.parametrize("flags", [0x40, 0x400, 0x440])
def test_windows_own_word_for_the_internet_keeps_from_saying_offline(flags: int) -> None:
    finding = found(adapters=(WITHOUT_GATEWAY,), listed=networks(flags))
    assert finding.reason == Internet.NOT_REACHED


def test_where_adapters_cannot_be_read_only_windows_word_that_nothing_is_connected_counts() -> None:
    assert found(adapters=Unread.DENIED, listed=networks(0)).reason == Internet.OFFLINE
    assert found(adapters=Unread.DENIED, listed=networks(0x20)).reason == Internet.NOT_REACHED


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_a_machine_that_tells_nothing_is_not_offline(why: Unread) -> None:
    machine = composed({}, OsFamily.WINDOWS, why)
    finding = internet.run(machine, context(endpoint=OFFICE))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Internet.NOT_REACHED)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (HttpAnswer(511, {}, b"", 0.05), Internet.CAPTIVE_PORTAL),
        (HttpAnswer(200, {"Content-Type": "text/html"}, b"<html>", 0.05), Internet.NOT_REACHED),
        (HttpAnswer(302, {"Location": "https://x.example/"}, b"", 0.05), Internet.NOT_REACHED),
    ],
)
def test_a_sign_in_page_is_known_by_plain_evidence_only(answer, reason) -> None:
    assert found(answer).reason == reason


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        (networks(0x20, (1, None)), Internet.CAPTIVE_PORTAL),
        (networks(0x20, (None, 1)), Internet.CAPTIVE_PORTAL),
        (networks(0x20, (3, 0)), Internet.CAPTIVE_PORTAL),
        (networks(0x20, (0, 0), (1, 0)), Internet.CAPTIVE_PORTAL),
        (networks(0x20, (0, 0)), Internet.NOT_REACHED),
        (networks(0x20, (2, 0)), Internet.NOT_REACHED),
        (networks(0x20, (4, 4)), Internet.NOT_REACHED),
        (networks(0x20, (None, None)), Internet.NOT_REACHED),
        (networks(0x40, (1, 0)), Internet.NOT_REACHED),
        (networks(0x420, (1, 0)), Internet.NOT_REACHED),
        (Unread.DENIED, Internet.NOT_REACHED),
    ],
)
def test_windows_own_word_for_a_sign_in_page_counts_where_it_sees_no_internet(
    listed, reason
) -> None:
    assert found(listed=listed).reason == reason
    assert found(HEALTHY, listed=listed).reason == Internet.REACHED


def test_where_no_adapter_leads_out_a_sign_in_page_is_not_what_is_missing() -> None:
    assert found(adapters=(), listed=networks(0, (1, 1))).reason == Internet.OFFLINE


FLAGS = st.none() | st.integers()


@given(st.integers(), st.integers(), st.booleans(), st.integers(), FLAGS, FLAGS)
def test_nothing_but_the_endpoints_answer_passes(
    kind, status, gateway, connectivity, v4, v6
) -> None:
    adapter = Adapter(GUID, kind, status, gateway, metric=1, hardware=True)
    finding = found(adapters=(adapter,), listed=networks(connectivity, (v4, v6)))
    assert finding.verdict in (Verdict.FAIL, Verdict.UNKNOWN)
