"""os_support: is the OS within its support period?

Serves 第5条(3): 「利用者端末のOSはサポート期間中のものを用い」, and in Honjo's terms 第14条十三.

Sources:
- Windows: the build, revision and edition in the registry; whether it takes part in the Insider
  programme, whose builds are unreleased; for extended support the revision, and the date of the
  update that brought it, by the update history or the servicing store.
- macOS: SystemVersion.plist, under the name whose content does not depend on who reads it, and
  its copy in the system's cryptex for a Rapid Security Response or Background Security Improvement.
- Linux: `/etc/os-release` (os-release(5): ID, VERSION_ID, SUPPORT_END); for extended support the
  Ubuntu Pro client's status file, and the security pocket among apt's fetched lists. A sandbox or
  a virtual Linux shows another system than the device's, and is told apart first.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.os_support import linux, macos, windows
from probes.os_support.facts import Facts
from probes.os_support.judge import judge

os_support: Check[Facts] = Check(
    id=CheckId.OS_SUPPORT,
    observe={
        OsFamily.WINDOWS: windows.observe,
        OsFamily.MACOS: macos.observe,
        OsFamily.LINUX: linux.observe,
    },
    judge=judge,
)

__all__ = ["os_support"]
