"""The few files that pages ask for: the stylesheet, and the rooms' own scripts (`<room>/assets`).

Each is known by its name and a hash of what is in it, so that a browser keeps it for as long as it
likes and never shows an old one after an update.
"""

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
    return {STYLE: stylesheet(), **scripts}


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()[:12]
