"""Steps of the applicant and of bodies outside are done on their behalf: nobody is left out."""

from datetime import timedelta

import pytest

from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, line, start


def lane_of(**properties: str) -> SourceFile:
    """``letter`` lies in a lane of the county's reviewers with these properties too."""
    body = start() + step("ask") + step("letter", deadline="5d") + end()
    file = drawn(
        "outside",
        {"officer": "ask", "county_reviewer": "letter"},
        body + line("S", "ask", "letter", "E"),
    )
    marks = "".join(
        f'<zeebe:property name="{name}" value="{value}"/>' for name, value in properties.items()
    )
    role = b'<zeebe:property name="role" value="county_reviewer"></zeebe:property>'
    assert role in file.content
    return SourceFile(file.name, file.content.replace(role, marks.encode() + role))


@pytest.mark.parametrize(
    "properties",
    [{"kind": "external", "party": "省总工会"}, {"kind": "participant"}],
    ids=["a body outside the tree", "the applicant"],
)
def test_who_acts_on_their_behalf_has_the_step_in_her_inbox(
    shop: Workshop, properties: dict[str, str]
) -> None:
    # The applicant has no organisation, the province is none of ours: routing would find nobody.
    shop.put(lane_of(**properties))
    case_id = shop.begin("outside")
    shop.finish("officer", case_id, "ask")
    assert shop.inbox("reviewer") == ["letter"]
    assert shop.engine.tasks.unstaffed(shop.actor("supervisor")) == []


def test_a_body_outside_has_a_limit_of_its_own_that_moves_nothing(shop: Workshop) -> None:
    shop.put(lane_of(kind="external", party="县民政局"))
    case_id = shop.begin("outside")
    shop.finish("officer", case_id, "ask")
    shop.pass_time(days=20)
    assert shop.waiting(case_id) == ["letter"]
    told = [kind for (kind,) in shop.rows("SELECT kind FROM outbox")]
    assert "overdue" in told
    assert shop.clock.now() - shop.open_steps(case_id)[0].created_at >= timedelta(days=20)
    shop.finish("reviewer", case_id, "letter", {"note": "已回函"})
    assert shop.history(case_id)[-1] == "completed"
