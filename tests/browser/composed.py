"""A page on a machine that is not at hand: the program's own server and words, and a composed
state, which goes through the program's own `with_visit`."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Browser, Route

from precheck.agent.page.settings_screens import Screen, SettingsScreens
from precheck.agent.page.view import Phase, Snapshot, office_views, with_visit
from precheck.agent.page.visit import Visit
from precheck.agent.session import Plan, Session
from precheck.contract.checks import MEASURED_CHECKS, CheckId
from precheck.contract.finding import Finding
from precheck.contract.offices import load_office
from precheck.contract.verdict import OsFamily
from precheck.contract.wording import Language, load_wording
from tests.agent.page.served import served
from tests.agent.reports import CODE
from tests.browser.seeker import Seeker

ENDPOINT = "https://check.example.jp"
STARTS_AT = datetime(2027, 1, 19, 1, 0, tzinfo=UTC)  # ten in the morning in Tokyo
NOW = STARTS_AT - timedelta(days=7)


def state(
    findings: Iterable[Finding],
    language: Language,
    *,
    answered: bool = False,
    declined: bool = False,
    seconds_ago: float = 0.0,
) -> Snapshot:
    """A Windows PC, checked so many seconds ago, a week before its session with Kakogawa."""
    policy = load_office("kakogawa")
    asked = {check for check, _ in policy.asked()}
    session = Session(
        Plan(
            policy=policy,
            checks=tuple(check for check in MEASURED_CHECKS if check in asked),
            endpoint=ENDPOINT,
            code=CODE,
            starts_at=STARTS_AT,
        ),
        OsFamily.WINDOWS,
        NOW,
    )
    landed: dict[CheckId, float] = {}
    for finding in findings:
        session.keep(finding)
        landed[finding.check] = 0.0
    if answered:
        for check in (CheckId.PRIVATE_ROOM, CheckId.TERMS_CONSENT):
            session.answer(check, True)
    visit = Visit(CODE, None, ENDPOINT, looking_up=False, session=session, begun=True)
    visit.landed = landed
    visit.declined = declined
    screens = SettingsScreens(dict.fromkeys(Screen, ("",)))
    bare = Snapshot(
        seq=1,
        version="0.1.0",
        language=language,
        phase=Phase.CHECKED,
        family=OsFamily.WINDOWS,
        endpoint=ENDPOINT,
        given_code=None,
        offices=office_views(),
        screens=screens.ids(),
        waiting=0,
    )
    return with_visit(bare, visit, load_wording(language), screens, seconds_ago)


@contextmanager
def showing(
    browser: Browser, folder: Path, shown: Snapshot, *, gone: bool = False, **context: Any
) -> Iterator[Seeker]:
    """A page that shows `shown`, and hears of nothing else; with `gone`, the program has died."""
    with served(folder, poll_seconds=60) as page:
        page.do("language", language=shown.language)
        address = f"{page.origin}/#{page.server.entrance.ticket()}"
        # The program's own number, so that the page waits for news, of which there are none.
        body = msgspec.json.encode(msgspec.structs.replace(shown, seq=page.state()["seq"]))

        def answer(route: Route) -> None:
            route.fulfill(body=body, content_type="application/json")

        answers = {"**/api/state": answer}
        if gone:
            answers["**/api/state?since=*"] = lambda route: route.abort()
        with Seeker(browser, address, answers, **context) as seeker:
            yield seeker
