"""Cases that the calendar begins: each unit of the level, once, on the day the timer gives."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import SYSTEM, Options, Request, open_engine
from engine.errors import Conflict, NotPermitted
from engine.jobs.executor import Pace
from engine.model.cases import EventKind
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.tasks import InboxFilter
from engine.store.settings import Parameter
from engine.work.start import TIMED
from tests.engine.conftest import KEY, Office
from tests.support.at_once import at_once

PROCESS = Path(__file__).parent / "timed/yearly_look.bpmn"
"""Every county on the twelfth of November; the office opens on the ninth."""


def deployed(office: Office, text: str = "") -> Office:
    content = text or PROCESS.read_text("utf-8")
    form = PROCESS.with_name("yearly_look_note.form")
    files = [SourceFile(PROCESS.name, content.encode()), SourceFile(form.name, form.read_bytes())]
    office.engine.definitions.deploy(SYSTEM, files)
    return office


def worked(office: Office) -> None:
    executor = office.engine.jobs.executor(Pace())
    while executor.run_once():
        continue


def begun(office: Office) -> list[str]:
    """The units that have a case of it."""
    found = office.engine.cases.search(SYSTEM, "年度自查")
    cases = [office.engine.cases.view(SYSTEM, one.id).case for one in found]
    return sorted(case.organisation_id for case in cases)


def days(office: Office, number: int) -> None:
    for _ in range(number):
        office.clock.advance(timedelta(days=1))
        worked(office)


def test_each_county_has_one_on_the_day_and_its_reviewer_the_step(office: Office) -> None:
    deployed(office)
    worked(office)
    days(office, 2)
    assert begun(office) == []
    days(office, 1)
    assert begun(office) == ["lw", "xc"]
    days(office, 3)
    assert begun(office) == ["lw", "xc"]
    assert office.inbox("reviewer") == ["look"]
    assert office.inbox("far_reviewer") == ["look"]
    case_id = office.engine.cases.search(SYSTEM, "年度自查")[0].id
    (told,) = [
        one for one in office.engine.cases.history(SYSTEM, case_id) if one.kind is EventKind.STARTED
    ]
    assert told.actor == SYSTEM.person_id
    assert office.engine.audit.verify().ok


def test_the_next_year_has_its_own(office: Office) -> None:
    deployed(office)
    days(office, 3)
    days(office, 364)
    assert begun(office) == ["lw", "xc"]
    days(office, 1)
    assert begun(office) == ["lw", "lw", "xc", "xc"]


def test_a_day_on_which_no_worker_ran_is_made_up_for_within_a_week(office: Office) -> None:
    deployed(office)
    office.clock.advance(timedelta(days=9))
    worked(office)
    assert begun(office) == ["lw", "xc"]


@pytest.mark.parametrize("late", [timedelta(days=12), timedelta(days=40)])
def test_a_day_long_past_begins_nothing(office: Office, late: timedelta) -> None:
    deployed(office)
    office.clock.advance(late)
    worked(office)
    assert begun(office) == []


def test_a_day_before_the_process_was_deployed_begins_nothing(office: Office) -> None:
    office.clock.advance(timedelta(days=4))
    worked(deployed(office))
    days(office, 2)
    assert begun(office) == []


def test_who_was_there_by_hand_before_has_no_second(office: Office) -> None:
    deployed(office)
    by_hand = Request("yearly_look", "xc", {})
    office.engine.cases.start(office.actor("reviewer"), by_hand)
    days(office, 3)
    assert begun(office) == ["lw", "xc"]
    with pytest.raises(Conflict, match="已经发起"):
        office.engine.cases.start(office.actor("reviewer"), by_hand)
    # and what was cancelled does not come back the next day
    for one in office.engine.cases.search(SYSTEM, "年度自查"):
        home = office.engine.cases.view(SYSTEM, one.id).case.organisation_id
        by = office.actor("reviewer" if home == "xc" else "far_reviewer")
        office.engine.cases.cancel(by, one.id, "模拟:重复")
    days(office, 1)
    assert begun(office) == ["lw", "xc"], "no third"


def test_no_person_begins_one_as_the_calendar(office: Office) -> None:
    deployed(office)
    with pytest.raises(NotPermitted):
        office.engine.cases.start(
            office.actor("reviewer"), Request("yearly_look", "xc", {}, origin=TIMED)
        )
    with pytest.raises(NotPermitted):
        office.engine.cases.start(SYSTEM, Request("example_request", "u1", {}, origin=TIMED))


def test_many_workers_begin_it_once(office: Office, office_url: str, tmp_path: Path) -> None:
    deployed(office)
    office.clock.advance(timedelta(days=3))
    others = [
        Office(
            open_engine(
                office_url,
                key=KEY,
                options=Options(clock=FixedClock(office.clock.now()), data_dir=tmp_path / "data"),
            ),
            office.clock,
        )
        for _ in range(3)
    ]
    at_once(*(partial(worked, one) for one in (office, *others)))
    for one in others:
        one.engine.close()
    assert begun(office) == ["lw", "xc"]


def test_each_unit_has_the_day_of_its_own_parameters(office: Office) -> None:
    """Units with the same parameters are reckoned together; the others, and new values, are not."""
    parameter = partial(Parameter, "look day", unit="d")
    today = office.clock.now().date()
    values = [parameter(None, today, 11), parameter("lw", today, 13)]
    office.engine.settings.add_parameters(SYSTEM, values)
    text = PROCESS.read_text("utf-8")
    asking = '=date(today().year, 11, parameter("look day"))'
    deployed(office, text.replace("=date(today().year, 11, 12)", asking))
    days(office, 1)
    assert begun(office) == []
    days(office, 1)
    assert begun(office) == ["xc"]
    days(office, 1)
    assert begun(office) == ["xc"]
    days(office, 1)
    assert begun(office) == ["lw", "xc"]


def test_a_timer_that_gives_no_date_begins_nothing(office: Office) -> None:
    text = PROCESS.read_text("utf-8").replace("=date(today().year, 11, 12)", '=date("模拟")')
    deployed(office, text)
    days(office, 5)
    assert begun(office) == []


def test_a_version_that_cannot_be_read_keeps_no_worker_from_its_work(office: Office) -> None:
    """Its row was spoilt: inboxes open and jobs are done as before."""
    deployed(office)
    with office.engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE process_version SET key = 'gone' WHERE key = 'yearly_look'"))
        work.commit()
    case_id = office.applied()
    days(office, 20)
    assert begun(office) == []
    (line,) = office.engine.tasks.inbox(office.actor("reviewer"), InboxFilter()).lines
    assert line.case_id == case_id
    with office.engine.database.unit_of_work() as work:
        work.tx.execute(text("UPDATE process_version SET key = 'yearly_look' WHERE key = 'gone'"))
        work.commit()
    days(office, 358)
    assert begun(office) == ["lw", "xc"], "mended, it begins the next year's"
