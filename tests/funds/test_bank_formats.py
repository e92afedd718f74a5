"""The formats of banks are data: what is wrong with one is told when it is read."""

import tomllib
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from engine.errors import Invalid
from registry.budget import bank_formats as module
from registry.budget.bank_formats import FileKind, bank_formats, formats_of

TOLD = tomllib.loads(module._FILE.read_text("utf-8"))
CSV, TXT, XLSX = "simulated_csv", "simulated_txt", "simulated_xlsx"


def test_one_of_each_kind_comes_with_the_system_and_says_that_it_is_made_up() -> None:
    found = bank_formats()
    assert {one.kind for one in found.values()} == set(FileKind)
    assert all("模拟" in one.title and "imulated" in one.title_en for one in found.values())


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    told = deepcopy(TOLD)
    change(told["formats"])
    return told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.clear(), "一个也没有写"),
        (lambda f: f.update(odd=1), "“odd”:应是一个表"),
        (lambda f: f[CSV].update(colour="red"), "没有“colour”这一项"),
        (lambda f: f[CSV].pop("title"), "“title”没有写明"),
        (lambda f: f[CSV].update(kind="doc"), "“kind”不能是“doc”,可以用 csv、txt、xlsx"),
        (lambda f: f[CSV].update(encoding="latin-1"), "“encoding”不能是“latin-1”,可以用 gbk"),
        (lambda f: f[CSV].update(encoding=7), "“encoding”没有写明"),
        (lambda f: f[CSV].update(separator="||"), "分隔符“||”不能用"),
        (lambda f: f[CSV].update(separator="0"), "分隔符“0”不能用"),
        (lambda f: f[XLSX].update(encoding="gbk"), "xlsx 文件不写“encoding”"),
        (lambda f: f[CSV].update(file_name="{bank}.csv"), "文件名中没有“{bank}”"),
        (lambda f: f[CSV].update(file_name="DF_{date}.csv"), "同一天的两份文件分不清"),
        (lambda f: f[CSV].update(file_name="{batch.csv"), "花括号不成对"),
        (lambda f: f[CSV].update(file_name="a/{batch}.csv"), "文件名不能用的字符"),
        (lambda f: f[CSV].update(file_name="{batch}.txt"), "应以 .csv 结尾"),
        (lambda f: f[CSV].pop("sent"), "的 sent:应是一个表"),
        (lambda f: f[CSV]["sent"].update(header="yes"), "应写 true 或 false"),
        (lambda f: f[CSV]["sent"]["columns"].append(["colour", "颜色"]), "没有“colour”这一列"),
        (lambda f: f[CSV]["sent"]["columns"].append(["state", "状态"]), "没有“state”这一列"),
        (lambda f: f[CSV]["sent"]["columns"].append(["name", "姓名"]), "“name”这一列写了两次"),
        (lambda f: f[CSV]["sent"]["columns"].append(["id_last_four", "金额"]), "与别的列相同"),
        (lambda f: f[CSV]["sent"]["columns"].append("serial"), "应是一列"),
        (lambda f: f[CSV]["sent"]["columns"].pop(1), "缺少“account”这一列"),
        (lambda f: f[CSV]["sent"]["columns"][0].__setitem__(1, "𬭎号"), "“𬭎”用 gbk 写不出"),
        (lambda f: f[TXT]["sent"]["totals"].update(place="middle"), "“place”不能是“middle”"),
        (lambda f: f[TXT]["sent"]["totals"].update(values=["sum"]), "没有“sum”这一项"),
        (lambda f: f[TXT]["sent"]["totals"].update(values=[]), "“values”应是一列文字"),
        (lambda f: f[TXT]["result"].pop("totals"), "没有批次号(batch)"),
        (lambda f: f[CSV]["result"]["columns"].pop(4), "缺少“state”这一列"),
        (lambda f: f[CSV]["result"].update(paid=[]), "“paid”应是一列文字"),
        (lambda f: f[CSV]["result"].update(failed=["成功"]), "“成功”既是成功又是失败"),
    ],
)
def test_a_format_that_cannot_work_is_told(
    change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        formats_of(changed(change))
    assert said in refused.value.message
    assert refused.value.message.endswith("。")


def test_all_faults_of_all_formats_are_told_at_once() -> None:
    def spoil(formats: dict[str, Any]) -> None:
        formats[CSV]["encoding"] = "big5"
        formats[TXT]["kind"] = "pdf"

    with pytest.raises(Invalid) as refused:
        formats_of(changed(spoil))
    assert f"“{CSV}”" in refused.value.message
    assert f"“{TXT}”" in refused.value.message


def test_a_heading_with_the_separator_of_a_text_is_told() -> None:
    def spoil(formats: dict[str, Any]) -> None:
        formats[TXT]["sent"]["header"] = True
        formats[TXT]["sent"]["columns"][0][1] = "顺序|号"

    with pytest.raises(Invalid, match=r"中有分隔符“\|”"):
        formats_of(changed(spoil))
