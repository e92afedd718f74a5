"""Two hundred existing households from Excel: the right ones are on file, the others told apart."""

import pytest

import registry
from engine import SYSTEM
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from registry import ExistingHousehold, Fate, Imports
from registry.imports.api import Progress
from registry.incoming.batch import HOUSEHOLDS, State, Status
from tests.imports.sheets import (
    FIRST,
    TAIWAN_PERMIT,
    content_of,
    errors_of,
    filled,
    household,
    put,
)
from tests.registry.test_loading import existing, number
from tests.registry.town import Town
from webapp.imports.working import bring_file, error_workbook

NAME = "芗城区档案.xlsx"


def bring(lists: Imports, town: Town, content: bytes, who: str = "reviewer") -> Progress:
    actor = town.actor(who)
    list_id = bring_file(lists, actor, HOUSEHOLDS, NAME, content)
    return lists.work(actor, list_id, 300)


def loaded(lists: Imports, town: Town, progress: Progress) -> Progress:
    actor = town.actor("reviewer")
    lists.run(actor, progress.batch.id, only_if_all=False)
    return lists.work(actor, progress.batch.id, 300)


def counts(progress: Progress) -> dict[str, int]:
    return {state.value: n for state, n in progress.counts.items() if n}


def two_hundred(lists: Imports, town: Town) -> bytes:
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    lines = [household(place) for place in range(200)]
    for place in (10, 50, 150):  # rows 13, 53, 153: Excel has made numbers of them
        lines[place] = household(place, 证件号码=int(number(place)[:17] + "0"))
    lines[80] = household(80, 证件号码=number(20))  # row 83 is the person of row 23
    lines[30] = household(30, 姓名="林𠮷")
    lines[31] = household(31, 姓名="买买提·吐尔逊")
    lines[32] = household(32, 证件号码=TAIWAN_PERMIT)
    members = [
        {"序号": "1", "与户主关系": "配偶", "姓名": "王模拟", "计入家庭人口": "是"},
        {"序号": "1", "与户主关系": "子", "姓名": "林小模拟", "计入家庭人口": "否"},
    ]
    return content_of(filled(kind, lines, 家庭成员=members))


def test_two_hundred_rows_with_every_fault_of_excel(lists: Imports, town: Town) -> None:
    content = two_hundred(lists, town)
    checked = bring(lists, town, content)
    assert counts(checked) == {"good": 195, "bad": 5}
    reviewer = town.actor("reviewer")
    _, workbook = error_workbook(lists, reviewer, checked.batch.id)
    told = errors_of(workbook, "户主")
    cut = "证件号码已被 Excel 改成 3.50602E+17,末几位已丢失。请将该列设为“文本”后重新填写"
    assert told == {
        13: cut,
        53: cut,
        153: cut,
        23: "证件号码与第 83 行相同,同一人只能有一行,请删去多余的行",
        83: "证件号码与第 23 行相同,同一人只能有一行,请删去多余的行",
    }
    with pytest.raises(Invalid, match="还有 5 行有错,按“全部正确才导入”没有导入任何一行"):
        lists.run(reviewer, checked.batch.id, only_if_all=True)
    assert not town.register.households(reviewer).lines
    done = loaded(lists, town, checked)
    assert (counts(done), done.batch.status) == ({"done": 195, "bad": 5}, Status.DONE)
    for name, id_number in (("林𠮷", number(30)), ("买买提·吐尔逊", number(31))):
        (line,) = town.register.households(reviewer, text=name).lines
        assert line.file_no == town.register.households(reviewer, text=id_number).lines[0].file_no
    (permit,) = town.register.households(reviewer, text=TAIWAN_PERMIT).lines
    assert permit.is_imported
    (first,) = town.register.households(reviewer, text=number(0)).lines
    assert (first.size, str(first.opened_on)) == (2, "2019-05-06")
    again = bring(lists, town, content)
    assert counts(again) == {"known": 195, "bad": 5}
    assert again.earlier is not None
    with pytest.raises(Invalid, match="没有可以导入的行"):
        lists.run(reviewer, again.batch.id, only_if_all=False)
    town.must_hold()


def test_the_returned_workbook_is_mended_and_only_the_rest_is_loaded(
    lists: Imports, town: Town
) -> None:
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    book = filled(kind, [household(0), household(1, 证件号码="35060219900101990X")])
    checked = bring(lists, town, content_of(book))
    assert counts(checked) == {"good": 1, "bad": 1}
    loaded(lists, town, checked)
    put(book["户主"], FIRST + 1, household(1))
    mended = bring(lists, town, content_of(book))
    assert counts(mended) == {"known": 1, "good": 1}
    assert counts(loaded(lists, town, mended)) == {"known": 1, "done": 1}


def test_the_forms_own_rules_hold_for_rows_and_members(lists: Imports, town: Town) -> None:
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    lines = [
        household(0, 证件号码="350602199001019908"),
        household(1, 建档日期="2030-01-01"),
        household(2, 受理工会="模拟三厂工会"),
        household(3, 受理工会="没有的工会"),
        household(4, 单位统一社会信用代码="81350602MC0000001X", 手机号码="123"),
        household(5),
    ]
    members = [{"序号": "6", "与户主关系": "子", "姓名": "林2", "计入家庭人口": "是"}]
    checked = bring(lists, town, content_of(filled(kind, lines, 家庭成员=members)))
    rows = lists.rows(town.actor("reviewer"), checked.batch.id, [State.BAD])
    told = {row.read.row: [problem.message for problem in row.problems] for row in rows}
    assert told[3] == ["身份证号最后一位校验不符,请对照证件逐位核对。"]
    assert told[4] == ["建档日期在今天以后"]
    assert told[5][0].startswith("受理工会“模拟三厂工会”不在您可以办理的单位里")
    assert told[6][0].startswith("受理工会“没有的工会”不在您可以办理的单位里")
    assert [message[:4] for message in told[7]] == ["手机号码", "统一社会"]
    assert told[8] == [
        "姓名应为 2 至 50 个字,不含数字和符号(少数民族姓名中间用“·”)。",
        "“家庭成员”工作表第 3 行有错",
    ]


def test_whoever_is_in_another_file_is_told_no_more_than_she_may_know(
    lists: Imports, town: Town
) -> None:
    member = {"relation": "母", "name": "陈模拟", "id_number": number(900), "counted": "yes"}
    for place, unit in ((1, "lw-u"), (2, "u2")):
        one = existing(place, unit=unit)
        content = {**one.content, "members": [{**member, "id_number": number(900 + place)}]}
        done = town.register.load_files(
            SYSTEM, [ExistingHousehold(unit, content, one.archived_on)], "原有档案"
        )
        assert done[0].fate is Fate.LOADED
    here = town.register.households(SYSTEM, text=number(2)).lines[0].file_no
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    lines = [household(1), household(2), household(901), household(4), household(5)]
    members = [
        {
            "序号": "5",
            "与户主关系": "母",
            "姓名": "陈模拟",
            "计入家庭人口": "是",
            "证件号码": number(902),
        },
        {
            "序号": "6",
            "与户主关系": "母",
            "姓名": "陈模拟",
            "计入家庭人口": "否",
            "证件号码": number(902),
        },
    ]
    checked = bring(lists, town, content_of(filled(kind, lines, 家庭成员=members)))
    reviewer = town.actor("reviewer")
    rows = lists.rows(reviewer, checked.batch.id, [State.BAD, State.KNOWN, State.GOOD])
    told = {
        row.read.row: (row.state, [p.message for p in row.problems if not p.is_warning])
        for row in rows
    }
    assert told[3] == (State.BAD, ["户主已在其他档案中,请县总工会核实"])
    assert told[4] == (State.KNOWN, [])
    assert told[5] == (State.BAD, ["户主已在其他档案中,请县总工会核实"])
    member = f"该成员已计入档案 {here},同一人只能计入一户,请核实"
    assert told[6] == (State.BAD, [member, "“家庭成员”工作表第 3 行有错"])
    # Two households may name one mother; only one may count her.
    assert told[7][0] is State.GOOD


def test_a_list_belongs_to_whoever_brought_it(lists: Imports, town: Town) -> None:
    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    checked = bring(lists, town, content_of(filled(kind, [household(0)])))
    with pytest.raises(NotFound):
        lists.progress(town.actor("reviewer2"), checked.batch.id)
    for name in ("officer", "approver", "supervisor"):
        with pytest.raises(NotPermitted):
            lists.kind(town.actor(name), HOUSEHOLDS)


def test_a_list_that_was_given_up_loads_nothing(lists: Imports, town: Town) -> None:
    reviewer = town.actor("reviewer")
    kind = lists.kind(reviewer, HOUSEHOLDS)
    checked = bring(lists, town, content_of(filled(kind, [household(0)])))
    lists.drop(reviewer, checked.batch.id)
    with pytest.raises(Conflict):
        lists.run(reviewer, checked.batch.id, only_if_all=False)
    assert not town.register.households(reviewer).lines
    assert [one.batch.status for one in lists.recent(reviewer)] == [Status.DROPPED]


def test_what_people_wrote_is_sealed(lists: Imports, town: Town, engine) -> None:
    from sqlalchemy import select

    from registry.store.import_tables import import_batch, import_row

    kind = lists.kind(town.actor("reviewer"), HOUSEHOLDS)
    bring(lists, town, content_of(filled(kind, [household(0)])))
    for table in (import_batch, import_row):
        (row,) = engine.ask(lambda tx, table=table: tx.execute(select(table)).all())
        stored = b"".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
        assert number(0).encode() not in stored
        assert b"PK\x03\x04" not in stored
    assert registry.invariants(engine)
