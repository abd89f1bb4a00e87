"""Rules as `iptables-save` prints them, and as `iptables-restore` files hold them."""

import shlex
from collections.abc import Mapping, Sequence

from probes.facts import text
from probes.firewall.nft_rules import is_for_many
from probes.firewall.rules import Action, Chain, Condition, Field, Range, Rule, Ruleset, Table

_HOOKS = {"PREROUTING": "prerouting", "INPUT": "input"}
_FILTERING = frozenset({"filter", "raw", "mangle"})
"""The tables in which a packet can be refused; nat only rewrites."""

_VERDICTS = {
    "ACCEPT": Action.ACCEPT,
    "DROP": Action.BLOCK,
    "REJECT": Action.BLOCK,
    "RETURN": Action.RETURN,
}
_GO_ON = frozenset(
    {
        "LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK",
        "CLASSIFY", "CT", "NOTRACK", "TCPMSS", "TTL", "HL", "TOS", "DSCP", "CHECKSUM", "SET",
        "RATEEST",
    }
)  # fmt: skip
"""Targets after which the next rule is read (iptables-extensions(8))."""

_TO = {"-j": Action.JUMP, "--jump": Action.JUMP, "-g": Action.GOTO, "--goto": Action.GOTO}

_TEXT = "--comment"
"""The option whose value is whatever a person wrote, even where it looks like an option."""

_SILENT = frozenset({"-m", "--match", _TEXT})
"""Options that set no condition by themselves."""

_OTHER = Condition(Field.OTHER)


def parse_iptables_save(raw: bytes, family: str) -> Ruleset | None:
    """The filtering tables of `family` ("ip" or "ip6"); None for anything that is not complete.

    Empty output is no ruleset: iptables-legacy-save prints nothing, and succeeds, for a user who
    may not read the names of the tables.
    """
    content = text(raw)
    if content is None:
        return None
    tables: list[Table] = []
    section: list[list[str]] | None = None
    for line in content.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        try:
            words = shlex.split(line)
        except ValueError:
            return None
        if not words:
            return None
        if words[0].startswith("*") and section is None:
            section = [words]
        elif section is None:
            return None
        elif words == ["COMMIT"]:
            table = _table(section, family)
            if table is None:
                return None
            if table.name in _FILTERING:
                tables.append(table)
            section = None
        else:
            section.append(words)
    return tuple(tables) if tables and section is None else None


def _table(section: Sequence[Sequence[str]], family: str) -> Table | None:
    policies: dict[str, str] = {}
    rules: dict[str, list[Rule]] = {}
    for words in section[1:]:
        if words[0].startswith(":") and len(words) >= 2:
            policies[words[0][1:]] = words[1]
            continue
        if words[0].startswith("["):
            words = words[1:]
        if len(words) < 2 or words[0] not in ("-A", "--append"):
            return None
        rule = _rule(words[2:])
        rules.setdefault(words[1], []).extend([rule] if rule is not None else [])
    if not set(rules) <= set(policies):
        return None
    chains = {
        name: Chain(
            rules=tuple(rules.get(name, ())),
            hook=_HOOKS.get(name),
            blocks=policy == "DROP",
        )
        for name, policy in policies.items()
    }
    kind = section[0][0][1:]
    return Table(
        family, kind, {name: _known_targets(chain, chains) for name, chain in chains.items()}
    )


def _known_targets(chain: Chain, chains: Mapping[str, Chain]) -> Chain:
    """`chain` with every jump to something that is no chain, an extension's own target, unsure."""
    rules = tuple(
        Rule(rule.conditions, Action.UNSURE)
        if rule.target is not None and rule.target not in chains
        else rule
        for rule in chain.rules
    )
    return Chain(rules, chain.hook, chain.blocks)


def _rule(words: Sequence[str]) -> Rule | None:
    """The rule in the words after the chain's name; None for one that decides nothing."""
    conditions: tuple[Condition, ...] = ()
    for name, values, negated in _options(words):
        if name in _TO and values:
            if values[0] in _VERDICTS:
                return Rule(conditions, _VERDICTS[values[0]])
            if values[0] in _GO_ON:
                return None
            return Rule(conditions, _TO[name], values[0])
        found = _condition(name, values)
        if negated and found:
            *before, last = found
            found = (*before, Condition(last.field, last.values, not last.negated))
        conditions += found
    return None


def _options(words: Sequence[str]) -> list[tuple[str, list[str], bool]]:
    """The options with their values, and whether `!` stands before each; the target is the last of
    them, since what follows it are the target's own options."""
    options: list[tuple[str, list[str], bool]] = []
    negated = False
    for word in words:
        if options and options[-1][:2] == (_TEXT, []):
            options[-1][1].append(word)
        elif word == "!":
            negated = True
        elif word.startswith("-") and len(word) > 1 and not word[1:].isdigit():
            if options and options[-1][0] in _TO:
                break
            options.append((word, [], negated))
            negated = False
        elif options:
            options[-1][1].append(word)
    return options


def _condition(name: str, values: Sequence[str]) -> tuple[Condition, ...]:
    value = values[0] if values else ""
    match name:
        case _ if name in _SILENT:
            return ()
        case "-i" | "--in-interface":
            pattern = f"{value[:-1]}*" if value.endswith("+") else value
            return (Condition(Field.INTERFACE, (pattern,)),)
        case "-p" | "--protocol":
            number = {"6": "tcp", "17": "udp", "all": "", "0": ""}.get(value, value)
            return (Condition(Field.PROTOCOL, (number,)),) if number else ()
        case "-s" | "--source":
            return () if value.endswith("/0") else (Condition(Field.SOURCE),)
        case "-d" | "--destination":
            return (_for_many(value),)
        case "--dport" | "--destination-port" | "--dports" | "--destination-ports":
            return (Condition(Field.PORT, tuple(_ports(part) for part in value.split(","))),)
        case "--ctstate" | "--state":
            return (Condition(Field.STATE, tuple(value.lower().split(","))),)
        case "--syn":
            return (Condition(Field.ALWAYS),)
        case "--tcp-flags" if len(values) == 2:
            looked_at, needed = (set(part.split(",")) - {"NONE"} for part in values)
            return (Condition(Field.ALWAYS, negated=needed != looked_at & {"SYN"}),)
        case "--mac-source" | "--src-range":
            return (Condition(Field.SOURCE),)
        case "--match-set" if values[-1].startswith("src"):
            return (Condition(Field.SOURCE),)
        case "--dst-type":
            return (Condition(Field.ALWAYS, negated="LOCAL" not in value.split(",")),)
        case "--pkt-type":
            return (Condition(Field.ALWAYS, negated=value not in ("unicast", "host")),)
        case "--rt-type":
            return (Condition(Field.ALWAYS, negated=True),)  # no knock has a routing header
        case "--icmp-type" | "--icmpv6-type":
            return ()  # stands after -p icmp, which already says that it is no knock
    return (_OTHER,)


def _for_many(value: str) -> Condition:
    address = value.split("/")[0]
    return Condition(Field.ALWAYS, negated=True) if is_for_many(address) else _OTHER


def _ports(part: str) -> str | Range:
    low, colon, high = part.partition(":")
    low, high = low or "0", (high or "65535") if colon else low
    if low.isdecimal() and high.isdecimal() and low.isascii() and high.isascii():
        return (int(low), int(high))
    return part
