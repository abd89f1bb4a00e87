"""What guards a Mac is judged the same from a recording, and nothing else that is on it is in it.

The machines are composed.
"""

import plistlib
from collections.abc import Mapping
from typing import Any

import pytest

from precheck.contract.catalogues import Catalogues
from precheck.contract.finding import Finding
from precheck.contract.reasons import Antivirus, Firewall, OpenServices, Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus import antivirus, infection
from probes.antivirus.macos import DAEMONS
from probes.antivirus.macos_extensions import DATABASE
from probes.antivirus.macos_xprotect import GATEKEEPER, STATUS
from probes.firewall import firewall, open_services
from probes.firewall.macos import REPORT, SETTINGS, TOOL, Mode
from probes.firewall.macos_services import OVERRIDES
from probes.macos_version import REAL_VERSION
from probes.public_names import public_names
from probes.system.masks import Personal
from probes.system.questions import Listener, ListListeners, ListProcesses, Process
from probes.system.recording import (
    RecordedSystem,
    Recorder,
    Recording,
    decode_recording,
    encode_recording,
)
from probes.system.redaction import redact
from probes.system.rules import has_rule
from tests.machines import NOON, composed, context, policy_with
from tests.probes.test_antivirus_on_macos import (
    BARE,
    DEFENDER,
    INIT,
    MALWAREBYTES,
    MALWAREBYTES_TEAM,
    SHELL,
    database,
    extension,
    health,
    history,
    running,
    xprotect,
)
from tests.probes.test_firewall_on_macos import TOOL_SAYS, printed, report, settings, version
from tests.probes.test_open_services_on_macos import SHIPPED

NOBODY = Personal(frozenset(), frozenset(), frozenset())
PUBLIC = public_names(Catalogues())
STRICT = policy_with("antivirus", xprotect="reject")
CHECKS = (firewall, open_services, antivirus, infection)

HANAKO = {
    **BARE,
    **xprotect(),
    **history(30),
    REAL_VERSION: version("15.7.1"),
    TOOL: printed(TOOL_SAYS[Mode.ON]),
    REPORT: printed(
        report(Mode.ON.value, spfirewall_applications={"jp.hanako.diary": "spfirewall_allow_all"})
    ),
    ListListeners(): (*SHIPPED, Listener("tcp", "192.168.11.5", 22)),
    DATABASE: database(extension("jp.hanako.diary.ext", "HANAKO1234")),
    DAEMONS: ("jp.hanako.diary.plist", "com.avast.hub.plist"),
    ListProcesses(): (INIT, SHELL, Process("diary", "/Users/hanako/diary", own=True)),
}

MACHINES: Mapping[str, Mapping[Any, Any]] = {
    "in good order": {},
    "denying": dict.fromkeys(HANAKO, Unread.DENIED),
    "with its firewall off": {
        TOOL: printed(TOOL_SAYS[Mode.OFF]),
        REPORT: printed(report(Mode.OFF.value)),
    },
    "with sources that disagree": {TOOL: printed(TOOL_SAYS[Mode.OFF])},
    "blocking all": {
        TOOL: printed(TOOL_SAYS[Mode.BLOCKS_ALL]),
        REPORT: printed(report(Mode.BLOCKS_ALL.value)),
    },
    "with words for its firewall that nobody knows": {
        TOOL: printed("花子のファイアウォール".encode()),
        REPORT: printed(report("オン")),
    },
    "of macOS 14": {
        REAL_VERSION: version("14.8"),
        REPORT: Unread.TIMED_OUT,
        SETTINGS: settings(1),
        STATUS: Unread.MISSING,
        GATEKEEPER: printed(b"assessments enabled\n"),
    },
    "that shows a part of its sockets": {
        ListListeners(): (),
        OVERRIDES: plistlib.dumps({"com.openssh.sshd": False, "jp.hanako.diary": False}),
    },
    "with defender": {**DEFENDER, **health()},
    "with defender and old definitions": {**DEFENDER, **health(hours=200)},
    "with another product that is dead": {
        DATABASE: database(extension(MALWAREBYTES, MALWAREBYTES_TEAM)),
        DAEMONS: (),
    },
    "with another product that runs": {
        DATABASE: database(extension(MALWAREBYTES, MALWAREBYTES_TEAM)),
        **running(f"/Library/SystemExtensions/1/{MALWAREBYTES}"),
    },
    "with old data of xprotect": {**xprotect(80), **history(70), DAEMONS: ()},
    "with data of xprotect that only the history dates": {**xprotect(version=b"")},
    "whose xprotect does not scan": xprotect(status=b"XProtect launch scans: disabled\n"),
    "with a database that makes no sense": {DATABASE: "花子".encode()},
    "with a maker that is not the listed product's": {
        DATABASE: database(extension(MALWAREBYTES, "HANAKO1234")),
    },
}


def judged(system: Any) -> list[Finding]:
    policies = (None, STRICT)
    return [check.run(system, context(policy=policy)) for check in CHECKS for policy in policies]


def recorded(name: str) -> tuple[list[Finding], Recording]:
    recorder = Recorder(composed({**HANAKO, **MACHINES[name]}, OsFamily.MACOS))
    found = judged(recorder)
    recording = Recording(
        schema=1,
        family=OsFamily.MACOS,
        recorded_at=NOON,
        agent_version="0",
        provenance="composed for a test",
        answers=recorder.answers(),
    )
    return found, recording


@pytest.mark.parametrize("name", MACHINES)
def test_every_question_about_what_guards_a_mac_has_a_rule(name: str) -> None:
    questions = [answer.question for answer in recorded(name)[1].answers]
    assert len(questions) > 20
    assert [question for question in questions if not has_rule(question)] == []


@pytest.mark.parametrize("name", MACHINES)
def test_what_guards_a_mac_is_judged_the_same_after_redaction(name: str) -> None:
    before, recording = recorded(name)
    written = encode_recording(redact(recording, PUBLIC, NOBODY))
    after = judged(RecordedSystem(decode_recording(written)))
    told = [(item.check, item.verdict, item.reason) for item in before]
    assert [(item.check, item.verdict, item.reason) for item in after] == told
    for personal in (b"anako", "花子".encode(), b"diary"):
        assert personal not in written


def test_the_macs_differ_in_what_is_wrong_with_them() -> None:
    reasons = {item.reason for name in MACHINES for item in recorded(name)[0]}
    assert {
        *(Firewall.ON, Firewall.OFF, Firewall.DISAGREE, Unread.DENIED),
        *(OpenServices.REACHABLE, OpenServices.BEHIND_FIREWALL),
        *(Antivirus.DEFENDER, Antivirus.DEFINITIONS_OLD, Antivirus.STATE_UNKNOWN),
    } <= reasons
