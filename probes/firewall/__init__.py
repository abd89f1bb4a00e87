"""firewall: does a firewall keep out what nobody asked for? open_services: what waits inside?

Serve 第5条(4): 「パーソナルファイアウォール(Windowsファイアウォール等)の機能を有効にし、
必要なサービスの許可だけを最小限に設定」.

Sources:
- Windows, of the firewall: INetFwPolicy2 and the registry for each profile in use, the policies'
  keys above both, and the state of MpsSvc; for another maker's, INetFwProducts and the Windows
  Security Center.
- Windows, of the services: the listening sockets, and the rules in the registry ([MS-GPFAS]).
- Linux, of the firewall: ufw's `/etc/ufw/ufw.conf` and `/etc/default/ufw`; firewalld's name and
  zones on the system bus and its zone files; `/etc/nftables.conf`; for each the ActiveState of its
  unit, from systemd on the system bus. The loaded rules, from nft(8) and iptables-save(8), where
  the account may read them, which is root's.
- Linux, of the services: the listening sockets, and the same rules.
- macOS, of the firewall: `socketfilterfw --getglobalstate` and `system_profiler -json
  SPFirewallDataType`; com.apple.alf.plist only below macOS 15, which no longer keeps it.
- macOS, of the services: the listening sockets, where they are not only the person's own; else
  launchd's `disabled.plist` beside them; and the firewall's mode.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.firewall import (
    linux,
    linux_services,
    macos,
    macos_services,
    services_judge,
    windows,
    windows_services,
)
from probes.firewall.facts import Facts, ServiceFacts
from probes.firewall.judge import judge

firewall: Check[Facts] = Check(
    id=CheckId.FIREWALL,
    observe={
        OsFamily.WINDOWS: windows.observe,
        OsFamily.MACOS: macos.observe,
        OsFamily.LINUX: linux.observe,
    },
    judge=judge,
)

open_services: Check[ServiceFacts] = Check(
    id=CheckId.OPEN_SERVICES,
    observe={
        OsFamily.WINDOWS: windows_services.observe,
        OsFamily.MACOS: macos_services.observe,
        OsFamily.LINUX: linux_services.observe,
    },
    judge=services_judge.judge,
)

__all__ = ["firewall", "open_services"]
