"""Messages to read, channels to set up, a record of what was sent."""

from datetime import UTC, datetime

import pytest

from tests.web.conftest import Federation

TUESDAY = datetime(2026, 11, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def told(federation: Federation) -> Federation:
    """A step waits for the officer, and half past eight is over."""
    federation.started()
    federation.clock.advance(TUESDAY - federation.clock.now())
    federation.engine.telling.postman().run_once()
    return federation


def test_a_digest_is_told_at_the_top_of_each_page_and_read_on_its_own(told, browse):
    officer = browse("officer")
    assert 'aria-label="消息,1 条未读"' in officer.text("/inbox")
    page = officer.text("/messages")
    assert "您有 1 件待办" in page
    assert officer.post("/messages/read", {}, page="/messages").status_code == 303
    assert "条未读" not in officer.text("/inbox")
    assert "全部标为已读" not in officer.text("/messages")


def test_nobody_else_is_told_and_nobody_reads_without_an_account(told, browse):
    assert "还没有消息" in browse("admin").text("/messages")
    assert browse("").get("/messages").status_code == 303


def test_what_was_typed_stays_when_it_is_refused(told, browse):
    officer = browse("officer")
    refused = officer.post(
        "/messages/contact", {"by_sms": "yes", "mobile": "12345"}, page="/messages"
    )
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "手机号应为 11 位数字" in text
    assert 'value="12345"' in text
    fine = {"by_sms": "yes", "mobile": "13800001111"}
    assert officer.post("/messages/contact", fine, page="/messages").status_code == 303
    assert 'value="13800001111"' in officer.text("/messages")
    assert "13800001111" not in browse("admin").text("/admin/messages/record")


def test_a_channel_is_refused_in_sentences_and_nothing_typed_is_lost(told, browse):
    admin = browse("admin")
    new = "/admin/messages/new?kind=sms"
    fields = {
        "kind": "sms",
        "organisation_id": "city",
        "url": "http://10.0.0.1/send?token=abc",
        "body_kind": "json",
        "body": '{"to": "{mobile}", "text": "{text}"',
        "active": "yes",
    }
    refused = admin.post("/admin/messages/new", fields, page=new)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    for said in ("BANGFU_MESSAGE_HOSTS", "不是合格的 JSON", "没有保存", "10.0.0.1/send?token=abc"):
        assert said in text


@pytest.mark.parametrize(
    "address",
    [
        "/admin/messages",
        "/admin/messages/new?kind=sms",
        "/admin/messages/record",
        "/admin/messages/1",
    ],
)
def test_only_administrators_see_channels_and_the_record(told, browse, address):
    assert browse("officer").get(address).status_code in {403, 404}


@pytest.mark.parametrize(
    "address",
    [
        "/admin/messages/new",
        "/admin/messages/new?kind=pigeon",
        "/admin/messages/77",
        "/admin/messages/99999999999999999999",
        "/admin/messages/record?before=99999999999999999999&status=x&via=pigeon",
    ],
)
def test_nonsense_is_answered_in_words(told, browse, address):
    assert browse("admin").get(address).status_code in {200, 404}


def test_the_record_tells_what_was_sent(told, browse):
    text = browse("admin").text("/admin/messages/record")
    assert "您有 1 件待办" in text
    assert "系统内" in text
    assert "没有这样的消息" in browse("admin").text("/admin/messages/record?status=failed")
