"""The register at a browser: copying a file field by field, printing it as a volume."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person
from tests.support.register import on_file

pytestmark = pytest.mark.browser

RARE = "王\U00020bb7明"


def test_a_click_copies_one_field_and_its_tick_is_there_again(
    site: Site, people: Callable[[str], Person]
) -> None:
    file_no = on_file(site.engine, {"name": RARE})
    entry = people("entry")
    entry.context.grant_permissions(["clipboard-read", "clipboard-write"])
    entry.go("/households/copy")
    page = entry.page
    expect(page.locator("#copy-progress")).to_contain_text("已抄录 0/")
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        page.click("[data-copies=id_number]")
    assert kept.value.ok
    assert page.evaluate("navigator.clipboard.readText()") == "350602199001019907"
    expect(page.locator("#copy-progress")).to_contain_text("已抄录 1/")
    entry.picture(PICTURES, "copying")
    entry.go(f"/households/{file_no}/copy")
    expect(page.locator("#tick-id_number")).to_be_checked()
    expect(page.locator("#tick-name")).not_to_be_checked()
    assert entry.faults == []


def test_the_volume_prints_on_a4_with_a_rare_character(
    site: Site, people: Callable[[str], Person], tmp_path: Path
) -> None:
    file_no = on_file(site.engine, {"name": RARE})
    reviewer = people("reviewer")
    reviewer.go(f"/households/{file_no}/print")
    printed = tmp_path / "volume.pdf"
    reviewer.page.pdf(path=printed, prefer_css_page_size=True)
    pages = PdfReader(printed).pages
    texts = ["".join((page.extract_text() or "").split()) for page in pages]
    assert len(pages) >= 4
    assert all(round(float(page.mediabox.width)) == 595 for page in pages)
    assert file_no in texts[0]
    assert all("打印于" in text for text in texts)
    assert reviewer.faults == []
