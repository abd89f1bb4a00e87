"""The names that everybody may see in a recording: those that a check looks for.

A listed program that was taken out of a recording would look like one that is not there. So all
listed names stay, and they tell no more than the checks' own findings do.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from precheck.contract.catalogues import Catalogues
from precheck.contract.catalogues.ssids import Match
from probes.firewall.linux_services import FORWARDERS
from probes.firewall.services import SERVICES
from probes.software import macos_sweep
from probes.software.sweep import USUAL_FOLDERS, WINE_DRIVE, WINE_FOLDERS
from probes.system.software_lists import ANYTHING, Keep


def public_names(catalogues: Catalogues) -> Keep:
    """Whether a name is, but for case, one of the catalogues' (of a program, package, file or
    folder, or of a public network), a listed network service's, or that of a folder that every
    machine is looked through for. How the names of a company's networks begin is one with
    `ANYTHING` behind it; what stands behind it in a network's name is anybody's own word."""
    programs = FORWARDERS.union(*(service.programs for service in SERVICES))
    macos = (*macos_sweep.OPEN_FOLDERS, *macos_sweep.WINE_FOLDERS, "/Applications/Utilities")
    looked_through = (*USUAL_FOLDERS, *WINE_FOLDERS, *macos)
    folders = (part for path in looked_through for part in path.split("/"))
    listed = {WINE_DRIVE, *map(str.casefold, (*programs, *folders))}
    for catalogue in (catalogues.software, catalogues.antivirus):
        for text in _texts(msgspec.to_builtins(catalogue)):
            listed |= {text.casefold(), *text.casefold().replace("\\", "/").split("/")}
    # The program in a bundle is mostly called as the bundle is.
    listed |= {name.removesuffix(".app") for name in listed}
    for network in catalogues.ssids.networks:
        if network.match in (Match.WHOLE, Match.PREFIX):
            listed.add(network.name.casefold() + ANYTHING * (network.match is Match.PREFIX))
    listed -= {"", "~"}

    def keep(name: str) -> bool:
        return name.casefold() in listed

    return keep


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _texts(item)
