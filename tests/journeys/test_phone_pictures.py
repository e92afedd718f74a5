"""A picture goes from the phone into the form on the computer while both are open."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Site
from tests.journeys.person import Person
from tests.journeys.test_papers import png
from tests.support.waiting import ON_A_PAGE

pytestmark = pytest.mark.browser

ADDRESS = """async () => {
  const form = document.querySelector('form[data-phone-url]');
  const answer = await fetch(form.dataset.phoneUrl, {
    method: 'POST', body: new URLSearchParams({ field: 'paper' }), headers: form.bangfuForm.headers(),
  });
  const told = await answer.json();
  showPanel(form, document.querySelector('[data-file]'), told);
  return told.address;
}"""


def test_a_picture_from_the_phone_appears_in_the_form(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = town.start("officer", "example_request", {"subject": "添置安全帽"})
    person = townspeople("officer")
    page = person.page
    person.go(f"/tasks/{task}")
    page.click("[data-phone]")
    expect(page.locator(".phone-panel svg.qr")).to_be_visible()

    browser = page.context.browser
    assert browser is not None
    address = page.evaluate(ADDRESS)  # what the code says
    phone = browser.new_context(
        viewport={"width": 360, "height": 640}, is_mobile=True, has_touch=True
    ).new_page()
    phone.set_default_timeout(ON_A_PAGE)
    phone.goto(address)
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    picture = {"name": "IMG_1.png", "mimeType": "image/png", "buffer": png(40, 60)}
    phone.set_input_files("#file", [picture])

    expect(phone.locator(".count")).to_have_text("已收到 1 张")
    expect(page.locator("[data-file] .bf-files a")).to_have_text("IMG_1.png")
    phone.click("button[name=done]")
    expect(phone.locator("body")).to_contain_text("已结束")
    phone.context.close()
    page.goto("about:blank")  # it asks no more for what has come
