"""Which of their offices somebody who serves several enters something for."""

from django.http import Http404, HttpRequest

from precheck.endpoint.staff.access import Access
from precheck.endpoint.store.models import Office


def chosen_office(request: HttpRequest, access: Access) -> tuple[Office, list[Office]]:
    """The office that `office=` names, else the first; and all to choose from. Raises `Http404` for
    one that is not theirs."""
    offices = list(access.offices())
    asked = request.POST.get("office") or request.GET.get("office")
    found = next((each for each in offices if asked in (None, "", each.pk)), None)
    if found is None:
        raise Http404
    return found, offices
