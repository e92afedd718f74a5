"""What of paid batches is made public, in its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Table, func, literal, select

from engine.store.areas import lies_below
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.tables import organisation
from registry.store.fund_tables import payment_batch, result_notice, result_supplement
from registry.store.funds import Places


@dataclass(frozen=True)
class ResultNotice:
    """What a batch came to, as the public may read it.

    ``content``: the masked rows; empty in a list, which does not show them. ``part``: 0 when the
    batch was closed, then 1, 2, … for what was paid later.
    """

    batch_no: str
    organisation_id: str
    title: str
    lines: int
    fen: int
    phone: str
    published_on: date
    ends_on: date
    content: bytes
    sha256: str
    unit: str = ""
    part: int = 0


def add(tx: Tx, one: ResultNotice) -> None:
    """Write it as it is published; what was published before stays as it was."""
    values: dict[str, object] = {
        "batch_no": one.batch_no,
        "organisation_id": one.organisation_id,
        "title": one.title,
        "lines": one.lines,
        "fen": one.fen,
        "phone": one.phone,
        "published_on": one.published_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "content": one.content,
        "sha256": one.sha256,
    }
    table = result_supplement if one.part else result_notice
    if one.part:
        values["part"] = one.part
    tx.execute(insert_or(tx, table).values(**values).on_conflict_do_nothing())


def of_batch(tx: Tx, batch_no: str) -> Sequence[ResultNotice]:
    """What was published of a batch, in the order in which it was."""
    found = [
        _notice(row)
        for table in _TABLES
        for row in tx.execute(_all(table).where(table.c.batch_no == batch_no))
    ]
    return sorted(found, key=lambda one: one.part)


def next_part(tx: Tx, batch_no: str) -> int:
    """Under which number what is paid later is published; the batch is held by who asks."""
    last = select(func.max(result_supplement.c.part)).where(
        result_supplement.c.batch_no == batch_no
    )
    return (tx.execute(last).scalar() or 0) + 1


def on_notice(tx: Tx, today: date, limit: int) -> Sequence[ResultNotice]:
    """What is public on a day, the newest first."""
    found = []
    for table in _TABLES:
        query = _all(table, with_rows=False).where(table.c.ends_on >= today.isoformat())
        newest = (table.c.published_on.desc(), table.c.batch_no.desc())
        found += [_notice(row) for row in tx.execute(query.order_by(*newest).limit(limit))]

    def place(one: ResultNotice) -> tuple[date, str, int]:
        return one.published_on, one.batch_no, one.part

    return sorted(found, key=place, reverse=True)[:limit]


def is_below(tx: Tx, batch_no: str, places: Places) -> bool:
    """Whether a batch is of a unit at or below one of these places; None: everywhere."""
    query = select(payment_batch.c.number).where(payment_batch.c.number == batch_no)
    if places is not None:
        query = query.where(lies_below(payment_batch.c.organisation_id, places))
    return tx.execute(query).first() is not None


_TABLES = (result_notice, result_supplement)


def _all(table: Table, *, with_rows: bool = True) -> Select[Any]:
    columns: list[Any] = [one for one in table.c if with_rows or one is not table.c.content]
    if table is result_notice:
        columns.append(literal(0).label("part"))
    return select(*columns, organisation.c.name.label("unit")).join(
        organisation, organisation.c.id == table.c.organisation_id
    )


def _notice(row: Any) -> ResultNotice:
    return ResultNotice(
        batch_no=row.batch_no,
        organisation_id=row.organisation_id,
        title=row.title,
        lines=row.lines,
        fen=row.fen,
        phone=row.phone,
        published_on=date.fromisoformat(row.published_on),
        ends_on=date.fromisoformat(row.ends_on),
        content=getattr(row, "content", b""),
        sha256=row.sha256,
        unit=row.unit,
        part=row.part,
    )
