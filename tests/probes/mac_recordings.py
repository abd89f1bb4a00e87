"""The Macs in `tests/recordings`, made anew by `python -m tests.probes.mac_recordings`."""

from pathlib import Path

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.firewall.macos import Mode
from probes.system.recording import encode_recording
from tests.machines import composed, context
from tests.probes.macs import Eye, Guard, Mac, Network, recorded, system

FOLDER = Path(__file__).parents[1] / "recordings"
COMPOSED = "composed, not a real machine"

MACHINES = {
    "macos-26-ordinary": (
        system(Mac()),
        f"{COMPOSED}; its Wi-Fi and its firewall's answer as published from real Macs",
    ),
    "macos-26-in-a-shop": (
        system(Mac(firewall=Mode.OFF, network=Network.OPEN)),
        f"{COMPOSED}; its Wi-Fi and its firewall's answer as published from real Macs",
    ),
    "macos-27-managed": (
        system(
            Mac("27.0", Mode.BLOCKS_ALL, None, Network.WIRED, guard=Guard.DEFENDER, eye=Eye.USB)
        ),
        f"{COMPOSED}; its camera as published from a real one",
    ),
    "macos-14-ended": (
        system(Mac("14.8.9", network=Network.WEP, eye=Eye.PRETENDED, zoom=False, winny=True)),
        COMPOSED,
    ),
    "macos-that-denies-everything": (
        composed({}, OsFamily.MACOS, otherwise=Unread.DENIED),
        COMPOSED,
    ),
}
"""Each with what it says of where it is from."""


def made(name: str) -> bytes:
    """The recording of that name."""
    machine, provenance = MACHINES[name]
    return encode_recording(recorded(machine, context(), provenance))


def main() -> None:
    for name in MACHINES:
        (FOLDER / f"{name}.json").write_bytes(made(name))


if __name__ == "__main__":
    main()
