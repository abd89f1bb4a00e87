"""What staff do about an appointment, as tests do it."""

from collections.abc import Mapping

from precheck.contract.readout import encode, readout_key
from precheck.contract.reasons import Reason
from tests.endpoint.people import Booked, as_report
from tests.endpoint.scene import report


def read_out(of: Booked, *changes: Reason, by_code_of: Booked | None = None) -> str:
    """The digits for a device, read out under the policy that is in force."""
    policy, found = of.row.office.policy.policy(), as_report(report(*changes))
    key = readout_key((by_code_of or of).code)
    return encode(policy, found.findings, found.declarations, key)


def a_code_heard(of: Booked) -> Mapping[str, object]:
    """The digits of a fine device."""
    return {"digits": read_out(of)}
