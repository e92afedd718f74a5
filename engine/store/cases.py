"""Cases in the tables: load, save, list, search; and ``visible_to``, the ONE rule of sight."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy import (
    Table,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from engine.model.actors import Actor
from engine.model.cases import Attribute, Case, CaseLine, CaseStatus, Reached
from engine.model.confidentiality import PERSON, UNIT, Degree
from engine.model.definitions import RESOLVED
from engine.model.pinyin import search_text, typed
from engine.store.areas import lies_below, lies_in_area_of
from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text, to_text_or_none
from engine.store.ready import GATHERED, Ready
from engine.store.ready_for import ReadyFor
from engine.store.tables import (
    case,
    case_attribute,
    case_exclusion,
    milestone,
    organisation,
    organisation_closure,
    process_version,
    queue,
    task,
)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Which cases a person may see: ONE condition over the ``cases`` table (design.md D7).

    The cases of the area her roles let her see (domain.md §3.16), those she started or worked
    on, and those whose open step is hers to do although the case lies elsewhere. Of sealed cases
    not those of her area: those she has a part in, and those her role is there for. Never one
    that she is kept away from.
    """
    if actor.is_system:
        return true()
    if actor.is_guest or actor.is_writer:
        return false()  # what she sees of her case is not a case as staff see it
    return and_(
        or_(
            and_(_NOT_SEALED, lies_in_area_of(actor, case.c.organisation_id)),
            _has_a_part(actor),
            _unseals(actor),
        ),
        _is_not_kept_from(actor),
    )


def may_know_of(actor: Actor) -> ColumnElement[bool]:
    """Which cases may stand in a list or number that is not of her cases: a part of the rule.

    An administrator's failed jobs, a designer's running cases: everything but sealed cases that
    are not hers to see, and those she is kept away from.
    """
    if actor.is_system:
        return true()
    return and_(
        or_(_NOT_SEALED, _has_a_part(actor), _unseals(actor)),
        _is_not_kept_from(actor),
    )


_NOT_SEALED = case.c.confidentiality < int(Degree.SEALED)

FOR_ALL_TO_KNOW = and_(_NOT_SEALED, ~case.c.excludes)
"""Cases that may be counted whoever reads the number."""


def _is_not_kept_from(actor: Actor) -> ColumnElement[bool]:
    """That the case names neither her nor a unit she belongs to (the column saves the look)."""
    named = [(PERSON, actor.person_id), *((UNIT, unit) for unit in _units_of(actor))]
    kept = exists().where(
        case_exclusion.c.case_id == case.c.id,
        tuple_(case_exclusion.c.kind, case_exclusion.c.ref).in_(named),
    )
    return or_(~case.c.excludes, ~kept.correlate(case))


def _units_of(actor: Actor) -> list[str]:
    return sorted({*actor.units, actor.organisation_id} - {""})


def _unseals(actor: Actor) -> ColumnElement[bool]:
    """That it is sealed and her role is there for it, where a step is handled or above."""
    return and_(~_NOT_SEALED, looks_after(actor))


def looks_after(actor: Actor) -> ColumnElement[bool]:
    """That she holds the role for kept cases (``sealedRole``) where a step is handled or above."""
    if not actor.grants:
        return false()
    above = organisation_closure
    return (
        exists()
        .where(
            task.c.case_id == case.c.id,
            queue.c.id == task.c.queue_id,
            above.c.descendant_id == queue.c.handling_id,
            above.c.kind == "approval",
            tuple_(case.c.sealed_role, above.c.ancestor_id).in_(places_of(actor)),
        )
        .correlate(case)
    )


def _has_a_part(actor: Actor) -> ColumnElement[bool]:
    """That she started it, did or holds a step of it, or may do one that is open."""
    return or_(
        case.c.started_by == actor.person_id,
        exists()
        .where(
            task.c.case_id == case.c.id,
            or_(task.c.completed_by == actor.person_id, task.c.assignee == actor.person_id),
        )
        .correlate(case),
        exists()
        .where(task.c.case_id == case.c.id, task.c.status == "open", in_queues_of(actor))
        .correlate(case),
    )


def may_see_at(
    actor: Actor, case_id: ColumnElement[str], place_id: ColumnElement[str]
) -> ColumnElement[bool]:
    """The same rule for rows of running cases that say where a case lies that all there may see.

    Most rows need no look at their case then; ``place_id`` is NULL where its own words count. In
    what she has a part is found from her side, where it is little.
    """
    if actor.is_system or actor.is_guest or actor.is_writer:
        return visible_to(actor)
    asked = exists().where(case.c.id == case_id, visible_to(actor))
    begun = select(case.c.id).where(case.c.started_by == actor.person_id, case.c.ended_at.is_(None))
    hers = or_(task.c.completed_by == actor.person_id, task.c.assignee == actor.person_id)
    waits = exists().where(
        task.c.case_id == case_id, task.c.status == literal_column("'open'"), in_queues_of(actor)
    )
    has_a_part = or_(case_id.in_(begun), case_id.in_(select(task.c.case_id).where(hers)), waits)
    return or_(
        lies_in_area_of(actor, place_id),
        and_(place_id.is_not(None), has_a_part),
        and_(place_id.is_(None), asked),
    )


def in_queues_of(actor: Actor) -> ColumnElement[bool]:
    """Tasks in the queues that the actor's roles handle."""
    if not actor.grants:
        return false()
    leads_to_her = tuple_(queue.c.role, queue.c.handling_id).in_(places_of(actor))
    return task.c.queue_id.in_(select(queue.c.id).where(leads_to_her))


Place = tuple[str, str]
"""A role and the organisation it is held at."""


def places_of(actor: Actor) -> list[Place]:
    """Where the actor's roles are held; queues that lead there are hers."""
    return sorted({(grant.role, grant.organisation_id) for grant in actor.grants})


def case_of(r: Any) -> Case:
    """A case from its row, as a mapping."""
    return Case(
        id=r["id"],
        number=r["number"],
        definition_id=r["definition_id"],
        organisation_id=r["organisation_id"],
        business_key=r["business_key"],
        title=r["title"],
        status=CaseStatus(r["status"]),
        milestone=r["milestone"],
        started_by=r["started_by"],
        created_at=from_text(r["created_at"]),
        ended_at=from_text_or_none(r["ended_at"]),
        total_due_at=from_text_or_none(r["total_due_at"]),
        total_limit=r["total_limit"],
        paused_since=from_text_or_none(r["paused_since"]),
        pauses=tuple((from_text(a), from_text(b)) for a, b in orjson.loads(r["pauses"])),
        rev=r["rev"],
        next_task_no=r["next_task_no"],
        event_count=r["event_count"],
        chain_head=r["chain_head"],
        data_key=r["data_key"],
        state=r["state"],
        confidentiality=r["confidentiality"],
        sealed_role=r["sealed_role"],
        excludes=bool(r["excludes"]),
    )


def _fixed_values(c: Case) -> dict[str, object]:
    """What a case is from its start to its end."""
    return {
        "id": c.id,
        "number": c.number,
        "organisation_id": c.organisation_id,
        "business_key": c.business_key,
        "started_by": c.started_by,
        "created_at": to_text(c.created_at),
        "data_key": c.data_key,
    }


def _moving_values(c: Case) -> dict[str, object]:
    return {
        "definition_id": c.definition_id,
        "title": c.title,
        "status": c.status.value,
        "milestone": c.milestone,
        "ended_at": to_text_or_none(c.ended_at),
        "total_due_at": to_text_or_none(c.total_due_at),
        "total_limit": c.total_limit,
        "paused_since": to_text_or_none(c.paused_since),
        "pauses": orjson.dumps([[to_text(a), to_text(b)] for a, b in c.pauses]).decode(),
        "rev": c.rev,
        "next_task_no": c.next_task_no,
        "event_count": c.event_count,
        "chain_head": c.chain_head,
        "state": c.state,
        "confidentiality": c.confidentiality,
        "sealed_role": c.sealed_role,
        "excludes": c.excludes,
    }


def load(tx: Tx, case_id: str) -> Case | None:
    """The case, whoever asks."""
    row = _LOAD.first(tx, {"case": case_id})
    return None if row is None else case_of(row)


_LOAD = Ready(select(case).where(case.c.id == bindparam("case")))


def standing(
    tx: Tx, process_key: str, organisation_id: str, business_key: str
) -> tuple[str, str] | None:
    """Id and number of a unit's case of a process under a key that runs or was resolved."""
    resolved = (
        exists()
        .where(milestone.c.case_id == case.c.id, milestone.c.name == RESOLVED)
        .correlate(case)
    )
    versions = select(process_version.c.id).where(process_version.c.key == process_key)
    row = tx.execute(
        select(case.c.id, case.c.number)
        .where(
            case.c.definition_id.in_(versions),
            case.c.organisation_id == organisation_id,
            case.c.business_key == business_key,
            case.c.status != CaseStatus.CANCELLED.value,
            or_(case.c.ended_at.is_(None), resolved),
        )
        .limit(1)
    ).first()
    return None if row is None else (row.id, row.number)


def oldest_and_newest(tx: Tx) -> list[Case]:
    """The case begun first and the one begun last; nothing when there is none."""
    rows = (
        tx.execute(select(case).order_by(order).limit(1)).mappings().first()
        for order in (case.c.id, case.c.id.desc())
    )
    return [case_of(row) for row in rows if row is not None]


def load_visible(tx: Tx, actor: Actor, case_id: str) -> Case | None:
    """The case, if the actor may see it."""
    row = _LOAD_VISIBLE.first(tx, actor, {"case": case_id})
    return None if row is None else case_of(row)


_THIS_CASE = case.c.id == bindparam("case")
_LOAD_VISIBLE = ReadyFor(lambda actor: select(case).where(_THIS_CASE, visible_to(actor)))
_IS_VISIBLE = ReadyFor(lambda actor: select(case.c.id).where(_THIS_CASE, visible_to(actor)))
_IS_KNOWN = ReadyFor(lambda actor: select(case.c.id).where(_THIS_CASE, may_know_of(actor)))
_ADD = Ready(insert(case))
_SAVE = Ready(
    update(case).where(case.c.id == bindparam("case_id"), case.c.rev == bindparam("seen_rev"))
)


def add(tx: Tx, new: Case) -> None:
    """Write a new case."""
    _ADD.write(tx, {**_fixed_values(new), **_moving_values(new)})


def save(tx: Tx, changed: Case, seen_rev: int) -> None:
    """Write a case back. Raises Collision, at the latest at the commit, when it has moved on.

    What is fixed at its start is left alone: a column that is named has its indexes and
    references looked up again. The WHERE clause is the lock: reading first and writing later
    would let both win.
    """
    gathered = tx.info.get(GATHERED)
    if gathered is not None:
        gathered.change_case(changed.id, _moving_values(changed))
        return
    _SAVE.write_one(tx, {**_moving_values(changed), "case_id": changed.id, "seen_rev": seen_rev})


def keep_closer(
    tx: Tx, case_id: str, confidentiality: int, sealed_role: str | None, *, excludes: bool
) -> None:
    """Write how closely a case is kept now, beside any step of it.

    Whoever moves it at this moment finds that it has moved on: she has read from whom it was kept.
    """
    tx.execute(
        update(case)
        .where(case.c.id == case_id)
        .values(
            confidentiality=confidentiality,
            sealed_role=sealed_role,
            excludes=excludes,
            rev=case.c.rev + 1,
        )
    )


def save_locked(tx: Tx, changed: Sequence[tuple[Case, int]]) -> None:
    """Write cases back that were read with their rows locked, each with the revision it had."""
    _SAVE.write_all(
        tx,
        [{**_moving_values(one), "case_id": one.id, "seen_rev": seen} for one, seen in changed],
    )


def save_head(tx: Tx, case_id: str, seen_rev: int, event_count: int, chain_head: str) -> bool:
    """Write the new end of the history alone; False when somebody else was faster."""
    done = tx.execute(
        update(case)
        .where(case.c.id == case_id, case.c.rev == seen_rev)
        .values(rev=seen_rev + 1, event_count=event_count, chain_head=chain_head)
    )
    return done.rowcount == 1


def reach_milestones(tx: Tx, case_id: str, reached: Iterable[Reached]) -> None:
    """Write down milestones; the first time counts."""
    first: dict[str, Reached] = {}
    for one in reached:
        first.setdefault(one.name, one)
    rows = [
        {
            "case_id": case_id,
            "name": one.name,
            "reached_at": to_text(one.at),
            "process_key": one.process_key,
            "element_id": one.element_id,
        }
        for one in first.values()
    ]
    _REACH[tx.dialect.name].write_all(tx, rows)


def milestones(tx: Tx, case_id: str) -> list[Reached]:
    """Milestones reached, oldest first."""
    return [
        Reached(row.name, from_text(row.reached_at), row.process_key, row.element_id)
        for row in _MILESTONES.records(tx, {"case": case_id})
    ]


_MILESTONES = Ready(
    select(milestone)
    .where(milestone.c.case_id == bindparam("case"))
    .order_by(milestone.c.reached_at)
)


Upsert = sqlite.Insert | postgresql.Insert
"""An INSERT that may say what to do with a row that is there already, in one statement."""

_UPSERTS: Mapping[str, Callable[[Table], Upsert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
_ATTRIBUTE = ("label", "text", "number", "date", "key_hash", "last4", "pinyin")


def insert_or(tx: Tx, table: Table) -> Upsert:
    """Such an INSERT for this database."""
    return _UPSERTS[tx.dialect.name](table)


def _replacing(writing: Upsert) -> Upsert:
    return writing.on_conflict_do_update(
        index_elements=["case_id", "name"],
        set_={column: writing.excluded[column] for column in _ATTRIBUTE},
    )


_REACH = {db: Ready(of(milestone).on_conflict_do_nothing()) for db, of in _UPSERTS.items()}
_PUT = {db: Ready(_replacing(of(case_attribute))) for db, of in _UPSERTS.items()}


def put_attributes(tx: Tx, case_id: str, new: Sequence[Attribute]) -> None:
    """Replace the attributes of these names."""
    rows = [
        {
            "case_id": case_id,
            "name": a.name,
            "label": a.label,
            "text": a.text,
            "number": a.number,
            "date": None if a.date is None else a.date.isoformat(),
            "key_hash": a.key_hash,
            "last4": a.last4,
            "pinyin": search_text(a.text or "") or None,
        }
        for a in new
    ]
    _PUT[tx.dialect.name].write_all(tx, rows)


def attributes(tx: Tx, case_id: str) -> list[Attribute]:
    """What is searchable of a case."""
    return [
        Attribute(
            row.name,
            row.label,
            row.text,
            None if row.number is None else Decimal(row.number),
            None if row.date is None else date.fromisoformat(row.date),
            row.key_hash,
            row.last4,
        )
        for row in tx.execute(
            select(case_attribute)
            .where(case_attribute.c.case_id == case_id)
            .order_by(case_attribute.c.name)
        )
    ]


@dataclass(frozen=True)
class CaseQuestion:
    """What a list of cases is narrowed to."""

    status: str = ""
    process_key: str = ""
    organisation_id: str = ""
    text: str = ""
    lookup_hash: str = ""
    element_id: str = ""
    started_or_done_by: str = ""
    after: tuple[str, str] | None = None
    limit: int = 50


_LINE = (
    case.c.id,
    case.c.number,
    case.c.title,
    case.c.definition_id,
    case.c.organisation_id,
    case.c.status,
    case.c.milestone,
    case.c.business_key,
    case.c.created_at,
    case.c.ended_at,
    case.c.total_due_at,
    organisation.c.name.label("organisation_name"),
    process_version.c.name.label("process_name"),
)


def lines(tx: Tx, actor: Actor, question: CaseQuestion) -> list[CaseLine]:
    """Cases the actor may see, newest first, one more than asked to know whether there are more."""
    query = (
        select(*_LINE)
        .select_from(
            case.join(organisation, organisation.c.id == case.c.organisation_id).join(
                process_version, process_version.c.id == case.c.definition_id
            )
        )
        .where(visible_to(actor), *_narrowed(question))
        .order_by(case.c.created_at.desc(), case.c.id.desc())
        .limit(question.limit + 1)
    )
    rows = tx.execute(query).all()
    steps = _open_steps(tx, [row.id for row in rows])
    return [line_of(row, tuple(steps.get(row.id, ()))) for row in rows]


def line(tx: Tx, case_id: str) -> CaseLine | None:
    """One row of such a list."""
    row = tx.execute(
        select(*_LINE)
        .select_from(
            case.join(organisation, organisation.c.id == case.c.organisation_id).join(
                process_version, process_version.c.id == case.c.definition_id
            )
        )
        .where(case.c.id == case_id)
    ).first()
    return None if row is None else line_of(row, tuple(_open_steps(tx, [case_id]).get(case_id, ())))


def _narrowed(question: CaseQuestion) -> list[ColumnElement[bool]]:
    narrowed: list[ColumnElement[bool]] = []
    if question.status:
        narrowed.append(case.c.status == question.status)
    if question.process_key:
        narrowed.append(process_version.c.key == question.process_key)
    if question.organisation_id:
        narrowed.append(lies_below(case.c.organisation_id, [question.organisation_id]))
    if question.element_id:
        narrowed.append(
            exists().where(
                task.c.case_id == case.c.id,
                task.c.status == "open",
                task.c.element_id == question.element_id,
            )
        )
    if question.started_or_done_by:
        narrowed.append(
            or_(
                case.c.started_by == question.started_or_done_by,
                exists().where(
                    task.c.case_id == case.c.id,
                    task.c.completed_by == question.started_or_done_by,
                ),
            )
        )
    if question.text:
        narrowed.append(matches(question.text, question.lookup_hash))
    if question.after is not None:
        narrowed.append(tuple_(case.c.created_at, case.c.id) < question.after)
    return narrowed


def matches(text: str, lookup_hash: str) -> ColumnElement[bool]:
    """Cases found by number, title, a searchable text or its pinyin, a number or its last four.

    A character that cannot be typed is asked for with a question mark: 张?明.
    """
    pattern = like_pattern(text)
    ways = [
        case_attribute.c.text.like(pattern, escape="\\"),
        case_attribute.c.last4 == text.upper(),
        case_attribute.c.key_hash == lookup_hash,
    ]
    spelled = typed(text)
    if spelled is not None:
        ways.append(case_attribute.c.pinyin.contains(spelled))
    in_attributes = exists().where(case_attribute.c.case_id == case.c.id, or_(*ways))
    return or_(
        case.c.number.like(pattern, escape="\\"),
        case.c.title.like(pattern, escape="\\"),
        case.c.business_key == text,
        in_attributes,
    )


_ANY_CHARACTER = re.compile("[??□〓]")
"""What people type, or what an old system left, for a character it does not have."""


def like_pattern(text: str) -> str:
    """What somebody types as a pattern for LIKE, with ``\\`` to escape."""
    return f"%{_ANY_CHARACTER.sub('_', _escaped(text))}%"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _open_steps(tx: Tx, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """The names of what is open, each once: with its number where a step is repeated."""
    steps: dict[str, list[str]] = {}
    if case_ids:
        for row in tx.execute(
            select(task.c.case_id, task.c.name, func.count().label("n"))
            .where(task.c.case_id.in_(case_ids), task.c.status == "open")
            .group_by(task.c.case_id, task.c.name)
            .order_by(func.min(task.c.number))
        ):
            told = row.name if row.n == 1 else f"{row.name} ×{row.n}"
            steps.setdefault(row.case_id, []).append(told)
    return steps


def line_of(row: Any, steps: tuple[str, ...]) -> CaseLine:
    """A line from a row of these columns."""
    return CaseLine(
        id=row.id,
        number=row.number,
        title=row.title,
        definition_id=row.definition_id,
        process_name=row.process_name,
        organisation_id=row.organisation_id,
        organisation_name=row.organisation_name,
        status=row.status,
        milestone=row.milestone,
        business_key=row.business_key,
        created_at=from_text(row.created_at),
        ended_at=from_text_or_none(row.ended_at),
        total_due_at=from_text_or_none(row.total_due_at),
        steps=steps,
    )


def counts_per_step(tx: Tx, actor: Actor, *, everywhere: bool) -> list[tuple[str, str, str, int]]:
    """(process key, element id, step name, open cases) of the cases the actor may see.

    ``everywhere`` counts all cases she may know of: a number a step says nothing about anybody.
    """
    count = func.count(func.distinct(task.c.case_id))
    return [
        (row.process_key, row.element_id, row.name, row.n)
        for row in tx.execute(
            select(
                task.c.process_key,
                task.c.element_id,
                func.min(task.c.name).label("name"),
                count.label("n"),
            )
            .select_from(task.join(case, case.c.id == task.c.case_id))
            .where(task.c.status == "open", _counted(actor, everywhere=everywhere))
            .group_by(task.c.process_key, task.c.element_id)
            .order_by(task.c.process_key, task.c.element_id)
        )
    ]


def _counted(actor: Actor, *, everywhere: bool) -> ColumnElement[bool]:
    return may_know_of(actor) if everywhere else visible_to(actor)


def count_by_definition(tx: Tx, actor: Actor, *, everywhere: bool) -> dict[tuple[str, str], int]:
    """Cases the actor may see, by (definition id, status); all of them with ``everywhere``."""
    return {
        (row.definition_id, row.status): row.n
        for row in tx.execute(
            select(case.c.definition_id, case.c.status, func.count().label("n"))
            .where(_counted(actor, everywhere=everywhere))
            .group_by(case.c.definition_id, case.c.status)
        )
    }


def is_visible(tx: Tx, actor: Actor, case_id: str) -> bool:
    """Whether the actor may see the case."""
    return _IS_VISIBLE.first(tx, actor, {"case": case_id}) is not None


def is_for_all_to_know(tx: Tx, case_id: str) -> bool:
    """Whether whoever reads it may be told that there is such a case."""
    found = select(case.c.id).where(case.c.id == case_id, FOR_ALL_TO_KNOW)
    return tx.execute(found).first() is not None


def may_be_known_to(tx: Tx, actor: Actor, case_id: str) -> bool:
    """Whether the actor may know that there is such a case, though it be none of hers."""
    return _IS_KNOWN.first(tx, actor, {"case": case_id}) is not None


def looks_after_sealed(tx: Tx, actor: Actor, case_id: str) -> bool:
    """Whether she holds the role for sealed cases where the case is handled or above, sees it."""
    asked = select(case.c.id).where(case.c.id == case_id, looks_after(actor), visible_to(actor))
    return tx.execute(asked).first() is not None


def drop_attributes(tx: Tx, case_id: str, fields: Collection[str]) -> Mapping[str, str]:
    """What of these fields can be searched of a case can be no more, items of lists included.

    The keyed hashes there were, by attribute.
    """
    if not fields:
        return {}
    of_items = (case_attribute.c.name.endswith(f".{one}", autoescape=True) for one in fields)
    below = (case_attribute.c.name.startswith(f"{one}.", autoescape=True) for one in fields)
    named = case_attribute.c.name.in_(sorted(fields))
    dropped = and_(case_attribute.c.case_id == case_id, or_(named, *of_items, *below))
    there = select(case_attribute.c.name, case_attribute.c.key_hash).where(dropped)
    hashes = {row.name: row.key_hash for row in tx.execute(there) if row.key_hash}
    tx.execute(delete(case_attribute).where(dropped))
    return hashes
