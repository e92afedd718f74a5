"""Who sees what of the register: ONE rule, the one of cases (design.md D7, domain.md §3.16)."""

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, Exists, or_, select, true

from engine.model.actors import Actor
from engine.store.areas import lies_in_area_of
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.tables import case, organisation_closure


def may_see(actor: Actor, organisation_id: Column[str], by_case: Exists) -> ColumnElement[bool]:
    """A record of the area her roles let her see, or one that a case she sees has made.

    ``by_case`` is made by :func:`of_a_visible_case`.
    """
    if actor.is_system:
        return true()
    return or_(lies_in_area_of(actor, organisation_id), by_case)


def of_a_visible_case(actor: Actor, case_id: Column[str]) -> Exists:
    """That the case with the id in this column exists and the actor may see it."""
    # Only the column's table is the outer one: the outer query may have joined ``cases`` too.
    return (
        select(case.c.id)
        .where(case.c.id == case_id, visible_to(actor))
        .correlate(case_id.table)
        .exists()
    )


def tops_above(tx: Tx, organisation_id: str, tops: Collection[str]) -> set[str]:
    """Which of these an organisation is or lies below, by approval."""
    if not tops:
        return set()
    query = select(organisation_closure.c.ancestor_id).where(
        organisation_closure.c.descendant_id == organisation_id,
        organisation_closure.c.ancestor_id.in_(sorted(tops)),
        organisation_closure.c.kind == "approval",
    )
    return set(tx.execute(query).scalars())
