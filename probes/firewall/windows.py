"""The firewall on Windows: Windows Firewall for every kind of network in use, or who replaced it.

Windows Firewall has a profile for each kind of network. Its settings come from two sources, the
registry and INetFwPolicy2, which both tell what is set on the machine; what a group policy or a
management server sets stands above it ([MS-FASP] 2.2.38: the policy wins where it is set).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from precheck.contract.catalogues.names import same_name
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, first_known, is_missing, parsed
from probes.firewall.facts import Facts, Manager
from probes.system import System
from probes.system.windows_questions import (
    FirewallPolicy,
    FirewallProduct,
    FirewallProfile,
    ListFirewallProducts,
    ListSecurityProducts,
    Networks,
    ReadFirewallPolicy,
    ReadNetworks,
    ReadRegistry,
    ReadService,
    SecurityProduct,
)
from probes.windows_registry import Values, is_set, number

LOCAL = r"SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy"
POLICIES = (r"SOFTWARE\Policies\Microsoft\WindowsFirewall", rf"{LOCAL}\Mdm")
"""Where a group policy and a management server (MDM) leave what they set."""

SERVICE = ReadService("MpsSvc")
FIREWALL_PROVIDER = 1
FIREWALL_CATEGORY = 2

PROFILES = MappingProxyType({1: "domain", 2: "private", 4: "public"})
"""NET_FW_PROFILE_TYPE2, and what people know the networks as."""

_LOCAL_NAMES = MappingProxyType({1: "DomainProfile", 2: "StandardProfile", 4: "PublicProfile"})
_POLICY_NAMES = MappingProxyType(
    {1: ("DomainProfile",), 2: ("PrivateProfile", "StandardProfile"), 4: ("PublicProfile",)}
)
_PROFILE_OF_CATEGORY = MappingProxyType({0: 4, 1: 2, 2: 1})
_SERVICE_RUNS = MappingProxyType({1: False, 4: True})
_ON, _STATES = 0, frozenset({0, 1, 2, 3})
_OWN = re.compile(r"(?:Windows|Microsoft)\b")


@dataclass(frozen=True, slots=True)
class Settings:
    """A profile's settings in one place, None for what is not set there: whether it is on, blocks
    what no rule names, and blocks even what a rule names."""

    on: bool | None = None
    blocks: bool | None = None
    blocks_all: bool | None = None

    def over(self, other: "Settings") -> "Settings":
        """These, and those of `other` for what is not set here."""
        return Settings(
            other.on if self.on is None else self.on,
            other.blocks if self.blocks is None else self.blocks,
            other.blocks_all if self.blocks_all is None else self.blocks_all,
        )


SHIPPED = Settings(on=True, blocks=True, blocks_all=False)
"""What holds where the registry says nothing."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile by each source, policies included, and whether the firewall's service runs."""

    bit: int
    by_registry: Fact[Settings]
    by_interface: Fact[Settings]
    service: Fact[bool]
    excludes: bool = False
    """Whether it leaves some of the machine's interfaces alone."""

    @property
    def settings(self) -> tuple[Settings, ...]:
        """As each source that could be read has them."""
        sources = (self.by_registry, self.by_interface)
        return tuple(source.value for source in sources if isinstance(source, Known))

    @property
    def garbled(self) -> Unknown | None:
        """A source that has an answer, of which nobody can tell whether it is "off"."""
        sources = (self.by_registry, self.by_interface)
        unread = (source for source in sources if isinstance(source, Unknown))
        return next((source for source in unread if source.why is Unread.GARBLED), None)


def observe(system: System, context: Context) -> Facts:
    """Both sources of Windows Firewall, its service, and the products that replace it."""
    del context
    registered = parsed(system.ask(ListFirewallProducts()), replacing)
    third = third_party(registered, system.ask(ListSecurityProducts(FIREWALL_PROVIDER)))
    replaced = isinstance(registered, Known) and bool(registered.value)
    in_use = profiles_in_use(system)
    managers = [
        _manager(profile, replaced, registered.source)
        for profile in (read_profile(system, bit) for bit in bits_of(in_use))
    ]
    if isinstance(in_use, Unknown) and len({_state(manager) for manager in managers}) > 1:
        unknown = Unknown(in_use.why, in_use.source)
        managers = [Manager("Windows Firewall", unknown, unknown, unknown)]
    return Facts(
        managers=(*managers, *([third] if third else [])),
        inbound=Unknown(Unread.UNSUPPORTED, LOCAL),
    )


def profiles_in_use(system: System) -> Fact[int]:
    """The profiles of the networks in use, as bits; by the networks themselves where Windows
    Firewall does not answer."""
    current = parsed(system.ask(ReadFirewallPolicy()), lambda policy: _bits(policy.current))
    if isinstance(current, Known):
        return current
    by_networks = parsed(system.ask(ReadNetworks()), _bits_of_networks)
    return first_known(by_networks, current)


def bits_of(in_use: Fact[int]) -> tuple[int, ...]:
    """The profiles to look at: all of them where those in use are not known."""
    return tuple(bit for bit in PROFILES if isinstance(in_use, Unknown) or in_use.value & bit)


def read_profile(system: System, bit: int) -> Profile:
    """One profile, from every source."""
    policy = _policy(system, bit)
    registry = parsed(
        system.ask(ReadRegistry("HKLM", rf"{LOCAL}\{_LOCAL_NAMES[bit]}")), parse_settings
    )
    whole = system.ask(ReadFirewallPolicy())
    interface = parsed(whole, lambda told: settings_of(told, bit))
    return Profile(
        bit=bit,
        by_registry=_effective(policy, parsed(registry, lambda own: own.over(SHIPPED))),
        by_interface=_effective(policy, interface),
        service=parsed(system.ask(SERVICE), _SERVICE_RUNS.get),
        excludes=isinstance(whole, Known) and _excludes(whole.value, bit),
    )


def parse_settings(values: Values) -> Settings | None:
    """The values of a profile's key ([MS-GPFAS] 2.2.1: DefaultInboundAction is 0 to allow and 1 to
    block). None for a value that is there and makes no sense."""
    found: list[bool | None] = []
    for name in ("EnableFirewall", "DefaultInboundAction", "DoNotAllowExceptions"):
        written = number(values, name)
        if written not in (0, 1) and is_set(values, name):
            return None
        found.append(None if written is None else bool(written))
    return Settings(*found)


def settings_of(policy: FirewallPolicy, bit: int) -> Settings | None:
    """A profile of INetFwPolicy2, whose NET_FW_ACTION is 0 to block and 1 to allow: the reverse of
    the registry's."""
    profile = next((item for item in policy.profiles if item.profile == bit), None)
    if not isinstance(profile, FirewallProfile) or profile.inbound not in (0, 1):
        return None
    return Settings(profile.enabled, profile.inbound == 0, profile.block_all_inbound)


def _excludes(policy: FirewallPolicy, bit: int) -> bool:
    return any(item.excludes is True for item in policy.profiles if item.profile == bit)


def replacing(products: Iterable[FirewallProduct]) -> tuple[str, ...]:
    """The names of the products that have taken the firewall's part. Windows drops such a
    registration when the product's process ends (INetFwProducts::Register), so it is alive."""
    return tuple(item.name for item in products if FIREWALL_CATEGORY in item.categories)


def third_party(
    registered: Fact[tuple[str, ...]], listed: Fact[tuple[SecurityProduct, ...]]
) -> Manager | None:
    """Another maker's firewall by its registration and by the Security Center; None where none is
    there.

    The Security Center keeps rows of products that are long gone, so its word alone does not make
    a firewall; and it lists Windows Firewall itself, by a name that begins with its maker's. Where
    rows bear the name of what is registered, they alone say whether that is on.
    """
    names = registered.value if isinstance(registered, Known) else ()
    states = parsed(listed, lambda rows: _states_of(names, rows))
    on = parsed(states, _is_on)
    if isinstance(registered, Unknown):
        if isinstance(on, Known) and not on.value:
            return None
        return _third("", registered, registered)
    name = ", ".join(registered.value)
    here = Known(bool(name), registered.source)
    if not name:
        return _third("", here, on) if isinstance(on, Known) and on.value else None
    if isinstance(states, Unknown):
        return _third(name, here, here)
    if not states.value:
        return _third(name, here, Known(False, states.source))
    return _third(name, on, on)


def _third(name: str, enabled: Fact[bool], running: Fact[bool]) -> Manager:
    return Manager(name, enabled, running, Known(True, enabled.source), third_party=True)


def _states_of(names: Iterable[str], rows: Iterable[SecurityProduct]) -> tuple[int, ...]:
    others = [row for row in rows if not _OWN.match(row.name)]
    registered = {same_name(name) for name in names}
    own = [row for row in others if same_name(row.name) in registered]
    return tuple(row.state for row in own or others)


def _is_on(states: tuple[int, ...]) -> bool | None:
    if _ON in states:
        return True
    return False if _STATES.issuperset(states) else None


def _policy(system: System, bit: int) -> Fact[Settings]:
    """What policies set; where two of them differ, the worse."""
    found: list[Settings] = []
    for store in POLICIES:
        for name in _POLICY_NAMES[bit]:
            values = system.ask(ReadRegistry("HKLM", rf"{store}\{name}"))
            if is_missing(values):
                continue
            settings = parsed(values, parse_settings)
            if isinstance(settings, Unknown):
                return settings
            found.append(settings.value)
    return Known(
        Settings(
            _worse(item.on for item in found),
            _worse(item.blocks for item in found),
            _worse(item.blocks_all for item in found),
        ),
        POLICIES[0],
    )


def _worse(set_: Iterable[bool | None]) -> bool | None:
    given = [value for value in set_ if value is not None]
    return all(given) if given else None


def _effective(policy: Fact[Settings], own: Fact[Settings]) -> Fact[Settings]:
    """What holds: a policy that says all of it needs nothing beneath."""
    if isinstance(policy, Unknown):
        return policy
    above = policy.value
    if isinstance(own, Unknown) and (above.on is False or (above.on and above.blocks)):
        return Known(above.over(SHIPPED), policy.source)
    return parsed(own, above.over)


def _manager(profile: Profile, replaced: bool, by: str) -> Manager:
    """The profile as one manager: `enabled` by the registry, `running` by the interface, each in
    the other's place where that alone could be read. What one of them garbles the other does not
    make up for, but where that says off. It does not run while it is replaced. Where it leaves
    interfaces alone it may be those in use that it does not guard."""
    enabled = parsed(first_known(profile.by_registry, profile.by_interface), lambda own: own.on)
    running = parsed(first_known(profile.by_interface, profile.by_registry), lambda own: own.on)
    if isinstance(profile.service, Known) and not profile.service.value:
        enabled = running = profile.service
    elif profile.garbled and any(own.on for own in profile.settings):
        enabled = profile.garbled
    elif isinstance(running, Known) and running.value:
        running = Known(False, by) if replaced else profile.service
    blocks = {own.blocks or own.blocks_all for own in profile.settings}
    unclear = Unknown(Unread.UNSUPPORTED, enabled.source) if profile.excludes else None
    return Manager(
        name=f"Windows Firewall ({PROFILES[profile.bit]})",
        enabled=enabled,
        running=running,
        blocks=unclear or Known(blocks == {True}, enabled.source),
        disputed=len(blocks) > 1,
        network=PROFILES[profile.bit],
    )


def _state(manager: Manager) -> tuple[object, ...]:
    facts = (manager.enabled, manager.running, manager.blocks)
    told = (fact.value if isinstance(fact, Known) else fact.why for fact in facts)
    return (*told, manager.disputed)


def _bits(current: int) -> int | None:
    """NET_FW_PROFILE2_ALL sets every bit; none set says nothing."""
    return current & sum(PROFILES) or None


def _bits_of_networks(networks: Networks) -> int | None:
    bits = 0
    for network in networks.connected:
        bit = _PROFILE_OF_CATEGORY.get(network.category)
        if bit is None:
            return None
        bits |= bit
    return bits or None
