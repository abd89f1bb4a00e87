"""The page's modules, joined to the one script that the browser asks for.

A browser spends milliseconds on every file it asks for, however fast that is answered; with twenty
modules they were a third of the time to a usable page. Each stays a file and a scope of its own.
"""

import re
from collections.abc import Mapping

_IMPORT = re.compile(r'^import \{ (\w+(?:, \w+)*) \} from "/(\w+)\.js";$', re.M)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const) (\w+))", re.M)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.M)


def joined(modules: Mapping[str, str], first: str) -> str:
    """The module `first` behind all that it imports, of `modules` (name without .js, and text).

    Understood are `import { a, b } from "/name.js";` on one line and `export` before a function, a
    class or a const. Raises `ValueError` for another way, for what is not there and for a circle.
    """
    scopes: dict[str, str | None] = {}

    def add(name: str) -> None:
        if name in scopes:
            if scopes[name] is None:
                raise ValueError(f"{name}.js imports itself, by way of others")
            return
        if name not in modules:
            raise ValueError(f"there is no {name}.js")
        scopes[name] = None
        for wanted, imported in _IMPORT.findall(modules[name]):
            add(imported)
            missing = set(wanted.split(", ")) - set(_EXPORT.findall(modules[imported]))
            if missing:
                raise ValueError(f"{imported}.js does not export {', '.join(sorted(missing))}")
        # Kept in the order in which they are complete: what is imported comes before.
        del scopes[name]
        scopes[name] = _scope(name, modules[name])

    add(first)
    return "\n".join(scope for scope in scopes.values() if scope is not None)


def _scope(name: str, text: str) -> str:
    body = _IMPORT.sub(r"const { \1 } = $\2;", text)
    exported = ", ".join(_EXPORT.findall(body))
    body = _EXPORT.sub("", body)
    other = _OTHER.search(body)
    if other is not None:
        raise ValueError(f"{name}.js: {other[0]}")
    return f"// {name}.js\nconst ${name} = (() => {{\n{body}\nreturn {{ {exported} }};\n}})();\n"
