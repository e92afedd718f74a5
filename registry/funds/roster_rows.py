"""A roster as it comes back from Excel, read and judged as a whole.

Each row names its line by 序号 and says again whom it is for: rows that were shifted against each
other, or pasted over, no longer agree and are told, one by one. Nothing follows from a sheet in
which anything is wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import Invalid
from registry.budget.amounts import fen_of
from registry.budget.model import PayeeKind, Payment
from registry.incoming.rows import Problem
from registry.store.payees import HouseholdToPay

SHEET = "发放名单"
LONGEST_EXCEPTION = 300
_HEADINGS_WITHIN = 10
_LONGEST_SHOWN = 30
_MOST_NAMED = 5

NumberedRow = tuple[int, Sequence[str]]
"""A row that is not empty, with the number its file shows."""


class RosterColumn(StrEnum):
    """The headings of the sheet, in their order."""

    NUMBER = "序号"
    FILE = "档案编号"
    NAME = "姓名(名称)"
    CHILD = "学生"
    NOTE = "单位(说明)"
    AMOUNT = "金额(元)"
    EXCEPTION = "突破上限的理由"


_MUST_BE = (RosterColumn.NUMBER, RosterColumn.FILE, RosterColumn.NAME, RosterColumn.AMOUNT)


@dataclass(frozen=True)
class Kept:
    """A line that stays, as the sheet has it."""

    payment: Payment
    fen: int
    exception: str

    @property
    def is_changed(self) -> bool:
        """Whether the sheet says anything else than the roster."""
        return (self.fen, self.exception) != (self.payment.fen, self.payment.exception)


@dataclass(frozen=True)
class Added:
    """A household that was not on the roster."""

    household: HouseholdToPay
    fen: int
    exception: str


@dataclass(frozen=True)
class RosterRows:
    """What a sheet comes to: nothing at all where there are problems.

    ``missing``: lines of the roster that do not stand in it.
    """

    kept: Sequence[Kept] = ()
    added: Sequence[Added] = ()
    missing: Sequence[Payment] = ()
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Roster:
    """What the sheet is compared with.

    ``takes_new``: whether a household can be added by its file number alone.
    """

    listed: Sequence[Payment]
    households: Mapping[str, HouseholdToPay]
    takes_new: bool


def cells_of(one: Payment) -> Mapping[RosterColumn, str]:
    """A line of the roster as the sheet says whom it is for."""
    is_file = one.payee.kind is PayeeKind.HOUSEHOLD
    return {
        RosterColumn.NUMBER: str(one.number),
        RosterColumn.FILE: one.payee.key if is_file else "",
        RosterColumn.NAME: one.payee.name,
        RosterColumn.CHILD: one.beneficiary_name if one.for_whom != one.payee.name else "",
        RosterColumn.NOTE: one.payee.note,
        RosterColumn.EXCEPTION: one.exception,
    }


def file_numbers(rows: Sequence[NumberedRow]) -> set[str]:
    """The file numbers of rows that name no line: what must be looked up to judge the sheet."""
    columns, body = _parted(rows)
    return {
        row[RosterColumn.FILE]
        for _, row in _cut(columns, body)
        if not row[RosterColumn.NUMBER] and row[RosterColumn.FILE]
    }


def judged(rows: Sequence[NumberedRow], roster: Roster) -> RosterRows:
    """What the sheet says. Raises Invalid where it is no roster at all."""
    columns, body = _parted(rows)
    return _Judge(roster).read(_cut(columns, body))


_Cells = Mapping[RosterColumn, str]


class _Judge:
    """Reads the rows and collects what is wrong with them."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._lines = {one.number: one for one in roster.listed}
        self._there = {
            one.payee.key for one in roster.listed if one.payee.kind is PayeeKind.HOUSEHOLD
        }
        self._rows: dict[int, int] = {}
        self._files: dict[str, int] = {}
        self._problems: list[Problem] = []

    def read(self, rows: Sequence[tuple[int, _Cells]]) -> RosterRows:
        kept: list[Kept] = []
        added: list[Added] = []
        for row, cells in rows:
            if cells[RosterColumn.NUMBER]:
                payment = self._named(row, cells)
                said = self._said(row, cells)
                if payment is not None and said is not None:
                    kept.append(Kept(payment, *said))
            else:
                household = self._new(row, cells)
                said = self._said(row, cells)
                if household is not None and said is not None:
                    added.append(Added(household, *said))
        if self._problems:
            return RosterRows(problems=tuple(self._problems))
        missing = [one for one in self._roster.listed if one.number not in self._rows]
        return RosterRows(tuple(kept), tuple(added), tuple(missing))

    def _named(self, row: int, cells: _Cells) -> Payment | None:
        """The line a row is about, where it is the same payee's still."""
        said = cells[RosterColumn.NUMBER]
        number = int(said) if said.isascii() and said.isdigit() else 0
        payment = self._lines.get(number)
        if payment is None:
            self._tell(
                row,
                RosterColumn.NUMBER,
                f"名单上没有序号 {_shown(said)}。新加的户请不填序号,只填档案编号、姓名和金额。",
            )
            return None
        if number in self._rows:
            told = f"序号 {number} 与第 {self._rows[number]} 行重复,请只留一行。"
            self._tell(row, RosterColumn.NUMBER, told)
            return None
        self._rows[number] = row
        expected = cells_of(payment)
        for column in (RosterColumn.NAME, RosterColumn.FILE, RosterColumn.CHILD):
            if cells[column] != expected[column]:
                self._tell(
                    row,
                    column,
                    f"序号 {number} 在名单上是“{_shown(expected[column])}”,"
                    f"这一行写的是“{_shown(cells[column])}”,可能错行了。请核对这一行和上下各行。",
                )
                return None
        return payment

    def _new(self, row: int, cells: _Cells) -> HouseholdToPay | None:
        file_no, name = cells[RosterColumn.FILE], cells[RosterColumn.NAME]
        if not file_no or not self._roster.takes_new:
            told = "没有序号,也没有档案编号。没有档案的收款人请在批次页面上加入。"
            if file_no:
                told = "这个项目按学生发放,新加的请在批次页面上加入,要写明是哪一名学生。"
            self._tell(row, RosterColumn.NUMBER, told)
            return None
        household = self._roster.households.get(file_no)
        told = ""
        if household is None:
            told = f"本单位范围内没有在档的“{_shown(file_no)}”。请核对档案编号。"
        elif household.name != name:
            told = f"档案 {file_no} 是“{household.name}”,这一行写的是“{_shown(name)}”,可能错行了。"
        elif file_no in self._there:
            told = "这一户已在名单上,请改原来的那一行。"
        elif file_no in self._files:
            told = f"与第 {self._files[file_no]} 行重复,请只留一行。"
        self._files.setdefault(file_no, row)
        if told:
            self._tell(row, RosterColumn.FILE, told)
            return None
        return household

    def _said(self, row: int, cells: _Cells) -> tuple[int, str] | None:
        """How much, and why it may pass a cap."""
        why = cells[RosterColumn.EXCEPTION]
        if len(why) > LONGEST_EXCEPTION:
            self._tell(row, RosterColumn.EXCEPTION, f"理由不超过 {LONGEST_EXCEPTION} 字。")
            return None
        try:
            return fen_of(cells[RosterColumn.AMOUNT]), why
        except Invalid as wrong:
            self._tell(row, RosterColumn.AMOUNT, wrong.message)
            return None

    def _tell(self, row: int, column: RosterColumn, message: str) -> None:
        self._problems.append(Problem(SHEET, row, column.value, message))


def _parted(
    rows: Sequence[NumberedRow],
) -> tuple[Mapping[RosterColumn, int], Sequence[NumberedRow]]:
    """Where each column stands, and the rows below the headings."""
    for place, (_, cells) in enumerate(rows[:_HEADINGS_WITHIN]):
        said = [cell.strip() for cell in cells]
        if all(column.value in said for column in _MUST_BE):
            twice = [c.value for c in RosterColumn if said.count(c.value) > 1]
            if twice:
                raise Invalid(f"表头有两列“{twice[0]}”,没有改动名单。请只留一列。")
            columns = {c: said.index(c.value) for c in RosterColumn if c.value in said}
            return columns, rows[place + 1 :]
    wanted = "、".join(f"“{column.value}”" for column in _MUST_BE)
    raise Invalid(f"表里没有找到表头({wanted}),没有改动名单。请下载本批名单,在上面修改后再上传。")


def _cut(
    columns: Mapping[RosterColumn, int], rows: Sequence[NumberedRow]
) -> list[tuple[int, _Cells]]:
    def cell(cells: Sequence[str], column: RosterColumn) -> str:
        place = columns.get(column)
        return "" if place is None or place >= len(cells) else " ".join(cells[place].split())

    return [(row, {column: cell(cells, column) for column in RosterColumn}) for row, cells in rows]


def named(missing: Sequence[Payment]) -> str:
    """Lines in words, the first of them: 序号 3 林模拟、序号 5 …"""
    told = "、".join(f"序号 {one.number} {one.for_whom}" for one in missing[:_MOST_NAMED])
    return f"{told} 等" if len(missing) > _MOST_NAMED else told


def _shown(text: str) -> str:
    return text[:_LONGEST_SHOWN] or "空白"
