"""A Windows machine: which question is answered by which part of the door."""

import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeVar

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.facts import Fact, Unknown
from probes.system import endpoint, questions, windows_questions
from probes.system.questions import Question
from probes.system.windows import (
    adapters,
    devices,
    files,
    firewall,
    networks,
    on_screen,
    registry,
    running,
    security_center,
    services,
    updates,
    versions,
    wlan,
    wmi,
)
from probes.system.windows.quiet import show_no_boxes

if sys.platform != "win32":
    raise ImportError("only Windows has these")

T = TypeVar("T")


class WindowsSystem:
    """The running system. Commands are not among what it can be asked: nothing that they tell is
    told without them in another language."""

    family = OsFamily.WINDOWS

    def __init__(self) -> None:
        show_no_boxes()
        answers: dict[type[Question[Any]], Callable[[Any], Fact[Any]]] = {
            questions.ReadFile: files.read,
            questions.ListFolder: files.names,
            questions.StatFile: files.status,
            questions.ReadLink: files.target,
            questions.SweepFiles: files.sweep,
            questions.ListProcesses: running.processes,
            questions.ListListeners: running.listeners,
            questions.ListInterfaces: running.interfaces,
            questions.HttpGet: endpoint.get,
            questions.HttpPost: endpoint.post,
            windows_questions.ReadRegistry: registry.read,
            windows_questions.ListRegistry: registry.names,
            windows_questions.ReadService: services.read,
            windows_questions.ListSecurityProducts: security_center.products,
            windows_questions.ReadProviderHealth: security_center.health,
            windows_questions.ReadWmi: wmi.read,
            windows_questions.ReadFirewallPolicy: firewall.policy,
            windows_questions.ListFirewallProducts: firewall.products,
            windows_questions.SearchUpdates: updates.search,
            windows_questions.ReadUpdateHistory: updates.history,
            windows_questions.ReadUpdateState: updates.state,
            windows_questions.ReadNetworks: networks.read,
            windows_questions.ListAdapters: adapters.adapters,
            windows_questions.ReadWlanLink: wlan.link,
            windows_questions.ReadWlanProfile: wlan.profile,
            windows_questions.ListDevices: devices.devices,
            windows_questions.ReadFileVersion: versions.version,
            windows_questions.ListDrives: files.drives,
            windows_questions.MatchWindowTitles: on_screen.matching_titles,
            windows_questions.ReadSystemMetric: on_screen.metric,
        }
        self._answers = MappingProxyType(answers)

    def ask(self, question: Question[T]) -> Fact[T]:
        """The answer by the table; a question of another OS is `unsupported`."""
        answer = self._answers.get(type(question))
        if answer is None:
            return Unknown(Unread.UNSUPPORTED, type(question).__name__)
        return answer(question)
