"""A petition goes its whole way: county, review at the city, re-review at the province, outside."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

import registry
from engine import SYSTEM, Engine, Options, Request, open_engine
from engine.definitions.folder import read_folder
from engine.jobs.executor import Pace
from engine.model.clock import FixedClock
from engine.model.organisations import Person
from tests.engine.conftest import KEY
from tests.engine.moving.conftest import LONG_BEFORE, drawn, form, step
from tests.support.federation import ORGANISATIONS
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, ext, line, node, z
from webapp.standard.roles import ROLES

ROOT = Path(__file__).parents[2]
STAFF = {
    "reception": ("receptionist", "xc"),
    "handler": ("county_reviewer", "xc"),
    "approver": ("county_approver", "xc"),
    "city_reception": ("receptionist", "zz"),
    "protection": ("city_protection", "zz"),
    "leader": ("city_leader", "zz"),
    "officer": ("officer", "u1"),
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
    files = archiving()
    for key in ("petition", "petition_review"):
        files += read_folder(ROOT / "processes", ROOT / "forms", key).files
    engine.definitions.deploy(SYSTEM, files)
    engine.close()


@pytest.fixture
def engine(
    templates: Templates, database_kind: str, tmp_path: Path, clock: FixedClock
) -> Iterator[Engine]:
    with templates.copy(database_kind, set_up, tmp_path) as url:
        options = Options(
            clock=clock,
            data_dir=tmp_path / "data",
            operations=registry.OPERATIONS,
            branches=(registry.BRANCH,),
        )
        running = open_engine(url, key=KEY, options=options)
        yield running
        running.close()


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
    reached = [name for name, _ in engine.cases.view(SYSTEM, petition).milestones]
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
