"""Who is paid as a person and counted in a household too: nobody is given the same by both.

Of a person without a file a payment keeps the keyed hash of her number, of a household the number
of its file; who is counted in the files says which of them are the same. All is asked for whole
rosters at once.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.tables import case, organisation
from registry.budget.model import LIVE, PayeeKind, Payment
from registry.household import OUT
from registry.store import people
from registry.store.fund_tables import budget_line, payment, payment_batch
from registry.store.payments import payment_of
from registry.store.tables import household, household_person

_LIVE = [status.value for status in LIVE]
_AT_ONCE = 400


@dataclass(frozen=True)
class CountedIn:
    """The household that counts somebody; ``file_no`` is empty where it lies outside the area."""

    file_no: str
    county: str
    phone: str


@dataclass(frozen=True)
class OtherPayment:
    """What the same people were given under another payee.

    ``reference`` is the number of its batch or case, empty where that lies outside the area.
    """

    payment: Payment
    reference: str
    county: str


def counted(tx: Tx, id_hashes: Collection[str], area: str) -> dict[str, CountedIn]:
    """The standing files that count people of these keyed hashes, by hash."""
    found = people.counted(tx, id_hashes)
    units = {unit for _, unit in found.values()}
    near, counties = _below(tx, area, units), people.counties_of(tx, units)
    return {
        hashed: CountedIn(file_no if unit in near else "", *counties[unit][1:])
        for hashed, (file_no, unit) in found.items()
    }


def given_to_members(
    tx: Tx, year: int, file_numbers: Collection[str], area: str
) -> dict[str, list[OtherPayment]]:
    """What people whom households count were given as persons in a year, by file number."""
    query = select(household_person.c.file_no, household_person.c.id_hash).where(
        household_person.c.counted, household_person.c.id_hash.is_not(None)
    )
    same = [
        (row.file_no, row.id_hash)
        for some in _parts(file_numbers)
        for row in tx.execute(query.where(household_person.c.file_no.in_(some)))
    ]
    return _given(tx, year, PayeeKind.PERSON, same, area)


def given_to_former_households(
    tx: Tx, year: int, id_hashes: Collection[str], area: str
) -> dict[str, list[OtherPayment]]:
    """What households that were struck off were given in a year, by who was counted in them."""
    query = (
        select(household_person.c.id_hash, household_person.c.file_no)
        .join(household, household.c.file_no == household_person.c.file_no)
        .where(household_person.c.counted, household.c.status.in_(OUT))
    )
    same = [
        (row.id_hash, row.file_no)
        for some in _parts(id_hashes)
        for row in tx.execute(query.where(household_person.c.id_hash.in_(some)))
    ]
    return _given(tx, year, PayeeKind.HOUSEHOLD, same, area)


def given_to_children(
    tx: Tx, year: int, beneficiaries: Collection[str], area: str
) -> dict[str, list[OtherPayment]]:
    """What children were given in a year, whoever was paid for them, by their keyed hash."""
    query = _live(year).where(payment.c.beneficiary != "")
    rows = [
        row
        for some in _parts(beneficiaries)
        for row in tx.execute(query.where(payment.c.beneficiary.in_(some)))
    ]
    return _by_key(tx, rows, area, lambda row: (row.beneficiary,))


def _given(
    tx: Tx, year: int, kind: PayeeKind, same: Iterable[tuple[str, str]], area: str
) -> dict[str, list[OtherPayment]]:
    """By the first of each two keys that mean the same, what was given to the second."""
    by_payee: dict[str, set[str]] = {}
    for key, payee in same:
        by_payee.setdefault(payee, set()).add(key)
    query = _live(year).where(payment.c.payee_kind == kind.value)
    rows = [
        row
        for some in _parts(by_payee)
        for row in tx.execute(query.where(payment.c.payee_key.in_(some)))
    ]
    return _by_key(tx, rows, area, lambda row: by_payee[row.payee_key])


def _by_key(
    tx: Tx, rows: Iterable[Any], area: str, keys_of: Callable[[Any], Iterable[str]]
) -> dict[str, list[OtherPayment]]:
    rows = list(rows)
    units = {row.unit for row in rows}
    near, counties = _below(tx, area, units), people.counties_of(tx, units)
    found: dict[str, list[OtherPayment]] = {}
    for row in sorted(rows, key=lambda row: int(row.id)):
        reference = (row.batch_no or row.case_number or "") if row.unit in near else ""
        one = OtherPayment(payment_of(row), reference, counties[row.unit][1])
        for key in keys_of(row):
            found.setdefault(key, []).append(one)
    return found


def _live(year: int) -> Select[Any]:
    # Who is asked about it is whose roster or case it is, not whose budget line it draws on.
    unit = func.coalesce(
        payment_batch.c.organisation_id, case.c.organisation_id, budget_line.c.organisation_id
    )
    return (
        select(payment, case.c.number.label("case_number"), unit.label("unit"))
        .select_from(payment)
        .join(budget_line, budget_line.c.id == payment.c.line_id)
        .outerjoin(payment_batch, payment_batch.c.number == payment.c.batch_no)
        .outerjoin(case, case.c.id == payment.c.case_id)
        .where(payment.c.year == year, payment.c.status.in_(_LIVE))
    )


def _below(tx: Tx, area: str, units: Collection[str]) -> set[str]:
    """Those of these organisations that lie in the area."""
    if not units:
        return set()
    query = select(organisation.c.id).where(
        organisation.c.id.in_(sorted(units)), lies_below(organisation.c.id, (area,))
    )
    return set(tx.execute(query).scalars())


def _parts(keys: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(keys)
    for first in range(0, len(ordered), _AT_ONCE):
        yield ordered[first : first + _AT_ONCE]
