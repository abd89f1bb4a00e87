"""security_updates: are the latest security updates installed?

Serves 第5条(3): 「最新のセキュリティ対策パッチを適用すること」.

Sources:
- Windows: Windows Update's own last scan and history (WUA, offline), the version in the registry,
  the services' start types, the policies and the pause in the registry; for a restart
  ISystemInformation and the marks in the registry.
- macOS: Software Update's preferences (its last look, what it recommends and since when, Automatic
  Updates), an administrator's profiles over them, the installation history, and the catalogue's
  newest version of the release. XProtect's definitions belong to the antivirus check.
- Linux: the package manager that os-release names, asked without rights and without refreshing
  anything: apt (`apt list`), dnf 4 and 5 (advisories in the cache), zypper (patches), pacman
  (packages; no advisories); PackageKit over D-Bus where that gives no answer. How complete the
  list is comes from what a refresh alone can write, see each module. For a restart
  `/run/reboot-required`, and the running kernel among those in `/boot`.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.security_updates import linux, macos, windows
from probes.security_updates.facts import Facts
from probes.security_updates.judge import judge

security_updates: Check[Facts] = Check(
    id=CheckId.SECURITY_UPDATES,
    observe={
        OsFamily.WINDOWS: windows.observe,
        OsFamily.MACOS: macos.observe,
        OsFamily.LINUX: linux.observe,
    },
    judge=judge,
    deadline=28.0,
)

__all__ = ["security_updates"]
