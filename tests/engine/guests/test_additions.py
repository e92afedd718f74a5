"""Words and papers that an applicant adds of her own accord: kept, told, and not endless."""

from functools import partial

import pytest

from engine import SYSTEM, Actor, Request
from engine.errors import Invalid, NotFound, TaskNotOpen, TooManyTries
from engine.model.actors import guest_of, writer_of
from engine.model.once import Once, Replayed
from engine.work import guest_additions
from engine.work.public_intake import Letter
from tests.engine.conftest import Office
from tests.engine.guests.conftest import PDF, WRITTEN, Counter
from tests.engine.moving.conftest import form
from tests.support.at_once import at_once
from tests.support.grievances import with_identity

HERE = "192.0.2.9"


@pytest.fixture
def guest(letterbox: Office) -> Actor:
    letter = Letter("letter", "u1", WRITTEN, "page-one-of-it", HERE)
    return guest_of(letterbox.engine.public_intake.send(writer_of("browser"), letter).case_id)


def read(office: Office, guest: Actor, by: str = "officer") -> list[tuple[str, list[str]]]:
    found = office.engine.receipts.additions(office.actor(by), guest.guest_case_id)
    return [(one.words, [paper.name for paper in one.papers]) for one in found]


def told(office: Office, name: str) -> list[str]:
    return [one.text for one in office.engine.telling.of_person(office.actor(name))]


def test_words_and_papers_are_kept_and_whoever_handles_the_case_is_told(
    letterbox: Office, guest: Actor
) -> None:
    engine = letterbox.engine
    assert engine.guests.view(guest).takes_additions
    paper = engine.guests.stage_file(guest, "工资条.pdf", PDF)
    engine.guests.add(guest, " 老板又换了说法 ", [paper.id])
    engine.guests.add(guest, "", [engine.guests.stage_file(guest, "合同.pdf", PDF).id])
    assert read(letterbox, guest) == [("", ["合同.pdf"]), ("老板又换了说法", ["工资条.pdf"])]
    mine = engine.guests.view(guest).additions
    assert [one.words for one in mine] == ["", "老板又换了说法"]
    assert engine.files.read(letterbox.actor("officer"), paper.id)[1] == PDF
    (first, second) = told(letterbox, "officer")
    assert "凭回执补充" in first
    assert first == second
    assert engine.telling.unread(letterbox.actor("officer2")) == 2  # whoever may do the step
    assert told(letterbox, "other_officer") == []
    with pytest.raises(NotFound):
        read(letterbox, guest, "far_officer")


def test_only_who_holds_the_step_is_told_once_somebody_does(
    letterbox: Office, guest: Actor
) -> None:
    step = letterbox.step(guest.guest_case_id)
    letterbox.engine.tasks.claim(letterbox.actor("officer"), step)
    letterbox.engine.guests.add(guest, "还有一句", [])
    assert (len(told(letterbox, "officer")), told(letterbox, "officer2")) == (1, [])


def test_the_history_tells_that_something_was_added_and_not_what(
    letterbox: Office, guest: Actor
) -> None:
    letterbox.engine.guests.add(guest, "只给办理的人看", [])
    history = letterbox.engine.cases.history(letterbox.actor("officer"), guest.guest_case_id)
    (row,) = [one for one in history if one.detail.get("added")]
    assert row.actor == guest.person_id
    assert "只给办理的人看" not in str(history)


def test_nothing_too_much_and_what_is_not_hers_is_refused(letterbox: Office, guest: Actor) -> None:
    engine = letterbox.engine
    officers = engine.files.stage(letterbox.actor("officer"), "公文.pdf", PDF)
    many = [engine.guests.stage_file(guest, "一页.pdf", PDF).id for _ in range(21)]
    for words, papers in (("", []), ("  ", []), ("x", [officers.id]), ("x", many)):
        with pytest.raises(Invalid, match=r"没有提交|写一句"):
            engine.guests.add(guest, words, papers)
    assert read(letterbox, guest) == []
    assert told(letterbox, "officer") == []
    with pytest.raises(NotFound):
        engine.guests.add(letterbox.actor("officer"), "x", [])
    with pytest.raises(NotFound):
        engine.guests.add(writer_of("browser"), "x", [])


def test_after_the_end_nothing_is_added(letterbox: Office, guest: Actor) -> None:
    letterbox.do("officer", guest.guest_case_id, "look", {"answer": "done"})
    assert not letterbox.engine.guests.view(guest).takes_additions
    with pytest.raises(TaskNotOpen, match="已经办结"):
        letterbox.engine.guests.add(guest, "还有", [])


def test_a_process_that_does_not_say_so_takes_nothing(office: Office, counter: Counter) -> None:
    guest = guest_of(counter.apply())
    assert not office.engine.guests.view(guest).takes_additions
    with pytest.raises(TaskNotOpen):
        office.engine.guests.add(guest, "还有", [])


def test_additions_with_one_receipt_are_counted_exactly(letterbox: Office, guest: Actor) -> None:
    most = guest_additions.ADDITIONS.times
    for number in range(most - 1):
        letterbox.engine.guests.add(guest, f"第 {number} 句", [])
    outcomes = at_once(*[partial(letterbox.engine.guests.add, guest, "同时", [])] * 3)
    assert sum(isinstance(one, TooManyTries) for one in outcomes) == 2, outcomes
    assert len(read(letterbox, guest)) == most


def test_the_same_page_adds_once(letterbox: Office, guest: Actor) -> None:
    def add() -> None:
        once: Once[None] = Once("a-page-of-hers", "guest-adds", "it", lambda _done: b"added")
        letterbox.engine.guests.add(guest, "一句", [], once)

    add()
    with pytest.raises(Replayed):
        add()
    assert len(read(letterbox, guest)) == 1
    assert len(told(letterbox, "officer")) == 1


def test_in_a_case_with_a_closed_compartment_only_who_reads_it_reads_what_was_added(
    office: Office,
) -> None:
    engine = office.engine
    files = with_identity(guestPapers="true", receipt="true", confidentiality="confidential")
    engine.definitions.deploy(SYSTEM, (*files, form("blank", "note")))
    officer = office.actor("officer")
    guest = guest_of(engine.cases.start(officer, Request("grievance", "u1", {})).case_id)
    told_of = {"about": "食堂", "complainant": "张模拟"}
    office.do("officer", guest.guest_case_id, "record", told_of)
    paper = engine.guests.stage_file(guest, "我的工作证.pdf", PDF)
    engine.guests.add(guest, "我是二车间的张模拟", [paper.id])
    assert read(office, guest) == [("我是二车间的张模拟", ["我的工作证.pdf"])]
    assert read(office, guest, "township") == [("已密封", [])]
    with pytest.raises(NotFound):
        engine.files.read(office.actor("township"), paper.id)
    assert paper.id not in engine.cases.view(office.actor("township"), guest.guest_case_id).files
    history = str(engine.cases.history(office.actor("township"), guest.guest_case_id))
    assert "二车间" not in history
    assert "我的工作证" not in history
