"""Amounts that were verified at the home visit, when the application comes back to be filled in."""

from collections.abc import Mapping, Sequence

from engine import SYSTEM, Request
from tests.registry.town import Town

RETURNED = {"decision": "return", "return_to": "apply", "comment": "请核对一月的工资"}


def lines(town: Town, case_id: str) -> Sequence[Mapping[str, object]]:
    """The income lines as the next step finds them."""
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    found = town.engine.tasks.view(SYSTEM, step.id).scope["income_lines"]
    assert isinstance(found, list)
    return found


def verified(town: Town, case_id: str) -> dict[str, tuple[object, object]]:
    """By month: what was verified, and by whom."""
    return {
        str(line["month"]): (line.get("verified_amount"), line.get("verified_by"))
        for line in lines(town, case_id)
    }


def test_a_line_that_comes_back_unchanged_stays_verified_a_changed_one_does_not(town: Town) -> None:
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    officer = town.actor("officer")
    case_id = town.engine.cases.start(officer, Request("archiving", "u1", asked)).case_id
    town.do("officer", case_id, "apply", town.filled("officer", "family_of_three"))
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    visit = town.filled("officer", "visit")
    found = visit["income_lines"]
    assert isinstance(found, list)
    some_differ = [{"verified_amount": 1400} if n == 3 else one for n, one in enumerate(found)]
    town.do("officer", case_id, "home_visit", {**visit, "income_lines": some_differ})
    before = verified(town, case_id)
    assert before["2025-06"] == (1400, "模拟officer")
    town.do("chair", case_id, "grassroots_review", RETURNED)

    again = town.filled("officer", "family_of_three")
    stated = again["income_lines"]
    assert isinstance(stated, list)
    changed = [{**one, "amount": 1500} if one["month"] == "2026-01" else one for one in stated]
    new = {"month": "2024-12", "person": "林模拟", "income_kind": "wage", "amount": 10}
    town.do("officer", case_id, "apply", {**again, "income_lines": [new, *changed]})

    assert verified(town, case_id) == {
        **before,
        "2024-12": (None, None),
        "2026-01": (None, None),
    }
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    (step,) = town.engine.cases.view(SYSTEM, case_id).open_tasks
    assert step.element_id == "home_visit"
    answers = [
        {"verified_amount": line.get("verified_amount") or line["amount"]}
        for line in lines(town, case_id)
    ]
    other = town.actor("officer2")
    town.engine.tasks.complete(other, step.id, {**visit, "income_lines": answers})
    after = verified(town, case_id)
    assert after["2025-06"] == (1400, "模拟officer")
    assert after["2026-01"] == (1500, "模拟officer2")
    town.must_hold()
