"""Services that let others in to the screen, the files or a shell of this machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from probes.system.questions import Interface, Listener


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service, by its registered ports (IANA) and by its programs' whole names, those of
    Windows in lower case. `hosts` are programs in which other services live too, so that they
    count at its ports alone."""

    kind: str
    tcp: tuple[range, ...] = ()
    udp: tuple[range, ...] = ()
    programs: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


def _one(*ports: int) -> tuple[range, ...]:
    return tuple(range(port, port + 1) for port in ports)


SERVICES = (
    Service("SSH", tcp=_one(22), programs=frozenset({"sshd", "dropbear", "sshd.exe"})),
    Service("Telnet", tcp=_one(23), programs=frozenset({"telnetd", "in.telnetd", "tlntsvr.exe"})),
    Service(
        "FTP",
        tcp=_one(21),
        programs=frozenset(
            {"vsftpd", "proftpd", "pure-ftpd", "filezilla server.exe", "filezilla-server.exe"}
        ),
    ),
    Service("SMB", tcp=_one(139, 445), programs=frozenset({"smbd", "ksmbd.mountd"})),
    Service("NFS", tcp=_one(111, 2049), udp=_one(111, 2049), programs=frozenset({"rpcbind"})),
    Service(
        "RDP",
        tcp=_one(3389),
        udp=_one(3389),
        programs=frozenset({"xrdp", "gnome-remote-desktop-daemon", "krdpserver"}),
        hosts=frozenset({"svchost.exe"}),
    ),
    Service(
        "VNC",
        tcp=(range(5900, 5910),),
        programs=frozenset(
            {
                "Xvnc",
                "Xtigervnc",
                "Xtightvnc",
                "x11vnc",
                "x0vncserver",
                "wayvnc",
                "vino-server",
                "krfb",
                "vncserver-x11",
                "vncserver-x11-core",
                "vncserver.exe",
                "winvnc.exe",
                "winvnc4.exe",
                "tvnserver.exe",
            }
        ),
    ),
    Service(
        "X11",
        tcp=(range(6000, 6011),),
        programs=frozenset({"X", "Xorg", "Xwayland"}),
    ),
)

_FIRST_FREE_PORT = 1024
"""From here on any user's program may listen, so a port alone says less."""


def kind_of(listener: Listener, services: tuple[Service, ...] = SERVICES) -> str | None:
    """The kind of sensitive service that `listener` is.

    A service is known by its program at any port, and by its port where the program is not told.
    A port that any program may take counts only where the program is not known to be another.
    """
    for service in services:
        if listener.program in service.programs and listener.protocol == "tcp":
            return service.kind
    for service in services:
        ports = service.tcp if listener.protocol == "tcp" else service.udp
        if any(listener.port in numbers for numbers in ports):
            own = listener.program is None or listener.program in service.hosts
            other = listener.port >= _FIRST_FREE_PORT and not own
            return None if other else service.kind
    return None


def families_of(listener: Listener) -> tuple[str, ...]:
    """The protocols over which it may be reached: an IPv6 socket at any address serves IPv4 too."""
    address = _address(listener.address)
    if address is None or (isinstance(address, IPv6Address) and address.is_unspecified):
        return ("ip", "ip6")
    return ("ip",) if isinstance(address, IPv4Address) else ("ip6",)


def is_beyond_loopback(listener: Listener, inner: Iterable[Interface]) -> bool:
    """Whether others can reach its address. One that is no address counts as reachable; one of an
    `inner` interface, behind which are this machine's own guests, does not."""
    address = _address(listener.address)
    if address is None:
        return True
    own = {_address(item) for interface in inner for item in interface.addresses}
    return not address.is_loopback and address not in own


def _address(written: str) -> IPv4Address | IPv6Address | None:
    """The address, without its scope, an IPv4 address within an IPv6 one as the former."""
    try:
        address = ip_address(written.split("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
