"""Where a case can be sent back to: to steps that it has been through, and to no others."""

import pytest

from engine import SYSTEM, Request
from engine.errors import Invalid
from tests.registry.town import Town

BACK = {"decision": "return", "comment": "请核对一月的工资"}


def _visited(town: Town) -> str:
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    case_id = town.engine.cases.start(
        town.actor("officer"), Request("archiving", "u1", asked)
    ).case_id
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three"))
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    return case_id


def test_the_visit_that_was_not_made_is_no_choice(town: Town) -> None:
    case_id = _visited(town)
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks

    form = town.engine.tasks.view(town.actor("chair"), step.id).form

    assert form is not None
    assert [o.value for o in form.fields["return_to"].options] == ["apply", "home_visit"]
    ticked = {o.value.partition("/")[0] for o in form.fields["return_fields"].options}
    assert ticked == {"apply", "home_visit"}


def test_a_case_is_not_sent_to_a_step_that_is_not_on_its_way(town: Town) -> None:
    case_id = _visited(town)

    with pytest.raises(Invalid) as refused:
        town.do("chair", case_id, "grassroots_review", {**BACK, "return_to": "recused_visit"})

    assert [e.pointer for e in refused.value.errors] == ["/return_to"]
    town.do("chair", case_id, "grassroots_review", {**BACK, "return_to": "home_visit"})
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    assert step.element_id == "home_visit"
    town.must_hold()
