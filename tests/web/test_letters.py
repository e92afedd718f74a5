"""写信给工会: nobody signs in, nothing that was written is lost, a bot gets nothing."""

import io
import logging
import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from engine import SYSTEM
from engine.definitions.folder import read_upload
from engine.model.receipt_codes import normal_code
from engine.work import public_intake
from tests.engine.guests.conftest import PDF, WRITTEN, letter_files
from tests.web.conftest import Browser, Federation, nonce_of, token_of

PAGE = "/letters/letter/mill"


@pytest.fixture
def letterbox(federation: Federation) -> Federation:
    federation.engine.definitions.deploy(SYSTEM, read_upload(letter_files()).files)
    return federation


@pytest.fixture
def phone(letterbox: Federation) -> Browser:
    return Browser(letterbox.app)


def write(phone: Browser, html: str = "", **changed: object) -> TestResponse:
    """Send the letter from a page, by default a new one."""
    html = html or phone.get(PAGE).get_data(as_text=True)
    fields = {
        **{name: str(value) for name, value in WRITTEN.items()},
        "csrf_token": token_of(html),
        "_nonce": nonce_of(html),
        "_action": "submit",
        "leave_empty": "",
        **changed,
    }
    return phone.client.post(PAGE, data=fields, content_type="multipart/form-data")


def text(answer: TestResponse) -> str:
    return unescape(answer.get_data(as_text=True))


def code_on(page: str) -> str:
    found = re.search(r'id="code">([^<]+)<', page)
    assert found is not None
    return found[1]


def cases(federation: Federation) -> int:
    return len(federation.engine.cases.search(SYSTEM, "来信"))


def test_from_the_first_page_to_the_code_and_the_status(
    letterbox: Federation, phone: Browser
) -> None:
    assert phone.get("/letters").headers["Location"] == "/letters/letter"
    unions = phone.text("/letters/letter")
    assert f'href="{PAGE}"' in unions
    page = phone.text(PAGE)
    assert "写清楚是谁" in page
    assert "模拟·纺织厂工会" in page
    answer = write(phone)
    assert answer.status_code == 200
    told = text(answer)
    assert "已收到您的来信" in told
    assert "工会 5 个工作日内答复张模拟。" in told
    assert "手机号或证件号码的后四位" in told
    code = code_on(told)
    assert normal_code(code)
    assert answer.headers["Cache-Control"] == "no-store"
    entered = phone.post("/receipt", {"code": code, "proof": "0011"}, page="/receipt/enter")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/receipt")
    status = phone.text("/receipt")
    assert "已收到,正在看" in status
    assert 'href="/receipt/add"' in status


def test_a_second_press_shows_the_same_code_and_makes_no_second_case(
    letterbox: Federation, phone: Browser
) -> None:
    html = phone.get(PAGE).get_data(as_text=True)
    first, second = text(write(phone, html)), text(write(phone, html))
    assert code_on(first) == code_on(second)
    assert cases(letterbox) == 1
    changed = write(phone, html, request="还有四月的工资")
    assert changed.status_code == 409
    assert "已经从这一页发出过" in text(changed)
    assert "还有四月的工资" in text(changed)
    assert write(phone, changed.get_data(as_text=True), request="还有四月的工资").status_code == 200
    assert cases(letterbox) == 2


def test_an_error_keeps_every_word_and_every_paper(letterbox: Federation, phone: Browser) -> None:
    answer = write(phone, your_name="", papers=(io.BytesIO(PDF), "工资条.pdf"))
    assert answer.status_code == 422
    page = text(answer)
    assert "三月的工资没有发" in page
    assert "工资条.pdf" in page
    found = re.search(r'name="papers" value="([0-9a-f]{26})"', page)
    assert found is not None
    done = write(phone, answer.get_data(as_text=True), papers=found[1])
    assert done.status_code == 200
    (case,) = letterbox.engine.cases.search(SYSTEM, "来信")
    view = letterbox.engine.cases.view(letterbox.actor("officer"), case.id)
    assert [one.name for one in view.files.values()] == ["工资条.pdf"]


def test_a_refused_paper_keeps_the_words(letterbox: Federation, phone: Browser) -> None:
    answer = write(phone, papers=(io.BytesIO(b"MZ\x90\x00program"), "照片.jpg"))
    assert answer.status_code == 422
    assert "不是图片" in text(answer)
    assert "三月的工资没有发" in text(answer)
    assert cases(letterbox) == 0


def test_without_our_token_nothing_is_sent_and_nothing_is_lost(
    letterbox: Federation, phone: Browser
) -> None:
    for token in ("", "forged"):
        answer = write(phone, csrf_token=token)
        assert answer.status_code == 400
        assert "没有发出" in text(answer)
        assert "三月的工资没有发" in text(answer)
    assert cases(letterbox) == 0
    assert write(phone, answer.get_data(as_text=True)).status_code == 200
    stranger = Browser(letterbox.app)
    for address in ("/letters/files", f"{PAGE}/refresh", "/letters/leave"):
        assert stranger.client.post(address).status_code == 400


def test_a_program_that_fills_in_everything_gets_nothing(
    letterbox: Federation, phone: Browser
) -> None:
    answer = write(phone, leave_empty="http://spam.example")
    assert answer.status_code == 422
    assert "请勿填写" in text(answer)
    assert "三月的工资没有发" in text(answer)
    assert cases(letterbox) == 0


def test_too_many_letters_are_told_to_wait_and_not_lost(
    letterbox: Federation, phone: Browser
) -> None:
    for _ in range(public_intake.LETTERS.times):
        assert write(phone).status_code == 200
    answer = write(phone)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "三月的工资没有发" in text(answer)
    assert cases(letterbox) == public_intake.LETTERS.times


def test_somebody_of_the_staff_does_not_write_as_the_public(letterbox: Federation) -> None:
    officer = Browser(letterbox.app)
    officer.sign_in("officer")
    answer = write(officer)
    assert answer.status_code == 403
    assert "工作人员身份" in text(answer)
    assert "三月的工资没有发" in text(answer)
    assert cases(letterbox) == 0


def test_after_leaving_the_page_tells_no_code(letterbox: Federation, phone: Browser) -> None:
    html = phone.get(PAGE).get_data(as_text=True)
    code = code_on(text(write(phone, html)))
    assert phone.post("/letters/leave", {}, page=PAGE).status_code == 303
    again = write(phone, html)
    assert again.status_code == 400  # another browser now: its page has to be fetched anew
    assert code not in text(again)


def test_the_code_and_the_words_are_in_no_log(
    letterbox: Federation, phone: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        code = code_on(text(write(phone)))
    assert code not in caplog.text
    assert normal_code(code) not in caplog.text
    assert "13800000011" not in caplog.text
    assert "三月的工资" not in caplog.text


def test_what_is_not_open_to_the_public_is_not_there(letterbox: Federation, phone: Browser) -> None:
    for address in (
        "/letters/example_request",
        "/letters/example_request/mill",
        "/letters/letter/county",
        "/letters/letter/nowhere",
    ):
        assert phone.get(address).status_code == 404


def test_an_installation_without_such_a_process_says_so(federation: Federation) -> None:
    page = Browser(federation.app).text("/letters")
    assert "网上写信还没有开通" in page


def test_the_applicant_adds_words_and_a_paper_and_the_officer_reads_them(
    letterbox: Federation, phone: Browser
) -> None:
    code = code_on(text(write(phone)))
    phone.post("/receipt", {"code": code, "proof": "0011"}, page="/receipt/enter")
    html = phone.get("/receipt/add").get_data(as_text=True)
    fields = {"csrf_token": token_of(html), "_nonce": nonce_of(html), "_action": "submit"}
    empty = phone.client.post("/receipt/add", data=fields)
    assert empty.status_code == 422
    assert "请写一句话" in text(empty)
    added = {**fields, "words": "老板又换了说法", "papers": (io.BytesIO(PDF), "合同.pdf")}
    done = phone.client.post("/receipt/add", data=added, content_type="multipart/form-data")
    assert (done.status_code, done.headers["Location"]) == (303, "/receipt")
    status = phone.text("/receipt")
    assert "老板又换了说法" in status
    assert "合同.pdf" in status
    officer = Browser(letterbox.app)
    officer.sign_in("officer")
    task = letterbox.first_task("officer")
    page = officer.text(f"/tasks/{task}")
    assert "申请人补充" in page
    assert "老板又换了说法" in page
    case_id = task.rpartition("-")[0]
    assert "老板又换了说法" in officer.text(f"/cases/{case_id}")
    history = officer.text(f"/cases/{case_id}?tab=history")
    assert "补充了内容" in history
    messages = officer.text("/messages")
    assert "凭回执补充了内容" in messages
    assert f'href="/cases/{case_id}"' in messages


def test_an_addition_survives_the_end_of_the_session(letterbox: Federation, phone: Browser) -> None:
    code = code_on(text(write(phone)))
    phone.post("/receipt", {"code": code, "proof": "0011"}, page="/receipt/enter")
    html = phone.get("/receipt/add").get_data(as_text=True)
    phone.client.delete_cookie("receipt", path="/receipt")
    fields = {"csrf_token": token_of(html), "_nonce": nonce_of(html), "words": "还有一句"}
    lost = phone.client.post("/receipt/add", data={**fields, "_action": "submit"})
    assert lost.status_code == 401
    page = lost.get_data(as_text=True)
    kept = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', page))
    answer = phone.client.post(
        "/receipt",
        data={"csrf_token": token_of(page), "code": code, "proof": "0011", **kept},
    )
    assert answer.status_code == 200
    assert "还有一句" in text(answer)
