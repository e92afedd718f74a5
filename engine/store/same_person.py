"""Cases that are about the same person, by keyed hashes of her numbers.

Who may not know of a case is not told of it: every question comes with the condition of its
reader (:mod:`engine.store.cases`). Numbers that lie in a compartment of a case that is kept close
stand in a table of their own (:mod:`engine.work.kept_numbers`); who reads that one must look
whether its reader may know who the person is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.store.areas import lies_below
from engine.store.cases import FOR_ALL_TO_KNOW, insert_or, looks_after, may_know_of, visible_to
from engine.store.database import Tx
from engine.store.tables import case, case_attribute, kept_number, process_version

Told = ColumnElement[bool]
"""Of which cases a reader may be told."""


@dataclass(frozen=True)
class Signs:
    """What a person is known by: hashes of her numbers; names, by the attribute they stand in."""

    hashes: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Among:
    """Which cases are looked through: of one process, or of all; without the one it is about."""

    process_key: str = ""
    without: str = ""


def for_everybody_below(organisation_id: str) -> Told:
    """Cases of an organisation and of those below it that everybody may know of there."""
    return and_(FOR_ALL_TO_KNOW, lies_below(case.c.organisation_id, [organisation_id]))


def for_whoever_works_at(actor: Actor, organisation_id: str) -> Told:
    """What somebody may be told who does such a step there: what she may know of below it."""
    below = and_(may_know_of(actor), lies_below(case.c.organisation_id, [organisation_id]))
    return or_(below, visible_to(actor))


def for_whoever_sees(actor: Actor) -> Told:
    """What somebody may be told who is at no step: the cases she sees."""
    return visible_to(actor)


def find(tx: Tx, among: Among, signs: Signs, told: Told, limit: int) -> list[str]:
    """Ids of the cases with one of the signs, the newest first.

    ``told`` says of which its reader may be told.
    """
    if not signs.hashes and not signs.names:
        return []
    query = (
        select(case.c.id)
        .where(
            *_in(among),
            exists().where(case_attribute.c.case_id == case.c.id, _one_of(signs)),
            told,
        )
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    return list(tx.execute(query).scalars())


def numbers_of(tx: Tx, case_ids: Collection[str]) -> frozenset[str]:
    """Hashes of all numbers by which the person of these cases is known; not of people in lists."""
    if not case_ids:
        return frozenset()
    query = select(case_attribute.c.key_hash).where(
        case_attribute.c.case_id.in_(sorted(case_ids)),
        case_attribute.c.key_hash.is_not(None),
        ~case_attribute.c.name.contains("."),
    )
    return frozenset(one for one in tx.execute(query).scalars() if one)


def keep(tx: Tx, case_id: str, hashes: Mapping[str, str]) -> None:
    """Write down by what the person of a case that is kept close is known, by attribute."""
    writing = insert_or(tx, kept_number).values(
        [
            {"case_id": case_id, "name": name, "key_hash": one}
            for name, one in sorted(hashes.items())
        ]
    )
    tx.execute(
        writing.on_conflict_do_update(
            index_elements=["case_id", "name"], set_={"key_hash": writing.excluded.key_hash}
        )
    )


def find_kept(
    tx: Tx, among: Among, hashes: Collection[str], limit: int
) -> Mapping[str, frozenset[str]]:
    """Cases that are kept close with one of these numbers, and in which attributes; newest first.

    Whoever asks: only the engine itself may, and must not tell anybody who may not know.
    """
    if not hashes:
        return {}
    query = (
        select(case.c.id, kept_number.c.name)
        .join(kept_number, kept_number.c.case_id == case.c.id)
        .where(*_in(among), kept_number.c.key_hash.in_(sorted(hashes)))
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(limit)
    )
    found: dict[str, set[str]] = {}
    for row in tx.execute(query):
        found.setdefault(row.id, set()).add(row.name)
    return {case_id: frozenset(names) for case_id, names in found.items()}


def kept_of(
    tx: Tx, actor: Actor, case_ids: Collection[str]
) -> Mapping[str, Sequence[tuple[str, str]]]:
    """(attribute, hash) of those of the cases whose role for kept cases she holds above them."""
    if not case_ids:
        return {}
    query = (
        select(kept_number.c.case_id, kept_number.c.name, kept_number.c.key_hash)
        .join(case, case.c.id == kept_number.c.case_id)
        .where(case.c.id.in_(sorted(case_ids)), looks_after(actor), visible_to(actor))
        .order_by(kept_number.c.case_id, kept_number.c.name)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for row in tx.execute(query):
        found.setdefault(row.case_id, []).append((row.name, row.key_hash))
    return found


def seen(tx: Tx, actor: Actor, case_ids: Collection[str]) -> frozenset[str]:
    """Those of the cases that the actor may open."""
    if not case_ids:
        return frozenset()
    query = select(case.c.id).where(case.c.id.in_(sorted(case_ids)), visible_to(actor))
    return frozenset(tx.execute(query).scalars())


def _in(among: Among) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if among.process_key:
        versions = select(process_version.c.id).where(process_version.c.key == among.process_key)
        conditions.append(case.c.definition_id.in_(versions))
    if among.without:
        conditions.append(case.c.id != among.without)
    return conditions


def _one_of(signs: Signs) -> ColumnElement[bool]:
    if signs.hashes:
        return case_attribute.c.key_hash.in_(sorted(signs.hashes))
    return or_(
        *(
            and_(case_attribute.c.name == name, case_attribute.c.text == text)
            for name, text in sorted(signs.names.items())
        )
    )
