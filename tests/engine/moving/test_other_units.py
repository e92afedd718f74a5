"""A step that another unit must do goes up the tree; one that another step blocks must wait."""

import pytest

from engine.errors import Conflict
from tests.engine.moving.conftest import Workshop, drawn, step
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
)


def test_a_unit_that_built_the_file_does_not_look_into_it(shop: Workshop) -> None:
    body = start() + step("build") + step("examine", notSameUnitAs="build") + end()
    shop.put(
        drawn(
            "outside",
            {"officer": "S E", "county_reviewer": "build examine"},
            body + line("S", "build", "examine", "E"),
        )
    )
    shop.engine.directory.grant(shop.actor("admin"), "p-city", "county_reviewer", "zz")
    case_id = shop.begin("outside")
    assert shop.inbox("reviewer") == ["build"]
    shop.finish("reviewer", case_id, "build")
    # the county built it, so the county's reviewers do not examine it: the city's do
    assert shop.inbox("reviewer") == []
    assert shop.inbox("city") == ["examine"]
    shop.finish("city", case_id, "examine")
    assert shop.waiting(case_id) == []


def test_another_units_step_stays_at_the_level_of_its_lane(shop: Workshop) -> None:
    body = start() + step("build") + step("examine", notSameUnitAs="build") + end()
    shop.put(
        drawn(
            "usual",
            {"officer": "S E build", "county_reviewer": "examine"},
            body + line("S", "build", "examine", "E"),
        )
    )
    case_id = shop.begin("usual")
    shop.finish("officer", case_id, "build")
    assert shop.inbox("reviewer") == ["examine"]


def test_where_nobody_is_above_it_stays_and_is_not_lost(shop: Workshop) -> None:
    body = start() + step("build") + step("examine", notSameUnitAs="build") + end()
    shop.put(
        drawn(
            "top",
            {"officer": "S E", "county_reviewer": "build examine"},
            body + line("S", "build", "examine", "E"),
        )
    )
    case_id = shop.begin("top")
    shop.finish("reviewer", case_id, "build")
    ((waiting, reason),) = shop.engine.tasks.unstaffed(shop.actor("city"))
    assert waiting.element_id == "examine"
    assert "county_reviewer" in reason or "县级审核员" in reason


def test_the_level_that_decided_can_be_asked_for(shop: Workshop) -> None:
    body = (
        start()
        + step("decide")
        + node("exclusiveGateway", "where", default="where_low")
        + step("high")
        + step("low")
        + end()
        + line("S", "decide", "where", "low", "E")
        + flow("where", "high", '=case.levels.decide = "city"')
        + flow("high", "E")
    )
    shop.put(
        drawn(
            "levels",
            {"officer": "S E where low high", "county_reviewer": "decide"},
            body,
        )
    )
    first = shop.begin("levels")
    shop.finish("reviewer", first, "decide")
    assert shop.waiting(first) == ["low"]
    for grant in shop.engine.directory.grants():
        if grant.role == "county_reviewer" and grant.organisation_id == "xc":
            shop.engine.directory.withdraw_grant(shop.actor("admin"), grant.id)
    shop.engine.directory.grant(shop.actor("admin"), "p-city", "county_reviewer", "zz")
    second = shop.begin("levels")
    shop.finish("city", second, "decide")
    assert shop.waiting(second) == ["high"]


def test_a_step_waits_for_the_one_that_blocks_it(shop: Workshop) -> None:
    inner = (
        start("S2") + step("approve", blockedBy="examine") + end("E2") + line("S2", "approve", "E2")
    )
    body = (
        start()
        + node("subProcess", "work", inner)
        + boundary("reported", "work", receives("M"), interrupting=False)
        + step("examine")
        + end("E3")
        + end()
        + line("S", "work", "E")
        + line("reported", "examine", "E3")
    )
    shop.put(
        drawn(
            "blocked",
            {"officer": "S work E reported E3", "county_reviewer": "examine"},
            body.replace(receives("M"), _with_output(receives("M"))),
            message("M", "report", "=case.id"),
        )
    )
    case_id = shop.begin("blocked")
    assert shop.engine.messages.send(shop.actor("officer"), "report", {"case": case_id}, {})
    assert shop.waiting(case_id) == ["approve", "examine"]
    view = shop.engine.tasks.view(
        shop.actor("officer"),
        next(s.id for s in shop.open_steps(case_id) if s.element_id == "approve"),
    )
    assert view.blocked_by == ("examine",)
    with pytest.raises(Conflict, match=r"“examine”还没有办结"):
        shop.finish("officer", case_id, "approve")
    shop.finish("reviewer", case_id, "examine")
    shop.finish("officer", case_id, "approve")
    assert shop.waiting(case_id) == []
    assert all(one.ok for one in shop.engine.audit.invariants())


def _with_output(inside: str) -> str:
    return ext(io(outputs={"report_text": "=text"})) + inside
