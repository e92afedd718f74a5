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
from registry.budget.model import GIVEN_BACK, LIVE, Entitlement, PayeeKind, PaymentStatus
from registry.household import OUT
from registry.store.entitlements import entitlement_of
from registry.store.fund_tables import entitlement, payment
from registry.store.funds import Places
from registry.store.tables import household

_LIVE = [status.value for status in LIVE]
_GIVEN_BACK = sorted(status.value for status in GIVEN_BACK)
_KEPT = payment.c.fen - payment.c.recovered


class Stand(StrEnum):
    """How far a household of a list is; each is in exactly one."""

    OPEN = "open"
    """Somebody has a step to do, or its notice runs, and no money was arranged."""
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
    item: str
    is_entitled: bool = False
    """Its cases say whom and how much (:mod:`registry.store.entitlements`), not the list."""


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
    key: str
    """Under which it stands in the list, in whose order they come."""
    file_no: str
    """Of its household; empty where who is paid has no file."""
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
    stands: ColumnElement[bool] = household.c.status.not_in(OUT)
    if not joining:
        stands = and_(stands, household.c.stands_since <= on)
    left_since = and_(
        household.c.status.in_(OUT), household.c.closed_on > on, household.c.opened_on <= on
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
    """What a household was paid for a list, and has."""

    fen: int
    paid_on: str
    voucher: str


def paid(tx: Tx, programme: str, period: str, item: str, keys: Collection[str]) -> dict[str, Paid]:
    """By file number, of these households, what was paid of this item already."""
    query = (
        select(
            payment.c.payee_key,
            func.sum(_KEPT).label("fen"),
            func.max(payment.c.paid_on).label("paid_on"),
            func.max(payment.c.voucher).label("voucher"),
        )
        .where(
            *_of_households(programme, period, item),
            payment.c.payee_key.in_(sorted(keys)),
            payment.c.status == PaymentStatus.PAID.value,
        )
        .group_by(payment.c.payee_key)
    )
    return {
        row.payee_key: Paid(int(row.fen), row.paid_on or "", row.voucher)
        for row in tx.execute(query)
    }


def paid_for(
    tx: Tx, programmes: Collection[str], period: str, children: Collection[str]
) -> dict[str, Paid]:
    """By child, of these, what was paid for it already."""
    query = (
        select(
            payment.c.beneficiary,
            func.sum(_KEPT).label("fen"),
            func.max(payment.c.paid_on).label("paid_on"),
            func.max(payment.c.voucher).label("voucher"),
        )
        .where(
            payment.c.beneficiary != "",
            payment.c.beneficiary.in_(sorted(children)),
            payment.c.programme.in_(sorted(programmes)),
            payment.c.period == period,
            payment.c.status == PaymentStatus.PAID.value,
        )
        .group_by(payment.c.beneficiary)
    )
    return {
        row.beneficiary: Paid(int(row.fen), row.paid_on or "", row.voucher)
        for row in tx.execute(query)
    }


def _of_households(programme: str, period: str, item: str) -> tuple[ColumnElement[bool], ...]:
    return (
        payment.c.payee_kind == PayeeKind.HOUSEHOLD.value,
        payment.c.programme == programme,
        payment.c.period == period,
        payment.c.item == item,
    )


def _of_its_household(of: ListKey) -> tuple[ColumnElement[bool], ...]:
    """Payments for a list of the household, or of what else, that a case of it is about."""
    if of.is_entitled:
        return (
            entitlement.c.case_id == case.c.id,
            payment.c.payee_kind == entitlement.c.payee_kind,
            payment.c.payee_key == entitlement.c.payee_key,
            payment.c.beneficiary == entitlement.c.beneficiary,
            payment.c.programme == entitlement.c.programme,
            payment.c.period == entitlement.c.period,
        )
    return (
        *_of_households(of.programme, of.period, of.item),
        payment.c.payee_key == case.c.business_key,
    )


# How far a list is --------------------------------------------------------------------------


def to_arrange(tx: Tx, of: ListKey, message: str, below: str) -> list[str]:
    """File numbers below an organisation whose cases wait for a message, in order.

    Without those that are on some roster already, a draft too.
    """
    on_a_roster = (
        select(payment.c.id)
        .where(*_of_its_household(of), payment.c.status.not_in(_GIVEN_BACK))
        .correlate(case)
        .exists()
    )
    query = (
        select(case.c.business_key)
        .join(subscription, subscription.c.case_id == case.c.id)
        .where(
            case.c.fan_out_id == of.fan_out_id,
            case.c.ended_at.is_(None),
            subscription.c.name == message,
            lies_below(case.c.organisation_id, (below,)),
            ~on_a_roster,
        )
        .distinct()
        .order_by(case.c.business_key)
    )
    return list(tx.execute(query).scalars())


def entitled(tx: Tx, of: ListKey, message: str, below: str, programme: str) -> list[Entitlement]:
    """What cases of a list found and wait for, below an organisation, of one programme.

    Without what is on some roster already, a draft too.
    """
    on_a_roster = (
        select(payment.c.id)
        .where(*_of_its_household(of), payment.c.status.not_in(_GIVEN_BACK))
        .correlate(case, entitlement)
        .exists()
    )
    waits = (
        select(subscription.c.token)
        .where(subscription.c.case_id == case.c.id, subscription.c.name == message)
        .correlate(case)
        .exists()
    )
    query = (
        select(entitlement)
        .join(case, case.c.id == entitlement.c.case_id)
        .where(
            case.c.fan_out_id == of.fan_out_id,
            case.c.ended_at.is_(None),
            entitlement.c.programme == programme,
            lies_below(case.c.organisation_id, (below,)),
            waits,
            ~on_a_roster,
        )
        .order_by(entitlement.c.organisation_id, entitlement.c.payee_key, entitlement.c.beneficiary)
    )
    return [entitlement_of(row) for row in tx.execute(query)]


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
            row.file_no or "",
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
    """A row for each household of the list that she sees.

    Steps and payments are looked up case by case, each in its index: the federation has many more
    of both than are this list's.
    """
    is_paid = payment.c.status == PaymentStatus.PAID.value
    given = (*_of_its_household(of), payment.c.status.in_(_LIVE))
    best = select(func.max(when((is_paid, 1), else_=0))).where(*given)
    fen = select(func.sum(when((is_paid, _KEPT), else_=0))).where(*given)
    step = select(func.min(task.c.name)).where(task.c.case_id == case.c.id, task.c.status == "open")
    file_no: Any = case.c.business_key
    is_found: Any = true()
    if of.is_entitled:
        is_found = select(entitlement.c.case_id).where(entitlement.c.case_id == case.c.id)
        is_found = is_found.correlate(case).exists()
        is_file = entitlement.c.payee_kind == PayeeKind.HOUSEHOLD.value
        file_no = (
            select(entitlement.c.payee_key)
            .where(entitlement.c.case_id == case.c.id, is_file)
            .correlate(case)
            .scalar_subquery()
        )
    of_case = (
        select(
            case.c.id,
            file_no.label("file_no"),
            when((is_found, 1), else_=0).label("is_found"),
            case.c.number,
            case.c.business_key,
            case.c.title,
            case.c.organisation_id,
            case.c.status,
            case.c.ended_at,
            best.correlate(case).scalar_subquery().label("is_paid"),
            fen.correlate(case).scalar_subquery().label("fen"),
            step.correlate(case).scalar_subquery().label("step"),
            when((visible_to(eyes.actor), 1), else_=0).label("may_open"),
        )
        .where(case.c.fan_out_id == of.fan_out_id, _seen(eyes))
        .subquery()
    )
    has_ended = of_case.c.ended_at.is_not(None)
    stand = when(
        (and_(of_case.c.is_paid == 1, has_ended), Stand.DONE.value),
        (of_case.c.is_paid == 1, Stand.PAID.value),
        (of_case.c.status == CaseStatus.CANCELLED.value, Stand.CANCELLED.value),
        (has_ended, Stand.HELD.value),
        (of_case.c.is_paid.is_not(None), Stand.ARRANGED.value),
        (or_(of_case.c.step.is_not(None), of_case.c.is_found == 0), Stand.OPEN.value),
        else_=Stand.WAITING.value,
    )
    return select(
        of_case.c.id,
        of_case.c.file_no,
        of_case.c.number,
        of_case.c.business_key,
        of_case.c.title,
        of_case.c.organisation_id,
        of_case.c.step,
        stand.label("stand"),
        func.coalesce(of_case.c.fen, 0).label("fen"),
        of_case.c.may_open,
    )


def _seen(eyes: Eyes) -> ColumnElement[bool]:
    if eyes.places is None:
        return true()
    return or_(visible_to(eyes.actor), lies_below(case.c.organisation_id, eyes.places))
