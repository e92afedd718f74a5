"""What cases say of themselves for figures: milestones and report attributes, case by case.

A figure is counted from these rows and its list is drawn from them, so that the two cannot differ.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.cases import Attribute, CaseStatus
from engine.store.areas import lies_below
from engine.store.cases import FOR_ALL_TO_KNOW, visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.tables import case, case_attribute, milestone, process_version


@dataclass(frozen=True)
class FactQuestion:
    """Cases of one process that were begun in a span; ``attributes`` are those wanted."""

    process_key: str
    since: datetime
    until: datetime
    attributes: Collection[str]
    below: str = ""


@dataclass(frozen=True)
class CaseFact:
    """One case."""

    id: str
    number: str
    title: str
    organisation_id: str
    status: str
    created_at: datetime
    ended_at: datetime | None
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    kept_numbers: Mapping[str, str] = field(default_factory=dict)
    """Hashes of numbers that lie in a compartment, by attribute: to be compared, not to be told."""

    def text(self, name: str) -> str:
        """What an attribute says; empty without it."""
        found = self.attributes.get(name)
        return "" if found is None else found.text or ""

    def number_of(self, name: str) -> Decimal:
        """The number of an attribute; 0 without it."""
        found = self.attributes.get(name)
        return Decimal(0) if found is None or found.number is None else found.number

    def day(self, name: str) -> date | None:
        """The day of an attribute."""
        found = self.attributes.get(name)
        return None if found is None else found.date


def visible(tx: Tx, actor: Actor, question: FactQuestion) -> Sequence[CaseFact]:
    """Those the actor may see, oldest first; without those that were begun by mistake."""
    return _facts(tx, question, visible_to(actor))


def for_all_to_know(tx: Tx, question: FactQuestion) -> Sequence[CaseFact]:
    """Those whose number may be told to anybody: none that is sealed or kept from somebody."""
    return _facts(tx, question, FOR_ALL_TO_KNOW)


def _facts(tx: Tx, question: FactQuestion, seen: ColumnElement[bool]) -> Sequence[CaseFact]:
    wanted = [
        process_version.c.key == question.process_key,
        case.c.created_at >= to_text(question.since),
        case.c.created_at < to_text(question.until),
        case.c.status != CaseStatus.CANCELLED.value,
        seen,
    ]
    if question.below:
        wanted.append(lies_below(case.c.organisation_id, [question.below]))
    of_process = case.join(process_version, process_version.c.id == case.c.definition_id)
    ids = select(case.c.id).select_from(of_process).where(*wanted)
    reached: dict[str, dict[str, datetime]] = {}
    for row in tx.execute(select(milestone).where(milestone.c.case_id.in_(ids))):
        reached.setdefault(row.case_id, {})[row.name] = from_text(row.reached_at)
    said: dict[str, dict[str, Attribute]] = {}
    names = sorted(question.attributes)
    for row in tx.execute(
        select(case_attribute).where(
            case_attribute.c.case_id.in_(ids), case_attribute.c.name.in_(names)
        )
    ):
        said.setdefault(row.case_id, {})[row.name] = Attribute(
            row.name,
            row.label,
            row.text,
            None if row.number is None else Decimal(row.number),
            None if row.date is None else date.fromisoformat(row.date),
            row.key_hash,
            row.last4,
        )
    rows = tx.execute(
        select(
            case.c.id,
            case.c.number,
            case.c.title,
            case.c.organisation_id,
            case.c.status,
            case.c.created_at,
            case.c.ended_at,
        )
        .select_from(of_process)
        .where(*wanted)
        .order_by(case.c.created_at, case.c.id)
    )
    return [
        CaseFact(
            row.id,
            row.number,
            row.title,
            row.organisation_id,
            row.status,
            from_text(row.created_at),
            from_text_or_none(row.ended_at),
            reached.get(row.id, {}),
            said.get(row.id, {}),
        )
        for row in rows
    ]
