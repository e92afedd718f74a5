"""What reviews of files leave beside the versions: plans of leaving, and the sample looked at."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select, update

from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.turns import take_turns
from registry.store.tables import exit_plan, household, review_sample


@dataclass(frozen=True)
class ExitPlan:
    """By when a household is to leave, and how."""

    exit_by: str
    plan: str


def add_plan(tx: Tx, file_no: str, new: ExitPlan, at: datetime, by: tuple[str, str]) -> None:
    """Write a plan down in place of the one before; ``by``: whose step, of which case."""
    number = tx.execute(
        select(func.coalesce(func.max(exit_plan.c.number), 0) + 1).where(
            exit_plan.c.file_no == file_no
        )
    ).scalar_one()
    tx.execute(
        insert(exit_plan).values(
            file_no=file_no,
            number=number,
            exit_by=new.exit_by,
            plan=new.plan,
            at=to_text(at),
            by_id=by[0],
            case_id=by[1],
        )
    )


def plan_of(tx: Tx, file_no: str) -> ExitPlan | None:
    """The plan that counts."""
    row = tx.execute(
        select(exit_plan.c.exit_by, exit_plan.c.plan)
        .where(exit_plan.c.file_no == file_no)
        .order_by(exit_plan.c.number.desc())
        .limit(1)
    ).first()
    return None if row is None else ExitPlan(row.exit_by, row.plan)


def is_planned(first: str, last: str) -> ColumnElement[bool]:
    """That a file is to leave between two days, by the plan that counts."""
    newest = (
        select(func.max(exit_plan.c.number))
        .where(exit_plan.c.file_no == household.c.file_no)
        .correlate(household)
        .scalar_subquery()
    )
    return (
        select(exit_plan.c.number)
        .where(
            exit_plan.c.file_no == household.c.file_no,
            exit_plan.c.number == newest,
            exit_plan.c.exit_by >= first,
            exit_plan.c.exit_by <= last,
        )
        .correlate(household)
        .exists()
    )


@dataclass(frozen=True)
class Sample:
    """Of how many files of a county and year, how many were drawn."""

    looked_at: int
    drawn: int


def draw(tx: Tx, county_id: str, on: date, percent: int, *, by_lot: bool) -> tuple[bool, Sample]:
    """Whether the next file is drawn: by lot, and in any case where the share is not reached."""
    take_turns(tx, f"review sample {county_id} {on.year}")
    place = (review_sample.c.county_id == county_id, review_sample.c.year == on.year)
    row = tx.execute(select(review_sample).where(*place)).first()
    before = Sample(0, 0) if row is None else Sample(row.looked_at, row.drawn)
    looked_at = before.looked_at + 1
    drawn = percent > 0 and (by_lot or before.drawn * 100 < percent * looked_at)
    after = Sample(looked_at, before.drawn + int(drawn))
    if row is None:
        tx.execute(insert(review_sample).values(county_id=county_id, year=on.year, **vars(after)))
    else:
        tx.execute(update(review_sample).where(*place).values(**vars(after)))
    return drawn, after
