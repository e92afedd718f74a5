"""Which rows lie in an area: ONE condition over the approval tree."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store.tables import organisation_closure


def lies_below(organisation_id: ColumnElement[Any], tops: Iterable[str]) -> ColumnElement[bool]:
    """That the column names one of these organisations or one below them, by approval."""
    return organisation_id.in_(
        select(organisation_closure.c.descendant_id).where(
            organisation_closure.c.ancestor_id.in_(list(tops)),
            organisation_closure.c.kind == "approval",
        )
    )


def lies_in_area_of(actor: Actor, organisation_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """That the column names an organisation of the area the actor's roles let her see."""
    return lies_below(
        organisation_id, sorted({g.organisation_id for g in actor.grants if g.sees == "area"})
    )
