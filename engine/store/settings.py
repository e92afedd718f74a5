"""The business clock, the working-day calendar and the dated parameters (design.md D8, D24)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import Row, bindparam, delete, func, insert, or_, select, update

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text, to_text_or_none
from engine.store.tables import calendar_day, clock, counter, organisation_closure, parameter


@dataclass(frozen=True)
class ClockRow:
    """Business time = ``business0`` + (real time - ``real0``) x ``speed``."""

    real0: datetime
    business0: datetime
    speed: float


def read_clock(tx: Tx) -> ClockRow | None:
    """The persisted clock, so that restarts and many processes agree."""
    row = tx.execute(select(clock).where(clock.c.id == 1)).first()
    if row is None:
        return None
    return ClockRow(from_text(row.real0), from_text(row.business0), float(row.speed))


def write_clock(tx: Tx, new: ClockRow) -> None:
    """Set the clock."""
    values = {
        "real0": to_text(new.real0),
        "business0": to_text(new.business0),
        "speed": Decimal(str(new.speed)),
    }
    if tx.execute(update(clock).where(clock.c.id == 1).values(values)).rowcount == 0:
        tx.execute(insert(clock).values(id=1, **values))


def calendar_days(tx: Tx) -> dict[date, bool]:
    """Every officially settled day: True where people work."""
    return {
        date.fromisoformat(row.date): row.working
        for row in tx.execute(select(calendar_day.c.date, calendar_day.c.working))
    }


def calendar_years(tx: Tx) -> set[int]:
    """The years of which any day is officially settled."""
    year = func.substr(calendar_day.c.date, 1, len("2026"))
    return {int(found) for found in tx.execute(select(year).distinct()).scalars()}


def put_calendar_days(tx: Tx, days: Iterable[tuple[date, bool]]) -> None:
    """Replace days of the calendar."""
    rows = [{"date": day.isoformat(), "working": working} for day, working in days]
    if not rows:
        return
    years = {str(row["date"])[:4] for row in rows}
    for year in sorted(years):
        tx.execute(
            delete(calendar_day).where(
                calendar_day.c.date >= f"{year}-01-01", calendar_day.c.date <= f"{year}-12-31"
            )
        )
    tx.execute(insert(calendar_day), rows)


@dataclass(frozen=True)
class Parameter:
    """A dated number or text the federation sets: for all, or for one organisation's area.

    ``reason``, ``set_by`` and ``set_at`` (business time) say why, who and when; ``source`` is the
    document it rests on. ``to_running``: the open steps of running cases were told as well.
    """

    name: str
    organisation_id: str | None
    valid_from: date
    value: object
    unit: str = ""
    basis: str = "parameter"  # law rows cannot be lengthened
    source: str = ""
    reason: str = ""
    set_by: str | None = None
    set_at: datetime | None = None
    to_running: bool = False
    id: int = 0


def parameter_value(
    tx: Tx, name: str, organisation_id: str, day: date, kind: str = "approval"
) -> Parameter | None:
    """The value that holds on a day for an organisation: its own, the nearest above it, or all.

    ``kind``: above it by approval or by area.
    """
    return parameter_values(tx, name, [organisation_id], day, kind).get(organisation_id)


def parameter_values(
    tx: Tx, name: str, organisation_ids: Collection[str], day: date, kind: str = "approval"
) -> dict[str, Parameter]:
    """The same for many organisations in one statement; who has no value is left out."""
    rows = tx.execute(
        select(parameter, organisation_closure.c.descendant_id)
        .select_from(
            parameter.outerjoin(
                organisation_closure,
                (organisation_closure.c.ancestor_id == parameter.c.organisation_id)
                & (organisation_closure.c.descendant_id.in_(list(organisation_ids)))
                & (organisation_closure.c.kind == kind),
            )
        )
        .where(
            parameter.c.name == name,
            parameter.c.valid_from <= day.isoformat(),
            or_(
                parameter.c.organisation_id.is_(None),
                organisation_closure.c.depth.is_not(None),
            ),
        )
        .order_by(
            parameter.c.organisation_id.is_(None),
            organisation_closure.c.depth,
            parameter.c.valid_from.desc(),
            parameter.c.id.desc(),  # a mistake is put right by another row of the same day
        )
    )
    found: dict[str, Parameter] = {}
    for row in rows:
        one = _parameter(row)
        for place in organisation_ids if one.organisation_id is None else [row.descendant_id]:
            found.setdefault(place, one)
    return found


Stamp = tuple[int, int]
"""How many rows of parameters there are, and the newest: rows are only ever added."""

Above = dict[str, dict[str, int]]
"""How far above an organisation others lie, itself at nought, by kind of parent."""

_STAMP = select(
    func.count().label("rows"), func.coalesce(func.max(parameter.c.id), 0).label("newest")
).subquery("stamp")
_WHAT_LIES_ABOVE = select(
    _STAMP.c.rows,
    _STAMP.c.newest,
    organisation_closure.c.kind,
    organisation_closure.c.ancestor_id,
    organisation_closure.c.depth,
).select_from(
    _STAMP.outerjoin(
        organisation_closure, organisation_closure.c.descendant_id == bindparam("organisation")
    )
)


def what_lies_above(tx: Tx, organisation_id: str) -> tuple[Stamp, Above]:
    """In one statement: the stamp of the parameters, and what lies above an organisation."""
    above: Above = {}
    stamp = (0, 0)
    for row in tx.execute(_WHAT_LIES_ABOVE, {"organisation": organisation_id}):
        stamp = (row.rows, row.newest)
        if row.ancestor_id is not None:
            above.setdefault(row.kind, {})[row.ancestor_id] = row.depth
    return stamp, above


def _parameter(row: Row[Any]) -> Parameter:
    return Parameter(
        row.name,
        row.organisation_id,
        date.fromisoformat(row.valid_from),
        orjson.loads(row.value),
        row.unit,
        row.basis,
        row.source,
        row.reason,
        row.set_by,
        None if row.set_at is None else from_text(row.set_at),
        row.to_running,
        row.id,
    )


def parameters(tx: Tx, name: str = "") -> list[Parameter]:
    """Every parameter row, or those of one name, the oldest first."""
    rows = select(parameter).order_by(parameter.c.name, parameter.c.valid_from, parameter.c.id)
    if name:
        rows = rows.where(parameter.c.name == name)
    return [_parameter(row) for row in tx.execute(rows)]


def parameter_names(tx: Tx) -> set[str]:
    """The names that have a value."""
    return set(tx.execute(select(parameter.c.name).distinct()).scalars())


def add_parameters(tx: Tx, new: Sequence[Parameter]) -> None:
    """Add dated values; nothing is changed or deleted, ever."""
    if new:
        tx.execute(
            insert(parameter),
            [
                {
                    "name": p.name,
                    "organisation_id": p.organisation_id,
                    "valid_from": p.valid_from.isoformat(),
                    "value": orjson.dumps(p.value).decode(),
                    "unit": p.unit,
                    "basis": p.basis,
                    "source": p.source,
                    "reason": p.reason,
                    "set_by": p.set_by,
                    "set_at": to_text_or_none(p.set_at),
                    "to_running": p.to_running,
                }
                for p in new
            ],
        )


def take_numbers(tx: Tx, name: str, how_many: int) -> int:
    """Take a block of running numbers; the last number before the block. Gaps are allowed."""
    # One statement: of two that begin a series neither fails, wherever its transaction is then.
    done = tx.execute(
        insert_or(tx, counter)
        .values(name=name, value=how_many)
        .on_conflict_do_update(
            index_elements=[counter.c.name], set_={"value": counter.c.value + how_many}
        )
        .returning(counter.c.value)
    ).scalar_one()
    return int(done) - how_many


def counter_value(tx: Tx, name: str) -> int:
    """The last running number that was taken; 0 before the first."""
    return int(tx.execute(select(counter.c.value).where(counter.c.name == name)).scalar() or 0)


def set_counter(tx: Tx, name: str, value: int) -> None:
    """Write a number that is remembered under a name."""
    done = tx.execute(update(counter).where(counter.c.name == name).values(value=value))
    if done.rowcount == 0:
        tx.execute(insert(counter).values(name=name, value=value))
