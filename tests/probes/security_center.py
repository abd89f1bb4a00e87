"""A Windows device for the antivirus checks: composed, but for what a test gives it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from precheck.contract.reasons import Unread
from precheck.contract.verdict import OsFamily
from probes.antivirus.windows import HEALTH, WINDOWS
from probes.antivirus.windows_defender import GUID, STATUS, THREATS
from probes.antivirus.windows_security_center import PRODUCTS, ROWS
from probes.installed_programs import PLACES, UNINSTALL
from probes.system.questions import FileStatus, Question, StatFile
from probes.system.recording import RecordedSystem
from probes.system.windows_questions import (
    ListRegistry,
    ProviderHealth,
    ReadRegistry,
    ReadService,
    RegistryValue,
    SecurityProduct,
)
from tests.machines import NOON, composed

Answers = Mapping[Question[Any], Any]

ESET_GUID = "{77DEAFED-8149-104B-25A1-21771CA47CD1}"
REPORTER = "C:\\Program Files\\Product\\reports.exe"


def value(content: Any, kind: int = 1) -> RegistryValue:
    return RegistryValue(kind, content)


def listed(
    name: str = "ESET Security",
    state: int = 0,
    signature: int = 1,
    guid: str = ESET_GUID,
    update: int | None = 1,
) -> SecurityProduct:
    """A product of IWSCProductList; on and current unless told otherwise."""
    return SecurityProduct(name, state, signature, guid, update)


def row(
    name: str | None = "ESET Security",
    state: Any = 0x041000,
    guid: str = ESET_GUID.lower(),
    reporter: str | None = REPORTER,
) -> dict[str, Any]:
    """An AntiVirusProduct object; on and current unless told otherwise."""
    known = {
        "displayName": name,
        "instanceGuid": guid,
        "productState": state,
        "pathToSignedReportingExe": reporter,
    }
    return {key: item for key, item in known.items() if item is not None}


DEFENDER = listed("Windows Defender", guid=f"{{{GUID}}}")
DEFENDER_ROW = row("Windows Defender", 0x061100, f"{{{GUID}}}")


def cim(days: float) -> str:
    """So many days before the test's noon, as WMI writes it in Tokyo."""
    moment = NOON - timedelta(days=days) + timedelta(hours=9)
    return f"{moment:%Y%m%d%H%M%S}.000000+540"


def status(**changed: Any) -> Answers:
    """Defender in its normal mode with definitions of today, but for what is `changed`."""
    said = {
        "AMRunningMode": "Normal",
        "AMServiceEnabled": True,
        "AntivirusEnabled": True,
        "RealTimeProtectionEnabled": True,
        "AntivirusSignatureAge": 0,
        "AntivirusSignatureLastUpdated": cim(0.3),
        "DefenderSignaturesOutOfDate": False,
        **changed,
    }
    return {STATUS: ({key: item for key, item in said.items() if item is not None},)}


def threats(*active: Any) -> Answers:
    return {
        THREATS: tuple({"ThreatID": number, "IsActive": is_} for number, is_ in enumerate(active))
    }


def installed(*names: str) -> Answers:
    """The list of installed programs, with an ordinary one among them."""
    answers: dict[Question[Any], Any] = {}
    keys = [f"{{{number}}}" for number, _ in enumerate(("7-Zip 24.08 (x64)", *names))]
    answers[ListRegistry(*PLACES[0][:1], UNINSTALL, PLACES[0][1])] = tuple(keys)
    for key, name in zip(keys, ("7-Zip 24.08 (x64)", *names), strict=True):
        values = {"DisplayName": value(name), "Publisher": value("Somebody")}
        answers[ReadRegistry("HKLM", f"{UNINSTALL}\\{key}", 64)] = values
    return answers


def device(
    products: Sequence[SecurityProduct] | Unread,
    rows: Sequence[Mapping[str, Any]] | Unread = Unread.MISSING,
    *answers: Answers,
    otherwise: Unread = Unread.MISSING,
) -> RecordedSystem:
    """A Windows 11 on which Security Center shows `products` and `rows`, every reporting program is
    there, and what else `answers` say."""
    everything: dict[Question[Any], Any] = {
        WINDOWS: {"InstallationType": value("Client"), "CurrentBuild": value("26200")},
        HEALTH: ProviderHealth(0, 0),
        StatFile(REPORTER): FileStatus("file", 1, 0.0),
        ReadService("WinDefend"): 4,
        PRODUCTS: products if isinstance(products, Unread) else tuple(products),
        ROWS: rows if isinstance(rows, Unread) else tuple(rows),
        **installed(),
    }
    for part in answers:
        everything |= part
    return composed(everything, OsFamily.WINDOWS, otherwise)
