"""Payments under way to people, of the whole federation: for the check for duplicates.

Under way is what is reserved, granted or held on account and neither paid nor given back; a draft
roster is not.
Of a payee without a file a payment keeps the name, the keyed hash of her number and its last four.
Neither account nor mobile number is asked of her, so she is found by her number alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from engine.store.database import Tx
from engine.store.tables import case
from registry.budget.model import PayeeKind, PaymentStatus
from registry.budget.programmes import programme_title
from registry.household import OUT
from registry.store.fund_tables import budget_line, payment, payment_batch
from registry.store.people import BATCH, CASE, Found, counties_of
from registry.store.tables import household, household_person

_UNDER_WAY = (
    PaymentStatus.RESERVED.value,
    PaymentStatus.COMMITTED.value,
    PaymentStatus.HELD.value,
)
_MOST = 50


@dataclass(frozen=True)
class OpenHelp:
    """A payment under way to a household: what it is for, how much."""

    purpose: str
    fen: int


def to_people(
    tx: Tx, id_hashes: Collection[str], except_case: str, except_file: str
) -> dict[str, list[Found]]:
    """Payments under way to people of these keyed hashes, by hash, each with who gives it.

    Also those to a household that was struck off since, by who was counted in it: of one that
    stands the file itself is found.
    """
    if not id_hashes:
        return {}
    wanted = sorted(id_hashes)
    rows = [
        *tx.execute(_to_payees(wanted, except_case)),
        *tx.execute(_to_former_households(wanted, except_case, except_file)),
    ]
    counties = counties_of(tx, {row.unit for row in rows})
    found: dict[str, list[Found]] = {}
    for row in rows:
        one = Found(
            row.batch_no or row.case_number or "",
            *counties[row.unit],
            what=BATCH if row.batch_no else CASE,
            purpose=f"{programme_title(row.programme)} {row.period}",
        )
        found.setdefault(row.key, []).append(one)
    return found


def to_household(tx: Tx, file_no: str) -> list[OpenHelp]:
    """Payments under way to a household on file, the oldest first."""
    rows = tx.execute(
        select(payment.c.programme, payment.c.period, payment.c.fen)
        .where(
            payment.c.payee_kind == PayeeKind.HOUSEHOLD.value,
            payment.c.payee_key == file_no,
            payment.c.status.in_(_UNDER_WAY),
        )
        .order_by(payment.c.id)
    )
    return [OpenHelp(f"{programme_title(row.programme)} {row.period}", row.fen) for row in rows]


def _to_payees(id_hashes: list[str], except_case: str) -> Select[Any]:
    is_one_of_them = and_(
        payment.c.payee_kind == PayeeKind.PERSON.value, payment.c.payee_key.in_(id_hashes)
    )
    return _under_way(payment.c.payee_key, except_case).where(is_one_of_them)


def _to_former_households(id_hashes: list[str], except_case: str, except_file: str) -> Select[Any]:
    is_of_the_file = and_(
        payment.c.payee_kind == PayeeKind.HOUSEHOLD.value,
        payment.c.payee_key == household_person.c.file_no,
    )
    return (
        _under_way(household_person.c.id_hash, except_case)
        .join(household_person, is_of_the_file)
        .join(household, household.c.file_no == household_person.c.file_no)
        .where(
            household_person.c.id_hash.in_(id_hashes),
            household_person.c.counted,
            household.c.status.in_(OUT),
            household.c.file_no != except_file,
        )
    )


def _under_way(key: ColumnElement[Any], except_case: str) -> Select[Any]:
    # Who is asked about it is whose roster or case it is, not whose budget line it draws on.
    unit = func.coalesce(
        payment_batch.c.organisation_id, case.c.organisation_id, budget_line.c.organisation_id
    )
    return (
        select(
            key.label("key"),
            payment.c.programme,
            payment.c.period,
            payment.c.batch_no,
            case.c.number.label("case_number"),
            unit.label("unit"),
        )
        .select_from(payment)
        .join(budget_line, budget_line.c.id == payment.c.line_id)
        .outerjoin(payment_batch, payment_batch.c.number == payment.c.batch_no)
        .outerjoin(case, case.c.id == payment.c.case_id)
        .where(
            payment.c.status.in_(_UNDER_WAY),
            payment.c.case_id != except_case,
            or_(payment_batch.c.case_id.is_(None), payment_batch.c.case_id != except_case),
        )
        .order_by(payment.c.id)
        .limit(_MOST)
    )
