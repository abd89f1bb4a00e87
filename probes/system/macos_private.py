"""Places of a Mac that are not for this program: macOS asks the person before a program reads them.

Since macOS 10.15 the first access of a program to the Desktop, Documents or Downloads folder, to
a disk that was plugged in and to a server's disk makes a dialog appear; since 10.14 to photos,
contacts, calendars, reminders and music; since 14 to what another app keeps in its container. What
needs Full Disk Access is refused without a dialog, and is none of this program's business either
(Apple Platform Security, "Controlling app access to files in macOS"; the list in the system's own
sandbox profile, /System/Library/Sandbox/Profiles/…, differs by version, so this one is wider).
"""

_LIBRARY = (
    *("Accounts", "Application Scripts", "Assistant", "Autosave Information", "Biome", "Caches"),
    *("Calendars", "CloudStorage", "Containers", "Cookies", "CoreFollowUp", "Daemon Containers"),
    *("DoNotDisturb", "DuetExpertCenter", "Group Containers", "HomeKit", "IdentityServices"),
    *("IntelligencePlatform", "Keychains", "Mail", "Messages", "Metadata", "Mobile Documents"),
    *("Passes", "PersonalizationPortrait", "Photos", "Reminders", "Safari", "SafariSafeBrowsing"),
    *("Sharing", "Shortcuts", "StatusKit", "Suggestions", "Trial", "Weather"),
)
_SUPPORT = (
    *("AddressBook", "CallHistoryDB", "CallHistoryTransactions", "CloudDocs", "FaceTime"),
    *("FileProvider", "Knowledge", "MobileSync", "com.apple.TCC", "com.apple.sharedfilelist"),
)

PRIVATE_PLACES = (
    "/Library/Application Support/com.apple.TCC",
    "/Network",
    "/Volumes",
    *(
        f"~/{name}"
        for name in ("Desktop", "Documents", "Downloads", "Movies", "Music", "Pictures", ".Trash")
    ),
    *(f"~/Library/{name}" for name in _LIBRARY),
    *(f"~/Library/Application Support/{name}" for name in _SUPPORT),
)
"""Folders that are neither entered nor looked into, by path."""
