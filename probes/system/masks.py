"""Putting stable placeholders where a text names a person, a machine or a place in a network.

The same value gets the same placeholder throughout, so that what belonged together still does.
"""

import contextlib
import getpass
import ipaddress
import json
import os
import re
import socket
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import quote

COMMON = frozenset(
    {
        *("someone", "somewhere", "wifi"),
        *("root", "user", "admin", "administrator", "guest", "nobody", "precheck"),
        *("localhost", "localdomain", "debian", "ubuntu", "fedora", "linux", "archlinux"),
    }
)
"""Names so common that they name nobody, and that a system is full of."""

SHORT = 5
"""A shorter name is only replaced as a whole word: "ken" is also a part of "token"."""

_UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MAC = rb"[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}"
_HEX = rb"[0-9a-f]{32}"
_IPV6 = rb"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}"
_IPV4 = rb"\d{1,3}(?:\.\d{1,3}){3}"
_TOKEN = re.compile(
    rb"(?P<home>(?:(?<=/home/)|(?<=/users/)|(?<=\\users\\)|(?<=\\users\\\\))[^/\\\s\"':;,]+)"
    rb"|(?<![0-9a-z])(?P<card>(?:en|wl|ww)x[0-9a-f]{12})(?![0-9a-z])"
    rb"|(?<![0-9a-z])(?:(?P<uuid>" + _UUID + rb")|(?P<hex>" + _HEX + rb"))(?![0-9a-z])"
    rb"|(?<![0-9a-z:-])(?P<mac>" + _MAC + rb")(?![0-9a-z:-])"
    rb"|(?<![0-9a-z:.])(?P<ipv6>" + _IPV6 + rb")(?![0-9a-z:])"
    rb"|(?<![0-9a-z.])(?P<ipv4>" + _IPV4 + rb")(?![0-9a-z.+~]|-\d)",
    re.IGNORECASE,
)
_SERIAL = re.compile(
    rb"(serial(?:[ _-]?(?:number|no|short))?[\"']?[ \t]*[:=][ \t]*[\"']?)([^\s\"',;]+)",
    re.IGNORECASE,
)
_TEXT_ENCODINGS = ("utf-8", "utf-16-le")
_ENCODINGS = (*_TEXT_ENCODINGS, "utf-16-be", "cp932", "euc-jp")
_GZIP = b"\x1f\x8b"
_GZIP_END = 8
"""Bytes of the checksum and size at a gzip file's end (RFC 1952)."""
_MOST_UNPACKED = 64 << 20

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_KEPT_ADDRESSES = frozenset(map(ipaddress.ip_address, ("128.0.0.0", "8000::", "2000::")))
"""Halves of the whole network, as a VPN routes them; nobody's address."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What names the person and the machine: user names and full names, host names, and home
    folders."""

    users: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    homes: frozenset[str] = frozenset()


def this_machine() -> Personal:
    """Who and what this is; what the OS does not tell is left out."""
    homes = _homes()
    users = {PurePath(home).name for home in homes}
    for tell in (getpass.getuser, os.getlogin):
        # By the environment and by the session. ImportError is Windows without USERNAME.
        with contextlib.suppress(OSError, KeyError, ImportError):
            users.add(tell())
    users |= _full_names()
    host = socket.gethostname()
    return Personal(
        users=frozenset(filter(None, users)),
        hosts=frozenset(filter(None, {host, host.partition(".")[0]})),
        homes=frozenset(home for home in homes if home.count("/") + home.count("\\") > 1),
    )


class Masks:
    """The placeholders of one recording. `keep` says which UUIDs are known constants."""

    def __init__(self, personal: Personal, keep: Callable[[str], bool]) -> None:
        self._keep = keep
        self._given: dict[bytes, bytes] = {}
        self._names: dict[str, bytes] = {}
        self._seen: dict[str, int] = {}
        self._names.update(dict.fromkeys(personal.homes, b"~"))
        self.hide(personal.users, "someone")
        self.hide(personal.hosts, "somewhere")

    def hide(self, names: Iterable[str], placeholder: str) -> None:
        """Put `placeholder` for each of `names` from now on."""
        for name in names:
            if name and name.lower() not in COMMON and name.lower() not in placeholder:
                self._names.setdefault(name, placeholder.encode())
        self._in_text = _any_of(self._names, _TEXT_ENCODINGS)
        self._in_bytes = _any_of(self._names, _ENCODINGS)
        self._spelled = {
            spelling.lower(): placeholder
            for name, placeholder in self._names.items()
            for spelling, _ in _spellings(name, _ENCODINGS)
        }

    def numbered(self, kind: str, value: str) -> str:
        """The placeholder for `value`, "folder-1" for the first of kind "folder"."""
        key = f"{kind}\0{value}".encode()
        if key not in self._given:
            self._seen[kind] = self._seen.get(kind, 0) + 1
            self._given[key] = f"{kind}-{self._seen[kind]}".encode()
        return self._given[key].decode()

    def text(self, text: str, learn: bool = True) -> str:
        """`text` with placeholders. Without `learn`, only for what was seen before: a question
        holds constants of this program, and what an answer gave it."""
        masked = self._masked(text.encode("utf-8", "surrogatepass"), learn)
        return masked.decode("utf-8", "replace")

    def raw(self, raw: bytes, addresses: bool = True) -> bytes:
        """`raw` with placeholders, in whatever encoding the names are; also inside gzip. In a list
        of versions, what looks like an address is one of them."""
        return within_gzip(raw, lambda content: self._masked(content, True, addresses))

    def ipv4_routes(self, raw: bytes) -> bytes:
        """/proc/net/route (proc(5)), whose addresses are hexadecimal numbers as they lie in memory
        on a little-endian machine."""

        def masked(match: re.Match[bytes]) -> bytes:
            address = ipaddress.IPv4Address(bytes.fromhex(match[2].decode())[::-1])
            return match[1] + self.address(address).packed[::-1].hex().upper().encode()

        once = re.sub(rb"(?m)^(\S+\s+)([0-9A-F]{8})\b", masked, raw)
        return re.sub(rb"(?m)^(\S+\s+\S+\s+)([0-9A-F]{8})\b", masked, once)

    def address(self, address: Address) -> Address:
        """Another address of the same class: loopback, unspecified and multicast as they are,
        private, link-local, shared and global ones a placeholder that is nobody's."""
        if address.version == 6 and address.ipv4_mapped is not None:
            return ipaddress.IPv6Address(f"::ffff:{self.address(address.ipv4_mapped)}")
        if address in _KEPT_ADDRESSES or (
            address.is_loopback or address.is_unspecified or address.is_multicast
        ):
            return address
        network = _placeholder_network(address)
        number = self._number(str(network), str(address))
        return network[number % network.num_addresses]

    def _masked(self, raw: bytes, learn: bool, addresses: bool = True) -> bytes:
        pattern = self._in_text if _is_text(raw) else self._in_bytes
        for _ in range(8):
            # A placeholder and its neighbours can make up another name, though not for long.
            raw, replaced = pattern.subn(self._name, raw)
            if not replaced:
                break
        raw = _TOKEN.sub(lambda match: self._token(match, learn, addresses), raw)
        return _SERIAL.sub(rb"\1hidden", raw)

    def _name(self, match: re.Match[bytes]) -> bytes:
        return self._spelled[match[0].lower()]

    def _token(self, match: re.Match[bytes], learn: bool, addresses: bool) -> bytes:
        token, kind = match[0].lower(), match.lastgroup
        if (not learn and token not in self._given) or (kind == "ipv4" and not addresses):
            return match[0]
        if token not in self._given:
            self._given[token] = self._placeholder(token.decode(), kind or "")
        return self._given[token] or match[0]

    def _placeholder(self, token: str, kind: str) -> bytes:
        """What to put for a token in lower case; empty for one that stays."""
        if kind == "uuid" and not self._keep(token):
            return f"00000000-0000-4000-8000-{self._number('uuid', token):012}".encode()
        if kind == "home":
            return self.numbered("someone", token).encode()
        if kind == "card":
            return token[:3].encode() + self._card(token[3:]).hex().encode()
        if kind == "mac":
            return self._card(re.sub("[:-]", "", token)).hex(token[2]).encode()
        if kind == "hex":
            # A machine's id, or an IPv6 address as /proc/net writes it.
            address = ipaddress.IPv6Address(bytes.fromhex(token))
            return self.address(address).packed.hex().encode()
        if kind in ("ipv4", "ipv6"):
            try:
                return str(self.address(ipaddress.ip_address(token))).encode()
            except ValueError:
                return b""
        return b""

    def _card(self, digits: str) -> bytes:
        """A locally administered address for a network card's, but for the ones with a meaning."""
        if digits in ("0" * 12, "f" * 12):
            return bytes.fromhex(digits)
        return b"\x02" + self._number("card", digits).to_bytes(5, "big")

    def _number(self, kind: str, value: str) -> int:
        return int(self.numbered(kind, value).rpartition("-")[2])


def within_gzip(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """`raw` after `change`, which sees it unpacked where it is a gzip file. One that breaks off
    still does."""
    if not raw.startswith(_GZIP):
        return change(raw)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        content = unpacker.decompress(raw, _MOST_UNPACKED)
    except zlib.error:
        return change(raw)
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(change(content)) + packer.flush()
    return packed if unpacker.eof else packed[:-_GZIP_END]


def _placeholder_network(
    address: Address,
) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    # The documentation networks would do, but they count as private, and these are to count as
    # global on every Python: 192.88.99.0/24 was for relays and belongs to nobody (RFC 7526), and
    # 2620:4f:8000::/48 answers for nobody in particular (AS112, RFC 7534).
    if address.version == 4:
        if address.is_link_local:
            return ipaddress.IPv4Network("169.254.1.0/24")
        if address in ipaddress.IPv4Network("100.64.0.0/10"):
            return ipaddress.IPv4Network("100.64.1.0/24")
        return ipaddress.IPv4Network("10.0.0.0/16" if address.is_private else "192.88.99.0/24")
    if address.is_link_local:
        return ipaddress.IPv6Network("fe80::/64")
    return ipaddress.IPv6Network("fd00::/64" if address.is_private else "2620:4f:8000::/64")


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _any_of(names: Iterable[str], encodings: Iterable[str]) -> re.Pattern[bytes]:
    ways = {
        (spelling, _way(spelling, name, encoding))
        for name in names
        for spelling, encoding in _spellings(name, encodings)
    }
    longest_first = sorted(ways, key=lambda way: (-len(way[0]), way))
    return re.compile(b"|".join(way for _, way in longest_first) or rb"(?!)", re.IGNORECASE)


def _way(spelling: bytes, name: str, encoding: str) -> bytes:
    """Where `name` is taken for one: a single character as a part of a path only, a short name as
    a whole word."""
    if len(name) == 1:
        slash, backslash, *ends = (re.escape(end.encode(encoding)) for end in "/\\\"' \n\t:;,)]}")
        after = b"|".join((slash, backslash, *ends, rb"\Z"))
        return b"(?:(?<=%b)|(?<=%b))%b(?=%b)" % (slash, backslash, re.escape(spelling), after)
    if len(name) < SHORT and name.isascii():
        return rb"(?<![a-z])" + re.escape(spelling) + rb"(?![a-z])"
    return re.escape(spelling)


def _spellings(name: str, encodings: Iterable[str]) -> Iterator[tuple[bytes, str]]:
    """The bytes that `name` may be written as, by encodings and escapes in use, each with the
    encoding of what stands around it."""
    for form in {unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name), name}:
        for encoding in encodings:
            try:
                yield form.encode(encoding), encoding
            except UnicodeEncodeError:
                continue
        yield quote(form, errors="replace").encode(), "utf-8"
        yield json.dumps(form)[1:-1].encode(), "utf-8"


def _full_names() -> set[str]:
    full = _full_name()
    return {full, *full.split()}


if sys.platform == "win32":

    def _full_name() -> str:
        from probes.system.windows.person import full_name

        return full_name()

    def _homes() -> set[str]:
        from probes.system.windows.failures import Failure
        from probes.system.windows.person import home

        with contextlib.suppress(Failure):
            return {home()}
        return set()

else:

    def _full_name() -> str:
        try:
            import pwd

            return pwd.getpwuid(os.getuid()).pw_gecos.partition(",")[0].strip()
        except (ImportError, KeyError, OSError):
            return ""

    def _homes() -> set[str]:
        return {str(Path.home())}
