"""What changed between two versions is told field by field, people found again, numbers masked."""

from typing import Any

from registry.comparison import Change, changes
from registry.sections import masked, whole

HEAD = {"name": "林模拟", "id_number": "350602199001019907", "mobile": "15400000002"}
WIFE = {"relation": "配偶", "name": "陈模拟", "id_number": "350624199211059964", "counted": "yes"}
SON = {"relation": "子", "name": "林小模", "id_number": "M350000001", "counted": "no"}


def _told(before: dict[str, Any], after: dict[str, Any], mask: Any = masked) -> list[Change]:
    return list(changes(before, after, mask))


def test_equal_contents_have_no_changes() -> None:
    content = {"head": HEAD, "members": [WIFE, SON]}
    assert _told(content, {"head": dict(HEAD), "members": [SON, WIFE]}) == []


def test_a_field_is_told_old_and_new_in_words() -> None:
    before = {"head": {**HEAD, "worker_kind": "worker"}, "hardship": {"cause_main": "3"}}
    after = {"head": {**HEAD, "worker_kind": "migrant"}, "hardship": {"cause_main": "6"}}
    assert [(c.part, c.what, c.before, c.after) for c in _told(before, after)] == [
        ("户主", "职工或农民工", "职工", "农民工"),
        ("困难情况", "主要致困原因", "下岗失业", "患重特大疾病"),
    ]


def test_a_personal_number_stays_masked_and_the_change_is_still_told() -> None:
    before = {"head": {**HEAD, "address": "漳州市芗城区模拟路1号"}}
    after = {"head": {**HEAD, "address": "漳州市芗城区模拟路2号"}}
    (hidden,) = _told(before, after)
    assert hidden.is_hidden
    assert "模拟路" not in hidden.before + hidden.after
    (clear,) = _told(before, after, whole)
    assert (clear.is_hidden, clear.after) == (False, "漳州市芗城区模拟路2号")


def test_members_who_came_went_and_changed_are_told_apart() -> None:
    mother = {"relation": "母", "name": "吴模拟", "id_number": "350628199007049932"}
    before = {"head": HEAD, "members": [WIFE, SON]}
    after = {"head": HEAD, "members": [mother, {**WIFE, "health": "癌症/恶性肿瘤"}]}
    found = {(c.kind, c.what): c for c in _told(before, after)}
    assert found.keys() == {
        ("added", "配偶 陈模拟:健康状况"),
        ("added", "母 吴模拟"),
        ("removed", "子 林小模"),
    }
    assert "9932" in found["added", "母 吴模拟"].after
    assert "350628199007049932" not in found["added", "母 吴模拟"].after


def test_a_member_whose_number_was_corrected_is_the_same_person() -> None:
    before = {"members": [WIFE]}
    after = {"members": [{**WIFE, "id_number": "350624199211059972"}]}
    (told,) = _told(before, after)
    assert (told.kind, told.what) == ("changed", "配偶 陈模拟:证件号码")


def test_two_equal_income_lines_are_two() -> None:
    line = {"month": "2026-01", "person": "林模拟", "income_kind": "wage", "amount": 100}
    (told,) = _told({"income_lines": [line]}, {"income_lines": [line, {**line}]})
    assert (told.kind, told.what) == ("added", "2026-01 林模拟 工资性")
    (less,) = _told({"income_lines": [line]}, {"income_lines": [{**line, "amount": 90}]})
    assert (less.what, less.before, less.after) == (
        "2026-01 林模拟 工资性:金额",
        "100.00 元",
        "90.00 元",
    )


def test_what_few_say_of_themselves_is_told_value_by_value() -> None:
    before = {"members": [{**WIFE, "education": "高中", "income_month": 0}]}
    after = {"members": [{**WIFE, "education": "大专/高职", "income_month": 800}]}
    assert [(c.what, c.before, c.after) for c in _told(before, after)] == [
        ("配偶 陈模拟:月收入", "0.00 元", "800.00 元"),
        ("配偶 陈模拟:学历", "高中", "大专/高职"),
    ]


def test_a_reviewed_year_is_told_as_sums_and_not_line_by_line() -> None:
    def lines(year: int, amount: int) -> list[dict[str, Any]]:
        return [
            {"month": f"{year}-{m:02}", "person": who, "income_kind": "wage", "amount": amount}
            for who in ("林模拟", "陈模拟")
            for m in range(1, 13)
        ]

    before, after = {"income_lines": lines(2024, 800)}, {"income_lines": lines(2025, 850)[:12]}
    told = {(c.kind, c.what): (c.before, c.after) for c in _told(before, after)}
    assert told == {
        ("changed", "林模拟 工资性"): (
            "2024-01 至 2024-12 合计 9,600.00 元",
            "2025-01 至 2025-12 合计 10,200.00 元",
        ),
        ("removed", "陈模拟 工资性"): ("2024-01 至 2024-12 合计 9,600.00 元", ""),
    }


def test_a_line_that_changed_among_others_is_told_by_itself() -> None:
    lines = [
        {"month": f"2025-{m:02}", "person": "林模拟", "income_kind": "wage", "amount": 800}
        for m in range(1, 13)
    ]
    (told,) = _told(
        {"income_lines": lines}, {"income_lines": [*lines[:-1], {**lines[-1], "amount": 900}]}
    )
    assert (told.kind, told.what) == ("changed", "2025-12 林模拟 工资性:金额")
