"""Households as payees: who can be put on a roster, whatever else of them one may see."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.tables import organisation
from engine.store.turns import share_turns, take_turns
from registry.household import OUT, File
from registry.store.file_lists import matches
from registry.store.funds import Places
from registry.store.households import file_of
from registry.store.tables import household, household_index, household_person

_AT_ONCE = 400
_WITHOUT_FILE = "payees without a file"


@dataclass(frozen=True)
class HouseholdToPay:
    """What a roster may show of a household (domain.md §3.16)."""

    file_no: str
    name: str
    last4: str
    unit: str
    organisation_id: str
    category: str


def found(tx: Tx, places: Places, text: str, lookup_hash: str, limit: int) -> list[HouseholdToPay]:
    """Households on file below these places that a text finds."""
    query = _on_file(places).where(or_(*matches(text, lookup_hash))).limit(limit)
    return [_to_pay(row) for row in tx.execute(query)]


def one(tx: Tx, places: Places, file_no: str) -> HouseholdToPay | None:
    """One of them by its number."""
    row = tx.execute(_on_file(places).where(household.c.file_no == file_no)).first()
    return None if row is None else _to_pay(row)


def numbered(tx: Tx, places: Places, numbers: Collection[str]) -> dict[str, HouseholdToPay]:
    """Several of them by their numbers."""
    wanted, read = sorted(numbers), {}
    for first in range(0, len(wanted), _AT_ONCE):
        some = household.c.file_no.in_(wanted[first : first + _AT_ONCE])
        read.update({row.file_no: _to_pay(row) for row in tx.execute(_on_file(places).where(some))})
    return read


def every(tx: Tx, places: Places, categories: Sequence[str] = ()) -> list[HouseholdToPay]:
    """All of them, or those of some categories."""
    query = _on_file(places)
    if categories:
        query = query.where(household.c.category.in_(list(categories)))
    return [_to_pay(row) for row in tx.execute(query)]


def categories(tx: Tx, places: Places) -> dict[str, int]:
    """How many households there are to pay of each category."""
    inner = _on_file(places).order_by(None).subquery()
    query = select(inner.c.category, func.count()).group_by(inner.c.category)
    return {row[0]: row[1] for row in tx.execute(query)}


def files(tx: Tx, numbers: Collection[str], *, hold: bool) -> dict[str, File]:
    """Files by number; held until the transaction ends, always in one order."""
    wanted, read = sorted(numbers), {}
    for first in range(0, len(wanted), _AT_ONCE):
        query = (
            select(household)
            .where(household.c.file_no.in_(wanted[first : first + _AT_ONCE]))
            .order_by(household.c.file_no)
        )
        if hold:
            query = query.with_for_update()
        read.update({row.file_no: file_of(row) for row in tx.execute(query)})
    return read


def without_account(tx: Tx, numbers: Collection[str]) -> set[str]:
    """Which of these files name no bank account; accounts themselves are not opened."""
    wanted = sorted(numbers)
    none: set[str] = set()
    for first in range(0, len(wanted), _AT_ONCE):
        query = select(household_person.c.file_no).where(
            household_person.c.file_no.in_(wanted[first : first + _AT_ONCE]),
            household_person.c.position == 0,
            household_person.c.account_hash.is_(None),
        )
        none.update(tx.execute(query).scalars())
    return none


def hold_those_without_file(tx: Tx) -> None:
    """Let nobody else give to payees without a file until the transaction ends.

    They have no row that could be held, and a roster has thousands of them: all go in one turn.
    """
    take_turns(tx, _WITHOUT_FILE)


def keep_those_without_file(tx: Tx) -> None:
    """Let nobody give to payees without a file meanwhile, but others to households as well.

    Somebody may be paid as a person while her household is: neither would see the other.
    """
    share_turns(tx, _WITHOUT_FILE)


def _on_file(places: Places) -> Select[Any]:
    query = (
        select(
            household.c.file_no,
            household.c.head_name,
            household.c.head_last4,
            household.c.organisation_id,
            household.c.category,
            organisation.c.name.label("unit"),
        )
        .join(organisation, organisation.c.id == household.c.organisation_id)
        .outerjoin(household_index, household_index.c.file_no == household.c.file_no)
        .where(household.c.status.not_in(OUT))
        .order_by(organisation.c.code, household.c.file_no)
    )
    if places is None:
        return query
    return query.where(lies_below(household.c.organisation_id, places))


def _to_pay(row: Any) -> HouseholdToPay:
    return HouseholdToPay(
        file_no=row.file_no,
        name=row.head_name,
        last4=row.head_last4,
        unit=row.unit,
        organisation_id=row.organisation_id,
        category=row.category,
    )
