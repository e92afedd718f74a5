"""Budget lines, what moves money on them, and transfers, in the tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, select, true, update

from engine.store.areas import lies_below
from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import organisation, organisation_closure, person
from registry.budget.model import (
    KINDS,
    BudgetLine,
    Column,
    Kind,
    LineKey,
    Movement,
    Transfer,
    TransferStatus,
    effect,
)
from registry.store.fund_tables import budget_line, fund_movement, fund_transfer, payment

Places = Collection[str] | None
"""The organisations below which somebody sees money; None for all."""

_SUMS = ("allocated", "reserved", "committed", "paid")


@dataclass(frozen=True)
class Narrowing:
    """Which lines are asked for; what is empty narrows nothing."""

    year: int = 0
    unit: str = ""
    """This organisation's own lines."""
    programme: str = ""
    source: str = ""
    line_id: int = 0


@dataclass(frozen=True)
class LineOfUnit:
    """A line with its organisation's name and level."""

    line: BudgetLine
    unit: str
    level: str


@dataclass(frozen=True)
class MovementLine:
    """A movement as a list shows it: ``signed`` is what it adds to the column that was asked."""

    id: int
    movement: Movement
    signed: int
    line: BudgetLine
    unit: str
    by_name: str
    payee: str


def held(tx: Tx, line_ids: Collection[int]) -> dict[int, BudgetLine]:
    """Lines by id, held until the transaction ends.

    Always in one order, so that none waits for another in a circle.
    """
    rows = tx.execute(
        select(budget_line)
        .where(budget_line.c.id.in_(sorted(set(line_ids))))
        .order_by(budget_line.c.id)
        .with_for_update()
    )
    return {row.id: _line(row) for row in rows}


def save(tx: Tx, changed: BudgetLine) -> None:
    """Write back what stands on a line that is held. The database refuses one overdrawn."""
    tx.execute(
        update(budget_line)
        .where(budget_line.c.id == changed.id)
        .values({name: getattr(changed, name) for name in _SUMS})
    )


def line_of(tx: Tx, key: LineKey) -> BudgetLine:
    """The line with this key, made where there is none."""
    values = {**vars(key), **dict.fromkeys(_SUMS, 0)}
    tx.execute(insert_or(tx, budget_line).values(values).on_conflict_do_nothing())
    row = tx.execute(
        select(budget_line).where(
            budget_line.c.year == key.year,
            budget_line.c.organisation_id == key.organisation_id,
            budget_line.c.programme == key.programme,
            budget_line.c.source == key.source,
        )
    ).one()
    return _line(row)


def visible(tx: Tx, places: Places, line_id: int) -> LineOfUnit | None:
    """A line if it lies below one of these places."""
    return numbered(tx, places, (line_id,)).get(line_id)


def numbered(tx: Tx, places: Places, line_ids: Collection[int]) -> dict[int, LineOfUnit]:
    """These lines by id, those that lie below one of these places."""
    rows = tx.execute(_of_units().where(below(places), budget_line.c.id.in_(sorted(line_ids))))
    return {row.id: LineOfUnit(_line(row), row.unit, row.level) for row in rows}


def lines(tx: Tx, places: Places, asked: Narrowing) -> list[LineOfUnit]:
    """Lines below these places, by unit, programme and source."""
    query = (
        _of_units()
        .where(_narrowed(places, asked))
        .order_by(
            organisation.c.code,
            budget_line.c.year.desc(),
            budget_line.c.programme,
            budget_line.c.source,
        )
    )
    return [LineOfUnit(_line(row), row.unit, row.level) for row in tx.execute(query)]


def years(tx: Tx, places: Places) -> list[int]:
    """The years there are lines of, newest first."""
    query = select(budget_line.c.year).where(below(places)).distinct()
    return sorted(tx.execute(query).scalars(), reverse=True)


def units(tx: Tx, places: Places, year: int) -> dict[str, str]:
    """The organisations that have lines of a year, by id, in order."""
    query = (
        select(organisation.c.id, organisation.c.name, organisation.c.code)
        .join(budget_line, budget_line.c.organisation_id == organisation.c.id)
        .where(below(places), budget_line.c.year == year)
        .distinct()
        .order_by(organisation.c.code)
    )
    return {row.id: row.name for row in tx.execute(query)}


def nearest(
    tx: Tx, organisation_id: str, programme: str, year: int, source: str = ""
) -> list[BudgetLine]:
    """The lines of the nearest organisation that has any for it: its own, else one above."""
    query = (
        select(budget_line, organisation_closure.c.depth)
        .join(
            organisation_closure,
            organisation_closure.c.ancestor_id == budget_line.c.organisation_id,
        )
        .where(
            organisation_closure.c.descendant_id == organisation_id,
            organisation_closure.c.kind == "approval",
            budget_line.c.programme == programme,
            budget_line.c.year == year,
        )
        .order_by(organisation_closure.c.depth, budget_line.c.id)
    )
    if source:
        query = query.where(budget_line.c.source == source)
    rows = tx.execute(query).all()
    return [_line(row) for row in rows if row.depth == rows[0].depth]


# Movements ------------------------------------------------------------------------------------


def add_movements(tx: Tx, new: Sequence[Movement]) -> None:
    """Write movements down; the lines' sums are written by :func:`save`."""
    if new:
        tx.execute(insert(fund_movement), [_movement_values(one) for one in new])


def entered(tx: Tx, entry: str) -> Movement | None:
    """What was entered on this page, where it has moved money already."""
    row = tx.execute(select(fund_movement).where(fund_movement.c.entry == entry)).first()
    return None if row is None else _movement(row)


def movements(
    tx: Tx, places: Places, asked: Narrowing, column: Column, limit: int
) -> list[MovementLine]:
    """The movements a number of a column counts, newest first."""
    kinds = [kind.value for kind in Kind if effect(kind, column)]
    query = (
        _with_names()
        .where(_narrowed(places, asked), fund_movement.c.kind.in_(kinds))
        .order_by(fund_movement.c.at.desc(), fund_movement.c.id.desc())
        .limit(limit)
    )
    return [_movement_line(row, column) for row in tx.execute(query)]


def counted(tx: Tx, places: Places, asked: Narrowing, column: Column) -> tuple[int, int]:
    """How many movements a number counts, and what they come to in fen."""
    signs = {kind.value: effect(kind, column) for kind in Kind if effect(kind, column)}
    signed = case(signs, value=fund_movement.c.kind, else_=0) * fund_movement.c.fen
    row = tx.execute(
        select(func.count(), func.coalesce(func.sum(signed), 0))
        .select_from(fund_movement.join(budget_line, budget_line.c.id == fund_movement.c.line_id))
        .where(_narrowed(places, asked), fund_movement.c.kind.in_(list(signs)))
    ).one()
    return row[0], int(row[1])


def sums_of_movements(tx: Tx) -> dict[int, Mapping[Kind, int]]:
    """Of every line what its movements of each kind come to, for the invariants."""
    rows = tx.execute(
        select(
            fund_movement.c.line_id, fund_movement.c.kind, func.sum(fund_movement.c.fen)
        ).group_by(fund_movement.c.line_id, fund_movement.c.kind)
    )
    found: dict[int, dict[Kind, int]] = {}
    for line_id, kind, fen in rows:
        found.setdefault(line_id, {})[KINDS[kind]] = int(fen)
    return dict(found)


def all_lines(tx: Tx) -> list[BudgetLine]:
    """Every line, for the invariants."""
    return [_line(row) for row in tx.execute(select(budget_line).order_by(budget_line.c.id))]


# Transfers ------------------------------------------------------------------------------------


def add_transfer(tx: Tx, new: Transfer) -> Transfer:
    """Write a transfer that is asked for; the same with its id."""
    values = {**vars(new), "asked_at": to_text(new.asked_at), "status": new.status.value}
    del values["id"]
    made = tx.execute(insert(fund_transfer).values(values).returning(fund_transfer.c.id))
    return replace(new, id=made.scalar_one())


def transfer(tx: Tx, transfer_id: int) -> Transfer | None:
    """One transfer, held until the transaction ends."""
    row = tx.execute(
        select(fund_transfer).where(fund_transfer.c.id == transfer_id).with_for_update()
    ).first()
    return None if row is None else _transfer(row)


def transfer_of_case(tx: Tx, case_id: str) -> Transfer | None:
    """The transfer a case decides on."""
    row = tx.execute(select(fund_transfer).where(fund_transfer.c.case_id == case_id)).first()
    return None if row is None else _transfer(row)


def save_transfer(tx: Tx, changed: Transfer) -> None:
    """Write back how far it is, by which case, under which document."""
    tx.execute(
        update(fund_transfer)
        .where(fund_transfer.c.id == changed.id)
        .values(status=changed.status.value, case_id=changed.case_id, document=changed.document)
    )


def transfers(tx: Tx, places: Places, limit: int) -> list[Transfer]:
    """The newest transfers from or to lines below these places."""
    mine = select(budget_line.c.id).where(below(places))
    query = (
        select(fund_transfer)
        .where(fund_transfer.c.from_line.in_(mine) | fund_transfer.c.to_line.in_(mine))
        .order_by(fund_transfer.c.id.desc())
        .limit(limit)
    )
    return [_transfer(row) for row in tx.execute(query)]


def held_for_transfers(tx: Tx) -> dict[int, int]:
    """What is held on each line for transfers nobody has decided."""
    rows = tx.execute(
        select(fund_transfer.c.from_line, func.sum(fund_transfer.c.fen))
        .where(fund_transfer.c.status == TransferStatus.PENDING.value)
        .group_by(fund_transfer.c.from_line)
    )
    return {line_id: int(fen) for line_id, fen in rows}


# ----------------------------------------------------------------------------------------------


def below(places: Places) -> ColumnElement[bool]:
    """That a budget line is of an organisation below one of these places."""
    return true() if places is None else lies_below(budget_line.c.organisation_id, places)


def _narrowed(places: Places, asked: Narrowing) -> ColumnElement[bool]:
    wanted = {
        budget_line.c.year: asked.year,
        budget_line.c.organisation_id: asked.unit,
        budget_line.c.programme: asked.programme,
        budget_line.c.source: asked.source,
        budget_line.c.id: asked.line_id,
    }
    return and_(below(places), *(column == value for column, value in wanted.items() if value))


def _of_units() -> Select[Any]:
    return select(budget_line, organisation.c.name.label("unit"), organisation.c.level).join(
        organisation, organisation.c.id == budget_line.c.organisation_id
    )


def _with_names() -> Select[Any]:
    line_columns = [budget_line.c[name].label(f"budget_{name}") for name in budget_line.c.keys()]  # noqa: SIM118
    return select(
        fund_movement,
        *line_columns,
        organisation.c.name.label("unit"),
        func.coalesce(person.c.name, "").label("by_name"),
        func.coalesce(payment.c.payee_name, "").label("payee"),
    ).select_from(
        fund_movement.join(budget_line, budget_line.c.id == fund_movement.c.line_id)
        .join(organisation, organisation.c.id == budget_line.c.organisation_id)
        .outerjoin(person, person.c.id == fund_movement.c.by_id)
        .outerjoin(payment, payment.c.id == fund_movement.c.payment_id)
    )


def _line(row: Any, before: str = "") -> BudgetLine:
    def of(name: str) -> Any:
        return getattr(row, f"{before}{name}")

    key = LineKey(of("year"), of("organisation_id"), of("programme"), of("source"))
    return BudgetLine(of("id"), key, *(of(name) for name in _SUMS))


def _movement_values(one: Movement) -> dict[str, object]:
    return {**vars(one), "kind": one.kind.value, "at": to_text(one.at)}


def _movement(row: Any) -> Movement:
    return Movement(
        line_id=row.line_id,
        kind=KINDS[row.kind],
        fen=row.fen,
        at=from_text(row.at),
        by_id=row.by_id,
        document=row.document,
        note=row.note,
        batch_no=row.batch_no,
        payment_id=row.payment_id,
        transfer_id=row.transfer_id,
        other_line=row.other_line,
        case_id=row.case_id,
        entry=row.entry,
    )


def _movement_line(row: Any, column: Column) -> MovementLine:
    movement = _movement(row)
    return MovementLine(
        id=row.id,
        movement=movement,
        signed=effect(movement.kind, column) * row.fen,
        line=_line(row, "budget_"),
        unit=row.unit,
        by_name=row.by_name,
        payee=row.payee,
    )


def _transfer(row: Any) -> Transfer:
    return Transfer(
        id=row.id,
        from_line=row.from_line,
        to_line=row.to_line,
        fen=row.fen,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=from_text(row.asked_at),
        status=TransferStatus(row.status),
        case_id=row.case_id,
        document=row.document,
    )


def day_of(text: str | None) -> date | None:
    """A stored day; None for none."""
    return None if text is None else date.fromisoformat(text)
