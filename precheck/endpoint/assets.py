"""The few files that pages ask for: the stylesheet, and the rooms' own scripts (`<room>/assets`).

Each is known by its name and a hash of what is in it, so that a browser keeps it for as long as it
likes and never shows an old one after an update. A script names those that it imports in the same
way: after an update a new one never meets an old one.
"""

import re
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from precheck.contract.appearance import stylesheet

STYLE = "style.css"
_FOR_EVER = "public, max-age=31536000, immutable"
_IMPORTED = re.compile(rb'(?<=from "\./)[a-z._]+\.js(?=";)')


@login_not_required
@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One file. Raises `Http404` for a name that is none."""
    found = assets().get(name)
    if found is None:
        raise Http404
    current = request.GET.get("v") == _version(found)
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    return HttpResponse(
        found,
        content_type=f"{kind}; charset=utf-8",
        headers={"Cache-Control": _FOR_EVER if current else "no-cache"},
    )


@login_not_required
@require_safe
def no_icon(request: HttpRequest) -> HttpResponse:
    """What browsers ask for beside any page: there is none, and they need not ask for a day."""
    return HttpResponse(status=204, headers={"Cache-Control": "public, max-age=86400"})


def asset_address(name: str) -> str:
    """Where a page finds the file. Raises `KeyError` for one that is not there."""
    return f"{reverse('asset', args=[name])}?v={_version(assets()[name])}"


@cache
def assets() -> dict[str, bytes]:
    """Every file by its name: `style.css`, and `<room>.<name>.js` of the rooms."""
    scripts = {
        f"{room.name}.{script.name}": script.read_bytes()
        for room in files("precheck.endpoint").iterdir()
        if (room / "assets").is_dir()
        for script in (room / "assets").iterdir()
        if script.name.endswith(".js")
    }
    return {STYLE: stylesheet(), **with_versions(scripts)}


def with_versions(scripts: Mapping[str, bytes]) -> dict[str, bytes]:
    """`scripts` by their names, in which the addresses of those that they import carry their
    versions. Raises `KeyError` where one is imported that is not there."""

    def address(imported: re.Match[bytes]) -> bytes:
        name = imported[0].decode()
        return f"{name}?v={_version(written(name))}".encode()

    def written(name: str) -> bytes:
        return _IMPORTED.sub(address, scripts[name])

    return {name: written(name) for name in scripts}


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
