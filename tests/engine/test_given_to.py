"""A step begins in the hands of whom its process names, and a process begins at several levels."""

from datetime import timedelta
from pathlib import Path

import pytest

from engine import SYSTEM, Request
from engine.errors import DeploymentRefused, Invalid, TaskHeldByOther
from engine.jobs.executor import Pace
from engine.model.definitions import SourceFile
from tests.engine.conftest import Office
from tests.engine.moving.conftest import drawn, form, step
from tests.unit.runtime.kit import end, ext, io, line, node, z

YEARLY = Path(__file__).parent / "timed/yearly_look.bpmn"


def given(office: Office, named: str, apart: str = "") -> str:
    """A case whose second step is given to somebody; the id of the case."""
    start = node("startEvent", "S", ext(z("formDefinition", formId="who")))
    more = {"notSamePersonAs": apart} if apart else {}
    body = (
        start
        + step("apply", io(outputs={"told": "=note"}), deadline="1wd")
        + step("look", deadline="1wd", givenTo="=who", **more)
        + end()
        + line("S", "apply", "look", "E")
    )
    lanes = {"officer": "S apply", "county_reviewer": "look E"}
    files = [drawn("given", lanes, body), form("blank", "note"), form("who", "who")]
    office.engine.definitions.deploy(SYSTEM, files)
    case_id = office.engine.cases.start(
        office.actor("officer"), Request("given", "u1", {"who": named})
    ).case_id
    office.do("officer", case_id, "apply", {})
    return case_id


def holder(office: Office, case_id: str) -> str | None:
    (only,) = office.open_steps(case_id)
    return only.assignee


@pytest.mark.parametrize("named", ["reviewer2", "p-reviewer2"])
def test_a_step_begins_in_the_hands_of_whom_it_names(office: Office, named: str) -> None:
    case_id = given(office, named)
    assert holder(office, case_id) == "p-reviewer2"
    with pytest.raises(TaskHeldByOther):
        office.do("reviewer", case_id, "look", {})
    office.do("reviewer2", case_id, "look", {})


@pytest.mark.parametrize("named", ["officer", "far_reviewer", "nobody", ""])
def test_who_may_not_do_it_is_not_given_it(office: Office, named: str) -> None:
    case_id = given(office, named)
    assert holder(office, case_id) is None
    office.do("reviewer", case_id, "look", {})


def test_she_may_put_it_back(office: Office) -> None:
    case_id = given(office, "reviewer2")
    office.engine.tasks.release(office.actor("reviewer2"), office.step(case_id))
    office.do("reviewer", case_id, "look", {})


def test_the_gate_reads_the_expression(office: Office) -> None:
    body = node("startEvent", "S") + step("look", deadline="1wd", givenTo="=(") + end()
    files = [drawn("given", {"officer": "S look E"}, body + line("S", "look", "E"))]
    with pytest.raises(DeploymentRefused) as refused:
        office.engine.definitions.deploy(SYSTEM, [*files, form("blank", "note")])
    assert "givenTo" in refused.value.findings[0].message


def two_levels(office: Office) -> None:
    text = YEARLY.read_text("utf-8").replace(
        'name="startLevel" value="county"', 'name="startLevel" value="county,city"'
    )
    assert "county,city" in text
    noted = YEARLY.with_name("yearly_look_note.form")
    files = [SourceFile(YEARLY.name, text.encode()), SourceFile(noted.name, noted.read_bytes())]
    office.engine.definitions.deploy(SYSTEM, files)


def test_the_calendar_begins_one_at_each_unit_of_all_levels(office: Office) -> None:
    two_levels(office)
    office.clock.advance(timedelta(days=3))
    executor = office.engine.jobs.executor(Pace())
    while executor.run_once():
        continue
    found = office.engine.cases.search(SYSTEM, "年度自查")
    homes = [office.engine.cases.view(SYSTEM, one.id).case.organisation_id for one in found]
    assert sorted(homes) == ["lw", "xc", "zz"]


def test_it_begins_at_no_other_level(office: Office) -> None:
    two_levels(office)
    with pytest.raises(Invalid, match="县级或市级"):
        office.engine.cases.start(SYSTEM, Request("yearly_look", "u1", {}))
    found = office.engine.definitions.startable(office.actor("reviewer"))
    offered = {row.key: homes for row, homes in found}
    assert [one.id for one in offered["yearly_look"]] == ["xc"]
