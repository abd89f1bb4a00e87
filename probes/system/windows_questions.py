"""What only a Windows machine can be asked. As in `questions`: data, raw answers, no prompts.

Numbers are those of the Windows interface named in each docstring; nothing is translated on the
way, so a recording tests the tables that translate them. Times are seconds since 1970, UTC. The
GUID of an adapter is in upper case and braces, as the registry spells it.

A path may start with one of the folders that Windows keeps in the environment: `%ProgramFiles%`,
`%ProgramFiles(x86)%`, `%ProgramW6432%`, `%ProgramData%`, `%SystemRoot%`, `%SystemDrive%`,
`%PUBLIC%`, `%APPDATA%`, `%LOCALAPPDATA%`; or with "~". It leads to a drive of this machine: a
device or another machine's share is `unsupported`, and so is a file that is not here until it is
downloaded.
"""

from typing import TYPE_CHECKING, Any

import msgspec

from probes.system.questions import Plain, Question

if TYPE_CHECKING:
    RegistryContent = str | int | bytes | tuple[str, ...]
else:
    # A recording cannot tell texts from bytes by the type; it says which in the value itself.
    RegistryContent = Any


class RegistryValue(msgspec.Struct, frozen=True):
    """A registry value: `kind` is its REG_ type (1 SZ, 3 BINARY, 4 DWORD, 7 MULTI_SZ, 11 QWORD).
    ValueError for a value that is none of the four."""

    kind: int
    value: RegistryContent

    def __post_init__(self) -> None:
        if isinstance(self.value, list):
            msgspec.structs.force_setattr(self, "value", tuple(self.value))
        texts = self.value if isinstance(self.value, tuple) else ()
        if not isinstance(self.value, str | int | bytes | tuple) or not all(
            isinstance(text, str) for text in texts
        ):
            raise ValueError("no value of the registry")


class ReadRegistry(Question[dict[str, RegistryValue]], frozen=True, tag="read_registry"):
    """All values of a key, the default one under "". `hive` is "HKLM" or "HKCU"; `view` is 64, or
    32 for what 32-bit programs see."""

    hive: str
    key: str
    view: int = 64


class ListRegistry(Question[tuple[str, ...]], frozen=True, tag="list_registry"):
    """The names of a key's subkeys, sorted."""

    hive: str
    key: str
    view: int = 64


class ReadService(Question[int], frozen=True, tag="read_service"):
    """A service's `dwCurrentState` (1 stopped, 4 running); `missing` where there is none."""

    name: str


class SecurityProduct(msgspec.Struct, frozen=True):
    """One row of Windows Security Center (IWscProduct). `state` is WSC_SECURITY_PRODUCT_STATE
    (0 on, 1 off, 2 snoozed, 3 expired), `signature` WSC_SECURITY_SIGNATURE_STATUS (0 out of date,
    1 up to date). `update` is WSC_SECURITY_PRODUCT_SUBSTATUS of its protection's updates (0 not
    set, 1 nothing to do, 2 something to do recommended, 3 needed), from IWscProduct2; None where
    that is not offered."""

    name: str
    state: int
    signature: int
    guid: str
    update: int | None = None


class ListSecurityProducts(
    Question[tuple[SecurityProduct, ...]], frozen=True, tag="list_security_products"
):
    """IWSCProductList of a WSC_SECURITY_PROVIDER: 1 firewall, 4 antivirus."""

    provider: int


class ProviderHealth(msgspec.Struct, frozen=True):
    """`hresult` 0 is S_OK; 1, S_FALSE, says that the service is down and `health` means nothing.
    `health`: 0 good, 1 not monitored, 2 poor, 3 snooze."""

    hresult: int
    health: int


class ReadProviderHealth(Question[ProviderHealth], frozen=True, tag="read_provider_health"):
    """WscGetSecurityProviderHealth for one WSC_SECURITY_PROVIDER."""

    provider: int


class ReadWmi(Question[tuple[dict[str, Plain], ...]], frozen=True, tag="read_wmi"):
    """The named properties of every object of a WMI class, as IWbemServices gives them. A CIM
    datetime stays the string it is; a property that the object does not have, or that is an array,
    is left out. After `timeout` seconds the answer is `timed_out`."""

    namespace: str
    class_name: str
    properties: tuple[str, ...]
    timeout: float = 10.0


class FirewallProfile(msgspec.Struct, frozen=True):
    """INetFwPolicy2 for one profile: what is set locally. `inbound` is NET_FW_ACTION (0 block,
    1 allow); `excludes` says that the firewall does not apply to some interfaces, None where that
    is not told."""

    profile: int
    enabled: bool
    block_all_inbound: bool
    inbound: int
    excludes: bool | None = None


class FirewallPolicy(msgspec.Struct, frozen=True):
    """`current` has a bit per profile in use (1 domain, 2 private, 4 public)."""

    current: int
    profiles: tuple[FirewallProfile, ...]


class ReadFirewallPolicy(Question[FirewallPolicy], frozen=True, tag="read_firewall_policy"):
    """INetFwPolicy2, read only."""


class FirewallProduct(msgspec.Struct, frozen=True):
    """A registered INetFwProduct; `categories` are NET_FW_RULE_CATEGORY (2 firewall)."""

    name: str
    categories: tuple[int, ...]


class ListFirewallProducts(
    Question[tuple[FirewallProduct, ...]], frozen=True, tag="list_firewall_products"
):
    """INetFwProducts: the third-party products that have taken over from Windows Firewall."""


class WaitingUpdate(msgspec.Struct, frozen=True):
    """An IUpdate that is not installed. `categories` are category ids, lower case, without braces;
    `severity` is MsrcSeverity as Microsoft's own word or ""; `changed` is
    LastDeploymentChangeTime; `hidden` says that somebody told Windows to leave it out."""

    categories: tuple[str, ...]
    severity: str
    browse_only: bool
    changed: float | None
    hidden: bool = False


class UpdateSearch(msgspec.Struct, frozen=True):
    """`result` is OperationResultCode (2 succeeded, 3 with errors)."""

    result: int
    updates: tuple[WaitingUpdate, ...]


class SearchUpdates(Question[UpdateSearch], frozen=True, tag="search_updates"):
    """IUpdateSearcher.Search with Online=False: the result of the machine's own last scan. Without
    a word on IsHidden it has the hidden updates too."""

    criteria: str = "IsInstalled=0 and Type='Software'"


class InstalledUpdate(msgspec.Struct, frozen=True):
    """An IUpdateHistoryEntry: `operation` 1 installed, 2 removed; `result` OperationResultCode."""

    operation: int
    result: int
    date: float
    title: str


class ReadUpdateHistory(
    Question[tuple[InstalledUpdate, ...]], frozen=True, tag="read_update_history"
):
    """The newest `count` entries of IUpdateSearcher.QueryHistory. The antivirus's definitions and
    the Store's apps add several a day, so that a hundred reach back a month at most."""

    count: int = 1000


class UpdateState(msgspec.Struct, frozen=True):
    """ISystemInformation and IAutomaticUpdates: None for what is not told. `notification_level`:
    0 not configured, 1 disabled, 2 to 4 on."""

    restart_required: bool | None
    notification_level: int | None
    last_search: float | None
    last_install: float | None


class ReadUpdateState(Question[UpdateState], frozen=True, tag="read_update_state"):
    """Whether a restart waits, and how automatic updates are set."""


class ConnectedNetwork(msgspec.Struct, frozen=True):
    """An INetwork in use: NLM_NETWORK_CATEGORY (0 public, 1 private, 2 domain), its connectivity
    flags, the GUIDs of its adapters, and its name (redacted when recorded). `internet_v4` and
    `internet_v6` are NLM_INTERNET_CONNECTIVITY (1 a sign-in page answers, 2 by a proxy, 4 a
    company's), None where the network does not tell."""

    category: int
    connectivity: int
    adapters: tuple[str, ...]
    name: str | None = None
    internet_v4: int | None = None
    internet_v6: int | None = None


class Networks(msgspec.Struct, frozen=True):
    """`connectivity` is NLM_CONNECTIVITY of the machine, `cost` NLM_CONNECTION_COST."""

    connectivity: int
    cost: int | None
    connected: tuple[ConnectedNetwork, ...]


class ReadNetworks(Question[Networks], frozen=True, tag="read_networks"):
    """INetworkListManager and INetworkCostManager."""


class Adapter(msgspec.Struct, frozen=True):
    """An entry of GetAdaptersAddresses: IfType, OperStatus (1 up), whether it has a gateway, the
    metric of its IP, and its GUID. `hardware` says that a device of a real bus stands behind it."""

    guid: str
    kind: int
    status: int
    gateway: bool
    metric: int
    hardware: bool | None = None


class ListAdapters(Question[tuple[Adapter, ...]], frozen=True, tag="list_adapters"):
    """The machine's network adapters."""


class WlanLink(msgspec.Struct, frozen=True):
    """WLAN_CONNECTION_ATTRIBUTES of a connected interface: DOT11_AUTH_ALGORITHM,
    DOT11_CIPHER_ALGORITHM, and the network's name as bytes (redacted when recorded)."""

    auth: int
    cipher: int
    one_x: bool
    ssid: bytes


class ReadWlanLink(Question[WlanLink], frozen=True, tag="read_wlan_link"):
    """WlanQueryInterface(current_connection). On Windows 11 24H2 and later it may ask the person
    for location consent once: ask it only when that consent is known to be given."""

    adapter: str


class ReadWlanProfile(Question[str], frozen=True, tag="read_wlan_profile"):
    """WlanGetProfile: the XML of the profile `name` of an adapter, without key material."""

    adapter: str
    name: str


class Device(msgspec.Struct, frozen=True):
    """A device that is in the machine, disabled or not: its bus's enumerator ("USB", "PCI", "SWD",
    "ROOT"), its friendly name, and CM_PROB_ (0 none, 22 disabled)."""

    enumerator: str
    name: str
    problem: int


class ListDevices(Question[tuple[Device, ...]], frozen=True, tag="list_devices"):
    """The devices behind a device interface class (a GUID with braces)."""

    interface_class: str


class FileVersion(msgspec.Struct, frozen=True):
    """A program file's version resource: the fixed version as "a.b.c.d", and its strings."""

    version: str
    product: str = ""
    company: str = ""
    original_name: str = ""
    description: str = ""


class ReadFileVersion(Question[FileVersion], frozen=True, tag="read_file_version"):
    """GetFileVersionInfo of a program file."""

    path: str


class Drive(msgspec.Struct, frozen=True):
    """A drive's root ("C:\\") and GetDriveType's kind (2 removable, 3 fixed, 4 on a network, 5
    optical)."""

    root: str
    kind: int


class ListDrives(Question[tuple[Drive, ...]], frozen=True, tag="list_drives"):
    """The drives that have a letter."""


class MatchWindowTitles(Question[tuple[str, ...]], frozen=True, tag="match_window_titles"):
    """Which of `prefixes` some visible window's title starts with. The titles themselves, which
    are personal, never leave the door."""

    prefixes: tuple[str, ...]


class ReadSystemMetric(Question[int], frozen=True, tag="read_system_metric"):
    """GetSystemMetrics(index): 0x1000 is SM_REMOTESESSION."""

    index: int
