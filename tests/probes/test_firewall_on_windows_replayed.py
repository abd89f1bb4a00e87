"""A Windows machine's recording, redacted, is judged elsewhere as the machine itself was: its OS,
its updates, its firewall, and what listens behind its rules. The machine is composed.
"""

from typing import Any

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.reasons import Firewall, OpenServices, OsSupport, SecurityUpdates, Unread
from precheck.contract.verdict import OsFamily
from probes.check import Check
from probes.firewall import firewall, open_services
from probes.os_support import os_support
from probes.os_support.windows import INSIDER
from probes.public_names import public_names
from probes.security_updates import security_updates
from probes.security_updates.windows import MANAGED, RESTART_MARKS, SERVICES, SETTINGS
from probes.system.masks import Personal
from probes.system.questions import ListListeners
from probes.system.recording import RecordedSystem, Recording, decode_recording, encode_recording
from probes.system.redaction import redact
from probes.system.windows_questions import (
    InstalledUpdate,
    ReadRegistry,
    ReadUpdateHistory,
    ReadUpdateState,
    RegistryValue,
    SearchUpdates,
    UpdateSearch,
    UpdateState,
    WaitingUpdate,
)
from probes.windows_version import CURRENT_VERSION
from tests.machines import NOON, context, recording
from tests.probes.firewall.windows import MANAGEMENT, key, policy_key, wall
from tests.probes.test_open_services_on_windows import SHIPPED, SMB, SMB_IN, rules, rules_key

DAY = 86400.0
LET_IN = SMB_IN.replace("Private", "Public")
NOW = NOON.timestamp()
SECURITY = "0fa1201d-4330-4fa8-8ae9-b877473b6441"

MACHINE: dict[Any, Any] = {
    **wall(),
    CURRENT_VERSION: {
        "CurrentBuild": RegistryValue(1, "19045"),
        "EditionID": RegistryValue(1, "Core"),
        "InstallationType": RegistryValue(1, "Client"),
        "RegisteredOwner": RegistryValue(1, "hanako"),
        **key(UBR=7725),
    },
    ReadUpdateHistory(): (
        InstalledUpdate(1, 2, NOW - 9 * DAY, "累積更新プログラム (KB5099999) (19045.7725)"),
    ),
    SearchUpdates(): UpdateSearch(2, ()),
    ReadUpdateState(): UpdateState(False, 4, NOW - DAY, NOW - DAY),
    **{service: key(Start=3) for service in SERVICES},
    ListListeners(): SMB,
    rules_key(): rules(*SHIPPED),
}
WAITS = {SearchUpdates(): UpdateSearch(2, (WaitingUpdate((SECURITY,), "", False, NOW - DAY),))}
OLD = {
    ReadUpdateHistory(): (
        InstalledUpdate(1, 2, NOW - 60 * DAY, "累積更新プログラム (KB5099999) (19045.7725)"),
    )
}


def sent_elsewhere(machine: dict[Any, Any]) -> Recording:
    hanako = Personal(users=frozenset({"hanako"}))
    asked = recording(machine, OsFamily.WINDOWS)
    return decode_recording(encode_recording(redact(asked, public_names(Catalogues()), hanako)))


@pytest.mark.parametrize(
    ("check", "more", "reason"),
    [
        (os_support, {}, OsSupport.EXTENDED),
        (os_support, OLD, OsSupport.EXTENSION_UNREADABLE),
        (os_support, {INSIDER: key(IsBuildFlightingEnabled=1)}, OsSupport.PRERELEASE),
        (security_updates, {}, SecurityUpdates.CURRENT),
        (security_updates, WAITS, SecurityUpdates.PENDING_RECENT),
        (security_updates, {**WAITS, **OLD}, SecurityUpdates.PENDING_OLD),
        (security_updates, {SERVICES[0]: key(Start=4)}, SecurityUpdates.AUTOMATIC_OFF),
        (security_updates, {MANAGED: key(AllowAutoUpdate=5)}, SecurityUpdates.AUTOMATIC_OFF),
        (security_updates, {RESTART_MARKS[1]: {}}, SecurityUpdates.RESTART_PENDING),
        (
            security_updates,
            {SETTINGS: {"PauseUpdatesExpiryTime": RegistryValue(1, "2051-12-31T00:00:00Z")}},
            SecurityUpdates.PAUSED,
        ),
        (firewall, {}, Firewall.ON),
        (firewall, wall(on=()), Firewall.OFF),
        (firewall, {policy_key("PublicProfile"): key(EnableFirewall=0)}, Firewall.OFF),
        (firewall, {policy_key("PublicProfile", MANAGEMENT): key(EnableFirewall=0)}, Firewall.OFF),
    ],
)
def test_a_redacted_recording_is_judged_as_the_machine_was(
    check: Check[Any], more: dict[Any, Any], reason: str
) -> None:
    machine = {**MACHINE, **more}
    written = sent_elsewhere(machine)
    assert b"hanako" not in encode_recording(written)
    for told in (recording(machine, OsFamily.WINDOWS), written):
        replayed = RecordedSystem(told, otherwise=Unread.MISSING)
        assert check.run(replayed, context()).reason == reason


@pytest.mark.parametrize(
    ("known", "reason"),
    [(SHIPPED, OpenServices.BEHIND_FIREWALL), ((*SHIPPED, LET_IN), OpenServices.REACHABLE)],
)
def test_the_rules_of_a_redacted_recording_let_in_what_the_machine_did(
    known: tuple[str, ...], reason: str
) -> None:
    machine = {**MACHINE, rules_key(): rules(*known)}
    for told in (recording(machine, OsFamily.WINDOWS), sent_elsewhere(machine)):
        replayed = RecordedSystem(told, otherwise=Unread.MISSING)
        assert open_services.run(replayed, context()).reason == reason


def test_what_a_registry_key_is_called_does_not_get_lost() -> None:
    asked = {item.question for item in sent_elsewhere(MACHINE).answers}
    assert {key for key in MACHINE if isinstance(key, ReadRegistry)} <= asked
