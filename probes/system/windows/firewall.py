"""Windows Firewall (netfw.h), read only: no function that sets anything is named here."""

import ctypes
import sys

from probes.facts import Fact
from probes.system.windows import com
from probes.system.windows.com import Apartment, Pointer, optional
from probes.system.windows.safe_arrays import count, numbers
from probes.system.windows_questions import (
    FirewallPolicy,
    FirewallProduct,
    FirewallProfile,
    ListFirewallProducts,
    ReadFirewallPolicy,
)

if sys.platform != "win32":
    raise ImportError("only Windows has these")

CLASS_POLICY = "e2b3c97f-6ae1-41ac-817a-f6f92166d7dd"
POLICY = "98325047-c671-4174-8d81-defcd3f03186"
CURRENT_PROFILES, ENABLED, BLOCK_ALL_INBOUND, INBOUND = 7, 8, 12, 23
EXCLUDED_INTERFACES = 10

PROFILES = (1, 2, 4)
"""Domain, private, public (NET_FW_PROFILE_TYPE2); each is asked by itself."""

CLASS_PRODUCTS = "cc19079b-8272-4d73-bb70-cdb533527b61"
PRODUCTS = "39eb36e0-2097-40bd-8af2-63a13b525362"
COUNT, ITEM = 7, 9
CATEGORIES, DISPLAY_NAME = 7, 9


def policy(question: ReadFirewallPolicy) -> Fact[FirewallPolicy]:
    """INetFwPolicy2's settings of all three profiles."""
    del question
    return com.ask(_policy, "INetFwPolicy2")


def products(question: ListFirewallProducts) -> Fact[tuple[FirewallProduct, ...]]:
    """INetFwProducts."""
    del question
    return com.ask(_products, "INetFwProducts")


def _policy(apartment: Apartment) -> FirewallPolicy:
    policy = apartment.create(CLASS_POLICY, POLICY)
    return FirewallPolicy(
        current=policy.number(CURRENT_PROFILES),
        profiles=tuple(_profile(policy, profile) for profile in PROFILES),
    )


def _profile(policy: Pointer, profile: int) -> FirewallProfile:
    return FirewallProfile(
        profile=profile,
        enabled=policy.flag(ENABLED, ctypes.c_int(profile)),
        block_all_inbound=policy.flag(BLOCK_ALL_INBOUND, ctypes.c_int(profile)),
        inbound=policy.number(INBOUND, ctypes.c_int(profile)),
        excludes=optional(lambda: _excludes(policy, profile)),
    )


def _excludes(policy: Pointer, profile: int) -> bool:
    """Whether any interface is named, by names that nobody needs to know."""
    return count(policy.variant(EXCLUDED_INTERFACES, ctypes.c_int(profile))) > 0


def _products(apartment: Apartment) -> tuple[FirewallProduct, ...]:
    listed = apartment.create(CLASS_PRODUCTS, PRODUCTS)
    last = listed.number(COUNT)
    return tuple(_product(listed.object(ITEM, ctypes.c_long(at))) for at in range(last))


def _product(product: Pointer) -> FirewallProduct:
    return FirewallProduct(product.text(DISPLAY_NAME), numbers(product.variant(CATEGORIES)))
