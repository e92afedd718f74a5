"""What the bank sends back: every line once, with its name and amount, or nothing is taken over."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import Invalid
from registry.budget.bank_formats import BankColumn, BankFormat, bank_formats
from registry.funds.bank_results import Fate, told_of
from tests.funds.bank import (
    BATCH,
    Row,
    answer,
    judged,
    order_of,
    sent_of,
    with_result,
    written,
)
from webapp.funds.bank_upload import read_result

CSV, TXT, XLSX = (bank_formats()[f"simulated_{kind}"] for kind in ("csv", "txt", "xlsx"))
EVERY = pytest.mark.parametrize("form", [CSV, TXT, XLSX], ids=lambda form: form.code)
ORDER = order_of("林模拟甲", "陈模拟乙", "买买提·模拟")


@EVERY
def test_each_line_is_paid_or_failed_with_the_bank_s_reason(form: BankFormat) -> None:
    result = judged(form, answer(form, ORDER, {2: "账号已销户"}), ORDER)
    assert result.problems == ()
    assert result.fates == (
        Fate(1, is_paid=True),
        Fate(2, is_paid=False, reason="账号已销户"),
        Fate(3, is_paid=True),
    )


@EVERY
def test_a_failed_line_without_a_reason_says_so(form: BankFormat) -> None:
    result = judged(form, answer(form, ORDER, {1: ""}), ORDER)
    assert result.fates[0] == Fate(1, is_paid=False, reason="银行没有写明原因")


@pytest.mark.parametrize("form", [CSV, TXT], ids=lambda form: form.code)
@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_gbk_and_utf_8_are_told_apart(form: BankFormat, encoding: str) -> None:
    assert (
        judged(form, answer(form, ORDER, {2: "户名不符"}, encoding=encoding), ORDER).problems == ()
    )


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_gbk_that_happens_to_be_utf_8_is_still_read_as_gbk(encoding: str) -> None:
    name = bytes.fromhex("c2aac3aec4b1").decode("gbk")
    name.encode("gbk").decode("utf-8")  # without a fault
    order = replace(order_of(name), number="F-12")
    assert judged(TXT, answer(TXT, order, encoding=encoding), order).problems == ()


@EVERY
def test_order_and_other_ways_of_writing_do_not_matter(form: BankFormat) -> None:
    def rewrite(rows: list[Row]) -> None:
        rows.reverse()
        rows[0][BankColumn.NAME] = " 买买提．模 拟 "
        rows[1][BankColumn.AMOUNT] = "2,000.01"
        rows[2][BankColumn.SERIAL] = "0001"

    result = judged(form, answer(form, ORDER, spoil=rewrite), ORDER)
    assert [fate.serial for fate in result.fates] == [1, 2, 3]


def _set(column: BankColumn, value: str) -> Callable[[list[Row]], None]:
    return lambda rows: rows[1].__setitem__(column, value)


WRONG = [
    (_set(BankColumn.SERIAL, "9"), "本批没有序号“9”这一行"),
    (_set(BankColumn.SERIAL, "二"), "本批没有序号“二”这一行"),
    (_set(BankColumn.SERIAL, "①"), "本批没有序号“①”这一行"),
    (_set(BankColumn.SERIAL, "1"), "序号 1 在第"),
    (_set(BankColumn.AMOUNT, "2000.10"), "金额是 2,000.10 元,本批序号 2 是 2,000.01 元"),
    (_set(BankColumn.AMOUNT, "两千"), "金额“两千”不是数字"),
    (_set(BankColumn.AMOUNT, "-2000.01"), "金额应大于 0"),
    (_set(BankColumn.AMOUNT, "NaN"), "金额应大于 0"),
    (_set(BankColumn.AMOUNT, "2000.0100001"), "金额最多两位小数"),
    (_set(BankColumn.NAME, "陈模拟丙"), "户名是“陈模拟丙”,本批序号 2 是“陈模拟乙”"),
    (_set(BankColumn.NAME, "陈模拟?"), "户名是“陈模拟?”"),
    (_set(BankColumn.STATE, "处理中"), "“处理中”看不出是成功还是失败"),
    (_set(BankColumn.STATE, ""), "“”看不出是成功还是失败"),
    (lambda rows: rows.pop(), "有 1 行没有结果:3 买买提·模拟"),
    (lambda rows: rows.append(dict(rows[0])), "序号 1 在第"),
]


@EVERY
@pytest.mark.parametrize(
    ("spoil", "said"), WRONG, ids=[str(number) for number in range(len(WRONG))]
)
def test_a_wrong_line_is_told_with_its_row_and_nothing_follows(
    form: BankFormat, spoil: Callable[[list[Row]], None], said: str
) -> None:
    result = judged(form, answer(form, ORDER, spoil=spoil), ORDER)
    told = [told_of(problem) for problem in result.problems]
    assert any(said in one for one in told), told
    assert all(one.endswith("。") for one in told)
    assert result.fates == ()


def test_the_row_is_the_one_the_file_shows() -> None:
    body = [
        ["模拟甲行代发结果"],
        [],
        ["批次号", "失败原因", "处理结果", "金额", "收款人姓名", "序号", "多余"],
        [BATCH, "", "成功", "1000.00", "林模拟甲", "1", "x"],
        [],
        [BATCH, "", "成功", "2000.00", "陈模拟乙", "2", "x"],
    ]
    order = replace(ORDER, lines=ORDER.lines[:2])
    result = judged(CSV, written(CSV, body), order)
    assert [(one.row, one.column) for one in result.problems] == [(6, "金额")]


@EVERY
def test_the_result_of_another_batch_is_told_once(form: BankFormat) -> None:
    other = replace(ORDER, number="发-350602-2026-000099")
    result = judged(form, answer(form, other), ORDER)
    assert [one.message for one in result.problems] == [
        f"这是批次“发-350602-2026-000099”的结果,不是 {BATCH} 的。"
    ]


@pytest.mark.parametrize("form", [CSV, XLSX], ids=lambda form: form.code)
def test_one_line_of_another_batch_is_told(form: BankFormat) -> None:
    result = judged(form, answer(form, ORDER, spoil=_set(BankColumn.BATCH, "发-1")), ORDER)
    assert [one.message for one in result.problems] == [f"批次号是“发-1”,不是 {BATCH}。"]


@pytest.mark.parametrize(
    ("totals", "said"),
    [
        ([BATCH, "20261129", "4", "6000.03"], "共 3 行"),
        ([BATCH, "20261129", "3", "6000.04"], "本批合计 6,000.03 元"),
        (["发-1", "20261129", "3", "6000.03"], "这是批次“发-1”的结果"),
    ],
)
def test_a_line_of_totals_that_does_not_agree_is_told(totals: list[str], said: str) -> None:
    lines = answer(TXT, ORDER).decode("gbk").split("\r\n")
    lines[0] = "|".join(totals)
    result = judged(TXT, "\r\n".join(lines).encode("gbk"), ORDER)
    assert [one.row for one in result.problems] == [1]
    assert said in result.problems[0].message


def test_a_workbook_whose_totals_in_capitals_differ_is_told() -> None:
    form = with_result(XLSX, totals=XLSX.sent.totals, totals_first=False)
    assert judged(form, answer(form, ORDER), ORDER).problems == ()
    other = replace(ORDER, lines=[replace(one, fen=one.fen + 1) for one in ORDER.lines])
    told = "".join(one.message for one in judged(form, answer(form, other), ORDER).problems)
    assert "本批合计 陆仟元零叁分" in told


def test_a_line_with_too_few_columns_is_told() -> None:
    lines = answer(TXT, ORDER).decode("gbk").split("\r\n")
    lines[2] = "2|陈模拟乙|2000.01|0000"
    told = [told_of(one) for one in judged(TXT, "\r\n".join(lines).encode("gbk"), ORDER).problems]
    assert "第 3 行:这一行有 4 列,应有 6 列。" in told


REFUSED = [
    (CSV, b"", "是空的"),
    (CSV, b"\r\n \r\n", "没有内容"),
    (CSV, "序号,金额\n1,2".encode("gbk"), "表头中没有"),
    (CSV, answer(TXT, ORDER), "这不是“模拟甲行"),
    (CSV, answer(XLSX, ORDER), "没有导入"),
    (XLSX, answer(CSV, ORDER), "不是 Excel 工作簿"),
    (CSV, "序号".encode("utf-16"), "UTF-16"),
    (CSV, b"\xff\xff\xff", "不是 GBK 或 UTF-8"),
    (CSV, b"a\0b", "不是 GBK 或 UTF-8"),
    (CSV, b'"a"b,c\n', "引号不成对"),
    (CSV, b"x" * (5 * 1024 * 1024 + 1), "超过 5 MB"),
    (TXT, b"1|2\r\n" * 20_001, "超过 20,000 行"),
    (
        CSV,
        "序号,序号,收款人姓名,金额,批次号,处理结果,失败原因\n".encode("gbk"),
        "表头中“序号”有两列",
    ),
]


@pytest.mark.parametrize(
    ("form", "content", "said"), REFUSED, ids=[str(n) for n in range(len(REFUSED))]
)
def test_what_is_no_result_is_refused_in_words(form: BankFormat, content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        judged(form, content, ORDER)
    assert said in refused.value.message
    assert refused.value.message.endswith("。")


def test_the_name_of_the_file_says_what_it_should_be() -> None:
    with pytest.raises(Invalid, match=r"不是 \.csv 文件"):
        read_result(CSV, "结果.xlsx", answer(CSV, ORDER), sent_of(ORDER))


def test_a_number_that_excel_has_cut_and_a_formula_are_refused() -> None:
    for cell, said in (("6.22E+18", "末几位已丢失"), ("=1+1", "是公式")):
        body = [list(XLSX.result.columns.values()), ["1", cell, "1000.00", BATCH, "成功", ""]]
        with pytest.raises(Invalid, match=said) as refused:
            judged(XLSX, written(XLSX, body), ORDER)
        assert "第 2 行第 2 列" in refused.value.message


@given(st.data())
def test_a_result_with_any_line_changed_moves_nothing(data: st.DataObject) -> None:
    """Whatever is dropped, doubled or changed: no line has a fate."""
    form = data.draw(st.sampled_from([CSV, TXT]))
    order = order_of(*["林模拟甲", "陈模拟乙", "王模拟丙", "李模拟丁"])
    place = data.draw(st.integers(0, 3))
    column = data.draw(
        st.sampled_from([BankColumn.SERIAL, BankColumn.NAME, BankColumn.AMOUNT, BankColumn.STATE])
    )
    value = data.draw(st.text(st.sampled_from("0123456789.模拟林-, "), max_size=8))

    def spoil(rows: list[Row]) -> None:
        match data.draw(st.integers(0, 2)):
            case 0:
                del rows[place]
            case 1:
                rows.append(dict(rows[place]))
            case _:
                # Another word of the bank would be another result, not a wrong one.
                rows[place][column] = f"未{value}" if column is BankColumn.STATE else value

    before = judged(form, answer(form, order), order)
    after = judged(form, answer(form, order, spoil=spoil), order)
    assert after.fates == () or after == before


@given(st.binary(max_size=400))
def test_no_bytes_end_in_anything_but_a_sentence(content: bytes) -> None:
    for form in (CSV, TXT, XLSX):
        said, fates = "。", ()
        try:
            fates = tuple(judged(form, content, ORDER).fates)
        except Invalid as refused:
            said = refused.message
        assert said.endswith("。")
        assert fates == ()
