"""The services on Linux: the listening sockets, and what the loaded rules do at each."""

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown
from probes.firewall.facts import Exposed, ServiceFacts
from probes.firewall.linux_rules import families, is_blocked, is_inner, outside
from probes.firewall.rules import knocks
from probes.firewall.services import families_of, is_beyond_loopback, kind_of
from probes.system import System
from probes.system.questions import Listener, ListInterfaces, ListListeners

FORWARDERS = frozenset({"docker-proxy", "rootlessport", "slirp4netns", "pasta"})
"""Programs at whose ports the packets go on to a container, past the rules for this host."""


def observe(system: System, context: Context) -> ServiceFacts:
    """The listening sockets on Linux, and what the loaded rules do with a knock at each."""
    del context
    listeners = system.ask(ListListeners())
    if isinstance(listeners, Unknown):
        return ServiceFacts(listeners)
    interfaces = system.ask(ListInterfaces())
    inner = tuple(
        item
        for item in (interfaces.value if isinstance(interfaces, Known) else ())
        if is_inner(item.name)
    )
    exposed = {
        Exposed(kind, listener.protocol, listener.port, _blocked(system, listener))
        for listener in listeners.value
        if (kind := kind_of(listener)) is not None and is_beyond_loopback(listener, inner)
    }
    return ServiceFacts(Known(tuple(sorted(exposed, key=_order)), listeners.source))


def _blocked(system: System, listener: Listener) -> Fact[bool]:
    if listener.program in FORWARDERS:
        return Unknown(Unread.UNSUPPORTED, listener.program or "")
    tried = knocks(
        outside(system),
        [family for family in families(system) if family in families_of(listener)],
        (listener.protocol,),
        listener.port,
        from_anyone=True,
    )
    return is_blocked(system, tried)


def _order(item: Exposed) -> tuple[str, str, int]:
    return (item.kind, item.protocol, item.port)
