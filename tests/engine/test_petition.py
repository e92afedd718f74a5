"""A petition goes its whole way: county, review at the city, re-review at the province, outside."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.errors import Invalid, NotFound
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from engine.model.tasks import InboxFilter
from engine.store.settings import Parameter
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import LONG_BEFORE, drawn, form, step
from tests.support.federation import ORGANISATIONS
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, ext, line, node, z
from webapp.standard.parameters import beginning_values
from webapp.standard.roles import ROLES

ROOT = Path(__file__).parents[2]
STAFF = {
    "reception": ("receptionist", "xc"),
    "reception2": ("receptionist", "xc"),
    "far_reception": ("receptionist", "lw"),
    "handler": ("county_reviewer", "xc"),
    "approver": ("county_approver", "xc"),
    "city_reception": ("receptionist", "zz"),
    "protection": ("city_protection", "zz"),
    "leader": ("city_leader", "zz"),
    "officer": ("officer", "u1"),
    "township_officer": ("township_officer", "xc-t"),
    "township_chair": ("township_chair", "xc-t"),
}
TODAY = "2026-11-09"
REGISTERED = {
    "channel": "letter",
    "received_on": TODAY,
    "named": "yes",
    "petitioner": "林小模",
    "id_number": "350602199001019907",
    "mobile": "13900000000",
    "address": "漳州市芗城区模拟路 1 号",
    "reachable": "yes",
    "persons": 1,
    "matter_title": "模拟一厂没有公开工会经费",
    "matter": "hardship",
    "request": "要求公开上年工会经费收支",
    "urgent_word": "no",
}
OPINION = {"review_result": "changed", "review_opinion": "责成公开"}
SERVED = {"served_on": TODAY, "serving_way": "当面"}


def archiving() -> list[object]:
    """In the place of the real one, which needs the whole register."""
    begun = node("startEvent", "S", ext(z("formDefinition", formId="opened")))
    body = begun + step("apply", form="blank") + end() + line("S", "apply", "E")
    files = [drawn("archiving", {"officer": "S apply E"}, body), form("blank", "note", "id_number")]
    return [*files, form("opened", "applicant_name", "application_kind")]


def set_up(url: str, folder: Path) -> None:
    options = Options(
        clock=FixedClock(LONG_BEFORE),
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    engine = open_engine(url, key=KEY, options=options)
    people = [
        (Person(f"p-{name}", name, f"模拟{name}", unit, simulated=True), None)
        for name, (_, unit) in STAFF.items()
    ]
    grants = [(f"p-{name}", role, unit) for name, (role, unit) in STAFF.items()]
    engine.directory.load(ORGANISATIONS, ROLES, people, grants)
    since = date(2026, 1, 1)
    engine.settings.add_parameters(
        SYSTEM, [Parameter(name, None, since, value) for name, value in beginning_values().items()]
    )
    files = archiving()
    for key in ("petition", "petition_review", "petition_assigned", "wage_arrears"):
        files += read_folder(ROOT / "processes", ROOT / "forms", key).files
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        running = running_on(url, tmp_path / "data", clock)
        yield running
        running.close()


def running_on(url: str, folder: Path, clock: FixedClock) -> Engine:
    """The engine with the operations of the register on a database that is ready."""
    options = Options(
        clock=clock,
        data_dir=folder,
        operations=registry.OPERATIONS,
        branches=(registry.BRANCH,),
    )
    return open_engine(url, key=KEY, options=options)


Do = Callable[..., None]


def doer(engine: Engine, case_id: str) -> Do:
    def do(who: str, element: str, **data: object) -> None:
        (task,) = engine.cases.view(SYSTEM, case_id).open_tasks
        assert task.element_id == element
        engine.tasks.complete(engine.directory.actor_named(who), task.id, data)

    return do


def asks_for_review(engine: Engine, who: str, case_id: str) -> None:
    actor = engine.directory.actor_named(who)
    (awaited,) = engine.messages.awaited(actor, case_id)
    said = {"asked_on": TODAY, "reason": "事实没有查清"}
    engine.messages.take_down(actor, case_id, awaited.token, said, None)


def answered(engine: Engine, unit: str, hardship: str) -> str:
    """A petition whose opinion was delivered."""
    assert date.fromisoformat(TODAY) == engine.environment.today()
    reception = engine.directory.actor_named("reception")
    case_id = engine.cases.start(reception, Request("petition", unit, REGISTERED)).case_id
    do = doer(engine, case_id)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    looked = {"facts": "已核实", "hardship": hardship, "mediation": "no", "next_step": "opinion"}
    do("handler", "investigate", **looked)
    said = {"opinion_text": "不予支持", "opinion_basis": "《工会法》"}
    do("handler", "write_opinion", opinion_kind="refuse", **said)
    do("approver", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕3号")
    do("reception", "deliver", **SERVED)
    return case_id


def test_from_the_county_over_the_city_to_the_province(engine: Engine) -> None:
    petition = answered(engine, "xc", "no")
    doer(engine, petition)("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    review, do = engine.cases.view(SYSTEM, link.id), doer(engine, link.id)
    assert (review.case.organisation_id, link.kind) == ("zz", "复查")
    do("protection", "examine", next_step="opinion", review_result="upheld", review_opinion="维持")
    do("leader", "sign", decision="agree", opinion_no="漳工访复〔2026〕1号")
    do("city_reception", "deliver", **SERVED)
    asks_for_review(engine, "city_reception", link.id)
    answer = {"sent_on": TODAY, "answered_on": TODAY, **OPINION}
    do("protection", "province_rereview", **answer)
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass
    do = doer(engine, petition)
    do("handler", "carry_out", carried_out="已公开", carried_on=TODAY)
    reached = [one.name for one in engine.cases.view(SYSTEM, petition).milestones]
    assert set(reached) == {"received", "accepted", "resolved", "final"}
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_hardship_begins_a_file_at_the_union_it_was_registered_for(engine: Engine) -> None:
    petition = answered(engine, "u1", "yes")
    (link,) = engine.cases.view(SYSTEM, petition).related
    begun = engine.cases.view(SYSTEM, link.id)
    assert (begun.case.organisation_id, link.kind) == ("u1", "建档")
    (task,) = begun.open_tasks
    draft = engine.tasks.view(engine.directory.actor_named("officer"), task.id).data
    assert draft["id_number"] == REGISTERED["id_number"]
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert step.element_id == "follow_up"


def test_at_the_county_no_file_can_be_begun_and_a_person_arranges_it(engine: Engine) -> None:
    petition = answered(engine, "xc", "yes")
    assert engine.cases.view(SYSTEM, petition).related == ()
    do = doer(engine, petition)
    do("reception", "arrange_archiving", arranged_with="模拟街道", arranged_note="三日内入户")


def registered(engine: Engine, by: str = "reception", unit: str = "xc", /, **other: object) -> str:
    """A petition as somebody took it down; null leaves out what was not said."""
    said = {name: value for name, value in {**REGISTERED, **other}.items() if value is not None}
    return engine.cases.start(
        engine.directory.actor_named(by), Request("petition", unit, said)
    ).case_id


def ended(engine: Engine, case_id: str) -> set[str]:
    """The milestones of a petition that is over."""
    view = engine.cases.view(SYSTEM, case_id)
    assert view.open_tasks == ()
    return {one.name for one in view.milestones}


# Led to another process ----------------------------------------------------------------------

WAGES = {"matter": "wage", "urgent_word": "yes", "concerned": "模拟一厂", "persons": 3}
LED = {"way": "statutory", "way_note": "移交劳动监察"}


def test_wages_are_pursued_the_same_day_and_the_window_finishes_the_form(engine: Engine) -> None:
    petition = registered(engine, **WAGES)
    do = doer(engine, petition)
    do("reception", "screen", lead="wage", **LED)
    (link,) = engine.cases.view(SYSTEM, petition).related
    begun = engine.cases.view(SYSTEM, link.id)
    assert (link.kind, begun.case.organisation_id) == ("导入", "xc")
    (step,) = begun.open_tasks
    assert (step.element_id, step.handling_id) == ("complete", "xc")
    window = engine.directory.actor_named("reception2")
    known = engine.tasks.view(window, step.id).data
    assert (known["applicant_name"], known["mobile"]) == ("林小模", "13900000000")
    assert (known["employer"], known["people"], known["source"]) == ("模拟一厂", 3, "petition")
    do("reception", "tell_where", told_way="当面", told_on=TODAY)
    assert ended(engine, petition) == {"received", "led_to_procedure"}
    (still,) = engine.cases.view(SYSTEM, petition).related
    assert still.number == begun.case.number
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_what_cannot_be_begun_is_arranged_by_a_person(engine: Engine) -> None:
    petition = registered(engine, matter="contract")
    do = doer(engine, petition)
    do("reception", "screen", lead="aid", **LED)
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    told = engine.tasks.view(engine.directory.actor_named("reception"), step.id).data
    assert "没有名为" in str(told["shown_why"]), "the process is not deployed here"
    do("reception", "arrange_lead", arranged_with="窗口", arranged_note="当日登记")
    do("reception", "tell_where", told_way="当面", told_on=TODAY)
    assert ended(engine, petition) == {"received", "led_to_procedure"}


# The same person -----------------------------------------------------------------------------

OTHER_ID = "350602198001010019"
STAFF_MATTER = {"matter": "staff", "accused_person": "handler"}


def shown(engine: Engine, by: str, case_id: str) -> list[str]:
    """Ids of the earlier petitions that somebody is shown at the screening."""
    (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
    return [
        one.line.id for one in engine.cases.same_person(engine.directory.actor_named(by), step.id)
    ]


def scope(engine: Engine, case_id: str) -> dict[str, object]:
    (step,) = engine.cases.view(SYSTEM, case_id).open_tasks
    return dict(engine.tasks.view(SYSTEM, step.id).scope)


def test_three_spellings_of_a_name_are_found_by_identity_and_telephone(engine: Engine) -> None:
    first = registered(engine)
    second = registered(engine, petitioner="林晓模", mobile="13900000019")
    third = registered(engine, petitioner="林小摸", id_number=None)
    assert set(shown(engine, "reception", second)) == {first, third}
    assert set(shown(engine, "reception", third)) == {first, second}
    for found in engine.cases.same_person(
        engine.directory.actor_named("reception"),
        engine.cases.view(SYSTEM, third).open_tasks[0].id,
    ):
        assert (found.by_number, found.stage, found.is_open_to) == (True, "甄别办理途径", True)


def test_without_any_number_the_name_is_looked_for(engine: Engine) -> None:
    first = registered(engine)
    other = registered(engine, petitioner="陈小模", id_number=None, mobile=None)
    same = registered(engine, id_number=None, mobile=None)
    assert shown(engine, "reception", other) == []
    assert shown(engine, "reception", same) == [first]


def test_a_member_of_a_group_is_found_by_the_telephone_of_a_representative(engine: Engine) -> None:
    crowd = [{"name": "陈小模", "phone": "13900000027"}]
    group = registered(engine, persons=12, representatives=crowd, matter="union")
    one = registered(
        engine, petitioner="陈小模", id_number=OTHER_ID, mobile="139 0000 0027", matter="union"
    )
    assert shown(engine, "reception", one) == [group]
    assert scope(engine, one)["proposal"]["way"] == "pending"  # type: ignore[index]
    assert scope(engine, one)["earlier_open"] == engine.cases.view(SYSTEM, group).case.number


def test_representatives_are_asked_of_six_and_kept_of_nobody_else(engine: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        registered(engine, persons=6)
    assert [one.pointer for one in refused.value.errors] == ["/representatives"]
    alone = registered(engine, persons=5, representatives=[{"name": "林甲"}])
    assert "representatives" not in engine.cases.view(SYSTEM, alone).submissions[0].data
    six = [{"name": f"林{one}"} for one in "甲乙丙丁戊己"]
    with pytest.raises(Invalid) as refused:
        registered(engine, persons=6, representatives=six)
    assert [one.pointer for one in refused.value.errors] == ["/representatives"]


def test_who_took_no_part_is_told_at_her_union_and_above_it_and_nowhere_else(
    engine: Engine,
) -> None:
    first = registered(engine)
    assert shown(engine, "reception2", registered(engine, "reception2")) == [first]
    at_the_city = registered(engine, "city_reception", "zz")
    assert first in shown(engine, "city_reception", at_the_city)
    assert scope(engine, at_the_city)["proposal"]["way"] == "pending"  # type: ignore[index]
    far = registered(engine, "far_reception", "lw")
    assert shown(engine, "far_reception", far) == []
    assert scope(engine, far)["earlier_open"] is None


def test_what_was_said_in_a_sealed_petition_is_told_to_nobody_who_may_not_know_of_it(
    engine: Engine,
) -> None:
    sealed = registered(engine, **STAFF_MATTER)
    later = registered(engine, "reception2", **STAFF_MATTER)
    doer(engine, sealed)("reception", "screen", way="ours")
    doer(engine, sealed)(
        "reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY
    )
    assert shown(engine, "reception2", later) == [], "no step of it is hers to do now"
    assert scope(engine, later)["earlier_open"] is None


def test_what_was_final_is_not_taken_up_again(engine: Engine) -> None:
    petition = answered(engine, "xc", "no")
    doer(engine, petition)("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    do = doer(engine, link.id)
    do("protection", "examine", next_step="opinion", review_result="upheld", review_opinion="维持")
    do("leader", "sign", decision="agree", opinion_no="漳工访复〔2026〕1号")
    do("city_reception", "deliver", **SERVED)
    asks_for_review(engine, "city_reception", link.id)
    do("protection", "province_rereview", sent_on=TODAY, answered_on=TODAY, **OPINION)
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass
    doer(engine, petition)("handler", "carry_out", carried_out="已公开", carried_on=TODAY)
    again = registered(engine)
    known = scope(engine, again)
    assert known["proposal"]["way"] == "ended"  # type: ignore[index]
    assert known["earlier_final"] == engine.cases.view(SYSTEM, petition).case.number
    doer(engine, again)("reception", "screen", way="ended", earlier_no=known["earlier_final"])
    doer(engine, again)("reception", "tell_where", told_way="邮寄", told_on=TODAY)
    assert ended(engine, again) == {"received", "no_longer_accepted"}


# Sealed --------------------------------------------------------------------------------------


def sees(engine: Engine, who: str, case_id: str) -> bool:
    try:
        engine.cases.view(engine.directory.actor_named(who), case_id)
    except NotFound:
        return False
    return True


def test_whom_it_is_about_must_be_said_and_be_there(engine: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        registered(engine, matter="staff")
    assert [one.pointer for one in refused.value.errors] == ["/matter"]
    with pytest.raises(Invalid, match="不在机构目录里"):
        registered(engine, matter="staff", accused_person="查无此人")


@pytest.mark.parametrize("named", ["handler", "模拟handler"])
def test_the_accused_handler_knows_nothing_and_the_city_does_it(engine: Engine, named: str) -> None:
    petition = registered(engine, matter="staff", accused_person=named)
    do = doer(engine, petition)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert (step.element_id, step.handling_id) == ("investigate", "zz")
    assert not sees(engine, "handler", petition)
    assert not sees(engine, "approver", petition), "sealed: the area does not count"
    assert sees(engine, "protection", petition)
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    do("protection", "investigate", **looked)
    said = {"opinion_text": "予以支持", "opinion_basis": "《工会法》"}
    do("protection", "write_opinion", opinion_kind="support", **said)
    do("approver", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕4号")
    do("reception", "deliver", **SERVED)
    do("reception", "follow_up", asked_on=TODAY, satisfaction="satisfied")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    assert not sees(engine, "handler", link.id), "the review is kept as the petition is"
    assert not sees(engine, "leader", link.id)
    assert engine.cases.view(SYSTEM, link.id).case.confidentiality == 2
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_an_accused_who_alone_approves_is_passed_over(engine: Engine) -> None:
    petition = registered(engine, matter="staff", accused_person="approver")
    do = doer(engine, petition)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    do("handler", "investigate", **looked)
    said = {"opinion_text": "予以支持", "opinion_basis": "《工会法》"}
    do("handler", "write_opinion", opinion_kind="support", **said)
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert (step.element_id, step.handling_id) == ("sign_opinion", "zz")
    assert not sees(engine, "approver", petition)
    leader = engine.directory.actor_named("leader")
    assert engine.tasks.view(leader, step.id).scope["petitioner"] == "已密封"
    handler = engine.cases.view(engine.directory.actor_named("handler"), petition)
    assert handler.submissions[0].data["petitioner"] == "林小模", "who looks into it must know"
    do("leader", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕5号")


def test_the_accused_union_itself_sees_nothing_of_what_it_took_down(engine: Engine) -> None:
    petition = registered(engine, matter="staff", accused_unit="芗城模拟区总工会")
    for who in ("reception", "reception2", "handler", "approver"):
        assert not sees(engine, who, petition), who
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert (step.element_id, step.handling_id) == ("screen", "zz")
    assert sees(engine, "city_reception", petition)


# Withdrawn -----------------------------------------------------------------------------------


def withdraws(engine: Engine, who: str, case_id: str) -> None:
    actor = engine.directory.actor_named(who)
    awaited = engine.messages.awaited(actor, case_id)
    (token,) = [one.token for one in awaited if one.label == "登记撤回信访"]
    said = {"withdrawn_on": TODAY, "originals": "handed", "reason": "问题已经解决"}
    engine.messages.take_down(actor, case_id, token, said, None)


def test_it_may_be_withdrawn_before_it_is_accepted_and_while_it_is_reviewed(engine: Engine) -> None:
    early = registered(engine)
    withdraws(engine, "reception", early)
    assert ended(engine, early) == {"received", "withdrawn"}
    petition = answered(engine, "xc", "no")
    doer(engine, petition)("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    withdraws(engine, "reception", petition)
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass
    assert "withdrawn" in ended(engine, petition)
    assert ended(engine, link.id) == {"accepted", "withdrawn"}


# Assigned to a union below -------------------------------------------------------------------


def assigns(engine: Engine, to: str, **other: object) -> str:
    """A petition of the county that is to be looked into by a union below it."""
    petition = registered(engine, **other)
    do = doer(engine, petition)
    do("reception", "screen", way="ours")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    looked = {"facts": "待核实", "hardship": "no", "mediation": "no", "next_step": "assign"}
    asked = {"assign_to": to, "assign_note": "请核实", "assign_until": "2026-11-20"}
    do("handler", "investigate", **looked, **asked)
    return petition


def test_a_union_below_looks_into_it_and_its_answer_comes_back(engine: Engine) -> None:
    petition = assigns(engine, "模拟街道总工会", keep_secret=True)
    (link,) = engine.cases.view(SYSTEM, petition).related
    below = engine.cases.view(SYSTEM, link.id)
    assert (link.kind, below.case.organisation_id) == ("交办", "xc-t")
    do = doer(engine, link.id)
    (step,) = below.open_tasks
    told = engine.tasks.view(engine.directory.actor_named("township_officer"), step.id).data
    assert told["shown_petitioner"] == "(信访人要求保密)"
    do("township_officer", "answer", answer_text="经核实,已公开")
    do("township_chair", "sign", decision="agree")
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass
    (back,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert back.element_id == "investigate"
    shown_then = engine.tasks.view(engine.directory.actor_named("handler"), back.id).data
    assert shown_then["shown_assigned"] == "模拟街道总工会:经核实,已公开"
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_only_unions_directly_below_can_be_chosen(engine: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        assigns(engine, "模拟一厂工会")
    assert [one.pointer for one in refused.value.errors] == ["/assign_to"]
    (petition,) = [
        one.case_id
        for one in engine.tasks.inbox(engine.directory.actor_named("handler"), InboxFilter()).lines
    ]
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    form = engine.tasks.view(engine.directory.actor_named("handler"), step.id).form
    assert form is not None
    assert [one.value for one in form.fields["assign_to"].options] == ["模拟街道总工会"]


def test_what_is_withdrawn_meanwhile_is_not_worked_on_below_either(engine: Engine) -> None:
    petition = assigns(engine, "模拟街道总工会")
    (link,) = engine.cases.view(SYSTEM, petition).related
    withdraws(engine, "reception", petition)
    worker = engine.jobs.executor(Pace(idle=0.01))
    while worker.run_once():
        pass
    assert "withdrawn" in ended(engine, petition)
    assert ended(engine, link.id) == {"accepted", "withdrawn"}
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()


def test_who_is_named_at_the_screening_is_kept_away_from_then_on(engine: Engine) -> None:
    petition = registered(engine, channel="web", matter="discipline")
    do = doer(engine, petition)
    do("reception", "screen", way="ours", accused_person="handler")
    assert not sees(engine, "handler", petition)
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    (step,) = engine.cases.view(SYSTEM, petition).open_tasks
    assert (step.element_id, step.handling_id) == ("investigate", "zz")


def test_who_was_named_first_is_kept_away_from_the_review_as_well(engine: Engine) -> None:
    petition = registered(engine, matter="staff", accused_person="protection")
    do = doer(engine, petition)
    do("reception", "screen", way="ours", accused_person="leader")
    do("reception", "accept", accepted_on=TODAY, notice_way="当面", notice_on=TODAY)
    looked = {"facts": "已核实", "hardship": "no", "mediation": "no", "next_step": "opinion"}
    do("handler", "investigate", **looked)
    said = {"opinion_text": "不予支持", "opinion_basis": "《工会法》"}
    do("handler", "write_opinion", opinion_kind="refuse", **said)
    do("approver", "sign_opinion", decision="agree", opinion_no="漳工访意〔2026〕3号")
    do("reception", "deliver", **SERVED)
    do("reception", "follow_up", asked_on=TODAY, satisfaction="not")
    asks_for_review(engine, "reception", petition)
    (link,) = engine.cases.view(SYSTEM, petition).related
    assert link.kind == "复查"
    for case_id in (petition, link.id):
        for accused in ("protection", "leader"):
            assert not sees(engine, accused, case_id), (case_id, accused)
    assert engine.cases.view(SYSTEM, link.id).open_tasks[0].element_id == "examine"
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()
