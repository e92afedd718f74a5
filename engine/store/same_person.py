"""Cases of one process that are about the same person, by keyed hashes of her numbers.

Who may not know of a case is not told of it: every question comes with the condition of its
reader (:mod:`engine.store.cases`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store.areas import lies_below
from engine.store.cases import FOR_ALL_TO_KNOW, may_know_of, visible_to
from engine.store.database import Tx
from engine.store.tables import case, case_attribute, process_version


@dataclass(frozen=True)
class Signs:
    """What a person is known by: hashes of her numbers; names, by the attribute they stand in."""

    hashes: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


def for_everybody_below(organisation_id: str) -> ColumnElement[bool]:
    """Cases of an organisation and of those below it that everybody may know of there."""
    return and_(FOR_ALL_TO_KNOW, lies_below(case.c.organisation_id, [organisation_id]))


def for_whoever_works_at(actor: Actor, organisation_id: str) -> ColumnElement[bool]:
    """What somebody may be told who does such a step there: what she may know of below it."""
    below = and_(may_know_of(actor), lies_below(case.c.organisation_id, [organisation_id]))
    return or_(below, visible_to(actor))


def find(tx: Tx, case_id: str, signs: Signs, told: ColumnElement[bool], limit: int) -> list[str]:
    """Ids of the other cases of its process with one of the signs, the newest first.

    ``told`` says of which its reader may be told.
    """
    if not signs.hashes and not signs.names:
        return []
    key = (
        select(process_version.c.key)
        .join(case, case.c.definition_id == process_version.c.id)
        .where(case.c.id == case_id)
        .scalar_subquery()
    )
    of_process = select(process_version.c.id).where(process_version.c.key == key)
    query = (
        select(case.c.id)
        .where(
            case.c.id != case_id,
            case.c.definition_id.in_(of_process),
            exists().where(case_attribute.c.case_id == case.c.id, _one_of(signs)),
            told,
        )
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def seen(tx: Tx, actor: Actor, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that the actor may open."""
    if not case_ids:
        return frozenset()
    query = select(case.c.id).where(case.c.id.in_(sorted(case_ids)), visible_to(actor))
    return frozenset(tx.execute(query).scalars())


def _one_of(signs: Signs) -> ColumnElement[bool]:
    if signs.hashes:
        return case_attribute.c.key_hash.in_(sorted(signs.hashes))
    return or_(
        *(
            and_(case_attribute.c.name == name, case_attribute.c.text == text)
            for name, text in sorted(signs.names.items())
        )
    )
