"""A bounded look through folders on Windows, for programs that come without an installer.

It goes to the desktop, documents and downloads wherever the person keeps them (OneDrive moves
them, and the registry says where to), to the folders that installers use, and to the top of every
drive that is built in. What lies elsewhere is not found.
"""

from precheck.contract.catalogues.software import Product
from probes.facts import Fact, Known
from probes.installed_programs import text_in
from probes.software.sweep import Stored, look_at, names_of
from probes.system import System
from probes.system.questions import SweepFiles
from probes.system.windows_questions import ListDrives, ReadRegistry, RegistryValue

SHELL_FOLDERS = ReadRegistry(
    "HKCU", r"Software\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
)
PERSONAL_VALUES = ("Desktop", "Personal", "{374DE290-123F-4565-9164-39C4925E467B}")
"""The values for the desktop, the documents, and (FOLDERID_Downloads) the downloads."""
USUAL_FOLDERS = (r"~\Desktop", r"~\Documents", r"~\Downloads", r"%PUBLIC%\Desktop")
PROGRAM_FOLDERS = ("%ProgramFiles%", "%ProgramFiles(x86)%", "%APPDATA%", "%LOCALAPPDATA%")

FIXED = 3
"""DRIVE_FIXED. A drive for cards or discs may ask for one to be put in."""


def sweep(system: System, products: tuple[Product, ...]) -> tuple[Fact[Stored], ...]:
    """What the device's folders hold of `products`, one fact per part of the look."""
    names = names_of(products)
    answer = system.ask(SHELL_FOLDERS)
    moved = personal_folders(answer.value) if isinstance(answer, Known) else ()
    drives = system.ask(ListDrives())
    fixed = (
        [drive.root for drive in drives.value if drive.kind == FIXED]
        if isinstance(drives, Known)
        else []
    )
    personal = SweepFiles(tuple(dict.fromkeys((*moved, *USUAL_FOLDERS))), names, 4, 2.0)
    installed = SweepFiles(PROGRAM_FOLDERS, names, 3, 2.0)
    top = SweepFiles((*fixed, "~"), names, 2, 1.5)
    return (
        look_at(system, personal, products, is_unpacked),
        look_at(system, installed, products, is_installed),
        look_at(system, top, products, is_unpacked),
    )


def personal_folders(values: dict[str, RegistryValue]) -> tuple[str, ...]:
    """Where the person keeps desktop, documents and downloads; what is no whole path on a drive is
    passed over."""
    texts = (text_in(values, name) for name in PERSONAL_VALUES)
    return tuple(path.rstrip("\\") for path in texts if path and path[1:3] == ":\\" and path[3:])


def is_installed(product: Product, folders: frozenset[str]) -> bool:
    """Whether a program file below the folders of programs is one of them, and nothing that waits
    to be installed."""
    del product
    return "temp" not in folders


def is_unpacked(product: Product, folders: frozenset[str]) -> bool:
    """Whether a program file in `folders` is the program itself. Of one that has an installer it
    may be no more than that installer, unless it lies in a folder of the product's name."""
    own = {name.lower() for name in (product.label, *product.folders)}
    return product.windows.portable or bool(own & folders)
