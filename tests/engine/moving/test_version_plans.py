"""A plan of many running cases is looked for beside the web, and kept for whoever asked."""

import pytest

from engine import SYSTEM
from engine.api.version_plans import AT_ONCE
from engine.errors import Invalid, NotFound, NotPermitted
from engine.jobs.executor import Pace
from engine.model.kept_plans import packed, unpacked
from engine.model.version_moves import Route, Verdict
from tests.engine.moving.conftest import Workshop
from tests.engine.moving.test_version_moves import at_review, quietly, request

TO_2 = Route("ask", 2)


def look(shop: Workshop) -> None:
    assert shop.engine.errands.runner(Pace(idle=0.01)).run_once()


def test_a_few_cases_are_looked_at_at_once(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    at_review(shop)
    shop.put(request("apply", "review", "audit"))
    found = shop.engine.versions.plans.sought(shop.actor("designer"), TO_2)
    assert found.errand is None
    assert found.plan is not None
    assert found.plan.count(Verdict.SAFE) == 1


def test_many_are_looked_at_beside_the_web_and_come_out_the_same(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    case_ids = {shop.begin("ask") for _ in range(AT_ONCE + 1)}
    shop.put(request("look", "review"))
    plans, designer = shop.engine.versions.plans, shop.actor("designer")
    asked = plans.sought(designer, TO_2)
    assert (asked.plan, asked.errand is None) == (None, False)
    assert plans.sought(designer, TO_2).errand == asked.errand  # asked for once
    look(shop)
    found = plans.sought(designer, TO_2)
    assert found.plan == plans.at_once(SYSTEM, TO_2)
    assert {one.case_id for one in found.plan.cases} == case_ids
    assert [(one.element_id, one.cases) for one in found.plan.unmapped] == [("apply", AT_ONCE + 1)]
    assert found.errand is not None
    assert (found.errand.done, found.errand.total) == (AT_ONCE + 1, AT_ONCE + 1)
    # Another mapping is another plan; so is one that is asked for anew.
    mapped = Route("ask", 2, None, {"apply": "look"})
    assert plans.sought(designer, mapped).plan is None
    assert plans.sought_anew(designer, TO_2).plan is None
    look(shop)
    look(shop)
    assert (shown := plans.sought(designer, mapped).plan)
    assert shown.count(Verdict.SAFE) == AT_ONCE + 1
    # What was found before cases went over is not what would be found now.
    made = shop.engine.versions.begin(designer, mapped)
    assert plans.sought(designer, TO_2).plan is None
    shop.engine.versions.work_off(designer, made.id, quietly)
    assert plans.sought(designer, mapped).plan is not None  # nobody is left to look at


def test_a_plan_is_for_whoever_asked_and_may_deploy(shop: Workshop) -> None:
    shop.put(request("apply", "review"))
    at_review(shop)
    shop.put(request("apply", "review", "audit"))
    plans, designer = shop.engine.versions.plans, shop.actor("designer")
    asked = plans.sought_anew(designer, TO_2).errand
    assert asked is not None
    for who in ("officer", "reviewer"):
        with pytest.raises(NotPermitted):
            plans.asked_for(shop.actor(who), asked.id)
        with pytest.raises(NotPermitted):
            plans.sought(shop.actor(who), TO_2)
        with pytest.raises(NotPermitted):
            plans.sought_anew(shop.actor(who), TO_2)
    with pytest.raises(NotFound):
        plans.asked_for(designer, "nothing")
    with pytest.raises(NotFound):
        plans.sought_anew(designer, Route("ask", 77))
    with pytest.raises(Invalid):
        plans.sought(designer, Route("ask", 2, None, {"review": "nowhere"}))
    assert plans.asked_for(designer, asked.id).plan is None
    look(shop)
    assert plans.asked_for(designer, asked.id).plan == plans.at_once(designer, TO_2)


def test_a_plan_reads_back_as_it_was_written(shop: Workshop) -> None:
    shop.put(request("apply", "review", review="5wd"))
    at_review(shop)
    for changed in (request("apply", "look", "review", review="9wd"), request("apply", "audit")):
        shop.put(changed)
    for to in (2, 3):
        plan = shop.engine.versions.plans.at_once(SYSTEM, Route("ask", to))
        assert unpacked(packed(plan)) == plan
        assert plan.unmapped or plan.cases[0].notes
