"""Lists that are imported, in the tables."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy import case as choose

from engine.model.actors import Actor
from engine.model.cases import NOT_OVER
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.tables import case, case_attribute, task
from engine.store.vault import Vault
from registry.incoming.batch import (
    Batch,
    Row,
    State,
    Status,
    packed_problems,
    packed_row,
    unpacked_problems,
    unpacked_row,
)
from registry.incoming.rows import Problem
from registry.store.import_tables import import_batch, import_mark, import_row

PERSON = "person"
"""The scope of marks that are of a person's number."""

_AT_ONCE = 500
_CANCELLED = "cancelled"
_WITHOUT_FILE = [column for column in import_batch.c if column.name != "content"]


def sealed_rows(vault: Vault, batch_id: str, rows: Iterable[Row]) -> list[dict[str, object]]:
    """Rows as they are written: sealed before anybody is held up by a transaction."""
    return [_values(vault, batch_id, row) for row in rows]


def add(tx: Tx, vault: Vault, batch: Batch, sealed_file: bytes) -> None:
    """Write a list without its rows."""
    loose = orjson.dumps(packed_problems(batch.loose))
    tx.execute(
        insert(import_batch).values(
            id=batch.id,
            kind=batch.kind,
            by_id=batch.by_id,
            organisation_id=batch.organisation_id,
            file_name=batch.file_name,
            file_hash=batch.file_hash,
            created_at=to_text(batch.created_at),
            changed_at=to_text(batch.changed_at),
            status=batch.status.value,
            content=sealed_file,
            loose=vault.seal(loose, f"import/{batch.id}/loose"),
        )
    )


def sealed_file(vault: Vault, batch_id: str, content: bytes) -> bytes:
    """The file as it is kept."""
    return vault.seal(content, f"import/{batch_id}/file")


def add_rows(tx: Tx, rows: Sequence[dict[str, object]]) -> None:
    """Write rows of a list."""
    tx.execute(insert(import_row), rows)


def batch(tx: Tx, vault: Vault, batch_id: str) -> Batch | None:
    """A list without its file."""
    row = tx.execute(select(*_WITHOUT_FILE).where(import_batch.c.id == batch_id)).first()
    return None if row is None else _batch(vault, row)


def held(tx: Tx, vault: Vault, batch_id: str) -> Batch | None:
    """The same, held until the transaction ends."""
    row = tx.execute(
        select(*_WITHOUT_FILE).where(import_batch.c.id == batch_id).with_for_update()
    ).first()
    return None if row is None else _batch(vault, row)


def of_person(tx: Tx, vault: Vault, person_id: str, limit: int) -> list[Batch]:
    """The lists of a person, newest first."""
    rows = tx.execute(
        select(*_WITHOUT_FILE)
        .where(import_batch.c.by_id == person_id)
        .order_by(import_batch.c.created_at.desc(), import_batch.c.id.desc())
        .limit(limit)
    )
    return [_batch(vault, row) for row in rows]


def earlier(tx: Tx, vault: Vault, one: Batch) -> Batch | None:
    """The same file imported before by the same organisation."""
    row = tx.execute(
        select(*_WITHOUT_FILE)
        .where(
            import_batch.c.file_hash == one.file_hash,
            import_batch.c.kind == one.kind,
            import_batch.c.organisation_id == one.organisation_id,
            import_batch.c.id != one.id,
            import_batch.c.created_at <= to_text(one.created_at),
            import_batch.c.status == Status.DONE.value,
        )
        .order_by(import_batch.c.created_at.desc())
        .limit(1)
    ).first()
    return None if row is None else _batch(vault, row)


def file_of(tx: Tx, vault: Vault, batch_id: str) -> bytes:
    """The file as it was brought; empty where it was put away."""
    sealed = tx.execute(
        select(import_batch.c.content).where(import_batch.c.id == batch_id)
    ).scalar_one()
    return vault.open(sealed, f"import/{batch_id}/file") if sealed else b""


def set_loose(tx: Tx, vault: Vault, batch_id: str, loose: Sequence[Problem]) -> None:
    """Write the problems of no row."""
    sealed = vault.seal(orjson.dumps(packed_problems(loose)), f"import/{batch_id}/loose")
    tx.execute(update(import_batch).where(import_batch.c.id == batch_id).values(loose=sealed))


def forget_rows(tx: Tx, batch_id: str) -> None:
    """Remove the rows of a list whose reading was cut off."""
    tx.execute(delete(import_row).where(import_row.c.batch_id == batch_id))


def set_status(tx: Tx, batch_id: str, status: Status, at: datetime) -> None:
    """Say where a list stands."""
    tx.execute(
        update(import_batch)
        .where(import_batch.c.id == batch_id)
        .values(status=status.value, changed_at=to_text(at))
    )


def counts(tx: Tx, batch_ids: Iterable[str]) -> dict[str, dict[State, int]]:
    """How many rows of each state, by list."""
    found: dict[str, dict[State, int]] = {one: {} for one in batch_ids}
    rows = tx.execute(
        select(import_row.c.batch_id, import_row.c.state, func.count().label("n"))
        .where(import_row.c.batch_id.in_(list(found)))
        .group_by(import_row.c.batch_id, import_row.c.state)
    )
    for row in rows:
        found[row.batch_id][State(row.state)] = row.n
    return found


def rows(
    tx: Tx,
    vault: Vault,
    batch_id: str,
    states: Iterable[State],
    after: int = 0,
    limit: int | None = None,
) -> list[Row]:
    """Rows in these states, in their order, with a number above ``after``."""
    query: Select[Any] = (
        select(import_row)
        .where(
            import_row.c.batch_id == batch_id,
            import_row.c.state.in_([state.value for state in states]),
            import_row.c.number > after,
        )
        .order_by(import_row.c.number)
    )
    if limit is not None:
        query = query.limit(limit)
    return [
        unpacked_row(row.number, row.state, vault.open(row.content, _place(batch_id, row.number)))
        for row in tx.execute(query)
    ]


def save(tx: Tx, before: State, changed: Sequence[dict[str, object]]) -> None:
    """Write rows back that still are as they were; another slice may have been faster."""
    renamed = [
        {"of": row["batch_id"], "n": row["number"], "now": row["state"], "sealed": row["content"]}
        for row in changed
    ]
    tx.execute(
        update(import_row)
        .where(
            import_row.c.batch_id == bindparam("of"),
            import_row.c.number == bindparam("n"),
            import_row.c.state == before.value,
        )
        .values(state=bindparam("now"), content=bindparam("sealed")),
        renamed,
    )


def forget_before(tx: Tx, at: datetime) -> int:
    """Put away the files and rows of lists that were last touched before an instant."""
    old = select(import_batch.c.id).where(import_batch.c.changed_at < to_text(at))
    tx.execute(delete(import_row).where(import_row.c.batch_id.in_(old)))
    return tx.execute(delete(import_batch).where(import_batch.c.changed_at < to_text(at))).rowcount


@dataclass(frozen=True)
class OpenCase:
    """A case there is already; ``number`` is empty where the actor may not see it."""

    case_id: str
    number: str
    is_new: bool = True


def case_of_mark(tx: Tx, actor: Actor, kind: str, scope: str, key_hash: str) -> OpenCase | None:
    """The case that was started for just this, unless it was cancelled as a mistake."""
    return cases_of_marks(tx, actor, kind, scope, [key_hash]).get(key_hash)


def cases_of_marks(
    tx: Tx, actor: Actor, kind: str, scope: str, hashes: Sequence[str]
) -> dict[str, OpenCase]:
    """The same for many, by hash."""
    return {
        row.key_hash: _open_case(row)
        for some in _in_parts(hashes)
        for row in tx.execute(
            select(import_mark.c.key_hash, case.c.id, case.c.number, _seen(actor))
            .select_from(import_mark.join(case, case.c.id == import_mark.c.case_id))
            .where(
                import_mark.c.kind == kind,
                import_mark.c.scope == scope,
                import_mark.c.key_hash.in_(some),
                case.c.status != _CANCELLED,
            )
        )
    }


def open_cases(tx: Tx, actor: Actor, kind: str, people: Sequence[str]) -> dict[str, OpenCase]:
    """Cases of a process that are not over, by the hash of a person's number in them.

    Also those that were started from a list a moment ago, whose first step is still a draft.
    """
    running = (case.c.status.in_(NOT_OVER), case.c.definition_id.startswith(f"{kind}:"))
    found: dict[str, OpenCase] = {}
    for some in _in_parts(people):
        said = (
            select(case_attribute.c.key_hash, case.c.id, case.c.number, _seen(actor))
            .select_from(case_attribute.join(case, case.c.id == case_attribute.c.case_id))
            .where(case_attribute.c.key_hash.in_(some), *running)
        )
        listed = (
            select(import_mark.c.key_hash, case.c.id, case.c.number, _seen(actor))
            .select_from(import_mark.join(case, case.c.id == import_mark.c.case_id))
            .where(
                import_mark.c.kind == kind,
                import_mark.c.scope == PERSON,
                import_mark.c.key_hash.in_(some),
                *running,
            )
        )
        for query in (said, listed):
            found |= {row.key_hash: _open_case(row) for row in tx.execute(query)}
    return found


def steps_done(
    tx: Tx, actor: Actor, step: tuple[str, str], numbers: Sequence[str], people: Sequence[str]
) -> dict[str, OpenCase]:
    """Cases whose step of this kind is done, by their number, and by people's keyed hashes."""
    process_key, element_id = step
    done = (
        task.c.process_key == process_key,
        task.c.element_id == element_id,
        task.c.status == "completed",
        visible_to(actor),
    )
    cases = select(case.c.number.label("key"), case.c.id, case.c.number, _seen(actor)).join(
        task, task.c.case_id == case.c.id
    )
    named = (
        select(case_attribute.c.key_hash.label("key"), case.c.id, case.c.number, _seen(actor))
        .select_from(case_attribute.join(case, case.c.id == case_attribute.c.case_id))
        .join(task, task.c.case_id == case.c.id)
    )
    found: dict[str, OpenCase] = {}
    for some in _in_parts(numbers):
        query = cases.where(case.c.number.in_(some), *done)
        found |= {row.key: _open_case(row) for row in tx.execute(query)}
    for some in _in_parts(people):
        query = named.where(case_attribute.c.key_hash.in_(some), *done)
        found |= {row.key: _open_case(row) for row in tx.execute(query)}
    return found


def mark(tx: Tx, kind: str, scope: str, key_hash: str, case_id: str, at: datetime) -> None:
    """Remember that a case was started for it, in place of one that is over.

    Of two at once the database refuses one, whose command then begins again and finds the other.
    """
    is_over = case.c.status.not_in(NOT_OVER) if scope == PERSON else case.c.status == _CANCELLED
    tx.execute(
        delete(import_mark).where(
            import_mark.c.kind == kind,
            import_mark.c.scope == scope,
            import_mark.c.key_hash == key_hash,
            # Not one that another command has written since this one looked.
            select(case.c.id).where(case.c.id == import_mark.c.case_id, is_over).exists(),
        )
    )
    tx.execute(
        insert(import_mark).values(
            kind=kind, scope=scope, key_hash=key_hash, case_id=case_id, at=to_text(at)
        )
    )


def _seen(actor: Actor) -> Any:
    return choose((visible_to(actor), 1), else_=0).label("is_seen")


def _open_case(row: Any) -> OpenCase:
    return OpenCase(row.id, row.number if row.is_seen else "")


def _in_parts(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), _AT_ONCE):
        yield hashes[start : start + _AT_ONCE]


def _place(batch_id: str, number: int) -> str:
    return f"import/{batch_id}/{number}"


def _values(vault: Vault, batch_id: str, row: Row) -> dict[str, object]:
    return {
        "batch_id": batch_id,
        "number": row.number,
        "state": row.state.value,
        "content": vault.seal(packed_row(row), _place(batch_id, row.number)),
    }


def _batch(vault: Vault, row: Any) -> Batch:
    loose = orjson.loads(vault.open(row.loose, f"import/{row.id}/loose"))
    return Batch(
        id=row.id,
        kind=row.kind,
        by_id=row.by_id,
        organisation_id=row.organisation_id,
        file_name=row.file_name,
        file_hash=row.file_hash,
        created_at=from_text(row.created_at),
        changed_at=from_text(row.changed_at),
        status=Status(row.status),
        loose=unpacked_problems(loose),
    )
