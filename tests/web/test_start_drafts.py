"""我的草稿: a start form that was begun is there again, and in a list, until it is a case."""

import re

START = "/start/example_request/mill"


def nonce_of(html):
    return re.search(r'name="_nonce" value="([^"]+)"', html)[1]


def test_a_start_form_that_was_begun_is_there_again(federation, browse):
    browser = browse("officer")
    kept = browser.post(START, {"_action": "draft", "subject": "添置安全帽"})
    assert kept.status_code == 303
    assert kept.headers["Location"].endswith(START)
    page = browser.text(START)
    assert 'value="添置安全帽"' in page
    assert "保存的草稿" in page
    listed = browser.text("/drafts")
    assert "添置安全帽" in listed
    assert START in listed
    assert "添置安全帽" not in browse("reviewer").text("/drafts")


def test_the_page_saves_by_itself_and_a_case_takes_the_draft_away(federation, browse):
    browser = browse("officer")
    saved = browser.post(f"{START}/draft", {"subject": "添置工具柜"})
    assert saved.get_json()["saved_at"]
    html = browser.get(START).get_data(True)
    sent = {"_action": "submit", "_nonce": nonce_of(html), "subject": "添置工具柜"}
    assert browser.post(START, sent).status_code == 303
    assert "没有草稿" in browser.text("/drafts")
    assert 'value="添置工具柜"' not in browser.text(START)


def test_a_draft_is_thrown_away(federation, browse):
    browser = browse("officer")
    browser.post(START, {"_action": "draft", "subject": "不要了"})
    assert browser.post(f"{START}/discard", {}).status_code == 303
    assert "没有草稿" in browser.text("/drafts")


def test_a_half_filled_step_is_in_the_list_too(federation, browse):
    task = federation.started() + "-1"
    browser = browse("officer")
    browser.post(f"/tasks/{task}/draft", {"reason": "旧了"})
    listed = browser.text("/drafts")
    assert f"/tasks/{task}" in listed
    assert "删去草稿" not in listed
