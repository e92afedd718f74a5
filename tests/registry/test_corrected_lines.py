"""Lines of income, expenses and vehicles that 勘误 adds, changes and takes away."""

from datetime import date

import pytest
from sqlalchemy import select

import registry
from engine import Actor, Engine
from engine.errors import Invalid
from engine.store.tables import access_event
from registry.correction import corrected
from registry.household import Content
from tests.support.register import CONTENT, on_file

TODAY = date(2026, 11, 9)
_NOTED = select(access_event.c.detail).where(access_event.c.action == "household-corrected")
NEW_INCOME = {
    "income_lines.new-0.month": "2026-01",
    "income_lines.new-0.person": "陈模拟",
    "income_lines.new-0.income_kind": "wage",
    "income_lines.new-0.amount": "1,200",
}
NEW_CAR = {
    "assets.vehicles.new-0.model": "模拟牌轿车",
    "assets.vehicles.new-0.bought": "2019",
    "assets.vehicles.new-0.engine": "1.5",
    "assets.vehicles.new-0.used_for": "private",
    "assets.vehicles.new-0.worth": "30000",
}


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


@pytest.fixture
def reviewer(engine: Engine) -> Actor:
    return engine.directory.actor_named("reviewer")


def _changes(
    register: registry.Registry, actor: Actor, file_no: str
) -> list[tuple[str, str, str, str]]:
    found = register.files.difference(actor, file_no, 0, 0, is_clear=False)
    assert found is not None
    return [(one.kind, one.what, one.before, one.after) for one in found.changes]


def test_lines_are_added_and_taken_away_and_both_versions_stay(
    engine: Engine, register: registry.Registry, reviewer: Actor
) -> None:
    file_no = on_file(engine)
    typed = {
        **NEW_INCOME,
        "income_lines.2.removed": "yes",
        "income_lines.3.amount": "900",
        "expense_lines.0.removed": "yes",
        "expense_lines.new-4.expense_kind": "rent",
        "expense_lines.new-4.period": "2025-01 至 2025-12",
        "expense_lines.new-4.amount": "3600",
    }
    assert register.upkeep.correct(reviewer, file_no, 1, typed, "核对了银行流水") == 2

    assert sorted(_changes(register, reviewer, file_no)) == [
        ("added", "2026-01 陈模拟 工资性", "", "金额 1,200.00 元"),
        ("added", "房租 2025-01 至 2025-12", "", "自付金额 3,600.00 元"),
        ("changed", "2025-04 林模拟 工资性:金额", "800.00 元", "900.00 元"),
        ("removed", "2025-03 林模拟 工资性", "金额 800.00 元", ""),
        ("removed", "医疗自付 2025", "自付金额 1,200.00 元", ""),
    ]
    newest = register.household(reviewer, file_no).versions[0]
    for told in (
        "删除收入明细第 3 行 2025-03",
        "增加收入明细 2026-01 工资性",
        "删除刚性支出明细第 1 行 2025",
    ):
        assert told in newest.reason
    noted = engine.ask(lambda tx: tx.execute(_NOTED).scalar_one())
    assert "增加收入明细 2026-01 工资性" in noted
    assert "1,200" not in noted

    money = register.files.money(reviewer, file_no)
    assert {one.kind: f"{one.amount:f}" for one in money.income_kinds} == {"工资性": "10100"}
    assert [one.kind for one in money.expenses] == ["房租"]
    assert any("10,100.00 元" in one.doubt for one in money.sums)
    review = register.files.standing(reviewer, file_no).review
    assert review is not None
    assert "增加收入明细 2026-01 工资性" in review.what
    approver = engine.directory.actor_named("approver")
    assert register.upkeep.decide(approver, file_no, 2, "marginal", "仍低于两倍") == 3
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []


def test_a_vehicle_comes_is_put_right_and_goes_and_whether_there_is_one_follows(
    engine: Engine, register: registry.Registry, reviewer: Actor
) -> None:
    file_no = on_file(engine)

    def correct(seen: int, typed: dict[str, str]) -> list[tuple[str, str, str, str]]:
        register.upkeep.correct(reviewer, file_no, seen, typed, "核对了行驶证")
        return _changes(register, reviewer, file_no)

    told = "购置年份 2019;排量 1.5 升;用途 自用;估值 30,000.00 元"
    came = correct(1, NEW_CAR)
    assert ("added", "有无机动车", "", "有") in came
    ((_, what, _, after),) = [one for one in came if one[1].startswith("模拟牌轿车")]
    assert (what, after) == ("模拟牌轿车 2019", told.partition(";")[2])
    worth = {"assets.vehicles.0.worth": "20,000", "assets.vehicles.0.used_for": "business"}
    assert [one[1:] for one in correct(2, worth)] == [
        ("模拟牌轿车 2019:用途", "自用", "营运"),
        ("模拟牌轿车 2019:估值", "30,000.00 元", "20,000.00 元"),
    ]
    with pytest.raises(Invalid, match="机动车明细里还有 1 辆"):
        correct(3, {"assets.vehicle": "no"})
    gone = correct(3, {"assets.vehicles.0.removed": "yes"})
    assert ("changed", "有无机动车", "有", "无") in gone
    assert [one[0] for one in gone] == ["changed", "removed"]
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"income_lines.new-0.amount": "100"}, "新增的收入明细“月份”没有填写"),
        ({**NEW_INCOME, "income_lines.new-0.person": "王五"}, "“王五”不是本户的人,请填 林模拟"),
        ({**NEW_INCOME, "income_lines.new-0.month": "2026-13"}, "月份请写成"),
        ({**NEW_INCOME, "income_lines.new-0.month": "2027-01"}, "还没有到"),
        ({**NEW_INCOME, "income_lines.new-0.income_kind": "gift"}, "代码表"),
        ({**NEW_INCOME, "income_lines.new-0.amount": "1e40"}, "不超过 9,999,999.99"),
        ({"income_lines.0.amount": "1e40"}, "不超过 9,999,999.99"),
        ({**NEW_INCOME, "income_lines.new-0.amount": "-5"}, "不小于 0"),
        ({**NEW_CAR, "assets.vehicles.new-0.bought": "明年"}, "年份请写成"),
        ({**NEW_CAR, "assets.vehicles.new-0.bought": "2027"}, "年份请写成"),
        ({"assets.vehicles.new-0.worth": "1"}, "“厂牌型号”没有填写"),
        (
            {"income_lines.0.removed": "yes", "income_lines.0.amount": "1"},
            "第 1 行 2025-01既要更正又要删除",
        ),
        ({"income_lines.99.removed": "yes"}, "没有填写与记录不同的内容"),
        ({"members.0.removed": "yes"}, "没有填写与记录不同的内容"),
        ({"members.new-0.name": "某"}, "没有填写与记录不同的内容"),
        ({"income_lines.new-0.month": " "}, "没有填写与记录不同的内容"),
    ],
)
def test_what_is_no_line_is_said_and_the_content_stays(typed: dict[str, str], words: str) -> None:
    before = repr(CONTENT)
    with pytest.raises(Invalid, match=words):
        corrected(CONTENT, typed, TODAY)
    assert repr(CONTENT) == before


def test_no_more_lines_than_the_application_takes() -> None:
    typed = {f"assets.vehicles.new-{n}.model": f"模拟牌 {n}" for n in range(11)}
    with pytest.raises(Invalid, match="“机动车”最多 10 行"):
        corrected(CONTENT, typed, TODAY)


def test_who_verified_an_amount_verified_no_other_one() -> None:
    line = {
        "month": "2026-01",
        "person": "林模拟",
        "income_kind": "wage",
        "amount": 900,
        "verified_amount": 900,
        "verified_by": "郑模拟",
        "stated_amount": 800,
        "evidence": "file-1",
    }
    content: Content = {**CONTENT, "income_lines": [line]}
    done = corrected(content, {"income_lines.0.amount": "1000"}, TODAY)
    (now,) = done.content["income_lines"]  # type: ignore[misc, attr-defined]
    assert now.keys() == {"month", "person", "income_kind", "amount", "evidence"}
    assert line["verified_by"] == "郑模拟"
    done = corrected(content, {"income_lines.0.person": "陈模拟"}, TODAY)
    (now,) = done.content["income_lines"]  # type: ignore[misc, attr-defined]
    assert now["verified_by"] == "郑模拟"
