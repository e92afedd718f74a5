"""Running cases go over to another version of their process: with all they are, or not at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import SYSTEM
from engine.errors import Conflict, Invalid, LeaseLost, NotFound, NotPermitted, TaskNotOpen
from engine.jobs.executor import Pace
from engine.model.cases import CaseStatus
from engine.model.definitions import SourceFile
from engine.model.version_moves import Migration, MoveStatus, Plan, Route, Verdict
from tests.engine.moving.conftest import Workshop, drawn, form, step
from tests.support.at_once import at_once
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    message,
    node,
    receives,
    start,
    timer,
)

ALL = {
    "officer": "apply look late_look",
    "county_reviewer": "review audit",
    "county_approver": "approve",
}


def request(*steps: str, lanes: dict[str, str] | None = None, **changed: str) -> SourceFile:
    """A process of these steps in a line; ``changed`` gives steps other deadlines."""
    inside = "".join(
        step(name, **({"deadline": changed[name]} if name in changed else {})) for name in steps
    )
    wanted = ALL if lanes is None else lanes
    there = {role: " ".join(i for i in ids.split() if i in steps) for role, ids in wanted.items()}
    return drawn(
        "ask",
        {r: i for r, i in there.items() if i},
        start() + inside + end() + line("S", *steps, "E"),
    )


def quietly(_done: int, _total: int) -> None:
    """Nobody listens."""


def plan(shop: Workshop, to: int = 2, **ids: str) -> Plan:
    return shop.engine.versions.plans.at_once(SYSTEM, Route("ask", to, None, ids))


def migrate(shop: Workshop, to: int = 2, frm: int | None = None, **ids: str) -> Migration:
    made = shop.engine.versions.begin(SYSTEM, Route("ask", to, frm, ids))
    return shop.engine.versions.work_off(SYSTEM, made.id, quietly)


def version(shop: Workshop, case_id: str) -> int:
    return shop.engine.cases.view(SYSTEM, case_id).case.version


def at_review(shop: Workshop) -> str:
    case_id = shop.begin("ask")
    shop.finish("officer", case_id, "apply", {"note": "一"})
    return case_id


def finish_all(shop: Workshop, case_id: str) -> list[str]:
    """Do whatever is open until the case ends; the steps in their order."""
    doers = {"county_reviewer": "reviewer", "county_approver": "approver", "officer": "officer"}
    done = []
    while shop.status(case_id) is CaseStatus.ACTIVE:
        (open_step,) = shop.open_steps(case_id)
        done.append(open_step.element_id)
        shop.finish(doers[open_step.role], case_id, open_step.element_id, {"note": "好"})
    return done


def test_a_later_step_of_the_new_version_is_done_and_never_skipped(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve"))
    early, late, done = shop.begin("ask"), at_review(shop), at_review(shop)
    shop.finish("reviewer", done, "review", {})
    shop.put(request("apply", "review", "audit", "approve"))
    told = {one.case_id: one for one in plan(shop).cases}
    assert {one.verdict for one in told.values()} == {Verdict.SAFE}
    assert told[done].has_passed == ("audit",)
    assert "不会补办" in told[done].notes[0].zh
    assert told[late].has_passed == ()
    assert "以后会办" in told[late].notes[0].zh
    moved = migrate(shop)
    assert (moved.moved, moved.left, moved.total) == (3, 0, 3)
    assert moved.ended_at is not None
    assert finish_all(shop, early) == ["apply", "review", "audit", "approve"]
    assert finish_all(shop, late) == ["review", "audit", "approve"]
    assert finish_all(shop, done) == ["approve"]
    assert shop.broken() == {}


def test_a_plan_changes_nothing(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    shop.put(request("apply", "audit"))
    before = shop.rows("SELECT count(*) FROM event"), shop.rows("SELECT rev FROM cases")
    plan(shop), plan(shop, review="audit")
    assert (shop.rows("SELECT count(*) FROM event"), shop.rows("SELECT rev FROM cases")) == before
    assert version(shop, case_id) == 1


def test_a_removed_step_with_a_case_at_it_is_refused_until_it_is_mapped(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve"))
    waiting, early = at_review(shop), shop.begin("ask")
    shop.put(request("apply", "audit", "approve"))
    told = plan(shop)
    assert told.count(Verdict.NEEDS_MAPPING) == 1
    (missing,) = told.unmapped
    assert (missing.element_id, missing.cases, missing.may_drop) == ("review", 1, False)
    assert ("audit", "audit") in missing.candidates
    first = migrate(shop)
    assert (first.moved, first.left) == (1, 1)
    assert version(shop, waiting) == 1
    assert version(shop, early) == 2
    (left,) = shop.engine.versions.moves(SYSTEM, first.id, MoveStatus.LEFT)
    assert "新版没有这个环节" in left.reasons[0].zh
    assert "does not have" in left.reasons[0].en
    second = migrate(shop, review="audit")
    assert (second.moved, second.left) == (1, 0)
    assert shop.waiting(waiting) == ["audit"]
    assert finish_all(shop, waiting) == ["audit", "approve"]
    assert shop.broken() == {}


def test_a_case_past_a_step_that_another_replaced_is_past_the_other(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve"))
    past = at_review(shop)
    shop.finish("reviewer", past, "review", {})
    shop.put(request("apply", "audit", "approve"))
    (told,) = plan(shop).cases
    assert (told.verdict, told.has_passed) == (Verdict.SAFE, ("audit",))
    (renamed,) = plan(shop, review="audit").cases
    assert (renamed.has_passed, renamed.notes) == ((), ())


def test_a_case_that_was_sent_back_is_before_the_new_step_again(shop: Workshop) -> None:
    def looping(*steps: str) -> SourceFile:
        inside = start() + "".join(map(step, ("apply", *steps, "approve"))) + end()
        inside += node("exclusiveGateway", "M") + node("exclusiveGateway", "G", default="G_E")
        inside += line("S", "M", "apply", *steps, "approve", "G")
        inside += flow("G", "M", '=approve_note = "退回"') + flow("G", "E")
        lanes = {"officer": "apply", "county_reviewer": " ".join(steps)}
        return drawn("ask", {**lanes, "county_approver": "approve"}, inside)

    shop.put(looping("review"))
    back, past = at_review(shop), at_review(shop)
    for case_id in (back, past):
        shop.finish("reviewer", case_id, "review", {})
    shop.finish("approver", back, "approve", {"note": "退回"})
    shop.put(looping("review", "audit"))
    told = {one.case_id: one for one in plan(shop).cases}
    assert told[back].has_passed == ()
    assert "以后会办" in told[back].notes[0].zh
    assert told[past].has_passed == ("audit",)
    assert "如退回或重来" in told[past].notes[0].zh


def test_what_a_new_step_would_have_written_is_missed_in_the_plan(shop: Workshop) -> None:
    def deciding(*steps: str, asked: str = "apply") -> SourceFile:
        inside = start() + "".join(map(step, ("apply", *steps, "approve"))) + end() + end("E2")
        inside += node("exclusiveGateway", "G", default="G_E") + flow("G", "E")
        inside += line("S", "apply", *steps, "approve", "G")
        inside += flow("G", "E2", f'={asked}_note = "好"')
        lanes = {"officer": "apply", "county_reviewer": " ".join(steps)}
        return drawn("ask", {**lanes, "county_approver": "approve"}, inside)

    shop.put(deciding("review"))
    past, before = at_review(shop), at_review(shop)
    shop.finish("reviewer", past, "review", {})
    shop.put(deciding("review", "audit", asked="audit"))
    told = {one.case_id: [note.zh for note in one.notes] for one in plan(shop).cases}
    assert any("audit_note" in note and "系统异常" in note for note in told[past])
    assert not any("audit_note" in note for note in told[before])


def test_a_route_that_leads_nowhere_is_refused_with_a_sentence(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    shop.put(request("apply", "audit"))
    for route, refused in (
        (Route("ask", 2, 2), Invalid),
        (Route("ask", 9), NotFound),
        (Route("ask", 2, 7), NotFound),
        (Route("ask", 2, 1, {"review": "nowhere"}), Invalid),
        (Route("ask", 2, 1, {"nothing": "audit"}), Invalid),
        (Route("ask", 2, None, {"other/review": "audit"}), Invalid),
        (Route("other", 1), NotFound),
    ):
        with pytest.raises(refused, match="。"):
            shop.engine.versions.begin(SYSTEM, route)
    assert shop.rows("SELECT count(*) FROM migration") == [(0,)]


def test_only_who_may_deploy_may_migrate(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    at_review(shop)
    shop.put(request("apply", "review", "audit"))
    versions, route = shop.engine.versions, Route("ask", 2)
    made = versions.begin(shop.actor("designer"), route)
    for name in ("admin", "supervisor", "officer"):
        actor = shop.actor(name)
        for act in (
            lambda actor=actor: versions.plans.at_once(actor, route),
            lambda actor=actor: versions.begin(actor, route),
            lambda actor=actor: versions.work_off(actor, made.id, quietly),
            lambda actor=actor: versions.hand_over(actor, made.id),
            lambda actor=actor: versions.put_all_back(actor, made.id, quietly),
            lambda actor=actor: versions.moves(actor, made.id),
        ):
            with pytest.raises(NotPermitted):
                act()
    assert versions.work_off(shop.actor("designer"), made.id, quietly).moved == 1


def test_draft_claim_and_deadline_are_kept(shop: Workshop) -> None:
    shop.put(request("apply", "review", review="5wd"))
    case_id = at_review(shop)
    step_id, reviewer = shop.step(case_id, "review"), shop.actor("reviewer")
    shop.engine.tasks.claim(reviewer, step_id)
    shop.engine.tasks.save_draft(reviewer, step_id, {"note": "半句话"})
    before = shop.engine.tasks.view(reviewer, step_id)
    shop.put(request("apply", "review", "approve", review="2wd"))
    (told,) = plan(shop).cases
    assert any("时限改为2 个工作日" in one.zh for one in told.notes)
    migrate(shop)
    after = shop.engine.tasks.view(reviewer, step_id)
    assert after.task.due_at == before.task.due_at
    assert after.task.deadline == "5wd"
    assert (after.task.assignee, after.task.id) == (reviewer.person_id, step_id)
    assert after.data == before.data
    assert after.data["note"] == "半句话"
    assert after.draft_at == before.draft_at
    assert finish_all(shop, case_id) == ["review", "approve"]


def test_a_step_that_others_do_now_is_in_their_inbox_and_put_back(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    shop.engine.tasks.claim(shop.actor("reviewer"), shop.step(case_id))
    shop.put(request("apply", "review", lanes={"officer": "apply", "county_approver": "review"}))
    (told,) = plan(shop).cases
    assert any("改由county_approver" in one.zh for one in told.notes)
    made = migrate(shop)
    (open_step,) = shop.open_steps(case_id)
    assert (open_step.role, open_step.assignee) == ("county_approver", None)
    assert shop.inbox("approver") == ["review"]
    assert shop.inbox("reviewer") == []
    assert "task_released" in shop.history(case_id)
    shop.engine.versions.put_back(SYSTEM, made.id, case_id)
    assert shop.inbox("reviewer") == ["review"]
    assert shop.broken() == {}


def test_the_form_of_the_step_is_the_new_one_and_what_was_filled_in_is_shown_as_it_was(
    shop: Workshop,
) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    asking = drawn(
        "ask",
        {"officer": "fill", "county_reviewer": "review"},
        start()
        + step("fill")
        + step("review", form="wide")
        + end()
        + line("S", "fill", "review", "E"),
    )
    shop.put(asking, form("wide", "opinion", "note"))
    migrate(shop)
    view = shop.engine.tasks.view(shop.actor("reviewer"), shop.step(case_id))
    assert view.form is not None
    assert sorted(view.form.fields) == ["note", "opinion"]
    (told,) = view.submissions  # of a step that the new version does not have
    assert (told.element_name, told.data) == ("apply", {"note": "一"})
    shop.finish("reviewer", case_id, "review", {"opinion": "同意"})
    shown = shop.engine.cases.view(SYSTEM, case_id).submissions
    assert [(one.element_id, one.data) for one in shown] == [
        ("apply", {"note": "一"}),
        ("review", {"opinion": "同意"}),
    ]
    history = shop.engine.cases.history(SYSTEM, case_id)
    assert [e.kind.value for e in history].count("migrated") == 1
    (entry,) = [e for e in history if e.kind.value == "migrated"]
    assert (entry.detail["from"], entry.detail["to"]) == ("ask:1", "ask:2")
    shop.engine.cases.diagrams(SYSTEM, case_id)
    old_step = told.task_id
    assert shop.engine.tasks.view(shop.actor("officer"), old_step).element.id == "apply"
    assert tuple(shop.engine.cases.papers(SYSTEM, case_id)) == ()


def noticed(*after: str, limit: str = "P5D", beside: bool = True, name: str = "late") -> SourceFile:
    steps = ("apply", *after)
    inside = "".join(map(step, steps)) + step("late_look") + end() + end("E2")
    if beside:
        inside += boundary(name, "apply", timer("timeDuration", limit), interrupting=False)
        inside += line(name, "late_look", "E2")
    else:
        inside = inside.replace(step("late_look"), "").replace(end("E2"), "")
    lanes = {"officer": "apply late_look" if beside else "apply"}
    if after:
        lanes["county_reviewer"] = " ".join(after)
    return drawn("ask", lanes, start() + inside + line("S", *steps, "E"))


def test_a_running_timer_is_not_begun_anew(shop: Workshop) -> None:
    shop.put(noticed())
    case_id = shop.begin("ask")
    due = shop.due_of(case_id, "late")
    shop.pass_time(days=3)
    shop.put(noticed("review", limit="P30D"))
    (told,) = plan(shop).cases
    assert any("仍按原来的时间" in one.zh for one in told.notes)
    migrate(shop)
    assert shop.due_of(case_id, "late") == due
    shop.pass_time(days=2, minutes=1)
    assert shop.waiting(case_id) == ["apply", "late_look"]
    assert shop.broken() == {}


def test_a_timer_beside_a_step_is_renamed_given_up_or_begun(shop: Workshop) -> None:
    shop.put(noticed())
    renamed, dropped = shop.begin("ask"), shop.begin("ask")
    due, other_due = shop.due_of(renamed, "late"), shop.due_of(dropped, "late")
    shop.put(noticed(name="later"))  # 2
    shop.put(noticed(beside=False))  # 3
    assert plan(shop, 2).unmapped[0].may_drop
    assert plan(shop, 3).count(Verdict.NEEDS_MAPPING) == 2
    moved = migrate(shop, 2, late="later")
    assert moved.moved == 2
    assert shop.due_of(renamed, "later") == due
    third = migrate(shop, 3, later="")
    assert third.moved == 2
    assert shop.jobs(dropped, "waiting", "running") == []
    assert shop.broken() == {}
    shop.engine.versions.put_back(SYSTEM, third.id, dropped)
    assert shop.due_of(dropped, "later") == other_due
    assert shop.broken() == {}
    shop.put(noticed())  # 4, as 1
    shop.pass_time(days=1)
    fourth = migrate(shop, 4, 3)
    assert fourth.moved == 1
    assert shop.due_of(renamed, "late") == shop.clock.now() + timedelta(days=5)
    assert shop.broken() == {}
    shop.engine.versions.put_back(SYSTEM, fourth.id, renamed)
    assert shop.jobs(renamed, "waiting") == []
    assert shop.broken() == {}
    shop.pass_time(days=6)
    assert shop.waiting(dropped) == ["apply", "late_look"]
    assert shop.waiting(renamed) == ["apply"]


def answered(name: str, *after: str) -> SourceFile:
    kept = ext(io(outputs={"said": "=text"}))
    inside = step("apply") + node("intermediateCatchEvent", "letter", kept + receives("M"))
    inside += "".join(map(step, after)) + end() + line("S", "apply", "letter", *after, "E")
    lanes = {"officer": "apply"} | ({"county_reviewer": " ".join(after)} if after else {})
    return drawn("ask", lanes, start() + inside, message("M", name, "=apply_note"))


def test_a_message_is_waited_for_under_its_new_name_with_its_old_key(shop: Workshop) -> None:
    shop.put(answered("answer"))
    case_id = at_review(shop)
    shop.put(answered("reply", "review"))
    made = migrate(shop)
    assert shop.broken() == {}
    with pytest.raises(NotFound):
        shop.engine.messages.send(SYSTEM, "answer", {"key": "一"}, {})
    shop.engine.versions.put_back(SYSTEM, made.id, case_id)
    assert shop.broken() == {}
    migrate(shop)
    assert shop.engine.messages.send(SYSTEM, "reply", {"key": "一"}, {"text": "好"}) == 1
    assert shop.waiting(case_id) == ["review"]
    assert shop.broken() == {}


def test_the_doer_of_a_renamed_step_is_still_kept_from_the_other(shop: Workshop) -> None:
    def apart(first: str) -> SourceFile:
        inside = (
            start() + step("apply") + step(first) + step("audit", notSamePersonAs=first) + end()
        )
        lanes = {"officer": "apply", "county_reviewer": f"{first} audit"}
        return drawn("ask", lanes, inside + line("S", "apply", first, "audit", "E"))

    shop.put(apart("review"))
    case_id = at_review(shop)
    waiting = at_review(shop)
    shop.finish("reviewer", case_id, "review", {})
    shop.put(apart("look"))
    assert migrate(shop, review="look").moved == 2
    assert shop.inbox("reviewer") == ["look"]
    assert sorted(shop.inbox("reviewer2")) == ["audit", "look"]
    shop.finish("reviewer", waiting, "look", {})
    assert shop.inbox("reviewer") == []
    assert shop.broken() == {}


def test_put_back_while_it_has_not_moved_and_never_after(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve"))
    still, moved = at_review(shop), at_review(shop)
    shop.put(request("apply", "review", "audit", "approve"))
    made = migrate(shop)
    reviewer = shop.actor("reviewer")
    shop.engine.tasks.claim(reviewer, shop.step(still))  # a claim is no move
    shop.finish("reviewer2", moved, "review", {})
    stayed = shop.engine.versions.put_all_back(SYSTEM, made.id, quietly)
    assert list(stayed) == [moved]
    assert "已经往下办了" in stayed[moved]
    assert (version(shop, still), version(shop, moved)) == (1, 2)
    assert shop.open_steps(still)[0].assignee == reviewer.person_id
    assert finish_all(shop, moved) == ["audit", "approve"]
    assert finish_all(shop, still) == ["review", "approve"]
    with pytest.raises(Conflict):
        shop.engine.versions.put_back(SYSTEM, made.id, still)
    with pytest.raises(NotFound):
        shop.engine.versions.put_back(SYSTEM, made.id, "nobody")
    counted = shop.engine.versions.migration(SYSTEM, made.id)
    assert (counted.moved, counted.back) == (1, 1)
    assert shop.broken() == {}


def test_a_case_put_back_may_go_again(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    shop.put(request("apply", "review", "audit"))
    first = migrate(shop)
    shop.engine.versions.put_back(SYSTEM, first.id, case_id)
    again = shop.engine.versions.work_off(SYSTEM, first.id, quietly)  # the same once more
    assert (again.moved, again.back) == (1, 0)
    assert finish_all(shop, case_id) == ["review", "audit"]
    shown = shop.engine.cases.view(SYSTEM, case_id)
    assert [one.element_id for one in shown.submissions] == ["apply", "review", "audit"]
    assert shop.broken() == {}


class Stopped(Exception):
    """Somebody pulled the plug."""


def test_a_migration_that_was_stopped_goes_on_and_does_nothing_twice(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    cases = [at_review(shop) for _ in range(25)]
    shop.put(request("apply", "review", "audit"))
    versions = shop.engine.versions
    made = versions.begin(SYSTEM, Route("ask", 2))

    def stop(done: int, _total: int) -> None:
        if done == 20:
            raise Stopped

    with pytest.raises(Stopped):
        versions.work_off(SYSTEM, made.id, stop)
    half = versions.migration(SYSTEM, made.id)
    assert (half.moved, half.ended_at) == (20, None)
    assert versions.unfinished(SYSTEM, Route("ask", 2)) == half
    assert versions.unfinished(SYSTEM, Route("ask", 2, 1)) is None
    assert shop.broken() == {}
    assert versions.work_off(SYSTEM, made.id, quietly).moved == 25
    assert versions.unfinished(SYSTEM, Route("ask", 2)) is None
    assert versions.work_off(SYSTEM, made.id, quietly).moved == 25
    assert {shop.history(one).count("migrated") for one in cases} == {1}
    assert shop.broken() == {}


def test_work_beside_the_web_takes_the_cases_over(
    shop: Workshop, open_shop: Callable[[], Workshop]
) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    shop.put(request("apply", "review", "audit"))
    versions, designer = shop.engine.versions, shop.actor("designer")
    made = versions.begin(designer, Route("ask", 2))
    versions.hand_over(designer, made.id)
    versions.hand_over(designer, made.id)
    assert versions.is_under_way(made.id)
    runner = open_shop().engine.errands.runner(Pace(idle=0.01))
    assert runner.run_once()
    assert not runner.run_once()
    assert not versions.is_under_way(made.id)
    assert version(shop, case_id) == 2
    versions.hand_back(designer, made.id)
    assert runner.run_once()
    assert version(shop, case_id) == 1
    assert shop.broken() == {}


def test_of_a_person_and_a_migration_at_one_case_both_come_through(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve"))
    cases = [at_review(shop) for _ in range(6)]
    shop.put(request("apply", "review", "audit", "approve"))
    made = shop.engine.versions.begin(SYSTEM, Route("ask", 2))

    def work() -> None:
        for case_id in cases:
            shop.finish("reviewer", case_id, "review", {"note": "同意"})

    found = at_once(work, lambda: shop.engine.versions.work_off(SYSTEM, made.id, quietly))
    assert found[0] is None, found
    assert isinstance(found[1], Migration), found
    for case_id in cases:
        assert version(shop, case_id) == 2
        done = finish_all(shop, case_id)
        assert done in (["audit", "approve"], ["approve"])
    assert shop.broken() == {}
    assert shop.engine.audit.verify().ok


def test_a_state_that_cannot_be_read_is_left_and_stops_nobody(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    sound, broken = at_review(shop), at_review(shop)
    shop.put(request("apply", "review", "audit"))
    shop.by_hand("UPDATE cases SET state = :x WHERE id = :id", x=b"nothing", id=broken)
    told = plan(shop)
    assert told.count(Verdict.REFUSED) == 1
    moved = migrate(shop)
    assert (moved.moved, moved.left) == (1, 1)
    assert version(shop, sound) == 2


def test_an_incident_is_mended_by_a_migration(shop: Workshop) -> None:
    def choosing(condition: str) -> SourceFile:
        inside = start() + step("apply") + node("exclusiveGateway", "G") + step("review") + end()
        inside += line("S", "apply", "G") + flow("G", "review", condition) + line("review", "E")
        inside += flow("G", "E", f"=not({condition[1:]})")
        return drawn("ask", {"officer": "apply", "county_reviewer": "review"}, inside)

    shop.put(choosing("=apply_note > 5"))
    case_id = shop.begin("ask")
    shop.finish("officer", case_id, "apply", {"note": "七"})
    assert shop.status(case_id) is CaseStatus.INCIDENT
    shop.put(choosing('=apply_note = "七"'))
    assert migrate(shop).moved == 1
    assert shop.status(case_id) is CaseStatus.INCIDENT
    assert shop.broken() == {}
    shop.pass_time(hours=1)
    for job in shop.jobs(case_id, "failed"):
        shop.engine.jobs.retry(SYSTEM, job.id)
    shop.work()
    assert shop.waiting(case_id) == ["review"]
    assert shop.broken() == {}


def test_the_audit_trail_names_both_versions(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    shop.put(request("apply", "review", "audit"))
    made = migrate(shop)
    shop.engine.versions.put_back(SYSTEM, made.id, case_id)
    told = shop.rows("SELECT action, object, detail FROM access_event ORDER BY id")
    assert ("case-migrated", case_id, "ask:1 -> ask:2") in told
    assert ("case-put-back", case_id, "ask:2 -> ask:1") in told
    assert any(action == "migration-begun" and item == made.id for action, item, _ in told)
    assert shop.engine.audit.verify().ok


def test_a_comparison_counts_the_cases_that_a_change_touches(shop: Workshop) -> None:
    shop.put(request("apply", "review", "approve", review="5wd"))
    early, late = shop.begin("ask"), at_review(shop)
    assert early != late
    shop.put(request("apply", "review", "audit", "approve", review="3wd"))
    found = shop.engine.versions.compare(shop.actor("designer"), "ask:1", "ask:2")
    by_id = {one.change.id: one for one in found.changes}
    assert found.running == 2
    review, audit = by_id["review"], by_id["audit"]
    assert (review.change.how.value, review.here, review.ahead) == ("changed", 1, 1)
    details = {d.what.en: (d.before, d.after) for d in review.change.details}
    assert details["Limit"][0] is not None
    assert (details["Limit"][0].zh, details["Limit"][1].en) == ("5 个工作日", "3 working days")  # type: ignore[union-attr]
    assert (audit.change.how.value, audit.here, audit.ahead) == ("added", 0, 2)
    assert {(p.element_id, p.cases) for p in audit.places} == {("apply", 1), ("review", 1)}
    unseen = shop.engine.versions.compare(shop.actor("far_officer"), "ask:1", "ask:2")
    assert unseen.running == 0
    with pytest.raises(NotFound):
        shop.engine.versions.compare(SYSTEM, "ask:1", "ask:9")


def test_a_submitted_page_of_before_is_stale_and_keeps_its_words(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_id = at_review(shop)
    reviewer, step_id = shop.actor("reviewer"), shop.step(case_id)
    seen = shop.engine.tasks.view(reviewer, step_id).task.rev
    shop.put(request("apply", "review", "audit"))
    migrate(shop)
    assert shop.engine.tasks.view(reviewer, step_id).task.rev > seen
    with pytest.raises(TaskNotOpen):
        shop.engine.tasks.complete(
            shop.actor("officer"),
            shop.engine.cases.view(SYSTEM, case_id).submissions[0].task_id,
            {},
        )


def test_a_lost_lease_ends_the_runner_and_nothing_else(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    cases = [at_review(shop) for _ in range(12)]
    shop.put(request("apply", "review", "audit"))
    made = shop.engine.versions.begin(SYSTEM, Route("ask", 2))

    def lose(_done: int, _total: int) -> None:
        raise LeaseLost("x")

    with pytest.raises(LeaseLost):
        shop.engine.versions.work_off(SYSTEM, made.id, lose)
    assert {version(shop, one) for one in cases} == {1, 2}
    shop.engine.versions.work_off(SYSTEM, made.id, quietly)
    assert {version(shop, one) for one in cases} == {2}
