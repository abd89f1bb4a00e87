"""internet: the endpoint's own answer passes, plain evidence fails, and the rest is unknown."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from precheck.contract.api import Health
from precheck.contract.reasons import Internet, Unread
from precheck.contract.verdict import Verdict
from probes.network import internet
from probes.network.endpoint import health_question, who_answered
from probes.network.facts import Answerer
from probes.network.routes import DefaultRoute, parse_ipv4_routes, parse_ipv6_routes
from probes.system.live import live_system
from probes.system.questions import (
    DBusGet,
    HttpAnswer,
    Interface,
    ListInterfaces,
    ReadFile,
)
from tests.machines import NOON, composed, context
from tests.probes.loopback import Reply, always, serving

ROUTES = Path(__file__).parent / "routes"
"""Real route tables; `README.md` beside them says from where."""

OFFICE = "https://office.example"
PLAIN = "http://office.example"
HEALTH = msgspec.json.encode(Health(server_time=NOON))
HTML = {"Content-Type": "text/html; charset=utf-8"}

IPV4, IPV6 = ReadFile("/proc/net/route"), ReadFile("/proc/net/ipv6_route")
CONNECTIVITY = DBusGet(
    "org.freedesktop.NetworkManager",
    "/org/freedesktop/NetworkManager",
    "org.freedesktop.NetworkManager",
    "Connectivity",
)
HEADER = b"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
CARD = Interface("wlan0", up=True, loopback=False, addresses=("192.0.2.7", "fe80::1"))
LOOPBACK = Interface("lo", up=True, loopback=True, addresses=("127.0.0.1", "::1"))

CONNECTED = {
    IPV4: (ROUTES / "ipv4-one-card").read_bytes(),
    IPV6: (ROUTES / "ipv6-one-card").read_bytes(),
    ListInterfaces(): (LOOPBACK, CARD),
}


def answer(status: int = 200, headers: dict[str, str] | None = None, body: bytes = b"{}"):
    return HttpAnswer(status, headers or {}, body, 0.05)


def found(http=Unread.MISSING, endpoint: str = OFFICE, **answers: object):
    machine = composed({**CONNECTED, health_question(endpoint): http, **answers.get("answers", {})})
    return internet.run(machine, context(endpoint=endpoint))


def test_an_endpoint_that_answers_is_reached() -> None:
    finding = found(answer(body=HEALTH))
    assert (finding.verdict, finding.reason) == (Verdict.PASS, Internet.REACHED)


def test_without_an_endpoint_there_is_nobody_to_reach() -> None:
    assert internet.run(composed(CONNECTED), context()).reason == Internet.NO_ENDPOINT


@pytest.mark.parametrize(
    "wrong",
    [
        answer(500, body=HEALTH),
        answer(404, HTML, b"<html>"),
        answer(200, {}, b'{"service": "another"}'),
        answer(200, HTML, b"<html>"),
        answer(302, {"Location": "https://elsewhere.example/"}),
    ],
)
def test_another_answer_over_https_is_no_proof_of_a_sign_in_page(wrong: HttpAnswer) -> None:
    assert found(wrong).reason == Internet.NOT_REACHED


@pytest.mark.parametrize("endpoint", [OFFICE, PLAIN])
def test_status_511_is_a_sign_in_page(endpoint: str) -> None:
    finding = found(answer(511, HTML, b"<html>"), endpoint)
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Internet.CAPTIVE_PORTAL)


@pytest.mark.parametrize(
    ("given_answer", "who"),
    [
        (answer(302, {"location": "http://login.hotspot.example/?u=1"}), Answerer.PORTAL),
        (answer(307, {"Location": "//192.0.2.1/"}), Answerer.PORTAL),
        (answer(200, HTML, b"<html>"), Answerer.PORTAL),
        (answer(302, {"Location": "/ja/"}), Answerer.SOMEBODY_ELSE),
        (answer(301, {"Location": "https://office.example/api"}), Answerer.SOMEBODY_ELSE),
        (answer(301, {"Location": "http://www.office.example/"}), Answerer.SOMEBODY_ELSE),
        (answer(302, {}), Answerer.SOMEBODY_ELSE),
        (answer(302, {"Location": "http://[broken"}), Answerer.SOMEBODY_ELSE),
        (answer(200, {"Content-Type": "application/json"}, b"[]"), Answerer.SOMEBODY_ELSE),
        (answer(200, HTML, HEALTH), Answerer.ENDPOINT),
    ],
)
def test_over_plain_http_a_sign_in_page_shows_itself(given_answer, who: Answerer) -> None:
    assert who_answered(given_answer, f"{PLAIN}/api/v1/health") is who


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT, Unread.GARBLED])
def test_a_connection_that_fails_alone_says_nothing_of_the_network(why: Unread) -> None:
    finding = found(why)
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, Internet.NOT_REACHED)


def test_a_failed_connection_where_networkmanager_met_a_sign_in_page_is_that_page() -> None:
    assert found(Unread.DENIED, answers={CONNECTIVITY: 2}).reason == Internet.CAPTIVE_PORTAL
    assert found(answer(body=HEALTH), answers={CONNECTIVITY: 2}).reason == Internet.REACHED


@pytest.mark.parametrize("state", [0, 1, 3, 4, 99, "2", True, None, Unread.DENIED])
def test_networkmanager_saying_anything_else_is_no_sign_in_page(state: object) -> None:
    assert found(answers={CONNECTIVITY: state}).reason == Internet.NOT_REACHED


@pytest.mark.parametrize(
    "interfaces",
    [
        (),
        (LOOPBACK,),
        (LOOPBACK, Interface("eth0", up=False, loopback=False, addresses=("192.0.2.7",))),
        (LOOPBACK, Interface("eth0", up=True, loopback=False)),
        (LOOPBACK, Interface("eth0", up=True, loopback=False, addresses=("169.254.3.4",))),
        (LOOPBACK, Interface("eth0", up=True, loopback=False, addresses=("fe80::1%eth0",))),
    ],
)
def test_a_device_without_an_address_is_offline(interfaces: tuple[Interface, ...]) -> None:
    finding = found(answers={ListInterfaces(): interfaces})
    assert (finding.verdict, finding.reason) == (Verdict.FAIL, Internet.OFFLINE)


def test_a_device_without_a_default_route_is_offline() -> None:
    neither = {IPV4: HEADER, IPV6: b""}
    assert found(answers=neither).reason == Internet.OFFLINE
    without_ipv6 = {IPV4: HEADER, IPV6: Unread.MISSING}
    assert found(answers=without_ipv6).reason == Internet.OFFLINE
    only_ipv6 = {IPV4: HEADER}
    assert found(answers=only_ipv6).reason == Internet.NOT_REACHED


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.GARBLED])
def test_routes_that_cannot_be_read_do_not_make_a_device_offline(why: Unread) -> None:
    assert found(answers={IPV4: why, IPV6: b""}).reason == Internet.NOT_REACHED
    assert found(answers={IPV4: HEADER, IPV6: Unread.DENIED}).reason == Internet.NOT_REACHED


def test_an_endpoint_on_the_device_itself_is_reached_without_any_network() -> None:
    here = "http://127.0.0.1:8000"
    offline = {IPV4: HEADER, IPV6: b"", ListInterfaces(): (LOOPBACK,)}
    assert found(answer(body=HEALTH), here, answers=offline).reason == Internet.REACHED


HEALTHY: Reply = (200, {"Content-Type": "application/json"}, HEALTH)
SIGN_IN: Reply = (200, HTML, "<html><title>ログイン</title>".encode())


def test_a_real_server_with_the_right_answer_is_reached() -> None:
    with serving(always(HEALTHY)) as endpoint:
        assert internet.run(live_system(), context(endpoint=endpoint)).reason == Internet.REACHED


@pytest.mark.parametrize(
    "reply", [SIGN_IN, (302, {"Location": "http://login.hotspot.example/"}, b""), (511, {}, b"")]
)
def test_a_real_server_that_asks_to_sign_in_is_a_sign_in_page(reply: Reply) -> None:
    with serving(always(reply)) as endpoint:
        finding = internet.run(live_system(), context(endpoint=endpoint))
    assert finding.reason == Internet.CAPTIVE_PORTAL


def test_a_server_that_is_gone_is_not_reached() -> None:
    with serving(always(HEALTHY)) as endpoint:
        pass
    assert internet.run(live_system(), context(endpoint=endpoint)).verdict is not Verdict.PASS


def test_the_default_routes_of_a_real_machine_are_read() -> None:
    assert parse_ipv4_routes(CONNECTED[IPV4]) == (DefaultRoute("eth0", 0),)
    assert parse_ipv6_routes(CONNECTED[IPV6]) == (DefaultRoute("eth0", 0x400),)


def test_a_route_that_rejects_or_is_down_leads_nowhere() -> None:
    row = b"eth0\t00000000\t010200C0\t%s\t0\t0\t0\t00000000\t0\t0\t0\n"
    assert parse_ipv4_routes(HEADER + row % b"0003") == (DefaultRoute("eth0", 0),)
    assert parse_ipv4_routes(HEADER + row % b"0201") == ()
    assert parse_ipv4_routes(HEADER + row % b"0002") == ()
    half = b"tun0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
    assert parse_ipv4_routes(HEADER + half) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Iface\n",
        HEADER + b"eth0\n",
        HEADER + b"eth0\t0000000g\t0\t3\t0\t0\t0\t0\t0\t0\t0\n",
        HEADER + b"../etc\t00000000\t0\t3\t0\t0\t0\t0\t0\t0\t0\n",
        HEADER + "無線".encode("cp932"),
    ],
)
def test_what_is_no_route_table_is_not_read_as_one(raw: bytes) -> None:
    assert parse_ipv4_routes(raw) is None


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda raw: HEADER + raw))
def test_garbage_for_a_route_table_is_never_a_pass(raw: bytes) -> None:
    for routes in (parse_ipv4_routes(raw), parse_ipv6_routes(raw)):
        assert routes is None or all("/" not in route.interface for route in routes)
    assert found(answers={IPV4: raw, IPV6: raw}).verdict is not Verdict.PASS


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["Location", "Content-Type"]), st.text(max_size=40)),
    st.binary(max_size=80),
)
def test_garbage_for_an_answer_is_never_a_pass(status: int, headers, body: bytes) -> None:
    given_answer = HttpAnswer(status, headers, body, 0.1)
    for endpoint in (OFFICE, PLAIN):
        assert found(given_answer, endpoint).verdict is not Verdict.PASS
