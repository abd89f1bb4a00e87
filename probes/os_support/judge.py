"""Is this OS supported today? The same on every OS, from facts and the lifecycle catalogue."""

from datetime import date, timedelta

from precheck.contract.catalogues.lifecycle import Lifecycle, Release
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.policy import OsSupport as Requirement
from precheck.contract.reasons import OsSupport as Why
from precheck.contract.reasons import Reason, Unread
from precheck.contract.verdict import Verdict
from probes.check import Context
from probes.facts import Known, Unknown
from probes.os_support.facts import Facts, Identity

OLD_DATA = timedelta(days=120)
USELESS_DATA = timedelta(days=400)


def judge(facts: Facts, context: Context) -> Finding:
    """The finding for the OS.

    A known release is judged by its end date, also with old data, since end dates are published
    years ahead. What is newer than the data is unknown. Extended support counts on evidence only.
    Where several releases may be meant, they have to come to the same.
    """
    if isinstance(facts.foreign, Known) and facts.foreign.value:
        return finding(Why.SANDBOXED, CheckId.OS_SUPPORT, sources=(facts.foreign.source,))
    if isinstance(facts.identity, Unknown):
        return unread(CheckId.OS_SUPPORT, facts.identity.why, facts.identity.source)
    identity = facts.identity.value
    if not context.dates_hold:
        return unread(CheckId.OS_SUPPORT, Unread.CLOCK)
    if identity.server:
        return finding(
            Why.SERVER_EDITION,
            CheckId.OS_SUPPORT,
            sources=(facts.identity.source,),
            name=identity.name,
        )
    possible = find(context.catalogues.lifecycle, identity) or (None,)
    findings = [
        _of_release(release, identity, facts.identity.source, facts, context)
        for release in possible
    ]
    if len({item.reason for item in findings}) == 1:
        return findings[0]
    return finding(
        Why.UNKNOWN_RELEASE,
        CheckId.OS_SUPPORT,
        sources=(facts.identity.source,),
        name=identity.name,
    )


def _of_release(
    release: Release | None, identity: Identity, source: str, facts: Facts, context: Context
) -> Finding:
    lifecycle = context.catalogues.lifecycle
    own_end = facts.support_end.value if isinstance(facts.support_end, Known) else None
    ends = end_dates(release, own_end)

    def found(reason: Reason, verdict: Verdict | None = None) -> Finding:
        sources = [source]
        if release is not None:
            sources.append(f"lifecycle {lifecycle.as_of}")
        evidence: dict[str, str | int] = {"name": identity.name}
        if ends:
            evidence["date"] = min(ends).isoformat()
        return finding(
            reason, CheckId.OS_SUPPORT, verdict=verdict, sources=tuple(sources), **evidence
        )

    if release is None and not ends:
        return found(_without_release(lifecycle, identity))
    if release is not None and release.rolling:
        return found(Why.ROLLING)
    if release is not None and release.ended_undated:
        return found(Why.ENDED)
    if ends and context.today > max(ends):
        reason, verdict = _after_the_end(release, facts, context)
        return found(reason, verdict)
    if ends and context.today > min(ends):
        return found(Why.AROUND_END)
    if own_end is None and _has_outlived(lifecycle, release, context):
        return found(Why.DATA_TOO_OLD)
    if ends and context.today > min(ends) - timedelta(days=_policy(context).ending_soon):
        return found(Why.ENDING_SOON)
    if own_end is None and context.today > lifecycle.as_of + OLD_DATA:
        return found(Why.SUPPORTED_OLD_DATA)
    return found(Why.SUPPORTED)


def _has_outlived(lifecycle: Lifecycle, release: Release | None, context: Context) -> bool:
    """Whether the data is too old to say that `release` is still supported: because anything is
    by now, or because this release was expected to end since."""
    expected = release.ends_expected if release is not None else None
    return context.today > lifecycle.as_of + USELESS_DATA or (
        expected is not None and lifecycle.as_of < expected < context.today
    )


def find(lifecycle: Lifecycle, identity: Identity) -> tuple[Release, ...]:
    """The release of `identity`: by build and editions where there is a build (builds are not in
    order of time, so exactly), else by the whole version, else by its first number.

    Without knowing the edition, every release with that build may be it; the first to end is the
    first. None where the catalogue has none.
    """
    known = list(lifecycle.of(identity.product))
    if identity.build is not None:
        fits = [item for item in known if item.build == identity.build]
        if identity.editions is not None:
            own = [item for item in fits if item.editions == identity.editions]
            fits = own or [item for item in fits if item.editions is None]
        return tuple(sorted(fits, key=lambda item: item.ends or date.max))
    rolling = next((item for item in known if item.rolling), None)
    if identity.version is None:
        return () if rolling is None else (rolling,)
    by_cycle = {item.cycle: item for item in known}
    release = (
        by_cycle.get(identity.version) or by_cycle.get(identity.version.split(".")[0]) or rolling
    )
    return () if release is None else (release,)


def end_dates(release: Release | None, own_end: date | None) -> tuple[date, ...]:
    """Every end date that a good source gives for this release."""
    catalogued = (release.ends, release.ends_elsewhere) if release is not None else ()
    return tuple(day for day in (*catalogued, own_end) if day is not None)


def _after_the_end(
    release: Release | None, facts: Facts, context: Context
) -> tuple[Reason, Verdict | None]:
    extended_ends = release.extended_ends if release is not None else None
    if extended_ends is None or context.today > extended_ends:
        return Why.ENDED, None
    if isinstance(facts.extended, Unknown):
        return Why.EXTENSION_UNREADABLE, None
    if not facts.extended.value:
        return Why.NOT_EXTENDED, None
    return Why.EXTENDED, _policy(context).extended_support.verdict


def _without_release(lifecycle: Lifecycle, identity: Identity) -> Reason:
    known = list(lifecycle.of(identity.product))
    if not known:
        return Why.UNKNOWN_RELEASE
    if identity.build is not None:
        mine: tuple[int, ...] | None = (identity.build,)
        others: list[tuple[int, ...]]
        others = [(item.build,) for item in known if item.build is not None]
    elif identity.version is not None:
        mine = _numbers(identity.version)
        others = [numbers for item in known if (numbers := _numbers(item.cycle)) is not None]
    else:
        return Why.PRERELEASE
    if mine is None or not others:
        return Why.UNKNOWN_RELEASE
    if mine > max(others):
        return Why.NEWER_THAN_DATA
    return Why.ENDED if mine < min(others) else Why.UNKNOWN_RELEASE


def _numbers(version: str) -> tuple[int, ...] | None:
    parts = version.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    return tuple(int(part) for part in parts)


def _policy(context: Context) -> Requirement:
    return context.policy.checks.os_support
