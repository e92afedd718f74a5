"""What became of the households of a year (domain.md K09 to K11), each figure as its files.

A figure and the list it opens ask the same condition, so they cannot differ.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from engine.model.actors import Actor
from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.tables import organisation, organisation_closure
from registry.household import EXITS, LIFTED, SECURED
from registry.store.exits import stood_on
from registry.store.helped import is_helped
from registry.store.households import visible_files
from registry.store.reviews import is_planned
from registry.store.tables import household, household_exit


class Figure(StrEnum):
    """A number of a year that opens a list of files."""

    AT_START = "at-start"  # on file on 1 January
    NEW = "new"  # archived in the year, who fell back too
    LIFTED = "lifted"
    SECURED = "secured"
    FELL_BACK = "fell-back"  # of those who left in the year: on file again within twelve months
    SYNCED = "synced"  # new, helped, and gone or with a dated plan (K10)
    NOT_SYNCED = "not-synced"


def condition(figure: Figure, year: int) -> ColumnElement[bool]:
    """Which files it counts."""
    return _CONDITIONS[figure](f"{year}-01-01", f"{year}-12-31")


def _exited(first: str, last: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(household_exit.c.number)
        .where(
            household_exit.c.file_no == household.c.file_no,
            household_exit.c.on >= first,
            household_exit.c.on <= last,
            # else it was taken back: Exit.is_revoked
            or_(
                household_exit.c.back_on != household_exit.c.on, household_exit.c.fell_back_on > ""
            ),
            *more,
        )
        .correlate(household)
        .exists()
    )


def _left(kind: str, first: str, last: str) -> ColumnElement[bool]:
    """Who left that way and did not come back within the same year."""
    stays_out = or_(household_exit.c.back_on == "", household_exit.c.back_on > last)
    return _exited(first, last, household_exit.c.kind == kind, stays_out)


def _fell_back(first: str, last: str) -> ColumnElement[bool]:
    a_year_later = literal(str(int(first[:4]) + 1)) + func.substr(household_exit.c.on, 5)
    return _exited(
        first,
        last,
        household_exit.c.kind.in_(EXITS),
        household_exit.c.back_on > "",
        household_exit.c.back_on <= a_year_later,
    )


def _new(first: str, last: str) -> ColumnElement[bool]:
    back = (
        select(household_exit.c.number)
        .where(
            household_exit.c.file_no == household.c.file_no,
            household_exit.c.back_on >= first,
            household_exit.c.back_on <= last,
        )
        .correlate(household)
        .exists()
    )
    opened = and_(household.c.opened_on >= first, household.c.opened_on <= last)
    return or_(opened, and_(back, ~stood_on(first)))


def _synced(first: str, last: str) -> ColumnElement[bool]:
    gone = _exited(first, last, household_exit.c.kind.in_(EXITS))
    return and_(_new(first, last), is_helped(), or_(gone, is_planned(first, last)))


_CONDITIONS: Mapping[Figure, Callable[[str, str], ColumnElement[bool]]] = {
    Figure.AT_START: lambda first, _last: stood_on(first),
    Figure.NEW: _new,
    Figure.LIFTED: lambda first, last: _left(LIFTED, first, last),
    Figure.SECURED: lambda first, last: _left(SECURED, first, last),
    Figure.FELL_BACK: _fell_back,
    Figure.SYNCED: _synced,
    Figure.NOT_SYNCED: lambda first, last: and_(_new(first, last), ~_synced(first, last)),
}


@dataclass(frozen=True)
class UnitCounts:
    """The figures of an organisation and all below it."""

    organisation_id: str
    name: str
    counts: dict[Figure, int]


def of_area(tx: Tx, actor: Actor, year: int, organisation_id: str) -> dict[Figure, int]:
    """The figures of an organisation and all below it."""
    narrowed = lies_below(household.c.organisation_id, [organisation_id])
    row = tx.execute(select(*_columns(year)).where(visible_files(actor), narrowed)).one()
    return _counted(row)


def of_units_below(tx: Tx, actor: Actor, year: int, parent_id: str) -> Sequence[UnitCounts]:
    """The same of each organisation directly below one that has any files."""
    below = organisation_closure.alias("below")
    children = select(organisation_closure.c.descendant_id).where(
        organisation_closure.c.ancestor_id == parent_id,
        organisation_closure.c.kind == "approval",
        organisation_closure.c.depth == 1,
    )
    rows = tx.execute(
        select(organisation.c.id, organisation.c.name, *_columns(year))
        .select_from(
            household.join(
                below,
                and_(
                    below.c.descendant_id == household.c.organisation_id,
                    below.c.kind == "approval",
                    below.c.ancestor_id.in_(children),
                ),
            ).join(organisation, organisation.c.id == below.c.ancestor_id)
        )
        .where(visible_files(actor))
        .group_by(organisation.c.id, organisation.c.name, organisation.c.code)
        .order_by(organisation.c.code)
    )
    return [UnitCounts(row.id, row.name, _counted(row)) for row in rows]


def _columns(year: int) -> list[ColumnElement[Any]]:
    return [
        func.coalesce(func.sum(case((condition(one, year), 1), else_=0)), 0).label(one.name)
        for one in Figure
    ]


def _counted(row: Any) -> dict[Figure, int]:
    return {one: int(getattr(row, one.name)) for one in Figure}
