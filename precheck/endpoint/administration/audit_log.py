"""What of the audit log somebody sees, and what of that they ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from precheck.endpoint.staff.access import Access
from precheck.endpoint.store.models import Action, AuditEntry, Membership
from precheck.endpoint.tokyo import end_of, start_of

_OF_ONESELF = (
    Action.SIGNED_IN,
    Action.SIGNED_OUT,
    Action.PASSWORD_CHANGED,
    Action.SECOND_FACTOR_SET,
)
"""What people do to their own accounts stands in no office."""


@dataclass(frozen=True)
class AuditQuery:
    """What is asked for. Whatever makes no sense asks for nothing."""

    first: date | None = None
    last: date | None = None
    person: str = ""
    action: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "AuditQuery":
        action, person = asked.get("action", ""), asked.get("person", "")
        return cls(
            first=_day(asked.get("first", "")),
            last=_day(asked.get("last", "")),
            person=person[:150] if person.isprintable() else "",
            action=action if action in tuple(Action) else "",
        )

    def stated(self) -> dict[str, str]:
        """As it stands in an address."""
        parts = {
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
            "person": self.person,
            "action": self.action,
        }
        return {key: value for key, value in parts.items() if value}


def entries_for(access: Access, asked: AuditQuery) -> QuerySet[AuditEntry]:
    """The entries of the offices that the person administers, and what their staff did to their own
    accounts; all for the administrator of the system. The latest first."""
    entries = AuditEntry.objects.select_related("by").order_by("-at", "-id")
    if not access.grants.system:
        offices = access.offices()
        members = Membership.objects.filter(office__in=offices).values("user")
        own = Q(office=None, action__in=[action.value for action in _OF_ONESELF], by__in=members)
        entries = entries.filter(Q(office__in=offices) | own)
    if asked.first:
        entries = entries.filter(at__gte=start_of(asked.first))
    if asked.last:
        entries = entries.filter(at__lt=end_of(asked.last))
    if asked.person:
        entries = entries.filter(by__username=asked.person)
    if asked.action:
        entries = entries.filter(action=asked.action)
    return entries


def people_in(access: Access) -> list[str]:
    """The names that can be asked for."""
    people = User.objects.order_by("username")
    if not access.grants.system:
        people = people.filter(membership__office__in=access.offices()).distinct()
    return list(people.values_list("username", flat=True))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2999 else None
