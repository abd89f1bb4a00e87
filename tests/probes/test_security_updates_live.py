"""security_updates on the machine that runs the tests, through the real door."""

from datetime import UTC, datetime
from pathlib import Path

from precheck.contract.checks import CheckId
from probes.facts import Known
from probes.security_updates import linux, security_updates
from probes.system.live import live_system
from tests.machines import context
from tests.requires import require


def test_the_real_apt_is_asked_and_a_typed_finding_comes_back() -> None:
    require(Path("/etc/debian_version").exists(), "Debian or a system made from it")
    system = live_system()
    now = context(now=datetime.now(UTC))
    facts = linux.observe(system, now)
    assert isinstance(facts.manager, Known)
    assert facts.manager.value == "apt"
    finding = security_updates.judge(facts, now)
    assert finding.check is CheckId.SECURITY_UPDATES
