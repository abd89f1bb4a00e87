"""What a Linux says of itself in os-release(5), for every subject that wants to know."""

import shlex

from probes.facts import Fact, first_known, parsed, text
from probes.system import System
from probes.system.questions import ReadFile


def read_os_release(system: System) -> Fact[dict[str, str]]:
    """The variables of `/etc/os-release`, or of the distribution's own copy where that is missing.
    Garbled where no ID is named."""
    return parsed(
        first_known(
            system.ask(ReadFile("/etc/os-release")), system.ask(ReadFile("/usr/lib/os-release"))
        ),
        parse_os_release,
    )


def parse_os_release(raw: bytes) -> dict[str, str] | None:
    """The variables of an os-release file (os-release(5)); None where it names no ID."""
    content = text(raw)
    if content is None:
        return None
    variables: dict[str, str] = {}
    for line in content.splitlines():
        name, equals, value = line.strip().partition("=")
        if not equals or name.startswith("#"):
            continue
        try:
            variables[name] = "".join(shlex.split(value))
        except ValueError:
            continue
    return variables if variables.get("ID") else None
