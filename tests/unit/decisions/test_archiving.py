"""The decisions of archiving as they are deployed: DMN-01, 02, 04, 05 (domain.md §3.1, corrections)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.decisions import read_decisions
from engine.feel import EvaluationContext
from webapp.standard.parameters import beginning_values

FOLDER = Path(__file__).parents[3] / "processes/archiving"
Decide = Callable[..., Mapping[str, object]]
MONTHS = [f"2025-{m:02d}" for m in range(3, 13)] + ["2026-01", "2026-02"]
LIMITS: Mapping[str, object] = {
    "marginal": 1.5,
    "relative": 2,
    "accident": 3,
    "accident_share": 0.8,
    "months": 6,
    "certificate_months": 12,
    "ceiling": 0,
}
FACTS: Mapping[str, object] = {
    "standard": {"amount": 500, "rule_set": "GB2016", "limits": LIMITS},
    "members": [{"counted": "yes"}, {"counted": "yes"}],
    "income_lines": [],
    "expense_lines": None,
    "savings": 0,
    "investments": 0,
    "cause_main": "3",
    "causes_more": None,
    "single_parent": "no",
    "health": "良好",
    "has_dibao": "no",
    "dibao_date": None,
    "dwellings": 0,
    "business": "no",
    "worker_kind": "worker",
    "contract_from": None,
    "union_joined_on": None,
    "exclusion_signs": None,
    "means_signs": None,
    "false_papers_on": None,
    "vehicles": None,
    "marital": "已婚",
    "identity": "在岗",
    "months_above": 0,
    "cause_removed": False,
    "expense_finished": False,
}


def monthly(*amounts: float) -> list[dict[str, object]]:
    """Twelve months of wages, the last amount for all that are left."""
    told = [*amounts, *[amounts[-1]] * (12 - len(amounts))]
    return [
        {"month": month, "income_kind": "wage", "amount": amount}
        for month, amount in zip(MONTHS, told, strict=True)
    ]


def spent(kind: str, amount: float) -> list[dict[str, object]]:
    return [{"expense_kind": kind, "amount": amount}]


class Office:
    """The dated parameters, as they are delivered unless a test says otherwise."""

    def __init__(self) -> None:
        self.values = dict(beginning_values())

    def parameter(self, name: str) -> object:
        return self.values[name]

    def working_day_after(self, start: date, days: int) -> date:
        raise AssertionError("these tables count no days")

    def working_days_between(self, start: date, end: date) -> int:
        raise AssertionError("these tables count no days")


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def decide(context: EvaluationContext, office: Office) -> Decide:
    context = replace(context, host=office)

    def evaluate(file: str, decision: str, **facts: object) -> object:
        model = read_decisions((FOLDER / f"{file}.dmn").read_bytes(), f"{file}.dmn")
        assert model.problems == ()
        outcome = model.evaluate(decision, {**FACTS, **facts}, context)
        assert not outcome.problems, outcome.problems
        return outcome.value

    return evaluate  # type: ignore[return-value]


def category(decide: Decide, **facts: object) -> object:
    return decide("household_category", "household_proposal", **facts)["category"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"income_lines": monthly(1700, 1700, 1700, 1700, *[1175] * 8)}, "dibao"),
        ({"income_lines": monthly(2100), "expense_lines": spent("education", 9000)}, "marginal"),
        ({"income_lines": monthly(2100), "expense_lines": spent("education", 6000)}, "none"),
        ({"income_lines": monthly(2250), "expense_lines": spent("education", 9000)}, "marginal"),
        ({"income_lines": monthly(4500), "expense_lines": spent("accident", 40000)}, "accident"),
        (
            {
                "income_lines": monthly(6000),
                "expense_lines": spent("accident", 90000),
                "savings": 30000,
            },
            "accident",
        ),
        (
            {
                "income_lines": monthly(6000),
                "expense_lines": spent("accident", 90000),
                "savings": 60000,
            },
            "none",
        ),
    ],
    ids=["450, 8 months", "700-250", "700-167", "750 = 1.5 DB", "3 DB", "> 3 DB", "savings"],
)
def test_the_seven_worked_cases(decide: Decide, facts: dict[str, object], expected: str) -> None:
    """The worked cases of domain.md §3.1: DB = 500, three people."""
    caused = {"none": "9", "marginal": "9", "accident": "8", "dibao": "3"}
    cause = "8" if "savings" in facts else caused[expected]
    assert category(decide, cause_main=cause, **facts) == expected


def test_the_allowance_is_no_income_that_takes_the_allowance_away(decide: Decide) -> None:
    """Correction 1: topped up to the standard, the family is still the one it is named after."""
    lines = monthly(900)
    relief = [{"month": one, "income_kind": "dibao", "amount": 600} for one in MONTHS]
    facts = {"has_dibao": "yes", "dibao_date": "2026-03-01", "income_lines": [*lines, *relief]}
    proposal = decide("household_category", "household_proposal", **facts)
    assert proposal["category"] == "dibao"
    assert (proposal["y_own"], proposal["y_total"]) == (300, 500)


def test_a_stroke_two_months_ago_does_not_wait(decide: Decide) -> None:
    """Correction 2: illness is looked at before 'observe', which would say wait."""
    lines = monthly(*[5000] * 10, 0, 0)
    stroke = {"cause_main": "6", "expense_lines": spent("medical", 48000)}
    assert category(decide, income_lines=lines, **stroke) == "accident"


def test_months_below_are_observed_until_there_are_six(decide: Decide) -> None:
    lines = monthly(*[2000] * 9, 0, 0, 0)
    assert decide("household_category", "household_proposal", income_lines=lines)["y_own"] == 500
    lines = monthly(*[1900] * 9, 0, 0, 0)
    assert category(decide, income_lines=lines) == "observe"


def test_a_student_in_a_dormitory_is_counted(decide: Decide) -> None:
    """Correction 4: who is counted is a column of its own, not whoever sleeps at home."""
    at_school = {"counted": "yes", "living_together": "no"}
    lines = monthly(1350)
    counted = decide(
        "household_category",
        "household_proposal",
        members=[{"counted": "yes", "living_together": "yes"}, at_school],
        income_lines=lines,
    )
    assert (counted["household_size"], counted["y_own"], counted["category"]) == (3, 450, "dibao")


def test_no_expenditure_is_nought_and_not_unknown(decide: Decide) -> None:
    proposal = decide(
        "household_category", "household_proposal", income_lines=monthly(1500), cause_main="9"
    )
    assert (proposal["y_net"], proposal["expenses"], proposal["category"]) == (500, 0, "marginal")


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({}, []),
        ({"dwellings": 2}, ["X1"]),
        ({"business": "yes"}, ["X2"]),
        ({"exclusion_signs": ["X3", "X4"]}, ["X3", "X4"]),
        ({"vehicles": [{"used_for": "private", "bought": 2022}]}, ["X5"]),
        ({"vehicles": [{"used_for": "private", "bought": 2020}]}, []),
        ({"vehicles": [{"used_for": "business", "bought": 2025}, {"used_for": "private"}]}, []),
        ({"means_signs": ["X5", "X6"], "exclusion_signs": ["X7"]}, ["X5", "X6", "X7"]),
        (
            {
                "worker_kind": "migrant",
                "contract_from": "2025-12-20",
                "union_joined_on": "2025-12-25",
            },
            ["X8"],
        ),
        (
            {
                "worker_kind": "migrant",
                "contract_from": "2025-10-01",
                "union_joined_on": "2025-12-25",
            },
            [],
        ),
    ],
)
def test_exclusions(decide: Decide, facts: dict[str, object], codes: list[str]) -> None:
    """DMN-02; X4 and X5 only warn."""
    found = decide("household_exclusions", "household_exclusions", **facts)
    told = found if isinstance(found, list) else []
    assert [one["code"] for one in told] == codes
    assert {one["code"] for one in told if not one["hard"]} == {"X4", "X5"} & set(codes)


def test_papers_follow_the_causes(decide: Decide) -> None:
    """DMN-04: everybody's four, and those of the cause."""

    def asked(**facts: object) -> set[object]:
        found = decide("required_papers", "required_papers", **facts)
        return {one["code"] for one in found}  # type: ignore[index]

    everybody = {"id_card", "hukou", "authorisation", "bank_card"}
    assert asked() == everybody | {"income"}
    assert asked(cause_main="9", causes_more=["6"]) >= everybody | {"school", "diagnosis"}
    assert asked(worker_kind="migrant") >= {"contract", "membership"}
    assert "unemployment" in asked(identity="失(无)业")
    assert "income" not in asked(identity="失(无)业")
    assert {"dibao", "marital"} <= asked(has_dibao="yes", marital="离异")


@pytest.mark.parametrize(
    ("facts", "exit_type"),
    [
        ({"income_lines": monthly(1800), "months_above": 6, "cause_removed": True}, "lifted"),
        ({"income_lines": monthly(1800), "months_above": 3, "cause_removed": True}, "watch"),
        (
            {
                "income_lines": [
                    *monthly(900),
                    *[{"month": m, "income_kind": "dibao", "amount": 600} for m in MONTHS],
                ],
                "has_dibao": "yes",
                "dibao_date": "2026-03-01",
                "cause_main": "6",
            },
            "secured",
        ),
        ({"income_lines": monthly(900)}, "stay"),
    ],
    ids=["脱困", "观察", "低保金计入的解困", "不退出"],
)
def test_ways_out(decide: Decide, facts: dict[str, object], exit_type: str) -> None:
    """DMN-05: with the relief counted (y_total) a family is secured, not lifted."""
    assert decide("household_category", "household_exit", **facts)["exit_type"] == exit_type


def standard(rule_set: str, **limits: object) -> dict[str, object]:
    return {"amount": 500, "rule_set": rule_set, "limits": {**LIMITS, **limits}}


def test_both_rule_sets(decide: Decide) -> None:
    """GB2016 and GB2021 stand in one table; the dated parameter chooses, and the code with it."""
    now = standard("GB2021")
    assert category(decide, standard=now, income_lines=monthly(1350)) == "deep"
    assert category(decide, standard=now, income_lines=monthly(2500)) == "relative"
    assert category(decide, standard=now, income_lines=monthly(3600)) == "none"
    hurt = {"cause_main": "8", "expense_lines": spent("accident", 40000)}
    lines = {"income_lines": monthly(4500)}
    for rule_set, code, name in (
        ("GB2016", "accident", "意外致困户"),
        ("GB2021", "accident_worker", "意外致困职工"),
    ):
        told = decide(
            "household_category",
            "household_proposal",
            **{**hurt, **lines, "standard": standard(rule_set)},
        )
        assert (told["category"], told["category_name"], told["rank"]) == (code, name, 2)


@pytest.mark.parametrize(
    ("limit", "facts", "strict", "kind"),
    [
        ({"marginal": 1.2}, {"income_lines": 2100, "spent": 9000, "cause": "9"}, "none", "2016"),
        ({"accident": 2},
         {"income_lines": 4500, "accident": 40000, "cause": "8", "savings": 60000},
         "none", "2016"),
        ({"relative": 1.5}, {"income_lines": 2500, "cause": "3"}, "none", "2021"),
        ({"ceiling": 9000}, {"income_lines": 2500, "cause": "3"}, "none", "2021"),
        ({"accident_share": 0.95}, {"income_lines": 12000, "accident": 120000, "cause": "8"},
         "none", "2021"),
    ],
)  # fmt: skip
def test_each_limit_is_asked(
    decide: Decide, limit: dict[str, object], facts: dict[str, object], strict: str, kind: str
) -> None:
    """What the limits of the standard allow as delivered, a stricter one does not."""
    asked: dict[str, object] = {
        "income_lines": monthly(float(str(facts["income_lines"]))),
        "cause_main": facts["cause"],
        "savings": facts.get("savings", 0),
    }
    if "spent" in facts:
        asked["expense_lines"] = spent("education", float(str(facts["spent"])))
    if "accident" in facts:
        asked["expense_lines"] = spent("accident", float(str(facts["accident"])))
    rules = f"GB{kind}"
    assert category(decide, standard=standard(rules), **asked) != "none"
    assert category(decide, standard=standard(rules, **limit), **asked) == strict


def test_months_certificates_and_labour_are_counted_as_the_federation_says(
    decide: Decide, office: Office
) -> None:
    lines = monthly(*[2000] * 8, *[0] * 4)
    few = monthly(*[1700] * 8, *[0] * 4)
    assert category(decide, income_lines=few) == "observe"
    assert category(decide, income_lines=few, standard=standard("GB2016", months=4)) == "dibao"
    old = {"has_dibao": "yes", "dibao_date": "2025-10-01", "income_lines": lines}
    longer = standard("GB2016", certificate_months=24)
    told = decide("household_category", "household_proposal", standard=longer, **old)
    assert (told["category"], told["rule"]) == ("dibao", "持 24 个月内有效的低保证")
    worker = {
        "worker_kind": "migrant",
        "contract_from": "2025-10-01",
        "union_joined_on": "2025-12-25",
    }

    def excluded() -> object:
        return decide("household_exclusions", "household_exclusions", **worker) or []

    assert excluded() == []
    office.values["migrant labour years"] = 2
    (only,) = excluded()  # type: ignore[misc]
    assert (only["code"], only["text"]) == ("X8", "农民工劳动关系不满 2 年,或未加入工会")
    warned = decide("household_category", "household_proposal", **worker)["warnings"]
    assert "农民工劳动关系不满 2 年" in str(warned)


def test_the_share_is_said_as_a_percentage(decide: Decide) -> None:
    told = decide(
        "household_category",
        "household_proposal",
        standard=standard("GB2021"),
        cause_main="8",
        income_lines=monthly(12000),
        expense_lines=spent("accident", 120000),
    )
    assert told["rule"] == "意外或重病自付支出超过家庭全年收入的 80%"


def test_the_numbers_of_what_excludes_are_parameters(decide: Decide, office: Office) -> None:
    car = [{"used_for": "private", "bought": 2022}]
    facts = {"vehicles": car, "exclusion_signs": ["X4"], "false_papers_on": "2023-06-01"}

    def told() -> list[object]:
        found = decide("household_exclusions", "household_exclusions", **facts)
        return [one["text"] for one in found]  # type: ignore[index]

    assert told() == [
        "有劳动能力的成员拒绝就业或培训达到 3 次",
        "5 年内购置非营运机动车,须说明",
    ]
    office.values |= {"car years": 3, "job refusals": 2, "false papers years": 5}
    assert told() == ["有劳动能力的成员拒绝就业或培训达到 2 次", "5 年内提供过虚假材料"]
