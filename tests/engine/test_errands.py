"""Work somebody waits for: asked for once, done once, taken over, refused in words, fetched."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from engine.errors import Invalid, LeaseLost, NotFound
from engine.jobs.errands import LEASE
from engine.jobs.executor import TRIES, Pace
from engine.model.errands import ErrandStatus, Interrupted, Outcome
from tests.engine.conftest import Office

KIND = "copying"


def asked(office: Office, subject: str = "one") -> str:
    return office.engine.errands.ask_for(office.actor("officer"), KIND, subject, {"n": 3}, 10)


def run(office: Office) -> bool:
    return office.engine.errands.runner(Pace()).run_once()


def now(office: Office, statement: str) -> None:
    office.engine.execute(lambda tx: tx.execute(text(statement)))


def test_what_somebody_asked_for_is_done_with_her_rights_and_fetched_by_her_alone(
    office: Office,
) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    seen = []

    def copy(actor, errand, say):
        say(5, 10)
        seen.append((actor.person_id, errand.wanted, errands.of(officer, errand.id).percent))
        return Outcome("结果.xlsx", b"content"), lambda tx: tx.execute(
            text("update errand set told = 'written with it'")
        )

    errand_id = asked(office)
    assert not run(office), "nobody here knows how to do it"
    errands.teach(KIND, copy)
    assert run(office)
    assert not run(office)
    assert seen == [("p-officer", {"n": 3}, 50)]
    done = errands.of(officer, errand_id)
    assert (done.status, done.percent, done.told) == (ErrandStatus.DONE, 100, "written with it")
    assert errands.file(officer, errand_id) == ("结果.xlsx", b"content")
    for ask in (errands.of, errands.file):
        with pytest.raises(NotFound):
            ask(office.actor("officer2"), errand_id)
    with pytest.raises(NotFound):  # by no other door
        office.engine.files.read(officer, done.file_id or "")
    assert [(one.id, there) for one, there in errands.recent(officer, KIND, 5)] == [
        (errand_id, True)
    ]


def test_its_file_goes_after_a_day(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    errands.teach(KIND, lambda *_: (Outcome("结果.xlsx", b"content"), lambda _tx: None))
    errand_id = asked(office)
    assert run(office)
    now(office, "update file set staged_at = '2020-01-01T00:00:00.000000Z'")
    with pytest.raises(NotFound, match="24 小时"):
        errands.file(officer, errand_id)
    assert not errands.has_file(errands.of(officer, errand_id))
    office.engine.jobs.sweep()
    assert office.engine.ask(lambda tx: tx.execute(text("select count(*) from file")).scalar()) == 0


def test_the_same_is_not_asked_for_twice_while_it_is_under_way(office: Office) -> None:
    office.engine.errands.teach(KIND, lambda *_: None)
    first = asked(office)
    assert asked(office) == first
    assert asked(office, "another") != first
    assert run(office)
    assert run(office)
    assert asked(office) != first


def test_of_two_who_hold_it_only_the_later_may_end_it(office: Office) -> None:
    errands = office.engine.errands
    errands.teach(KIND, lambda *_: (Outcome("结果.xlsx", b"content"), lambda _tx: None))
    asked(office)
    late = errands.take("first", LEASE)
    assert late is not None
    assert errands.take("second", LEASE) is None, "it is leased"
    now(office, "update errand set locked_until = '2020-01-01T00:00:00.000000Z'")
    held = errands.take("second", LEASE)
    assert held is not None
    with pytest.raises(LeaseLost):
        errands.do(late, lambda *_: None)
    assert not errands.say(late, 1, 2, LEASE)
    errands.do(held, lambda *_: None)
    with pytest.raises(LeaseLost):
        errands.do(replace(held), lambda *_: None)


def test_a_refusal_is_told_at_once_a_fault_after_three_tries(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")

    def refuse(*_):
        raise Invalid("这份名单没有数据行,没有导入。")

    errands.teach(KIND, refuse)
    refused = asked(office, "refused")
    assert run(office)
    found = errands.of(officer, refused)
    assert (found.status, found.told) == (ErrandStatus.FAILED, "这份名单没有数据行,没有导入。")

    def break_down(*_):
        raise ZeroDivisionError("the number of somebody: 350602199001019907")

    errands.teach(KIND, break_down)
    broken = asked(office, "broken")
    for _ in range(TRIES):
        now(office, "update errand set locked_until = null")
        assert run(office)
    found = errands.of(officer, broken)
    assert (found.status, found.attempts) == (ErrandStatus.FAILED, TRIES)
    assert "ZeroDivisionError" in found.told
    assert "350602" not in found.told


def test_what_kills_whoever_does_it_is_given_up(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    errands.teach(KIND, lambda *_: None)
    errand_id = asked(office)
    for n in range(TRIES):
        now(office, "update errand set locked_until = null")
        assert errands.take(f"killed {n}", LEASE) is not None
    now(office, "update errand set locked_until = null")
    assert run(office)
    assert "中途停止" in errands.of(officer, errand_id).told


@pytest.mark.parametrize(
    ("goes_on", "words", "ends"),
    [
        pytest.param(True, (10, 20, 30, 40, 50), ErrandStatus.DONE, id="each comes further"),
        pytest.param(True, (10, 10, 10, 10), ErrandStatus.FAILED, id="none past the first"),
        pytest.param(False, (10, 20, 30, 40), ErrandStatus.FAILED, id="begun anew each time"),
    ],
)
def test_no_number_of_deaths_ends_what_comes_further_each_time(
    office: Office, goes_on: bool, words: tuple[int, ...], ends: ErrandStatus
) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    errands.teach(KIND, lambda *_: None, goes_on=goes_on)
    errand_id = asked(office)
    for n, done in enumerate(words):
        now(office, "update errand set locked_until = null")
        held = errands.take(f"killed {n}", LEASE)
        assert held is not None
        assert errands.say(held, 0, 100, LEASE)  # how far it stands: no progress
        assert errands.say(held, done, 100, LEASE)
    now(office, "update errand set locked_until = null")
    assert run(office)
    assert errands.of(officer, errand_id).status is ends


def test_a_fault_behind_progress_is_tried_as_often_as_any(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    tries = 0

    def break_down(_actor, errand, say):
        nonlocal tries
        tries += 1
        if tries <= TRIES:  # each comes further than the one before
            say(errand.done + 1, 100)
        raise ZeroDivisionError

    errands.teach(KIND, break_down, goes_on=True)
    errand_id = asked(office)
    while errands.of(officer, errand_id).is_open:
        now(office, "update errand set locked_until = null")
        assert run(office)
    assert tries == TRIES + TRIES - 1


def test_whoever_is_told_to_stop_leaves_it_to_the_next_at_once(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    runner = errands.runner(Pace())
    words = []

    def slow(_actor, _errand, say):
        runner.stop()
        try:
            say(1, 2)
        except Interrupted:
            words.append("stopped")
            raise

    errands.teach(KIND, slow)
    errand_id = asked(office)
    assert runner.run_once()
    left = errands.of(officer, errand_id)
    assert (words, left.status, left.attempts) == (["stopped"], ErrandStatus.WAITING, 0)
    errands.teach(KIND, lambda *_: None)
    assert run(office)
    assert errands.of(officer, errand_id).status is ErrandStatus.DONE


def test_old_errands_are_forgotten(office: Office) -> None:
    errands, officer = office.engine.errands, office.actor("officer")
    errands.teach(KIND, lambda *_: None)
    errand_id = asked(office)
    assert run(office)
    office.engine.jobs.sweep()
    assert errands.of(officer, errand_id)
    now(office, "update errand set asked_at = '2020-01-01T00:00:00.000000Z'")
    office.engine.jobs.sweep()
    with pytest.raises(NotFound):
        errands.of(officer, errand_id)
