"""Files are looked at again (动态复核): one by one, or all of an area at once; the real processes."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import Conflict, Invalid
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.tasks import InboxFilter
from engine.store.settings import Parameter
from registry.finding import Search
from registry.store import reviews
from registry.store.file_lists import Queue
from registry.store.tables import household, household_version, review_sample
from tests.registry.bench import Bench
from tests.registry.town import ROOT, Town
from tests.support.register import HEAD, on_file

SEEN = {"source": "yearly", "checked_how": "visit", "check_note": "入户核实"}
SAME = {**SEEN, "result": "unchanged"}
NUMBERS = ("350628199007049932", "350681199007049942", "35062519990315992X")


@pytest.fixture
def engine(town_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Engine]:
    """That federation, where lists of files may be asked for."""
    options = Options(
        clock=clock,
        data_dir=tmp_path / "data",
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
        starts=registry.STARTS,
        sources=registry.SOURCES,
    )
    opened = open_engine(town_url, key=bytes(range(32)), options=options)
    rounds = ("household_reviews", "review_round", "annual_review_round")
    for key in ("lift_out", "annual_review", *rounds):
        files = read_folder(ROOT / "processes", ROOT / "forms", key).files
        opened.definitions.deploy(SYSTEM, files)
    yield opened
    opened.close()


def _set(town: Town, name: str, value: object) -> None:
    today = town.engine.environment.today()
    town.engine.settings.add_parameters(SYSTEM, [Parameter(name, None, today, value)])


def _begun(town: Town, file_no: str) -> str:
    return town.register.file_cases.start(town.actor("reviewer"), file_no, "annual_review").case_id


def _work(town: Town) -> None:
    """Let everything go on that needs nobody."""
    worker, runner = town.engine.jobs.executor(Pace()), town.engine.errands.runner(Pace())
    for _ in range(3):
        with town.engine.database.unit_of_work() as unit:
            unit.tx.execute(text("UPDATE job SET locked_until = NULL WHERE status = 'waiting'"))
            unit.commit()
        while worker.run_once():
            pass
        while runner.run_once():
            pass


def _acts(town: Town, file_no: str) -> list[str]:
    query = (
        select(household_version.c.act)
        .where(household_version.c.file_no == file_no)
        .order_by(household_version.c.number)
    )
    return town.engine.ask(lambda tx: list(tx.execute(query).scalars()))


def _ended(town: Town, case_id: str) -> bool:
    return town.engine.cases.view(SYSTEM, case_id).case.ended_at is not None


def _queued(town: Town, queue: Queue) -> list[str]:
    page = town.register.lists.page(SYSTEM, Search(queue=queue))
    return [line.file_no for line in page.lines]


def test_one_found_unchanged_leaves_the_list_of_the_unchanged(town: Town) -> None:
    _set(town, "review sample share", 0)
    file_no = on_file(town.engine, changed_on=date(2025, 3, 3))
    assert _queued(town, Queue.UNCHANGED) == [file_no]
    case_id = _begun(town, file_no)
    town.do("officer", case_id, "apply", SAME)
    assert _ended(town, case_id)
    assert _queued(town, Queue.UNCHANGED) == []
    assert _acts(town, file_no) == ["imported", "reviewed"]
    town.must_hold()


def test_at_least_the_share_of_a_county_is_looked_at_again(bench: Bench) -> None:
    for number in range(40):
        drawn = bench.run("household.draw_sample", {"percent": 10}, f"case-{number}")
        assert int(str(drawn["sampled"])) * 10 >= int(str(drawn["looked_at"]))
    (row,) = bench.rows(review_sample)
    assert (row.county_id, row.year, row.looked_at) == ("xc", 2026, 40)
    assert not bench.run("household.draw_sample", {"percent": 0}, "case-99")["drawn"]


def test_another_category_is_published_and_approved_and_keeps_what_was_not_asked(
    town: Town,
) -> None:
    file_no = on_file(town.engine)
    case_id = _begun(town, file_no)
    lines = [
        {"month": f"2026-{month:02}", "person": "林模拟", "income_kind": "wage", "amount": 600}
        for month in range(1, 11)
    ]
    found = {**SEEN, "result": "changed", "income_lines": lines, "members": [
        {
            "relation": "配偶",
            "name": "陈模拟",
            "id_number": "350624199211059964",
            "occupation": "失(无)业",
            "health": "良好",
            "living_together": "yes",
            "counted": "yes",
        }
    ]}  # fmt: skip
    town.do("officer", case_id, "apply", found)
    agreed = {"decision": "agree", "new_category": "dibao"}
    town.do("reviewer", case_id, "review", agreed)
    town.do("officer", case_id, "post", town.posted())
    town.days_pass(case_id, 8)
    town.do("officer", case_id, "record_result", town.over())
    town.do("approver", case_id, "approve", {"approval": "agree"})
    file = town.register.household(SYSTEM, file_no)
    assert (file.line.category, file.line.status) == ("低保户", "awaiting_entry")
    difference = town.register.files.difference(SYSTEM, file_no, 0, 0, is_clear=True)
    assert difference is not None
    changed = " ".join(str(one) for one in difference.changes)
    assert "dibao" in changed or "低保户" in changed
    assert town.register.files.money(SYSTEM, file_no).sums is not None
    family = town.register.opening.clear(SYSTEM, file_no).family()
    assert [one.name for one in family] == ["林模拟", "陈模拟"]
    town.do("entry", case_id, "national_update", {"entered_on": "2026-11-18"})
    assert _ended(town, case_id)
    town.must_hold()


def test_who_may_leave_goes_on_in_a_case_of_its_own(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _begun(town, file_no)
    leaving = {**SEEN, "result": "exit", "exit_reason": "夫妻都已就业"}
    town.do("officer", case_id, "apply", leaving)
    _work(town)
    assert _ended(town, case_id)
    offers = {o.process_key: o for o in town.register.opening.of(SYSTEM, file_no).offers}
    assert offers["lift_out"].running
    assert town.waiting(offers["lift_out"].case_id) == ["apply"]
    with pytest.raises(Conflict, match="正在办理"):
        town.register.file_cases.start(town.actor("reviewer"), file_no, "lift_out")


def test_who_was_struck_off_may_ask_the_union_above(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _begun(town, file_no)
    struck_off = {**SEEN, "result": "close", "close_reason": "no_longer", "told_reason": "另有住房"}
    town.do("officer", case_id, "apply", struck_off)
    town.do("reviewer", case_id, "review_closing", {"closing_decision": "agree"})
    town.do("approver", case_id, "approve_closing", {"closing_approval": "agree"})
    town.do("entry", case_id, "national_close", {"entered_on": "2026-11-10"})
    town.do("officer", case_id, "tell", {"delivery_way": "当面", "delivered_on": "2026-11-10"})
    assert town.register.household(SYSTEM, file_no).line.status == "closed"
    (awaited,) = town.engine.messages.awaited(town.actor("officer"), case_id)
    said = {"way": "来信", "reason": "房子是父母的"}
    town.engine.messages.take_down(town.actor("officer"), case_id, awaited.token, said)
    answer = {"appeal_result": "upheld", "appeal_opinion": "查实", "answered_on": "2026-11-11"}
    town.do("protection", case_id, "appeal_city", answer)
    assert town.register.household(SYSTEM, file_no).line.status == "awaiting_entry"
    town.do("entry", case_id, "national_reopen", {"entered_on": "2026-11-12"})
    assert _ended(town, case_id)
    town.must_hold()


def test_a_file_goes_to_the_union_that_takes_it_over(town: Town) -> None:
    file_no = on_file(town.engine)
    case_id = _begun(town, file_no)
    moved = {**SEEN, "result": "moved", "move_to": "inside", "move_unit": "龙文模拟区总工会"}
    town.do("officer", case_id, "apply", moved)
    answer = {"transfer_answer": "accepted", "to_code": "999", "transfer_note": "来函同意"}
    town.do("reviewer", case_id, "await_answer", answer)
    town.do("reviewer", case_id, "await_answer", {**answer, "to_code": "350603001001"})
    assert _ended(town, case_id)
    assert town.register.household(SYSTEM, file_no).line.organisation_name == "模拟三厂工会"
    assert town.register.household(town.actor("far_reviewer"), file_no).line.file_no == file_no
    assert _acts(town, file_no) == ["imported", "transferred"]
    town.must_hold()


def test_a_plan_of_leaving_is_kept_and_the_last_one_counts(town: Town) -> None:
    _set(town, "review sample share", 0)
    file_no = on_file(town.engine)
    for day in ("2026-11-30", "2026-12-20"):
        planned = {**SAME, "exit_by": day, "exit_plan": "介绍就业"}
        town.do("officer", _begun(town, file_no), "apply", planned)
        town.clock.advance(timedelta(seconds=1))
    plan = town.engine.ask(lambda tx: reviews.plan_of(tx, file_no))
    assert plan == reviews.ExitPlan("2026-12-20", "介绍就业")


def _household(town: Town, number: int, month: int) -> str:
    lines = [
        {"month": f"2026-{one:02}", "person": "林模拟", "income_kind": "wage", "amount": month}
        for one in range(1, 13)
    ]
    head = {"id_number": NUMBERS[number], "mobile": f"1540000010{number}"}
    proposal = {"rule_set": "GB2016", "household_size": 1, "standard": 500}
    return on_file(
        town.engine,
        {**HEAD, **head},
        members=[],
        income_lines=lines,
        expense_lines=[],
        category="dibao",
        proposal=proposal,
    )


def test_a_changed_standard_asks_only_about_households_whose_category_moves(town: Town) -> None:
    _set(town, "category rule set", "GB2016")
    below, above, third = (_household(town, *one) for one in ((0, 450), (1, 650), (2, 100)))
    # A review of this one runs already: it is left out.
    _begun(town, third)
    asked = {"kind": "standard", "reason": "低保标准调整为 550 元"}
    _set(town, "dibao standard", 550)
    protection = town.actor("protection")
    round_ = town.engine.cases.start(protection, Request("review_round", "xc", asked))
    (confirm,) = town.engine.cases.view(SYSTEM, round_.case_id).open_tasks
    page = town.engine.tasks.view(protection, confirm.id)
    assert page.scope["files"] == 2
    town.do("protection", round_.case_id, "confirm", {"decision": "begin"})
    _work(town)
    opening = town.register.opening
    running = {
        file_no: [one.case_id for one in opening.of(SYSTEM, file_no).offers if one.running]
        for file_no in (below, above)
    }
    assert running[below] == []
    (case_id,) = running[above]
    assert town.waiting(case_id) == ["apply"]
    assert _acts(town, below) == ["imported"]
    # Two of one name are not begun.
    with pytest.raises(Conflict):
        town.engine.cases.start(protection, Request("review_round", "xc", asked))
    leaving = {**SEEN, "source": "standard", "result": "unchanged"}
    _set(town, "review sample share", 0)
    town.do("officer", case_id, "apply", leaving)
    _work(town)
    assert town.waiting(round_.case_id) == ["summary"]
    assert town.engine.tasks.view(protection, _step(town, round_.case_id)).scope["completed"] == 2
    town.do("protection", round_.case_id, "summary", {"summary_note": "没有变更"})
    assert _ended(town, round_.case_id)
    count = select(household.c.file_no).where(household.c.status == "lifted")
    assert town.engine.ask(lambda tx: tx.execute(count).all()) == []
    town.must_hold()


def _yearly(town: Town) -> list[str]:
    """The rounds of all files."""
    return sorted(one.id for one in town.engine.cases.search(SYSTEM, "年度复核"))


def test_the_calendar_opens_the_yearly_round_on_the_first_of_march(town: Town) -> None:
    _set(town, "review sample share", 0)
    file_no = on_file(town.engine)
    town.clock.advance(timedelta(days=(date(2027, 2, 28) - town.clock.now().date()).days))
    _work(town)
    assert _yearly(town) == []
    town.clock.advance(timedelta(days=1))
    _work(town)
    (case_id,) = _yearly(town)
    protection = town.actor("protection")
    case = town.engine.cases.view(SYSTEM, case_id).case
    assert (case.title, case.organisation_id) == ("2027年度复核", "zz")
    lines = town.engine.tasks.inbox(protection, InboxFilter()).lines
    assert [(one.case_id, one.name) for one in lines] == [(case_id, "确认名单")]
    assert town.engine.tasks.view(protection, _step(town, case_id)).scope["files"] == 1
    by_hand = Request("annual_review_round", "zz", {})
    with pytest.raises(Conflict, match="年度复核批次“2027年度复核”已经发起"):
        town.engine.cases.start(protection, by_hand)
    town.do("protection", case_id, "confirm", {"decision": "begin"})
    _work(town)
    (review,) = [o for o in town.register.opening.of(SYSTEM, file_no).offers if o.running]
    assert review.process_key == "annual_review"
    town.do("officer", review.case_id, "apply", SAME)
    _work(town)
    town.do("protection", case_id, "summary", {"summary_note": "没有变更"})
    assert _ended(town, case_id)
    with pytest.raises(Conflict, match="已经发起"):
        town.engine.cases.start(protection, by_hand)
    town.clock.advance(timedelta(days=1))
    _work(town)
    assert _yearly(town) == [case_id]
    town.must_hold()


def test_a_yearly_round_begun_by_hand_has_no_second_in_march(town: Town) -> None:
    on_file(town.engine)
    town.clock.advance(timedelta(days=(date(2027, 1, 5) - town.clock.now().date()).days))
    protection, by_hand = town.actor("protection"), Request("annual_review_round", "zz", {})
    stopped = town.engine.cases.start(protection, by_hand).case_id
    town.do("protection", stopped, "confirm", {"decision": "stop"})
    assert _ended(town, stopped)
    # What came to nothing is in nobody's way.
    held = town.engine.cases.start(protection, by_hand).case_id
    town.clock.advance(timedelta(days=56))
    _work(town)
    assert _yearly(town) == sorted([stopped, held])


def test_the_yearly_round_is_not_proposed_among_the_others(town: Town) -> None:
    asked = {"kind": "annual", "reason": "2026年度复核"}
    with pytest.raises(Invalid):
        town.engine.cases.start(town.actor("protection"), Request("review_round", "zz", asked))


def _step(town: Town, case_id: str) -> str:
    (one,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    return one.id
