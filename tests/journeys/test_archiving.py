"""An application travels through the inboxes of three organisations to 在档.

Straight through (S01), sent back (S12), and against an objection (S15).
"""

from collections.abc import Callable, Mapping

import pytest

from tests.journeys.conftest import PICTURES, Site
from tests.journeys.person import Person
from tests.support.waiting import ON_A_PAGE

pytestmark = pytest.mark.browser

NAME = "林模拟"
POSTED = {
    "places": "厂区大门公示栏",
    "board_shown": "photo",
    "board_photo": ["photo"],
    "board_clean": True,
}
OVER = {"end_note": "公示期满", "end_shown": "none", "no_end_photo": "公示栏已拆除,无法拍照"}
AGREE = {"decision": "agree"}


def _apply(person: Person, household: Mapping[str, object]) -> None:
    start = {"applicant_name": NAME, "application_kind": "self"}
    person.start("archiving", "u1", start)
    data = {k: v for k, v in household.items() if k not in start}
    person.do("填报申请", NAME, data)


@pytest.mark.both_databases
def test_an_application_by_six_people_of_three_organisations_is_on_file(
    site: Site, people: Callable[[str], Person], households: dict[str, dict[str, object]]
) -> None:
    officer = people("officer")
    _apply(officer, households["family_of_three"])
    officer.go("/inbox")
    officer.picture(PICTURES, "inbox-officer")
    officer.do("受理审查", NAME, {"complete": "yes"})
    officer.open_step("入户调查", NAME)
    officer.picture(PICTURES, "step-home-visit", whole=True)
    officer.fill(households["visit"])
    officer.submit()

    chair = people("chair")
    chair.open_step("基层审核", NAME)
    chair.picture(PICTURES, "step-grassroots-review")
    chair.fill(AGREE)
    chair.submit()
    people("township").do("乡镇复核", NAME, AGREE)
    reviewer = people("reviewer")
    reviewer.do("等待核对报告", NAME, households["means_report"])
    reviewer.open_step("县级审核", NAME)
    reviewer.picture(PICTURES, "step-county-review", whole=True)
    reviewer.fill({**AGREE, "category": "dibao"})
    reviewer.submit()
    officer.do("张贴公示", NAME, POSTED)
    site.pass_days(3)
    _is_told_to_wait(officer)
    site.pass_days(5)
    officer.do("登记公示结果", NAME, OVER)
    people("approver").do("审批", NAME, AGREE)

    reviewer.go("/households")
    reviewer.picture(PICTURES, "households-waiting")
    assert "待录入" in reviewer.page.inner_text("main")
    _copies(people("entry"))
    people("entry").do("录入全国系统", NAME, households["national"])
    reviewer.go("/households")
    reviewer.page.locator("table tbody a").first.click()
    reviewer.picture(PICTURES, "household", whole=True)
    assert NAME in reviewer.page.inner_text("main")
    (case,) = site.engine.cases.search(site.actor("reviewer"), NAME)
    assert case.status == "completed"
    assert all(i.ok for i in site.engine.audit.invariants())


def _copies(entry: Person) -> None:
    """The step leads to the page that is copied from."""
    entry.open_step("录入全国系统", NAME)
    to_copy = entry.page.locator("a", has_text="打开抄录页").get_attribute("href")
    entry.go(str(to_copy))
    assert NAME in entry.page.inner_text("main")


def _is_told_to_wait(officer: Person) -> None:
    """Whoever would record the result on the third day finds no step, and reads why and until when."""
    too_early = "公示需满 5 个工作日,今天是第 3 日,最早 3 月 10 日可登记结果。"
    officer.go("/inbox")
    assert "登记公示结果" not in officer.page.inner_text("main")
    officer.go("/cases")
    assert "正在公示" in officer.page.inner_text("main table")
    officer.go("/notices")
    officer.picture(PICTURES, "notices")
    officer.page.locator("main a[href*='/notices/']").first.click()
    assert too_early in officer.page.inner_text("main")
    officer.picture(PICTURES, "notice-too-early")
    officer.page.locator("main a", has_text="打开办件").click()
    assert f"这一件正在公示。{too_early}" in officer.page.inner_text("main")


def test_a_county_sends_back_and_the_officer_sees_why(
    site: Site, people: Callable[[str], Person], households: dict[str, dict[str, object]]
) -> None:
    why = "配偶的收入没有填写,请补充"
    officer = people("officer")
    _apply(officer, households["family_of_three"])
    officer.do("受理审查", NAME, {"complete": "yes"})
    officer.do("入户调查", NAME, households["visit"])
    people("chair").do("基层审核", NAME, AGREE)
    people("township").do("乡镇复核", NAME, AGREE)
    people("reviewer").do("等待核对报告", NAME, households["means_report"])
    people("reviewer").do(
        "县级审核", NAME, {"decision": "return", "return_to": "apply", "comment": why}
    )
    officer.open_step("填报申请", NAME)
    assert why in officer.page.inner_text("main")
    officer.picture(PICTURES, "step-sent-back")
    assert officer.page.input_value('[name="employer"]') == "模拟一厂"
    officer.submit()
    assert [s.name for s in site.engine.cases.view(site.actor("officer"), _case(site)).open_tasks]


def _case(site: Site) -> str:
    (case,) = site.engine.cases.search(site.actor("reviewer"), NAME)
    return case.id


def test_an_objection_of_the_public_is_investigated_and_the_notice_goes_on(
    site: Site, people: Callable[[str], Person], households: dict[str, dict[str, object]]
) -> None:
    officer = people("officer")
    _apply(officer, households["family_of_three"])
    officer.do("受理审查", NAME, {"complete": "yes"})
    officer.do("入户调查", NAME, households["visit"])
    people("chair").do("基层审核", NAME, AGREE)
    people("township").do("乡镇复核", NAME, AGREE)
    people("reviewer").do("等待核对报告", NAME, households["means_report"])
    people("reviewer").do("县级审核", NAME, {**AGREE, "category": "dibao"})
    officer.do("张贴公示", NAME, POSTED)
    site.pass_days(2)

    citizen = officer.context.browser.new_context(locale="zh-CN")  # type: ignore[union-attr]
    page = citizen.new_page()
    page.set_default_timeout(ON_A_PAGE)
    page.goto(f"{site.address}/notices")
    assert NAME not in page.inner_text("main")
    assert "林*" in page.inner_text("main")
    page.locator("main a[href*='/notices/']").first.click()
    page.screenshot(path=PICTURES / "notice-public.png")
    page.fill("[name=text]", "他家有两套房")
    for name in ("by", "way"):
        field = page.locator(f"[name={name}]")
        if field.count() and field.first.is_editable():
            field.first.fill("保密")
    page.locator("main form button[type=submit]").last.click()
    assert "收到" in page.inner_text("body")
    citizen.close()

    reviewer2 = people("reviewer2")
    reviewer2.do(
        "核查异议",
        NAME,
        {
            **households["second_investigator"],
            "objection_result": "dismissed",
            "finding": "另一套房是其父母的",
        },
    )
    reviewer2.open_step("答复异议人", NAME)
    reviewer2.picture(PICTURES, "step-reply")
    said = {"reply_way": "phone", "replied_on": "2026-03-05", "reply_text": "经核查不属实,公示继续"}
    reviewer2.fill({"replies": [said]})
    reviewer2.submit()
    site.pass_days(9)
    officer.do("登记公示结果", NAME, OVER)
    people("approver").open_step("审批", NAME)
    assert "保密" not in people("officer").page.inner_text("body")
