"""antivirus, infection: does something guard the device now, and does it know of a threat?

Serves 第5条(6): 「ウイルス対策ソフト(有償版相当に限ります。)がインストールされており、また最新の
パターンファイルに更新されていること」, and 第5条(1): 「ウイルス感染等のセキュリティ侵害が発生して
いない安全な端末を利用すること」.

Sources:
- Windows: Windows Security Center, through IWSCProductList (wscapi.h) and the WMI class
  `root\\SecurityCenter2:AntiVirusProduct`; WscGetSecurityProviderHealth says whether its service
  answers at all, and whether the device is guarded as a whole. That an entry is no leftover shows
  by the program that made it, or by a service or process of the product. Microsoft Defender tells
  its mode, the time of its definitions and its threats in `root\\Microsoft\\Windows\\Defender`, but
  hides threats from ordinary users unless it is set not to. The list of installed programs tells a
  paid edition from a free one of the same name. An EDR that has not registered shows by its
  service. Windows Server has no Security Center.
- Linux: the process list, systemd's ActiveState over D-Bus and the folders of the products in the
  catalogue. ClamAV guards files only while clamonacc(8) runs beside clamd(8); its definitions are
  as old as the build time in the header of `daily.cvd` or `daily.cld`. Microsoft Defender answers
  `mdatp health` and `mdatp threat list` in JSON. What the other products have loaded is not open
  to an ordinary user.
- macOS: `/Library/SystemExtensions/db.plist`, the names in `/Library/LaunchDaemons`, the folders of
  the products in the catalogue, each joined with the process list; `mdatp` as on Linux. XProtect
  answers `xprotect status` and `xprotect version` from macOS 15 on; the date of its data is also in
  InstallHistory.plist. The other products tell an ordinary user nothing of their definitions.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.antivirus import linux, macos, threats, windows
from probes.antivirus.facts import Facts
from probes.antivirus.judge import judge
from probes.check import Check

antivirus: Check[Facts] = Check(
    id=CheckId.ANTIVIRUS,
    observe={
        OsFamily.WINDOWS: windows.observe,
        OsFamily.MACOS: macos.observe,
        OsFamily.LINUX: linux.observe,
    },
    judge=judge,
    deadline=15.0,
)

infection: Check[threats.Facts] = Check(
    id=CheckId.INFECTION,
    observe={
        OsFamily.WINDOWS: windows.observe_threats,
        OsFamily.MACOS: macos.observe_threats,
        OsFamily.LINUX: linux.observe_threats,
    },
    judge=threats.judge,
    deadline=20.0,
)

__all__ = ["antivirus", "infection"]
