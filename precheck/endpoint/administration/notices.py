"""What the pages of this room say of an action."""

from enum import StrEnum


class Notice(StrEnum):
    """What was done, or why it was not."""

    ADDED = "added"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    PASSWORD_GIVEN = "password_given"  # noqa: S105 - the name of a notice
    SECOND_FACTOR_FORGOTTEN = "second_factor_forgotten"
    SHUT_OUT = "shut_out"
    LET_IN = "let_in"
    IN_FORCE = "in_force"
    PLANNED = "planned"
    CANCELLED = "cancelled"
    RETENTION_SET = "retention_set"
    OFFICE_ADDED = "office_added"
    LAST_ADMINISTRATOR = "last_administrator"
    LAST_OF_SYSTEM = "last_of_system"
    NO_MEMBER = "no_member"
    SELF = "self"
    NOTHING_PLANNED = "nothing_planned"


_REFUSALS = frozenset(
    {
        Notice.LAST_ADMINISTRATOR,
        Notice.LAST_OF_SYSTEM,
        Notice.NO_MEMBER,
        Notice.SELF,
        Notice.NOTHING_PLANNED,
    }
)


def banner_of(notice: Notice) -> str:
    """As which kind of banner `notice` is shown."""
    return "error" if notice in _REFUSALS else "success"
