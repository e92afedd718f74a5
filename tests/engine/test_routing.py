"""Role x organisation: where a step goes, why, and that it follows the directory (D7)."""

import pytest

from engine import SYSTEM, Engine
from engine.errors import Conflict, NotPermitted
from engine.model.cases import EventKind
from engine.model.organisations import Organisation
from engine.model.tasks import InboxFilter
from engine.store import queues
from engine.store.queues import find_queue
from tests.engine.conftest import Office


def _withdraw(office: Office, role: str, place: str) -> None:
    for grant in office.engine.directory.grants():
        if grant.role == role and grant.organisation_id == place:
            office.engine.directory.withdraw_grant(office.actor("admin"), grant.id)


def _why(office: Office, case_id: str) -> str:
    return office.engine.tasks.view(office.actor("city"), office.step(case_id)).why_here


def test_the_reason_is_kept_with_the_queue(office: Office) -> None:
    case_id = office.applied()
    assert "芗城模拟区总工会" in _why(office, case_id)
    assert "县级审核员" in _why(office, case_id)


def test_nobody_there_goes_up_the_approval_tree_with_open_steps(office: Office) -> None:
    case_id = office.applied()
    admin = office.actor("admin")
    office.engine.directory.grant(admin, "p-city", "county_reviewer", "zz")
    _withdraw(office, "county_reviewer", "xc")
    assert office.inbox("city") == ["review"]
    assert "漳州模拟市总工会" in _why(office, case_id)
    office.engine.directory.grant(admin, "p-reviewer", "county_reviewer", "xc")
    assert office.inbox("city") == []
    assert office.inbox("reviewer") == ["review"]


def test_nobody_anywhere_is_listed_as_unstaffed(office: Office) -> None:
    case_id = office.applied()
    _withdraw(office, "county_reviewer", "xc")
    ((line, reason),) = office.engine.tasks.unstaffed(office.actor("supervisor"))
    assert line.case_id == case_id
    assert "县级审核员" in reason


@pytest.mark.parametrize("by", ["closing", "withdrawing"])
def test_steps_of_whoever_leaves_go_back_to_the_others_with_their_drafts(
    office: Office, by: str
) -> None:
    case_id = office.applied()
    step = office.step(case_id)
    office.engine.tasks.claim(office.actor("reviewer"), step)
    office.engine.tasks.save_draft(office.actor("reviewer"), step, {"comment": "已看一半"})
    assert office.inbox("reviewer2") == []
    admin = office.actor("admin")
    if by == "closing":
        office.engine.directory.close_account(admin, "p-reviewer")
    else:
        (grant,) = [g for g in office.engine.directory.grants() if g.person_id == "p-reviewer"]
        office.engine.directory.withdraw_grant(admin, grant.id)
    assert office.inbox("reviewer2") == ["review"]
    view = office.engine.tasks.view(office.actor("reviewer2"), step)
    assert (view.task.assignee, view.data["comment"]) == (None, "已看一半")
    *_, last = office.engine.cases.history(SYSTEM, case_id)
    assert (last.kind, last.actor, last.detail["reason"]) == (
        EventKind.TASK_RELEASED,
        "p-admin",
        "原经办人不再负责这一环节",
    )
    office.do("reviewer2", case_id, "review", {"decision": "agree"})


def test_a_step_that_only_one_may_do_is_hers_without_being_claimed(office: Office) -> None:
    alone = office.applied()
    office.start()
    for other in ("p-reviewer2", "p-reviewer3"):
        office.engine.directory.close_account(office.actor("admin"), other)
    reviewer = office.actor("reviewer")
    page = office.engine.tasks.inbox(reviewer, InboxFilter())
    assert [(line.case_id, line.is_sole) for line in page.lines] == [(alone, True)]
    assert (page.counts.held, page.counts.free) == (1, 0)
    mine = office.engine.tasks.inbox(reviewer, InboxFilter(holding="mine"))
    free = office.engine.tasks.inbox(reviewer, InboxFilter(holding="free"))
    assert ([line.case_id for line in mine.lines], free.lines) == ([alone], ())
    shared = office.engine.tasks.inbox(office.actor("officer"), InboxFilter())
    assert {line.is_sole for line in shared.lines} == {False}
    assert (shared.counts.held, shared.counts.free) == (0, 1)


def test_a_written_designation_sends_it_to_another_unit(office: Office) -> None:
    case_id = office.applied()
    _withdraw(office, "county_reviewer", "xc")
    office.engine.directory.designate(
        office.actor("admin"), ("county_reviewer", "xc", "lw"), "模拟〔2026〕1号"
    )
    assert office.inbox("far_reviewer") == ["review"]
    assert "模拟〔2026〕1号" in _why(office, case_id)
    office.do("far_reviewer", case_id, "review", {"decision": "agree"})


def test_only_an_administrator_of_the_place_changes_the_directory(office: Office) -> None:
    engine: Engine = office.engine
    for name in ("officer", "supervisor", "designer"):
        with pytest.raises(NotPermitted):
            engine.directory.grant(office.actor(name), "p-officer", "county_reviewer", "xc")


def test_a_renamed_union_stays_the_same(office: Office) -> None:
    case_id = office.applied()
    engine = office.engine
    engine.directory.rename_organisation(office.actor("admin"), "xc", "350602", "芗城新名总工会")
    assert office.inbox("reviewer") == ["review"]
    assert "芗城新名总工会" in _why(office, case_id)


def test_a_directory_is_filled_once(office: Office) -> None:
    with pytest.raises(Conflict, match="没有装入"):
        office.engine.directory.load([], [], [], [])


def test_two_units_of_one_name_are_not_moved_below_one_parent(office: Office) -> None:
    admin, directory = office.actor("admin"), office.engine.directory
    for unit, parent in (("n1", "xc"), ("n2", "lw")):
        new = Organisation(unit, unit, "模拟厂工会", "grassroots", "grassroots", parent, parent)
        directory.add_organisation(admin, new)
    with pytest.raises(Conflict, match="已有“模拟厂工会”"):
        directory.move_organisation(admin, "n2", "xc")


def test_the_number_of_a_queue_that_was_undone_is_not_kept(office: Office) -> None:
    """SQLite gives it to the next queue that is made: steps would go to whoever has that one."""
    queues, today = office.engine.environment.queues, office.engine.environment.today()
    wanted, other = ("county_approver", "county", "u1"), ("county_reviewer", "county", "u2")

    with office.engine.database.unit_of_work() as undone:
        made = queues.find(undone.tx, *wanted, today)
        assert queues.find(undone.tx, *wanted, today) == made
    assert office.engine.ask(lambda tx: queues.known(tx, *wanted)) is None

    there = office.engine.execute(lambda tx: queues.find(tx, *other, today))
    again = office.engine.execute(lambda tx: queues.find(tx, *wanted, today))
    assert there != again
    found = office.engine.ask(lambda tx: find_queue(tx, *wanted))
    assert found is not None
    assert found.id == again == office.engine.ask(lambda tx: queues.known(tx, *wanted))


def test_a_change_that_moves_the_queues_of_a_hundred_thousand_unions_is_counted(
    office: Office,
) -> None:
    office.applied()
    moved = office.engine.ask(lambda tx: queues._open_steps_in(tx, range(1, 100_001)))
    assert moved == 1
