"""The reception day: begun by the calendar for every county and the city, on the right day."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from engine import SYSTEM, Request
from engine.definitions.folder import read_folder
from engine.errors import Conflict, Invalid
from engine.model.calendar import WorkCalendar, official_days
from engine.model.cases import CaseStatus
from engine.model.clock import ZONE, FixedClock, local_date
from engine.model.definitions import SourceFile
from engine.store.settings import Parameter
from engine.store.tables import role_grant
from registry.duties import Kind
from registry.duty.reception import reckoned
from tests.duty.conftest import Rota, deploy, opened, with_duty
from tests.registry.town import ROOT
from tests.support.templates import Templates

NOVEMBER = date(2026, 11, 1)
YEARS_AGO = datetime(2015, 1, 5, 1, 0, tzinfo=UTC)
ARRANGED = {
    "leader": "模拟approver",
    "no_lawyer_reason": "律师当天出庭",
    "hours": "上午 9:00—11:30",
    "place": "来访接待室",
}
VISITOR = {
    "what": "visitor",
    "named": "yes",
    "petitioner": "林小模",
    "id_number": "350602199001019907",
    "mobile": "13900000000",
    "address": "漳州市芗城区模拟路 1 号",
    "reachable": "yes",
    "persons": 1,
    "matter_title": "模拟一厂没有公开工会经费",
    "matter": "consult",
    "request": "要求公开上年工会经费收支",
    "urgent_word": "no",
    "received_by": "leader",
    "handling": "now",
    "answer": "已说明经费公开的规定",
}
NOBODY = {"what": "end", "nobody": True, "present_leader": "模拟approver"}


def set_up(url: str, folder: Path) -> None:
    engine = with_duty(opened(url, folder, FixedClock(YEARS_AGO)))
    # a directory that is loaded gives its roles from 2020 on
    earlier = update(role_grant).values(valid_from="2014-01-01")
    engine.execute(lambda tx: tx.execute(earlier))
    deploy(engine)
    engine.close()


@pytest.fixture
def long_ago(templates: Templates, database_kind: str, tmp_path: Path) -> Iterator[Rota]:
    """The federation of January 2015."""
    with templates.copy(database_kind, set_up, tmp_path) as url:
        clock = FixedClock(YEARS_AGO)
        engine = opened(url, tmp_path / "data", clock)
        yield Rota(engine, clock)
        engine.close()


def days_of(rota: Rota) -> dict[str, str]:
    """Unit to case of every reception day that waits to be arranged."""
    found = rota.engine.cases.search(SYSTEM, "接待日")
    views = [rota.engine.cases.view(SYSTEM, one.id) for one in found]
    return {
        view.case.organisation_id: view.case.id
        for view in views
        if [one.element_id for one in view.open_tasks] == ["prepare"]
    }


def arranged(rota: Rota, case_id: str, held_on: date, **changed: object) -> None:
    notice_on = min(local_date(rota.clock.now()), held_on).isoformat()
    said = {**ARRANGED, "reception_on": held_on.isoformat(), "notice_on": notice_on, **changed}
    rota.do("anna", case_id, "prepare", said)


def test_the_days_of_two_years(long_ago: Rota) -> None:
    """Where the 15th is a day of rest, and where it is a Sunday that is worked."""
    for held_on in (
        date(2015, 2, 15),
        date(2015, 3, 16),
        date(2015, 6, 15),
        date(2015, 8, 17),
        date(2015, 11, 16),
        date(2016, 5, 16),
        date(2016, 9, 18),
        date(2016, 10, 17),
    ):
        rota = long_ago
        rota.move_to(datetime(held_on.year, held_on.month, 1, 1, 0, tzinfo=UTC))
        assert days_of(rota) == {}
        while not (found := days_of(rota)):
            rota.move_to(rota.clock.now() + timedelta(days=1))
            assert local_date(rota.clock.now()) < held_on
        assert sorted(found) == ["lw", "xc", "zz"], "each county and the city"
        calendar = rota.engine.calendar()
        begun_on = local_date(rota.clock.now())
        assert calendar.is_working_day(begun_on)
        assert calendar.working_days_between(begun_on, held_on) == 5
        with pytest.raises(Invalid):  # any other day asks for a reason
            arranged(rota, found["xc"], calendar.working_day_after(held_on, 1)[0])
        arranged(rota, found["xc"], held_on)
        midnight = datetime(held_on.year, held_on.month, held_on.day, tzinfo=ZONE)
        rota.move_to(midnight - timedelta(hours=1))
        assert rota.waiting(found["xc"]) == [], "the evening before"
        rota.move_to(midnight + timedelta(hours=9))
        assert rota.waiting(found["xc"]) == ["receive"]
        rota.do("anna", found["xc"], "receive", NOBODY)
        rota.do("approver", found["xc"], "sign", {"decision": "agree"})
        for unit in ("lw", "zz"):
            by = rota.actor("far_reception" if unit == "lw" else "city_reception")
            rota.engine.cases.cancel(by, found[unit], "模拟:不看")


@pytest.fixture
def on_the_day(rota: Rota) -> tuple[Rota, str]:
    """The day in November 2026, the 16th, as it begins."""
    case_id = begun(rota)
    arranged(rota, case_id, date(2026, 11, 16))
    rota.move_to(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))
    return rota, case_id


def begun(rota: Rota) -> str:
    return rota.engine.cases.start(rota.actor("anna"), Request("reception_day", "xc", {})).case_id


def test_each_visitor_becomes_a_petition_linked_with_the_day(on_the_day: tuple[Rota, str]) -> None:
    rota, case_id = on_the_day
    rota.do("anna", case_id, "receive", VISITOR)
    (related,) = rota.engine.cases.view(rota.actor("anna"), case_id).related
    petition = rota.engine.cases.view(SYSTEM, related.id)
    assert petition.case.title == "模拟一厂没有公开工会经费"
    assert [one.element_id for one in petition.open_tasks] == ["screen"]
    page = rota.engine.tasks.view(rota.actor("anna"), petition.open_tasks[0].id)
    assert page.data["way"] == "now", "what was done on the spot is proposed"
    assert page.scope["channel"] == "reception_day"
    assert "接待日领导当场答复:已说明经费公开的规定" in str(page.scope["request"])
    rota.do("anna", related.id, "screen", {"way": "now"})
    answered = {"answer": "已说明", "answered_on": "2026-11-16", "satisfaction": "satisfied"}
    rota.do("anna", related.id, "answer_now", answered)
    rota.do("anna", case_id, "receive", {"what": "end", "present_leader": "模拟approver"})
    rota.do("approver", case_id, "sign", {"decision": "agree"})
    view = rota.engine.cases.view(SYSTEM, case_id)
    assert (view.case.status, view.case.milestone) == (CaseStatus.COMPLETED, "resolved")


def test_a_visitor_whose_petition_is_refused_is_not_lost(on_the_day: tuple[Rota, str]) -> None:
    """The petition's own form was changed meanwhile: it takes less than the register does."""
    rota, case_id = on_the_day
    takes_less(rota)
    rota.do("anna", case_id, "receive", VISITOR)
    assert rota.engine.cases.view(SYSTEM, case_id).related == ()
    (step,) = rota.engine.cases.view(SYSTEM, case_id).open_tasks
    page = rota.engine.tasks.view(rota.actor("anna"), step.id)
    assert "事项" in str(page.scope["failed"])
    assert page.data["petitioner"] == "林小模", "what was typed is still there"
    with pytest.raises(Invalid):
        rota.do("anna", case_id, "receive", NOBODY)
    rota.engine.definitions.deploy(SYSTEM, files_of("petition"))
    rota.do("anna", case_id, "receive", VISITOR)
    assert len(rota.engine.cases.view(SYSTEM, case_id).related) == 1


def files_of(key: str) -> list[SourceFile]:
    return list(read_folder(ROOT / "processes", ROOT / "forms", key).files)


def takes_less(rota: Rota) -> None:
    """Deploy a petition whose form does not take what the register takes."""
    files = []
    for one in files_of("petition"):
        if one.name.endswith("petition_register.form"):
            form = json.loads(one.content)
            (field,) = (
                field
                for group in form["components"]
                for field in group.get("components", ())
                if field.get("key") == "matter_title"
            )
            rule = f'=matter_title != "{VISITOR["matter_title"]}"'
            field["properties"] |= {"rule": rule, "ruleMessage": "请写得再清楚些。"}
            files.append(SourceFile(one.name, json.dumps(form).encode()))
        elif not one.name.endswith(".toml"):
            files.append(one)
    rota.engine.definitions.deploy(SYSTEM, files)


def test_an_empty_day_is_recorded_too(on_the_day: tuple[Rota, str]) -> None:
    rota, case_id = on_the_day
    with pytest.raises(Invalid):  # it has to be said
        rota.do("anna", case_id, "receive", {"what": "end", "present_leader": "模拟approver"})
    rota.do("anna", case_id, "receive", NOBODY)
    rota.do("approver", case_id, "sign", {"decision": "agree"})
    view = rota.engine.cases.view(SYSTEM, case_id)
    assert view.case.milestone == "resolved"
    assert view.related == ()


def test_who_is_on_the_roster_is_proposed_and_the_steps_begin_with_them(rota: Rota) -> None:
    day = date(2026, 11, 16)
    rota.planned({(day, Kind.LEADER): "p-leader2", (day, Kind.LAWYER): "p-lawyer"})
    case_id = begun(rota)
    (step,) = rota.engine.cases.view(SYSTEM, case_id).open_tasks
    page = rota.engine.tasks.view(rota.actor("anna"), step.id)
    assert page.scope["duty_leader"] == "模拟leader2"
    arranged(rota, case_id, day, leader="模拟leader2", lawyer="模拟lawyer", no_lawyer_reason=None)
    rota.move_to(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))
    there = {"present_leader": "模拟leader2", "present_lawyer": "模拟lawyer"}
    rota.do("anna", case_id, "receive", {**NOBODY, **there})
    (step,) = rota.engine.cases.view(SYSTEM, case_id).open_tasks
    assert (step.element_id, step.assignee) == ("advise", "p-lawyer")
    rota.do("lawyer", case_id, "advise", {"advised": 0, "advice_note": "无人咨询"})
    (step,) = rota.engine.cases.view(SYSTEM, case_id).open_tasks
    assert (step.element_id, step.assignee) == ("sign", "p-leader2")


def test_one_a_unit_and_month_whoever_begins_it(rota: Rota) -> None:
    begun(rota)
    with pytest.raises(Conflict, match="已经发起"):
        begun(rota)
    rota.work()
    assert sorted(days_of(rota)) == ["lw", "xc", "zz"]


def test_the_register_is_printed(on_the_day: tuple[Rota, str]) -> None:
    rota, case_id = on_the_day
    rota.do("anna", case_id, "receive", VISITOR)
    rota.do("anna", case_id, "receive", {"what": "end", "present_leader": "模拟approver"})
    (step,) = rota.engine.cases.view(SYSTEM, case_id).open_tasks
    text = str(rota.engine.tasks.printed(rota.actor("approver"), step.id, "reception_register"))
    assert "林小模" in text
    assert "1 批 1 人" in text


def decided(rota: Rota, rule: str) -> None:
    """The federation says what becomes of a reception day that is a day of rest."""
    since = rota.engine.environment.today()
    new = Parameter("reception on holidays", None, since, rule)
    rota.engine.settings.add_parameters(SYSTEM, [new])


def test_the_federation_may_leave_the_day_out(rota: Rota) -> None:
    decided(rota, "skip")
    for _ in range(10):
        rota.move_to(rota.clock.now() + timedelta(days=1))
    assert days_of(rota) == {}
    assert not any(one.is_reception for one in rota.desk.month(SYSTEM, "xc", NOVEMBER).days)


def test_the_federation_may_receive_on_a_day_of_rest(rota: Rota) -> None:
    decided(rota, "same")
    arranged(rota, begun(rota), date(2026, 11, 15))
    (day,) = [one.day for one in rota.desk.month(SYSTEM, "xc", NOVEMBER).days if one.is_reception]
    assert day == date(2026, 11, 15)


def test_the_roster_and_the_process_reckon_the_same_day() -> None:
    """The list of domain.md §4.5, by hand."""
    calendar = WorkCalendar(official_days([2015, 2016]))
    moved = {
        (2015, 3): 16,
        (2015, 8): 17,
        (2015, 11): 16,
        (2016, 5): 16,
        (2016, 9): 18,
        (2016, 10): 17,
    }
    for year in (2015, 2016):
        for month in range(1, 13):
            held_on = reckoned(calendar, date(year, month, 15), "next")
            assert held_on == date(year, month, moved.get((year, month), 15))
