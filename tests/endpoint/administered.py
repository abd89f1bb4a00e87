"""What administrators act on in tests: somebody on the staff, a policy that differs, a plan."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import msgspec
from django.contrib.auth.models import User

from precheck.contract.checks import MEASURED_CHECKS
from precheck.contract.offices import load_office
from precheck.contract.policy import Policy
from precheck.contract.verdict import Level
from precheck.endpoint.store.models import Membership, Office, PolicyEntry, Role, SecondFactor
from precheck.endpoint.store.policies import put_in_force
from tests.endpoint.people import Booked, post_report
from tests.endpoint.scene import OFFICE, report

COLLEAGUE = "keiko"


def with_firewall(level: Level, office: str = OFFICE) -> Policy:
    """The office's policy, wanting a firewall as much as `level` says."""
    policy = load_office(office)
    firewall = msgspec.structs.replace(policy.checks.firewall, level=level)
    checks = msgspec.structs.replace(policy.checks, firewall=firewall)
    return msgspec.structs.replace(policy, checks=checks)


def all_required(office: str = OFFICE) -> Policy:
    """The office's policy, demanding every check that can be measured."""
    policy = load_office(office)
    wanted = {
        check.value: msgspec.structs.replace(
            policy.requirement(check), level=Level.REQUIRED, required_from=None, nudge_from=None
        )
        for check in MEASURED_CHECKS
    }
    return msgspec.structs.replace(policy, checks=msgspec.structs.replace(policy.checks, **wanted))


def text_with_firewall(level: Level) -> str:
    """The same as a text, as an office would write it."""
    shipped = (files("precheck.contract") / "offices" / f"{OFFICE}.toml").read_text("utf-8")
    return f'{shipped}\n[checks.firewall]\nlevel = "{level}"\n'


def a_colleague(booked: Booked) -> Mapping[str, object]:
    """Somebody else on the office's staff, whose account is open and who has a second factor."""
    return {"colleague": _somebody(COLLEAGUE, OFFICE, Role.COUNSELLOR).pk}


def a_colleague_everywhere(booked: Booked) -> Mapping[str, object]:
    """Somebody on the helpdesk of every office."""
    return {"colleague": _somebody("mio", None, Role.HELPDESK).pk}


def nobody_new(booked: Booked) -> Mapping[str, object]:
    """Nobody is there yet of the name under which somebody is added."""
    User.objects.filter(username="midori").delete()
    return {}


def no_plan(booked: Booked) -> Mapping[str, object]:
    """No version of the office's policy is planned."""
    PolicyEntry.objects.filter(entered_at=None).delete()
    return {}


def a_plan(booked: Booked) -> Mapping[str, object]:
    """A version of the office's policy that is planned."""
    no_plan(booked)
    now = datetime.now(UTC)
    tomorrow = (now + timedelta(days=2)).date()
    put_in_force(OFFICE, with_firewall(Level.ADVISED), tomorrow, now, None)
    return {}


def thirty_days(booked: Booked) -> Mapping[str, object]:
    """The office keeps its records for thirty days."""
    Office.objects.filter(pk=OFFICE).update(retention_days=30)
    return {}


def a_version(booked: Booked) -> Mapping[str, object]:
    return {"version": Office.objects.get(pk=OFFICE).policy_id}


def an_answer(booked: Booked) -> Mapping[str, object]:
    """Somebody agreed to the terms."""
    post_report(booked, report())
    revision: date = load_office(OFFICE).terms.revision
    return {"revision": revision.isoformat()}


def _somebody(name: str, office: str | None, role: Role) -> User:
    user, _ = User.objects.update_or_create(username=name, defaults={"is_active": True})
    Membership.objects.update_or_create(user=user, office_id=office, defaults={"role": role.value})
    SecondFactor.objects.update_or_create(user=user, defaults={"salt": "0", "confirmed": True})
    return user
