"""macOS, from the system's own version files. Apple publishes no end dates: which releases still
get security updates is the catalogue's business."""

from precheck.contract.reasons import Unread
from probes.check import Context
from probes.facts import Known, Unknown, parsed
from probes.macos_version import MacVersion, read_version
from probes.os_support.facts import Facts, Identity
from probes.system import System


def observe(system: System, context: Context) -> Facts:
    """Read the version; a Mac says nothing of its end of support, and none is extended."""
    del context
    version = read_version(system)
    return Facts(
        identity=parsed(version, identity_of),
        support_end=Unknown(Unread.UNSUPPORTED, version.source),
        extended=Unknown(Unread.UNSUPPORTED, version.source),
        foreign=Known(False, version.source),
    )


def identity_of(version: MacVersion) -> Identity:
    """The release that `version` belongs to; a beta belongs to none."""
    return Identity(
        product="macos",
        name=f"macOS {version.written}",
        version=None if version.for_testers else version.release,
    )
