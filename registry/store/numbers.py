"""Numbers of files, and what of the directory is written into records."""

from sqlalchemy import select

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.tables import counter, organisation, organisation_closure

_CODE_DIGITS = 6


def next_file_number(tx: Tx, organisation_id: str, year: int) -> str:
    """``档-350603-2026-000012``: by county and year, taken inside the transaction.

    One upsert, so that the first two files of a year do not both begin the count.
    """
    (number,) = file_numbers(tx, county_code(tx, organisation_id), year, 1)
    return number


def file_numbers(tx: Tx, code: str, year: int, how_many: int) -> list[str]:
    """So many numbers of one county and year at once."""
    name = f"household {code} {year}"
    taking = insert_or(tx, counter).values(name=name, value=how_many)
    last: int = tx.execute(
        taking.on_conflict_do_update(
            index_elements=["name"], set_={"value": counter.c.value + how_many}
        ).returning(counter.c.value)
    ).scalar_one()
    return [f"档-{code}-{year}-{number:06d}" for number in range(last - how_many + 1, last + 1)]


def county_code(tx: Tx, organisation_id: str) -> str:
    """Six digits of the county the organisation lies in; the city's where there is none."""
    above = tx.execute(
        select(organisation.c.code, organisation.c.level)
        .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
        .where(
            organisation_closure.c.descendant_id == organisation_id,
            organisation_closure.c.kind == "area",
        )
        .order_by(organisation_closure.c.depth)
    ).all()
    counties = [row.code for row in above if row.level == "county"]
    code: str = counties[0] if counties else (above[-1].code if above else "")
    return code[:_CODE_DIGITS].ljust(_CODE_DIGITS, "0")


def objection_phone(tx: Tx, organisation_id: str) -> str:
    """Whom to ring about a notice: the county, which looks into objections, else the nearest."""
    above = tx.execute(
        select(organisation.c.phone, organisation.c.level)
        .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
        .where(
            organisation_closure.c.descendant_id == organisation_id,
            organisation_closure.c.kind == "approval",
            organisation.c.phone != "",
        )
        .order_by(organisation_closure.c.depth)
    ).all()
    counties = [row.phone for row in above if row.level == "county"]
    found: str = counties[0] if counties else (above[0].phone if above else "")
    return found
