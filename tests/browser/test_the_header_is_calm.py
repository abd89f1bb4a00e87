"""The header of the staff pages stands still: the name of the service and who is signed in on one
row, the menu below it from the same edge as all else, whoever looks at whatever page."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import STAFF
from tests.browser.visit import Visit
from tests.endpoint.scene import OFFICE

PLACES = """
() => Object.fromEntries(
  [[".service"], [".tools"], [".menu a"], [".tools > :last-child"], ["main h1"]].map(([name]) => {
    const box = document.querySelector(name).getBoundingClientRect();
    const inner = parseFloat(getComputedStyle(document.querySelector(name)).paddingInlineStart);
    return [name, { left: box.left + (name === ".menu a" ? inner : 0), top: box.top,
      right: box.right, bottom: box.bottom, width: box.width, height: box.height }];
  }))
"""
"""Where the parts of the header are; of the menu, where its first word begins."""


def places(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(PLACES)
    return found


def switch(page: Page) -> Any:
    """The box of the switch of the language, whether it is a link or a button."""
    return page.locator(".tools").get_by_text("English", exact=True).bounding_box()


@pytest.mark.parametrize("name", STAFF)
def test_the_menu_has_its_own_row_from_the_edge_of_the_page(visit: Visit, name: str) -> None:
    page = visit.sign_in(name)
    for pixels in (1280, 1024):
        visit.width(pixels)
        if kept := os.environ.get("PRECHECK_SCREENSHOTS"):
            page.screenshot(path=Path(kept) / f"header-{name}-{pixels}.png")
        found = places(page)
        service, tools, menu = found[".service"], found[".tools"], found[".menu a"]
        assert tools["top"] < service["bottom"] and service["top"] < tools["bottom"]
        assert tools["height"] < 2 * service["height"], "one row"
        assert menu["top"] >= tools["bottom"]
        assert abs(menu["left"] - service["left"]) < 1
        assert abs(service["left"] - found["main h1"]["left"]) < 1


def test_the_switch_of_the_language_is_the_same_when_a_page_answers_a_form(visit: Visit) -> None:
    page = visit.sign_in("administrator")
    visit.open(f"staff/offices/{OFFICE}/staff/")
    asked = switch(page)
    page.locator("#id_name").fill("administrator")
    page.keyboard.press("Enter")
    page.wait_for_selector(".errorlist")
    assert page.locator(".tools form [lang=en]").count() == 1, "this page answers a form"
    assert switch(page) == asked


def test_all_can_be_reached_on_a_small_screen_and_enlarged(visit: Visit) -> None:
    page = visit.sign_in("system")
    for pixels in (640, 320):
        visit.width(pixels)
        found = places(page)
        assert max(box["right"] for box in found.values()) <= pixels
        assert min(box["left"] for box in found.values()) >= 0
        assert found[".menu a"]["top"] >= found[".tools"]["bottom"]
