"""The applicant with a cheap telephone and a receipt: looks, photographs a paper, withdraws."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from engine import SYSTEM
from engine.definitions.folder import read_upload
from tests.engine.guests.conftest import APPLIED, PROOF, process_files
from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person
from tests.journeys.test_every_page import violations
from tests.journeys.test_papers import png

pytestmark = pytest.mark.browser

FOLDER = PICTURES / "receipt"
A5 = [420, 595]
"""In points, upright."""
SMALLEST_LETTERS = """() => [...document.querySelectorAll('main *, footer *')]
  .filter(e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
  .filter(e => !e.closest('.visually-hidden'))
  .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16)
  .map(e => e.textContent.trim().slice(0, 30))"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def counter(site: Site) -> Site:
    site.engine.definitions.deploy(SYSTEM, read_upload(process_files()).files)
    return site


@pytest.fixture
def phones(site: Site, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Telephones, with scripts or without; no page may misbehave on one."""
    held: list[Person] = []

    def phone(*, scripts: bool = True) -> Person:
        held.append(Person(browser, site.address, scripts=scripts, on_phone=True))
        return held[-1]

    yield phone
    for one in held:
        one.close()
        assert one.faults == []


def fits(page: Page, axe_script: str) -> None:
    """Large letters, nothing cut off at the side, nothing axe finds."""
    assert page.evaluate(SMALLEST_LETTERS) == []
    assert page.evaluate(WIDER) <= 0
    assert violations(page, axe_script) == []


def enter(phone: Person, code: str) -> None:
    phone.page.fill("[name=code]", code)
    phone.page.fill("[name=proof]", PROOF)
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="查询").click()


def printed(officer: Person, case_id: str) -> str:
    """The code of the slip that the officer prints."""
    officer.go(f"/cases/{case_id}")
    expect(officer.page.locator(".receipt-box")).to_contain_text("还没有开")
    officer.picture(FOLDER, "case-before")
    with officer.page.expect_navigation():
        officer.page.get_by_role("button", name="开回执并打印").click()
    officer.picture(FOLDER, "slip", whole=True)
    paper = officer.page.pdf(path=FOLDER / "slip.pdf", prefer_css_page_size=True)
    (sheet,) = PdfReader(io.BytesIO(paper)).pages
    assert [round(float(side)) for side in sheet.mediabox[2:]] == A5
    return officer.page.locator(".receipt-signs").inner_text()


def hand_in(phone: Person, axe_script: str) -> None:
    """Photograph the paper, write a word, and see that both are kept."""
    with phone.page.expect_navigation():
        phone.page.get_by_role("link", name="现在就办").click()
    phone.page.set_input_files(
        "[name=papers][type=file]",
        {"name": "住院发票.png", "mimeType": "image/png", "buffer": png(900, 1300)},
    )
    expect(phone.page.locator("[name=papers][type=hidden]")).to_be_attached()
    phone.page.fill("[name=remark]", "医院补开的")
    expect(phone.page.locator("[data-draft-state]")).to_contain_text("草稿已自动保存")
    phone.picture(FOLDER, "3-paper", whole=True)
    fits(phone.page, axe_script)


def withdraw(phone: Person, axe_script: str) -> None:
    """Withdraw with a reason, and leave."""
    phone.page.locator("summary", has_text="撤回申请").click()
    phone.page.fill("[name=reason]", "家里解决了")
    phone.picture(FOLDER, "5-withdraw", whole=True)
    fits(phone.page, axe_script)
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="确定:撤回申请").click()
    expect(phone.page.locator("h1")).to_contain_text("已按您的申请撤回")
    phone.picture(FOLDER, "6-withdrawn", whole=True)
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="看完了").click()
    expect(phone.page.locator("[name=code]")).to_have_value("")


def test_status_paper_with_a_photograph_and_withdrawal(
    counter: Site, people: Callable[..., Person], phones: Callable[..., Person], axe_script: str
) -> None:
    step = counter.start("officer", "guest_aid", APPLIED)
    case_id = step.rpartition("-")[0]
    missing = {"checked": "missing", "missing": "缺住院发票(2026 年的)"}
    step = counter.complete("officer", step, missing)
    officer, phone = people("officer"), phones()
    code = printed(officer, case_id)

    phone.go(f"/receipt/enter#{code}")
    expect(phone.page.locator("[name=code]")).to_have_value(code)
    assert "#" not in phone.page.url
    phone.picture(FOLDER, "1-code", whole=True)
    fits(phone.page, axe_script)
    enter(phone, code)
    expect(phone.page.locator("h1")).to_contain_text("需要您补一份材料")
    expect(phone.page.locator("main")).to_contain_text("缺住院发票")
    phone.picture(FOLDER, "2-status", whole=True)
    fits(phone.page, axe_script)

    hand_in(phone, axe_script)
    officer.go(f"/tasks/{step}")
    expect(officer.page.locator(".work-do")).to_contain_text("申请人已填了一部分")
    expect(officer.page.locator(".work-do")).to_contain_text("代办单")
    officer.picture(FOLDER, "officer-step", whole=True)

    phone.press("submit")
    expect(phone.page.locator("h1")).to_contain_text("已收到,正在核对")
    expect(phone.page.locator(".told")).to_contain_text("已提交")
    phone.picture(FOLDER, "4-done", whole=True)
    fits(phone.page, axe_script)
    withdraw(phone, axe_script)

    officer.go(f"/cases/{case_id}?tab=history")
    history = officer.page.locator(".history")
    expect(history).to_contain_text("申请人(凭回执)办结“补交材料”")
    expect(history).to_contain_text("家里解决了")
    officer.picture(FOLDER, "history", whole=True)


def test_without_scripts_everything_works_too(counter: Site, phones: Callable[..., Person]) -> None:
    step = counter.start("officer", "guest_aid", APPLIED)
    case_id = step.rpartition("-")[0]
    step = counter.complete("officer", step, {"checked": "complete"})
    refusal = {"decision": "refuse", "refusal_reason": "收入高于标准"}
    counter.engine.tasks.complete(counter.actor("reviewer"), step, refusal)
    code = counter.engine.receipts.issue(counter.actor("officer"), case_id).code
    phone = phones(scripts=False)
    phone.expected.add(422)
    phone.go("/receipt")
    enter(phone, code[:15] + ("2" if code[15] != "2" else "3"))
    expect(phone.page.locator("[role=alert]")).to_contain_text("16 位")
    phone.picture(FOLDER, "wrong-code", whole=True)
    enter(phone, code)
    expect(phone.page.locator("h1")).to_contain_text("未通过")
    expect(phone.page.locator("main")).to_contain_text("收入高于标准")
    phone.picture(FOLDER, "refused", whole=True)
    phone.page.locator("summary", has_text="申请复核").click()
    phone.page.fill("[name=reason]", "去年的收入算重了")
    with phone.page.expect_navigation():
        phone.page.get_by_role("button", name="确定:申请复核").click()
    expect(phone.page.locator("h1")).to_contain_text("正在复核")
    assert re.search(r"/receipt$", phone.page.url)
