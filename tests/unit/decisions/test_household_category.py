"""Which kind of household in difficulty an applicant is: the 2016 national rules with their corrections.

1. A certificate of subsistence allowance (低保) decides by itself, and income is counted before the allowance.
2. Accidents and illness are asked before "observe": a stroke two months ago is no reason to wait.
3. The months below the standard are counted from a table of months, latest last.
"""

from pathlib import Path

import pytest

from engine.decisions import read_decisions


@pytest.fixture(scope="module")
def category(context):
    content = (Path(__file__).parent / "data" / "household_category.dmn").read_bytes()
    model = read_decisions(content, "household_category.dmn")
    assert model.problems == ()

    def decide(**facts):
        yearly = facts.pop("年收入")
        months_below = facts.pop("months_below", 0)
        household = {
            "持低保证": False,
            "年收入": yearly,
            "计入人口": 3,
            "刚性支出": 0,
            "意外支出": 0,
            "存款": 0,
            "低保标准": 500,
            "致困原因": "其他",
            # Months above the standard first, then those below it.
            "各月收入": [1500] * (12 - months_below) + [1350] * months_below,
        }
        return model.evaluate("category", household | facts, context)

    return decide


WORKED_CASES = [
    # facts, category, rule that fired
    ({"年收入": 16_200, "months_below": 8}, "低保户", 2),
    ({"年收入": 25_200, "刚性支出": 9_000, "致困原因": "疾病"}, "低保边缘户", 3),
    ({"年收入": 25_200, "刚性支出": 6_000, "致困原因": "疾病"}, "不符合", 7),
    ({"年收入": 27_000, "刚性支出": 9_000, "致困原因": "子女上学"}, "低保边缘户", 3),
    ({"年收入": 54_000, "意外支出": 40_000, "致困原因": "重病"}, "意外致困户", 4),
    ({"年收入": 72_000, "存款": 30_000, "意外支出": 90_000, "致困原因": "意外"}, "意外致困户", 5),
    ({"年收入": 72_000, "存款": 60_000, "意外支出": 90_000, "致困原因": "意外"}, "不符合", 7),
    # Correction 1: topped up to the standard exactly, the family still is what the certificate says.
    ({"年收入": 18_000, "持低保证": True}, "低保户", 1),
    ({"年收入": 10_800, "持低保证": True, "months_below": 3}, "低保户", 1),
    # Exactly the standard is not below it; the margin of 边缘户 includes both its ends.
    ({"年收入": 18_000, "刚性支出": 1, "致困原因": "残疾"}, "低保边缘户", 3),
    ({"年收入": 27_000.36, "刚性支出": 9_000.36, "致困原因": "残疾"}, "不符合", 7),
    ({"年收入": 18_000}, "不符合", 7),
    # Correction 2: the accident is asked first, to observe is what is left.
    (
        {"年收入": 10_800, "months_below": 2, "意外支出": 20_000, "致困原因": "重病"},
        "意外致困户",
        4,
    ),
    ({"年收入": 10_800, "months_below": 2, "致困原因": "疾病"}, "待观察", 6),
    ({"年收入": 10_800, "months_below": 5}, "待观察", 6),
    ({"年收入": 10_800, "months_below": 6}, "低保户", 2),
]


@pytest.mark.parametrize(("facts", "expected", "rule"), WORKED_CASES)
def test_a_household_is_of_a_category(category, facts, expected, rule):
    outcome = category(**facts)
    assert outcome.value == expected
    assert [(hit.decision_id, hit.rule) for hit in outcome.hits] == [("category", rule)]
    assert outcome.hits[0].annotation
    assert outcome.problems == ()


def test_only_months_in_a_row_up_to_now_count(category):
    months = [1350] * 8 + [1600] + [1350] * 3
    outcome = category(年收入=16_200, 各月收入=months)
    assert outcome.value == "待观察"
    assert dict(outcome.hits[0].inputs)["连续低于低保标准的月数"] == 3


def test_the_hit_shows_the_sums_behind_the_category(category):
    shown = dict(category(年收入=25_200, 刚性支出=9_000, 致困原因="疾病").hits[0].inputs)
    assert shown["月人均收入(不含低保金)"] == 700
    assert shown["扣除刚性支出后月人均"] == 450


def test_a_missing_fact_is_named(category):
    outcome = category(年收入=None)
    assert outcome.value is None or outcome.problems
    assert any("空值" in problem for problem in outcome.problems)


def test_the_file_says_what_it_needs_from_the_case():
    content = (Path(__file__).parent / "data" / "household_category.dmn").read_bytes()
    decision = read_decisions(content).decisions["category"]
    assert set(decision.inputs) == {
        "持低保证", "年收入", "计入人口", "刚性支出", "意外支出", "存款", "低保标准", "致困原因", "各月收入",
    }  # fmt: skip
    assert decision.outputs == ("类别",)
