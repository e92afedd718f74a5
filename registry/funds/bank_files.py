"""The file that a bank is given to pay many people at once, in the bank's own format.

What the bank would refuse, or the encoding cannot write, is told for every line before anything is
written: a name is never sent with a question mark in it.
"""

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.errors import Invalid
from engine.model.identity_numbers import bank_account_problem
from registry.budget.amounts import in_capitals, yuan
from registry.budget.bank_formats import (
    BankColumn,
    BankFormat,
    BankTable,
    FileKind,
    Total,
    not_written,
)

_MOST_TOLD = 10
_LAST = 4
_LINE_END = "\r\n"
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})


@dataclass(frozen=True)
class BankLine:
    """One line to be paid. Only here an account stands whole, and no message repeats it."""

    serial: int
    name: str
    account: str = field(repr=False)
    fen: int
    use: str = ""
    id_last_four: str = ""


@dataclass(frozen=True)
class BankOrder:
    """The lines of one file, with the number the bank knows it by and the day it is made."""

    number: str
    on: date
    lines: Sequence[BankLine]

    @property
    def fen(self) -> int:
        """What it comes to."""
        return sum(line.fen for line in self.lines)


@dataclass(frozen=True)
class LineFault:
    """Why a line cannot be sent."""

    serial: int
    name: str
    why: str

    @property
    def sentence(self) -> str:
        """With the line it is about."""
        return f"第 {self.serial} 行“{self.name}”:{self.why}"


@dataclass(frozen=True)
class BankFile:
    """A file as the bank takes it."""

    name: str
    content: bytes = field(repr=False)


def faults_of(form: BankFormat, order: BankOrder) -> list[LineFault]:
    """Everything in the way of writing the file, line by line."""
    shared = _shared_accounts(order)
    return [
        LineFault(line.serial, line.name, said)
        for line in order.lines
        for said in _faults_of_line(form, order, line, shared)
    ]


def told_of(faults: Sequence[LineFault]) -> str:
    """The first of them in one text."""
    told = "".join(fault.sentence for fault in faults[:_MOST_TOLD])
    more = f"另有 {len(faults) - _MOST_TOLD} 处。" if len(faults) > _MOST_TOLD else ""
    return f"有 {len(faults)} 处写不进银行文件,没有制作文件。{told}{more}"


def bank_file(form: BankFormat, order: BankOrder) -> BankFile:
    """The file. Raises Invalid, with the first faults, where a line cannot be sent."""
    if not order.lines:
        raise Invalid("没有要付款的行,没有制作银行文件。")
    faults = faults_of(form, order)
    if faults:
        raise Invalid(told_of(faults))
    rows = list(_rows(form.sent, order))
    name = form.file_name.format(batch=order.number, date=f"{order.on:%Y%m%d}")
    if form.kind is FileKind.XLSX:
        return BankFile(name, _workbook(rows))
    said = _quoted(form, rows) if form.kind is FileKind.CSV else _joined(form, rows)
    return BankFile(name, said.encode(form.encoding))


# What is in the way ---------------------------------------------------------------------------


def _faults_of_line(
    form: BankFormat, order: BankOrder, line: BankLine, shared: dict[str, Sequence[int]]
) -> Iterator[str]:
    columns = form.sent.columns
    if not line.account:
        yield "没有银行账号。在档户请先在档案中补录,其他收款人请另行付款。"
    elif bank_account_problem(line.account):
        yield "档案中的银行账号不是 8 至 32 位数字。请先更正档案。"
    elif line.account in shared:
        others = "、".join(str(one) for one in shared[line.account] if one != line.serial)
        yield f"账号(尾号 {line.account[-_LAST:]})与第 {others} 行不同姓名的人相同。请先核对。"
    if BankColumn.ID_LAST_FOUR in columns and not line.id_last_four:
        yield "没有证件号码后四位,这家银行要求填写。"
    for column, heading in columns.items():
        if column not in (BankColumn.ACCOUNT, BankColumn.SERIAL, BankColumn.AMOUNT):
            yield from _faults_of_text(form, heading, _text_of(column, order, line))


def _faults_of_text(form: BankFormat, heading: str, said: str) -> Iterator[str]:
    if heading == form.sent.columns[BankColumn.NAME] and not said.strip():
        yield "没有姓名。"
    if any(unicodedata.category(letter) in _UNSEEN for letter in said):
        yield f"“{heading}”中有换行或看不见的字符。请先更正。"
        return
    for letter in not_written(said, form.encoding):
        yield (
            f"“{heading}”中的“{letter}”(U+{ord(letter):04X})"
            f"用 {form.encoding.upper()} 写不出。请按开户时的写法填写,或改用别的格式。"
        )
    if form.kind is FileKind.TXT and form.separator in said:
        yield f"“{heading}”中有分隔符“{form.separator}”,银行会读错列。请先更正。"


def _shared_accounts(order: BankOrder) -> dict[str, Sequence[int]]:
    """Accounts that stand with more than one name, each with its lines."""
    lines: dict[str, list[int]] = defaultdict(list)
    names: dict[str, set[str]] = defaultdict(set)
    for line in order.lines:
        lines[line.account].append(line.serial)
        names[line.account].add(line.name)
    return {account: lines[account] for account in lines if len(names[account]) > 1}


# Writing --------------------------------------------------------------------------------------


def _rows(table: BankTable, order: BankOrder) -> Iterator[list[str]]:
    totals = [[_total_of(one, order) for one in table.totals]] if table.totals else []
    if table.totals_first:
        yield from totals
    if table.has_header:
        yield list(table.columns.values())
    for line in order.lines:
        yield [_text_of(column, order, line) for column in table.columns]
    if not table.totals_first:
        yield from totals


_TEXTS: Mapping[BankColumn, Callable[[BankOrder, BankLine], str]] = {
    BankColumn.SERIAL: lambda _, line: str(line.serial),
    BankColumn.ACCOUNT: lambda _, line: line.account,
    BankColumn.NAME: lambda _, line: line.name,
    BankColumn.AMOUNT: lambda _, line: str(yuan(line.fen)),
    BankColumn.USE: lambda _, line: line.use,
    BankColumn.BATCH: lambda order, _: order.number,
    BankColumn.ID_LAST_FOUR: lambda _, line: line.id_last_four,
}
"""What stands in a column; each is called for its own alone, for files have thousands of lines."""


def _text_of(column: BankColumn, order: BankOrder, line: BankLine) -> str:
    return _TEXTS[column](order, line)


def _total_of(one: Total, order: BankOrder) -> str:
    match one:
        case Total.BATCH:
            return order.number
        case Total.DATE:
            return f"{order.on:%Y%m%d}"
        case Total.COUNT:
            return str(len(order.lines))
        case Total.TOTAL:
            return str(yuan(order.fen))
        case Total.CAPITALS:
            return in_capitals(order.fen)


def _quoted(form: BankFormat, rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=form.separator, lineterminator=_LINE_END).writerows(rows)
    return out.getvalue()


def _joined(form: BankFormat, rows: Sequence[Sequence[str]]) -> str:
    return "".join(form.separator.join(row) + _LINE_END for row in rows)


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Every cell is a text: Excel keeps fifteen digits of a number and makes formulas of signs."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell, WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")

    def cell(said: str) -> Cell:
        made = WriteOnlyCell(sheet, said)
        made.data_type, made.number_format = "s", "@"
        return made

    for row in rows:
        sheet.append([cell(said) for said in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
