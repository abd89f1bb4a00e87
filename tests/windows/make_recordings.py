"""Make the recordings of composed Windows machines in `tests/recordings` anew:
`python -m tests.windows.make_recordings`.

What is listening and how it is connected is the machine's underneath, so make them in a network of
its own, as `tests/recordings/README.md` says.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from precheck.agent.exits import READY
from probes.antivirus.windows_defender import GUID
from tests.windows.bed import PROJECT, Box, open_box, set_up
from tests.windows.good_machine import POLICY, answers, open_good_machine
from tests.windows.program import Program
from tests.windows.rows import firewall, firewall_profile, health, product, wmi

FOLDER = PROJECT / "tests" / "recordings"
PROVENANCE = "recorded under Wine with fixtures: not a real machine"


@contextmanager
def open_unguarded_machine(bed: Path) -> Iterator[Box]:
    """The good machine with Windows Firewall and Microsoft Defender off."""
    replaced = ("wmi", "health", "product", "firewall", "fwprofile")
    off = {
        "displayName": ("string", "Windows Defender"),
        "instanceGuid": ("string", f"{{{GUID}}}"),
        "productState": ("uint32", 0x060100),
    }
    with open_good_machine(bed) as box:
        box.reg(f'[{POLICY}\\StandardProfile]\n"EnableFirewall"=dword:00000000\n')
        box.answers(
            *(row for row in answers(datetime.now(UTC)) if row[0] not in replaced),
            *(health(4, 2), product(4, "Windows Defender", state=1, guid=f"{{{GUID}}}")),
            *wmi(r"root\SecurityCenter2", "AntiVirusProduct", off),
            *(firewall(2), firewall_profile(1), firewall_profile(4)),
            firewall_profile(2, enabled=False),
        )
        yield box


MACHINES = {
    "windows-with-nothing": open_box,
    "windows-11-good": open_good_machine,
    "windows-11-unguarded": open_unguarded_machine,
}


def main() -> None:
    bed = set_up()
    for name, opened in MACHINES.items():
        with opened(bed) as box:
            ran = Program().run(box, "record", "--out", r"C:\machine.json")
            assert ran.code == READY, ran
            made = json.loads((box.prefix / "drive_c" / "machine.json").read_bytes())
        text = json.dumps({**made, "provenance": PROVENANCE}, ensure_ascii=False, indent=1)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
