"""What the person and the machine's owner let programs use: Windows' privacy settings.

Sources: `Value` under the capability access manager's ConsentStore, which the Settings app's
switches write and any user may read; the group policy AppPrivacy (Policy CSP - Privacy).

That policy is documented for "Windows apps", which it knows by package family name: for apps of the
Store, that is. Whether it keeps desktop programs from a camera or a microphone too is documented
nowhere, and people who tried report both. So what it forbids is not known to be denied, nor to be
allowed.
"""

from precheck.contract.reasons import Unread
from probes.facts import Fact, Known, Unknown
from probes.system import System
from probes.system.windows_questions import ReadRegistry
from probes.windows_registry import number, text

STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
POLICY = ReadRegistry("HKLM", r"SOFTWARE\Policies\Microsoft\Windows\AppPrivacy")

DESKTOP_PROGRAMS = "NonPackaged"
"""The subkey for programs that are no app of the Store: nearly all that a session uses."""

FORCE_DENY = 2


def consent(system: System, capability: str, policy: str) -> Fact[bool]:
    """Whether desktop programs may use `capability` ("webcam", "microphone", "location"); `policy`
    is the value in POLICY that can forbid it to apps of the Store.

    Three switches lie in a row: for the machine, for this user, for this user's desktop programs.
    One that is off denies. Only all three on, with no policy against it, allow: a switch that is
    not written down, as on a Windows that does not have it, leaves it unknown.
    """
    switches = [_switch(system, question) for question in _switches(capability)]
    for switch in switches:
        if isinstance(switch, Known) and not switch.value:
            return switch
    for switch in switches:
        if isinstance(switch, Unknown):
            return switch
    forbidden = system.ask(POLICY)
    if isinstance(forbidden, Known) and number(forbidden.value, policy) == FORCE_DENY:
        return Unknown(Unread.UNSUPPORTED, forbidden.source)
    return switches[0]


def _switches(capability: str) -> tuple[ReadRegistry, ...]:
    key = rf"{STORE}\{capability}"
    return (
        ReadRegistry("HKLM", key),
        ReadRegistry("HKCU", key),
        ReadRegistry("HKCU", rf"{key}\{DESKTOP_PROGRAMS}"),
    )


def _switch(system: System, question: ReadRegistry) -> Fact[bool]:
    values = system.ask(question)
    if isinstance(values, Unknown):
        return values
    word = text(values.value, "Value")
    if word is None:
        return Unknown(Unread.MISSING, values.source)
    allowed = _WORDS.get(word)
    if allowed is None:
        return Unknown(Unread.GARBLED, values.source)
    return Known(allowed, values.source)


_WORDS = {"Allow": True, "Deny": False}
