"""A step that another unit must do goes up the tree; one that another step blocks must wait."""

from dataclasses import replace

import pytest

from engine import Request
from engine.errors import Conflict, NotPermitted, SeparationOfDuties
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


def test_the_cases_own_unit_does_not_handle_it(shop: Workshop) -> None:
    body = start() + step("examine", notSameUnitAs="case") + end()
    lanes = {"county_reviewer": "S examine E"}
    by_county = {"startsFrom": "a record", "startsFromRoles": "county_reviewer"}
    file = drawn("own", lanes, body + line("S", "examine", "E"), **by_county)
    any_level = file.content.replace(
        b'name="startLevel" value="grassroots"', b'name="owner" value="-"'
    )
    shop.put(replace(file, content=any_level))
    shop.engine.directory.grant(shop.actor("admin"), "p-city", "county_reviewer", "zz")
    reviewer, asked = shop.actor("reviewer"), Request("own", "u1", {}, origin="a record")
    shop.engine.cases.start(reviewer, asked)
    assert shop.inbox("reviewer") == ["examine"], "the county is another unit than the union"
    shop.engine.cases.start(reviewer, replace(asked, organisation_id="xc"))
    assert shop.inbox("reviewer") == ["examine"]
    assert shop.inbox("city") == ["examine"], "of the county's own case it is the city's"


def test_what_is_started_from_a_record_is_started_from_nowhere_else(shop: Workshop) -> None:
    body = start() + step("examine") + end()
    more = {"startsFrom": "a record", "startsFromRoles": "county_reviewer"}
    shop.put(drawn("record", {"officer": "S examine E"}, body + line("S", "examine", "E"), **more))
    reviewer, asked = shop.actor("reviewer"), Request("record", "u1", {})
    found = shop.engine.definitions.started_from("a record")
    assert found is not None
    assert found.key == "record"
    assert shop.engine.definitions.started_from("another") is None
    assert shop.engine.definitions.startable(shop.actor("officer")) == []
    for origin in ("", "another"):
        with pytest.raises(NotPermitted, match="不能在这里发起"):
            shop.engine.cases.start(reviewer, replace(asked, origin=origin))
    with pytest.raises(NotPermitted, match="您不能为"):
        shop.engine.cases.start(shop.actor("officer"), replace(asked, origin="a record"))
    noted: list[str] = []
    made = shop.engine.cases.start(
        reviewer,
        replace(asked, origin="a record"),
        also=lambda _tx, started: noted.append(started.case_id),
    )
    assert noted == [made.case_id]


def test_who_started_the_case_is_kept_from_a_step_that_names_the_start(shop: Workshop) -> None:
    body = start() + step("decide", notSamePersonAs="S") + end()
    shop.put(drawn("apart", {"officer": "S decide E"}, body + line("S", "decide", "E")))
    case_id = shop.begin("apart")
    assert shop.inbox("officer") == []
    assert shop.inbox("officer2") == ["decide"]
    with pytest.raises(SeparationOfDuties):
        shop.finish("officer", case_id, "decide")
    shop.finish("officer2", case_id, "decide")


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
