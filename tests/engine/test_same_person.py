"""The same person comes again, and one of her petitions is kept close (docs/decisions/0052)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM, Engine
from engine.model.same_person import SameCase
from engine.store import directory
from engine.store import same_person as stored
from engine.store.case_facts import FactQuestion
from engine.store.messages import RecordQuestion
from engine.store.tables import access_event
from tests.engine.test_petition import TODAY, doer, engine, registered, scope, shown
from webapp.standard.indicators import PETITIONS, is_counted, is_listed, known_of

__all__ = ["engine"]

KEPT = {"keep_secret": True}
ABOUT_STAFF = {"matter": "staff", "accused_person": "handler"}
NUMBER = "13900000000"


def screened(engine: Engine, case_id: str) -> str:
    """It is taken on by the first receptionist; no step of it is the second one's any more."""
    do = doer(engine, case_id)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    return case_id


def told(engine: Engine, who: str) -> list[str]:
    return [one.text for one in engine.telling.of_person(engine.directory.actor_named(who))]


def counter(engine: Engine, who: str, number: str = NUMBER) -> list[SameCase]:
    return list(engine.cases.of_number(engine.directory.actor_named(who), number))


def beside(engine: Engine, who: str, case_id: str) -> list[str]:
    actor = engine.directory.actor_named(who)
    return [one.line.id for one in engine.cases.others_of_person(actor, case_id)]


@pytest.mark.parametrize("kept", [KEPT, ABOUT_STAFF])
def test_a_kept_petition_is_found_by_who_may_read_whose_it_is(
    engine: Engine, kept: dict[str, object]
) -> None:
    earlier = screened(engine, registered(engine, **kept))
    later = registered(engine, "reception2", petitioner="林晓模")
    assert shown(engine, "reception", later) == [earlier]
    assert shown(engine, "reception2", later) == [], "she did no step that says whose it is"
    assert {one.line.id for one in counter(engine, "reception")} == {later, earlier}
    assert [one.line.id for one in counter(engine, "reception2")] == [later]
    assert scope(engine, later)["earlier_open"] is None, "a variable is read by everybody"
    assert "earlier_open" not in str(engine.cases.history(SYSTEM, later)[0].detail)


@pytest.mark.parametrize(("kept", "investigates"), [(KEPT, "handler"), (ABOUT_STAFF, "protection")])
def test_who_may_know_both_is_told_that_the_same_person_came_again(
    engine: Engine, kept: dict[str, object], investigates: str
) -> None:
    earlier = screened(engine, registered(engine, **kept))
    number = engine.cases.view(SYSTEM, earlier).case.number
    later = registered(engine, "reception2")
    (text,) = told(engine, "reception")
    assert number in text
    assert engine.cases.view(SYSTEM, later).case.number not in text
    for reader in ("reception", investigates):
        assert told(engine, reader) == [text]
        assert beside(engine, reader, earlier) == [later]
    others = {"reception2", "handler", "approver", "protection", "leader"} - {investigates}
    assert {who for who in others if told(engine, who)} == set()
    assert beside(engine, "protection", earlier) == ([later] if kept is ABOUT_STAFF else [])
    if kept is KEPT:
        assert beside(engine, "leader", earlier) == [], "she sees it, and may not read whose it is"


def test_whom_the_new_one_is_about_is_not_told_that_the_person_came_again(engine: Engine) -> None:
    """She screened the first: a message, a number or a line would tell her of the second."""
    earlier = screened(engine, registered(engine, **KEPT))
    later = registered(engine, "reception2", matter="staff", accused_person="reception")
    assert told(engine, "reception") == []
    assert beside(engine, "reception", earlier) == []
    assert [one.line.id for one in counter(engine, "reception")] == [earlier]
    assert later in [one.line.id for one in counter(engine, "reception2")]


def test_what_is_about_the_second_receptionist_stays_hidden_from_her(engine: Engine) -> None:
    kept = registered(engine, matter="staff", accused_person="reception2")
    later = registered(engine, "reception2")
    assert shown(engine, "reception2", later) == []
    assert [one.line.id for one in counter(engine, "reception2")] == [later]
    assert scope(engine, later)["proposal"] == scope(engine, registered(engine, "far_reception", "lw"))["proposal"]  # fmt: skip
    assert kept in shown(engine, "reception", later)


def test_a_kept_one_is_not_told_to_which_earlier_one_it_belongs(engine: Engine) -> None:
    first = registered(engine)
    kept = registered(engine, **KEPT)
    assert scope(engine, kept)["earlier_open"] is None, "it would say whose it is"
    assert shown(engine, "reception", kept) == [first]


def test_three_spellings_find_each_other_over_one_that_has_both_numbers(engine: Engine) -> None:
    by_identity = registered(engine, petitioner="林晓模", mobile="13900000019")
    both = registered(engine)
    by_telephone = registered(engine, petitioner="林小摸", id_number=None)
    every = {by_identity, both, by_telephone}
    for one in every:
        assert set(shown(engine, "reception", one)) == every - {one}
    for typed in ("139 0000-0000", "350602199001019907", "13900000019"):
        assert {found.line.id for found in counter(engine, "reception2", typed)} == every
    assert counter(engine, "far_reception") == []


def test_people_of_one_group_are_not_taken_for_one_person(engine: Engine) -> None:
    crowd = [{"name": name, "phone": f"1390000002{n}"} for n, name in enumerate(("陈甲", "陈乙"))]
    group = registered(engine, persons=12, representatives=crowd, id_number=None, mobile=None)
    one = registered(engine, petitioner="陈甲", id_number=None, mobile="13900000020")
    other = registered(engine, petitioner="陈乙", id_number=None, mobile="13900000021")
    assert shown(engine, "reception", one) == [group]
    assert shown(engine, "reception", other) == [group]


def test_the_numbers_of_a_kept_one_lie_in_no_table_as_those_of_others(engine: Engine) -> None:
    registered(engine)
    kept = registered(engine, **KEPT)
    rows = engine.ask(lambda tx: stored.find_kept(tx, stored.Among(), _hashes(engine), 50))
    assert rows == {}
    found = engine.ask(
        lambda tx: stored.kept_of(tx, engine.directory.actor_named("protection"), [kept])
    )
    assert {name for name, _ in found[kept]} == {"id_number", "mobile"}


def _hashes(engine: Engine) -> set[str]:
    return {engine.environment.vault.lookup_hash(NUMBER)}


def test_a_look_is_noted_whether_or_not_something_kept_is_found(engine: Engine) -> None:
    """Or the chain would say that there is something."""
    earlier = screened(engine, registered(engine, **KEPT))
    before = looks(engine)
    counter(engine, "reception2")
    counter(engine, "reception")
    new = looks(engine)[len(before) :]
    assert [one[:2] for one in new] == [("earlier-cases", ""), ("earlier-cases", "")]
    details = engine.ask(
        lambda tx: [
            row.detail for row in tx.execute(select(access_event).order_by(access_event.c.id))
        ]
    )
    assert details[-2:] == ["0", f"1 {earlier}"], "which it was is kept for who must look it up"
    before = looks(engine)
    repeats(engine, "protection")
    repeats(engine, "leader")
    assert looks(engine) == [*before, ("kept-numbers-compared", "petition")]


def looks(engine: Engine) -> list[tuple[str, str]]:
    engine.audit.seal()
    return [
        (row.action, row.target)
        for row in engine.audit.entries(0, 500)
        if row.action in {"earlier-cases", "kept-numbers-compared"}
    ]


# K17 -----------------------------------------------------------------------------------------


def repeats(engine: Engine, who: str) -> tuple[int, int]:
    """How many come again of those somebody may count, and how many of these a list names."""
    now = engine.environment.now()
    span = (now - timedelta(days=400), now + timedelta(days=1))
    question = FactQuestion("petition", *span, PETITIONS.attributes)
    facts = engine.supervision.case_facts(engine.directory.actor_named(who), question)
    known = known_of(facts, engine.environment.today())
    number = PETITIONS.numbers()["repeated"]
    counted = [one for one in facts if is_counted(number, one, known)]
    return len(counted), sum(is_listed(number, one, known) for one in counted)


def test_who_comes_again_is_counted_whole_by_who_looks_after_kept_ones(engine: Engine) -> None:
    same = {"matter": "staff", "accused_person": "reception2"}
    registered(engine, **same)
    registered(engine, **same)
    assert repeats(engine, "protection") == (1, 0)
    registered(engine, **KEPT)
    registered(engine)
    registered(engine)
    assert repeats(engine, "protection") == (3, 1), "of two a list would say whose they are"
    assert repeats(engine, "leader") == (1, 1), "the same with and without the kept ones"
    assert repeats(engine, "approver") == (1, 1)


def test_whom_a_kept_one_is_about_counts_as_if_it_were_not_there(engine: Engine) -> None:
    registered(engine)
    registered(engine)
    before = {who: repeats(engine, who) for who in ("protection", "leader", "handler", "reception")}
    for _ in range(2):
        registered(engine, matter="staff", accused_person="protection")
    assert {who: repeats(engine, who) for who in before} == before


def test_the_record_of_messages_does_not_say_that_somebody_came_again(engine: Engine) -> None:
    screened(engine, registered(engine, **KEPT))
    grants = [("p-leader", "admin", "zz")]
    today = engine.environment.today()
    engine.execute(lambda tx: directory.add_grants(tx, grants, today))
    admin = engine.directory.actor_named("leader")
    before = engine.telling.record(admin, RecordQuestion())
    registered(engine, "reception2")
    assert told(engine, "reception")
    assert engine.telling.record(admin, RecordQuestion()) == before
