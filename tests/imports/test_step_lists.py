"""What came back from another office is entered for many cases at once, each by itself."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from engine import SYSTEM, Request
from engine.errors import Invalid
from registry import Imports
from registry.imports.api import Progress
from registry.incoming.batch import State
from tests.imports.sheets import content_of, errors_of, headings, put
from tests.registry.town import Town, _another_household
from webapp.imports.working import bring_file, error_workbook, step_workbook

MEANS = "step:means_check:await_report"
ENTRY = "step:archiving:national_entry"


def asked(town: Town, number: int) -> str:
    """An application that waits for the report on its household's means; its id."""
    begun = {"applicant_name": "林模拟", "application_kind": "self"}
    officer = town.actor("officer")
    case_id = town.engine.cases.start(officer, Request("archiving", "u1", begun)).case_id
    answers = town.filled("officer", "family_of_three", **_another_household(number))
    town.do("officer", case_id, "apply", answers)
    town.do("officer", case_id, "acceptance_check", {"complete": "yes"})
    town.do("officer", case_id, "home_visit", town.filled("officer", "visit"))
    town.do("chair", case_id, "grassroots_review", {"decision": "agree"})
    assert town.waiting(case_id) == ["await_report"]
    return case_id


def number_of(town: Town, case_id: str) -> str:
    return town.engine.cases.view(SYSTEM, case_id).case.number


def bring(lists: Imports, town: Town, who: str, kind: str, book: Workbook) -> Progress:
    actor = town.actor(who)
    list_id = bring_file(lists, actor, kind, "回复.xlsx", content_of(book))
    return lists.work(actor, list_id, 120)


def entered(lists: Imports, town: Town, who: str, progress: Progress) -> Progress:
    lists.run(town.actor(who), progress.batch.id, only_if_all=False)
    return lists.work(town.actor(who), progress.batch.id, 120)


def counts(progress: Progress) -> dict[str, int]:
    return {state.value: n for state, n in progress.counts.items() if n}


def test_a_list_goes_out_and_its_answers_are_entered_at_once(lists: Imports, town: Town) -> None:
    cases = [asked(town, number) for number in (11, 12, 13)]
    numbers = [number_of(town, one) for one in cases]
    reviewer = town.actor("reviewer")
    assert lists.waiting_steps(reviewer) == {MEANS: ("等待核对报告", 3)}
    assert lists.waiting_steps(town.actor("far_reviewer")) == {}
    book = load_workbook(io.BytesIO(step_workbook(lists, reviewer, MEANS)))
    sheet = book["名单"]
    rows = {sheet.cell(row, 1).value: row for row in range(3, 6)}
    assert set(rows) == set(numbers)
    names = headings(sheet)
    assert names[:3] == ["办件编号", "户主", "身份证号"]
    ids = {sheet.cell(row, 3).value for row in rows.values()}
    assert ids == {_another_household(number)["id_number"] for number in (11, 12, 13)}
    assert {cell.value for cell in book["家庭成员"]["D"]} >= {"林小模"}
    same = {"报告编号": "核-1", "报告日期": "2026-11-09", "核对结果": "与申报一致"}
    put(sheet, rows[numbers[0]], same)
    put(sheet, rows[numbers[1]], {**same, "核对结果": "有不符"})
    put(sheet, 6, {**same, "办件编号": "漳芗-2026-999999"})
    checked = bring(lists, town, "reviewer", MEANS, book)
    assert counts(checked) == {"good": 1, "bad": 2}
    _, workbook = error_workbook(lists, reviewer, checked.batch.id)
    told = errors_of(workbook, "名单")
    assert told[rows[numbers[1]]] == "请填写“不符之处”。"
    assert told[6] == "没有等待您办理“等待核对报告”的办件 漳芗-2026-999999"
    done = entered(lists, town, "reviewer", checked)
    assert counts(done) == {"done": 1, "bad": 2}
    assert town.waiting(cases[0]) != ["await_report"]
    assert town.waiting(cases[2]) == ["await_report"]
    kinds = [entry.actor_name for entry in town.engine.cases.history(SYSTEM, cases[0])]
    assert "模拟reviewer" in kinds
    again = bring(lists, town, "reviewer", MEANS, book)
    assert counts(again) == {"known": 1, "bad": 2}
    assert {one.kind_name for one in lists.recent(reviewer)} == {"等待核对报告"}


def test_the_wrong_person_in_a_row_is_noticed(lists: Imports, town: Town) -> None:
    first, second = asked(town, 11), asked(town, 12)
    reviewer = town.actor("reviewer")
    book = load_workbook(io.BytesIO(step_workbook(lists, reviewer, MEANS)))
    sheet = book["名单"]
    keys = [sheet.cell(row, 1).value for row in (3, 4)]
    assert set(keys) == {number_of(town, first), number_of(town, second)}
    answers = {"报告编号": "核-1", "报告日期": "2026-11-09", "核对结果": "consistent"}
    for row, key in ((3, keys[1]), (4, keys[0])):  # somebody sorted only one column
        put(sheet, row, {**answers, "办件编号": key})
    checked = bring(lists, town, "reviewer", MEANS, book)
    told = [row.problems[0].message for row in lists.rows(reviewer, checked.batch.id, [State.BAD])]
    assert len(told) == 2
    assert all("的不一致,请核对是不是同一件" in message for message in told)


def test_another_systems_export_is_found_by_its_headings_and_the_persons(
    lists: Imports, town: Town
) -> None:
    first = town.approved()
    assert town.waiting(first) == ["national_entry"]
    entry = town.actor("entry")
    kind = lists.kind(entry, ENTRY)
    people = {one.view.case.id: one.shown["身份证号"] for one in kind.waiting}
    book = Workbook()
    book.active.title = "名单"
    book.active.append(["困难职工台账"])
    book.active.append(["录入日期", "备注", "全国系统编号", "姓名", "身份证号"])
    book.active.append(["2026-11-20", "", "MN0000000001", "林模拟", people[first]])
    book.active.append(["2026-11-20", "", "MN0000000002", "林模拟", "350628199007049932"])
    book.active.append(["2026-11-20", "", "MN0000000003", "林模拟", ""])  # a name is not enough
    book.active.append(["", "", "", "林模拟", people[first]])  # nothing is entered here
    checked = bring(lists, town, "entry", ENTRY, book)
    bad = lists.rows(entry, checked.batch.id, [State.BAD])
    told = {row.read.row: row.problems[0].message for row in bad}
    assert told == dict.fromkeys((4, 5), "按姓名、身份证号没有找到唯一一件等待“录入全国系统”的办件")
    assert counts(entered(lists, town, "entry", checked)) == {"done": 1, "bad": 2}
    (file,) = town.register.households(town.actor("reviewer"), text="MN0000000001").lines
    assert file.national_no == "MN0000000001"
    again = bring(lists, town, "entry", ENTRY, book)
    assert counts(again) == {"known": 1, "bad": 2}
    town.must_hold()


def test_two_rows_about_one_case_are_named(lists: Imports, town: Town) -> None:
    asked(town, 11)
    reviewer = town.actor("reviewer")
    book = load_workbook(io.BytesIO(step_workbook(lists, reviewer, MEANS)))
    answers = {"报告编号": "核-1", "报告日期": "2026-11-09", "核对结果": "与申报一致"}
    number = book["名单"].cell(3, 3).value
    put(book["名单"], 3, answers)
    put(book["名单"], 4, {**answers, "身份证号": number})
    checked = bring(lists, town, "reviewer", MEANS, book)
    told = [row.problems[0].message for row in lists.rows(reviewer, checked.batch.id, [State.BAD])]
    assert told == ["与第 4 行是同一件,只能有一行,请核对", "与第 3 行是同一件,只能有一行,请核对"]


def test_a_workbook_without_whose_row_it_is_is_refused(lists: Imports, town: Town) -> None:
    asked(town, 11)
    book = Workbook()
    book.active.title = "名单"
    book.active.append(["报告编号", "核对结果"])
    book.active.append(["核-1", "一致"])
    with pytest.raises(Invalid, match="没有模板的表头"):
        bring(lists, town, "reviewer", MEANS, book)
