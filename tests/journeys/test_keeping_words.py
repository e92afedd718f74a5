"""What people type survives a sign-in that ran out, a colleague on the same step, and nerves."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD, Site
from tests.journeys.person import Person

pytestmark = pytest.mark.browser

REASON = "班组安全帽开裂,逐顶写的理由"
FILLED = {
    "applicant_name": "张模拟",
    "amount": "1200",
    "needed_by": "2026-12-20",
    "reason": REASON,
}
People = Callable[..., Person]


def _applied(town: Site, subject: str) -> str:
    """A case that waits for either of two reviewers; the id of that step."""
    first = town.start("officer", "example_request", {"subject": subject})
    return town.complete("officer", first, {**FILLED, "amount": 1200})


def test_a_form_submitted_after_the_sign_in_ran_out_is_there_after_signing_in_again(
    town: Site, townspeople: People
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "添置安全帽"})
    person = townspeople("other_officer")
    person.expected = {401}
    person.go(f"/tasks/{task}")
    person.fill(FILLED)
    town.end_sessions_of(person)
    person.press("submit")
    expect(person.page.locator("[role=alert]")).to_contain_text(
        re.compile(r"登录已超时。您填写的内容已于 \d\d:\d\d 存为草稿,重新登录后会自动打开。")
    )
    person.sign_in(PASSWORD, at="")
    assert person.page.url == f"{town.address}/tasks/{task}"
    expect(person.page.locator("[role=status]").first).to_contain_text("已存为草稿并打开")
    assert person.page.input_value("[name=reason]") == REASON
    assert person.page.input_value("[name=amount]") == "1,200.00"
    assert town.completions(task) == 0
    person.submit()
    assert town.completions(task) == 1


def test_a_draft_that_could_not_be_saved_says_so_and_is_saved_after_signing_in_beside_it(
    town: Site, townspeople: People
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "购置急救箱"})
    person = townspeople("other_officer")
    person.expected = {401}
    person.go(f"/tasks/{task}")
    state = person.page.locator("[data-draft-state]")
    town.end_sessions_of(person)
    person.fill({"reason": REASON})
    expect(state).to_contain_text("登录已超时,内容仍在本页")
    form, beside = person.page, person.context.new_page()
    person.page = beside
    person.sign_in(PASSWORD)
    person.page = form
    person.fill({"amount": "800"})
    expect(state).to_contain_text("草稿已自动保存")
    person.go(f"/tasks/{task}")
    assert person.page.input_value("[name=reason]") == REASON
    assert person.page.input_value("[name=amount]") == "800.00"


def test_the_second_of_two_on_one_step_is_told_who_has_it_and_keeps_her_text(
    town: Site, townspeople: People
) -> None:
    task = _applied(town, "更换更衣柜")
    first, second = townspeople("reviewer"), townspeople("reviewer2")
    second.expected = {409}
    second.go(f"/tasks/{task}")
    first.go(f"/tasks/{task}")
    first.fill({"decision": "agree"})
    expect(first.page.locator("[data-draft-state]")).to_contain_text("草稿已自动保存")
    second.fill({"decision": "return", "comment": "报价单看不清,请重新上传"})
    expect(second.page.locator("[data-draft-state]")).to_contain_text("模拟reviewer正在办理这一件")
    second.press("submit")
    refusal = second.page.locator("[role=alert]")
    expect(refusal).to_contain_text(
        re.compile(r"模拟reviewer正在办理这一件\(\d\d:\d\d 认领\)。您写的意见")
    )
    expect(refusal).to_contain_text("可复制或请模拟reviewer放回")
    expect(second.page.locator("main")).to_contain_text("报价单看不清,请重新上传")
    first.submit()
    assert town.completions(task) == 1


def test_a_double_click_on_submit_is_one_completion(town: Site, townspeople: People) -> None:
    task = town.start("other_officer", "example_request", {"subject": "维修空调"})
    person = townspeople("other_officer")
    person.go(f"/tasks/{task}")
    person.fill(FILLED)
    person.page.dblclick("button[name=_action][value=submit] >> nth=-1")
    expect(person.page.locator(".told")).to_contain_text("已提交")
    expect(person.page.locator(".told")).to_contain_text("下一环节“审核”由芗城模拟区总工会办理")
    assert town.completions(task) == 1


def test_the_back_button_after_submitting_shows_a_step_that_is_done(
    town: Site, townspeople: People
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "添置乒乓球台"})
    person = townspeople("other_officer")
    person.go(f"/tasks/{task}")
    person.fill(FILLED)
    person.submit()
    person.page.go_back()
    assert person.page.url == f"{town.address}/tasks/{task}"
    expect(person.page.locator("main")).to_contain_text("这一步已办结")
    assert person.page.locator("button[name=_action]").count() == 0
    assert town.completions(task) == 1


def test_the_same_post_sent_again_is_one_completion(town: Site, townspeople: People) -> None:
    task = town.start("other_officer", "example_request", {"subject": "购置图书"})
    person = townspeople("other_officer")
    person.go(f"/tasks/{task}")
    person.fill(FILLED)
    with person.page.expect_request(
        lambda asked: asked.method == "POST" and asked.url.endswith(task)
    ) as sent:
        person.submit()
    again = person.context.request.post(
        sent.value.url,
        data=sent.value.post_data_buffer or b"",
        headers={"Content-Type": sent.value.headers["content-type"]},
        max_redirects=0,
    )
    assert again.status == 303
    assert town.completions(task) == 1


def test_a_refused_form_reloaded_with_its_post_is_refused_the_same_way(
    town: Site, townspeople: People
) -> None:
    task = town.start("other_officer", "example_request", {"subject": "购置工具柜"})
    person = townspeople("other_officer")
    person.expected = {422}
    person.go(f"/tasks/{task}")
    person.fill({**FILLED, "needed_by": ""})
    for _time in range(2):
        person.press("submit")
        person.page.reload()
        expect(person.page.locator("[data-errors]")).to_contain_text("希望办结日期")
        assert person.page.input_value("[name=reason]") == REASON
    assert town.completions(task) == 0
