"""The public form of the petition: what a worker writes is a petition as the reception takes it down."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, open_engine
from engine.errors import Invalid, NotFound
from engine.model.actors import guest_of, writer_of
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.store import directory, exclusions
from engine.work.public_intake import Letter, Sent
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import LONG_BEFORE
from tests.engine.test_petition import set_up
from tests.support.templates import Templates

WRITTEN = {
    "matter_title": "厂里拖欠三月工资",
    "matter": "wage",
    "request": "三月的工资没有发",
    "urgent_word": "no",
    "named": "yes",
    "your_name": "林小模",
    "mobile": "13900000000",
    "persons": 1,
}


@pytest.fixture
def engine(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Engine]:
    options = Options(
        clock=FixedClock(LONG_BEFORE),
        data_dir=tmp_path,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    with templates.copy(database_kind, set_up, tmp_path) as url:
        made = open_engine(url, key=KEY, options=options)
        yield made
        made.close()


def send(engine: Engine, at: str = "xc", **changed: object) -> Sent:
    letter = Letter("petition", at, {**WRITTEN, **changed}, "a-page-of-hers", "192.0.2.1")
    return engine.public_intake.send(writer_of("browser"), letter)


def taken_down(engine: Engine, sent: Sent) -> dict[str, object]:
    return dict(engine.cases.view(SYSTEM, sent.case_id).submissions[0].data)


def test_a_letter_reaches_the_reception_of_the_union_it_is_written_to(engine: Engine) -> None:
    assert [one.id for one in engine.public_intake.unions("petition")] == ["zz", "xc", "lw"]
    sent = send(engine)
    assert "15 天内告诉您是否受理" in sent.next_words
    assert "60 天内给您处理意见" in sent.next_words
    data = taken_down(engine, sent)
    assert (data["channel"], data["petitioner"], data["reachable"]) == ("web", "林小模", "yes")
    assert data["received_on"] == str(engine.environment.today())
    (step,) = engine.cases.view(engine.directory.actor_named("reception"), sent.case_id).open_tasks
    assert step.element_id == "screen"
    view = engine.guests.view(guest_of(sent.case_id))
    assert [one.words for one in view.statuses] == ["已收到,正在看怎么办"]
    assert view.takes_additions
    assert [one.label for one in view.messages] == ["撤回"]


def test_a_nameless_letter_is_taken_and_opened_by_its_code_alone(engine: Engine) -> None:
    sent = send(engine, named="no", your_name=None, mobile=None)
    data = taken_down(engine, sent)
    assert (data["petitioner"], data["reachable"]) == ("匿名", "no")
    assert not sent.asks_proof
    assert engine.guests.enter(sent.code, "", "192.0.2.1").case_id == sent.case_id


def test_a_letter_about_officials_is_sealed_and_opened_by_its_code_alone(engine: Engine) -> None:
    sent = send(engine, matter="discipline", matter_title="他收了礼")
    assert not sent.asks_proof
    assert engine.guests.enter(sent.code, "", "192.0.2.1").case_id == sent.case_id
    for name in ("handler", "approver"):
        with pytest.raises(NotFound):
            engine.cases.view(engine.directory.actor_named(name), sent.case_id)
    reception = engine.directory.actor_named("reception")
    assert engine.cases.view(reception, sent.case_id).case.id == sent.case_id


ABOUT = {"matter": "discipline", "matter_title": "他收了礼"}


@pytest.mark.parametrize(
    "told", ["handler", "模拟handler", "县里的模拟handler(审核的)", "拟handle"]
)
def test_whom_a_letter_names_is_kept_away_from_the_first_moment(engine: Engine, told: str) -> None:
    sent = send(engine, **ABOUT, told_person=told)
    protection = engine.directory.actor_named("protection")  # the role that sealed cases are for
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    assert (step.element_id, step.handling_id) == ("screen", "xc")
    assert engine.cases.view(protection, sent.case_id).case.id == sent.case_id
    reception = engine.directory.actor_named("reception")
    engine.tasks.complete(reception, step.id, {"way": "ours"})
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    today = str(engine.environment.today())
    accepted = {"accepted_on": today, "notice_way": "当面", "notice_on": today}
    engine.tasks.complete(reception, step.id, accepted)
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    assert (step.element_id, step.handling_id) == ("investigate", "zz"), "nobody else is here"
    with pytest.raises(NotFound):
        engine.cases.view(engine.directory.actor_named("handler"), sent.case_id)


def test_the_letter_about_the_only_receptionist_goes_up(engine: Engine) -> None:
    sent = send(engine, "lw", **ABOUT, told_person="接待的模拟far_reception")
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    assert (step.element_id, step.handling_id) == ("screen", "zz")
    with pytest.raises(NotFound):
        engine.cases.view(engine.directory.actor_named("far_reception"), sent.case_id)


def test_what_the_directory_adds_to_a_name_need_not_be_known(engine: Engine) -> None:
    at = "2020-01-01T00:00:00+00:00"
    engine.execute(
        lambda tx: directory.add_people(
            tx, [(Person("p-lin", "lin", "林娟(模拟)", "xc", simulated=True), None)], at
        )
    )
    sent = send(engine, **ABOUT, told_person="会计林娟")
    kept = engine.ask(lambda tx: exclusions.of_case(tx, sent.case_id))
    assert [one.ref for one in kept] == ["p-lin"]


def test_a_whole_union_that_a_letter_names_is_kept_away(engine: Engine) -> None:
    sent = send(engine, **ABOUT, told_unit="芗城模拟区总工会的人")
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    assert step.handling_id == "zz"
    for name in ("reception", "reception2", "handler", "approver"):
        with pytest.raises(NotFound):
            engine.cases.view(engine.directory.actor_named(name), sent.case_id)


@pytest.mark.parametrize("told", ["查无此人", "模", "模拟", "%", "_", "' OR 1=1 --"])
def test_a_name_that_nobody_has_is_taken_like_any_other(engine: Engine, told: str) -> None:
    """The page says nothing of who is in the directory; the reception is told to look again."""
    sent = send(engine, **ABOUT, told_person=told, told_unit="总工会")
    (step,) = engine.cases.view(SYSTEM, sent.case_id).open_tasks
    assert (step.element_id, step.handling_id) == ("screen", "xc")
    reception = engine.directory.actor_named("reception")
    view = engine.tasks.view(reception, step.id)
    assert view.data["accused_person"] == told
    with pytest.raises(Invalid, match="不在机构目录里"):
        engine.tasks.complete(reception, step.id, {"way": "ours", "accused_person": told})
    engine.tasks.complete(reception, step.id, {"way": "ours"})


def test_six_persons_name_representatives(engine: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        send(engine, persons=6)
    assert ["推选代表" in one.message for one in refused.value.errors] == [True]
    named = [{"name": "林小模", "phone": "13900000000"}]
    assert taken_down(engine, send(engine, persons=6, representatives=named))["persons"] == 6


def test_she_withdraws_with_her_receipt(engine: Engine) -> None:
    guest = guest_of(send(engine).case_id)
    (message,) = engine.guests.view(guest).messages
    engine.guests.send_message(guest, message.token, "厂里已经发了")
    view = engine.guests.view(guest)
    assert [one.words for one in view.statuses] == ["您已撤回"]
    assert view.messages == ()
