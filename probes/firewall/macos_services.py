"""The services on macOS: the listening sockets, what is shared, and the application firewall.

Which program waits at a port is not told, and for Apple's own services it would be launchd(8),
which starts them when somebody comes. So the port tells the service.
"""

from collections.abc import Mapping
from types import MappingProxyType

from precheck.contract.reasons import Unread
from probes import plists
from probes.check import Context
from probes.facts import Fact, Known, Unknown, parsed
from probes.firewall.facts import Exposed, ServiceFacts
from probes.firewall.macos import Mode, agreed, modes
from probes.firewall.services import SERVICES, Service, is_beyond_loopback, kind_of
from probes.system import System
from probes.system.questions import Listener, ListListeners, ReadFile

OVERRIDES = ReadFile("/var/db/com.apple.xpc.launchd/disabled.plist")
"""What has been switched on or off against how it is shipped, by launchd's label."""

MACOS_SERVICES = (
    *SERVICES,
    Service("AFP", tcp=(range(548, 549),)),
    Service("IPP", tcp=(range(631, 632),)),
    Service("Apple Events", tcp=(range(3031, 3032),)),
    Service("ARD", tcp=(range(3283, 3284),), udp=(range(3283, 3284),)),
    Service("DAAP", tcp=(range(3689, 3690),)),
)

SWITCHES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "com.openssh.sshd": ("SSH", 22),
        "com.apple.smbd": ("SMB", 445),
        "com.apple.AppleFileServer": ("AFP", 548),
        "com.apple.AEServer": ("Apple Events", 3031),
        "com.apple.screensharing": ("VNC", 5900),
    }
)
"""What System Settings switches on under Sharing: the service and its port by its label."""

RESPONDER_PORT = 5353
"""On every Mac mDNSResponder(8) waits there, as another user than the person."""


def observe(system: System, context: Context) -> ServiceFacts:
    """The listening sockets on macOS, where all of them are seen.

    Where they are not, what is seen and what is switched on under Sharing still count as there,
    and nothing as not there.
    """
    del context
    listed = system.ask(ListListeners())
    if isinstance(listed, Known):
        found = {
            (kind, listener.protocol, listener.port)
            for listener in listed.value
            if (kind := kind_of(listener, MACOS_SERVICES)) and is_beyond_loopback(listener, ())
        }
        missed = None if shows_all(listed.value) else Unknown(Unread.DENIED, listed.source)
    else:
        found, missed = set(), listed
    source = listed.source
    if missed is not None:
        switched_on = parsed(system.ask(OVERRIDES), parse_overrides)
        if isinstance(switched_on, Known):
            found |= {(kind, "tcp", port) for kind, port in switched_on.value}
            source = f"{source}, {switched_on.source}"
    if not found:
        return ServiceFacts(Known((), source) if missed is None else missed)
    blocked = blocks(agreed(modes(system)))
    exposed = (Exposed(kind, protocol, port, blocked) for kind, protocol, port in sorted(found))
    return ServiceFacts(Known(tuple(exposed), source))


def shows_all(listeners: tuple[Listener, ...]) -> bool:
    """Whether these are the sockets of all users: macOS may show a person only their own."""
    return any(
        listener.protocol == "udp" and listener.port == RESPONDER_PORT for listener in listeners
    )


def blocks(mode: Fact[Mode]) -> Fact[bool]:
    """Whether the firewall keeps everybody out of a service. While it is on, but does not block
    all, each service's own setting decides, which is not told; it is set to let in where something
    is shared."""
    if isinstance(mode, Unknown):
        return mode
    if mode.value is Mode.ON:
        return Unknown(Unread.UNSUPPORTED, mode.source)
    return Known(mode.value is Mode.BLOCKS_ALL, mode.source)


def parse_overrides(raw: bytes) -> frozenset[tuple[str, int]] | None:
    """The services that are switched on. The file says of a label whether it is *disabled*, and
    nothing of one that is as it was shipped, which is off for all of these."""
    values = plists.dictionary(raw)
    if values is None:
        return None
    return frozenset(service for label, service in SWITCHES.items() if values.get(label) is False)
