"""internet, network_trust, metered, connection_quality: the way to the office.

Serve 第5条(2): 「利用者端末はインターネットに接続されていること。(秘匿性や安全性が不明なものや接続
経路の管理状況が不明な無料のインターネット接続サービス等の利用は禁止する。)」; metered 第12条(5) and
connection_quality 第12条(4).

Sources:
- every OS: the office's own endpoint, and nobody else: whether it answers (internet), and how fast
  (connection_quality).
- Linux: `/proc/net/route` and `/proc/net/ipv6_route` for the interfaces that carry the data,
  `/sys/class/net` for what they are; NetworkManager's D-Bus API for how Wi-Fi is protected, for a
  sign-in page and for the cost; wpa_supplicant's D-Bus API where NetworkManager is not there. Where
  only iwd or nobody knows, how Wi-Fi is protected stays unknown, and the person is asked.
- Windows: GetAdaptersAddresses for the adapters that carry the data; wlanapi's current connection
  for how Wi-Fi is protected, where asking cannot prompt for location consent, and else the WLAN
  profile; the Network List Manager for the profile's name, for the internet and for the cost.
- macOS: `scutil --nwi` for the interfaces that carry the data; `ipconfig getsummary` for what they
  are and how Wi-Fi is protected, beside it `system_profiler -json SPAirPortDataType`. Neither needs
  the location permission, without which only the network's name is hidden. Of the cost nothing is
  known but that an iPhone's own network is in use.

A sign-in page cannot answer for the endpoint over HTTPS, so it is known by status 511, by the OS's
own word, or, where an endpoint is asked over plain HTTP, by what it answers there.

A virtual machine's network card looks wired, and so does a phone shared over USB; both pass. The
name of a Wi-Fi network is compared with the catalogue on the spot and never kept.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.network import linux, macos, windows
from probes.network.facts import InternetFacts, MeteredFacts, QualityFacts, TrustFacts
from probes.network.judge import judge_internet, judge_metered, judge_quality, judge_trust
from probes.network.measure import observe_quality

internet: Check[InternetFacts] = Check(
    id=CheckId.INTERNET,
    observe={
        OsFamily.LINUX: linux.observe_internet,
        OsFamily.WINDOWS: windows.observe_internet,
        OsFamily.MACOS: macos.observe_internet,
    },
    judge=judge_internet,
)

network_trust: Check[TrustFacts] = Check(
    id=CheckId.NETWORK_TRUST,
    observe={
        OsFamily.LINUX: linux.observe_trust,
        OsFamily.WINDOWS: windows.observe_trust,
        OsFamily.MACOS: macos.observe_trust,
    },
    judge=judge_trust,
    deadline=15.0,
)

metered: Check[MeteredFacts] = Check(
    id=CheckId.METERED,
    observe={
        OsFamily.LINUX: linux.observe_metered,
        OsFamily.WINDOWS: windows.observe_metered,
        OsFamily.MACOS: macos.observe_metered,
    },
    judge=judge_metered,
)

connection_quality: Check[QualityFacts] = Check(
    id=CheckId.CONNECTION_QUALITY,
    observe=dict.fromkeys(OsFamily, observe_quality),
    judge=judge_quality,
    deadline=15.0,
)

__all__ = ["connection_quality", "internet", "metered", "network_trust"]
