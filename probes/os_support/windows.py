"""Windows, from its own registry: the build and the edition decide, never a name."""

import re
from datetime import timedelta

from precheck.contract.catalogues.lifecycle import Release
from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Fact, Known, Unknown, is_missing, parsed
from probes.os_support.facts import Facts, Identity
from probes.system import System
from probes.system.windows_questions import ReadRegistry, RegistryValue
from probes.windows_registry import Values, number, text
from probes.windows_version import CURRENT_VERSION, version_installed

INSIDER = ReadRegistry("HKLM", r"SOFTWARE\Microsoft\WindowsSelfHost\Applicability")

EDITIONS = {
    "Core": "consumer",
    "CoreSingleLanguage": "consumer",
    "CoreCountrySpecific": "consumer",
    "Professional": "consumer",
    "ProfessionalSingleLanguage": "consumer",
    "ProfessionalCountrySpecific": "consumer",
    "ProfessionalEducation": "consumer",
    "ProfessionalWorkstation": "consumer",
    "Enterprise": "enterprise",
    "Education": "enterprise",
    "IoTEnterprise": "enterprise",
    "ServerRdsh": "enterprise",
    "EnterpriseS": "ltsc",
    "IoTEnterpriseS": "iot_ltsc",
}
"""EditionID without the N of editions without a media player: how long Microsoft supports it.
ServerRdsh is Enterprise for several users at once."""

FIRST_OF_11, FIRST_OF_10 = 22000, 10240

MONTHLY = timedelta(days=45)
"""Updates come on the second Tuesday, so two are at most five weeks apart; ten days to install."""
A_DAY = timedelta(days=1)
"""How far ahead of the clock a date of installation may be."""

_BUILD = re.compile(r"[0-9]{4,6}")
_DISPLAY_VERSION = re.compile(r"[0-9]{2}H[12]")


def observe(system: System, context: Context) -> Facts:
    """Read the registry; and where the build's regular support has ended, when its last update was
    installed: a revision shows that extended support came once, only a date that it still comes."""
    values = system.ask(CURRENT_VERSION)
    identity = _identity(system, values)
    return Facts(
        identity=identity,
        support_end=Unknown(Unread.UNSUPPORTED, CURRENT_VERSION.key),
        extended=_extended(system, context, values, identity),
        foreign=Known(False, CURRENT_VERSION.key),
    )


def identity_of(values: Values) -> Identity | None:
    """Which Windows the values under CURRENT_VERSION describe.

    None without a build, or with two that differ. An edition that EDITIONS does not know is None.
    `ProductName` still says 10 on Windows 11, `ReleaseId` has been 2009 since 2020, and
    `CompositionEditionID` names what the edition is made of: none of them is read.
    """
    builds = {text(values, name) for name in ("CurrentBuild", "CurrentBuildNumber")} - {None}
    if len(builds) != 1:
        return None
    (written,) = builds
    if written is None or not _BUILD.fullmatch(written):
        return None
    build = int(written)
    edition = (text(values, "EditionID") or "").removesuffix("N")
    kind = text(values, "InstallationType")
    return Identity(
        product="windows",
        name=_name(build, text(values, "DisplayVersion") or ""),
        build=build,
        editions=EDITIONS.get(edition),
        server=kind not in (None, "Client")
        or (edition.startswith("Server") and edition not in EDITIONS),
    )


def receives_extended(release: Release, revision: int) -> bool | None:
    """Whether this revision (UBR) of the release came under extended support; None for one
    between the last regular and the first extended one."""
    if release.last_regular_revision is not None and revision <= release.last_regular_revision:
        return False
    if release.first_extended_revision is not None and revision >= release.first_extended_revision:
        return True
    return None


def _identity(system: System, values: Fact[dict[str, RegistryValue]]) -> Fact[Identity]:
    identity = parsed(values, identity_of)
    if isinstance(identity, Unknown):
        return identity
    insider = system.ask(INSIDER)
    if is_missing(insider):
        return identity
    if isinstance(insider, Unknown):
        return insider
    if number(insider.value, "IsBuildFlightingEnabled") != 1:
        return identity
    return Known(Identity("windows", identity.value.name), insider.source)


def _extended(
    system: System,
    context: Context,
    values: Fact[dict[str, RegistryValue]],
    identity: Fact[Identity],
) -> Fact[bool]:
    if isinstance(identity, Unknown):
        return identity
    if isinstance(values, Unknown):
        return values
    release = next(
        (
            item
            for item in context.catalogues.lifecycle.of("windows")
            if item.build == identity.value.build and item.first_extended_revision is not None
        ),
        None,
    )
    if release is None:
        return Unknown(Unread.UNSUPPORTED, values.source)
    revision = number(values.value, "UBR")
    if revision is None:
        return Unknown(Unread.MISSING, values.source)
    receives = receives_extended(release, revision)
    if receives is None:
        return Unknown(Unread.UNSUPPORTED, values.source)
    if not receives:
        return Known(False, values.source)
    installed = version_installed(system, revision)
    if isinstance(installed, Unknown):
        return installed
    age = context.now.timestamp() - installed.value
    if not -A_DAY.total_seconds() <= age <= MONTHLY.total_seconds():
        return Unknown(Unread.UNSUPPORTED, installed.source)
    return Known(True, installed.source)


def _name(build: int, display_version: str) -> str:
    if build < FIRST_OF_10:
        return f"Windows (build {build})"
    name = "Windows 11" if build >= FIRST_OF_11 else "Windows 10"
    known = _DISPLAY_VERSION.fullmatch(display_version)
    return f"{name} {display_version}" if known else f"{name} (build {build})"
