"""A day without a mouse: every stop is seen, errors are reached, the step is submitted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PASSWORD, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
SEEN = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return '';
  const drawn = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && style.outlineWidth !== '0px')
      || style.boxShadow !== 'none';
  };
  const label = at.id && document.querySelector(`label[for="${CSS.escape(at.id)}"]`);
  return drawn(at) || (label && drawn(label)) ? 'seen' : at.outerHTML.slice(0, 200);
}"""
"""Whether the browser draws where the keyboard is: round the stop, or round its own label."""
MOST_STOPS = 60


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until it is reached; every stop on the way must be seen."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == "seen"
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by keyboard")


def test_signing_in_and_opening_a_step_by_keyboard(town: Site, townspeople: People) -> None:
    town.start("other_officer", "example_request", {"subject": "添置图书"})
    person = townspeople("other_officer")
    page = person.page
    person.context.clear_cookies()
    person.go("/login")
    assert page.evaluate("document.activeElement.id") == "username"
    page.keyboard.type("other_officer")
    tab_to(page, "#password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("j")
    assert page.evaluate(SEEN) == "seen"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("添置图书")
    page.go_back()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "list-search"


def test_the_first_stop_leads_past_the_menu(town: Site, townspeople: People) -> None:
    person = townspeople("other_officer")
    person.go("/inbox")
    tab_to(person.page, "a.skip")
    person.page.keyboard.press("Enter")
    assert person.page.evaluate("document.activeElement.id") == "main"


def test_errors_lead_to_their_fields_and_the_form_is_submitted_by_keyboard(
    town: Site, townspeople: People
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "维修空调"})
    person = townspeople("other_officer")
    person.expected = {422}
    page = person.page
    person.go(f"/tasks/{task}")
    page.focus("h1 >> xpath=..//a")
    tab_to(page, "[name=applicant_name]")
    page.keyboard.type("张模拟")
    tab_to(page, "[name=amount]")
    page.keyboard.type("1200")
    tab_to(page, "[name=reason]")
    page.keyboard.type("漏水")
    tab_to(page, "button[value=submit]:not(.bf-first-button)")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.matches('[data-errors]')")
    assert page.evaluate(SEEN) == "seen"
    tab_to(page, "[data-errors] a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "needed_by"
    page.keyboard.type("2026-12-20")
    tab_to(page, "button[value=submit]:not(.bf-first-button)")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert town.completions(task) == 1


def test_a_decision_is_taken_by_keyboard(town: Site, townspeople: People) -> None:
    first = town.start("officer", "example_request", {"subject": "更换桌椅"})
    data = {"applicant_name": "张模拟", "amount": 900, "needed_by": "2026-12-20", "reason": "坏了"}
    task = town.complete("officer", first, data)
    person = townspeople("reviewer")
    page = person.page
    person.go(f"/tasks/{task}")
    page.focus("h1 >> xpath=..//a")
    tab_to(page, "[name=decision]")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.checked")
    assert page.evaluate(SEEN) == "seen"
    tab_to(page, "button[value=submit]:not(.bf-first-button)")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert town.completions(task) == 1
