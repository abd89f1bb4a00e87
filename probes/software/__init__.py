"""file_sharing, running_software, meeting_app, browser: what is installed and what runs.

Serves 第5条(5): 「ファイル共有ソフト(Winny、Share等)がインストールされていないこと。また、…
利用中に不要なソフトは起動しないこと。」, 第12条(4): 「第4条に規定するアプリケーションを使用可能な
状態に」 and 「利用するブラウザやソフトウェアについては常に最新のバージョンに更新し」.

What counts as what is in the software catalogue; whole names only. Of all that is installed, only
the names of listed products go into a finding.

Sources:
- Windows: the process list; the lists of installed programs, of App Paths and of Store packages; a
  bounded look through the usual folders and the tops of drives, since Winny and its like have no
  installer; titles of windows; what Windows remembers of programs once started; whether this is a
  session of Remote Desktop. Versions come from program files' version resources. How TeleOffice
  lists itself is not confirmed by an installed copy: where it is not found, it may be there.
- macOS: the process list; the bundles in the folders for apps and what their Info.plist says;
  Spotlight for apps and Windows programs elsewhere, where it is on (a program that looked into the
  desktop, the documents or the downloads by itself would make macOS ask the person); the drives of
  Wine and CrossOver; Homebrew's folders. Versions and days of building: `macos_copies`. Whether
  TeleOffice has a program for macOS no installed copy has confirmed.
- Linux: the process list (the file of another user's process is unreadable, its name is not); the
  lists of dpkg, rpm, pacman, Flatpak and snapd; desktop entries; the folders for programs without
  a package; a bounded look through the usual folders and Wine's drives for what has no installer;
  settings left in the home folder. Versions and days of building: `copies`. The meeting service
  TeleOffice has no program for Linux: there, a session in it is joined in the browser or not at
  all.
"""

from precheck.contract.checks import CheckId
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.software import browsing, linux, macos, meeting, running, sharing, windows
from probes.software.facts import BrowserFacts, FileSharingFacts, MeetingFacts, RunningFacts

file_sharing: Check[FileSharingFacts] = Check(
    id=CheckId.FILE_SHARING,
    observe={
        OsFamily.WINDOWS: windows.observe_file_sharing,
        OsFamily.MACOS: macos.observe_file_sharing,
        OsFamily.LINUX: linux.observe_file_sharing,
    },
    judge=sharing.judge,
    deadline=15.0,
)

running_software: Check[RunningFacts] = Check(
    id=CheckId.RUNNING_SOFTWARE,
    observe={
        OsFamily.WINDOWS: windows.observe_running,
        OsFamily.MACOS: macos.observe_running,
        OsFamily.LINUX: linux.observe_running,
    },
    judge=running.judge,
)

meeting_app: Check[MeetingFacts] = Check(
    id=CheckId.MEETING_APP,
    observe={
        OsFamily.WINDOWS: windows.observe_meeting_apps,
        OsFamily.MACOS: macos.observe_meeting_apps,
        OsFamily.LINUX: linux.observe_meeting_apps,
    },
    judge=meeting.judge,
)

browser: Check[BrowserFacts] = Check(
    id=CheckId.BROWSER,
    observe={
        OsFamily.WINDOWS: windows.observe_browsers,
        OsFamily.MACOS: macos.observe_browsers,
        OsFamily.LINUX: linux.observe_browsers,
    },
    judge=browsing.judge,
)

__all__ = ["browser", "file_sharing", "meeting_app", "running_software"]
