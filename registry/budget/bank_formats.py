"""Which files a bank takes for paying many people at once, and what it sends back: data.

A format that cannot work is refused when it is read, with a sentence for each thing that is wrong.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter

from engine.errors import Invalid

_FILE = Path(__file__).parent / "bank_formats.toml"
_NAMED_IN_FILE_NAMES = frozenset({"batch", "date"})
_NOT_IN_FILE_NAMES = frozenset('\\/:*?"<>|\r\n')
_NO_SEPARATORS = frozenset(" .\"'\r\n")


class FileKind(StrEnum):
    """What a file is; each name ends like this."""

    CSV = "csv"
    TXT = "txt"
    XLSX = "xlsx"


class BankColumn(StrEnum):
    """What a column can hold; the last two only in a result."""

    SERIAL = "serial"
    ACCOUNT = "account"
    NAME = "name"
    AMOUNT = "amount"
    USE = "use"
    BATCH = "batch"
    ID_LAST_FOUR = "id_last_four"
    STATE = "state"
    REASON = "reason"


class Total(StrEnum):
    """What a line of totals can say."""

    BATCH = "batch"
    DATE = "date"
    COUNT = "count"
    TOTAL = "total"
    CAPITALS = "capitals"


ENCODINGS = ("gbk", "utf-8", "utf-8-sig")
"""In which a text can be written. GBK is what it says, not its superset."""

_IN_A_RESULT = frozenset({BankColumn.STATE, BankColumn.REASON})
_MUST_BE_SENT = (BankColumn.SERIAL, BankColumn.ACCOUNT, BankColumn.NAME, BankColumn.AMOUNT)
_MUST_COME_BACK = (BankColumn.SERIAL, BankColumn.NAME, BankColumn.AMOUNT, BankColumn.STATE)


@dataclass(frozen=True)
class BankTable:
    """The lines of a file: their columns with headings, whether these stand in it, its totals."""

    columns: Mapping[BankColumn, str]
    has_header: bool
    totals: tuple[Total, ...] = ()
    totals_first: bool = True


@dataclass(frozen=True)
class BankFormat:
    """What one bank takes and sends back. ``paid`` and ``failed`` are its words for a line."""

    code: str
    title: str
    title_en: str
    kind: FileKind
    encoding: str
    separator: str
    file_name: str
    sent: BankTable
    result: BankTable
    paid: tuple[str, ...]
    failed: tuple[str, ...]


@cache
def bank_formats() -> Mapping[str, BankFormat]:
    """Every format by its code, in order."""
    return formats_of(tomllib.loads(_FILE.read_text("utf-8")))


def formats_of(told: Mapping[str, object]) -> Mapping[str, BankFormat]:
    """The formats that a file describes. Raises Invalid with everything that is wrong in it."""
    formats = told.get("formats")
    if not isinstance(formats, dict) or not formats:
        raise Invalid("银行文件格式一个也没有写。请按 [formats.代号] 写明。")
    read = [_Format(code, row) for code, row in formats.items()]
    faults = [fault for one in read for fault in one.faults]
    if faults:
        raise Invalid("".join(faults))
    return {one.code: one.format() for one in read}


class _Format:
    """One format while it is read: what is wrong with it is collected."""

    def __init__(self, code: str, told: object) -> None:
        self.code = code
        self.faults: list[str] = []
        row = _Row(told, f"银行文件格式“{code}”", self.faults)
        row.knows("title", "title_en", "kind", "encoding", "separator", "file_name")
        row.knows("sent", "result")
        self._title, self._title_en = row.text("title"), row.text("title_en")
        self._kind = row.one_of("kind", list(FileKind))
        self._encoding, self._separator = self._written(row)
        self._file_name = row.text("file_name")
        self._check_file_name(row)
        sent, result = row.below("sent"), row.below("result")
        sent.knows("header", "columns", "totals")
        result.knows("header", "columns", "totals", "paid", "failed")
        self._sent = _table(sent, _MUST_BE_SENT, _IN_A_RESULT)
        self._result = _table(result, _MUST_COME_BACK, ())
        self._paid, self._failed = result.texts("paid"), result.texts("failed")
        self._check_result(result)
        self._check_headings(sent)
        row.finish()
        sent.finish()
        result.finish()

    def format(self) -> BankFormat:
        """The format, where nothing is wrong with it."""
        return BankFormat(
            code=self.code,
            title=self._title,
            title_en=self._title_en,
            kind=FileKind(self._kind),
            encoding=self._encoding,
            separator=self._separator,
            file_name=self._file_name,
            sent=self._sent,
            result=self._result,
            paid=self._paid,
            failed=self._failed,
        )

    def _written(self, row: "_Row") -> tuple[str, str]:
        """Encoding and separator; a workbook has neither."""
        if self._kind == FileKind.XLSX:
            for name in ("encoding", "separator"):
                if row.has(name):
                    row.wrong(f"xlsx 文件不写“{name}”。")
            return "utf-8", ""
        encoding, separator = row.one_of("encoding", ENCODINGS), row.text("separator")
        if separator and (len(separator) > 1 or separator.isalnum() or separator in _NO_SEPARATORS):
            row.wrong(f"分隔符“{separator}”不能用,请写一个字符,例如 , 或 |。")
        return encoding, separator

    def _check_file_name(self, row: "_Row") -> None:
        if not self._file_name:
            return
        try:
            named = {
                name for _, name, _, _ in Formatter().parse(self._file_name) if name is not None
            }
        except ValueError:
            row.wrong(f"文件名“{self._file_name}”的花括号不成对。")
            return
        for name in sorted(named - _NAMED_IN_FILE_NAMES):
            row.wrong(f"文件名中没有“{{{name}}}”这一项,可以用 {{batch}} 和 {{date}}。")
        if "batch" not in named:
            row.wrong(f"文件名“{self._file_name}”没有 {{batch}},同一天的两份文件分不清。")
        if self._kind and not self._file_name.endswith(f".{self._kind}"):
            row.wrong(f"文件名“{self._file_name}”应以 .{self._kind} 结尾。")
        if _NOT_IN_FILE_NAMES & set(self._file_name):
            row.wrong(f"文件名“{self._file_name}”含有文件名不能用的字符。")

    def _check_result(self, row: "_Row") -> None:
        for word in sorted({*self._paid} & {*self._failed}):
            row.wrong(f"“{word}”既是成功又是失败。")
        if BankColumn.BATCH not in self._result.columns and Total.BATCH not in self._result.totals:
            row.wrong("没有批次号(batch),认不出是哪一批的结果。")

    def _check_headings(self, row: "_Row") -> None:
        if not self._sent.has_header or self._encoding not in ENCODINGS:
            return
        for heading in self._sent.columns.values():
            if self._kind == FileKind.TXT and self._separator and self._separator in heading:
                row.wrong(f"表头“{heading}”中有分隔符“{self._separator}”。")
            for letter in not_written(heading, self._encoding):
                row.wrong(f"表头“{heading}”中的“{letter}”用 {self._encoding} 写不出。")


def not_written(said: str, encoding: str) -> list[str]:
    """The characters of a text that an encoding has not, each once."""
    missing: list[str] = []
    for letter in dict.fromkeys(said):
        try:
            letter.encode(encoding)
        except UnicodeEncodeError:
            missing.append(letter)
    return missing


def _table(row: "_Row", needed: Sequence[BankColumn], barred: Collection[BankColumn]) -> BankTable:
    columns: dict[BankColumn, str] = {}
    for name, heading in row.pairs("columns"):
        if name not in list(BankColumn) or name in barred:
            row.wrong(f"没有“{name}”这一列,可以用 {_listed(set(BankColumn) - {*barred})}。")
        elif name in columns:
            row.wrong(f"“{name}”这一列写了两次。")
        elif not heading.strip() or heading in columns.values():
            row.wrong(f"“{name}”这一列的表头是空的或与别的列相同。")
        else:
            columns[BankColumn(name)] = heading
    for missing in needed:
        if missing not in columns:
            row.wrong(f"缺少“{missing}”这一列。")
    has_header = row.truth("header")
    if not row.has("totals"):
        return BankTable(columns, has_header)
    totals = row.below("totals")
    totals.knows("place", "values")
    place, values = totals.one_of("place", ("first", "last")), totals.texts("values")
    for value in values:
        if value not in list(Total):
            totals.wrong(f"没有“{value}”这一项,可以用 {_listed(list(Total))}。")
    totals.finish()
    kept = tuple(Total(value) for value in values if value in list(Total))
    return BankTable(columns, has_header, kept, place == "first")


def _listed(names: Collection[str]) -> str:
    return "、".join(sorted(names))


class _Row:
    """One table of the file. What is not as it should be goes to the faults, in words."""

    def __init__(self, told: object, where: str, faults: list[str]) -> None:
        self._where, self._faults = where, faults
        self._told: Mapping[str, object] = told if isinstance(told, dict) else {}
        self._known: set[str] = set()
        if not isinstance(told, dict):
            self.wrong("应是一个表。")

    def wrong(self, sentence: str) -> None:
        """Write a fault down."""
        self._faults.append(f"{self._where}:{sentence}")

    def knows(self, *names: str) -> None:
        """These names may stand in the table."""
        self._known.update(names)

    def finish(self) -> None:
        """Every other name is a fault: a misspelt one would have no effect."""
        for name in sorted(self._told.keys() - self._known):
            self.wrong(f"没有“{name}”这一项。")

    def has(self, name: str) -> bool:
        """Whether it stands there."""
        return name in self._told

    def below(self, name: str) -> "_Row":
        """A table within it."""
        return _Row(self._told.get(name), f"{self._where}的 {name}", self._faults)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        said = self._told.get(name)
        if not isinstance(said, str) or not said:
            self.wrong(f"“{name}”没有写明。")
            return ""
        return said

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """One of these words; empty where it is none."""
        said = self.text(name)
        if said and said not in choices:
            self.wrong(f"“{name}”不能是“{said}”,可以用 {'、'.join(choices)}。")
            return ""
        return said

    def truth(self, name: str) -> bool:
        """True or false."""
        said = self._told.get(name)
        if not isinstance(said, bool):
            self.wrong(f"“{name}”应写 true 或 false。")
        return said is True

    def texts(self, name: str) -> tuple[str, ...]:
        """Some texts, at least one."""
        said = self._told.get(name)
        if (
            not isinstance(said, list)
            or not said
            or not all(isinstance(s, str) and s for s in said)
        ):
            self.wrong(f"“{name}”应是一列文字。")
            return ()
        return tuple(said)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Some pairs of texts."""
        said = self._told.get(name)
        found = [pair for pair in said if _is_pair(pair)] if isinstance(said, list) else []
        if not isinstance(said, list) or len(found) < len(said) or not said:
            self.wrong(f'“{name}”应是一列 ["列名", "表头"]。')
        return [(pair[0], pair[1]) for pair in found]


def _is_pair(said: object) -> bool:
    return (
        isinstance(said, list)
        and len(said) == len(("name", "heading"))
        and all(isinstance(one, str) for one in said)
    )
