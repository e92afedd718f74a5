"""A bank for tests: it answers a file in its own format, well or badly."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from openpyxl import Workbook, load_workbook

from registry.budget.amounts import in_capitals, yuan
from registry.budget.bank_formats import BankColumn, BankFormat, FileKind, Total
from registry.funds.bank_files import BankLine, BankOrder
from registry.funds.bank_results import BankResult, Sent, SentLine
from webapp.funds.bank_upload import read_result

BATCH = "发-350602-2026-000012"
DAY = date(2026, 11, 29)

Row = dict[BankColumn, str]
Spoil = Callable[[list[Row]], None]


def order_of(*names: str) -> BankOrder:
    """Somebody of each name, who gets 1,000.00, 2,000.01 and so on."""
    lines = [
        BankLine(
            serial=number,
            name=name,
            account=f"62220000000000{number:05d}",
            fen=100_000 * number + number - 1,
            use="送温暖 2026春节",
            id_last_four=f"{number:04d}",
        )
        for number, name in enumerate(names, 1)
    ]
    return BankOrder(BATCH, DAY, lines)


def sent_of(order: BankOrder) -> Sent:
    return Sent(order.number, [SentLine(one.serial, one.name, one.fen) for one in order.lines])


def table_of(form: BankFormat, content: bytes) -> list[list[str]]:
    """The cells of a file, as the bank reads them."""
    if form.kind is FileKind.XLSX:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    text = content.decode(form.encoding)
    if form.kind is FileKind.CSV:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=form.separator))
    return [line.split(form.separator) for line in text.split("\r\n")[:-1]]


def answer(
    form: BankFormat,
    order: BankOrder,
    failed: Mapping[int, str] | None = None,
    spoil: Spoil | None = None,
    encoding: str = "",
) -> bytes:
    """The bank's result: paid, but for these serials; ``spoil`` makes the rows wrong."""
    rows = [_row(form, order, line, (failed or {}).get(line.serial)) for line in order.lines]
    if spoil is not None:
        spoil(rows)
    table = form.result
    totals = [_total(one, order, len(rows)) for one in table.totals]
    body = [list(table.columns.values())] if table.has_header else []
    body += [[row[column] for column in table.columns] for row in rows]
    if totals:
        body.insert(0 if table.totals_first else len(body), totals)
    return written(form, body, encoding)


def _row(form: BankFormat, order: BankOrder, line: BankLine, reason: str | None) -> Row:
    return {
        BankColumn.SERIAL: str(line.serial),
        BankColumn.ACCOUNT: line.account,
        BankColumn.NAME: line.name,
        BankColumn.AMOUNT: str(yuan(line.fen)),
        BankColumn.USE: line.use,
        BankColumn.BATCH: order.number,
        BankColumn.ID_LAST_FOUR: line.id_last_four,
        BankColumn.STATE: form.paid[0] if reason is None else form.failed[0],
        BankColumn.REASON: reason or "",
    }


def _total(one: Total, order: BankOrder, count: int) -> str:
    return {
        Total.BATCH: order.number,
        Total.DATE: f"{order.on:%Y%m%d}",
        Total.COUNT: str(count),
        Total.TOTAL: str(yuan(order.fen)),
        Total.CAPITALS: in_capitals(order.fen),
    }[one]


def written(form: BankFormat, body: Sequence[Sequence[str]], encoding: str = "") -> bytes:
    if form.kind is FileKind.XLSX:
        book = Workbook()
        for row in body:
            book.worksheets[0].append(list(row))
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()
    text = io.StringIO(newline="")
    if form.kind is FileKind.CSV:
        csv.writer(text, delimiter=form.separator).writerows(body)
    else:
        text.write("".join(form.separator.join(row) + "\r\n" for row in body))
    return text.getvalue().encode(encoding or form.encoding)


def judged(form: BankFormat, content: bytes, order: BankOrder) -> BankResult:
    return read_result(form, f"结果.{form.kind}", content, sent_of(order))


def with_result(form: BankFormat, **changed: object) -> BankFormat:
    """The same format with another table of results."""
    return replace(form, result=replace(form.result, **changed))  # type: ignore[arg-type]
