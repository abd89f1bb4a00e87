"""Network List Manager (netlistmgr.h): the networks in use, as what, and whether they cost."""

import ctypes
import sys

from precheck.contract.reasons import Unread
from probes.facts import Fact
from probes.system.windows import com
from probes.system.windows.com import Apartment, Guid, Pointer, optional
from probes.system.windows.failures import Failure
from probes.system.windows_questions import ConnectedNetwork, Networks, ReadNetworks

if sys.platform != "win32":
    raise ImportError("only Windows has these")

CLASS_MANAGER = "dcb00c01-570f-4a9b-8d69-199fdba5723b"
MANAGER = "dcb00000-570f-4a9b-8d69-199fdba5723b"
GET_NETWORKS, GET_CONNECTIVITY = 7, 13
ONLY_CONNECTED = 1

COST_MANAGER = "dcb00008-570f-4a9b-8d69-199fdba5723b"
GET_COST = 3

NEXT = 8
"""Of both enumerators."""

NETWORK_NAME, NETWORK_CONNECTIONS, NETWORK_CONNECTIVITY, NETWORK_CATEGORY = 7, 13, 17, 18
CONNECTION_ADAPTER = 12

PROPERTY_BAG = "55272a00-42cb-11ce-8135-00aa004bb851"
READ_PROPERTY = 3
INTERNET_V4, INTERNET_V6 = "NA_InternetConnectivityV4", "NA_InternetConnectivityV6"
"""NLM_INTERNET_CONNECTIVITY, which Windows tells of a network by its property bag."""


def read(question: ReadNetworks) -> Fact[Networks]:
    """The connected networks, and the machine's connectivity and cost as a whole."""
    del question
    return com.ask(_read, "INetworkListManager")


def _read(apartment: Apartment) -> Networks:
    manager = apartment.create(CLASS_MANAGER, MANAGER)
    networks = manager.object(GET_NETWORKS, ctypes.c_int(ONLY_CONNECTED))
    costs = manager.other(COST_MANAGER)
    return Networks(
        connectivity=manager.number(GET_CONNECTIVITY),
        cost=None if costs is None else optional(lambda: _cost(costs)),
        connected=tuple(_connected(apartment, network) for network in networks.each(NEXT)),
    )


def _cost(costs: Pointer) -> int:
    """By the default route, since no destination is given."""
    cost, anywhere = ctypes.c_ulong(), ctypes.c_void_p()
    costs.call(GET_COST, ctypes.pointer(cost), anywhere)
    return cost.value


def _connected(apartment: Apartment, network: Pointer) -> ConnectedNetwork:
    connections = network.object(NETWORK_CONNECTIONS)
    bag = network.other(PROPERTY_BAG)

    def told(name: str) -> int | None:
        return None if bag is None else optional(lambda: _number(apartment, bag, name))

    return ConnectedNetwork(
        category=network.number(NETWORK_CATEGORY),
        connectivity=network.number(NETWORK_CONNECTIVITY),
        adapters=tuple(_adapter(connection) for connection in connections.each(NEXT)),
        name=optional(lambda: network.text(NETWORK_NAME)),
        internet_v4=told(INTERNET_V4),
        internet_v6=told(INTERNET_V6),
    )


def _number(apartment: Apartment, bag: Pointer, name: str) -> int:
    value = apartment.variant()
    bag.call(READ_PROPERTY, ctypes.c_wchar_p(name), ctypes.pointer(value), ctypes.c_void_p())
    number = value.plain()
    if isinstance(number, bool) or not isinstance(number, int):
        raise Failure(Unread.GARBLED)
    return number


def _adapter(connection: Pointer) -> str:
    guid = Guid()
    connection.call(CONNECTION_ADAPTER, ctypes.pointer(guid))
    return str(guid)
