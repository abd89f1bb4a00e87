"""What the network means for the session. The same on every OS, from facts and the policy."""

from precheck.contract.catalogues.ssids import NetworkKind
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import ConnectionQuality as Quality
from precheck.contract.reasons import Internet, Metered, NetworkTrust, Reason
from precheck.contract.verdict import Verdict
from probes.check import Context
from probes.facts import Known, Unknown
from probes.network.facts import (
    Answerer,
    Carrier,
    Cost,
    InternetFacts,
    Link,
    MeteredFacts,
    QualityFacts,
    TrustFacts,
)


def judge_internet(facts: InternetFacts, context: Context) -> Finding:
    """Reached is what the endpoint's own answer shows; a fail needs plain evidence. Everything
    else that keeps the endpoint from answering may be the endpoint's fault, and is unknown."""
    answerer, portal, online = facts.answerer, facts.portal, facts.online
    if context.endpoint is None:
        return finding(Internet.NO_ENDPOINT, CheckId.INTERNET)
    if isinstance(answerer, Known) and answerer.value is Answerer.ENDPOINT:
        return finding(Internet.REACHED, CheckId.INTERNET, sources=(answerer.source,))
    if isinstance(answerer, Known) and answerer.value is Answerer.PORTAL:
        return finding(Internet.CAPTIVE_PORTAL, CheckId.INTERNET, sources=(answerer.source,))
    if isinstance(online, Known) and not online.value:
        return finding(Internet.OFFLINE, CheckId.INTERNET, sources=(online.source,))
    if isinstance(portal, Known) and portal.value:
        return finding(Internet.CAPTIVE_PORTAL, CheckId.INTERNET, sources=(portal.source,))
    return finding(Internet.NOT_REACHED, CheckId.INTERNET, sources=(answerer.source,))


def judge_trust(facts: TrustFacts, context: Context) -> Finding:
    """The finding for the worst of the links that carry the data."""
    del context
    if isinstance(facts.links, Unknown):
        return unread(CheckId.NETWORK_TRUST, facts.links.why, facts.links.source)
    if not facts.links.value:
        return finding(
            NetworkTrust.NOT_CONNECTED, CheckId.NETWORK_TRUST, sources=(facts.links.source,)
        )
    return max(map(_link, facts.links.value), key=lambda item: _SEVERITY.index(item.verdict))


_SEVERITY = (Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL)

_BY_CARRIER: dict[Carrier, Reason] = {
    Carrier.WIRED: NetworkTrust.WIRED,
    Carrier.MOBILE: NetworkTrust.MOBILE,
    Carrier.OPEN: NetworkTrust.OPEN,
    Carrier.WEP: NetworkTrust.WEP,
    Carrier.OWE: NetworkTrust.OWE,
    Carrier.WEAK_WPA: NetworkTrust.WEAK_WPA,
    Carrier.WPA_PERSONAL: NetworkTrust.WPA_PERSONAL,
    Carrier.WPA_ENTERPRISE: NetworkTrust.WPA_ENTERPRISE,
    Carrier.HIDDEN: NetworkTrust.MEDIUM_UNKNOWN,
}

_BY_NAME: dict[Carrier, dict[NetworkKind, Reason]] = {
    Carrier.WPA_PERSONAL: {
        NetworkKind.PUBLIC_OPEN: NetworkTrust.PUBLIC_NAME,
        NetworkKind.PUBLIC_SHARED_KEY: NetworkTrust.SHARED_KEY,
        NetworkKind.PUBLIC_8021X: NetworkTrust.PUBLIC_NAME,
        NetworkKind.ENDED: NetworkTrust.ENDED_NAME,
        NetworkKind.DISASTER: NetworkTrust.PUBLIC_NAME,
    },
    Carrier.WPA_ENTERPRISE: {NetworkKind.ENDED: NetworkTrust.ENDED_NAME},
}
"""A listed name only ever takes away from what would pass: with a password for all it says that
strangers know it; a network with a key for each (802.1X) may well be a public one."""


def _link(link: Link) -> Finding:
    if isinstance(link.carrier, Unknown):
        return unread(CheckId.NETWORK_TRUST, link.carrier.why, link.carrier.source)
    carrier = link.carrier.value
    reason = _BY_CARRIER[carrier]
    if link.named is not None:
        reason = _BY_NAME.get(carrier, {}).get(link.named, reason)
    return finding(reason, CheckId.NETWORK_TRUST, sources=(link.carrier.source,))


_BY_COST: dict[Cost, Reason] = {
    Cost.UNMETERED: Metered.UNMETERED,
    Cost.PROBABLY_METERED: Metered.PROBABLY_METERED,
    Cost.METERED: Metered.METERED,
}


def judge_metered(facts: MeteredFacts, context: Context) -> Finding:
    """What the OS says of the cost, nothing more."""
    del context
    if isinstance(facts.cost, Unknown):
        return unread(CheckId.METERED, facts.cost.why, facts.cost.source)
    return finding(_BY_COST[facts.cost.value], CheckId.METERED, sources=(facts.cost.source,))


def judge_quality(facts: QualityFacts, context: Context) -> Finding:
    """Against the policy's figures. Evidence: `down` and `up` in Mbit/s with one decimal,
    `round_trip` and `jitter` in milliseconds; those of a part that was not measured are left out,
    and good is only what was measured whole."""
    limits = context.policy.checks.connection_quality
    latency, throughput = facts.latency, facts.throughput
    evidence: dict[str, float] = {}
    problems: list[Reason] = []
    if context.endpoint is None:
        return finding(Quality.NO_ENDPOINT, CheckId.CONNECTION_QUALITY)
    if isinstance(throughput, Known):
        down, up = throughput.value.down_kbps, throughput.value.up_kbps
        evidence |= {"down": round(down / 1000, 1), "up": round(up / 1000, 1)}
        if down < limits.down_kbps or up < limits.up_kbps:
            problems.append(Quality.SLOW)
    if isinstance(latency, Known):
        round_trip, jitter = latency.value.round_trip_ms, latency.value.jitter_ms
        evidence |= {"round_trip": round(round_trip), "jitter": round(jitter)}
        if round_trip > limits.round_trip_ms:
            problems.append(Quality.LATE)
        if jitter > limits.jitter_ms:
            problems.append(Quality.UNSTEADY)
    measured = isinstance(latency, Known) and isinstance(throughput, Known)
    reason = next(iter(problems), Quality.GOOD if measured else Quality.NOT_REACHED)
    return finding(
        reason,
        CheckId.CONNECTION_QUALITY,
        verdict=None,
        sources=tuple(dict.fromkeys((latency.source, throughput.source))),
        **evidence,
    )
