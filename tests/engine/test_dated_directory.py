"""Names, parents, grants and designations from a day on: routing follows the day (D7, D25)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from engine import SYSTEM, Request
from engine.errors import Conflict, Invalid, NotFound
from engine.jobs.executor import Pace
from engine.model.organisations import Organisation
from engine.store.database import execute_for
from engine.store.directory import rebuild_closure
from engine.store.tables import organisation_closure
from engine.work.organise import Term
from engine.work.units import Change
from tests.engine.conftest import FILLED, Office
from tests.engine.test_one_completion import watched

TODAY = date(2026, 11, 9)
IN_A_WEEK = TODAY + timedelta(days=7)


def _later(office: Office, days: int) -> None:
    """Days pass; a worker looks in."""
    office.clock.advance(timedelta(days=days))
    office.engine.jobs.executor(Pace(idle=0.01)).run_once()


def _new_county(office: Office) -> None:
    new = Organisation("gl", "3506z3", "古雷模拟总工会", "zone", "county", "zz", "zz")
    office.engine.directory.add_organisation(office.actor("admin"), new)


def test_a_move_in_the_future_reroutes_open_steps_on_its_day(office: Office) -> None:
    _new_county(office)
    admin, directory = office.actor("admin"), office.engine.directory
    directory.grant(admin, "p-city", "county_reviewer", "gl")
    case_id = office.applied()
    change = Change(IN_A_WEEK, "模拟〔2026〕3号")
    assert directory.move_organisation(admin, "u1", "gl", "approval", change) == 0
    assert (office.inbox("reviewer"), office.inbox("city")) == (["review"], [])
    _later(office, 6)
    assert office.inbox("reviewer") == ["review"]
    _later(office, 1)
    assert (office.inbox("reviewer"), office.inbox("city")) == ([], ["review"])
    assert (
        "古雷模拟总工会"
        in office.engine.tasks.view(office.actor("city"), office.step(case_id)).why_here
    )
    assert [(p.kind, p.parent_id) for p in directory.parents_of("u1")] == [
        ("approval", "xc-t"),
        ("area", "xc-t"),
        ("approval", "gl"),
    ]
    assert directory.organisations()["u1"].area_parent == "xc-t"  # counted where it lies


def test_a_move_of_today_says_how_many_steps_it_moved(office: Office) -> None:
    _new_county(office)
    admin, directory = office.actor("admin"), office.engine.directory
    assert directory.grant(admin, "p-city", "county_reviewer", "gl") == 0
    office.applied()
    office.applied("再添")
    assert directory.move_organisation(admin, "u1", "gl") == 2
    assert (office.inbox("reviewer"), office.inbox("city")) == ([], ["review", "review"])
    assert directory.move_organisation(admin, "u1", "xc-t") == 2
    assert office.inbox("city") == []


def test_however_many_units_follow_the_day_it_is_one_statement_each(office: Office) -> None:
    _new_county(office)
    admin, directory = office.actor("admin"), office.engine.directory
    for unit, parent in (("u1", "gl"), ("u2", "gl"), ("lw-u", "xc")):
        directory.move_organisation(admin, unit, parent, "approval", Change(IN_A_WEEK))
        called = f"模拟新{unit}工会"
        directory.rename_organisation(admin, unit, f"新{unit}", called, Change(IN_A_WEEK))
    for by, at in (("officer", "u1"), ("other_officer", "u2"), ("far_officer", "lw-u")):
        case_id = office.start(by=by, at=at)
        office.do(by, case_id, "apply", FILLED)
    office.clock.advance(timedelta(days=7))
    with watched(office.engine) as seen:
        assert directory.follow_day() == 3
    written = [one.split()[1] for one in seen if one.startswith("UPDATE ")]
    assert sorted(one for one in written if one in {"organisation", "queue"}) == [
        "organisation",
        "queue",
    ]
    names = {one.id: one.name for one in directory.organisations().values()}
    assert [names[one] for one in ("u1", "u2", "lw-u")] == [
        "模拟新u1工会",
        "模拟新u2工会",
        "模拟新lw-u工会",
    ]
    assert office.inbox("reviewer") == ["review"]


def _closure(office: Office) -> dict[tuple[str, str, str], int]:
    asked = select(organisation_closure)
    return {
        (row.ancestor_id, row.descendant_id, row.kind): row.depth
        for row in office.engine.ask(lambda tx: tx.execute(asked).all())
    }


def test_of_who_lies_below_whom_only_what_changes_is_written(office: Office) -> None:
    today = office.engine.environment.today()

    def rebuilt() -> list[str]:
        with watched(office.engine) as seen:
            office.engine.execute(lambda tx: rebuild_closure(tx, today))
        verbs = [one.split()[0] for one in seen if "organisation_closure" in one]
        return [verb for verb in verbs if verb != "SELECT"]

    assert rebuilt() == []
    _new_county(office)
    office.engine.directory.move_organisation(office.actor("admin"), "xc-t", "gl")
    kept = _closure(office)
    assert kept["gl", "u1", "approval"] == 2
    assert ("xc", "u1", "approval") not in kept
    office.engine.execute(lambda tx: tx.execute(delete(organisation_closure)))
    assert rebuilt() == ["INSERT"]
    assert _closure(office) == kept
    wrong = update(organisation_closure).where(organisation_closure.c.depth == 2).values(depth=7)
    office.engine.execute(lambda tx: tx.execute(wrong))
    assert rebuilt() == ["DELETE", "INSERT"]
    assert _closure(office) == kept


def test_rows_without_number_are_written_in_parts_that_are_each_answered(office: Office) -> None:
    with watched(office.engine) as seen:
        office.engine.execute(
            lambda tx: execute_for(
                tx,
                insert(organisation_closure),
                [
                    {"ancestor_id": "zz", "descendant_id": "zz", "kind": f"k{n}", "depth": 0}
                    for n in range(12_000)
                ],
            )
        )
    assert len([one for one in seen if one.startswith("INSERT INTO organisation_closure")]) == 3
    assert len(_closure(office)) > 12_000


def test_what_was_planned_is_replaced_by_an_earlier_move(office: Office) -> None:
    _new_county(office)
    admin, directory = office.actor("admin"), office.engine.directory
    directory.move_organisation(admin, "u1", "gl", "approval", Change(IN_A_WEEK))
    directory.move_organisation(admin, "u1", "lw", "approval", Change(TODAY + timedelta(days=2)))
    _later(office, 8)
    assert directory.organisations()["u1"].approval_parent == "lw"
    assert [p.parent_id for p in directory.parents_of("u1") if p.kind == "approval"] == [
        "xc-t",
        "lw",
    ]


@pytest.mark.parametrize(
    ("unit", "parent", "day", "said"),
    [
        ("xc", "xc-t", None, "本单位或它的下级"),
        ("xc", "u1", IN_A_WEEK, "本单位或它的下级"),
        ("zz", "xc", None, "最上级单位"),
        ("u1", "gone", None, "没有找到所选的上级"),
        ("u1", "lw", TODAY - timedelta(days=1), "只能从今天"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    office: Office, unit: str, parent: str, day: date | None, said: str
) -> None:
    directory = office.engine.directory
    with pytest.raises((Invalid, NotFound), match=said):
        directory.move_organisation(office.actor("admin"), unit, parent, "approval", Change(day))
    assert len(directory.parents_of(unit)) == (0 if unit == "zz" else 2)


def test_two_planned_moves_cannot_make_a_circle(office: Office) -> None:
    admin, directory = office.actor("admin"), office.engine.directory
    directory.move_organisation(admin, "lw", "xc", "approval", Change(IN_A_WEEK))
    with pytest.raises(Invalid, match="本单位或它的下级"):
        directory.move_organisation(admin, "xc", "lw", "approval", Change(TODAY))
    _later(office, 8)
    assert directory.organisations()["xc"].approval_parent == "zz"


def test_a_rename_keeps_the_unit_and_its_earlier_names(office: Office) -> None:
    case_id = office.applied()
    admin, directory = office.actor("admin"), office.engine.directory
    directory.rename_organisation(
        admin, "xc", "350604", "芗城模拟新区总工会", Change(IN_A_WEEK, "国函〔2026〕1号")
    )
    assert directory.organisations()["xc"].name == "芗城模拟区总工会"
    _later(office, 7)
    renamed = directory.organisations()["xc"]
    assert (renamed.id, renamed.code, renamed.name) == ("xc", "350604", "芗城模拟新区总工会")
    assert office.inbox("reviewer") == ["review"]
    view = office.engine.tasks.view(office.actor("city"), office.step(case_id))
    assert "芗城模拟新区总工会" in view.why_here
    assert [(n.code, n.valid_from, n.document) for n in directory.names_of("xc")] == [
        ("350602", date(2000, 1, 1), ""),
        ("350604", IN_A_WEEK, "国函〔2026〕1号"),
    ]
    directory.rename_organisation(admin, "xc", "350602", "芗城旧名", Change(date(2021, 2, 1)))
    assert directory.organisations()["xc"].code == "350604"  # the latest still holds


def test_a_closed_unit_leaves_its_open_work_to_its_successor(office: Office) -> None:
    case_id = office.start()  # 填报 waits for an officer of u1
    admin, directory = office.actor("admin"), office.engine.directory
    with pytest.raises(Invalid, match="还有 0 个下级单位、1 个未办环节"):
        directory.close_organisation(admin, "u1", None, Change(document="模拟〔2026〕5号"))
    with pytest.raises(Invalid, match="文号"):
        directory.close_organisation(admin, "u1", "u2", Change())
    with pytest.raises(Invalid, match="同一级"):
        directory.close_organisation(admin, "u1", "xc", Change(document="模拟"))
    change = Change(IN_A_WEEK, "模拟〔2026〕5号")
    directory.close_organisation(admin, "u1", "u2", change)
    assert office.inbox("officer") == ["apply"]
    _later(office, 7)
    assert (office.inbox("officer"), office.inbox("other_officer")) == ([], ["apply"])
    view = office.engine.tasks.view(office.actor("other_officer"), office.step(case_id))
    assert "模拟〔2026〕5号" in view.why_here
    assert view.task is not None
    assert directory.organisations()["u1"].valid_to == IN_A_WEEK
    assert directory.successor_of("u1") == "u2"
    with pytest.raises(Conflict, match="已撤销"):
        directory.close_organisation(admin, "u1", "u2", change)
    with pytest.raises(Invalid, match="撤销"):
        office.engine.cases.start(
            office.actor("other_officer"), Request("example_request", "u1", {"subject": "甲"})
        )
    homes = office.engine.definitions.startable(office.actor("other_officer"))
    assert [unit.id for _, units in homes for unit in units] == ["u2"]
    office.do("other_officer", case_id, "apply", FILLED_BY_SUCCESSOR)
    assert office.inbox("reviewer") == ["review"]


FILLED_BY_SUCCESSOR = {
    "applicant_name": "林模拟",
    "amount": 1200,
    "needed_by": "2026-12-20",
    "reason": "班组安全帽到期需要更换",
}


def test_the_units_below_a_closed_one_stand_below_its_successor(office: Office) -> None:
    admin, directory = office.actor("admin"), office.engine.directory
    office.applied()
    directory.close_organisation(admin, "xc", "lw", Change(document="模拟〔2026〕6号"))
    assert directory.organisations()["xc-t"].approval_parent == "lw"
    assert (office.inbox("reviewer"), office.inbox("far_reviewer")) == ([], ["review"])


def test_a_grant_holds_from_its_day_to_its_day(office: Office) -> None:
    office.applied()
    admin, directory = office.actor("admin"), office.engine.directory
    for held in directory.grants():
        if (held.role, held.organisation_id) == ("county_reviewer", "xc"):
            directory.withdraw_grant(admin, held.id, IN_A_WEEK)
    term = Term(TODAY + timedelta(days=3), TODAY + timedelta(days=10))
    directory.grant(admin, "p-city", "county_reviewer", "xc", term)
    assert len(directory.all_grants()) == len(directory.grants()) + 1
    assert (office.inbox("city"), office.inbox("reviewer")) == ([], ["review"])
    _later(office, 3)
    assert office.inbox("city") == ["review"]
    _later(office, 4)
    assert (office.inbox("city"), office.inbox("reviewer")) == (["review"], [])
    _later(office, 3)
    assert office.inbox("city") == []
    assert len(office.engine.tasks.unstaffed(office.actor("supervisor"))) == 1


@pytest.mark.parametrize(
    ("term", "said"),
    [
        (Term(TODAY - timedelta(days=1)), "过去的日期"),
        (Term(IN_A_WEEK, IN_A_WEEK), "截止日期"),
        (Term(None, TODAY), "截止日期"),
    ],
)
def test_a_grant_of_impossible_dates_is_refused(office: Office, term: Term, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        office.engine.directory.grant(
            office.actor("admin"), "p-city", "county_reviewer", "xc", term
        )


def test_a_designation_and_its_end_move_the_steps_at_once(office: Office) -> None:
    office.applied()
    admin, directory = office.actor("admin"), office.engine.directory
    assert directory.designate(admin, ("county_reviewer", "xc", "lw"), "模拟〔2026〕1号") == 1
    assert (office.inbox("reviewer"), office.inbox("far_reviewer")) == ([], ["review"])
    (made,) = directory.designations()
    assert directory.withdraw_designation(admin, made.id) == 1
    assert (office.inbox("reviewer"), office.inbox("far_reviewer")) == (["review"], [])
    with pytest.raises(NotFound):
        directory.withdraw_designation(admin, made.id)


def test_a_holder_more_or_less_moves_the_steps_at_once(office: Office) -> None:
    office.applied()
    admin, directory = office.actor("admin"), office.engine.directory
    directory.grant(admin, "p-city", "county_reviewer", "zz")
    moved = 0
    for held in [
        g for g in directory.grants() if (g.role, g.organisation_id) == ("county_reviewer", "xc")
    ]:
        moved += directory.withdraw_grant(admin, held.id)
    assert moved == 1
    assert office.inbox("city") == ["review"]
    assert directory.grant(admin, "p-supervisor", "county_reviewer", "xc") == 1
    assert (office.inbox("city"), office.inbox("supervisor")) == ([], ["review"])
    assert directory.close_account(admin, "p-supervisor") == 1
    assert office.inbox("city") == ["review"]


def test_gaps_say_who_does_the_steps_instead_and_how_many(office: Office) -> None:
    office.applied()
    admin, directory = office.actor("admin"), office.engine.directory
    supervision = office.engine.supervision

    def of_reviewers() -> list[tuple[str, str, str | None, int]]:
        return [
            (gap.organisation_id, gap.reason.value, gap.handling_id, gap.open_steps)
            for gap in supervision.staffing(admin).gaps
            if gap.role == "county_reviewer"
        ]

    assert of_reviewers() == []
    for held in [g for g in directory.grants() if g.organisation_id == "xc"]:
        if held.role == "county_reviewer":
            directory.withdraw_grant(admin, held.id)
    assert of_reviewers() == [("xc", "unstaffed", None, 1)]
    (first, *_) = supervision.staffing(admin).gaps
    assert first.organisation_id == "xc"
    assert first.processes
    assert "县级审核员" in first.text
    directory.grant(admin, "p-city", "county_reviewer", "zz")
    assert of_reviewers() == [("xc", "climbed", "zz", 1)]
    directory.designate(admin, ("county_reviewer", "xc", "lw"), "模拟〔2026〕1号")
    assert of_reviewers() == [("xc", "designated", "lw", 1)]
    assert {g.organisation_id for g in supervision.staffing(office.actor("supervisor")).gaps} <= {
        "xc",
        "xc-t",
        "u1",
        "u2",
    }
    assert supervision.staffing(office.actor("officer")).gaps == ()


def test_a_grant_that_ends_soon_is_told_and_whether_it_is_the_last(office: Office) -> None:
    admin, directory = office.actor("admin"), office.engine.directory
    for name in ("reviewer", "far_reviewer"):
        (held,) = [g for g in directory.grants() if g.person_id == f"p-{name}"]
        directory.withdraw_grant(admin, held.id, IN_A_WEEK)
    told = office.engine.supervision.staffing(admin).ending
    assert [(e.grant.person_id, e.grant.valid_to, e.is_last) for e in told] == [
        ("p-reviewer", IN_A_WEEK, False),
        ("p-far_reviewer", IN_A_WEEK, True),
    ]


def test_a_hand_over_gives_roles_steps_and_drafts_to_the_successor(office: Office) -> None:
    case_id = office.applied()
    step = office.step(case_id)
    engine, admin = office.engine, office.actor("admin")
    engine.tasks.claim(office.actor("reviewer"), step)
    engine.tasks.save_draft(office.actor("reviewer"), step, {"comment": "已看一半"})
    left = engine.directory.estate(admin, "p-reviewer")
    assert [(s.name, s.is_held, s.has_draft) for s in left.steps] == [("审核", True, True)]
    done = engine.directory.hand_over(admin, "p-reviewer", "p-supervisor", closes=True)
    assert done.given == {step}
    assert [g.role for g in done.estate.grants] == ["county_reviewer"]
    view = engine.tasks.view(office.actor("supervisor"), step)
    assert (view.task.assignee, view.data["comment"]) == ("p-supervisor", "已看一半")
    assert office.actor("supervisor").holds_at("county_reviewer", "xc")
    with pytest.raises(NotFound):
        office.actor("reviewer")
    *_, last = engine.cases.history(SYSTEM, case_id)
    assert (last.actor, last.detail["reason"], last.detail["to"]) == (
        "p-admin",
        "工作交接",
        "p-supervisor",
    )
    office.do("supervisor", case_id, "review", {"decision": "agree"})
    with pytest.raises(Conflict, match="停用"):
        engine.directory.hand_over(admin, "p-reviewer", "p-supervisor", closes=True)


def test_a_step_the_successor_may_not_do_goes_back_to_the_others(office: Office) -> None:
    case_id = office.applied()  # who applied may not review
    step, admin = office.step(case_id), office.actor("admin")
    office.engine.tasks.claim(office.actor("reviewer"), step)
    done = office.engine.directory.hand_over(admin, "p-reviewer", "p-officer", closes=False)
    assert done.given == frozenset()
    assert office.inbox("reviewer2") == ["review"]
    assert office.actor("reviewer").roles == frozenset()


@pytest.mark.parametrize(
    ("successor", "said"), [("p-reviewer", "自己"), ("p-nobody", "请选择接收人")]
)
def test_a_hand_over_needs_another_person(office: Office, successor: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        office.engine.directory.hand_over(
            office.actor("admin"), "p-reviewer", successor, closes=True
        )
    assert office.actor("reviewer").roles
