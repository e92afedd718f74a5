"""The decision of the duplicate check as it is deployed: DMN-11."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from engine.decisions import read_decisions
from engine.feel import EvaluationContext
from webapp.standard.parameters import beginning_values

RULES = Path(__file__).parents[3] / "processes/duplicate_check/duplicate_rules.dmn"
PHONE = {"kind": "phone", "same_name": False, "text": "电话相同"}
NAMESAKE = {"kind": "phone", "same_name": True, "text": "电话和姓名相同"}
PAYMENT = {"kind": "payment", "text": "尚未发放"}
CARD = {"kind": "card", "text": "账号相同"}


@dataclass
class Office:
    """The dated parameters, as they are delivered unless a test says otherwise."""

    values: dict[str, object] = field(default_factory=lambda: dict(beginning_values()))

    def parameter(self, name: str) -> object:
        return self.values[name]

    def working_day_after(self, start: date, days: int) -> date:
        raise AssertionError("this table counts no days")

    def working_days_between(self, start: date, end: date) -> int:
        raise AssertionError("this table counts no days")


@pytest.mark.parametrize(
    ("values", "matches", "told"),
    [
        ({}, [PHONE, CARD], [("同一银行账号", True), ("同一手机号码", False)]),
        ({"same account ruling": False}, [CARD], [("同一银行账号", False)]),
        ({"shared phone files": 2}, [PHONE], []),
        ({"shared phone files": 2}, [PHONE, PHONE], [("同一手机号码", False)]),
        # Whoever has the name too is told however many share the telephone; she is one of them.
        ({"shared phone files": 2}, [NAMESAKE], [("手机号码和姓名都相同", False)]),
        (
            {"shared phone files": 2},
            [PHONE, NAMESAKE],
            [("同一手机号码", False), ("手机号码和姓名都相同", False)],
        ),
        ({}, [NAMESAKE], [("手机号码和姓名都相同", False)]),
        # Winter relief without a file is in order: it is told, and nobody has to rule on it.
        ({}, [PAYMENT, PAYMENT], [("帮扶款尚未发放", False)]),
    ],
)
def test_how_much_a_sign_weighs_is_the_county_s(
    context: EvaluationContext,
    values: dict[str, object],
    matches: list[dict[str, object]],
    told: list[tuple[str, bool]],
) -> None:
    office = Office()
    office.values |= values
    model = read_decisions(RULES.read_bytes(), RULES.name)
    assert model.problems == ()
    outcome = model.evaluate("duplicate_rules", {"matches": matches}, replace(context, host=office))
    assert not outcome.problems
    found = outcome.value if isinstance(outcome.value, list) else []
    assert [(one["kind"], one["hard"]) for one in found] == told
