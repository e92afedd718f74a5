"""The file for the bank: its bytes, and what is told before there is one."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from engine.errors import Invalid
from registry.budget.amounts import yuan
from registry.budget.bank_formats import BankColumn, BankFormat, bank_formats
from registry.funds.bank_files import BankLine, BankOrder, bank_file, faults_of
from tests.funds.bank import BATCH, DAY, order_of, table_of

CSV, TXT, XLSX = (bank_formats()[f"simulated_{kind}"] for kind in ("csv", "txt", "xlsx"))
EVERY = pytest.mark.parametrize("form", [CSV, TXT, XLSX], ids=lambda form: form.code)


def with_line(order: BankOrder, serial: int, **changed: object) -> BankOrder:
    lines = [
        replace(one, **changed) if one.serial == serial else one  # type: ignore[arg-type]
        for one in order.lines
    ]
    return replace(order, lines=lines)


def test_a_csv_in_gbk_with_its_headings() -> None:
    made = bank_file(CSV, order_of("林模拟甲", "买买提·模拟"))
    assert made.name == f"DF_{BATCH}_20261129.csv"
    assert made.content == (
        "序号,收款账号,收款人姓名,金额,摘要,批次号\r\n"
        f"1,6222000000000000001,林模拟甲,1000.00,送温暖 2026春节,{BATCH}\r\n"
        f"2,6222000000000000002,买买提·模拟,2000.01,送温暖 2026春节,{BATCH}\r\n"
    ).encode("gbk")


def test_a_text_in_gbk_with_a_line_of_totals() -> None:
    made = bank_file(TXT, order_of("林模拟甲", "陈模拟乙"))
    assert made.name == f"PL20261129_{BATCH}.txt"
    assert made.content == (
        f"{BATCH}|20261129|2|3000.01\r\n"
        "1|林模拟甲|6222000000000000001|1000.00|0001|送温暖 2026春节\r\n"
        "2|陈模拟乙|6222000000000000002|2000.01|0002|送温暖 2026春节\r\n"
    ).encode("gbk")


def test_a_workbook_of_texts_with_totals_in_capitals() -> None:
    made = bank_file(XLSX, order_of("林模拟甲", "=模拟乙"))
    sheet = load_workbook(io.BytesIO(made.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["编号", "收款户名", "收款账号", "金额(元)", "附言", "业务批号"]
    assert rows[2][:4] == ["2", "=模拟乙", "6222000000000000002", "2000.01"]
    assert rows[3][:3] == ["2", "3000.01", "叁仟元零壹分"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds == {"s"}


@EVERY
@pytest.mark.parametrize("name", ["王𬭎模拟", "李\u3400模拟", "赵\ue000模拟"])
def test_a_name_that_gbk_has_not_is_told_and_no_file_is_made(form: BankFormat, name: str) -> None:
    order = order_of("林模拟甲", name)
    if form is XLSX:
        assert name in {row[1] for row in table_of(form, bank_file(form, order).content)}
        return
    assert [(fault.serial, name in fault.sentence) for fault in faults_of(form, order)] == [
        (2, True)
    ]
    with pytest.raises(Invalid, match="没有制作文件") as refused:
        bank_file(form, order)
    assert f"U+{ord(name[1]):04X}" in refused.value.message
    assert "第 2 行" in refused.value.message


@EVERY
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"account": ""}, "没有银行账号"),
        ({"account": "6222 0000"}, "不是 8 至 32 位数字"),
        ({"account": "6.22E+18"}, "不是 8 至 32 位数字"),
        ({"name": " "}, "没有姓名"),
        ({"name": "林\n模拟"}, "有换行或看不见的字符"),
        ({"name": "林\u200b模拟"}, "有换行或看不见的字符"),
        ({"account": "6222000000000000001"}, "与第 1 行不同姓名的人相同"),
    ],
)
def test_what_a_bank_would_refuse_is_told(
    form: BankFormat, changed: dict[str, object], said: str
) -> None:
    order = with_line(order_of("林模拟甲", "陈模拟乙"), 2, **changed)
    with pytest.raises(Invalid) as refused:
        bank_file(form, order)
    assert said in refused.value.message


def test_two_lines_of_one_person_may_share_an_account() -> None:
    order = with_line(order_of("林模拟甲", "林模拟甲"), 2, account="6222000000000000001")
    assert faults_of(CSV, order) == []


def test_the_last_four_are_asked_for_where_the_bank_wants_them() -> None:
    order = with_line(order_of("林模拟甲"), 1, id_last_four="")
    assert [fault.sentence for fault in faults_of(TXT, order)] == [
        "第 1 行“林模拟甲”:没有证件号码后四位,这家银行要求填写。"
    ]
    assert faults_of(CSV, order) == []


def test_the_separator_stands_in_no_text_but_a_csv_quotes_it() -> None:
    order = with_line(order_of("林模拟甲"), 1, use='甲|乙,"丙"')
    with pytest.raises(Invalid, match="中有分隔符"):
        bank_file(TXT, order)
    assert table_of(CSV, bank_file(CSV, order).content)[1][4] == '甲|乙,"丙"'


def test_no_account_stands_in_a_message_or_a_log() -> None:
    order = with_line(order_of("林模拟甲", "陈模拟乙"), 2, account="6222000000000000001")
    told = "".join(fault.sentence for fault in faults_of(CSV, order)) + repr(order)
    assert "6222000000000000001" not in told


def test_many_faults_are_counted_and_the_first_are_told() -> None:
    order = order_of(*["王𬭎模拟"] * 25)
    with pytest.raises(Invalid, match="有 25 处") as refused:
        bank_file(CSV, order)
    assert "另有 15 处" in refused.value.message


def test_an_empty_order_is_no_file() -> None:
    with pytest.raises(Invalid, match="没有要付款的行"):
        bank_file(CSV, BankOrder(BATCH, DAY, ()))


LETTERS = st.characters(
    min_codepoint=0x4E00, max_codepoint=0x9FA5, categories=("Lo",)
)  # all of them are in GBK
LINES = st.lists(
    st.builds(
        BankLine,
        serial=st.just(0),
        name=st.text(LETTERS, min_size=1, max_size=12),
        account=st.from_regex("[0-9]{8,32}", fullmatch=True),
        fen=st.integers(1, 10**10),
        use=st.text(LETTERS, max_size=10),
        id_last_four=st.from_regex("[0-9]{3}[0-9X]", fullmatch=True),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda line: line.account,
)


@EVERY
@given(lines=LINES)
def test_what_is_written_is_what_the_bank_reads(form: BankFormat, lines: list[BankLine]) -> None:
    lines = [replace(line, serial=number) for number, line in enumerate(lines, 1)]
    order = BankOrder(BATCH, DAY, lines)
    rows = table_of(form, bank_file(form, order).content)
    before = int(form.sent.has_header) + int(bool(form.sent.totals) and form.sent.totals_first)
    columns = list(form.sent.columns)
    for line, row in zip(lines, rows[before:], strict=False):
        told = dict(zip(columns, row, strict=False))
        assert told[BankColumn.SERIAL] == str(line.serial)
        assert told[BankColumn.NAME] == line.name
        assert told[BankColumn.ACCOUNT] == line.account
        assert told[BankColumn.AMOUNT] == str(yuan(line.fen))
    after = int(bool(form.sent.totals) and not form.sent.totals_first)
    assert len(rows) == before + len(lines) + after
