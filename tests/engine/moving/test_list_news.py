"""Cases of a list hear what became known of them, later lines join; a unit has one of its kind."""

from collections.abc import Mapping, Sequence

import pytest

from engine import SYSTEM, Request
from engine.errors import Conflict
from engine.model.definitions import SourceFile
from engine.model.fan_out import Children, Line
from engine.model.tasks import InboxFilter
from engine.work import fan_out_news
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.engine.moving.test_fan_out import BEGIN, given, looked_at_again, run_errand
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    props,
    receives,
    service,
    start,
)


class Households:
    """A list and its news in the hand of a test."""

    def __init__(self) -> None:
        self.lines = [Line(f"h{n}", "u1", {"who": f"模拟{n}"}) for n in range(5)]
        self.known: dict[str, Mapping[str, object]] = {}
        self.asked: list[int] = []

    def count(self, _tx: object, _wanted: Mapping[str, object]) -> int:
        return len(self.lines)

    def page(
        self, _tx: object, _wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        return [one for one in self.lines if one.business_key > after][:limit]

    def of(
        self, _tx: object, _wanted: Mapping[str, object], keys: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        self.asked.append(len(keys))
        return {key: self.known[key] for key in keys if key in self.known}


def child() -> SourceFile:
    heard = node(
        "intermediateCatchEvent", "heard", ext(io(None, {"said": "=said"})) + receives("m")
    )
    body = BEGIN + heard + step("visit") + end() + line("S", "heard", "visit", "E")
    return drawn(
        "child", {"officer": "visit"}, body, message("m", "news", "=who"), startsFrom="campaign"
    )


def parent(**more: str) -> SourceFile:
    asked = {
        "list": "=case.id",
        "process": '="child"',
        "source": '="households"',
        "message": '="news"',
        "news": '="payments"',
        **more,
    }
    body = start() + service("each", "cases.for_each", asked, {}, props(**{"async": "true"}))
    body += step("summary") + end() + line("S", "each", "summary", "E")
    return drawn("parent", {"officer": "summary"}, body)


@pytest.fixture
def households(shop: Workshop) -> Households:
    made, environment = Households(), shop.engine.environment
    for known, name in ((environment.sources, "households"), (environment.news, "payments")):
        assert isinstance(known, dict)
        known[name] = made
    return made


def begun(shop: Workshop, **more: str) -> str:
    shop.put(child(), given(), parent(**more))
    case_id = shop.begin("parent")
    shop.work()
    assert run_errand(shop.engine)
    return case_id


def visits(shop: Workshop) -> int:
    ((count,),) = shop.rows("SELECT count(*) FROM task WHERE element_id = 'visit'")
    return int(count)


def test_cases_of_a_list_hear_what_became_known_of_them_some_at_a_time(
    shop: Workshop, households: Households, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out_news, "MOST_TOLD", 2)
    case_id = begun(shop)
    looked_at_again(shop)
    assert (visits(shop), households.asked[-1]) == (0, 5)
    households.known = {f"h{n}": {"said": n} for n in (0, 1, 2, 4)}
    looked_at_again(shop)
    assert visits(shop) == 4
    looked_at_again(shop)
    assert (visits(shop), households.asked[-1]) == (4, 1), "who has heard is not asked about"
    (told,) = shop.rows("SELECT id FROM cases WHERE business_key = 'h2'")
    kinds = [one.kind.value for one in shop.engine.cases.history(SYSTEM, told[0])]
    assert "message" in kinds
    assert shop.waiting(case_id) == []
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def test_later_lines_join_on_the_next_day_until_the_last(
    shop: Workshop, households: Households
) -> None:
    case_id = begun(shop, until='="2026-11-10"')
    households.known = {f"h{n}": {"said": n} for n in range(9)}
    looked_at_again(shop)
    assert visits(shop) == 5
    households.lines.append(Line("h7", "u1", {"who": "模拟7"}))
    looked_at_again(shop)
    assert not run_errand(shop.engine), "once a day"
    shop.clock.advance(shop.clock.now().replace(day=10) - shop.clock.now())
    looked_at_again(shop)
    assert run_errand(shop.engine)
    looked_at_again(shop)
    assert visits(shop) == 6
    for (child_id,) in shop.rows("SELECT id FROM cases WHERE business_key IS NOT NULL"):
        shop.finish("officer", child_id, "visit")
    looked_at_again(shop)
    assert shop.waiting(case_id) == [], "on the last day somebody may still come"
    shop.clock.advance(shop.clock.now().replace(day=11) - shop.clock.now())
    looked_at_again(shop)
    assert shop.waiting(case_id) == ["summary"]
    assert shop.broken() == {}


def test_no_later_lines_join_a_list_that_was_stopped(
    shop: Workshop, households: Households
) -> None:
    case_id = begun(shop, until='="2026-11-20"')
    looked_at_again(shop)
    shop.engine.fan_outs.cancel(SYSTEM, case_id, "名单有误")
    assert run_errand(shop.engine)
    households.lines.append(Line("h7", "u1", {"who": "模拟7"}))
    shop.clock.advance(shop.clock.now().replace(day=10) - shop.clock.now())
    looked_at_again(shop)
    assert not run_errand(shop.engine)
    assert shop.engine.fan_outs.children(SYSTEM, case_id) == Children(cancelled=5)
    assert shop.waiting(case_id) == ["summary"], "nothing more is waited for"
    assert shop.broken() == {}


def test_steps_of_cases_from_a_list_are_one_line_until_they_are_chosen(
    shop: Workshop, households: Households
) -> None:
    shop.deploy("example_request")
    begun(shop)
    households.known = {f"h{n}": {"said": n} for n in range(3)}
    looked_at_again(shop)
    officer = shop.actor("officer")
    other = shop.begin("example_request", {"subject": "添置工具"})
    page = shop.engine.tasks.inbox(officer, InboxFilter())
    assert [one.case_id for one in page.lines] == [other]
    assert page.counts.total == 1
    assert [(g.process_key, g.count, g.overdue) for g in page.counts.gathered] == [("child", 3, 0)]
    assert page.counts.by_process == {"child": 3, "example_request": 1}
    chosen = shop.engine.tasks.inbox(officer, InboxFilter(process_key="child"))
    assert (len(chosen.lines), chosen.counts.total, chosen.counts.gathered) == (3, 3, ())
    first = chosen.lines[0].id
    narrowed = InboxFilter(process_key="child")
    assert shop.engine.tasks.next_after(officer, narrowed, first) == chosen.lines[1].id
    assert shop.engine.tasks.next_after(officer, InboxFilter(), "") == page.lines[0].id


def test_a_unit_has_only_one_case_of_its_kind_while_it_runs_or_once_it_is_resolved(
    shop: Workshop,
) -> None:
    body = BEGIN + step("plan") + node("exclusiveGateway", "G", default="G_F")
    body += end() + end("F", ext(props(milestone="resolved"))) + line("S", "plan", "G")
    body += flow("G", "F") + flow("G", "E", '=who = "算了"')
    shop.put(drawn("once", {"officer": "plan"}, body, onlyOne='="2027 " + who'), given())

    def begin(who: str, unit: str = "u1") -> str:
        by = shop.actor("officer" if unit == "u1" else "other_officer")
        return shop.engine.cases.start(by, Request("once", unit, {"who": who})).case_id

    tried = at_once(*(lambda: begin("春节") for _ in range(4)))
    (first,) = [one for one in tried if isinstance(one, str)]
    assert {type(one) for one in tried} == {str, Conflict}, "of four at once one is begun"
    begin("春节", "u2")
    begin("端午")
    with pytest.raises(Conflict, match=r"“2027 春节”已经发起\(办件 .+\),没有重复发起"):
        begin("春节")
    shop.finish("officer", first, "plan")
    with pytest.raises(Conflict, match="已经发起"):
        begin("春节")
    shop.finish("officer", begin("算了"), "plan")
    shop.engine.cases.cancel(shop.actor("officer"), begin("算了"), "录错了,重新发起")
    begin("算了")
    assert shop.broken() == {}
