"""The page of a step: filling in, submitting, and everything that can come between."""

import io
import re

import pytest

from engine.model.tasks import InboxFilter

pytestmark = pytest.mark.both_databases

APPLY = {
    "applicant_name": "张小红",
    "amount": "1,200.00",
    "needed_by": "2026-12-20",
    "reason": "旧的已经开裂",
}
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def sent(browser, task, fields, action="submit", **more):
    html = browser.get(f"/tasks/{task}").get_data(True)
    nonce = re.search(r'name="_nonce" value="([^"]+)"', html)
    fields = {"_action": action, "_nonce": nonce[1] if nonce else "", **fields, **more}
    return browser.post(f"/tasks/{task}", fields)


def open_steps(federation, username):
    return len(federation.engine.tasks.inbox(federation.actor(username), InboxFilter()).lines)


def test_a_submitted_form_is_in_the_next_inbox(federation, browse):
    task = federation.started() + "-1"
    done = sent(browse("officer"), task, APPLY)
    assert done.headers["Location"] == "/inbox"
    assert open_steps(federation, "officer") == 0
    page = browse("reviewer").text(f"/tasks/{federation.first_task('reviewer')}")
    assert "旧的已经开裂" in page
    assert "1,200.00 元" in page
    assert "本环节由" in page
    assert "自次日起算" in page


def test_a_refused_form_keeps_every_word_and_says_what_is_wrong(federation, browse):
    task = federation.started() + "-1"
    browser = browse("officer")
    refused = sent(browser, task, {**APPLY, "amount": "很多", "needed_by": ""})
    assert refused.status_code == 422
    html = refused.get_data(True)
    assert "有 2 处需要修改" in html
    assert 'value="很多"' in html
    assert 'value="张小红"' in html
    assert "张小红" in browser.text(f"/tasks/{task}"), "and it is kept as a draft"


def test_the_same_page_sent_twice_is_one_completion(federation, browse):
    task = federation.started() + "-1"
    browser = browse("officer")
    html = browser.get(f"/tasks/{task}").get_data(True)
    fields = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', html)[1],
        "_nonce": re.search(r'name="_nonce" value="([^"]+)"', html)[1],
        "_action": "submit",
        **APPLY,
    }
    first = browser.client.post(f"/tasks/{task}", data=fields)
    second = browser.client.post(f"/tasks/{task}", data=fields)
    assert first.status_code == second.status_code == 303
    assert open_steps(federation, "reviewer") == 1


def test_submitting_and_opening_the_next(federation, browse):
    federation.started("第一件")
    federation.started("第二件")
    first, second = (
        line.id
        for line in federation.engine.tasks.inbox(federation.actor("officer"), InboxFilter()).lines
    )
    browser = browse("officer")
    assert sent(browser, first, APPLY, "next").headers["Location"] == f"/tasks/{second}"
    last = sent(browser, second, APPLY, "next")
    assert last.headers["Location"] == "/inbox"
    assert "没有下一件了" in browser.text("/inbox")


def test_of_two_on_one_step_the_second_is_told_who_has_it_and_keeps_her_text(federation, browse):
    task = federation.applied()
    first, second = browse("reviewer"), browse("reviewer2")
    html = second.get(f"/tasks/{task}").get_data(True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
    kept = first.post(f"/tasks/{task}/draft", {"opinion": "在看"}, page=f"/tasks/{task}")
    assert kept.get_json() == {"saved_at": "09:00"}, "who begins to fill it in takes it"
    late = second.client.post(
        f"/tasks/{task}",
        data={"csrf_token": token, "_action": "submit", "decision": "agree", "opinion": "我的意见"},
    )
    assert late.status_code == 409
    html = late.get_data(True)
    assert "王建国正在办理这一件" in html
    hers = html.partition('data-answers="example_review"')[2].partition("data-answers")[0]
    assert "我的意见" in hers
    assert "申请情况" not in hers, "what the case knows stands beside, with its values"
    assert "王建国正在办理这一件" in second.text(f"/tasks/{task}")


def test_nothing_to_claim_where_one_person_is_eligible(federation, browse):
    task = federation.started() + "-1"
    assert "认领" not in browse("officer").text(f"/tasks/{task}")
    assert "开始填写即为认领" in browse("reviewer").text(f"/tasks/{federation.applied()}")


def test_claiming_passing_on_and_putting_back(federation, browse):
    task = federation.applied()
    page = f"/tasks/{task}"
    browser = browse("reviewer")
    assert browser.post(f"{page}/claim", {}, page=page).status_code == 303
    assert "您已认领" in browser.text(page)
    no_reason = browser.post(f"{page}/pass-on", {"person": "p-reviewer2"}, page=page)
    assert no_reason.status_code == 422
    assert "请写明转办原因" in no_reason.get_data(True)
    fields = {"person": "p-reviewer2", "reason": "明天出差"}
    assert browser.post(f"{page}/pass-on", fields, page=page).status_code == 303
    other = browse("reviewer2")
    assert "您已认领" in other.text(page)
    case = task.rpartition("-")[0]
    assert "王建国把“审核”转办给李芳" in other.text(f"/cases/{case}?tab=history")
    assert "明天出差" in other.text(f"/cases/{case}?tab=history")
    assert other.post(f"{page}/release", {}, page=page).status_code == 303
    assert "开始填写即为认领" in browser.text(page)


def test_nothing_is_ticked_beforehand(federation, browse):
    html = browse("reviewer").text(f"/tasks/{federation.applied()}")
    for choice in ("同意", "退回修改", "不同意"):
        assert choice in html
    assert not re.search(r'type="radio"[^>]*checked', html)


def test_sent_back_with_the_reason_on_the_form(federation, browse):
    task = federation.applied()
    fields = {"decision": "return", "return_to": "apply", "comment": "金额与报价单不符"}
    assert sent(browse("reviewer"), task, fields).status_code == 303
    officer = browse("officer")
    assert 'class="return-mark">退回<' in officer.text("/inbox")
    again = federation.first_task("officer")
    said, _rest, _form = officer.text(f"/tasks/{again}").partition('<form class="bf-form"')
    assert "王建国在“审核”退回修改" in said
    assert "金额与报价单不符" in said
    sent(officer, again, APPLY)
    assert "在“审核”退回修改" not in officer.text(f"/tasks/{again}")
    assert "return-mark" not in browse("reviewer").text("/inbox")
    case = task.rpartition("-")[0]
    history = browse("officer").text(f"/cases/{case}?tab=history")
    assert "王建国办结“审核”:退回修改。" in history
    assert "退回到:填写申请" in history


RETURNED = {
    "decision": "return",
    "return_to": "apply",
    "comment": "金额与报价单不符",
    "return_fields": ["apply/amount", "apply/reason"],
}


def test_what_is_to_be_changed_is_ticked_and_shown(federation, browse):
    task = federation.applied()
    asked = browse("reviewer").text(f"/tasks/{task}")
    assert 'value="apply/amount"' in asked
    assert sent(browse("reviewer"), task, RETURNED).status_code == 303
    officer = browse("officer")
    again = officer.text(f"/tasks/{federation.first_task('officer')}")
    said, _rest, form = again.partition('<form class="bf-form"')
    assert "请修改 2 处" in said
    assert 'href="#f-amount"' in said
    marked = re.findall(r'data-name="(\w+)"(?: data-required)? data-to-change', form)
    assert marked == ["amount", "reason"]
    assert form.count("请修改") == 2
    history = officer.text(f"/cases/{task.rpartition('-')[0]}?tab=history")
    assert "退回到:填写申请;请修改:申请金额、申请理由" in history
    sent(officer, federation.first_task("officer"), APPLY)
    task = federation.first_task("reviewer")
    sent(browse("reviewer"), task, RETURNED)
    again = officer.text(f"/tasks/{federation.first_task('officer')}")
    assert "第 2 次退回" in again


def test_nothing_else_can_be_ticked_as_to_be_changed(federation, browse):
    task = federation.applied()
    browser = browse("reviewer")
    for value in ("apply/nothing", "record/note", "amount", "apply/"):
        fields = {**RETURNED, "return_fields": [value]}
        assert sent(browser, task, fields).status_code == 422, value
    agreed = {**RETURNED, "decision": "agree"}
    assert sent(browser, task, agreed).status_code == 303  # hidden answers are not kept
    history = browse("officer").text(f"/cases/{task.rpartition('-')[0]}?tab=history")
    assert "请修改" not in history


def test_a_file_chosen_without_scripts_survives_a_refused_form(federation, browse):
    task = federation.started() + "-1"
    browser = browse("officer")
    fields = {"reason": "旧了", "paper": (io.BytesIO(PNG), "现场照片.png")}
    refused = sent(browser, task, fields)
    assert refused.status_code == 422
    html = refused.get_data(True)
    stored = re.search(r'type="hidden" name="paper" value="([^"]+)"', html)[1]
    done = sent(browser, task, {**APPLY, "paper": stored})
    assert done.status_code == 303
    paper = browser.get(f"/files/{stored}")
    assert paper.data == PNG
    assert paper.headers["Content-Type"] == "image/png"
    assert "sandbox" in paper.headers["Content-Security-Policy"]


def test_a_renamed_program_is_refused_and_the_rest_is_kept(federation, browse):
    task = federation.started() + "-1"
    fields = {**APPLY, "paper": (io.BytesIO(b"MZ\x90\x00" + b"\x00" * 300), "证明.jpg")}
    refused = sent(browse("officer"), task, fields)
    assert refused.status_code == 422
    assert "改扩展名无效" in refused.get_data(True)
    assert 'value="张小红"' in refused.get_data(True)


def test_a_file_that_is_too_large_is_refused_in_words(federation, browse):
    browser = browse("officer")
    large = {"file": (io.BytesIO(PNG + b"\x00" * (21 * 1024 * 1024)), "大.png")}
    refused = browser.post(
        "/files", large, page="/start/example_request/mill", headers={"Accept": "application/json"}
    )
    assert refused.status_code == 413
    assert "超过 20 MB" in refused.get_json()["message"]


def test_conditions_are_answered_by_the_server(federation, browse):
    page = f"/tasks/{federation.applied()}"
    browser = browse("reviewer")
    agreed = browser.post(f"{page}/refresh", {"decision": "agree"}, page=page).get_json()
    sent_back = browser.post(f"{page}/refresh", {"decision": "return"}, page=page).get_json()
    assert "return_to" not in agreed["visible"]
    assert "return_to" in sent_back["visible"]


def test_a_draft_asked_for_by_a_script_after_signing_out_is_answered_to_the_script(
    federation, browse
):
    task = federation.started() + "-1"
    browser = browse("officer")
    html = browser.get(f"/tasks/{task}").get_data(True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)[1]
    browser.client.delete_cookie("session")
    answer = browser.client.post(
        f"/tasks/{task}/draft",
        data={"reason": "旧了"},
        headers={"Accept": "application/json", "X-CSRFToken": token},
    )
    assert answer.status_code == 401
    assert answer.get_json()["message"]


def test_a_finished_step_says_so(federation, browse):
    task = federation.started() + "-1"
    browser = browse("officer")
    sent(browser, task, APPLY)
    assert "这一步已办结" in browser.text(f"/tasks/{task}")
    late = browser.post(f"/tasks/{task}", {"_action": "submit", **APPLY}, page="/inbox")
    assert late.status_code == 409
    assert "这一步已由林小芳" in late.get_data(True)


def known_facts(html):
    """What the form only shows, by label."""
    return dict(
        re.findall(r'bf-answer-label"[^>]*>([^<]+)</label>\s*<span[^>]*>(.*?)</span>', html)
    )


def test_a_refused_review_and_a_reopened_draft_still_show_what_the_case_knows(federation, browse):
    task = federation.applied()
    browser = browse("reviewer")
    first = known_facts(browser.text(f"/tasks/{task}"))
    assert "1,200.00" in first["申请金额"]
    refused = sent(browser, task, {"decision": "return", "return_to": "apply", "comment": ""})
    assert refused.status_code == 422
    assert known_facts(refused.get_data(True)) == first
    assert known_facts(browser.text(f"/tasks/{task}")) == first, "the draft that was kept"


def test_the_decision_has_a_line_of_its_own_that_stays_in_sight_and_nothing_is_ticked(
    federation, browse
):
    page = browse("reviewer").text(f"/tasks/{federation.applied()}")

    line = page.partition("bf-line-decision")[2].partition('<div class="bf-line')[0]
    assert [word for word in ("同意", "退回", "不同意") if word not in line] == []
    assert "checked" not in line
