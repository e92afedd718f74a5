"""What a federation switches by a parameter: pauses of the total limit, one person for two steps."""

from datetime import date, timedelta

import pytest

from engine import SYSTEM
from engine.errors import DeploymentRefused, NotPermitted
from engine.store.settings import Parameter
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, line, start

SAME = '=if parameter("one person") then "approve" else ""'


def _say(shop: Workshop, name: str, value: object, at: str | None = None) -> None:
    one = Parameter(name, at, date(2026, 1, 1), value)
    shop.engine.settings.add_parameters(SYSTEM, [one])


def _pausing(shop: Workshop) -> None:
    body = start() + step("mend", pausesClock='=parameter("pauses")') + step("check") + end()
    lanes = {"officer": "mend check"}
    shop.put(drawn("pausing", lanes, body + line("S", "mend", "check", "E"), totalLimit="10wd"))


def _pauses(shop: Workshop, case_id: str) -> int:
    case = shop.engine.cases.view(SYSTEM, case_id).case
    return len(case.pauses) + (case.paused_since is not None)


def test_whether_a_step_stops_the_clock_is_asked_when_it_opens_and_stays(shop: Workshop) -> None:
    _say(shop, "pauses", value=True)
    _pausing(shop)
    first = shop.begin("pausing")
    assert _pauses(shop, first) == 1
    _say(shop, "pauses", value=False)
    shop.clock.advance(timedelta(days=3))
    assert _pauses(shop, shop.begin("pausing")) == 0
    shop.finish("officer", first, "mend")
    assert _pauses(shop, first) == 1
    case = shop.engine.cases.view(SYSTEM, first).case
    assert (case.paused_since, case.pauses[0][1]) == (None, shop.clock.now())
    assert shop.broken() == {}


def test_one_person_may_do_two_steps_only_where_her_county_says_so(shop: Workshop) -> None:
    _say(shop, "one person", value=False)
    body = start() + step("approve")
    body += step("enter", notSamePersonAs="approve", sameAllowed=SAME)
    lanes = {"county_reviewer": "approve enter", "officer": "S"}
    shop.put(drawn("two", lanes, body + end() + line("S", "approve", "enter", "E")))
    apart = shop.begin("two")
    shop.finish("reviewer", apart, "approve")
    with pytest.raises(NotPermitted):
        shop.finish("reviewer", apart, "enter")
    _say(shop, "one person", value=True, at="xc")
    with pytest.raises(NotPermitted):  # it was barred when it opened
        shop.finish("reviewer", apart, "enter")
    small = shop.begin("two")
    shop.finish("reviewer", small, "approve")
    shop.finish("reviewer", small, "enter")
    assert shop.broken() == {}


def test_who_decides_is_the_level_that_the_federation_says(shop: Workshop) -> None:
    _say(shop, "decided at", "county")
    body = start() + step("approve", handledAt='=parameter("decided at")') + end()
    lanes = {"county_approver": "approve", "officer": "S"}
    shop.put(drawn("decided", lanes, body + line("S", "approve", "E")))
    near = shop.begin("decided")
    _say(shop, "decided at", "city")
    far = shop.begin("decided")
    handled = [shop.open_steps(one)[0].handling_name for one in (near, far)]
    county, city = (shop.engine.directory.organisations()[one].name for one in ("xc", "zz"))
    assert handled == [county, city]
    assert shop.broken() == {}


@pytest.mark.parametrize("name", ["pausesClock", "handledAt"])
def test_a_switch_of_an_unknown_parameter_or_another_word_is_refused(
    shop: Workshop, name: str
) -> None:
    for said, told in (('=parameter("nothing")', "参数表里没有"), ("maybe", "只能是")):
        body = start() + step("apply", **{name: said}) + end() + line("S", "apply", "E")
        with pytest.raises(AssertionError) as refused:
            shop.put(drawn("wrong", {"officer": "apply"}, body))
        cause = refused.value.__cause__
        assert isinstance(cause, DeploymentRefused)
        assert told in "".join(finding.told() for finding in cause.findings)
