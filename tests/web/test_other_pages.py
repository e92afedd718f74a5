"""Cases, supervision, processes, the directory, errors, headers."""

import io
import re
from datetime import timedelta

import pytest

from engine import SYSTEM, errors
from engine.definitions.folder import folder_scenarios, read_folder
from engine.errors import BangfuError
from engine.model.definitions import SourceFile
from tests.web.conftest import ROOT
from webapp.shared.errors import STATUS, status_of
from webapp.shared.words import amount

APPLY = {"applicant_name": "张小红", "amount": 1200, "needed_by": "2026-12-20", "reason": "旧了"}


def leaves(kind):
    below = kind.__subclasses__()
    return [kind] if not below else [leaf for one in below for leaf in leaves(one)]


def test_every_error_of_the_engine_has_its_status():
    ours = [kind for kind in leaves(BangfuError) if kind.__module__ == errors.__name__]
    assert ours
    assert not [kind.__name__ for kind in ours if kind not in STATUS]
    assert status_of(errors.NotFound()) == 404


PAGES = {
    "officer": ["/inbox", "/done", "/done?show=cases", "/cases", "/start", "/notices"],
    "supervisor": [
        "/supervision",
        "/supervision/units",
        "/supervision/unstaffed",
        "/supervision/gaps",
    ],
    "admin": [
        "/processes",
        "/processes/example_request",
        "/deploy",
        "/admin/units",
        "/admin/units/mill",
        "/admin/people",
        "/admin/people/p-officer",
        "/admin/roles",
        "/admin/designations",
        "/admin/parameters",
        "/admin/parameters/notice days",
        "/admin/parameters/lawsuit period",
        "/supervision/gaps",
        "/admin/holidays",
        "/admin/holidays?year=2027",
    ],
}


@pytest.mark.parametrize("username", PAGES)
def test_every_page_is_strict_and_has_no_inline_code(federation, browse, username):
    case = federation.started()
    browser = browse(username)
    pages = PAGES[username]
    if username == "officer":
        pages = [
            *pages,
            f"/tasks/{case}-1",
            f"/cases/{case}",
            f"/cases/{case}?tab=history",
            f"/cases/{case}?tab=diagram",
            "/start/example_request/mill",
        ]
    for address in pages:
        answer = browser.get(address)
        html = answer.get_data(True)
        assert answer.status_code == 200, address
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), address
        assert not re.search(r"<[^>]+\s(style|on\w+)=", html), address
        assert re.search(r'<html lang="zh-CN">', html)


def test_a_page_that_does_not_exist_says_so_with_a_number_for_the_phone(federation, browse):
    answer = browse("officer").get("/nothing-here")
    assert answer.status_code == 404
    html = answer.get_data(True)
    assert "没有找到这个页面" in html
    assert answer.headers["X-Request-Id"] in html


def test_another_units_case_and_a_number_that_does_not_exist_are_answered_alike(federation, browse):
    case = federation.started()
    admin = browse("admin")
    hidden, missing = admin.get(f"/cases/{case}"), admin.get("/cases/01hzzzzzzzzzzzzzzzzzzzzzzz")
    sentence = "没有找到这一件"
    assert hidden.status_code == missing.status_code == 404
    assert sentence in hidden.get_data(True)
    assert sentence in missing.get_data(True)


def test_a_name_is_masked_on_the_case_and_shown_when_asked_for_with_a_trace(federation, browse):
    case = federation.applied().rpartition("-")[0]
    browser = browse("supervisor")
    page = f"/cases/{case}"
    assert "张小红" not in browser.text(page)
    clear = browser.post(f"{page}/clear", {}, page=page).get_data(True)
    assert "张小红" in clear
    assert "本次查看已留痕" in clear
    entries = federation.engine.audit.entries(0, 200)
    assert any(e.action == "personal-data-read" and e.target == case for e in entries)


def test_a_refusal_is_written_down(federation, browse):
    assert browse("officer").get("/admin/units").status_code == 403
    entries = federation.engine.audit.entries(0, 200)
    assert any(e.action == "refused" and e.target == "/admin/units" for e in entries)


def test_the_supervisors_numbers_add_up_and_lead_to_their_rows(federation, browse):
    federation.started("一")
    federation.started("二")
    federation.applied("三")
    federation.clock.advance(timedelta(days=20))
    browser = browse("supervisor")
    html = browser.text("/supervision")
    total = int(re.search(r"<b>(\d+)</b> 个环节超期", html)[1])
    assert total == 3
    for links in re.findall(r"<tbody>(.*?)</tbody><tfoot>", html, re.DOTALL):
        counted = 0
        for href, number in re.findall(r'<td class="num"><a href="([^"]+)"[^>]*>(\d+)</a>', links):
            counted += int(number)
            narrowed = browser.text(href.partition("#")[0])
            assert narrowed.count("due-overdue") == int(number), href
        assert counted == total
    assert "【督办提醒】" in html
    assert "张小红" not in html.partition("【督办提醒】")[2]


def test_a_bpmn_file_that_is_no_xml_is_refused_with_a_finding(federation, browse):
    browser = browse("admin")
    files = {"files": (io.BytesIO(b"not xml"), "broken.bpmn"), "act": "deploy"}
    refused = browser.post("/deploy", files)
    assert refused.status_code == 422
    html = refused.get_data(True)
    assert "未部署" in html
    assert "broken.bpmn" in html


def test_a_finding_says_what_to_do_in_the_language_of_the_page(federation, browse):
    browser = browse("admin")
    post = lambda: browser.post(  # noqa: E731 - a stream is read once
        "/deploy", {"files": (io.BytesIO(b"not xml"), "broken.bpmn"), "act": "check"}
    ).get_data(True)
    assert "请在建模工具中重新保存后再上传。" in post()
    browser.client.set_cookie("lang", "en")
    english = post()
    assert "Save it again in the modelling tool and upload it once more." in english
    assert re.search(r"The checks found \d errors; nothing was deployed", english)


def test_the_deployed_file_passes_its_own_check(federation, browse):
    browser = browse("admin")
    content = browser.get("/processes/example_request/1/example_request.bpmn").data
    assert content.startswith(b"<?xml")
    checked = browser.post(
        "/deploy", {"files": (io.BytesIO(content), "example_request.bpmn"), "act": "check"}
    )
    assert "检查结果" in checked.get_data(True) or "检查通过" in checked.get_data(True)


def test_what_passed_the_check_is_deployed_without_choosing_it_again(federation, browse):
    browser, definitions = browse("admin"), federation.engine.definitions
    before = len(definitions.versions("example_request"))
    sent = _renamed(example_files(*folder_scenarios(ROOT / "processes", "example_request")))
    checked = browser.post("/deploy", {**sent, "act": "check"}).get_data(True)
    assert len(definitions.versions("example_request")) == before
    assert "部署刚才检查过的文件" in checked
    assert "example_request.bpmn" in checked
    kept = re.search(r'name="checked" value="([^"]+)"', checked)[1]
    deployed = browser.post("/deploy", {"checked": kept, "act": "deploy"}).get_data(True)
    assert "第 2 版" in deployed
    assert "<dt>通过</dt><dd>7/7</dd>" in deployed
    assert 'name="checked"' not in deployed
    assert len(definitions.versions("example_request")) == before + 1


def test_files_that_change_nothing_make_no_version_and_the_page_says_so(federation, browse):
    html = browse("admin").post("/deploy", example_files()).get_data(True)
    assert "与正在使用的版本相同,没有产生新版本" in html
    assert "第 1 版" in html


@pytest.mark.parametrize("damaged", ["?", "UEsDBA==", "bm90IGEgemlw"])
def test_checked_files_that_come_back_damaged_are_refused_in_words(federation, browse, damaged):
    refused = browse("admin").post("/deploy", {"checked": damaged, "act": "deploy"})
    assert refused.status_code == 422
    assert "请重新选择文件,再检查一次" in refused.get_data(True)


def test_a_process_says_in_words_what_it_asks_and_who_must_differ(federation, browse):
    """A limit by parameter with today's value, and steps by their names."""
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    asked = b'value="=parameter(&quot;county review limit&quot;)"'
    changed = [SourceFile(f.name, f.content.replace(b'value="5wd"', asked)) for f in files]
    federation.engine.definitions.deploy(SYSTEM, changed)
    page = browse("admin").text("/processes/example_request")
    rule = federation.engine.settings.rules["county review limit"]
    assert f"{rule.title}(现为 {amount(str(rule.value))})" in page
    assert "填写申请、审核" in page
    assert "按业务参数" not in page
    english = browse("admin")
    english.get("/language/en?back=/processes")
    assert "(now " in english.text("/processes/example_request")


def test_who_is_no_designer_cannot_deploy(federation, browse):
    files = {"files": (io.BytesIO(b"<x/>"), "a.bpmn"), "act": "deploy"}
    assert browse("officer").post("/deploy", files).status_code == 403


def test_a_withdrawn_role_is_gone_with_the_next_click(federation, browse):
    federation.started()
    officer, admin = browse("officer"), browse("admin")
    assert "row-" in officer.text("/inbox")
    page = "/admin/people/p-officer"
    withdraw = re.search(r'action="([^"]+/withdraw)"', admin.text(page))[1]
    assert admin.post(withdraw, {}, page=page).status_code == 303
    assert "row-" not in officer.text("/inbox")


def test_a_new_person_gets_a_slip_and_a_role(federation, browse):
    admin = browse("admin")
    page = "/admin/units/school"
    fields = {"name": "新来的", "username": "newcomer", "phone": "0596-0000001"}
    slip = admin.post(f"{page}/people", fields, page=page).get_data(True)
    link = re.search(r"http://localhost(/password/[\w-]+)", slip)[1]
    new = {"password": "newcomers-password", "again": "newcomers-password"}
    assert browse("").post(link, new).status_code == 303
    href = re.search(r'href="(/admin/people/[^"]+)">新来的', admin.text("/admin/people?q=新来的"))[
        1
    ]
    grant = {"role": "officer", "unit": "school"}
    assert admin.post(f"{href}/grants", grant, page=href).status_code == 303
    newcomer = browse("")
    assert newcomer.sign_in("newcomer", "newcomers-password").status_code == 303
    assert "新建申请" in newcomer.text("/inbox")


def test_starting_a_case_twice_with_one_page_makes_one_case(federation, browse):
    browser = browse("officer")
    html = browser.get("/start/example_request/mill").get_data(True)
    fields = {
        "csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', html)[1],
        "_nonce": re.search(r'name="_nonce" value="([^"]+)"', html)[1],
        "_action": "submit",
        "subject": "修理风扇",
    }
    places = {
        browser.client.post("/start/example_request/mill", data=fields).headers["Location"]
        for _ in range(2)
    }
    assert len(places) == 1
    assert places.pop().startswith("/tasks/")
    assert browser.text("/cases").count("修理风扇") == 1


def test_a_case_that_nobody_has_a_step_of_is_waiting(federation, browse):
    review = federation.applied("修理风扇")
    federation.engine.tasks.complete(federation.actor("reviewer"), review, {"decision": "agree"})
    post = federation.first_task("officer")
    place = {"notice_place": "厂区公示栏"}
    federation.engine.tasks.complete(federation.actor("officer"), post, place)

    officer = browse("officer")
    for page in ("/cases", "/done?show=cases"):
        row = officer.text(page).partition("修理风扇")[2].partition("</tr>")[0]
        assert "等待中" in row, page
    case = officer.text(f"/cases/{review.rpartition('-')[0]}")
    assert "这一件正在等待,到期或者收到回复后自动转到下一环节。" in case


def test_english_is_a_click_away(federation, browse):
    browser = browse("officer")
    assert browser.get("/language/en?back=/inbox").status_code == 303
    html = browser.text("/inbox")
    assert '<html lang="en">' in html
    assert "My tasks" in html


def test_the_machine_that_watches_learns_no_names(federation, browse):
    federation.started("张三的事")
    browse("officer").get("/cases?q=张三")
    metrics = browse("").text("/metrics")
    assert 'route="/cases"' in metrics
    assert "张三" not in metrics
    assert browse("").get("/healthz").data == b"ok\n"
    assert browse("").get("/readyz").data == b"ok\n"


def example_files(*more):
    key = "example_request"
    files = read_folder(ROOT / "processes", ROOT / "forms", key).files
    sent = [(io.BytesIO(one.content), one.name) for one in (*files, *more)]
    return {"files": sent, "act": "deploy"}


def _renamed(sent):
    """The same upload with another name of a step."""
    files = [
        (io.BytesIO(c.read().replace("提出请求".encode(), "请求".encode())), n)
        for c, n in sent["files"]
    ]
    return {**sent, "files": files}


def test_a_designer_sees_how_far_the_scenarios_go(federation, browse):
    browser = browse("admin")
    before = browser.text("/processes/example_request")
    assert "这一版部署时没有带场景文件。" in before
    html = browser.post(
        "/deploy", example_files(*folder_scenarios(ROOT / "processes", "example_request"))
    ).get_data(True)
    assert "没有产生新版本" in html
    for page in (html, browser.text("/processes/example_request")):
        assert "<dt>通过</dt><dd>7/7</dd>" in page
        assert "<dt>环节</dt><dd>17/17</dd>" in page
        assert "没有场景走到" not in page


def test_a_new_version_leads_to_what_it_changes(federation, browse):
    browser = browse("admin")
    html = browser.post("/deploy", _renamed(example_files())).get_data(True)
    assert "第 2 版" in html
    compare = "/processes/example_request/compare"
    assert f'href="{compare}"' in html
    assert "提出请求" in browser.text(compare)


def test_a_scenario_that_fails_is_told_on_the_page_and_nothing_is_deployed(federation, browse):
    browser = browse("admin")
    wrong = SourceFile("wrong.toml", 'title = "不对"\n[start]\nsubject = "模拟"'.encode())
    refused = browser.post("/deploy", example_files(wrong))
    assert refused.status_code == 422
    html = refused.get_data(True)
    assert "1 个场景没有通过,未部署" in html
    assert "案件应当已经结束,但还开着;打开的步骤:apply" in html


def test_what_no_scenario_reaches_has_its_name_on_the_page(federation, browse):
    browser = browse("admin")
    short = SourceFile(
        "short.toml", 'title = "开头"\n[start]\nsubject = "模拟"\n[expect]\nopen = true'.encode()
    )
    assert "scenario-coverage" in browser.post("/deploy", example_files(short)).get_data(True)
    html = browser.text("/processes/example_request")
    assert "没有场景走到:" in html
    assert "审核 <code>review</code>" in html
