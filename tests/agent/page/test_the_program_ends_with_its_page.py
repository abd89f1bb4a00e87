"""A minute after the page is gone the program ends, and not because the machine has slept."""

from precheck.agent.page.entrance import TICKET_SECONDS, Entrance
from precheck.agent.page.presence import FIRST_WAIT, LONG_PATIENCE, PATIENCE, Presence


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def looked_at_for(
    presence: Presence, clock: Clock, seconds: float, *, unsent: bool = False
) -> bool:
    """Whether it was over at some time within so many seconds."""
    for _ in range(int(seconds)):
        clock.now += 1
        if presence.over(unsent=unsent):
            return True
    return False


def a_page_was_there() -> tuple[Presence, Clock]:
    clock = Clock()
    presence = Presence(clock)
    with presence:
        clock.now += 1
    return presence, clock


def test_a_minute_without_the_page_is_the_end() -> None:
    presence, clock = a_page_was_there()
    assert not looked_at_for(presence, clock, PATIENCE)
    assert looked_at_for(presence, clock, 2)


def test_a_page_that_waits_for_news_is_there() -> None:
    presence, clock = a_page_was_there()
    with presence:
        assert not looked_at_for(presence, clock, 10 * PATIENCE)
    assert not looked_at_for(presence, clock, PATIENCE)


def test_the_first_page_is_given_time_to_come() -> None:
    clock = Clock()
    presence = Presence(clock)
    assert not looked_at_for(presence, clock, FIRST_WAIT)
    assert not presence.came
    assert looked_at_for(presence, clock, 2)


def test_after_sleep_the_page_has_its_minute_again() -> None:
    presence, clock = a_page_was_there()
    assert not looked_at_for(presence, clock, PATIENCE - 1)
    clock.now += 8 * 3600
    assert not presence.over()
    assert not looked_at_for(presence, clock, PATIENCE)
    assert looked_at_for(presence, clock, 2)


def test_a_tab_that_is_frozen_with_something_unsent_is_waited_for_until_tomorrow() -> None:
    presence, clock = a_page_was_there()
    assert not looked_at_for(presence, clock, LONG_PATIENCE, unsent=True)
    assert looked_at_for(presence, clock, 2, unsent=True)


def test_a_tab_that_said_good_bye_is_not_waited_for_unless_it_comes_again() -> None:
    presence, clock = a_page_was_there()
    presence.good_bye()
    assert not looked_at_for(presence, clock, PATIENCE, unsent=True)
    with presence:  # loaded anew
        pass
    assert not looked_at_for(presence, clock, 2 * PATIENCE, unsent=True)
    presence.good_bye()
    assert presence.over(unsent=True)


def test_a_ticket_grows_old() -> None:
    clock = Clock()
    entrance = Entrance(clock)
    ticket = entrance.ticket()
    assert entrance.is_good(ticket)
    clock.now += TICKET_SECONDS
    assert not entrance.is_good(ticket)
    assert entrance.enter(ticket) is None
    assert entrance.enter("") is None
