"""A report on a household on file at the browser: taken, looked into, put right, answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from engine.definitions.folder import read_folder
from tests.journeys.conftest import PICTURES, ROOT, Site
from tests.journeys.person import Person
from tests.support.register import on_file

pytestmark = pytest.mark.browser

NAME = "举报模拟"
SAID, WHO = "儿子有工资没有写(模拟)", "邻居周模拟 15400000009"


@pytest.fixture
def reporting(town: Site) -> Site:
    """With the process that looks into reports."""
    if all(one.key != "household_report" for one in town.engine.definitions.latest()):
        files = read_folder(ROOT / "processes", ROOT / "forms", "household_report").files
        town.engine.definitions.deploy(SYSTEM, files)
    return town


def _take_report(person: Person, file_no: str) -> str:
    """From the button on the file's page; the number of the receipt."""
    page = person.page
    person.go(f"/households/{file_no}")
    page.locator(".head a", has_text="登记举报").click()
    page.fill("#text", SAID)
    page.fill("#by", WHO)
    person.picture(PICTURES, "report_taken")
    page.locator("main form button[type=submit]").click()
    told = page.locator(".flash, [role=status]", has_text="回执号").first
    expect(told).to_be_visible()
    expect(page.locator("main")).to_contain_text("举报核查中")
    return str(told.inner_text().partition("回执号 ")[2].partition("。")[0])


def test_a_report_is_looked_into_by_another_union_until_it_is_answered(
    reporting: Site, townspeople: Callable[..., Person]
) -> None:
    file_no = on_file(reporting.engine, {"name": NAME})
    reviewer, reviewer2 = townspeople("reviewer"), townspeople("reviewer2")
    approver, public = townspeople("approver"), townspeople("")
    receipt = _take_report(reviewer, file_no)
    second = {
        "check_second_name": "郑模拟",
        "check_second_post": "县总工会干事",
        "check_second_phone": "0596-2000001",
    }
    found = {
        **second,
        "checked_on": "2026-03-02",
        "finding": "查询社保缴费(模拟)",
        "report_result": "corrected",
        "correct_what": "漏登 2026-01 收入 900 元(模拟)",
    }
    reviewer.open_step("核查举报", NAME)
    expect(reviewer.page.locator("main")).to_contain_text(SAID)
    expect(reviewer.page.locator("main")).to_contain_text(WHO)
    reviewer.fill(found)
    reviewer.picture(PICTURES, "report_investigated")
    reviewer.submit()
    approver.do("审批核查结论", NAME, {"decision": "agree"})

    reviewer2.open_step("更正档案", NAME)
    with reviewer2.context.expect_page() as opened:  # beside the step
        reviewer2.page.locator("a", has_text="打开档案").click()
    file = opened.value
    file.locator(".head a", has_text="勘误").click()
    file.locator("summary", has_text="收入明细").click()
    for name, value in (("month", "2026-01"), ("person", NAME), ("amount", "900")):
        file.fill(f'[name="income_lines.new-0.{name}"]', value)
    file.select_option('[name="income_lines.new-0.income_kind"]', "wage")
    file.fill("#reason", "核查举报时查到(模拟)")
    file.locator("main button", has_text="更正并形成新版本").click()
    expect(file.locator("main")).to_contain_text("增加收入明细 2026-01 工资性")
    file.close()
    reviewer2.do("更正档案", NAME, {"corrected_note": "已增加(模拟)"})
    approver.do("确认已更正", NAME, {"confirmed": "yes"})
    reply = {"reply_way": "电话", "replied_on": "2026-03-02", "reply_text": "已告知(模拟)"}
    reviewer.do("答复举报人", NAME, reply)

    reviewer.go(f"/households/{file_no}?tab=trace")
    expect(reviewer.page.locator("main")).not_to_contain_text("举报核查中")
    expect(reviewer.page.locator("main")).to_contain_text("属实,档案已更正")
    public.go("/objections")
    public.page.fill("#receipt", receipt)
    public.page.locator("main button[type=submit]").click()
    expect(public.page.locator("main")).to_contain_text("已核查")
    expect(public.page.locator("main")).not_to_contain_text("周模拟")
    approver.go("/households/queues/review")
    expect(approver.page.locator("main")).to_contain_text(file_no)


def test_of_a_file_of_its_own_a_county_is_told_who_takes_the_report(
    reporting: Site, townspeople: Callable[..., Person], tmp_path: Path
) -> None:
    file_no = on_file(reporting.engine, {"id_number": "350628199007049932"}, "xc", members=[])
    reviewer, protection = townspeople("reviewer"), townspeople("protection")
    reviewer.go(f"/households/{file_no}")
    reviewer.page.locator(".head a", has_text="登记举报").click()
    expect(reviewer.page.locator("main")).to_contain_text("请把举报转告")
    expect(reviewer.page.locator("main strong")).to_contain_text("市")
    expect(reviewer.page.locator("#text")).to_have_count(0)
    reviewer.picture(PICTURES, "report_referred")
    _take_report(protection, file_no)
    reviewer.go("/inbox")
    expect(reviewer.page.locator("main")).not_to_contain_text("林模拟")
