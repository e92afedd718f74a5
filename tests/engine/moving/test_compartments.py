"""What lies in a compartment is read by who does the work, and by who was let in."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotPermitted
from engine.work.letting_in import Said
from tests.engine.moving.conftest import Workshop
from tests.support.grievances import KEY, with_identity

NAME = "陈模拟工"
ABOUT = {"about": "食堂伙食", "complainant": NAME}
WHY = "需要核对反映人是否本单位职工"
CONFIDENTIAL = '=if matter = "staff" then "confidential" else "ordinary"'


@pytest.fixture
def desk(shop: Workshop) -> Workshop:
    shop.put(*with_identity(confidentiality=CONFIDENTIAL))
    return shop


def told(desk: Workshop, matter: str) -> str:
    case_id = desk.begin(KEY)
    desk.finish("officer", case_id, "record", {"matter": matter, **ABOUT})
    return case_id


def everything(desk: Workshop, name: str, case_id: str) -> str:
    """All that somebody can be told of a case."""
    engine, actor = desk.engine, desk.actor(name)
    view = engine.cases.view(actor, case_id)
    steps = [engine.tasks.view(actor, line.id) for line in view.open_tasks]
    found: list[object] = [view, engine.cases.history(actor, case_id)]
    found += [(one.scope, one.data, one.submissions, one.decisions) for one in steps]
    return str(found)


def reads(desk: Workshop, name: str, case_id: str) -> bool:
    text = everything(desk, name, case_id)
    assert (NAME in text) is not ("已密封" in text), name
    return NAME in text


def test_while_the_case_is_ordinary_whoever_sees_it_reads_it(desk: Workshop) -> None:
    case_id = told(desk, "wages")
    for name in ("reviewer", "supervisor", "city"):
        assert reads(desk, name, case_id), name
    found = desk.engine.cases.search(desk.actor("city"), NAME)
    assert [one.id for one in found] == [case_id]


def test_once_it_is_confidential_only_who_does_the_work_reads_it(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    assert reads(desk, "officer", case_id), "she recorded it"
    assert reads(desk, "reviewer", case_id), "she may do the step that looks into it"
    for name in ("supervisor", "city", "approver", "protection"):
        assert not reads(desk, name, case_id), name
    look = desk.step(case_id, "look")
    desk.engine.tasks.claim(desk.actor("reviewer"), look)
    assert not reads(desk, "reviewer2", case_id), "it is another's now"
    assert reads(desk, "reviewer", case_id)
    for name in ("reviewer", "city"):
        assert desk.engine.cases.search(desk.actor(name), NAME) == [], "nothing confirms it"


def test_what_could_be_searched_can_be_no_more_once_the_degree_rises(shop: Workshop) -> None:
    shop.put(
        *with_identity(confidentiality='=if look_note = null then "ordinary" else "confidential"')
    )
    case_id = told(shop, "wages")
    city = shop.actor("city")
    assert [one.id for one in shop.engine.cases.search(city, NAME)] == [case_id]
    shop.finish("reviewer", case_id, "look", {"note": "要求保密"})
    assert shop.engine.cases.search(city, NAME) == []
    assert not reads(shop, "city", case_id)
    assert reads(shop, "reviewer", case_id)


def test_who_asks_is_let_in_by_a_second_person_for_some_days(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    kept, city = desk.engine.compartments, desk.actor("city")
    number = kept.ask_for(city, case_id, "identity", WHY)
    with pytest.raises(NotPermitted):
        kept.answer(city, case_id, number, Said(granted=True, reason="我自己同意我自己查看"))
    with pytest.raises(NotPermitted):
        kept.answer(desk.actor("supervisor"), case_id, number, Said(True, "不相干的人也想答复一下"))
    with pytest.raises(Invalid, match="10"):
        kept.answer(desk.actor("reviewer"), case_id, number, Said(granted=True, reason="同意"))
    assert not reads(desk, "city", case_id)
    kept.answer(desk.actor("reviewer"), case_id, number, Said(True, "核对身份确有需要,同意"))
    assert reads(desk, "city", case_id)
    (asked,) = kept.of(city, case_id).requests
    assert (asked.reason, asked.granted, asked.until) == (
        WHY,
        True,
        (desk.clock.now() + timedelta(days=7)).date(),
    )
    desk.clock.advance(timedelta(days=8))
    assert not reads(desk, "city", case_id)


def test_the_role_for_sealed_cases_answers_too_and_may_refuse(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    kept = desk.engine.compartments
    number = kept.ask_for(desk.actor("supervisor"), case_id, "identity", WHY)
    refusal = Said(granted=False, reason="督办不需要知道反映人是谁")
    kept.answer(desk.actor("protection"), case_id, number, refusal)
    assert not reads(desk, "supervisor", case_id)
    with pytest.raises(NotPermitted):
        kept.answer(desk.actor("protection"), case_id, number, refusal)


def test_nobody_asks_twice_nor_without_a_reason_nor_for_what_is_open(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    kept, city = desk.engine.compartments, desk.actor("city")
    with pytest.raises(Invalid, match="10"):
        kept.ask_for(city, case_id, "identity", "想看")
    kept.ask_for(city, case_id, "identity", WHY)
    with pytest.raises(Conflict):
        kept.ask_for(city, case_id, "identity", WHY)
    with pytest.raises(Conflict):
        kept.ask_for(desk.actor("officer"), case_id, "identity", WHY)


def test_every_ask_answer_and_look_is_in_the_audit(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    kept = desk.engine.compartments
    number = kept.ask_for(desk.actor("city"), case_id, "identity", WHY)
    kept.answer(desk.actor("reviewer"), case_id, number, Said(True, "核对身份确有需要,同意"))
    desk.engine.cases.view(desk.actor("city"), case_id)
    rows = desk.engine.audit.entries(0, 500)
    noted = [(r.action, r.actor) for r in rows if r.action.startswith("compartment")]
    assert noted == [
        ("compartment-asked", "p-city"),
        ("compartment-opened", "p-reviewer"),
        ("compartment-read", "p-city"),
    ]
    assert desk.engine.audit.verify().ok


def test_reasons_are_sealed_in_the_tables(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    desk.engine.compartments.ask_for(desk.actor("city"), case_id, "identity", WHY)
    ((reason,),) = desk.rows("SELECT reason FROM compartment_request")
    assert WHY.encode() not in bytes(reason)
    assert isinstance(desk.engine.cases.view(SYSTEM, case_id).reads_kept, frozenset)


def test_a_printed_list_of_answers_is_sealed_as_well(desk: Workshop) -> None:
    case_id = told(desk, "staff")
    data: Mapping[str, object] = (
        desk.engine.cases.view(desk.actor("city"), case_id).submissions[0].data
    )
    assert data["complainant"] == "已密封"
    assert data["about"] == "食堂伙食"
