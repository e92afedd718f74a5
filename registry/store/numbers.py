"""Numbers of files, and what of the directory is written into records."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from engine.store.cases import insert_or
from engine.store.database import Tx
from engine.store.tables import calendar_day, counter, organisation, organisation_closure

_CODE_DIGITS = 6
_AT_ONCE = 500
_LOOK_INTO = frozenset({"county", "city"})
"""The levels that look into objections; never the unit that built the file."""


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
    return county_codes(tx, [organisation_id])[organisation_id]


def county_codes(tx: Tx, organisation_ids: Collection[str]) -> dict[str, str]:
    """The same of many, in one statement for some hundreds."""
    found = dict.fromkeys(organisation_ids, "")
    wanted = sorted(found)
    settled: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        above = tx.execute(
            select(
                organisation_closure.c.descendant_id.label("of"),
                organisation.c.code,
                organisation.c.level,
            )
            .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
            .where(
                organisation_closure.c.descendant_id.in_(wanted[start : start + _AT_ONCE]),
                organisation_closure.c.kind == "area",
            )
            .order_by(organisation_closure.c.depth)
        )
        for row in above:  # from itself upwards, as far as the first county
            if row.of not in settled:
                found[row.of] = row.code
            if row.level == "county":
                settled.add(row.of)
    return {one: code[:_CODE_DIGITS].ljust(_CODE_DIGITS, "0") for one, code in found.items()}


def objection_office(tx: Tx, organisation_id: str) -> tuple[str, str]:
    """Who takes objections, by name, and whom to ring: the county, else the nearest above.

    The telephone may be another's: the nearest that has one.
    """
    above = tx.execute(
        select(organisation.c.name, organisation.c.phone, organisation.c.level)
        .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
        .where(
            organisation_closure.c.descendant_id == organisation_id,
            organisation_closure.c.kind == "approval",
        )
        .order_by(organisation_closure.c.depth)
    ).all()
    if not above:
        return "", ""
    outside = [row for row in above[1:] if row.level in _LOOK_INTO] or above[1:2] or above[:1]
    phones = [row.phone for row in (*outside, *above) if row.phone]
    return outside[0].name, phones[0] if phones else ""


def is_provisional(tx: Tx, first: date, last: date) -> bool:
    """Whether a count over these days leans on a year whose calendar is not in yet."""
    for year in range(first.year, last.year + 1):
        begin, end = date(year, 1, 1), date(year, 12, 31)
        settled = tx.execute(
            select(func.count())
            .select_from(calendar_day)
            .where(calendar_day.c.date.between(begin.isoformat(), end.isoformat()))
        ).scalar_one()
        if settled != (end - begin).days + 1:
            return True
    return False
