"""Windows machines for the firewall's tests, composed from the interfaces' own numbers."""

from collections.abc import Mapping
from typing import Any

from probes.firewall.windows import LOCAL, POLICIES
from probes.system.windows_questions import (
    FirewallPolicy,
    FirewallProduct,
    FirewallProfile,
    ListFirewallProducts,
    ListSecurityProducts,
    ReadFirewallPolicy,
    ReadRegistry,
    ReadService,
    RegistryValue,
    SecurityProduct,
)

DOMAIN, PRIVATE, PUBLIC = 1, 2, 4
KEYS = {DOMAIN: "DomainProfile", PRIVATE: "StandardProfile", PUBLIC: "PublicProfile"}
STOPPED, RUNNING = 1, 4
GROUP_POLICY, MANAGEMENT = POLICIES


def key(**numbers: int) -> dict[str, RegistryValue]:
    return {name: RegistryValue(4, value) for name, value in numbers.items()}


def local_key(profile: int) -> ReadRegistry:
    return ReadRegistry("HKLM", rf"{LOCAL}\{KEYS[profile]}")


def policy_key(name: str, store: str = GROUP_POLICY) -> ReadRegistry:
    return ReadRegistry("HKLM", rf"{store}\{name}")


def interface(
    current: int,
    on: tuple[int, ...],
    allows: tuple[int, ...] = (),
    all_: tuple[int, ...] = (),
    excludes: tuple[int, ...] = (),
) -> FirewallPolicy:
    """What INetFwPolicy2 says: the profiles that are on, allow by default, block all, and leave
    interfaces alone."""
    return FirewallPolicy(
        current,
        tuple(
            FirewallProfile(bit, bit in on, bit in all_, int(bit in allows), bit in excludes)
            for bit in KEYS
        ),
    )


def product(name: str, state: int) -> SecurityProduct:
    return SecurityProduct(name, state, 1, "{00000000-0000-0000-0000-000000000000}")


OWN_ROW = product("Windows ファイアウォール", 0)


def wall(
    current: int = PUBLIC,
    on: tuple[int, ...] = (DOMAIN, PRIVATE, PUBLIC),
    allows: tuple[int, ...] = (),
    all_: tuple[int, ...] = (),
    service: Any = RUNNING,
    registered: Any = (),
    listed: Any = (OWN_ROW,),
    **more: Any,
) -> Mapping[Any, Any]:
    """A Windows of which both sources say the same, and no other maker's firewall."""
    return {
        ReadFirewallPolicy(): interface(current, on, allows, all_),
        ReadService("MpsSvc"): service,
        ListFirewallProducts(): registered,
        ListSecurityProducts(1): listed,
        **{
            local_key(bit): key(
                EnableFirewall=int(bit in on),
                DefaultInboundAction=int(bit not in allows),
                DoNotAllowExceptions=int(bit in all_),
            )
            for bit in KEYS
        },
        **more.get("answers", {}),
    }


ESET = (FirewallProduct("ESET Firewall", (0, 1, 2)),)
NOT_A_FIREWALL = (FirewallProduct("a VPN", (3,)),)
ESET_ON, ESET_OFF = (OWN_ROW, product("ESET Firewall", 0)), (OWN_ROW, product("ESET Firewall", 1))
