"""Messages to the outside, to real servers: what goes out, when, how often, and what is kept."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from engine import Request
from engine.channels import calling
from engine.errors import Conflict, Invalid, NotPermitted
from engine.model.channels import Channel, ChannelKind
from engine.store.messages import Message, RecordQuestion
from engine.work.notifying import TEST_TEXT, Chosen
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import Workshop
from tests.engine.moving.test_digests import HALF_PAST_EIGHT, limited
from tests.support.gateways import HttpGateway, SmtpServer, http_gateway, smtp_server
from tests.support.waiting import WAITED, until

MOBILE = "13800005678"


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway() as running:
        yield running


@pytest.fixture
def mail_server() -> Iterator[SmtpServer]:
    with smtp_server() as running:
        yield running


def sms(gateway: HttpGateway, **other: str) -> Mapping[str, str]:
    return {
        "url": f"{gateway.url}/send?key={{secret:GATEWAY}}",
        "body_kind": "json",
        "headers": "X-App: bangfu\nAuthorization: Bearer {secret:GATEWAY}",
        "body": '{"phones": ["{mobile}"], "content": "【模拟】{text}", "msgid": "{id}"}',
        "success_field": "code",
        "success_value": "0",
        **other,
    }


def set_up(shop: Workshop, kind: ChannelKind, settings: Mapping[str, str], at: str = "zz") -> int:
    return shop.engine.telling.save_channel(
        shop.actor("admin"), Channel(0, at, kind, active=True, settings=settings)
    )


def deliver(shop: Workshop) -> None:
    """Everything that may go out now."""
    postman = shop.engine.telling.postman()
    while postman.run_once():
        pass


def sent(shop: Workshop, via: str = "sms") -> list[Message]:
    found = shop.engine.telling.record(shop.actor("admin"), RecordQuestion(via=via))
    return list(reversed(found.messages))


def wait_no_longer(shop: Workshop) -> None:
    """Back-offs and leases run by the machine's clock: let them be over."""
    shop.by_hand("UPDATE message SET locked_until = '2020-01-01T00:00:00.000000Z'")


@pytest.fixture
def waiting(shop: Workshop) -> Workshop:
    """One officer with a step before her; she wants text messages."""
    shop.put(limited())
    shop.begin("limited")
    shop.engine.telling.choose(shop.actor("officer"), Chosen(by_sms=True, mobile=MOBILE))
    shop.move_to(HALF_PAST_EIGHT)
    return shop


def test_a_text_message_goes_out_by_the_gateway_once(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    deliver(waiting)
    (call,) = gateway.calls
    assert (call.method, call.path) == ("POST", "/send?key=s3cret%26value")
    assert call.headers["authorization"] == "Bearer s3cret&value"
    assert call.headers["x-app"] == "bangfu"
    body = json.loads(call.body)
    assert body["phones"] == [MOBILE]
    assert body["content"] == "【模拟】您有 1 件待办。"
    assert body["msgid"] == call.headers["x-message-id"]
    (message,) = sent(waiting)
    assert (message.status, message.shown_as, message.attempts) == ("sent", "138****5678", 1)
    deliver(waiting)
    assert len(gateway.calls) == 1
    stored = b"".join(
        bytes(str(row), "utf-8") for row in waiting.rows("SELECT * FROM message")
    ) + bytes(str(waiting.rows("SELECT * FROM contact")), "utf-8")
    assert MOBILE.encode() not in stored


def test_a_text_cannot_break_out_of_its_place(shop: Workshop, gateway: HttpGateway) -> None:
    number = set_up(
        shop, ChannelKind.SMS, sms(gateway, body_kind="form", body="to={mobile}\nt={text}&x=1")
    )
    shop.engine.telling.test_channel(shop.actor("admin"), number, MOBILE)
    deliver(shop)
    fields = parse_qs(gateway.calls[0].body.decode())
    assert fields == {"to": [MOBILE], "t": [f"{TEST_TEXT}&x=1"]}


def test_a_gateway_may_want_everything_in_its_address(shop: Workshop, gateway: HttpGateway) -> None:
    url = f"{gateway.url}/s?m={{mobile}}&c={{text}}"
    settings = sms(gateway, url=url, body_kind="query", body="", headers="")
    number = set_up(shop, ChannelKind.SMS, settings)
    shop.engine.telling.test_channel(shop.actor("admin"), number, MOBILE)
    deliver(shop)
    (call,) = gateway.calls
    assert call.method == "GET"
    assert parse_qs(call.path.partition("?")[2]) == {"m": [MOBILE], "c": [TEST_TEXT]}


def test_three_tries_then_a_person_reads_why_and_sends_it_again(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    gateway.answer = (200, b'{"code": 7, "msg": "no balance for 13800005678 s3cret&value"}')
    for tries in (1, 2, 3):
        deliver(waiting)
        assert len(gateway.calls) == tries
        deliver(waiting)  # the next try waits
        assert len(gateway.calls) == tries
        wait_no_longer(waiting)
    (message,) = sent(waiting)
    assert message.status == "failed"
    assert message.error.startswith("短信网关没有收下(HTTP 200)")
    assert "no balance" in message.error
    assert MOBILE not in message.error
    assert "s3cret" not in message.error
    deliver(waiting)
    assert len(gateway.calls) == 3
    assert len({call.headers["x-message-id"] for call in gateway.calls}) == 1
    gateway.answer = (200, b'{"code": 0}')
    admin = waiting.actor("admin")
    waiting.engine.telling.retry(admin, message.id)
    deliver(waiting)
    assert sent(waiting)[0].status == "sent"
    with pytest.raises(Conflict, match="不是“发送失败”"):
        waiting.engine.telling.retry(admin, message.id)
    with pytest.raises(NotPermitted):
        waiting.engine.telling.retry(waiting.actor("officer"), message.id)


@pytest.mark.parametrize("answer", [(500, b"oops"), (302, b""), (200, b"not json")])
def test_what_is_not_a_success_is_none(
    waiting: Workshop, gateway: HttpGateway, answer: tuple[int, bytes]
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    gateway.answer = answer
    deliver(waiting)
    assert sent(waiting)[0].status == "waiting"
    assert [call.path.partition("?")[0] for call in gateway.calls] == ["/send"]  # no redirect


def test_nobody_listens(waiting: Workshop, gateway: HttpGateway) -> None:
    closed = sms(gateway, url="http://127.0.0.1:9/send")
    set_up(waiting, ChannelKind.SMS, closed)
    deliver(waiting)
    assert sent(waiting)[0].error.startswith("对方拒绝连接")


def test_nights_and_rest_days_are_quiet_but_for_a_test(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    number = set_up(waiting, ChannelKind.SMS, sms(gateway))
    waiting.engine.telling.tell_day()
    waiting.move_to(datetime(2026, 11, 10, 12, 30, tzinfo=UTC))  # half past eight in the evening
    deliver(waiting)
    assert gateway.calls == []
    waiting.engine.telling.test_channel(waiting.actor("admin"), number, MOBILE)
    deliver(waiting)
    assert [json.loads(call.body)["content"] for call in gateway.calls] == [f"【模拟】{TEST_TEXT}"]
    waiting.move_to(datetime(2026, 11, 11, 1, 0, tzinfo=UTC))
    deliver(waiting)
    states = {(one.day.isoformat(), one.kind): one.status for one in sent(waiting)}
    assert states == {
        ("2026-11-10", "digest"): "replaced",
        ("2026-11-10", "test"): "sent",
        ("2026-11-11", "digest"): "sent",
    }


def test_the_nearest_channel_serves_and_only_whoever_chose_it(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway, url=f"{gateway.url}/city?key={{secret:GATEWAY}}"))
    set_up(
        waiting,
        ChannelKind.SMS,
        sms(gateway, url=f"{gateway.url}/county?key={{secret:GATEWAY}}"),
        at="xc",
    )
    far = waiting.actor("far_officer")
    waiting.engine.telling.choose(far, Chosen(by_sms=True, mobile="13900001111"))
    waiting.clock.advance(timedelta(seconds=1))
    waiting.engine.cases.start(far, Request("limited", "lw-u", {}))
    deliver(waiting)
    assert sorted(call.path.partition("?")[0] for call in gateway.calls) == ["/city", "/county"]
    assert len(sent(waiting, "app")) == 3  # officer2 is told in the product only


@pytest.mark.parametrize("brand", ["wecom", "dingtalk"])
def test_a_group_s_robot_gets_one_message_a_day(
    waiting: Workshop, gateway: HttpGateway, brand: str
) -> None:
    settings = {
        "brand": brand,
        "url": f"{gateway.url}/robot?key={{secret:GATEWAY}}",
        "sign_secret": "SIGN" if brand == "dingtalk" else "",
    }
    set_up(waiting, ChannelKind.ROBOT, settings, at="u1")
    deliver(waiting)
    (call,) = gateway.calls
    body = json.loads(call.body)
    text = body["text"]["content"]
    assert text == "今日提醒:2 人有待办。请登录系统办理。"
    mentioned = body["text"].get("mentioned_mobile_list") or body["at"]["atMobiles"]
    assert mentioned == [MOBILE]
    assert ("&sign=" in call.path) is (brand == "dingtalk")
    assert sent(waiting, "robot")[0].status == "sent"


def test_mail(waiting: Workshop, mail_server: SmtpServer) -> None:
    settings = {
        "host": "127.0.0.1",
        "port": str(mail_server.port),
        "security": "none",
        "sender": "bangfu@example.cn",
    }
    set_up(waiting, ChannelKind.MAIL, settings)
    chosen = Chosen(by_mail=True, mail="officer@example.cn")
    waiting.engine.telling.choose(waiting.actor("officer"), chosen)
    mail_server.refuses = True
    deliver(waiting)
    assert "不收这个收件地址" in sent(waiting, "mail")[0].error
    mail_server.refuses = False
    wait_no_longer(waiting)
    deliver(waiting)
    assert mail_server.recipients == ["officer@example.cn"]
    (mail,) = mail_server.mails
    assert "From: bangfu@example.cn" in mail
    assert "Message-ID: <" in mail
    assert sent(waiting, "mail")[0].shown_as == "o***@example.cn"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"url": "http://169.254.169.254/latest?key={secret:GATEWAY}"}, "BANGFU_MESSAGE_HOSTS"),
        ({"url": "ftp://127.0.0.1/"}, "http://"),
        ({"url": "http://[::1"}, "网址写得不对"),
        ({"url": "http://u:p@127.0.0.1/"}, "不写用户名和密码"),
        ({"url": "http://127.0.0.1/?access_token=abcdef"}, "看起来是密钥"),
        ({"headers": "Authorization: Bearer abcdef"}, "看起来是密钥"),
        ({"headers": "X App: 1"}, "请求头“X App”写得不对"),
        ({"body": '{"a": "{mobile}{text}"'}, "不是合格的 JSON"),
        ({"body": '{"a": "{text}"}'}, "{mobile}"),
        ({"body": '{"a": "{mobile}{text}{name}"}'}, "不认识“{name}”"),
        ({"body": '{"a": "{mobile}{text}{secret:NOTHING}"}'}, "BANGFU_SECRET_NOTHING"),
        ({"body": '{"token": "abc", "a": "{mobile}{text}"}'}, "看起来是密钥"),
        ({"body_kind": "form", "body": "to {mobile} {text}"}, "没有等号"),
        ({"body_kind": "other"}, "请选择请求的写法"),
        ({"success_value": ""}, "要么都填"),
    ],
)
def test_bad_settings_are_told_in_sentences(
    shop: Workshop, gateway: HttpGateway, changed: Mapping[str, str], said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        set_up(shop, ChannelKind.SMS, sms(gateway, **changed))
    assert said in "".join(error.message for error in refused.value.errors)
    assert shop.rows("SELECT * FROM channel") == []


def test_who_may_set_up_what(shop: Workshop, gateway: HttpGateway) -> None:
    new = Channel(0, "zz", ChannelKind.SMS, active=True, settings=sms(gateway))
    with pytest.raises(NotPermitted):
        shop.engine.telling.save_channel(shop.actor("supervisor"), new)
    set_up(shop, ChannelKind.SMS, sms(gateway))
    with pytest.raises(Conflict, match="已有同类渠道"):
        set_up(shop, ChannelKind.SMS, sms(gateway))
    (kept,) = shop.engine.telling.channels(shop.actor("admin"))
    assert "s3cret" not in str(kept)
    assert "s3cret" not in str(shop.rows("SELECT settings FROM channel"))


WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from engine import Options, open_engine
from engine.model.channels import Outside
from engine.model.clock import FixedClock

url, folder, now, key = sys.argv[1:]
outside = Outside(frozenset({"127.0.0.1"}), {"GATEWAY": "s3cret&value"})
clock = FixedClock(datetime.fromisoformat(now))
options = Options(clock=clock, data_dir=Path(folder), outside=outside)
engine = open_engine(url, key=bytes.fromhex(key), options=options)
postman = engine.telling.postman(0.05)
print("ready", flush=True)
postman.run()
"""


def test_a_worker_killed_between_sending_and_marking_sends_one_double_with_the_same_id(
    waiting: Workshop,
    gateway: HttpGateway,
    staffed_url: str,
    tmp_path: Path,
    open_shop: Callable[[], Workshop],
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    arguments = (staffed_url, str(tmp_path / "data"), HALF_PAST_EIGHT.isoformat(), KEY.hex())
    worker = subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=subprocess.DEVNULL)
    gateway.meanwhile = lambda: os.kill(worker.pid, signal.SIGKILL)
    assert worker.wait(WAITED) == -signal.SIGKILL
    assert len(gateway.calls) == 1
    gateway.meanwhile = None
    (message,) = sent(waiting)
    assert message.status == "sending"
    other = open_shop()
    deliver(other)  # the lease still holds
    assert len(gateway.calls) == 1
    wait_no_longer(other)
    deliver(other)
    deliver(waiting)
    assert len(gateway.calls) == 2
    assert len({call.headers["x-message-id"] for call in gateway.calls}) == 1
    assert len({call.body for call in gateway.calls}) == 1
    assert sent(waiting)[0].status == "sent"
    assert other.rows("SELECT count(*) FROM message WHERE via = 'app'") == [(2,)]


def test_whoever_leaves_is_told_no_more_and_her_number_goes(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    waiting.engine.directory.close_account(waiting.actor("admin"), "p-officer")
    deliver(waiting)
    assert gateway.calls == []
    assert waiting.rows("SELECT * FROM contact") == []


def test_who_comes_back_late_does_not_mark_what_another_took_over(
    waiting: Workshop, gateway: HttpGateway, open_shop: Callable[[], Workshop]
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    waiting.engine.telling.tell_day()
    first = waiting.engine.telling.take()
    assert first is not None
    wait_no_longer(waiting)
    other = open_shop()
    second = other.engine.telling.take()
    assert second is not None
    waiting.engine.telling.failed(first, "too late")
    assert sent(waiting)[0].status == "sending"
    other.engine.telling.sent(second)
    waiting.engine.telling.sent(first)
    (message,) = sent(waiting)
    assert (message.status, message.error, message.attempts) == ("sent", "", 2)


def test_a_gateway_that_does_not_answer_delays_no_other_channel(
    waiting: Workshop, gateway: HttpGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT", WAITED)
    answered = threading.Event()
    with http_gateway() as slow:
        slow.meanwhile = lambda: answered.wait(WAITED) and None
        url = f"{slow.url}/robot?key={{secret:GATEWAY}}"
        robot = {"brand": "wecom", "url": url, "sign_secret": ""}
        set_up(waiting, ChannelKind.ROBOT, robot)
        set_up(waiting, ChannelKind.SMS, sms(gateway))
        postman = waiting.engine.telling.postman()

        def other_is_out() -> bool:
            postman.run_once()
            return bool(slow.calls) and [one.status for one in sent(waiting)] == ["sent"]

        until(other_is_out, "the message by the other channel")
        assert gateway.calls
        (hanging,) = sent(waiting, "robot")
        assert hanging.status == "sending"
        answered.set()
        while postman.run_once():
            continue
    assert sent(waiting, "robot")[0].status == "sent"


def test_messages_are_removed_after_the_months_they_are_kept(
    waiting: Workshop, gateway: HttpGateway
) -> None:
    set_up(waiting, ChannelKind.SMS, sms(gateway))
    deliver(waiting)
    waiting.move_to(HALF_PAST_EIGHT + timedelta(days=700))
    waiting.engine.jobs.sweep()
    assert len(waiting.rows("SELECT id FROM message")) == 3
    waiting.move_to(HALF_PAST_EIGHT + timedelta(days=740))
    waiting.engine.jobs.sweep()
    assert waiting.rows("SELECT id FROM message") == []
    assert waiting.broken() == {}


def test_workers_killed_at_any_moment_leave_one_digest_each(
    waiting: Workshop, staffed_url: str, tmp_path: Path
) -> None:
    arguments = (staffed_url, str(tmp_path / "data"), HALF_PAST_EIGHT.isoformat(), KEY.hex())
    for wait in (0.0, 0.03, 0.06, 0.1):
        workers = [
            subprocess.Popen(
                [sys.executable, "-c", WORKER, *arguments],
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for worker in workers:
            assert worker.stdout is not None
            worker.stdout.readline()  # it is about to make its first round
        time.sleep(wait)
        for worker in workers:
            worker.kill()
            worker.communicate()
    deliver(waiting)
    rows = waiting.rows("SELECT person_id, count(*) FROM message WHERE via = 'app' GROUP BY 1")
    assert sorted(rows) == [("p-officer", 1), ("p-officer2", 1)]
    assert waiting.rows("SELECT day, people FROM digest_day") == [("2026-11-10", 2)]
