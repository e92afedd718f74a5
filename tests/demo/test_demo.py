"""The demonstration: whoever signs in finds work that real use would have made."""

from collections import Counter

import pytest

import registry
from engine import SYSTEM
from engine.model.cases import EventKind
from engine.model.definitions import ElementKind
from engine.model.tasks import InboxFilter
from engine.store.cases import CaseQuestion
from engine.store.task_lists import TaskQuestion
from engine.work.supervise import OverdueFilter
from webapp.demo.federation import DEMO_PASSWORD
from webapp.demo.loading import load_demo

EVERYTHING = 10_000


def open_steps(engine):
    return Counter(
        line.element_id
        for line in engine.tasks.list(SYSTEM, TaskQuestion(status="open", limit=EVERYTHING))
    )


WHOLE = {"archiving", "household_report", "example_request"}
"""Shown at each of their steps; of the others at those where they are left."""


def steps_of(engine, loading):
    """Every step of a person in these processes and those they call; where others are left."""
    newest = {row.key: row.id for row in engine.definitions.latest()}
    plans = loading.demo.plans()
    keys = {plan.process for plan in plans} & WHOLE
    left = {plan.stop_before.partition("#")[0] for plan in plans if plan.process not in WHOLE}
    for key in list(keys):
        keys |= called_by(engine.definitions.source(newest[key]))
    return {
        element.id
        for key in keys
        for element in engine.definitions.get(newest[key])[1].elements()
        if element.kind is ElementKind.USER_TASK
    } | (left - {""})


def called_by(source):
    return {key for one, called in source.called.items() for key in (one, *called_by(called))}


def test_every_planned_case_went_as_planned(loading):
    assert loading.loaded.faults == ()


def test_every_state_that_is_planned_can_be_seen(engine, loading):
    assert steps_of(engine, loading) - open_steps(engine).keys() == set()
    cases = engine.cases.list(SYSTEM, CaseQuestion(limit=EVERYTHING))
    assert sum(bool(case.business_key) for case in cases) == len(loading.demo.plans())
    assert {case.status for case in cases} == {"active", "completed"}
    assert {case.milestone for case in cases} >= {None, "accepted", "resolved"}


def test_as_many_households_are_on_file_as_planned(register, loading):
    counts = register.households(SYSTEM).counts
    assert sum(counts.values()) == loading.demo.files()
    assert counts["on_file"] > 0
    lines = register.households(SYSTEM, limit=100).lines
    helped = [register.help.of_file(SYSTEM, line.file_no).lines for line in lines]
    assert any(helped)
    assert not all(helped)
    origins = {line.is_imported for line in lines}
    assert origins == {True, False}


def test_lists_pages_and_versions_have_something_real_to_show(engine, register):
    reviewer = engine.directory.actor_named("xc.reviewer")
    assert register.exports.log(reviewer)
    reasons = ""
    for line in register.households(SYSTEM, limit=EVERYTHING).lines:
        versions = register.household(SYSTEM, line.file_no).versions
        assert [v.at for v in versions] == sorted((v.at for v in versions), reverse=True)
        reasons += "".join(version.reason for version in versions)
    for told in ("导入已有档案", "建档审批", "录入全国系统", "并入同户的困难职工", "(更正:"):
        assert told in reasons, told
    cases = engine.cases.list(SYSTEM, CaseQuestion(limit=EVERYTHING))
    issued = [engine.receipts.of_case(SYSTEM, case.id).issued for case in cases]
    assert any(issued)
    assert not all(issued)


def test_late_units_were_sent_orders_and_some_have_answered(engine):
    orders = engine.supervision.orders(engine.directory.actor_named("zz.supervisor"))
    assert orders
    assert any(one.open_step and one.open_step.element_id.startswith("review") for one in orders)


def test_a_family_went_on_with_another_head(engine, loading):
    (plan,) = [n for n, p in enumerate(loading.demo.plans(), 1) if p.heir_from]
    (case,) = [
        line
        for line in engine.cases.list(SYSTEM, CaseQuestion(limit=EVERYTHING))
        if line.business_key == f"模拟-{plan:04}"
    ]
    applied = [
        entry.detail["data"]["applicant_name"]
        for entry in engine.cases.history(SYSTEM, case.id, limit=EVERYTHING)
        if entry.kind is EventKind.TASK_COMPLETED and "applicant_name" in entry.detail["data"]
    ]
    assert len(set(applied)) == 2
    assert case.status == "completed"


def test_some_steps_are_overdue_some_held_some_free_and_some_half_filled(engine):
    lines = engine.tasks.list(SYSTEM, TaskQuestion(status="open", limit=EVERYTHING))
    now = engine.clock.now()
    assert any(line.due_at is not None and line.due_at < now for line in lines)
    assert any(line.due_at is not None and line.due_at > now for line in lines)
    assert any(line.assignee for line in lines)
    assert any(not line.assignee for line in lines)
    assert any(line.draft_at for line in lines)
    assert all(line.created_at <= now for line in lines)
    supervisor = engine.directory.actor_named("zz.supervisor")
    assert engine.supervision.overdue(supervisor, OverdueFilter()).total > 0


def test_the_database_keeps_its_promises(engine):
    found = (*engine.audit.invariants(), *registry.invariants(engine))
    assert [(one.id, one.broken) for one in found if not one.ok] == []
    assert engine.audit.verify().ok


def test_everybody_signs_in_with_the_password_and_every_role_has_somebody(engine, loading):
    told = loading.loaded.as_json()
    assert told["process"] == "example_request"
    assert told["start_role"] == "officer"
    assert all(user["password"] == DEMO_PASSWORD for user in told["users"])
    held = {grant["role"] for user in told["users"] for grant in user["grants"]}
    _, program = engine.definitions.get("example_request:1")
    asked = {element.lane.role for element in program.elements("example_request") if element.lane}
    assert asked | {told["start_role"]} <= held
    assert {"admin", "designer", "supervisor"} <= held
    engine.accounts.sign_in("xc.officer1", DEMO_PASSWORD, "127.0.0.1", "web")


def test_somebody_finds_work_in_her_inbox(engine, loading):
    totals = [
        engine.tasks.inbox(
            engine.directory.actor_named(user["username"]), InboxFilter()
        ).counts.total
        for user in loading.loaded.users
        if any(grant["role"] == "county_reviewer" for grant in user["grants"])
    ]
    assert sum(totals) > 0


def test_whoever_enters_files_for_the_county_of_the_tour_has_a_step_to_do(engine, loading):
    entry = engine.directory.actor_named("xc.entry")
    steps = engine.tasks.inbox(entry, InboxFilter()).lines
    assert "national_entry" in {line.element_id for line in steps}


def test_a_second_call_changes_nothing_and_tells_the_same(engine, register, loading):
    before = open_steps(engine), engine.audit.verify().head, register.households(SYSTEM).counts
    again = load_demo(loading.settings, loading.demo, lambda _: None)
    assert again.as_json() == loading.loaded.as_json()
    after = open_steps(engine), engine.audit.verify().head, register.households(SYSTEM).counts
    assert after == before


@pytest.mark.parametrize("name", ["admin", "designer", "supervisor"])
def test_the_city_has_the_accounts_that_run_the_installation(engine, name):
    assert engine.directory.actor_named(f"zz.{name}").holds(name)


@pytest.mark.parametrize("name", ["xc.township1", "xc.township2", "xc.township3"])
def test_each_township_of_the_tour_has_a_step_to_do(engine, name):
    assert engine.tasks.inbox(engine.directory.actor_named(name), InboxFilter()).counts.total > 0
