"""The office clerk of the city: a limit, the calendar, a unit that moves; on both databases."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from engine.model.clock import local_date
from tests.engine.moving.test_calendar_import import NOTICE_2027
from tests.journeys.conftest import Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

People = Callable[..., Person]
END_OF_YEAR = date(2026, 12, 30)
START = {"applicant_name": "林模拟", "application_kind": "self"}


def _due(site: Site, task_id: str) -> str:
    case_id = task_id.rpartition("-")[0]
    (only,) = site.engine.cases.view(SYSTEM, case_id).open_tasks
    return str(only.due_date)


def _in_days(site: Site, days: int) -> str:
    return str(local_date(site.clock.now()) + timedelta(days=days))


def test_a_changed_limit_meets_new_steps_only_until_it_is_said_otherwise(
    site: Site, people: People
) -> None:
    before = site.start("officer", "archiving", START)
    assert _due(site, before) == _in_days(site, 30)
    clerk = people("admin")
    clerk.go("/admin/parameters?q=填报申请")
    clerk.page.get_by_role("link", name="填报申请").click()
    clerk.page.fill("#n-value", "20")
    clerk.page.fill("#n-reason", "常委会 11 月 6 日议定")
    clerk.page.get_by_role("button", name="下一步:核对影响").click()
    expect(clerk.page.locator("main")).to_contain_text("由 30 日 改为 20 日")
    expect(clerk.page.locator("main")).to_contain_text("在办 1 件仍按原时限")
    clerk.page.get_by_role("button", name="返回修改").click()
    assert clerk.page.input_value("#n-reason") == "常委会 11 月 6 日议定"
    clerk.page.get_by_role("button", name="下一步:核对影响").click()
    clerk.page.get_by_role("button", name="确认登记").click()
    expect(clerk.page.locator(".told")).to_contain_text("已登记“填报申请”")
    assert _due(site, before) == _in_days(site, 30)
    assert _due(site, site.start("officer", "archiving", START)) == _in_days(site, 20)

    clerk.page.fill("#n-value", "25")
    clerk.page.fill("#n-reason", "照顾外出职工,在办的也放宽")
    clerk.page.check("#n-running")
    clerk.page.get_by_role("button", name="下一步:核对影响").click()
    expect(clerk.page.locator("main")).to_contain_text("2 个未办环节的到期日、0 个正在计时的期限")
    clerk.page.get_by_role("button", name="确认登记").click()
    expect(clerk.page.locator(".told")).to_contain_text("在办件的 2 个日期已重新计算并记录")
    assert _due(site, before) == _in_days(site, 25)
    officer = people("officer")
    officer.go(f"/cases/{before.rpartition('-')[0]}?tab=history")
    expect(officer.page.locator("main")).to_contain_text("业务参数“填报申请”改为 25 日")


def test_an_imported_notice_moves_the_date_that_leaned_on_weekends(
    site: Site, people: People
) -> None:
    site.pass_days((END_OF_YEAR - local_date(site.clock.now())).days)
    task = site.start("officer", "example_request", {"subject": "添置安全帽"})
    before = _due(site, task)
    officer = people("officer")
    officer.go(f"/tasks/{task}")
    expect(officer.page.locator("main")).to_contain_text("2027 年放假安排尚未导入")
    clerk = people("admin")
    clerk.go("/admin/holidays")
    clerk.page.fill("#h-text", NOTICE_2027)
    clerk.page.get_by_role("button", name="下一步:核对").click()
    expect(clerk.page.locator("main")).to_contain_text("全年工作日")
    clerk.page.get_by_role("button", name="确认导入并重新推算").click()
    expect(clerk.page.locator(".told")).to_contain_text("1 件办件")
    assert _due(site, task) > before
    officer.go(f"/tasks/{task}")
    expect(officer.page.locator("main")).not_to_contain_text("尚未导入")
    officer.go(f"/cases/{task.rpartition('-')[0]}?tab=history")
    expect(officer.page.locator("main")).to_contain_text("节假日安排已导入")
    expect(officer.page.locator("main")).to_contain_text("将“全程时限”的期限由")


def test_a_hand_over_reaches_the_successor_s_inbox_at_once(site: Site, people: People) -> None:
    task = site.start("officer", "example_request", {"subject": "添置安全帽"})
    site.engine.tasks.claim(site.actor("officer"), task)
    clerk = people("admin")
    clerk.go("/admin/people/p-officer")
    clerk.page.get_by_role("link", name="工作交接").click()
    clerk.page.select_option("#h-to", "p-officer2")
    clerk.page.get_by_role("button", name="交接并开具交接单").click()
    expect(clerk.page.locator("main")).to_contain_text("移交人签字")
    expect(clerk.page.locator("main")).to_contain_text("已转给接收人")
    successor = people("officer2")
    successor.go("/inbox")
    expect(successor.page.locator("main")).to_contain_text("添置安全帽")


def test_a_unit_moved_for_a_later_day_is_rerouted_on_that_day(site: Site, people: People) -> None:
    task = site.start("officer", "example_request", {"subject": "添置安全帽"})
    filled = {
        "applicant_name": "林模拟",
        "amount": 1200,
        "needed_by": "2026-12-20",
        "reason": "班组安全帽到期需要更换",
    }
    site.complete("officer", task, filled)
    clerk = people("admin")
    clerk.go("/admin/units/u1")
    clerk.page.get_by_text("调整上级", exact=True).click()
    clerk.page.select_option("#m-parent", "lw")
    day = local_date(site.clock.now()) + timedelta(days=7)
    clerk.page.fill("#m-since", day.isoformat())
    clerk.page.get_by_role("button", name="调整审批上级").click()
    expect(clerk.page.locator(".told")).to_contain_text("上级单位的调整已登记")
    expect(clerk.page.locator("main")).to_contain_text("将生效")
    far = people("far_reviewer")
    far.go("/inbox")
    expect(far.page.locator("main")).not_to_contain_text("添置安全帽")
    site.pass_days(7)
    far.go("/inbox")
    expect(far.page.locator("main")).to_contain_text("添置安全帽")
