"""internet and metered on macOS: the endpoint's own word, and what little is known of the cost."""

from typing import Any

import pytest

from precheck.contract.reasons import Internet, Metered, Reason, Unread
from precheck.contract.verdict import OsFamily, Verdict
from probes.network import internet, metered
from probes.network.endpoint import health_question
from probes.network.macos import NWI
from probes.system.questions import HttpAnswer
from tests.machines import composed, context
from tests.probes.macos_network import HOTSPOT_ADDRESS, mac, nwi
from tests.probes.software_device import said

ENDPOINT = "https://precheck.example.jp"
HEALTHY = HttpAnswer(
    200, {}, b'{"service":"precheck","server_time":"2026-11-20T03:00:00Z"}', elapsed=0.1
)
SIGN_IN = HttpAnswer(511, {}, b"", elapsed=0.1)


def reason(network: Any, endpoint: Any) -> str:
    answers = {NWI: network, health_question(ENDPOINT): endpoint}
    machine = composed(answers, family=OsFamily.MACOS)
    return internet.run(machine, context(endpoint=ENDPOINT)).reason


@pytest.mark.parametrize(
    ("network", "endpoint", "expected"),
    [
        (said(nwi("en0")), HEALTHY, Internet.REACHED),
        (Unread.DENIED, HEALTHY, Internet.REACHED),
        (said(nwi("en0")), SIGN_IN, Internet.CAPTIVE_PORTAL),
        (said(nwi("en0")), Unread.TIMED_OUT, Internet.NOT_REACHED),
        (said(nwi(ipv6=("en0",))), Unread.MISSING, Internet.NOT_REACHED),
        (said(nwi()), Unread.MISSING, Internet.OFFLINE),
        (said("ネットワーク情報\n"), Unread.MISSING, Internet.NOT_REACHED),
        (said(nwi(), returncode=1), Unread.MISSING, Internet.NOT_REACHED),
        (Unread.TIMED_OUT, Unread.MISSING, Internet.NOT_REACHED),
    ],
)
def test_the_internet_is_what_the_endpoint_shows_and_offline_what_macos_says(
    network: Any, endpoint: Any, expected: Reason
) -> None:
    assert reason(network, endpoint) == expected


def test_an_iphones_own_network_probably_costs_by_amount() -> None:
    found = metered.run(mac("en0", address=HOTSPOT_ADDRESS), context())
    assert (found.reason, found.verdict) == (Metered.PROBABLY_METERED, Verdict.WARN)


def test_of_any_other_network_the_cost_is_not_told() -> None:
    assert metered.run(mac("en0"), context()).reason == Unread.UNSUPPORTED
    assert metered.run(mac(), context()).reason == Unread.UNSUPPORTED


def test_a_tunnel_over_an_iphone_costs_as_the_iphone_does() -> None:
    found = metered.run(mac("utun4", "en0", address=HOTSPOT_ADDRESS), context())
    assert found.reason == Metered.PROBABLY_METERED


@pytest.mark.parametrize("why", [Unread.MISSING, Unread.DENIED, Unread.TIMED_OUT])
def test_what_cannot_be_asked_stays_unknown(why: Unread) -> None:
    machine = composed({}, family=OsFamily.MACOS, otherwise=why)
    assert metered.run(machine, context()).reason == why
    assert internet.run(machine, context(endpoint=ENDPOINT)).reason == Internet.NOT_REACHED
