"""The applicant's pages: her code opens her case and nothing else, and leaves no trace outside."""

import io
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

import pytest
from werkzeug.test import TestResponse

from engine import SYSTEM, Request
from engine.definitions.folder import read_upload
from engine.model.actors import GUEST_NAME
from engine.model.receipt_codes import grouped, new_code
from engine.work import receipts
from tests.engine.guests.conftest import APPLIED, PDF, PROOF, process_files
from tests.web.conftest import Browser, Federation, nonce_of, token_of

Open = Callable[[str], Browser]
PNG = (
    b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"
)


@dataclass
class Counter:
    """The officer's counter, without a browser."""

    federation: Federation

    def apply(self, name: str = "张模拟") -> str:
        request = Request("guest_aid", "mill", {**APPLIED, "applicant_name": name})
        engine = self.federation.engine
        return engine.cases.start(self.federation.actor("officer"), request).case_id

    def receipt(self, case_id: str) -> str:
        engine = self.federation.engine
        return engine.receipts.issue(self.federation.actor("officer"), case_id).code

    def do(self, by: str, case_id: str, data: dict[str, object]) -> None:
        engine = self.federation.engine
        (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
        engine.tasks.complete(self.federation.actor(by), step.id, data)

    def asked(self, name: str = "张模拟") -> str:
        """A case that waits for a paper of the applicant."""
        case_id = self.apply(name)
        self.do("officer", case_id, {"checked": "missing", "missing": "缺住院发票"})
        return case_id


@pytest.fixture
def counter(federation: Federation) -> Counter:
    federation.engine.definitions.deploy(SYSTEM, read_upload(process_files()).files)
    return Counter(federation)


@pytest.fixture
def phone(federation: Federation) -> Browser:
    return Browser(federation.app)


def enter(phone: Browser, code: str, proof: str = PROOF) -> TestResponse:
    return phone.post("/receipt", {"code": code, "proof": proof}, page="/receipt/enter")


def only_step(page: str) -> str:
    (found,) = set(re.findall(r'href="(/receipt/steps/[^"]+)"', page))
    return found


def test_code_status_paper_and_done(counter: Counter, phone: Browser) -> None:
    case_id = counter.asked()
    answer = enter(phone, grouped(counter.receipt(case_id)).lower())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/receipt")
    page = phone.text("/receipt")
    assert "需要您补一份材料" in page
    assert "缺住院发票" in page
    assert "11月24日" in page
    step = only_step(page)
    html = unescape(phone.get(step).get_data(as_text=True))
    assert "四角都在" in html
    assert "代办单" not in html
    fields = {
        "csrf_token": token_of(html),
        "_nonce": nonce_of(html),
        "_action": "submit",
        "papers": (io.BytesIO(PNG), "发票.png"),
    }
    done = phone.client.post(step, data=fields, content_type="multipart/form-data")
    assert (done.status_code, done.headers["Location"]) == (303, "/receipt")
    after = phone.text("/receipt")
    assert "已提交“补交材料”" in after
    assert "已收到,正在核对" in after
    (paper,) = re.findall(r'href="(/receipt/files/[^"]+)"', after)
    assert phone.get(paper).get_data() == PNG


def test_the_history_of_the_staff_names_her_and_her_words(
    counter: Counter, phone: Browser, browse: Open
) -> None:
    case_id = counter.asked()
    enter(phone, counter.receipt(case_id))
    page = phone.text("/receipt")
    (send,) = re.findall(r'action="(/receipt/messages/[^"]+)"', page)
    done = phone.post(send, {"reason": "自己解决了"}, page="/receipt")
    assert done.status_code == 303
    assert "已按您的申请撤回" in phone.text("/receipt")
    history = browse("officer").text(f"/cases/{case_id}?tab=history")
    assert f"{GUEST_NAME}提出“申请人撤回”。" in history
    assert "自己解决了" in history


def test_a_refusal_can_be_read_and_appealed_and_nothing_typed_is_lost(
    counter: Counter, phone: Browser
) -> None:
    case_id = counter.apply()
    counter.do("officer", case_id, {"checked": "complete"})
    counter.do("reviewer", case_id, {"decision": "refuse", "refusal_reason": "<b>收入高</b>"})
    enter(phone, counter.receipt(case_id))
    html = phone.get("/receipt").get_data(as_text=True)
    assert "&lt;b&gt;收入高&lt;/b&gt;" in html
    assert "可在 12月9日 前提出" in unescape(html)
    (send,) = re.findall(r'action="(/receipt/messages/[^"]+)"', html)
    short = phone.post(send, {"reason": "x"}, page="/receipt")
    assert short.status_code == 422
    assert "写明理由" in short.get_data(as_text=True)
    assert phone.post(send, {"reason": "去年的收入算重了"}, page="/receipt").status_code == 303
    assert "正在复核" in phone.text("/receipt")
    late = phone.post(send, {"reason": "再来一次"}, page="/receipt")
    assert late.status_code == 422


def test_wrong_codes_get_one_answer(counter: Counter, phone: Browser) -> None:
    case_id = counter.asked()
    old, code = counter.receipt(case_id), counter.receipt(case_id)
    pages = []
    for typed, proof in ((new_code(), PROOF), (old, PROOF), (code, "9999"), (code, "")):
        answer = enter(phone, typed, proof)
        assert answer.status_code == 401
        assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("receipt=")]
        html = answer.get_data(as_text=True).replace(typed, "").replace(token_of(answer.text), "")
        pages.append(html)
    assert len(set(pages)) == 1
    assert enter(phone, code[:-1]).status_code == 422


def test_guessing_is_slowed_and_says_for_how_long(counter: Counter, phone: Browser) -> None:
    code = counter.receipt(counter.asked())
    told = [enter(phone, new_code()) for _ in range(receipts.BY_ADDRESS.times + 1)]
    assert {answer.status_code for answer in told[:-1]} == {401}
    assert told[-1].status_code == 429
    assert 0 < int(told[-1].headers["Retry-After"]) <= 3601
    assert enter(phone, code).status_code == 429


def test_the_code_is_in_no_log_and_no_address(
    counter: Counter, phone: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = counter.receipt(counter.asked())
    enter(phone, code, "9999")
    answer = enter(phone, code)
    page = phone.text(answer.headers["Location"])
    phone.get(only_step(page))
    for sign in (code, grouped(code), "张模拟", APPLIED["id_number"]):
        assert sign not in caplog.text
    assert phone.client.get(f"/receipt?code={code}").status_code == 200
    assert "需要您补一份材料" not in Browser(phone.client.application).text(f"/receipt?code={code}")


def test_the_session_is_a_fresh_cookie_out_of_reach_of_scripts(
    counter: Counter, phone: Browser
) -> None:
    case_id = counter.asked()
    code = counter.receipt(case_id)
    phone.client.set_cookie("receipt", "a-token-that-somebody-planted", path="/receipt")
    (cookie,) = [
        c for c in enter(phone, code).headers.getlist("Set-Cookie") if c.startswith("receipt=")
    ]
    assert "a-token-that-somebody-planted" not in cookie
    assert {"HttpOnly", "SameSite=Lax", "Path=/receipt"} <= set(cookie.split("; "))
    planted = Browser(phone.client.application)
    planted.client.set_cookie("receipt", "a-token-that-somebody-planted", path="/receipt")
    assert "需要您补一份材料" not in planted.text("/receipt")
    first = cookie.partition(";")[0].partition("=")[2]
    enter(phone, code)
    other = Browser(phone.client.application)
    other.client.set_cookie("receipt", first, path="/receipt")
    assert "需要您补一份材料" not in other.text("/receipt"), "entering again ends the first session"


def test_leaving_ends_it_on_the_server_too(counter: Counter, phone: Browser) -> None:
    enter(phone, counter.receipt(counter.asked()))
    cookie = phone.client.get_cookie("receipt", path="/receipt")
    assert cookie is not None
    assert phone.post("/receipt/leave", {}, page="/receipt").status_code == 303
    phone.client.set_cookie("receipt", cookie.value, path="/receipt")
    assert "回执编码" in phone.text("/receipt")


def test_nothing_of_the_staff_opens_with_it(counter: Counter, phone: Browser) -> None:
    case_id = counter.asked()
    task_id = counter.federation.engine.cases.view(SYSTEM, case_id).open_tasks[0].id
    staffs = counter.federation.engine.files.attach(
        counter.federation.actor("officer"), case_id, "内部.pdf", PDF
    )
    enter(phone, counter.receipt(case_id))
    cookie = phone.client.get_cookie("receipt", path="/receipt")
    assert cookie is not None
    phone.client.set_cookie("receipt", cookie.value)
    phone.client.set_cookie("session", cookie.value)
    for address in (
        "/inbox",
        f"/cases/{case_id}",
        f"/tasks/{task_id}",
        f"/files/{staffs.id}",
        f"/api/v1/process-instances/{case_id}",
        f"/api/v1/tasks/{task_id}",
        f"/api/v1/files/{staffs.id}",
    ):
        answer = phone.get(address)
        assert answer.status_code in {303, 401}, address
        assert "缺住院发票" not in answer.get_data(as_text=True)
    bearer = {"Authorization": f"Bearer {cookie.value}"}
    api = phone.client.get(f"/api/v1/process-instances/{case_id}", headers=bearer)
    assert api.status_code == 401
    assert phone.get(f"/receipt/files/{staffs.id}").status_code == 404


def test_one_case_never_opens_another(counter: Counter, phone: Browser) -> None:
    mine, other = counter.asked(), counter.asked("李模拟")
    enter(phone, counter.receipt(mine))
    engine = counter.federation.engine
    theirs = engine.cases.view(SYSTEM, other).open_tasks[0].id
    assert phone.get(f"/receipt/steps/{theirs}").status_code == 404
    stranger = Browser(counter.federation.app)
    enter(stranger, counter.receipt(other))
    (token,) = re.findall(r'action="(/receipt/messages/[^"]+)"', stranger.text("/receipt"))
    assert phone.post(token, {"reason": ""}, page="/receipt").status_code == 422
    assert engine.cases.view(SYSTEM, other).case.status.value == "active"


def test_every_post_needs_the_token_of_our_page(counter: Counter, phone: Browser) -> None:
    code = counter.receipt(counter.asked())
    assert phone.client.post("/receipt", data={"code": code, "proof": PROOF}).status_code == 400
    enter(phone, code)
    page = phone.text("/receipt")
    step, (send,) = only_step(page), re.findall(r'action="(/receipt/messages/[^"]+)"', page)
    for address in (
        step,
        f"{step}/draft",
        f"{step}/refresh",
        send,
        "/receipt/leave",
        "/receipt/files",
    ):
        assert phone.client.post(address, data={"_action": "submit"}).status_code == 400, address
    assert "需要您补一份材料" in phone.text("/receipt")


def test_no_page_of_hers_is_kept_by_the_browser(counter: Counter, phone: Browser) -> None:
    enter(phone, counter.receipt(counter.asked()))
    for address in ("/receipt", only_step(phone.text("/receipt"))):
        headers = phone.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "same-origin"


def test_what_was_typed_when_the_session_was_over_is_there_after_the_code(
    counter: Counter, phone: Browser
) -> None:
    case_id = counter.asked()
    code = counter.receipt(case_id)
    enter(phone, code)
    step = only_step(phone.text("/receipt"))
    html = phone.get(step).get_data(as_text=True)
    phone.client.delete_cookie("receipt", path="/receipt")
    over = phone.client.post(
        step,
        data={"csrf_token": token_of(html), "_action": "submit", "remark": "发票在医院,明天取"},
    )
    assert over.status_code == 401
    page = over.get_data(as_text=True)
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', page))
    assert kept["kept.remark"] == "发票在医院,明天取"
    wrong = phone.client.post(
        "/receipt",
        data={"csrf_token": token_of(page), "code": code, "proof": "1", **kept},
    )
    assert 'value="发票在医院,明天取"' in wrong.get_data(as_text=True)
    back = phone.client.post(
        "/receipt", data={"csrf_token": token_of(page), "code": code, "proof": PROOF, **kept}
    )
    assert back.headers["Location"] == step
    assert "发票在医院,明天取" in phone.text(step)


def test_a_reason_that_was_written_when_the_session_was_over_is_there_too(
    counter: Counter, phone: Browser
) -> None:
    code = counter.receipt(counter.asked())
    enter(phone, code)
    page = phone.get("/receipt").get_data(as_text=True)
    (send,) = re.findall(r'action="(/receipt/messages/[^"]+)"', page)
    phone.client.delete_cookie("receipt", path="/receipt")
    asked = phone.client.post(send, data={"csrf_token": token_of(page), "reason": "自己解决了"})
    assert asked.status_code == 401
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', asked.get_data(as_text=True)))
    back = phone.client.post(
        "/receipt", data={"csrf_token": token_of(page), "code": code, "proof": PROOF, **kept}
    )
    assert "自己解决了</textarea>" in back.get_data(as_text=True)
    assert "需要您补一份材料" in back.get_data(as_text=True)


def test_a_form_that_comes_too_late_can_still_be_copied(counter: Counter, phone: Browser) -> None:
    case_id = counter.asked()
    code = counter.receipt(case_id)
    enter(phone, code)
    step = only_step(phone.text("/receipt"))
    html = phone.get(step).get_data(as_text=True)
    engine, officer = counter.federation.engine, counter.federation.actor("officer")
    ids = [engine.files.stage(officer, f"{n}.pdf", PDF).id for n in "ab"]
    counter.do("officer", case_id, {"papers": [ids[0]], "signed_paper": ids[1]})
    fields = {"csrf_token": token_of(html), "_action": "submit", "remark": "发票在医院"}
    late = phone.client.post(step, data=fields)
    assert late.status_code == 409
    assert "发票在医院" in late.get_data(as_text=True)
    assert "已由林小芳" in late.get_data(as_text=True)
    phone.client.delete_cookie("receipt", path="/receipt")
    page = phone.client.post(step, data=fields).get_data(as_text=True)
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', page))
    back = phone.client.post(
        "/receipt", data={"csrf_token": token_of(html), "code": code, "proof": PROOF, **kept}
    )
    assert back.status_code == 409
    assert "发票在医院" in back.get_data(as_text=True)


def test_the_officer_gives_a_receipt_out_once_and_again(
    counter: Counter, phone: Browser, browse: Open
) -> None:
    case_id = counter.asked()
    officer = browse("officer")
    page = officer.text(f"/cases/{case_id}")
    assert "开回执并打印" in page
    nonce = nonce_of(page)
    slip = officer.post(f"/cases/{case_id}/receipt", {"_nonce": nonce}, page=f"/cases/{case_id}")
    html = unescape(slip.get_data(as_text=True))
    assert slip.status_code == 200
    assert slip.headers["Cache-Control"] == "no-store"
    (code,) = re.findall(r'<p class="receipt-signs">([-A-Z0-9]+)</p>', html)
    assert "不必再跑一趟" in html
    assert "后四位" in html
    assert "<svg" in html
    assert enter(phone, code).status_code == 303
    again = officer.post(f"/cases/{case_id}/receipt", {"_nonce": nonce}, page=f"/cases/{case_id}")
    assert again.status_code == 303, "a reload must not end what was just printed"
    assert enter(phone, code).status_code == 303
    page = officer.text(f"/cases/{case_id}")
    assert "由林小芳开出" in page
    officer.post(f"/cases/{case_id}/receipt", {"_nonce": nonce_of(page)}, page=f"/cases/{case_id}")
    assert enter(phone, code).status_code == 401
    assert "(之前 1 张已作废)" in officer.text(f"/cases/{case_id}")
    task_id = counter.federation.engine.cases.view(SYSTEM, case_id).open_tasks[0].id
    assert "可由申请人凭回执办理" in officer.text(f"/tasks/{task_id}")


def test_who_is_signed_in_at_work_cannot_pass_for_the_applicant(
    counter: Counter, browse: Open
) -> None:
    code = counter.receipt(counter.asked())
    officer = browse("officer")
    enter(officer, code)
    page = officer.text("/receipt")
    (send,) = re.findall(r'action="(/receipt/messages/[^"]+)"', page)
    for address in (send, only_step(page)):
        refused = officer.post(address, {"_action": "submit"}, page="/receipt")
        assert refused.status_code == 403
        assert "工作人员身份" in refused.get_data(as_text=True)
    assert "需要您补一份材料" in officer.text("/receipt")


def test_those_who_only_look_on_see_the_box_without_the_button(
    counter: Counter, browse: Open
) -> None:
    case_id = counter.asked()
    counter.receipt(case_id)
    supervisor = browse("supervisor")
    page = supervisor.text(f"/cases/{case_id}")
    assert "由林小芳开出" in page
    assert "重开并打印" not in page
    refused = supervisor.post(f"/cases/{case_id}/receipt", {}, page=f"/cases/{case_id}")
    assert refused.status_code == 403


def test_a_process_without_receipts_says_nothing_of_them(
    federation: Federation, browse: Open
) -> None:
    case_id = federation.started()
    assert "receipt-box" not in browse("officer").text(f"/cases/{case_id}")


def test_without_a_session_only_the_code_is_asked(counter: Counter, phone: Browser) -> None:
    case_id = counter.asked()
    task_id = counter.federation.engine.cases.view(SYSTEM, case_id).open_tasks[0].id
    assert phone.get(f"/receipt/steps/{task_id}").headers["Location"] == "/receipt/enter"
    asked = phone.client.get(f"/receipt/steps/{task_id}", headers={"Accept": "application/json"})
    assert asked.status_code == 401
    assert phone.get("/receipt").status_code == 200


@pytest.mark.parametrize("nonsense", ["", " ", "0" * 16, "x" * 5000, "张" * 16, "=1+1", "%00"])
def test_nonsense_is_told_in_words(counter: Counter, phone: Browser, nonsense: str) -> None:
    answer = enter(phone, nonsense)
    assert answer.status_code == 422
    assert "16 位" in answer.get_data(as_text=True)


def test_the_slip_is_chinese_whatever_the_officer_reads(counter: Counter, browse: Open) -> None:
    case_id = counter.asked()
    slips = []
    for language in ("zh_Hans_CN", "en"):
        officer = browse("officer")
        officer.client.set_cookie("lang", language)
        page = f"/cases/{case_id}"
        nonce = nonce_of(officer.text(page))
        html = officer.post(f"{page}/receipt", {"_nonce": nonce}, page=page).get_data(as_text=True)
        paper = html.partition("<article")[2].partition("</article>")[0]
        slips.append(re.sub(r"<svg.*?</svg>|receipt-signs\">[^<]+", "", paper, flags=re.DOTALL))
    assert "这张纸等于钥匙" in slips[0]
    assert slips[0] == slips[1]
