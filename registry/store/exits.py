"""When files left the register and came back, a row each time: what the yearly figures count.

The file's own row says how it stands today; that it stood on 1 January, left in May and came back
in October is said here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, insert, or_, select, update

from engine.store.database import Tx
from registry.household import FALLEN_BACK, File
from registry.store.tables import household, household_exit

_SINCE_NEVER = ""


@dataclass(frozen=True)
class Exit:
    """One time a file was out: since when, by which way, why, and since when it stands again."""

    number: int
    kind: str
    reason: str
    on: str
    fell_back_on: str
    back_on: str

    @property
    def is_revoked(self) -> bool:
        """Whether it was taken back: as if the file had not left."""
        return self.back_on == self.on and not self.fell_back_on


def follow(tx: Tx, before: File, after: File, case_id: str) -> None:
    """Write down what a new version means for it: that it leaves, is poor again, or is back."""
    if before.shown.stands and not after.shown.stands:
        number = tx.execute(
            select(func.coalesce(func.max(household_exit.c.number), 0) + 1).where(
                household_exit.c.file_no == after.file_no
            )
        ).scalar_one()
        tx.execute(
            insert(household_exit).values(
                file_no=after.file_no,
                number=number,
                kind=after.shown.status,
                reason=after.shown.closed_reason,
                on=after.shown.closed_on,
                case_id=case_id,
                fell_back_on=_SINCE_NEVER,
                back_on=_SINCE_NEVER,
            )
        )
    elif after.shown.stands and not before.shown.stands:
        _change_open(tx, after.file_no, back_on=_day(after.stands_since))
    elif after.shown.status == FALLEN_BACK and before.shown.status != FALLEN_BACK:
        _change_open(tx, after.file_no, fell_back_on=after.changed_on.isoformat())


def take_back(tx: Tx, file_no: str) -> None:
    """Write down that the last time a file was out was none: it is back since the day it left."""
    newest = (
        select(func.max(household_exit.c.number))
        .where(household_exit.c.file_no == file_no)
        .scalar_subquery()
    )
    tx.execute(
        update(household_exit)
        .where(household_exit.c.file_no == file_no, household_exit.c.number == newest)
        .values(back_on=household_exit.c.on, fell_back_on=_SINCE_NEVER)
    )


def of_file(tx: Tx, file_no: str) -> Sequence[Exit]:
    """Every time a file was out, the first first."""
    rows = tx.execute(
        select(household_exit)
        .where(household_exit.c.file_no == file_no)
        .order_by(household_exit.c.number)
    )
    return [
        Exit(row.number, row.kind, row.reason, row.on, row.fell_back_on, row.back_on)
        for row in rows
    ]


def stood_on(day: str) -> ColumnElement[bool]:
    """That a file was on file on a day."""
    out = (
        select(household_exit.c.number)
        .where(
            household_exit.c.file_no == household.c.file_no,
            household_exit.c.on <= day,
            or_(household_exit.c.back_on == _SINCE_NEVER, household_exit.c.back_on > day),
        )
        .correlate(household)
        .exists()
    )
    return and_(household.c.opened_on <= day, ~out)


def _change_open(tx: Tx, file_no: str, **values: str) -> None:
    tx.execute(
        update(household_exit)
        .where(household_exit.c.file_no == file_no, household_exit.c.back_on == _SINCE_NEVER)
        .values(**values)
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
