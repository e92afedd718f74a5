"""Signing in, and what happens to a form when the sign-in has run out."""

import re
from html import unescape

import pytest

FILLED = {"applicant_name": "张小红", "reason": "旧的已经开裂"}


def test_who_is_not_signed_in_is_brought_back_to_where_she_wanted_to_go(federation, browse):
    browser = browse("")
    away = browser.get("/cases?q=张")
    assert away.status_code == 303
    login = away.headers["Location"]
    back = re.search(r'name="back" value="([^"]+)"', browser.get(login).get_data(True))[1]
    fields = {"username": "officer", "password": "a-long-password-2026", "back": unescape(back)}
    assert browser.post("/login", fields).headers["Location"].startswith("/cases?q=")


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_a_link_never_leads_to_another_site_after_signing_in(federation, browse, back):
    fields = {"username": "officer", "password": "a-long-password-2026", "back": back}
    assert browse("").post("/login", fields).headers["Location"] == "/inbox"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(federation, browse):
    browser = browse("")
    wrong = browser.sign_in("officer", "wrong")
    unknown = browser.sign_in("nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    sentence = "用户名或密码不对,请核对后再试。"
    assert sentence in wrong.get_data(True)
    assert sentence in unknown.get_data(True)


def test_a_half_filled_form_sent_after_the_sign_in_ran_out_is_there_after_signing_in(
    federation, browse
):
    federation.started()
    task = federation.first_task("officer")
    browser = browse("officer")
    page = browser.get(f"/tasks/{task}").get_data(True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    federation.engine.accounts.sign_out(browser.client.get_cookie("session").value)

    fields = {"csrf_token": token, "_action": "submit", **FILLED}
    asked = browser.client.post(f"/tasks/{task}?due=later", data=fields)
    assert asked.status_code == 401
    html = asked.get_data(True)
    told = r"登录已超时。您填写的内容已于 \d\d:\d\d 存为草稿,重新登录后会自动打开。"
    assert re.search(told, html)
    kept = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    }
    wrong = browser.client.post("/login", data={**kept, "username": "officer", "password": "no"})
    assert wrong.status_code == 401
    assert "张小红" in wrong.get_data(True)
    done = browser.client.post(
        "/login", data={**kept, "username": "officer", "password": "a-long-password-2026"}
    )
    assert done.headers["Location"] == f"/tasks/{task}?due=later"
    again = browser.text(f"/tasks/{task}")
    assert 'value="张小红"' in again
    assert "旧的已经开裂" in again


def test_a_start_form_sent_after_the_sign_in_ran_out_is_filled_in_again(federation, browse):
    browser = browse("officer")
    page = browser.get("/start/example_request/mill").get_data(True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    browser.client.delete_cookie("session")
    asked = browser.client.post(
        "/start/example_request/mill",
        data={"csrf_token": token, "_action": "submit", "subject": "修理风扇"},
    )
    kept = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.get_data(True)))
    again = browser.client.post(
        "/login", data={**kept, "username": "officer", "password": "a-long-password-2026"}
    )
    assert again.status_code == 200
    assert 'value="修理风扇"' in again.get_data(True)


def test_a_post_without_our_token_is_refused_in_words(federation, browse):
    browser = browse("officer")
    task = federation.started() + "-1"
    refused = browser.client.post(f"/tasks/{task}", data={"_action": "submit"})
    assert refused.status_code == 400
    assert "填写的内容还在" in refused.get_data(True)


def test_signed_out_is_signed_out(federation, browse):
    browser = browse("officer")
    assert browser.post("/logout", {}, page="/inbox").status_code == 303
    assert browser.get("/inbox").status_code == 303


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(federation, browse):
    cookie = browse("officer").client.get_cookie("session")
    assert cookie.http_only
    assert cookie.same_site == "Lax"


def test_a_one_use_link_sets_a_password_once(federation, browse):
    token = federation.engine.accounts.reset_password(federation.actor("admin"), "p-officer")
    browser = browse("")
    new = {"password": "another-password-1", "again": "another-password-1"}
    unequal = browser.post(f"/password/{token}", {**new, "again": "typo"})
    assert "两次输入的密码不一致" in unequal.get_data(True)
    assert browser.post(f"/password/{token}", new).status_code == 303
    assert browser.sign_in("officer", "another-password-1").status_code == 303
    used = browser.post(f"/password/{token}", new)
    assert "请找管理员重新开具密码条" in used.get_data(True)
