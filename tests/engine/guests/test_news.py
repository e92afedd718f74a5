"""A word to the applicant: neutral, once a day, by SMS or else by telephone."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from engine import Actor
from engine.errors import NotFound
from engine.model.actors import guest_of
from engine.model.channels import Channel, ChannelKind
from tests.engine.conftest import Office
from tests.engine.guests.conftest import APPLIED, PDF, Counter
from tests.support.gateways import HttpGateway, http_gateway

NEUTRAL = "您在漳州模拟市总工会办理的事项有新进展,请与经办单位联系。"


@pytest.fixture
def gateway() -> Iterator[HttpGateway]:
    with http_gateway() as running:
        yield running


def set_up(office: Office, gateway: HttpGateway) -> None:
    settings = {
        "url": f"{gateway.url}/send",
        "body_kind": "json",
        "body": '{"to": "{mobile}", "text": "{text}"}',
        "success_field": "code",
        "success_value": "0",
    }
    new = Channel(0, "zz", ChannelKind.SMS, active=True, settings=settings)
    office.engine.telling.save_channel(office.actor("admin"), new)


def deliver(office: Office) -> None:
    postman = office.engine.telling.postman()
    while postman.run_once():
        pass


def heard(gateway: HttpGateway) -> list[dict[str, str]]:
    return [json.loads(call.body) for call in gateway.calls]


def hand_in(office: Office, counter: Counter, case_id: str) -> None:
    """The officer hands the missing paper in for her."""
    officer = office.actor("officer")
    papers, paper = (office.engine.files.stage(officer, f"{n}.pdf", PDF).id for n in "ab")
    data = {"papers": [papers], "signed_paper": paper}
    counter.do("officer", case_id, "supplement", data)


def in_tables(office: Office, word: str) -> bool:
    def look(table: str) -> str:
        return str(office.engine.ask(lambda tx: tx.execute(text(f"SELECT * FROM {table}")).all()))

    return any(word in look(table) for table in ("outbox", "message"))


def test_a_step_for_her_is_told_in_words_that_a_locked_screen_may_show(
    office: Office, counter: Counter, gateway: HttpGateway
) -> None:
    set_up(office, gateway)
    case_id = counter.apply()
    deliver(office)
    assert gateway.calls == []  # she was at the counter when it began
    counter.ask_for_papers(case_id)
    assert not in_tables(office, APPLIED["mobile"])
    deliver(office)
    assert heard(gateway) == [{"to": APPLIED["mobile"], "text": NEUTRAL}]
    assert not in_tables(office, APPLIED["mobile"])
    assert "困难" not in NEUTRAL
    deliver(office)
    assert len(gateway.calls) == 1
    assert office.engine.telling.to_ring(office.actor("officer")) == []


def test_she_is_told_once_a_day_and_not_of_what_she_did_herself(
    office: Office, counter: Counter, gateway: HttpGateway
) -> None:
    set_up(office, gateway)
    case_id = counter.apply()
    counter.ask_for_papers(case_id)
    deliver(office)
    hand_in(office, counter, case_id)
    counter.ask_for_papers(case_id)
    deliver(office)
    assert len(gateway.calls) == 1
    office.clock.advance(timedelta(days=1))
    hand_in(office, counter, case_id)
    counter.ask_for_papers(case_id)
    deliver(office)
    assert len(gateway.calls) == 2
    office.clock.advance(timedelta(days=1))
    guest = guest_of(case_id)
    (offered,) = office.engine.guests.view(guest).messages
    office.engine.guests.send_message(guest, offered.token, "不申请了")
    deliver(office)
    assert len(gateway.calls) == 2


def test_where_no_gateway_serves_the_unit_is_asked_to_ring(
    office: Office, counter: Counter
) -> None:
    case_id = counter.apply()
    counter.ask_for_papers(case_id)
    deliver(office)
    officer = office.actor("officer")
    ((message, number),) = office.engine.telling.to_ring(officer)
    assert (message.text, message.case_id) == (NEUTRAL, case_id)
    assert number == office.engine.cases.view(officer, case_id).case.number
    for nobody in ("other_officer", "far_officer", "reviewer", "admin"):
        actor: Actor = office.actor(nobody)
        assert office.engine.telling.to_ring(actor) == []
        with pytest.raises(NotFound):
            office.engine.telling.rung(actor, message.id)
    office.engine.telling.rung(officer, message.id)
    assert office.engine.telling.to_ring(officer) == []
    with pytest.raises(NotFound, match="可能已由同事告知"):
        office.engine.telling.rung(office.actor("officer2"), message.id)


def test_a_message_that_failed_is_one_to_ring(
    office: Office, counter: Counter, gateway: HttpGateway
) -> None:
    set_up(office, gateway)
    gateway.answer = (200, b'{"code": 4}')
    counter.ask_for_papers(counter.apply())
    for _ in range(3):
        deliver(office)
        with office.engine.database.unit_of_work() as work:
            work.tx.execute(text("UPDATE message SET locked_until = NULL"))
            work.commit()
    assert len(gateway.calls) == 3
    ((message, _number),) = office.engine.telling.to_ring(office.actor("officer"))
    assert message.error.startswith("短信网关没有收下")


def test_old_news_is_no_news(office: Office, counter: Counter, gateway: HttpGateway) -> None:
    set_up(office, gateway)
    counter.ask_for_papers(counter.apply())
    office.clock.advance(timedelta(days=7))
    deliver(office)
    assert [call for call in heard(gateway) if call["text"] == NEUTRAL] == []
    assert office.engine.telling.to_ring(office.actor("officer")) == []
