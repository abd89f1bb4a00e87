"""security_updates: are the latest security updates installed?

Serves 第5条(3): 「最新のセキュリティ対策パッチを適用すること」.

Sources:
- Windows: Windows Update's own last scan and history (WUA, offline), the version in the registry,
  the services' start types, the policies and the pause in the registry; for a restart
  ISystemInformation and the marks in the registry.
- Linux: the package manager that os-release names, asked without rights and without refreshing
  anything: apt (`apt list`), dnf 4 and 5 (advisories in the cache), zypper (patches), pacman
  (packages; no advisories); PackageKit over D-Bus where that gives no answer. How complete the
  list is comes from what a refresh alone can write, see each module. For a restart
  `/run/reboot-required`, and the running kernel among those in `/boot`.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.security_updates import linux, windows
from probes.security_updates.facts import Facts
from probes.security_updates.judge import judge

security_updates: Check[Facts] = Check(
    id=CheckId.SECURITY_UPDATES,
    observe={OsFamily.WINDOWS: windows.observe, OsFamily.LINUX: linux.observe},
    judge=judge,
    deadline=28.0,
)

__all__ = ["security_updates"]
