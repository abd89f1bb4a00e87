"""A machine for the truth: network and mount namespaces with a wire to a neighbour outside.

Nothing of it reaches the system that runs the tests: it has its own interfaces, rules and mounts,
and its system bus is a private one on which a mock stands for systemd.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from tests.requires import require

REPOSITORY = Path(__file__).parents[3]

ADDRESSES = {"ip": "10.77.0.1", "ip6": "fd77::1"}
LISTENED = (22, 1005, 3390)
"""Ports at which the machine listens: SSH's, and two that nobody names."""

SOCKETS_CODE = """
import socket, sys
held = []
for port in map(int, sys.argv[1:]):
    server = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    held.append(server)
print("ready", flush=True)
sys.stdin.read()
"""

KNOCK_CODE = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor

def came_in(knock):
    address, port = knock
    try:
        socket.create_connection((address, int(port)), timeout=1.0).close()
    except OSError:
        return False
    return True

knocks = json.loads(sys.argv[1])
with ThreadPoolExecutor(len(knocks)) as pool:
    print(json.dumps(list(pool.map(came_in, knocks))))
"""

OBSERVE_CODE = """
import json
from probes.firewall import firewall, open_services
from probes.system.linux import LinuxSystem
from probes.system.once import AskedOnce
from tests.machines import context

system = AskedOnce(LinuxSystem())
found = [check.run(system, context()) for check in (firewall, open_services)]
print(json.dumps({item.check: [item.verdict, item.reason, item.evidence] for item in found}))
"""

BUS_CONFIGURATION = """
<busconfig>
  <type>custom</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/><allow user="*"/>
    <allow eavesdrop="true"/>
  </policy>
</busconfig>
"""

AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


@dataclass
class Machine:
    """The machine inside, and its neighbour."""

    inside: int
    outside: int
    stack: ExitStack
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *argv: str, text: str | None = None, of: int | None = None) -> str:
        """Run `argv` inside (or in the process `of`'s namespaces) and give its output."""
        ended = subprocess.run(
            [*_enter(of or self.inside), *argv],
            input=text,
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, **self.environment},
            timeout=60,
        )
        assert ended.returncode == 0, f"{argv}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def start(self, *argv: str, ready: Path | str | None = None) -> None:
        """Start `argv` inside, to end with the test; wait for the file, or the first line."""
        process = subprocess.Popen(
            [*_enter(self.inside), *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        )
        self.stack.callback(_end, process)
        if isinstance(ready, str):
            assert process.stdout is not None
            assert process.stdout.readline().strip() == ready
        elif ready is not None:
            wait_for(ready.exists)

    def load(self, ruleset: str) -> None:
        """Load nftables rules."""
        self.run("nft", "-f", "-", text=ruleset)

    def lets_in(self, port: int = 1005) -> dict[str, bool]:
        """The truth, from outside: whether a connection to `port` comes in, per protocol."""
        knocks = json.dumps([[address, port] for address in ADDRESSES.values()])
        answered = self.run(sys.executable, "-c", KNOCK_CODE, knocks, of=self.outside)
        return dict(zip(ADDRESSES, json.loads(answered), strict=True))

    def found(self, *prefix: str) -> dict[str, tuple[str, str, dict[str, object]]]:
        """What the checks say inside, as (verdict, reason, evidence) by check."""
        answered = self.run(*prefix, sys.executable, "-c", OBSERVE_CODE)
        return {check: tuple(finding) for check, finding in json.loads(answered).items()}

    def firewall(self, *prefix: str) -> str:
        """The reason of the firewall check."""
        return self.found(*prefix)["firewall"][1]

    def cover(self, *folders: str) -> None:
        """Let what is written below `folders` be seen inside only."""
        for place, folder in enumerate(folders):
            base = self.folder / f"cover{place}"
            self.run("mkdir", "-p", str(base))
            self.run("mount", "-t", "tmpfs", "tmpfs", str(base))
            self.run("mkdir", str(base / "upper"), str(base / "work"))
            layers = f"lowerdir={folder},upperdir={base}/upper,workdir={base}/work"
            self.run("mount", "-t", "overlay", "overlay", "-o", layers, folder)

    def with_bus(self, units: Mapping[str, str]) -> None:
        """Give the machine a system bus with a systemd whose units have these states."""
        path = self.folder / "bus"
        configuration = self.folder / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(path=path))
        self.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={path}"
        self.start("dbus-daemon", "--nofork", f"--config-file={configuration}", ready=path)
        name, root = "org.freedesktop.systemd1", "/org/freedesktop/systemd1"
        self.start("/usr/bin/python3", "-m", "dbusmock", "--system", name, root, f"{name}.Manager")
        self._until_owned(name)
        self._mock(root, "AddProperties", f"{name}.Manager", "{'Version': <'252'>}")
        for unit, state in units.items():
            escaped = unit.replace(".", "_2e").replace("-", "_2d")
            properties = f"{{'ActiveState': <'{state}'>}}"
            place = f"{root}/unit/{escaped}"
            self._mock(root, "AddObject", place, f"{name}.Unit", properties, "@a(ssss) []")

    def with_firewalld(self) -> None:
        """Start a real firewalld, which owns its name on the machine's bus."""
        self.start("/usr/sbin/firewalld", "--nofork", "--nopid")
        name, path = "org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1"
        self._until_owned(name)
        asked = ("--dest", name, "--object-path", path)
        method = ("--method", "org.freedesktop.DBus.Properties.Get", name, "state")
        # It owns its name before it has loaded its rules.
        wait_for(lambda: "RUNNING" in self.run("gdbus", "call", "--system", *asked, *method))

    def _mock(self, path: str, member: str, *arguments: str) -> None:
        destination = ("--dest", "org.freedesktop.systemd1", "--object-path", path)
        method = ("--method", f"org.freedesktop.DBus.Mock.{member}")
        self.run("gdbus", "call", "--system", *destination, *method, *arguments)

    def _until_owned(self, name: str) -> None:
        asked = ("--dest", "org.freedesktop.DBus", "--object-path", "/org/freedesktop/DBus")
        method = ("--method", "org.freedesktop.DBus.NameHasOwner", name)
        wait_for(lambda: "true" in self.run("gdbus", "call", "--system", *asked, *method))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until `condition` holds; a machine that never gets ready fails the test."""
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("the machine did not get ready")


@contextmanager
def machine() -> Iterator[Machine]:
    """A machine that listens at `LISTENED` over IPv4 and IPv6, without any rules."""
    require(os.geteuid() == 0, "network namespaces need root")
    require(which("nsenter") and which("unshare") and which("ip"), "util-linux and iproute2")
    require(which("nft"), "nftables")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
        folder.chmod(0o755)
        inside, outside = (stack.enter_context(_namespaces()) for _ in range(2))
        made = Machine(inside, outside, stack, folder)
        wire = f"ip link add eth0 netns {inside} type veth peer name eth0 netns {outside}"
        subprocess.run(wire.split(), check=True)
        for number, of in enumerate((inside, outside), 1):
            for command in (
                "ip link set lo up",
                "ip link set eth0 up",
                f"ip address add 10.77.0.{number}/24 dev eth0",
                f"ip address add fd77::{number}/64 dev eth0 nodad",
            ):
                made.run(*command.split(), of=of)
        ports = map(str, LISTENED)
        made.start(sys.executable, "-c", SOCKETS_CODE, *ports, ready="ready")
        yield made


@contextmanager
def _namespaces() -> Iterator[int]:
    argv = ["unshare", "--net", "--mount", "--propagation=private", "--", "cat"]
    holder = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None and holder.stdout is not None
    try:
        holder.stdin.write("there\n")
        holder.stdin.flush()
        require(holder.stdout.readline(), "the kernel must allow new network namespaces")
        yield holder.pid
    finally:
        _end(holder)


def _enter(pid: int) -> list[str]:
    return ["nsenter", f"--target={pid}", "--net", "--mount", f"--wd={REPOSITORY}", "--"]


def _end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()
