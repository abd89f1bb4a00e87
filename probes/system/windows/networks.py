"""Network List Manager (netlistmgr.h): the networks in use, as what, and whether they cost."""

import ctypes
import sys

from probes.facts import Fact
from probes.system.windows import com
from probes.system.windows.com import Apartment, Guid, Pointer, optional
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
        connected=tuple(_connected(network) for network in networks.each(NEXT)),
    )


def _cost(costs: Pointer) -> int:
    """By the default route, since no destination is given."""
    cost, anywhere = ctypes.c_ulong(), ctypes.c_void_p()
    costs.call(GET_COST, ctypes.pointer(cost), anywhere)
    return cost.value


def _connected(network: Pointer) -> ConnectedNetwork:
    connections = network.object(NETWORK_CONNECTIONS)
    return ConnectedNetwork(
        category=network.number(NETWORK_CATEGORY),
        connectivity=network.number(NETWORK_CONNECTIVITY),
        adapters=tuple(_adapter(connection) for connection in connections.each(NEXT)),
        name=optional(lambda: network.text(NETWORK_NAME)),
    )


def _adapter(connection: Pointer) -> str:
    guid = Guid()
    connection.call(CONNECTION_ADAPTER, ctypes.pointer(guid))
    return str(guid)
