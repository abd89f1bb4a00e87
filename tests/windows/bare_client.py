"""A caller of the fixtures that shares nothing with the product: ctypes, and slots by number.

    python bare_client.py READER [CHANGES]

prints what it read as JSON. CHANGES is a JSON object of slots to call instead of the documented
ones, or of fields to leave out of a struct: a client that is wrong in one place.
"""

import ctypes
import json
import sys
from ctypes import POINTER, byref, c_double, c_int, c_long, c_short, c_ulong, c_void_p, c_wchar_p

SLOTS = {
    "Product.Name": 7,
    "Product.State": 8,
    "Product.Signature": 9,
    "Product.Guid": 12,
    "Product2.Update": 16,
    "ProductList.Initialize": 7,
    "ProductList.Count": 8,
    "ProductList.Item": 9,
    "Policy.Current": 7,
    "Policy.Enabled": 8,
    "Policy.PutEnabled": 9,
    "Policy.BlockAll": 12,
    "Policy.Inbound": 23,
    "Products.Count": 7,
    "Products.Item": 9,
    "FwProduct.Name": 9,
    "Session.Searcher": 12,
    "Searcher.PutOnline": 21,
    "Searcher.Search": 19,
    "Searcher.History": 18,
    "Result.Code": 7,
    "Result.Updates": 9,
    "Updates.Item": 7,
    "Updates.Count": 10,
    "Update.Categories": 11,
    "Update.Changed": 30,
    "Update.Severity": 34,
    "Update3.BrowseOnly": 56,
    "Categories.Item": 7,
    "Category.Id": 8,
    "History.Item": 7,
    "Entry.Operation": 7,
    "Entry.Date": 10,
    "Entry.Title": 12,
    "Information.Restart": 8,
    "Automatic.Settings": 11,
    "Automatic.Results": 14,
    "Settings.Level": 7,
    "Results.Search": 7,
    "Manager.Networks": 7,
    "Manager.Connectivity": 13,
    "Cost.Get": 3,
    "Networks.Next": 8,
    "Network.Name": 7,
    "Network.Connections": 13,
    "Network.Category": 18,
    "Connections.Next": 8,
    "Connection.Adapter": 12,
    "Locator.Connect": 3,
    "Services.Query": 20,
    "Objects.Next": 4,
    "Object.Get": 4,
}
CHANGES: dict[str, int] = {}


class Guid(ctypes.Structure):
    _fields_ = (
        ("a", c_ulong),
        ("b", ctypes.c_ushort),
        ("c", ctypes.c_ushort),
        ("d", ctypes.c_ubyte * 8),
    )


class Variant(ctypes.Structure):
    """As far as it is read here: its type, and eight bytes at offset 8."""

    _fields_ = (
        ("type", ctypes.c_ushort),
        ("none", ctypes.c_ushort * 3),
        ("raw", ctypes.c_uint64 * 2),
    )

    @property
    def value(self):
        raw = ctypes.addressof(self) + 8
        if self.type == 8:
            return ctypes.wstring_at(self.raw[0])
        reader = {3: c_long, 7: c_double, 11: c_short, 17: ctypes.c_ubyte}.get(self.type)
        return reader.from_address(raw).value if reader else None


def guid(text):
    made = Guid()
    ctypes.oledll.ole32.CLSIDFromString(text, byref(made))
    return made


def call(this, name, *arguments):
    """Call a method by its slot; its HRESULT must be a success. 64-bit Windows has one calling
    convention, so a prototype without parameters takes any."""
    table = ctypes.cast(this, POINTER(POINTER(c_void_p))).contents
    ctypes.CFUNCTYPE(ctypes.HRESULT)(table[CHANGES.get(name, SLOTS[name])])(this, *arguments)


def get(this, name, kind, *arguments):
    """What a method gives through its last parameter."""
    out = kind()
    call(this, name, *arguments, byref(out))
    return out if kind in (c_void_p, Variant, Guid) else out.value


def create(clsid, iid):
    out = c_void_p()
    ctypes.oledll.ole32.CoCreateInstance(byref(guid(clsid)), None, 1, byref(guid(iid)), byref(out))
    return out


def query(this, iid):
    table = ctypes.cast(this, POINTER(POINTER(c_void_p))).contents
    out = c_void_p()
    ctypes.CFUNCTYPE(ctypes.HRESULT)(table[0])(this, byref(guid(iid)), byref(out))
    return out


def security_center():
    health = c_int(-1)
    said = ctypes.WinDLL("wscapi").WscGetSecurityProviderHealth(4, byref(health))
    products = []
    listed = create(
        "{17072F7B-9ABE-4A74-A261-1EB76B55107A}", "{722A338C-6E8E-4E72-AC27-1417FB0C81C2}"
    )
    call(listed, "ProductList.Initialize", c_ulong(4))
    for index in range(get(listed, "ProductList.Count", c_long)):
        product = get(listed, "ProductList.Item", c_void_p, c_ulong(index))
        read = [
            get(product, "Product.Name", c_wchar_p),
            get(product, "Product.State", c_int),
            get(product, "Product.Signature", c_int),
            get(product, "Product.Guid", c_wchar_p),
        ]
        try:
            newer = query(product, "{F896CA54-FE09-4403-86D4-23CB488D81D8}")
        except OSError:
            read.append("no IWscProduct2")
        else:
            read.append(get(newer, "Product2.Update", c_int))
        products.append(read)
    return {"health": [said, health.value], "products": products}


def firewall():
    policy = create(
        "{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}", "{98325047-C671-4174-8D81-DEFCD3F03186}"
    )
    products = create(
        "{CC19079B-8272-4D73-BB70-CDB533527B61}", "{39EB36E0-2097-40BD-8AF2-63A13B525362}"
    )
    return {
        "current": get(policy, "Policy.Current", c_long),
        "profiles": [
            [
                get(policy, "Policy.Enabled", c_short, c_int(profile)),
                get(policy, "Policy.BlockAll", c_short, c_int(profile)),
                get(policy, "Policy.Inbound", c_int, c_int(profile)),
            ]
            for profile in (1, 2, 4)
        ],
        "products": [
            get(get(products, "Products.Item", c_void_p, c_long(i)), "FwProduct.Name", c_wchar_p)
            for i in range(get(products, "Products.Count", c_long))
        ],
    }


def switch_firewall_off():
    """What a checker must never do."""
    policy = create(
        "{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}", "{98325047-C671-4174-8D81-DEFCD3F03186}"
    )
    call(policy, "Policy.PutEnabled", c_int(4), c_short(0))


def updates(online=False):
    session = create(
        "{4CB43D7F-7EEE-4906-8698-60DA1C38F2FE}", "{816858A4-260D-4260-933A-2585F1ABC76B}"
    )
    information = create(
        "{C01B9BA0-BEA7-41BA-B604-D0A36F469133}", "{ADE87BF7-7B56-4275-8FAB-B9B0E591844B}"
    )
    automatic = create(
        "{BFE18E9C-6D87-4450-B37C-E02F0B373803}", "{4A2F5C31-CFD9-410E-B7FB-29A653973A0F}"
    )
    searcher = get(session, "Session.Searcher", c_void_p)
    if not online:
        call(searcher, "Searcher.PutOnline", c_short(0))
    criteria = c_void_p(ctypes.windll.oleaut32.SysAllocString("IsInstalled=0"))
    result = get(searcher, "Searcher.Search", c_void_p, criteria)
    found = get(result, "Result.Updates", c_void_p)
    waiting = []
    for index in range(get(found, "Updates.Count", c_long)):
        update = get(found, "Updates.Item", c_void_p, c_long(index))
        categories = get(update, "Update.Categories", c_void_p)
        first = get(categories, "Categories.Item", c_void_p, c_long(0))
        newer = query(update, "{112EDA6B-95B3-476F-9D90-AEE82C6B8181}")
        waiting.append(
            [
                get(first, "Category.Id", c_wchar_p),
                get(update, "Update.Severity", c_wchar_p),
                get(update, "Update.Changed", c_double),
                get(newer, "Update3.BrowseOnly", c_short),
            ]
        )
    past = get(searcher, "Searcher.History", c_void_p, c_long(0), c_long(1))
    entry = get(past, "History.Item", c_void_p, c_long(0))
    settings = get(automatic, "Automatic.Settings", c_void_p)
    results = get(automatic, "Automatic.Results", c_void_p)
    return {
        "result": get(result, "Result.Code", c_int),
        "waiting": waiting,
        "last": [
            get(entry, "Entry.Operation", c_int),
            get(entry, "Entry.Date", c_double),
            get(entry, "Entry.Title", c_wchar_p),
        ],
        "restart": get(information, "Information.Restart", c_short),
        "level": get(settings, "Settings.Level", c_int),
        "searched": get(results, "Results.Search", Variant).value,
    }


def search_online():
    return updates(online=True)


def networks():
    manager = create(
        "{DCB00C01-570F-4A9B-8D69-199FDBA5723B}", "{DCB00000-570F-4A9B-8D69-199FDBA5723B}"
    )
    cost = query(manager, "{DCB00008-570F-4A9B-8D69-199FDBA5723B}")
    listed = get(manager, "Manager.Networks", c_void_p, c_int(1))
    network, count, adapter = c_void_p(), c_ulong(), Guid()
    call(listed, "Networks.Next", c_ulong(1), byref(network), byref(count))
    connections, connection = get(network, "Network.Connections", c_void_p), c_void_p()
    call(connections, "Connections.Next", c_ulong(1), byref(connection), byref(count))
    call(connection, "Connection.Adapter", byref(adapter))
    return {
        "cost": cost_of(cost),
        "connectivity": get(manager, "Manager.Connectivity", c_int),
        "name": get(network, "Network.Name", c_wchar_p),
        "category": get(network, "Network.Category", c_int),
        "adapter": bytes(adapter).hex(),
    }


def cost_of(manager):
    cost = c_ulong()
    call(manager, "Cost.Get", byref(cost), None)
    return cost.value


def wmi():
    locator = create(
        "{4590F811-1D3A-11D0-891F-00AA004B2E24}", "{DC12A687-737F-11CF-884D-00AA004B2E24}"
    )
    bstr = ctypes.windll.oleaut32.SysAllocString
    bstr.restype = c_void_p
    where = c_void_p(bstr("root\\SecurityCenter2"))
    services, objects, found, count = c_void_p(), c_void_p(), c_void_p(), c_ulong()
    call(locator, "Locator.Connect", where, *[None] * 3, c_long(0), None, None, byref(services))
    what = c_void_p(bstr("SELECT displayName, productState FROM AntiVirusProduct"))
    call(services, "Services.Query", c_void_p(bstr("WQL")), what, c_long(48), None, byref(objects))
    call(objects, "Objects.Next", c_long(5000), c_ulong(1), byref(found), byref(count))
    read = {}
    for name in ("displayName", "productState"):
        value = Variant()
        call(found, "Object.Get", c_wchar_p(name), c_long(0), byref(value), None, None)
        read[name] = value.value
    return read


def wlan():
    left_out = set(CHANGES)

    def struct(*fields):
        kept = tuple(item for item in fields if item[0] not in left_out)
        return type("Struct", (ctypes.Structure,), {"_fields_": kept})

    ssid = struct(("length", c_ulong), ("bytes", ctypes.c_ubyte * 32))
    association = struct(
        ("ssid", ssid),
        ("bss_type", c_int),
        ("bssid", ctypes.c_ubyte * 6),
        ("phy_type", c_int),
        ("phy_index", c_ulong),
        ("quality", c_ulong),
        ("receive", c_ulong),
        ("transmit", c_ulong),
    )
    security = struct(("enabled", c_int), ("one_x", c_int), ("auth", c_int), ("cipher", c_int))
    connection = struct(
        ("state", c_int),
        ("mode", c_int),
        ("profile", ctypes.c_wchar * 256),
        ("association", association),
        ("security", security),
    )
    library = ctypes.WinDLL("wlanapi")
    version, handle, listed = c_ulong(), c_void_p(), c_void_p()
    error = library.WlanOpenHandle(2, None, byref(version), byref(handle))
    if error:
        return {"open": error}
    library.WlanEnumInterfaces(handle, None, byref(listed))
    count = c_ulong.from_address(listed.value).value
    read = []
    for index in range(count):
        adapter = Guid.from_address(listed.value + 8 + index * 532)
        size, data, kind = c_ulong(), c_void_p(), c_int()
        error = library.WlanQueryInterface(
            handle, byref(adapter), 7, None, byref(size), byref(data), byref(kind)
        )
        if error:
            read.append(error)
            continue
        link = connection.from_address(data.value)
        one_x = getattr(link.security, "one_x", None)
        read.append([size.value, link.security.auth, link.security.cipher, one_x])
    return {"links": read}


READERS = (
    security_center,
    firewall,
    switch_firewall_off,
    updates,
    search_online,
    networks,
    wmi,
    wlan,
)


def main():
    CHANGES.update(json.loads(sys.argv[2]) if len(sys.argv) > 2 else {})
    ctypes.oledll.ole32.CoInitializeEx(None, 0)
    (reader,) = (reader for reader in READERS if reader.__name__ == sys.argv[1])
    try:
        read = reader()
    except OSError as error:
        read = {"error": f"{error.winerror & 0xFFFFFFFF:#x}"}
    sys.stdout.write(json.dumps(read) + "\n")


if __name__ == "__main__":
    main()
