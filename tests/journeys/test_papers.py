"""A scan beside the form: turned, made larger, and never with a corner that is out of reach."""

import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

BROKEN_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SCAN = (900, 1300)
"""A page photographed upright, width and height in pixels."""
ROUNDING = 2
"""The browser scrolls by whole pixels, and its scroll bars take room while it measures."""

REACH = """() => {
  const stage = document.querySelector('[data-stage]');
  const image = stage.querySelector('img');
  const [s, i] = [stage.getBoundingClientRect(), image.getBoundingClientRect()];
  return {
    left: i.left - s.left - stage.clientLeft + stage.scrollLeft,
    top: i.top - s.top - stage.clientTop + stage.scrollTop,
    right: stage.scrollWidth - (i.right - s.left + stage.scrollLeft),
    bottom: stage.scrollHeight - (i.bottom - s.top + stage.scrollTop),
    width: i.width, height: i.height, stage: stage.clientWidth,
  };
}"""


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    rows = zlib.compress((b"\0" + b"\xb0" * width) * height)
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def reviewed_with(town: Site, name: str, content: bytes) -> str:
    """A request with a paper that waits for review; the id of that step."""
    officer = town.actor("officer")
    scan = town.engine.files.stage(officer, name, content)
    first = town.start("officer", "example_request", {"subject": "添置安全帽"})
    data = {
        "applicant_name": "张模拟",
        "amount": 1200,
        "needed_by": "2026-12-20",
        "reason": "旧了",
        "paper": scan.id,
    }
    return town.complete("officer", first, data)


def is_within_reach(page: Page) -> dict[str, float]:
    """The picture's place; fails where a corner cannot be scrolled to."""
    reach: dict[str, float] = page.evaluate(REACH)
    for side in ("left", "top", "right", "bottom"):
        assert reach[side] >= -ROUNDING, (side, reach)
    return reach


def test_a_scan_is_turned_and_enlarged_and_every_corner_can_be_reached(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = reviewed_with(town, "报价单照片.png", png(*SCAN))
    person = townspeople("reviewer")
    page = person.page
    person.go(f"/tasks/{task}")
    expect(page.locator("[data-stage] img")).to_be_visible()
    page.wait_for_function("document.querySelector('[data-stage] img').naturalWidth > 0")
    upright = is_within_reach(page)
    assert upright["height"] > upright["width"]

    page.click("[data-do=turn]")
    lying = is_within_reach(page)
    assert lying["width"] > lying["height"]
    assert lying["width"] <= lying["stage"] + 1, "it fits the width again"
    for _turn in range(3):
        page.click("[data-do=larger]")
        is_within_reach(page)
        page.click("[data-do=turn]")
        is_within_reach(page)
    page.click("[data-do=smaller]")
    again = is_within_reach(page)
    assert again["height"] > again["width"]


def test_a_link_to_the_papers_and_to_a_folded_step_leads_there(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = reviewed_with(town, "报价单照片.png", png(*SCAN))
    person = townspeople("reviewer")
    page = person.page
    person.go(f"/tasks/{task}")
    page.click(".jump a:has-text('材料')")
    expect(page.locator("#papers")).to_be_in_viewport()
    page.click("#s0 > summary")
    expect(page.locator("#s0 .bf-read")).to_be_hidden()
    page.evaluate("scrollTo(0, 0)")
    page.click(".jump a:has-text('提出请求')")
    expect(page.locator("#s0 .bf-read")).to_be_in_viewport()


def test_a_broken_pdf_does_not_take_the_keyboard_from_who_is_typing(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = reviewed_with(town, "坏了的扫描件.pdf", BROKEN_PDF)
    person = townspeople("reviewer")
    page = person.page
    person.go(f"/tasks/{task}")
    person.fill({"decision": "refuse"})
    expect(page.locator("[name=comment]")).to_be_visible()
    page.focus("[name=comment]")
    page.evaluate("document.querySelector('[data-do=next]').click()")  # it is read once more
    for _blink in range(8):
        page.wait_for_timeout(200)
        assert page.evaluate("document.activeElement.name") == "comment"
    page.keyboard.type("reason in full")
    assert page.input_value("[name=comment]") == "reason in full"


def test_a_paper_that_was_checked_stays_ticked_at_this_step(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = reviewed_with(town, "报价单照片.png", png(*SCAN))
    person = townspeople("reviewer")
    page = person.page
    person.go(f"/tasks/{task}")
    expect(page.locator("[data-seen-count]")).to_have_text("已核 0/1")

    with page.expect_response(f"**/tasks/{task}/papers"):
        page.click("[data-do=check]")
    expect(page.locator("[data-seen-count]")).to_have_text("已核 1/1")
    page.reload()

    expect(page.locator("[data-seen]")).to_be_checked()
    expect(page.locator("[data-seen-count]")).to_have_text("已核 1/1")
    with page.expect_response(f"**/tasks/{task}/papers"):
        page.locator("[data-seen]").uncheck()
    expect(page.locator("[data-seen-count]")).to_have_text("已核 0/1")


def test_a_colleague_and_the_next_reviewer_see_what_was_checked(
    town: Site, townspeople: Callable[..., Person]
) -> None:
    task = reviewed_with(town, "报价单照片.png", png(*SCAN))
    person = townspeople("reviewer", scripts=False)
    person.go(f"/tasks/{task}")
    person.page.check("[data-seen]")
    person.page.click("text=保存“已核”")
    expect(person.page.locator("body")).to_contain_text("“已核”已保存")
    assert person.page.is_checked("[data-seen]")
    case_id = task.rpartition("-")[0]
    person.go(f"/cases/{case_id}")
    name = town.actor("reviewer").name
    assert f"{name} " in person.page.inner_text(".paper-checked")
    assert "已核(" in person.page.inner_text(".paper-checked")
