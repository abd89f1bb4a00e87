"""An nftables configuration file, such as Debian's and Arch's `/etc/nftables.conf` (nft(8)).

Only what stands in the file itself is read: a file that includes others, or that changes tables
by single commands, is not a whole ruleset, and is left unread.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from probes.facts import text
from probes.firewall.nft_rules import VERDICTS, Expression, rules_of
from probes.firewall.rules import ARRIVING, Chain, Rule, Ruleset, Table

_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*) | (?P<continued>\\\n) | (?P<space>[^\S\n]+)
      | (?P<string>"[^"\n]*") | (?P<word>[^\s{}();,"!=<>]+)
      | (?P<mark>[{}();,\n]|!=|==|<=|>=|<|>|=)""",
    re.VERBOSE,
)
_FAMILIES = frozenset({"ip", "ip6", "inet", "arp", "bridge", "netdev"})
_HERE = frozenset({"ip", "ip6", "inet"})
_OPERATORS = frozenset({"!=", "==", "<", ">", "<=", ">="})
_END = frozenset({"\n", ";"})

_IN_TABLE = frozenset(
    {"chain", "set", "map", "flowtable", "ct", "counter", "quota", "limit", "secmark", "synproxy"}
)
"""What a table may hold in a block of its own."""

_META = frozenset({"iif", "iifname", "l4proto", "nfproto", "pkttype", "protocol"})
_PAYLOADS = frozenset({"ip", "ip6", "tcp", "udp", "th", "icmp", "icmpv6", "sctp", "dccp", "ether"})
_LOG_OPTIONS = frozenset({"prefix", "level", "group", "flags", "snaplen", "queue-threshold"})

Words = list[str]


class _NotRead(Exception):
    """The file says something that this reader does not take for understood."""


def parse_nft_text(raw: bytes) -> Ruleset | None:
    """The tables in the file; None where it cannot be read as a whole ruleset."""
    content = text(raw)
    if content is None:
        return None
    try:
        return tuple(_tables(_Reader(list(_tokens(content)))))
    except _NotRead:
        return None


def _tokens(content: str) -> Iterator[str]:
    place = 0
    while place < len(content):
        found = _TOKEN.match(content, place)
        if found is None:
            raise _NotRead
        place = found.end()
        if found.lastgroup in ("string", "mark", "word"):
            yield found.group()


class _Reader:
    """A place among the tokens of a file."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def peek(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise _NotRead
        self._place += 1
        return token

    def statement(self, opening: frozenset[str] = frozenset()) -> Words:
        """The words up to the end of the statement, or to the block (not taken) that it opens
        where its first word is among `opening`."""
        words: Words = []
        depth = 0
        while (word := self.peek()) is not None:
            if depth == 0 and (word in _END or word == "}"):
                break
            if word == "{" and depth == 0 and words and words[0] in opening:
                break
            depth += {"{": 1, "}": -1}.get(word, 0)
            self._place += 1
            if word != "\n":
                words.append(word)
        return words

    def skip_ends(self) -> None:
        while self.peek() in _END:
            self._place += 1

    def skip_block(self) -> None:
        """Past a block in braces."""
        depth = 0
        while True:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
            if depth == 0:
                return


def _tables(reader: _Reader) -> Iterator[Table]:
    while True:
        reader.skip_ends()
        if reader.peek() is None:
            return
        words = reader.statement(frozenset({"table"}))
        opens = reader.peek() == "{"
        if words[:1] == ["table"] and opens:
            family = words[1] if len(words) == 3 and words[1] in _FAMILIES else "ip"
            if len(words) not in (2, 3):
                raise _NotRead
            chains, dormant = _chains(reader)
            if family in _HERE and not dormant:
                yield Table(family, words[-1], chains)
        elif opens or not _says_nothing(words):
            raise _NotRead


def _says_nothing(words: Words) -> bool:
    """Whether a statement leaves nothing behind: it empties, or names a table or a value."""
    return (
        words == ["flush", "ruleset"]
        or words[:1] == ["define"]
        or (words[:2] in (["add", "table"], ["create", "table"], ["flush", "table"]))
        or (words[:2] in (["delete", "table"], ["destroy", "table"]))
        or words[:1] == ["table"]
    )


def _chains(reader: _Reader) -> tuple[dict[str, Chain], bool]:
    chains: dict[str, Chain] = {}
    dormant = False
    reader.take()
    while True:
        reader.skip_ends()
        if reader.peek() == "}":
            reader.take()
            return chains, dormant
        words = reader.statement(_IN_TABLE)
        if reader.peek() == "{":
            if words[:1] == ["chain"] and len(words) == 2:
                chains[words[1]] = _chain(reader)
            else:
                reader.skip_block()
        elif words[:1] == ["flags"]:
            dormant = "dormant" in words
        elif words[:1] not in (["comment"], ["typeof"], ["type"]):
            raise _NotRead


def _chain(reader: _Reader) -> Chain:
    rules: list[Rule] = []
    hook: str | None = None
    blocks = False
    reader.take()
    while True:
        reader.skip_ends()
        if reader.peek() == "}":
            reader.take()
            return Chain(tuple(rules), hook, blocks)
        words = reader.statement()
        match words:
            case ["type", kind, "hook", place, *_]:
                hook = place if kind == "filter" and place in ARRIVING else None
            case ["policy", policy]:
                blocks = policy == "drop"
            case ["comment", *_]:
                pass
            case ["include", *_] | []:
                raise _NotRead
            case _:
                rules.extend(rules_of(_expression(words), {}))


def _expression(words: Words) -> Expression:
    """A rule's words in the shape of libnftables-json(5)."""
    parts: list[dict[str, Any]] = []
    rest = words
    while rest:
        part, rest = _part(rest)
        if part is not None:
            parts.append(part)
    return parts


def _part(words: Words) -> tuple[dict[str, Any] | None, Words]:
    first, rest = words[0], words[1:]
    if first in VERDICTS:
        return _verdict(first, rest)
    if first == "counter":
        while rest[:1] in (["packets"], ["bytes"], ["name"]):
            rest = rest[2:]
        return None, rest
    if first == "log":
        while rest and rest[0] in _LOG_OPTIONS:
            rest = rest[2:]
        return None, rest
    if first == "comment":
        return None, rest[1:]
    if first == "meta":
        return _part(rest) if rest[:1] and rest[0] in _META else ({"meta": None}, rest[1:])
    if first in _META:
        return _matched({"meta": {"key": first}}, rest)
    if first == "ct" and rest:
        return _matched({"ct": {"key": rest[0]}}, rest[1:])
    if first in _PAYLOADS and rest:
        return _matched({"payload": {"protocol": first, "field": rest[0]}}, rest[1:])
    return {first: None}, rest


def _verdict(first: str, rest: Words) -> tuple[dict[str, Any], Words]:
    if first in ("jump", "goto"):
        return {first: {"target": rest[0] if rest else ""}}, rest[1:]
    if first in ("reject", "queue"):
        # what follows are the verdict's own options, up to a comment, which says nothing
        return {first: None}, []
    return {first: None}, rest


def _matched(left: dict[str, Any], words: Words) -> tuple[dict[str, Any], Words]:
    if words[:1] == ["vmap"] and words[1:2] != ["{"]:
        return {"vmap": {"key": left, "data": "".join(words[1:2])}}, words[2:]
    if words[:1] == ["vmap"]:
        pairs, rest = _braced(words[1:])
        return {"vmap": {"key": left, "data": {"set": list(_pairs(pairs))}}}, rest
    operator = "=="
    if words and words[0] in _OPERATORS:
        operator, words = words[0], words[1:]
    if words[:1] == ["{"]:
        inner, rest = _braced(words)
        values = [_value(item) for item in _split(inner)]
    elif words:
        values, rest = [_value([words[0]])], words[1:]
        while rest[:1] == [","] and len(rest) > 1:
            values, rest = [*values, _value([rest[1]])], rest[2:]
    else:
        return {"match": None}, []
    right = values[0] if len(values) == 1 else values
    return {"match": {"op": operator, "left": left, "right": right}}, rest


def _braced(words: Words) -> tuple[Words, Words]:
    """The words within the braces that `words` begins with, and those after them."""
    if words[:1] != ["{"] or "}" not in words:
        raise _NotRead
    end = words.index("}")
    return words[1:end], words[end + 1 :]


def _split(words: Words) -> Iterator[Words]:
    item: Words = []
    for word in [*words, ","]:
        if word != ",":
            item.append(word)
        elif item:
            yield item
            item = []


def _pairs(words: Words) -> Iterator[list[Any]]:
    for written in _split(words):
        item = [part for word in written for part in _with_colon_apart(word)]
        if ":" not in item:
            raise _NotRead
        middle = item.index(":")
        part, _ = _part(item[middle + 1 :]) if item[middle + 1 :] else (None, [])
        yield [_value(item[:middle]), part]


def _with_colon_apart(word: str) -> Words:
    return [word[:-1], ":"] if word.endswith(":") and len(word) > 1 else [word]


def _value(words: Words) -> Any:
    """A number, a range of numbers, a prefix, or the word itself."""
    word = " ".join(words).strip('"')
    if word.isdecimal() and word.isascii():
        return int(word)
    low, dash, high = word.partition("-")
    if dash and low.isdecimal() and high.isdecimal() and word.isascii():
        return {"range": [int(low), int(high)]}
    address, slash, length = word.partition("/")
    if slash and length.isdecimal() and length.isascii():
        return {"prefix": {"addr": address, "len": int(length)}}
    return word
