"""What `ipconfig getsummary` says of an interface itself (ipconfig(8)), in words that Apple never
translates.

It prints a dictionary in lines of "  Key : value". Among them stand the last answers of the DHCP
server as they came, unindented, so that whoever runs the network writes there what they like. They
lie in dictionaries and lists within the dictionary, and all of that is passed over.
"""

import re

from probes.system.questions import RunCommand

_PAIR = re.compile(rb"  ([A-Za-z0-9]+) : (.*)")
_OPENS = re.compile(rb"  [^ ].* : <(?:dictionary|array)> \{")
_CLOSES = b"  }"
_NAMED = b"  SSID :"


def summary_of(interface: str) -> RunCommand:
    """The question for an interface by its BSD name ("en0")."""
    return RunCommand(("/usr/sbin/ipconfig", "getsummary", interface), timeout=5.0)


def own_lines(raw: bytes) -> dict[str, bytes] | None:
    """The plain values of the outer dictionary; None where it is none, or has a key twice.

    What lies between the first value that opens and the last that closes is left out, whatever it
    looks like: so no text of a server can end its place and go on as the system. The network's name
    comes behind, so that one in there has been moved there by what it says itself: then None, too.
    """
    lines = raw.strip(b"\n").split(b"\n")
    if len(lines) < 2 or lines[0] != b"<dictionary> {" or lines[-1] != b"}":
        return None
    inner = lines[1:-1]
    opening = next((place for place, line in enumerate(inner) if _OPENS.fullmatch(line)), None)
    if opening is not None:
        closing = max((place for place, line in enumerate(inner) if line == _CLOSES), default=-1)
        passed_over = inner[opening : closing + 1]
        if not passed_over or any(line.startswith(_NAMED) for line in passed_over):
            return None
        inner = [*inner[:opening], *inner[closing + 1 :]]
    found: dict[str, bytes] = {}
    for line in inner:
        pair = _PAIR.fullmatch(line)
        if pair is None:
            continue
        key = pair[1].decode("ascii")
        if key in found:
            return None
        found[key] = pair[2]
    return found
