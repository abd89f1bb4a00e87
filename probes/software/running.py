"""Does anything run that could record the session or hand the device to somebody else?"""

from precheck.contract.catalogues.software import Kind
from precheck.contract.checks import CheckId
from precheck.contract.finding import Finding, finding, unread
from precheck.contract.reasons import Reason
from precheck.contract.reasons import RunningSoftware as Why
from probes.check import Context
from probes.facts import Fact, Known, Unknown
from probes.software.facts import Products, RunningFacts


def judge(facts: RunningFacts, context: Context) -> Finding:
    """What matters most of what runs: somebody connected, then remote control, then a recorder.

    That a program runs does not mean that it records or is being used. Installed alone is nothing.
    """
    del context
    for reason, products, source in (
        _named(Why.REMOTE_SESSION, facts.sessions, None),
        _named(Why.REMOTE_CONTROL, facts.running, Kind.REMOTE_CONTROL),
        _named(Why.RECORDER, facts.running, Kind.RECORDER),
    ):
        if products:
            return finding(
                reason,
                CheckId.RUNNING_SOFTWARE,
                sources=(source,),
                name=", ".join(product.label for product in products),
                count=len(products),
            )
    for fact in (facts.running, facts.sessions):
        if isinstance(fact, Unknown):
            return unread(CheckId.RUNNING_SOFTWARE, fact.why, fact.source)
    return finding(Why.NONE_FOUND, CheckId.RUNNING_SOFTWARE, sources=(facts.running.source,))


def _named(reason: Reason, fact: Fact[Products], kind: Kind | None) -> tuple[Reason, Products, str]:
    if not isinstance(fact, Known):
        return reason, (), fact.source
    return reason, tuple(item for item in fact.value if kind in (None, item.kind)), fact.source
