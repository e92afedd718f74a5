"""``bangfu import`` does what the pages do."""

import pytest
from openpyxl import load_workbook

from tests.registry.test_loading import number


@pytest.fixture
def federation(bangfu):
    bangfu("user", "create", "--admin", "chen", "--name", "陈模拟", "--federation", "模拟市总工会")
    added = bangfu(
        "org", "add", "模拟县总工会", "--parent", "top", "--kind", "county", "--id", "c1",
        "--code", "350602",
    )  # fmt: skip
    assert added.code == 0, added.err
    return bangfu


def test_existing_households_are_checked_loaded_and_not_loaded_again(federation, tmp_path):
    blank, filled, errors = (tmp_path / name for name in ("空.xlsx", "档案.xlsx", "错误.xlsx"))
    assert federation("import", "template", "households", blank).code == 0
    book = load_workbook(blank)
    sheet = book["户主"]
    names = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for row, id_number in ((3, number(1)), (4, number(2)), (5, int(number(3)[:17] + "0"))):
        line = {
            "受理工会": "模拟县总工会",
            "姓名": "林模拟",
            "证件号码": id_number,
            "困难类别": "低保户",
            "建档日期": "2019-05-06",
        }
        for heading, value in line.items():
            sheet.cell(row, names.index(heading) + 1).value = value
    book.save(filled)
    checked = federation("import", "households", filled, "--check", "--errors", errors)
    assert checked.code == 1
    assert "“档案.xlsx”共 3 行:已导入 0,可导入 2,以前已导入 0,有错 1。" in checked.out
    assert "“户主”第 5 行:证件号码已被 Excel 改成 3.50602E+17" in checked.out
    assert load_workbook(errors)["户主"].max_row >= 5
    refused = federation("import", "households", filled)
    assert refused.code == 2
    assert "没有导入任何一行" in refused.err
    done = federation("import", "households", filled, "--good-rows")
    assert "已导入 2,可导入 0,以前已导入 0,有错 1" in done.out
    again = federation("import", "households", filled, "--good-rows")
    assert "已导入 0,可导入 0,以前已导入 2,有错 1" in again.out


def test_a_list_that_is_none_is_refused_in_a_sentence(federation, tmp_path):
    wrong = tmp_path / "名单.xlsx"
    wrong.write_text("姓名")
    answer = federation("import", "households", wrong)
    assert (answer.code, "不是 Excel 工作簿" in answer.err) == (2, True)
    assert federation("import", "households", tmp_path / "没有.xlsx").code == 2
    assert federation("import", "applications", "nothing", wrong).code == 2
