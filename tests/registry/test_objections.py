"""Objections: sealed, added up, answered each, and read by nobody of the unit on notice."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM
from engine.errors import Invalid, NotFound
from engine.model.cases import EventKind
from engine.work.view import masked_data
from registry.store.tables import notice_objection
from tests.registry.town import Town

SAID, WHO = "他家有两套房", "门卫老周 15400000009"
SECOND = {"second_name": "郑模拟", "second_post": "县总工会干事", "second_phone": "15400000004"}
DISMISSED = {"objection_result": "dismissed", "finding": "另一套房是其父母的", **SECOND}
REPLY = {"reply_way": "phone", "replied_on": "2026-11-11", "reply_text": "经核查不属实"}
REPLIES = {"replies": [REPLY]}


def objected(town: Town, by: str | None = None, **said: object) -> tuple[str, str]:
    """A case on notice with one objection; the case's and the notice's id."""
    case_id = town.on_notice()
    notice_id = town.notice_id()
    actor = None if by is None else town.actor(by)
    town.register.object_to_notice(
        actor,
        notice_id,
        text=SAID,
        by=WHO,
        way="电话" if by else "网页",
        **said,  # type: ignore[arg-type]
    )
    return case_id, notice_id


def everything(town: Town, who: str, case_id: str, notice_id: str) -> str:
    """All that the product shows somebody of a case and its notice."""
    actor, engine = town.actor(who), town.engine
    view = engine.cases.view(actor, case_id)
    told = [repr(one.data) for one in view.submissions]
    told += [repr(one.detail) for one in engine.cases.history(actor, case_id)]
    told.append(repr(masked_data(view)))
    for task in view.open_tasks:
        page = engine.tasks.view(actor, task.id)
        told += [repr(page.data), repr(page.scope)]
        told += [repr(one) for one in town.register.objections_of_step(actor, page)]
    told += [repr(one) for one in town.register.objections(actor, notice_id)]
    return "\n".join(told)


def test_who_objects_is_kept_from_the_unit_and_told_to_the_county(town: Town) -> None:
    case_id, notice_id = objected(town)
    for who in ("officer", "officer2", "chair"):
        try:
            shown = everything(town, who, case_id, notice_id)
        except NotFound:
            continue  # does not even see the case
        assert SAID not in shown, who
        assert "门卫" not in shown, who
    (seen,) = town.register.objections(town.actor("officer"), notice_id)
    assert (seen.is_readable, seen.way, seen.text) == (False, "网页", "")
    for who in ("reviewer", "reviewer2", "approver", "city"):
        (read,) = town.register.objections(town.actor(who), notice_id)
        assert (read.text, read.by) == (SAID, WHO), who
    with pytest.raises(NotFound):
        town.register.objections(town.actor("far_officer"), notice_id)
    read = [r.actor for r in town.engine.audit.entries(0, 9_999) if r.action == "objection-read"]
    assert sorted(read) == ["p-approver", "p-city", "p-reviewer", "p-reviewer2"]
    town.must_hold()


def test_neither_text_nor_objector_lies_anywhere_in_clear(town: Town) -> None:
    objected(town)
    (row,) = town.engine.ask(lambda tx: list(tx.execute(select(notice_objection))))
    assert SAID not in repr(row)
    assert "老周" not in repr(row)
    folder = town.engine.environment.data_dir.parent
    for file in folder.rglob("*.db*"):
        assert SAID.encode() not in file.read_bytes()


def test_after_it_is_closed_the_unit_still_learns_the_finding_only(town: Town) -> None:
    case_id, notice_id = objected(town)
    finding = {**DISMISSED, "objection_gist": "反映另有住房"}
    town.do("reviewer", case_id, "investigate", finding)
    town.do("reviewer", case_id, "reply", {"replies": [{**REPLY, "reply_text": "已告知门卫老周"}]})
    shown = everything(town, "officer", case_id, notice_id)
    assert SAID not in shown
    assert "门卫" not in shown
    assert "门卫" in everything(town, "reviewer", case_id, notice_id)


def test_an_objection_that_came_as_a_message_is_sealed_in_the_register(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    town.engine.messages.send(
        town.actor("reviewer"),
        "notice_objection",
        {"notice_id": notice_id},
        {"text": SAID, "by": WHO, "way": "来信"},
    )
    (read,) = town.register.objections(town.actor("reviewer"), notice_id)
    assert (read.text, read.by, read.way) == (SAID, WHO, "来信")
    assert SAID not in everything(town, "officer", case_id, notice_id)
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    scope = town.engine.tasks.view(SYSTEM, step.id).scope
    assert SAID not in repr(scope)
    assert "老周" not in repr(scope)


def test_more_objections_are_added_and_each_is_answered(town: Town) -> None:
    case_id, notice_id = objected(town)
    reviewer = town.actor("reviewer")
    town.clock.advance(timedelta(minutes=5))
    second = town.register.object_to_notice(None, notice_id, text="还有车", by="", way="网页")
    assert town.waiting(case_id) == ["investigate"]
    town.clock.advance(timedelta(minutes=5))
    town.do("reviewer", case_id, "investigate", DISMISSED)
    town.clock.advance(timedelta(minutes=5))
    late = town.register.object_to_notice(None, notice_id, text="还有店", by="", way="网页")
    to_second = {**REPLY, "reply_text": "车是单位的"}
    town.do("reviewer", case_id, "reply", {"replies": [REPLY, to_second]})
    results = {o.receipt: o.result_words for o in town.register.objections(reviewer, notice_id)}
    assert results[second] == "异议不成立"
    assert results[late] == ""
    assert town.waiting(case_id) == ["investigate"], "the late one is looked into first"
    assert town.register.notice(None, notice_id).status == "suspended"
    town.must_hold()
    town.clock.advance(timedelta(minutes=5))
    town.do("reviewer", case_id, "investigate", DISMISSED)
    town.do("reviewer", case_id, "reply", {"replies": [{**REPLY, "reply_text": "店是亲戚的"}]})
    assert town.register.notice(None, notice_id).status == "open"
    answered = {o.receipt: o for o in town.register.objections(reviewer, notice_id)}
    assert answered[late].reply == "店是亲戚的"
    assert answered[second].reply == "车是单位的"
    assert sorted(o.reply for o in answered.values()) == [
        "店是亲戚的",
        "经核查不属实",
        "车是单位的",
    ]
    town.must_hold()


def test_an_objector_looks_up_the_result_by_her_receipt_and_learns_no_more(town: Town) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    receipt = town.register.object_to_notice(None, notice_id, text=SAID, by=WHO, way="网页")
    assert re.fullmatch(r"异议-20261109-[2-9A-Z]{8}", receipt)
    assert town.register.result_of_objection(receipt.lower()).state == "正在核查"
    town.do("reviewer", case_id, "investigate", {**DISMISSED, "objection_result": "upheld"})
    town.do("reviewer", case_id, "reply", REPLIES)
    found = town.register.result_of_objection(receipt)
    assert (found.state, found.replied_on) == ("已核查:异议成立", date(2026, 11, 11))
    assert SAID not in repr(found)
    assert "林" not in repr(found)
    with pytest.raises(NotFound, match="没有这个回执号"):
        town.register.result_of_objection("异议-20261109-AAAAAAAA")


def test_an_objection_taken_down_says_when_how_and_by_whom(town: Town) -> None:
    _, notice_id = objected(town, "chair", said_on=date(2026, 11, 9))
    (one,) = town.register.objections(town.actor("reviewer"), notice_id)
    assert (one.way, one.said_on, one.taken_by) == ("电话", date(2026, 11, 9), "模拟chair")
    with pytest.raises(Invalid, match="不能晚于今天"):
        town.register.object_to_notice(
            town.actor("officer"), notice_id, text="x", by="", way="电话", said_on=date(2026, 12, 1)
        )


def test_an_objection_is_looked_into_by_another_unit_than_the_one_that_built_the_file(
    town: Town,
) -> None:
    case_id, _ = objected(town)
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    assert (step.handling_id, step.organisation_id) == ("xc", "u1")
    entries = town.engine.cases.history(SYSTEM, case_id)
    assert [e.detail.get("act") for e in entries if e.kind is EventKind.NOTICE] == [
        "publish",
        "suspend",
    ]


def test_each_objection_asks_for_a_reply_and_its_row_says_no_name(town: Town) -> None:
    case_id, notice_id = objected(town)
    town.clock.advance(timedelta(minutes=5))
    second = town.register.object_to_notice(None, notice_id, text="还有车", by="老李", way="来信")
    town.do("reviewer", case_id, "investigate", DISMISSED)
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    rows = town.engine.tasks.view(town.actor("reviewer"), step.id).data["replies"]
    assert [list(row) for row in rows] == [["receipt"]] * 2
    assert rows[1] == {"receipt": second}
    with pytest.raises(Invalid) as refused:
        town.do("reviewer", case_id, "reply", REPLIES)
    assert refused.value.errors[0].pointer == "/replies/1/reply_way"
    town.do("reviewer", case_id, "reply", {"replies": [REPLY, REPLY]})
    for who in ("officer", "reviewer"):
        told = everything(town, who, case_id, notice_id)
        assert ("老李" in told) is (who == "reviewer")


def test_who_is_answered_on_the_web_reads_her_reply_by_receipt_and_no_one_elses(
    town: Town,
) -> None:
    case_id = town.on_notice()
    notice_id = town.notice_id()
    first = town.register.object_to_notice(None, notice_id, text=SAID, by="", way="网页")
    town.clock.advance(timedelta(minutes=5))
    second = town.register.object_to_notice(None, notice_id, text="还有车", by=WHO, way="网页")
    town.do("reviewer", case_id, "investigate", DISMISSED)
    on_web = {**REPLY, "reply_way": "web", "reply_text": "您反映的房屋不是他家的"}
    town.do("reviewer", case_id, "reply", {"replies": [on_web, REPLY]})
    assert town.register.result_of_objection(first).reply == "您反映的房屋不是他家的"
    assert town.register.result_of_objection(second).reply == ""


def test_who_objects_while_the_others_are_answered_is_answered_before_it_ends(town: Town) -> None:
    case_id, notice_id = objected(town)
    town.do("reviewer", case_id, "investigate", {**DISMISSED, "objection_result": "upheld"})
    town.clock.advance(timedelta(minutes=5))
    late = town.register.object_to_notice(None, notice_id, text="还有店", by="", way="网页")
    town.do("reviewer", case_id, "reply", REPLIES)
    assert town.waiting(case_id) == ["reply"]
    town.do("reviewer", case_id, "reply", {"replies": [{**REPLY, "reply_text": "已终止公示"}]})
    reviewer = town.actor("reviewer")
    answered = {o.receipt: o.reply for o in town.register.objections(reviewer, notice_id)}
    assert answered[late] == "已终止公示"
    assert town.register.notice(reviewer, notice_id).status == "closed"
    town.must_hold()
