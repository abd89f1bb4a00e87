"""Asking the office's endpoint, without loading the HTTP library before somebody does.

It takes longer to load than most checks to run, and only few checks need it.
"""

from probes.facts import Fact
from probes.system.questions import HttpAnswer, HttpGet, HttpPost


def get(question: HttpGet) -> Fact[HttpAnswer]:
    """As `probes.system.http.get`."""
    from probes.system import http

    return http.get(question)


def post(question: HttpPost) -> Fact[HttpAnswer]:
    """As `probes.system.http.post`."""
    from probes.system import http

    return http.post(question)
