"""Lists of households whose cases wait for money: who is on them, and how far each one is.

A household's case stands under its list and file number; what it was given is the payments of its
file in the list's programme and period. Nothing of it is kept twice: every figure is reckoned from
these two, and only from cases that who asks may see.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy import case as when

from engine.model.actors import Actor
from engine.model.cases import CaseStatus
from engine.store.areas import lies_below
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.tables import (
    case,
    case_attribute,
    organisation,
    organisation_closure,
    subscription,
    task,
)
from registry.budget.model import LIVE, PayeeKind, PaymentStatus
from registry.household import CLOSED
from registry.store.fund_tables import payment
from registry.store.funds import Places
from registry.store.tables import household

_LIVE = [status.value for status in LIVE]


class Stand(StrEnum):
    """How far a household of a list is; each is in exactly one."""

    OPEN = "open"
    """Somebody has a step to do, and no money was arranged."""
    WAITING = "waiting"
    """It was found in order and waits for a roster."""
    ARRANGED = "arranged"
    """It is on a roster that holds its money."""
    PAID = "paid"
    """The money was paid; what follows it is not done yet."""
    DONE = "done"
    """The money was paid, and its case has ended."""
    HELD = "held"
    """Its case has ended without money: with a reason."""
    CANCELLED = "cancelled"


PAID_STANDS = frozenset({Stand.PAID, Stand.DONE})
"""Those that were paid."""


@dataclass(frozen=True)
class OnFile:
    """A household on file, for a list."""

    file_no: str
    name: str
    organisation_id: str
    stands_since: str


@dataclass(frozen=True)
class ListKey:
    """A list, and the payments that are given for it."""

    fan_out_id: str
    programme: str
    period: str


@dataclass(frozen=True)
class Eyes:
    """Who looks: the cases she may see, and what lies below where she works with money."""

    actor: Actor
    places: Places


@dataclass(frozen=True)
class Figure:
    """How many households of a county are so far, and what they were given, in fen."""

    county_id: str
    county: str
    stand: Stand
    households: int
    fen: int


@dataclass(frozen=True)
class ListedHousehold:
    """A household of a list: its case and how far it is."""

    case_id: str
    number: str
    file_no: str
    title: str
    unit: str
    stand: Stand
    step: str
    fen: int
    may_open: bool
    """Whether she may open the case: who works with money alone sees no more than the figure."""


# Who is on a list ---------------------------------------------------------------------------


def count_on_file(tx: Tx, below: str, day: date, *, joining: bool) -> int:
    """How many households were on file on a day; with ``joining`` those archived since too."""
    chosen = _on_file(below, day, joining=joining).subquery()
    return tx.execute(select(func.count()).select_from(chosen)).scalar_one()


def on_file(
    tx: Tx, below: str, day: date, *, joining: bool, after: str, limit: int
) -> list[OnFile]:
    """The next of them behind a file number."""
    query = _on_file(below, day, joining=joining).where(household.c.file_no > after)
    return [
        OnFile(row.file_no, row.head_name, row.organisation_id, row.stands_since)
        for row in tx.execute(query.order_by(household.c.file_no).limit(limit))
    ]


def _on_file(below: str, day: date, *, joining: bool) -> Select[Any]:
    on = day.isoformat()
    stands = household.c.status != CLOSED
    if not joining:
        stands = and_(stands, household.c.stands_since <= on)
    left_since = and_(
        household.c.status == CLOSED, household.c.closed_on > on, household.c.opened_on <= on
    )
    return select(
        household.c.file_no,
        household.c.head_name,
        household.c.organisation_id,
        household.c.stands_since,
    ).where(lies_below(household.c.organisation_id, (below,)), or_(stands, left_since))


# What they were given -----------------------------------------------------------------------


@dataclass(frozen=True)
class Paid:
    """What a household was paid in a programme and period."""

    fen: int
    paid_on: str
    voucher: str


def paid(tx: Tx, programme: str, period: str, keys: Collection[str]) -> dict[str, Paid]:
    """By file number, of these households, what was paid already."""
    query = (
        select(
            payment.c.payee_key,
            func.sum(payment.c.fen).label("fen"),
            func.max(payment.c.paid_on).label("paid_on"),
            func.max(payment.c.voucher).label("voucher"),
        )
        .where(
            *_of_households(programme, period),
            payment.c.payee_key.in_(sorted(keys)),
            payment.c.status == PaymentStatus.PAID.value,
        )
        .group_by(payment.c.payee_key)
    )
    return {
        row.payee_key: Paid(int(row.fen), row.paid_on or "", row.voucher)
        for row in tx.execute(query)
    }


def arranged(tx: Tx, programme: str, period: str, keys: Collection[str]) -> set[str]:
    """Those of these households that are on some roster already, a draft too."""
    query = select(payment.c.payee_key).where(
        *_of_households(programme, period),
        payment.c.payee_key.in_(sorted(keys)),
        payment.c.status != PaymentStatus.RELEASED.value,
    )
    return set(tx.execute(query).scalars())


def _of_households(programme: str, period: str) -> tuple[ColumnElement[bool], ...]:
    return (
        payment.c.payee_kind == PayeeKind.HOUSEHOLD.value,
        payment.c.programme == programme,
        payment.c.period == period,
    )


# How far a list is --------------------------------------------------------------------------


def waiting(tx: Tx, fan_out_id: str, message: str, below: str) -> list[str]:
    """File numbers below an organisation whose cases wait for a message, in order."""
    query = (
        select(case.c.business_key)
        .join(subscription, subscription.c.case_id == case.c.id)
        .where(
            case.c.fan_out_id == fan_out_id,
            case.c.ended_at.is_(None),
            subscription.c.name == message,
            lies_below(case.c.organisation_id, (below,)),
        )
        .distinct()
        .order_by(case.c.business_key)
    )
    return list(tx.execute(query).scalars())


def figures(tx: Tx, eyes: Eyes, of: ListKey) -> list[Figure]:
    """By county and stand, in the order of the counties' codes."""
    lines = _stands(eyes, of).subquery()
    county = organisation.alias("county")
    above = organisation_closure.alias("above")
    counties = (
        select(above.c.descendant_id, county.c.id, county.c.name, county.c.code)
        .join(county, county.c.id == above.c.ancestor_id)
        .where(above.c.kind == "approval", county.c.level == "county")
        .subquery()
    )
    query = (
        select(
            func.coalesce(counties.c.id, "").label("county_id"),
            func.coalesce(counties.c.name, "").label("county"),
            func.coalesce(counties.c.code, "").label("code"),
            lines.c.stand,
            func.count().label("n"),
            func.sum(lines.c.fen).label("fen"),
        )
        .select_from(lines.outerjoin(counties, counties.c.descendant_id == lines.c.organisation_id))
        .group_by(counties.c.id, counties.c.name, counties.c.code, lines.c.stand)
        .order_by("code", lines.c.stand)
    )
    return [
        Figure(row.county_id, row.county, Stand(row.stand), row.n, int(row.fen))
        for row in tx.execute(query)
    ]


def reasons(tx: Tx, eyes: Eyes, of: ListKey, attribute: str) -> list[tuple[str, int]]:
    """Why households are held, as an attribute of their cases says, the most frequent first."""
    lines = _stands(eyes, of).subquery()
    query = (
        select(case_attribute.c.text, func.count().label("n"))
        .select_from(lines.join(case_attribute, case_attribute.c.case_id == lines.c.id))
        .where(case_attribute.c.name == attribute, lines.c.stand == Stand.HELD.value)
        .group_by(case_attribute.c.text)
        .order_by(func.count().desc(), case_attribute.c.text)
    )
    return [(row.text or "", row.n) for row in tx.execute(query)]


@dataclass(frozen=True)
class Wanted:
    """Which households of a list: so far, below an organisation, held for a reason; or all."""

    stands: Sequence[Stand] = ()
    below: str = ""
    reason: str = ""


def listed(
    tx: Tx,
    eyes: Eyes,
    of: ListKey,
    wanted: Wanted,
    attribute: str,
    after: str,
    limit: int,
) -> list[ListedHousehold]:
    """Households of a list, by file number; ``attribute`` says why one is held."""
    lines = _stands(eyes, of).subquery()
    query = (
        select(lines, organisation.c.name.label("unit"))
        .join(organisation, organisation.c.id == lines.c.organisation_id)
        .where(lines.c.business_key > after)
        .order_by(lines.c.business_key)
        .limit(limit)
    )
    if wanted.stands:
        query = query.where(lines.c.stand.in_([one.value for one in wanted.stands]))
    if wanted.below:
        query = query.where(lies_below(lines.c.organisation_id, (wanted.below,)))
    if wanted.reason:
        for_it = select(case_attribute.c.case_id).where(
            case_attribute.c.name == attribute, case_attribute.c.text == wanted.reason
        )
        query = query.where(lines.c.id.in_(for_it), lines.c.stand == Stand.HELD.value)
    return [
        ListedHousehold(
            row.id,
            row.number,
            row.business_key,
            row.title,
            row.unit,
            Stand(row.stand),
            row.step or "",
            int(row.fen),
            bool(row.may_open),
        )
        for row in tx.execute(query)
    ]


def _stands(eyes: Eyes, of: ListKey) -> Select[Any]:
    """A row for each household of the list that she sees."""
    given = (
        select(
            payment.c.payee_key,
            func.sum(
                when((payment.c.status == PaymentStatus.PAID.value, payment.c.fen), else_=0)
            ).label("paid_fen"),
            func.max(when((payment.c.status == PaymentStatus.PAID.value, 1), else_=0)).label(
                "is_paid"
            ),
        )
        .where(*_of_households(of.programme, of.period), payment.c.status.in_(_LIVE))
        .group_by(payment.c.payee_key)
        .subquery()
    )
    steps = (
        select(task.c.case_id, func.min(task.c.name).label("step"))
        .where(task.c.status == "open")
        .group_by(task.c.case_id)
        .subquery()
    )
    is_paid = func.coalesce(given.c.is_paid, 0) == 1
    stand = when(
        (and_(is_paid, case.c.ended_at.is_not(None)), Stand.DONE.value),
        (is_paid, Stand.PAID.value),
        (case.c.status == CaseStatus.CANCELLED.value, Stand.CANCELLED.value),
        (case.c.ended_at.is_not(None), Stand.HELD.value),
        (given.c.payee_key.is_not(None), Stand.ARRANGED.value),
        (steps.c.step.is_not(None), Stand.OPEN.value),
        else_=Stand.WAITING.value,
    )
    return (
        select(
            case.c.id,
            case.c.number,
            case.c.business_key,
            case.c.title,
            case.c.organisation_id,
            steps.c.step,
            stand.label("stand"),
            func.coalesce(given.c.paid_fen, 0).label("fen"),
            when((visible_to(eyes.actor), 1), else_=0).label("may_open"),
        )
        .select_from(
            case.outerjoin(given, given.c.payee_key == case.c.business_key).outerjoin(
                steps, steps.c.case_id == case.c.id
            )
        )
        .where(case.c.fan_out_id == of.fan_out_id, _seen(eyes))
    )


def _seen(eyes: Eyes) -> ColumnElement[bool]:
    if eyes.places is None:
        return true()
    return or_(visible_to(eyes.actor), lies_below(case.c.organisation_id, eyes.places))
