"""The rows that fixtures answer from: one function per subject, with the meaning of its cells.

Numbers are those of the Windows interface that the fixture stands for; times are seconds since
1970. `None` is an empty cell: what Windows does not know.
"""

from collections.abc import Iterator, Mapping, Sequence

WIFI = "{11223344-5566-7788-99AA-BBCCDDEEFF00}"
"""The Wi-Fi adapter of a fixture, as Windows writes a GUID."""

Value = str | int | bool | None
Row = tuple[Value, ...]


def fails(name: str, code: int) -> Row:
    """The interface, function or class `name` fails with an HRESULT or a Windows error."""
    return ("fails", name, f"{code & 0xFFFFFFFF:#x}")


def hangs(name: str) -> Row:
    """The interface, function or class `name` never answers."""
    return ("hangs", name)


def wlan(
    auth: int,
    cipher: int,
    *,
    state: int = 1,
    one_x: bool = False,
    ssid: str = "いえのWi-Fi",
    profile: str = "いえのWi-Fi",
    adapter: str = WIFI,
) -> Row:
    """A Wi-Fi adapter. `state` is WLAN_INTERFACE_STATE (1 connected, 4 disconnected)."""
    secured = (auth, cipher) != (1, 0)
    return ("wlan", adapter, state, secured, one_x, auth, cipher, ssid, profile)


OPEN = wlan(1, 0)
WEP = wlan(2, 0x101)
WPA2 = wlan(7, 4)
WPA3 = wlan(9, 4)
OWE = wlan(10, 4)
DISCONNECTED = wlan(0, 0, state=4)


def wlan_profile(name: str, xml: str, adapter: str = WIFI) -> Row:
    """A saved Wi-Fi profile; line breaks in `xml` become spaces."""
    return ("profile", adapter, name, " ".join(xml.split("\n")))


def health(provider: int, state: int, hresult: int = 0) -> Row:
    """What Security Center says of a provider. Without a row its service is as good as stopped."""
    return ("health", provider, f"{hresult & 0xFFFFFFFF:#x}", state)


def product(
    provider: int,
    name: str,
    *,
    state: int = 0,
    signature: int = 1,
    guid: str = "{D68DDC3A-831F-4FAE-9E44-DA132C1ACF46}",
    update: int = 1,
    newest_interface: int = 2,
) -> Row:
    """A product in Security Center. `update` is the substatus of its protection's updates;
    `newest_interface` says whether it offers IWscProduct2."""
    return ("product", provider, name, state, signature, guid, update, newest_interface)


def firewall(current: int) -> Row:
    """The profiles in use, as a mask."""
    return ("firewall", current)


def firewall_profile(
    profile: int, *, enabled: bool = True, block_all: bool = False, inbound: int = 0
) -> Row:
    return ("fwprofile", profile, enabled, block_all, inbound)


def firewall_product(name: str, *categories: int) -> Row:
    return ("fwproduct", name, ",".join(map(str, categories)))


def search(result: int = 2) -> Row:
    """How a search for updates ends: OperationResultCode."""
    return ("search", result)


def update(
    *categories: str,
    severity: str = "",
    browse_only: bool = False,
    changed: float | None = None,
    hidden: bool = False,
) -> Row:
    """An update that is not installed. `severity` "" is a BSTR of NULL, as Windows gives it."""
    seconds = "" if changed is None else str(changed)
    return ("update", severity, browse_only, seconds, ",".join(categories), hidden)


def history(title: str, date: float, *, operation: int = 1, result: int = 2) -> Row:
    return ("history", operation, result, str(date), title)


def restart(required: bool) -> Row:
    return ("restart", required)


def automatic(
    notification_level: int, last_search: float | None = None, last_install: float | None = None
) -> Row:
    times = ("" if time is None else str(time) for time in (last_search, last_install))
    return ("automatic", notification_level, *times)


def machine(connectivity: int, cost: int = 1) -> Row:
    """NLM_CONNECTIVITY and NLM_CONNECTION_COST of the machine."""
    return ("machine", connectivity, cost)


def network(
    name: str,
    category: int,
    *,
    connectivity: int = 0x40,
    connected: bool = True,
    adapters: Sequence[str] = (WIFI,),
    internet_v4: int | None = 0,
    internet_v6: int | None = None,
) -> Row:
    """A network. The last two are its NLM_INTERNET_CONNECTIVITY, None where it does not tell."""
    internet = (internet_v4, internet_v6)
    return ("network", name, category, connectivity, connected, ",".join(adapters), *internet)


def wmi(
    namespace: str, class_name: str, *objects: Mapping[str, tuple[str, Value]]
) -> Iterator[Row]:
    """A WMI class and its objects: each property's CIM type (as fixtures/wmi.c names them) and
    value. A class without objects is there, and empty."""
    yield ("wmi", namespace, class_name)
    for number, properties in enumerate(objects):
        for name, (kind, value) in properties.items():
            yield ("wmi", namespace, class_name, number, name, kind, value)
