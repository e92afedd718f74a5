"""A case begins another that is linked with it, and tells those it is linked with, each once."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from engine import SYSTEM, Request
from engine.errors import Busy, Invalid, NotPermitted
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.links import MOST_GENERATIONS
from engine.model.operations import OperationContext
from engine.store.cases import CaseQuestion
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.engine.moving.test_fan_out import BEGIN, given
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    process,
    props,
    receives,
    service,
    start,
    timer,
    user,
    z,
)

ASYNC = props(**{"async": "true"})
GIVEN = {
    "begun": "=begun",
    "case_id": "=case_id",
    "number": "=number",
    "level": "=level",
    "unfinished": "=unfinished",
    "why": "=message",
}


def hears(identity: str, name: str) -> str:
    return node(
        "intermediateCatchEvent", identity, ext(io(None, {"said": "=said"})) + receives(name)
    )


def tells(identity: str, name: str, **more: str) -> str:
    inputs = {"message": f'="{name}"', "variables": "={said: who}", **more}
    return service(identity, "cases.tell", inputs, {"told": "=told"}, ASYNC)


def begins(identity: str, **inputs: str) -> str:
    asked = {"process": '="review"', "kind": "复查", "variables": "={who: who}", **inputs}
    return service(identity, "cases.begin", asked, GIVEN)


def petition(**inputs: str) -> SourceFile:
    """A step; then another case begins, and this one waits for what it says."""
    body = BEGIN + step("opinion") + begins("ask", **inputs) + step("after")
    body += hears("heard", "m_result") + step("told") + end()
    body += line("S", "opinion", "ask", "after", "heard", "told", "E")
    extra = message("m_result", "result", "=case.id")
    return drawn("petition", {"officer": "opinion after told"}, body, extra)


def review(*, origin: str = "case") -> SourceFile:
    """What another case begins at a union above; it tells the first, or hears from it."""
    lane = ext(props(role="county_reviewer", level="county"))
    lanes = node("lane", "L", lane + node_refs("decide again"), name="L")
    own = ext(
        props(startRole="county_reviewer", startsFrom=origin, title="=who", numberPrefix="复")
    )
    body = BEGIN + step("decide") + tells("tell", "result") + hears("m", "m_end") + step("again")
    body += end() + line("S", "decide", "tell", "m", "again", "E")
    extra = message("m_end", "ended", "=case.number")
    content = process(body, extra, key="review", own=own + node("laneSet", "lanes", lanes))
    return SourceFile("review.bpmn", content)


def node_refs(ids: str) -> str:
    return "".join(f"<bpmn:flowNodeRef>{one}</bpmn:flowNodeRef>" for one in ids.split())


def said(shop: Workshop, case_id: str, name: str) -> object:
    task = shop.open_steps(case_id)[0]
    return shop.engine.tasks.view(SYSTEM, task.id).scope.get(name)


def asked(shop: Workshop, unit: str = "u1", by: str = "officer", **more: object) -> str:
    """A petition whose next case was asked for; its id."""
    request = Request("petition", unit, {"who": "模拟甲", **more})
    case_id = shop.engine.cases.start(shop.actor(by), request).case_id
    shop.finish(by, case_id, "opinion")
    return case_id


def of(shop: Workshop, key: str) -> list[str]:
    """Ids of the cases of a process, the newest first."""
    return [one.id for one in shop.engine.cases.list(SYSTEM, CaseQuestion(process_key=key))]


def links(shop: Workshop) -> int:
    ((count,),) = shop.rows("SELECT count(*) FROM case_link")
    return int(count)


@pytest.fixture
def opened(shop: Workshop) -> Workshop:
    shop.put(review(), given(), petition(unit='="xc"', key='="复查"'))
    return shop


def test_the_other_case_is_begun_with_the_step_and_each_page_shows_the_other(
    opened: Workshop,
) -> None:
    shop = opened
    first = asked(shop)
    (second,) = of(shop, "review")
    assert (said(shop, first, "begun"), said(shop, first, "case_id")) == (True, second)
    assert (said(shop, first, "why"), said(shop, first, "level")) == ("", "county")
    other = shop.engine.cases.view(SYSTEM, second)
    assert said(shop, first, "number") == other.case.number
    assert (other.case.title, other.case.organisation_id) == ("模拟甲", "xc")
    (there,) = shop.engine.cases.view(SYSTEM, first).related
    assert (there.id, there.kind, there.was_first) == (second, "复查", False)
    (back,) = other.related
    assert (back.id, back.number, back.was_first) == (first, other_number(shop, first), True)
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def other_number(shop: Workshop, case_id: str) -> str:
    return shop.engine.cases.view(SYSTEM, case_id).case.number


def test_who_may_not_see_the_other_case_is_told_of_none(opened: Workshop) -> None:
    shop = opened
    first = asked(shop)
    assert shop.engine.cases.view(shop.actor("reviewer"), first).related
    assert shop.engine.cases.view(shop.actor("officer"), first).related == ()


def test_under_the_same_key_nothing_is_begun_a_second_time(shop: Workshop) -> None:
    body = BEGIN + step("opinion") + begins("one", unit="xc", key="=who")
    body += begins("two", unit="xc", key='=who + " "') + begins("three", unit="xc", key='="乙"')
    body += step("after") + end() + line("S", "opinion", "one", "two", "three", "after", "E")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion after"}, body))
    asked(shop)
    assert len(of(shop, "review")) == links(shop) == 2
    numbers = sorted(other_number(shop, one) for one in of(shop, "review"))
    assert [one[-6:] for one in numbers] == ["000001", "000002"]


def test_the_second_time_it_says_which_stands_there(shop: Workshop) -> None:
    body = BEGIN + step("opinion") + begins("one", unit="xc", key="=who")
    body += begins("two", unit="xc", key="=who") + step("after") + end()
    body += line("S", "opinion", "one", "two", "after", "E")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion after"}, body))
    case_id = asked(shop)
    (second,) = of(shop, "review")
    assert (said(shop, case_id, "begun"), said(shop, case_id, "case_id")) == (False, second)
    assert "已经发起过" in str(said(shop, case_id, "why"))


def test_above_is_the_union_next_above_that_of_the_case_or_of_who_did_a_step(
    shop: Workshop,
) -> None:
    body = BEGIN + step("opinion") + step("county") + begins("own", unit="above")
    body += begins("step", unit="above", step="county") + step("after") + end()
    body += line("S", "opinion", "county", "own", "step", "after", "E")
    lanes = {"officer": "opinion after", "county_reviewer": "county"}
    shop.put(review(), given(), drawn("petition", lanes, body))
    case_id = asked(shop)
    shop.finish("reviewer", case_id, "county")
    units = [shop.engine.cases.view(SYSTEM, one).case.organisation_id for one in of(shop, "review")]
    assert sorted(units) == ["xc-t", "zz"]
    assert said(shop, case_id, "level") == "city"


def test_where_nothing_is_above_it_is_said_in_words_and_nothing_is_begun(shop: Workshop) -> None:
    body = BEGIN + step("opinion") + step("city") + begins("ask", unit="above", step="city")
    body += step("after") + end() + line("S", "opinion", "city", "ask", "after", "E")
    refs = node(
        "lane", "A", ext(props(role="officer", level="grassroots")) + node_refs("opinion after")
    )
    refs += node("lane", "B", ext(props(role="supervisor", level="city")) + node_refs("city"))
    own = ext(props(startRole="officer")) + node("laneSet", "lanes", refs)
    shop.put(review(), given(), SourceFile("petition.bpmn", process(body, key="petition", own=own)))
    case_id = asked(shop)
    shop.finish("city", case_id, "city")
    assert (said(shop, case_id, "begun"), said(shop, case_id, "number")) == (False, "")
    assert said(shop, case_id, "why") == "漳州模拟市总工会在系统里没有上一级工会,没有发起。"
    assert (of(shop, "review"), links(shop)) == ([], 0)


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({"unit": "nowhere"}, "没有找到所选的单位"),
        ({"unit": "xc", "variables": "={who: 5}"}, "who"),
        ({"unit": "above", "step": "after"}, "还没有办过"),
    ],
)
def test_what_may_not_be_begun_is_said_in_words(
    shop: Workshop, inputs: Mapping[str, str], why: str
) -> None:
    shop.put(review(), given(), petition(**inputs))
    case_id = asked(shop)
    assert why in str(said(shop, case_id, "why"))
    assert (of(shop, "review"), links(shop)) == ([], 0)
    assert shop.status(case_id) is CaseStatus.ACTIVE
    assert shop.broken() == {}


def test_nobody_begins_by_hand_what_only_another_case_begins(opened: Workshop) -> None:
    with pytest.raises(NotPermitted):
        opened.engine.cases.start(opened.actor("reviewer"), Request("review", "xc", {"who": "甲"}))


def test_what_anybody_may_begin_a_case_may_begin_too(shop: Workshop) -> None:
    shop.put(given(), drawn("plain", {"officer": "work"}, plain()), petition(process="plain"))
    asked(shop)
    assert len(of(shop, "plain")) == 1


def plain() -> str:
    return BEGIN + step("work") + end() + line("S", "work", "E")


def test_what_is_known_of_the_first_step_stands_in_its_draft(shop: Workshop) -> None:
    body = start() + step("work") + end() + line("S", "work", "E")
    inputs = {"process": "plain", "variables": "={}", "draft": "={note: who}"}
    shop.put(given(), drawn("plain", {"officer": "work"}, body), petition(**inputs))
    asked(shop)
    (begun,) = of(shop, "plain")
    (task,) = shop.open_steps(begun)
    assert shop.engine.tasks.view(shop.actor("officer"), task.id).data["note"] == "模拟甲"


def test_a_step_that_is_not_written_begins_nothing_and_again_it_begins_one(shop: Workshop) -> None:
    """As when it is killed, or its commit fails, after the other case was begun."""
    body = BEGIN + step("opinion") + begins("ask", unit="xc") + service("late", "echo", {}, {})
    body += step("after") + end() + line("S", "opinion", "ask", "late", "after", "E")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion after"}, body))

    def gone(_context: OperationContext, _inputs: Mapping[str, object]) -> Mapping[str, object]:
        raise Busy("数据库没有应答")

    shop.doing["echo"] = gone
    with pytest.raises(Busy):
        asked(shop)
    assert (of(shop, "review"), links(shop)) == ([], 0)
    del shop.doing["echo"]
    (case_id,) = of(shop, "petition")
    shop.finish("officer", case_id, "opinion")
    (second,) = of(shop, "review")
    assert other_number(shop, second).endswith("000001")
    assert shop.broken() == {}


def asks(name: str, *required: str) -> SourceFile:
    """A start form that wants a name and an amount."""
    kinds = {"who": "textfield", "amount": "number", "since": "textfield"}
    fields = [
        {
            "type": kind,
            "id": f"F_{key}",
            "key": key,
            "label": key,
            "validate": {"required": key in required},
            "properties": {"attribute": "search"} if key == "who" else {},
        }
        for key, kind in kinds.items()
    ]
    content = {"id": name, "type": "default", "schemaVersion": 16, "components": fields}
    return SourceFile(f"{name}.form", json.dumps(content).encode())


def finished_by_hand(**more: str) -> SourceFile:
    """A gateway behind the start: what lacks answers is finished in a step of the case."""
    body = node("startEvent", "S", ext(z("formDefinition", formId="asked")))
    body += node("exclusiveGateway", "G", default="G_work")
    body += user("complete", z("formDefinition", formId="asked"), props(deadline="1d"))
    body += step("work") + end() + line("S", "G", "work", "E") + line("complete", "work")
    body += flow("G", "complete", "=unfinished")
    own = {"title": "=who", "finishedIn": "complete", **more}
    return drawn("aid", {"officer": "S G complete work E"}, body, **own)


@pytest.fixture
def by_hand(shop: Workshop) -> Workshop:
    shop.put(asks("asked", "who", "amount"), finished_by_hand())
    return shop


def led(shop: Workshop, variables: str) -> tuple[str, str]:
    """A petition that began a case of it; both ids."""
    shop.put(given(), petition(process='="aid"', variables=variables))
    first = asked(shop)
    (second,) = of(shop, "aid")
    return first, second


def test_a_start_form_that_lacks_answers_is_finished_in_a_step_of_the_case(
    by_hand: Workshop,
) -> None:
    shop = by_hand
    first, second = led(shop, '={who: who, since: "三月"}')
    assert (said(shop, first, "begun"), said(shop, first, "unfinished")) == (True, True)
    begun = shop.engine.cases.view(SYSTEM, second)
    assert (begun.case.title, begun.case.number) == ("模拟甲", said(shop, first, "number"))
    assert shop.waiting(second) == ["complete"]
    (task,) = begun.open_tasks
    assert task.due_at is not None
    draft = shop.engine.tasks.view(shop.actor("officer"), task.id).data
    assert (draft["who"], draft["since"], draft.get("amount")) == ("模拟甲", "三月", None)
    with pytest.raises(Invalid):
        shop.finish("officer", second, "complete", {"who": "模拟甲", "since": "四月"})
    shop.finish("officer", second, "complete", {"who": "模拟甲", "amount": 5})
    assert (shop.waiting(second), said(shop, second, "amount")) == (["work"], 5)
    assert said(shop, second, "since") is None
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def test_what_is_wrong_is_asked_again_and_does_not_become_a_variable(by_hand: Workshop) -> None:
    _, second = led(by_hand, '={who: who, amount: "viel", nowhere: 1}')
    assert by_hand.waiting(second) == ["complete"]
    assert said(by_hand, second, "amount") is None
    assert said(by_hand, second, "nowhere") is None


def test_a_start_form_that_is_answered_goes_on_at_once(by_hand: Workshop) -> None:
    first, second = led(by_hand, "={who: who, amount: 3}")
    assert (said(by_hand, first, "unfinished"), by_hand.waiting(second)) == (False, ["work"])


def test_a_person_fills_in_the_whole_start_form_as_ever(by_hand: Workshop) -> None:
    with pytest.raises(Invalid):
        by_hand.begin("aid", {"who": "模拟甲"})
    case_id = by_hand.begin("aid", {"who": "模拟甲", "amount": 3})
    assert by_hand.waiting(case_id) == ["work"]


def test_without_such_a_step_it_is_refused_in_words(shop: Workshop) -> None:
    body = node("startEvent", "S", ext(z("formDefinition", formId="asked"))) + step("work") + end()
    plain_one = drawn("aid", {"officer": "S work E"}, body + line("S", "work", "E"))
    shop.put(asks("asked", "who", "amount"), plain_one)
    shop.put(given(), petition(process='="aid"', variables="={who: who}"))
    first = asked(shop)
    assert (of(shop, "aid"), said(shop, first, "begun")) == ([], False)
    assert "amount" in str(said(shop, first, "why"))


def test_two_that_begin_the_first_of_a_series_at_once_both_do(
    opened: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    other = open_shop()
    at_once(lambda: asked(opened), lambda: asked(other))
    numbers = sorted(other_number(opened, one)[-6:] for one in of(opened, "review"))
    assert numbers == ["000001", "000002"]
    assert {opened.status(one) for one in of(opened, "petition")} == {CaseStatus.ACTIVE}


def test_a_process_that_begins_itself_without_end_comes_to_one(shop: Workshop) -> None:
    asks = {"process": '="loop"', "kind": "下一件", "variables": "={who: who}"}
    body = BEGIN + service("next", "cases.begin", asks, {}) + step("work") + end()
    body += line("S", "next", "work", "E")
    shop.put(given(), drawn("loop", {"officer": "work"}, body))
    shop.begin("loop", {"who": "甲"})
    assert len(of(shop, "loop")) == MOST_GENERATIONS + 1
    states = [shop.status(one) for one in of(shop, "loop")]
    assert states.count(CaseStatus.INCIDENT) == 1
    assert shop.broken() == {}


def test_a_linked_case_that_waits_hears_once_and_learns_only_what_it_is_told(
    opened: Workshop,
) -> None:
    shop = opened
    first, stranger = asked(shop), asked(shop)
    for one in (first, stranger):
        shop.finish("officer", one, "after")
    second = str(shop.engine.cases.view(SYSTEM, first).related[0].id)
    shop.finish("reviewer", second, "decide", {"note": "只在这里"})
    shop.work()
    assert (shop.waiting(first), shop.waiting(stranger)) == (["told"], [])
    assert said(shop, first, "said") == "模拟甲"
    assert "只在这里" not in str(shop.engine.cases.history(SYSTEM, first))
    assert heard(shop, first) == 1
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def heard(shop: Workshop, case_id: str) -> int:
    entries = shop.engine.cases.history(SYSTEM, case_id)
    return sum(one.detail.get("name") == "result" for one in entries)


def test_who_does_not_wait_does_not_hear_and_holds_nobody_up(opened: Workshop) -> None:
    shop = opened
    first = asked(shop)
    (second,) = of(shop, "review")
    shop.finish("reviewer", second, "decide")
    shop.work()
    assert shop.waiting(first) == ["after"]
    assert shop.jobs(second, "waiting", "failed") == []
    assert (heard(shop, first), shop.broken()) == (0, {})


@pytest.mark.parametrize(("kind", "steps"), [("复查", ["again"]), ("建档", [])])
def test_the_first_tells_those_it_has_begun_by_their_kind(
    shop: Workshop, kind: str, steps: list[str]
) -> None:
    body = BEGIN + step("opinion") + begins("ask", unit="xc") + step("after")
    body += tells("tell", "ended", kind=f'="{kind}"') + step("last") + end()
    body += line("S", "opinion", "ask", "after", "tell", "last", "E")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion after last"}, body))
    first = asked(shop)
    (second,) = of(shop, "review")
    shop.finish("reviewer", second, "decide")
    shop.work()
    shop.finish("officer", first, "after")
    shop.work()
    assert (shop.waiting(second), said(shop, first, "told")) == (steps, len(steps))


def test_a_timer_of_the_other_that_is_over_comes_before_what_it_is_told(shop: Workshop) -> None:
    waits = hears("heard", "m_result")
    body = BEGIN + step("opinion") + begins("ask", unit="xc") + node("eventBasedGateway", "G")
    late = node("intermediateCatchEvent", "late", timer("timeDuration", "PT1H"))
    body += waits + late + step("told") + step("over") + end() + end("F")
    body += line("S", "opinion", "ask", "G", "heard", "told", "E") + line("G", "late", "over", "F")
    extra = message("m_result", "result", "=case.id")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion told over"}, body, extra))
    first = asked(shop)
    (second,) = of(shop, "review")
    shop.clock.advance(timedelta(hours=2))
    shop.finish("reviewer", second, "decide")
    for _ in range(3):
        shop.let_back_off_pass()
        shop.work()
    assert shop.waiting(first) == ["over"]
    assert (shop.jobs(second, "waiting", "failed"), heard(shop, first)) == ([], 0)


def test_what_fails_while_others_are_told_is_told_again_as_a_whole(shop: Workshop) -> None:
    body = BEGIN + step("opinion") + begins("ask", unit="xc") + step("after")
    body += hears("heard", "m_result") + service("late", "echo", {}, {}) + step("told") + end()
    body += line("S", "opinion", "ask", "after", "heard", "late", "told", "E")
    extra = message("m_result", "result", "=case.id")
    shop.put(review(), given(), drawn("petition", {"officer": "opinion after told"}, body, extra))
    first = asked(shop)
    shop.finish("officer", first, "after")
    (second,) = of(shop, "review")
    tries: list[int] = []

    def gone(_context: OperationContext, _inputs: Mapping[str, object]) -> Mapping[str, object]:
        tries.append(1)
        if len(tries) == 1:
            raise Busy("数据库没有应答")
        return {}

    shop.doing["echo"] = gone
    shop.finish("reviewer", second, "decide")
    shop.work()
    assert (heard(shop, first), shop.waiting(first)) == (0, [])
    shop.let_back_off_pass()
    shop.work()
    assert (heard(shop, first), shop.waiting(first)) == (1, ["told"])
    assert shop.broken() == {}


def test_a_link_to_a_case_that_is_not_there_is_found(opened: Workshop) -> None:
    asked(opened)
    behind_its_back(opened, "UPDATE case_link SET case_id = 'nowhere'")
    assert "I8" in opened.broken()


def behind_its_back(shop: Workshop, statement: str) -> None:
    """As a careless restore leaves it."""
    off, on = "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"
    if not shop.engine.database.is_sqlite:
        off, on = (f"SET session_replication_role = {it}" for it in ("replica", "DEFAULT"))
    with shop.engine.database.engine.connect() as connection:
        for one in (off, statement, on):
            connection.exec_driver_sql(one)
