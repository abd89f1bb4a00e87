"""The network on macOS: the interfaces in use, what each is, and how Wi-Fi is protected."""

from precheck.contract.catalogues.ssids import NetworkKind
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, parsed
from probes.ipconfig import own_lines, summary_of
from probes.network.endpoint import answerer
from probes.network.facts import (
    Answerer,
    Carrier,
    Cost,
    InternetFacts,
    Link,
    MeteredFacts,
    TrustFacts,
)
from probes.network.macos_wifi import (
    agreed,
    carrier_of_key,
    carrier_of_network,
    current_network,
    name_of,
)
from probes.nwi import Families, Used, carrying, parse_nwi
from probes.system import System
from probes.system.questions import Completed, RunCommand
from probes.system_report import items_on, word

NWI = RunCommand(("/usr/sbin/scutil", "--nwi"), timeout=5.0)
WIFI_REPORT = "SPAirPortDataType"


def observe_internet(system: System, context: Context) -> InternetFacts:
    """Ask the endpoint, and see whether there is a way out at all."""
    if context.endpoint is None:
        reached: Fact[Answerer] = Unknown(Unread.UNSUPPORTED, "endpoint")
    else:
        reached = answerer(system, context.endpoint)
    return InternetFacts(
        answerer=reached,
        portal=Unknown(Unread.UNSUPPORTED, "scutil"),
        online=parsed(_in_use(system), any),
    )


def observe_trust(system: System, context: Context) -> TrustFacts:
    """Look at the interfaces that carry the data, and at the protection of those that are Wi-Fi.
    One that is beneath a tunnel counts for it."""
    families = _in_use(system)
    if isinstance(families, Unknown):
        return TrustFacts(families)
    best = [used for used in map(carrying, families.value) if used is not None]
    solid = [used for used in best if not used.tunnel]
    # Of both families, the one for IPv4 knows whether an iPhone shares its line.
    links = {used.name: _link(system, context, used) for used in reversed(solid or best)}
    return TrustFacts(Known(tuple(links.values()), families.source))


def observe_metered(system: System, context: Context) -> MeteredFacts:
    """An iPhone's own network shows by its addresses, which are the same everywhere. What else the
    data costs, macOS tells only to programs of its own frameworks."""
    del context
    families = _in_use(system)
    if isinstance(families, Unknown):
        return MeteredFacts(families)
    used = carrying(families.value[0])
    if used is not None and used.of_iphone:
        return MeteredFacts(Known(Cost.PROBABLY_METERED, families.source))
    return MeteredFacts(Unknown(Unread.UNSUPPORTED, families.source))


def _in_use(system: System) -> Fact[Families]:
    return parsed(parsed(system.ask(NWI), _printed), parse_nwi)


def _printed(answer: Completed) -> bytes | None:
    return answer.stdout if answer.returncode == 0 else None


def _link(system: System, context: Context, used: Used) -> Link:
    question = summary_of(used.name)
    if used.tunnel:
        return Link(Known(Carrier.HIDDEN, "scutil"))
    lines = parsed(parsed(system.ask(question), _printed), own_lines)
    if isinstance(lines, Unknown):
        return Link(lines)
    match lines.value.get("InterfaceType"):
        case b"WiFi":
            return _wifi(system, context, used.name, lines)
        case b"Ethernet":
            kind = Carrier.MOBILE if used.of_iphone else Carrier.WIRED
            return Link(Known(kind, lines.source))
        case b"Cellular":
            return Link(Known(Carrier.MOBILE, lines.source))
        case None:
            return Link(Unknown(Unread.GARBLED, lines.source))
        case _:
            return Link(Known(Carrier.HIDDEN, lines.source))


def _wifi(system: System, context: Context, interface: str, lines: Known[dict[str, bytes]]) -> Link:
    stated = parsed(lines, lambda found: carrier_of_key(found.get("Security", b"")))
    name = name_of(lines.value.get("SSID", b""))
    if isinstance(stated, Known) and stated.value is not Carrier.OPEN:
        return Link(stated, _named(context, name))
    network = parsed(items_on(system, WIFI_REPORT), lambda items: current_network(items, interface))
    if name is None and isinstance(network, Known):
        name = name_of(word(network.value, "_name").encode())
    return Link(agreed(stated, parsed(network, carrier_of_network)), _named(context, name))


def _named(context: Context, name: str | None) -> NetworkKind | None:
    return None if name is None else context.catalogues.ssids.kind_of(name)
