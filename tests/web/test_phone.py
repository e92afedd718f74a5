"""手机传图 at browsers without scripts: the computer's and the phone's."""

import io
import re

import pytest

from tests.web.conftest import Browser, nonce_of

pytestmark = pytest.mark.both_databases

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
FIELD = "attachment"


@pytest.fixture
def task(federation) -> str:
    federation.started()
    return federation.first_task("officer")


def begun(officer: Browser, task: str) -> str:
    """The address that the code says."""
    page = officer.text(f"/tasks/{task}")
    name = re.search(r'value="phone:([^"]+)"', page)
    assert name is not None
    first = officer.post(
        f"/tasks/{task}",
        {"applicant_name": "张小红", "_action": f"phone:{name[1]}", "_nonce": nonce_of(page)},
    )
    assert first.status_code == 307
    second = officer.client.post(
        first.location, data={"csrf_token": re.search(r'csrf_token" value="([^"]+)', page)[1]}
    )
    assert second.status_code == 303
    code = officer.text(second.location)
    found = re.search(r'phone-address">[^<]*?(/p/[^<]+)<', code)
    assert found is not None
    assert 'class="qr"' in code
    officer.code_page = second.location
    return found[1]


def sent(phone: Browser, address: str, *contents: bytes):
    files = [(io.BytesIO(content), f"{n}.png") for n, content in enumerate(contents)]
    return phone.client.post(address, data={"file": files})


def test_pictures_go_from_the_phone_into_the_form(federation, browse, task):
    officer, phone = browse("officer"), browse("")
    address = begun(officer, task)
    assert "拍照或从相册选择" in phone.text(address)

    answer = sent(phone, address, PNG)
    assert answer.status_code == 200
    assert "已收到 1 张" in answer.get_data(as_text=True)

    assert "0.png" in officer.text(officer.code_page)
    back = officer.post(f"{officer.code_page}/into-form", {}, page=officer.code_page)
    assert back.location == f"/tasks/{task}"
    form = officer.text(back.location)
    assert ">0.png<" in form
    assert 'value="张小红"' in form  # what was typed before is kept


def test_the_phone_is_told_what_is_wrong_and_the_rest_arrives(federation, browse, task):
    officer, phone = browse("officer"), browse("")
    address = begun(officer, task)

    answer = sent(phone, address, b"<html>")

    assert answer.status_code == 422
    assert "不是图片" in answer.get_data(as_text=True)


def test_too_large_is_told_in_words(federation, browse, task):
    officer, phone = browse("officer"), browse("")
    address = begun(officer, task)

    answer = sent(phone, address, PNG + bytes(21 * 1024 * 1024))

    assert answer.status_code == 422
    assert "20 MB" in answer.get_data(as_text=True)


def test_an_address_nobody_gave_out_says_what_to_do(browse):
    phone = browse("")

    answer = phone.get("/p/0123456789abcdef-0000")

    assert answer.status_code == 404
    assert "手机传图" in answer.get_data(as_text=True)
    assert sent(phone, "/p/0123456789abcdef-0000", PNG).status_code == 404


def test_when_all_is_sent_the_address_is_used_up(federation, browse, task):
    officer, phone = browse("officer"), browse("")
    address = begun(officer, task)
    sent(phone, address, PNG)
    phone.client.post(address, data={"done": "1"})

    assert sent(phone, address, PNG).status_code == 404
    assert "已结束" in phone.text(address)


def test_another_person_does_not_see_the_code(federation, browse, task):
    officer = browse("officer")
    begun(officer, task)

    assert browse("reviewer").get(officer.code_page).status_code == 404


def test_only_fields_for_files_take_pictures(federation, browse, task):
    officer = browse("officer")
    page = officer.text(f"/tasks/{task}")
    token = re.search(r'csrf_token" value="([^"]+)', page)[1]

    answer = officer.client.post(
        f"/phone?task={task}", data={"field": "applicant_name", "csrf_token": token}
    )

    assert answer.status_code == 404
