"""The leader's reception day: the roster, a swap, visitors, the lawyer, the signed register."""

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.conftest import PICTURES, Site
from tests.journeys.office import staffed
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
FOLDER = PICTURES / "reception-day"
PROCESSES = (
    "petition",
    "petition_review",
    "petition_assigned",
    "wage_arrears",
    "legal_aid",
    "reception_day",
    "duty_swap",
)
STAFF = {
    "anna": ("receptionist", "xc"),
    "bella": ("receptionist", "xc"),
    "lawyer": ("lawyer", "xc"),
    "leader": ("city_leader", "zz"),
}
DAYS_TO_THE_DAY = 14
"""From 2026-03-02: the 15th is a Sunday, so the day is the 16th."""
TITLE = "领导接待日"
VISITOR = {
    "what": "visitor",
    "petitioner": "林模拟",
    "mobile": "13900000000",
    "address": "漳州市芗城区模拟路 1 号",
    "matter_title": "没有公开工会经费",
    "matter": "union",
    "request": "要求公开上年收支",
    "handling": "now",
    "answer": "已说明公开的规定",
}


@pytest.fixture
def union(site: Site) -> Site:
    """Who is on duty in turn, with what they work with."""
    return staffed(site, STAFF, PROCESSES, legal_aid_means_standard=1_500)


def plan_march(office: Person) -> None:
    """The empty days in turn, looked at and saved."""
    office.go("/duty/plan?unit=xc&month=2026-03")
    office.page.check("#duty-week-2")
    with office.page.expect_navigation():
        office.page.get_by_role("button", name="空着的日子按次序轮排").click()
    expect(office.page.locator("main")).to_contain_text("请核对后保存")
    with office.page.expect_navigation():
        office.page.get_by_role("button", name="保存").click()
    expect(office.page.locator("main")).to_contain_text("领导接待日 2026-03-16")
    office.picture(FOLDER, "1-roster", whole=True)


def test_a_month_is_planned_in_turn_and_two_swap_with_the_leaders_word(
    union: Site, people: People
) -> None:
    office, anna, bella, approver = (people(n) for n in ("reviewer", "anna", "bella", "approver"))
    plan_march(office)

    anna.go("/duty?month=2026-03")
    with anna.page.expect_navigation():
        anna.page.get_by_role("link", name="换班").first.click()
    mine = anna.page.locator("main b").first.inner_text()
    anna.page.locator("[name=with]").first.check()
    anna.page.fill("[name=why]", "出差")
    anna.picture(FOLDER, "2-swap", whole=True)
    with anna.page.expect_navigation():
        anna.page.get_by_role("button", name="申请换班").click()
    bella.do("对方答复", "换班", {"answer": "yes"})
    approver.do("批准换班", "换班", {"decision": "agree"})

    anna.go("/duty?month=2026-03")
    changes = anna.page.locator("details", has_text="变动记录")
    changes.locator("summary").click()
    expect(changes.locator("tbody tr").first).to_contain_text("换班")
    assert mine


def arrange(anna: Person) -> None:
    """The day is begun by hand, who receives is written down, the notice is printed."""
    anna.go("/start/reception_day/xc")
    with anna.page.expect_navigation():
        anna.page.locator("main button[type=submit]").last.click()
    anna.open_step("安排接待日", TITLE)
    expect(anna.page.locator("[name=reception_on]")).to_have_value("2026-03-16")
    anna.fill({"place": "来访接待室", "leader": "模拟approver", "lawyer": "模拟lawyer"})
    with anna.page.expect_popup() as notice:
        anna.page.locator("button", has_text="领导接待日公告").click()
    FOLDER.mkdir(parents=True, exist_ok=True)
    told = notice.value.locator("main")
    expect(told).to_contain_text(
        "定于2026年3月16日（2026年3月15日是休息日，顺延到下一个工作日）接待"
    )
    notice.value.screenshot(path=FOLDER / "3-notice.png", full_page=True)
    notice.value.close()
    anna.open_step("安排接待日", TITLE)
    anna.submit()


def test_visitors_of_the_day_become_petitions_and_the_leader_signs_the_register(
    union: Site, people: People
) -> None:
    anna, lawyer, approver = (people(n) for n in ("anna", "lawyer", "approver"))
    plan_march(people("reviewer"))
    arrange(anna)

    union.pass_days(DAYS_TO_THE_DAY)
    anna.open_step("登记来访", TITLE)
    anna.fill(VISITOR)
    anna.picture(FOLDER, "4-visitor", whole=True)
    anna.submit()
    anna.do("登记来访", TITLE, {**VISITOR, "petitioner": "陈模拟", "mobile": "13900000001"})
    anna.open_step("登记来访", TITLE)
    expect(anna.page.locator("main")).to_contain_text("陈模拟")
    anna.fill({"what": "end"})
    anna.submit()
    lawyer.do("律师值班记录", TITLE, {"advised": 1, "advice_note": "已解答"})

    approver.open_step("审签登记簿", TITLE)
    with approver.page.expect_popup() as register:
        approver.page.locator("button", has_text="领导接待日登记簿").click()
    for said in ("2 批 2 人", "林模拟", "陈模拟", "当场答复", "2026年3月16日"):
        expect(register.value.locator("main")).to_contain_text(said)
    paper = PdfReader(io.BytesIO(register.value.pdf(prefer_css_page_size=True))).pages
    assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in paper] == [(842, 595)]
    register.value.screenshot(path=FOLDER / "5-register.png", full_page=True)
    register.value.close()
    approver.open_step("审签登记簿", TITLE)
    approver.fill({"decision": "agree"})
    approver.submit()

    anna.go("/inbox")
    expect(anna.page.locator("main tbody tr", has_text="没有公开工会经费")).to_have_count(2)


def test_a_day_on_which_nobody_came_is_recorded_too(union: Site, people: People) -> None:
    anna, approver = people("anna"), people("approver")
    anna.go("/start/reception_day/xc")
    with anna.page.expect_navigation():
        anna.page.locator("main button[type=submit]").last.click()
    anna.open_step("安排接待日", TITLE)
    alone = {"place": "来访接待室", "leader": "模拟approver", "no_lawyer_reason": "出庭"}
    anna.fill(alone)
    anna.submit()
    union.pass_days(DAYS_TO_THE_DAY)
    anna.do("登记来访", TITLE, {"what": "end", "nobody": True})
    approver.open_step("审签登记簿", TITLE)
    expect(approver.page.locator("main")).to_contain_text("无人来访")
    approver.fill({"decision": "agree"})
    approver.submit()
