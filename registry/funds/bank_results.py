"""What a bank sends back about a file, read in its format and judged as a whole.

Every line that was sent must come back once, with its name and amount, as paid or as failed. If
anything else stands in the file, all of it is told with its row, and nothing follows from any line.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Invalid
from registry.budget.amounts import fen_of, in_capitals, in_yuan
from registry.budget.bank_formats import BankColumn, BankFormat, FileKind, Total
from registry.incoming.rows import Problem

SHEET = "银行结果"
LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS = 20_000
_HEADINGS_WITHIN = 10
_MOST_NAMED = 10
_MOST_WORDS = 50
_LONGEST_SHOWN = 30
_LONGEST_REASON = 100
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SERIAL = re.compile(r"[0-9]{1,9}")
_DOTS = re.compile(r"[•‧・・·.․]")
_NO_REASON = "银行没有写明原因"
_ACCOUNT = re.compile(r"\d(?:[\s\-\u2010-\u2015\u2212\uff0d]*\d){7,}")
"""Eight digits or more, in groups or not: what accounts and the numbers of papers look like."""
_LAST = 4

NumberedRow = tuple[int, Sequence[str]]
"""A row that is not empty, with the number its file shows."""


@dataclass(frozen=True)
class SentLine:
    """A line the bank was asked to pay."""

    serial: int
    name: str
    fen: int


@dataclass(frozen=True)
class Sent:
    """What the bank was asked to pay, in a file of this number."""

    number: str
    lines: Sequence[SentLine]


@dataclass(frozen=True)
class Fate:
    """What became of a line; ``reason`` why it failed."""

    serial: int
    is_paid: bool
    reason: str = ""


@dataclass(frozen=True)
class BankResult:
    """What became of every line, in their order; nothing at all where there are problems.

    A problem of row 0 is one of the whole file.
    """

    fates: Sequence[Fate] = ()
    problems: Sequence[Problem] = ()


# A text becomes rows --------------------------------------------------------------------------


def rows_of_text(form: BankFormat, content: bytes, name: str, sent: Sent) -> Sequence[NumberedRow]:
    """The rows of a csv or txt file, in GBK or UTF-8. Raises Invalid where it is none."""
    if not content:
        raise Invalid(f"“{name}”是空的,没有导入。请选择银行返回的结果文件。")
    if len(content) > LARGEST_FILE:
        raise Invalid(f"“{name}”超过 {LARGEST_FILE // 1024 // 1024} MB,没有导入。请核对文件。")
    text = _decoded(content, name, _words(form, sent))
    try:
        rows = [
            (number, [cell.strip() for cell in cells])
            for number, cells in enumerate(_cells(form, text), 1)
        ]
    except csv.Error as error:
        raise Invalid(f"“{name}”的引号不成对,读不成表,没有导入。请向银行重新下载。") from error
    found = [(number, cells) for number, cells in rows if any(cells)]
    if len(found) > MOST_ROWS:
        raise Invalid(f"“{name}”超过 {MOST_ROWS:,} 行,没有导入。请核对文件。")
    return found


def _cells(form: BankFormat, text: str) -> Iterable[list[str]]:
    if form.kind is FileKind.CSV:
        return csv.reader(io.StringIO(text, newline=""), delimiter=form.separator, strict=True)
    return (line.split(form.separator) for line in re.split(r"\r\n|\r|\n", text))


def _words(form: BankFormat, sent: Sent) -> list[str]:
    """What should stand in the file and tells one encoding from another."""
    names = [line.name for line in sent.lines[:_MOST_WORDS]]
    words = [*form.result.columns.values(), *form.paid, *form.failed, *names]
    return [word for word in words if not word.isascii()]


def _decoded(content: bytes, name: str, words: Sequence[str]) -> str:
    """The text, in the encoding in which more of what is expected stands in it.

    Some Chinese in GBK happens to be UTF-8 as well, so that reading without a fault proves little.
    """
    if content.startswith(_UTF16):
        raise Invalid(f"“{name}”是 Unicode(UTF-16)文字,没有导入。请另存为 GBK 或 UTF-8 后再导入。")
    found: list[str] = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            found.append(content.decode(encoding))
        except UnicodeDecodeError:
            continue
    texts = [text for text in found if "\0" not in text]
    if not texts:
        raise Invalid(
            f"“{name}”不是 GBK 或 UTF-8 的文字文件,没有导入。请选择银行返回的原文件,不要改扩展名。"
        )
    return max(texts, key=lambda text: sum(text.count(word) for word in words))


# Rows become the bank's word for each line ----------------------------------------------------


def result_of(form: BankFormat, rows: Sequence[NumberedRow], sent: Sent) -> BankResult:
    """What became of every line. Raises Invalid where the rows are not of this format."""
    return _Reader(form, sent).read(rows)


@dataclass(frozen=True)
class _Line:
    row: int
    cells: Mapping[BankColumn, str]


class _Reader:
    """Reads one result and collects what is wrong with it."""

    def __init__(self, form: BankFormat, sent: Sent) -> None:
        self._form, self._sent = form, sent
        self._columns = form.result.columns
        self._expected = {line.serial: line for line in sent.lines}
        self._problems: list[Problem] = []
        self._rows: dict[int, int] = {}

    def read(self, rows: Sequence[NumberedRow]) -> BankResult:
        """Fates, or problems."""
        body, totals = self._parted(rows)
        lines = list(self._lines(body))
        other = self._of_another_batch(lines, totals)
        if other is not None:
            return BankResult(problems=(other,))
        fates = [fate for line in lines if (fate := self._fate(line)) is not None]
        self._missing()
        if totals is not None:
            self._check_totals(totals, lines)
        if self._problems:
            return BankResult(problems=tuple(self._problems))
        return BankResult(fates=tuple(sorted(fates, key=lambda fate: fate.serial)))

    # The parts of the file

    def _parted(
        self, rows: Sequence[NumberedRow]
    ) -> tuple[Sequence[NumberedRow], NumberedRow | None]:
        """The rows below the headings, if there are any, and the line of totals."""
        table = self._form.result
        if not rows:
            raise Invalid("银行结果文件里没有内容,没有导入。")
        if not table.totals:
            return rows, None
        if table.totals_first:
            return rows[1:], rows[0]
        return rows[:-1], rows[-1]

    def _lines(self, rows: Sequence[NumberedRow]) -> Iterator[_Line]:
        if self._form.result.has_header:
            start, places = self._headings(rows)
            for row, cells in rows[start:]:
                yield _Line(row, {c: _at(cells, place) for c, place in places.items()})
            return
        wanted = len(self._columns)
        for row, cells in rows:
            if len(cells) < wanted or any(cells[wanted:]):
                self._wrong(row, "", f"这一行有 {len(cells)} 列,应有 {wanted} 列。")
                continue
            yield _Line(row, dict(zip(self._columns, cells, strict=False)))

    def _headings(self, rows: Sequence[NumberedRow]) -> tuple[int, Mapping[BankColumn, int]]:
        """Where the lines begin, and where each column stands."""
        best: list[str] = list(self._columns.values())
        for number, (_, cells) in enumerate(rows[:_HEADINGS_WITHIN], 1):
            found = [_plain(cell) for cell in cells]
            missing = [h for h in self._columns.values() if _plain(h) not in found]
            if not missing:
                for heading in self._columns.values():
                    if found.count(_plain(heading)) > 1:
                        raise Invalid(f"表头中“{heading}”有两列,不知道以哪一列为准,没有导入。")
                return number, {c: found.index(_plain(h)) for c, h in self._columns.items()}
            best = min(best, missing, key=len)
        named = "、".join(f"“{heading}”" for heading in best)
        raise Invalid(
            f"这不是“{self._form.title}”的结果文件:表头中没有{named},没有导入。"
            "请核对所选的银行格式和文件。"
        )

    # What is wrong

    def _of_another_batch(
        self, lines: Sequence[_Line], totals: NumberedRow | None
    ) -> Problem | None:
        """Said once, where the whole file is of another batch, or of another file of it."""
        told = [(line.row, line.cells.get(BankColumn.BATCH, "")) for line in lines]
        if totals is not None:
            told.append((totals[0], self._totals(totals).get(Total.BATCH, "")))
        found = {_plain(batch): row for row, batch in reversed(told) if batch}
        if len(found) != 1 or _plain(self._sent.number) in found:
            return None
        other, row = next(iter(found.items()))
        said = f"这是批次“{other[:_LONGEST_SHOWN]}”的结果,不是 {self._sent.number} 的。"
        return self._problem(row, BankColumn.BATCH, said)

    def _fate(self, line: _Line) -> Fate | None:
        """What became of a line; None where it is not known which."""
        expected = self._line_of(line)
        if expected is None:
            return None
        self._check(line, expected)
        state = line.cells[BankColumn.STATE]
        if state in self._form.paid:
            return Fate(expected.serial, is_paid=True)
        if state in self._form.failed:
            # Before it is cut: of an account that is cut in two the rest would stay in the clear.
            reason = _without_accounts(line.cells.get(BankColumn.REASON, ""))[:_LONGEST_REASON]
            return Fate(expected.serial, is_paid=False, reason=reason or _NO_REASON)
        words = "、".join((*self._form.paid, *self._form.failed))
        said = f"“{state[:_LONGEST_SHOWN]}”看不出是成功还是失败,本格式写 {words}。"
        self._wrong(line.row, BankColumn.STATE, said)
        return None

    def _line_of(self, line: _Line) -> SentLine | None:
        said = line.cells[BankColumn.SERIAL]
        serial = int(said) if _SERIAL.fullmatch(said) else 0
        expected = self._expected.get(serial)
        if expected is None:
            shown = said[:_LONGEST_SHOWN]
            self._wrong(line.row, BankColumn.SERIAL, f"本批没有序号“{shown}”这一行,银行却有结果。")
            return None
        before = self._rows.setdefault(serial, line.row)
        if before != line.row:
            said = f"序号 {serial} 在第 {before} 行已经有结果,这里又有一次。"
            self._wrong(line.row, BankColumn.SERIAL, said)
            return None
        return expected

    def _check(self, line: _Line, expected: SentLine) -> None:
        cells = line.cells
        name, batch = cells[BankColumn.NAME], cells.get(BankColumn.BATCH)
        if _plain_name(name) != _plain_name(expected.name):
            said = (
                f"户名是“{name[:_LONGEST_SHOWN]}”,本批序号 {expected.serial} 是“{expected.name}”。"
            )
            self._wrong(line.row, BankColumn.NAME, said)
        if batch is not None and _plain(batch) != _plain(self._sent.number):
            said = f"批次号是“{batch[:_LONGEST_SHOWN]}”,不是 {self._sent.number}。"
            self._wrong(line.row, BankColumn.BATCH, said)
        try:
            fen = fen_of(cells[BankColumn.AMOUNT])
        except Invalid as error:
            self._wrong(line.row, BankColumn.AMOUNT, error.message)
            return
        if fen != expected.fen:
            said = f"金额是 {in_yuan(fen)},本批序号 {expected.serial} 是 {in_yuan(expected.fen)}。"
            self._wrong(line.row, BankColumn.AMOUNT, said)

    def _missing(self) -> None:
        missing = [line for line in self._sent.lines if line.serial not in self._rows]
        if not missing:
            return
        named = "、".join(f"{line.serial} {line.name}" for line in missing[:_MOST_NAMED])
        more = "等" if len(missing) > _MOST_NAMED else ""
        self._wrong(0, "", f"有 {len(missing)} 行没有结果:{named}{more}。")

    def _check_totals(self, totals: NumberedRow, lines: Sequence[_Line]) -> None:
        """That the line of totals says what the lines come to, so that none was cut off."""
        fen = sum(line.fen for line in self._sent.lines)
        told = self._totals(totals)
        for one, said in told.items():
            wanted = ""
            if one is Total.COUNT and not _is_number(said, len(lines)):
                wanted = f"共 {len(lines)} 行"
            elif one is Total.TOTAL and not _is_amount(said, fen):
                wanted = f"本批合计 {in_yuan(fen)}"
            elif one is Total.CAPITALS and _plain(said) != in_capitals(fen):
                wanted = f"本批合计 {in_capitals(fen)}"
            elif one is Total.BATCH and _plain(said) != _plain(self._sent.number):
                wanted = f"本批是 {self._sent.number}"
            if wanted:
                self._wrong(totals[0], "", f"汇总行写的是“{said[:_LONGEST_SHOWN]}”,{wanted}。")

    def _totals(self, totals: NumberedRow) -> Mapping[Total, str]:
        return {one: _at(totals[1], n) for n, one in enumerate(self._form.result.totals)}

    def _wrong(self, row: int, column: str, message: str) -> None:
        self._problems.append(self._problem(row, column, message))

    def _problem(self, row: int, column: str, message: str) -> Problem:
        named = BankColumn(column) if column else None
        return Problem(SHEET, row, self._columns.get(named, "") if named else "", message)


def told_of(problem: Problem) -> str:
    """A problem as one sentence with its row."""
    return f"第 {problem.row} 行:{problem.message}" if problem.row else problem.message


def _at(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _is_number(said: str, number: int) -> bool:
    return _SERIAL.fullmatch(said) is not None and int(said) == number


def _is_amount(said: str, fen: int) -> bool:
    try:
        return fen_of(said) == fen
    except Invalid:
        return False


def _without_accounts(said: str) -> str:
    """With the last four digits alone of every long number: a reason is kept and shown to many."""
    return _ACCOUNT.sub(lambda found: f"尾号 {_digits(found[0])[-_LAST:]}", said)


def _digits(said: str) -> str:
    return "".join(str(unicodedata.decimal(letter)) for letter in said if letter.isdecimal())


def _plain(said: str) -> str:
    """Without blanks, and without the difference between full and half width."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", said))


def _plain_name(name: str) -> str:
    """The dot in names of minorities is written in many ways."""
    return _DOTS.sub("·", _plain(name))
