"""Reads and refusals, and the one gap-free chain over everything (design.md D11)."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, insert, literal, select, union_all

from engine.model.actors import Actor
from engine.model.occasions import occasion_id
from engine.store.cases import may_know_of
from engine.store.database import Tx
from engine.store.events import FIRST_LINK
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.tables import access_event, case, event, file, seal, seal_day

_ID_IN_TEXT = re.compile(r"[0-9A-Za-z]{8,64}")
"""What may be the id of a case or a file."""

_LOOK_BACK = 5_000
"""How far behind the newest sealed row late committers are looked for on each run."""

STANDS_THERE = ""
"""In place of a hash that stands in another row: of the number before, of what is sealed.

A number is half as big without them; those of earlier releases have both.
"""


def access_hash(row: Mapping[str, Any]) -> str:
    """The hash of an access row; of one without a request as before there were such numbers."""
    content = [row[name] for name in ("at", "actor", "action", "object", "detail")]
    if row["request_id"] is not None:
        content.append(row["request_id"])
    return hashlib.sha256(orjson.dumps(content)).hexdigest()


_ADD_ACCESS = Ready(insert(access_event))


def add_access(
    tx: Tx, at: datetime, actor: str | None, action: str, target: str, detail: str = ""
) -> None:
    """Write down that somebody read, was refused, or signed in."""
    row: dict[str, str | None] = {
        "at": to_text(at),
        "actor": actor,
        "action": action,
        "object": target,
        "detail": detail,
        "request_id": occasion_id(),
    }
    _ADD_ACCESS.write(tx, {**row, "hash": access_hash(row)})


@dataclass(frozen=True)
class SealRow:
    """One number of the chain; the hashes of others as it has them itself, or STANDS_THERE.

    ``found_hash`` is what stands in the sealed row now, None where there is no such row.
    """

    seq: int
    source: str
    source_id: int
    source_hash: str
    before_hash: str
    hash: str
    found_hash: str | None


@dataclass(frozen=True)
class AuditRow:
    """One number of the chain with what it seals."""

    seq: int
    at: datetime
    actor: str | None
    action: str
    target: str
    before_hash: str
    hash: str
    request_id: str | None = None


def seal_link(before: str, seq: int, source: str, source_id: int, source_hash: str) -> str:
    """The hash of a number that follows ``before``."""
    content = orjson.dumps([before, seq, source, source_id, source_hash])
    return hashlib.sha256(content).hexdigest()


def head(tx: Tx) -> tuple[int, str]:
    """(number, hash) of the newest seal."""
    row = tx.execute(select(seal.c.seq, seal.c.hash).order_by(seal.c.seq.desc()).limit(1)).first()
    return (0, FIRST_LINK) if row is None else (row.seq, row.hash)


def missed(tx: Tx) -> list[tuple[str, int]]:
    """(source, id) of rows the sealer has passed by for good: there must be none."""
    found: list[tuple[str, int]] = []
    for source, table in (("case", event), ("access", access_event)):
        newest = tx.execute(
            select(func.max(seal.c.source_id)).where(seal.c.source == source)
        ).scalar()
        sealed = (
            select(seal.c.source_id)
            .where(seal.c.source == source, seal.c.source_id == table.c.id)
            .exists()
        )
        found.extend(
            (source, row_id)
            for row_id in tx.execute(
                select(table.c.id)
                .where(table.c.id <= (newest or 0) - _LOOK_BACK, ~sealed)
                .limit(10)
            ).scalars()
        )
    return found


def unsealed(tx: Tx, limit: int) -> list[tuple[str, int, str]]:
    """(source, id, hash) of rows that have no number yet, oldest first."""
    found: list[tuple[str, int, str, str]] = []
    for source, table in (("case", event), ("access", access_event)):
        newest = tx.execute(
            select(func.max(seal.c.source_id)).where(seal.c.source == source)
        ).scalar()
        floor = 0 if newest is None else newest - _LOOK_BACK
        sealed = (
            select(seal.c.source_id)
            .where(seal.c.source == source, seal.c.source_id == table.c.id)
            .exists()
        )
        found.extend(
            (source, row.id, row.hash, row.at)
            for row in tx.execute(
                select(table.c.id, table.c.hash, table.c.at)
                .where(table.c.id > floor, ~sealed)
                .order_by(table.c.id)
                .limit(limit)
            )
        )
    found.sort(key=lambda item: (item[3], item[0], item[1]))
    return [(source, source_id, digest) for source, source_id, digest, _ in found]


def add_seals(tx: Tx, rows: list[tuple[str, int, str]], at: datetime) -> int:
    """Number rows at the end of the chain; how many."""
    seq, before = head(tx)
    new: list[dict[str, object]] = []
    for source, source_id, digest in rows:
        seq += 1
        hashed = seal_link(before, seq, source, source_id, digest)
        new.append(
            {
                "seq": seq,
                "source": source,
                "source_id": source_id,
                "source_hash": STANDS_THERE,
                "before_hash": STANDS_THERE,
                "hash": hashed,
                "at": to_text(at),
            }
        )
        before = hashed
    if new:
        tx.execute(insert(seal), new)
    return len(new)


def seals(tx: Tx, batch: int = 2_000) -> Iterator[SealRow]:
    """The whole chain in order."""
    after = 0
    while True:
        rows = tx.execute(
            select(seal).where(seal.c.seq > after).order_by(seal.c.seq).limit(batch)
        ).all()
        stored = {
            source: _stored_hashes(tx, source, [r.source_id for r in rows if r.source == source])
            for source in ("case", "access")
        }
        for row in rows:
            yield SealRow(
                row.seq,
                row.source,
                row.source_id,
                row.source_hash,
                row.before_hash,
                row.hash,
                stored[row.source].get(row.source_id),
            )
        if len(rows) < batch:
            return
        after = rows[-1].seq


def entries(tx: Tx, after: int, limit: int) -> list[AuditRow]:
    """The chain with what it seals, oldest first; one more than asked."""
    earlier = seal.alias()
    before = func.coalesce(
        func.nullif(seal.c.before_hash, STANDS_THERE), earlier.c.hash, FIRST_LINK
    ).label("before_hash")
    link = seal.outerjoin(earlier, earlier.c.seq == seal.c.seq - 1)
    of_cases = select(
        seal.c.seq,
        event.c.at,
        event.c.actor,
        event.c.kind.label("action"),
        event.c.case_id.label("object"),
        event.c.request_id,
        before,
        seal.c.hash,
    ).select_from(
        link.join(event, (event.c.id == seal.c.source_id) & (seal.c.source == literal("case")))
    )
    of_access = select(
        seal.c.seq,
        access_event.c.at,
        access_event.c.actor,
        access_event.c.action,
        access_event.c.object,
        access_event.c.request_id,
        before,
        seal.c.hash,
    ).select_from(
        link.join(
            access_event,
            (access_event.c.id == seal.c.source_id) & (seal.c.source == literal("access")),
        )
    )
    both = union_all(
        of_cases.where(seal.c.seq > after, seal.c.seq <= after + limit + 1),
        of_access.where(seal.c.seq > after, seal.c.seq <= after + limit + 1),
    ).subquery()
    return [
        AuditRow(
            row.seq,
            from_text(row.at),
            row.actor,
            row.action,
            row.object,
            row.before_hash,
            row.hash,
            row.request_id,
        )
        for row in tx.execute(select(both).order_by(both.c.seq).limit(limit + 1))
    ]


def unknown_to(tx: Tx, actor: Actor, targets: Mapping[int, str]) -> frozenset[int]:
    """Those of some rows (number to what they are about) that speak of cases kept from her.

    They name a case, a step of it, one of its files, or an address with one of these in it.
    """
    named = {seq: set(_ID_IN_TEXT.findall(text)) for seq, text in targets.items()}
    ids = sorted(set().union(*named.values()))
    kept = set(
        tx.execute(select(case.c.id).where(case.c.id.in_(ids), ~may_know_of(actor))).scalars()
    )
    papers = select(file.c.id).join(case, case.c.id == file.c.case_id)
    kept.update(tx.execute(papers.where(file.c.id.in_(ids), ~may_know_of(actor))).scalars())
    return frozenset(seq for seq, ids_of in named.items() if ids_of & kept)


def _stored_hashes(tx: Tx, source: str, ids: Sequence[int]) -> dict[int, str]:
    """What stands in rows by id now."""
    if not ids:
        return {}
    table = event if source == "case" else access_event
    # numbers are given in the order of ids, so that there is little else between
    query = select(table.c.id, table.c.hash).where(table.c.id >= min(ids), table.c.id <= max(ids))
    return {row.id: row.hash for row in tx.execute(query)}


def access_rows(tx: Tx, batch: int = 2_000) -> Iterator[tuple[int, str, str]]:
    """(id, stored hash, hash of the row as it stands) of each access row."""
    after = 0
    while True:
        rows = (
            tx.execute(
                select(access_event)
                .where(access_event.c.id > after)
                .order_by(access_event.c.id)
                .limit(batch)
            )
            .mappings()
            .all()
        )
        for row in rows:
            yield row["id"], row["hash"], access_hash(dict(row))
        if len(rows) < batch:
            return
        after = rows[-1]["id"]


def add_day(tx: Tx, day: str, seq: int, head_hash: str, signature: str) -> None:
    """Sign the chain's head of a day."""
    tx.execute(insert(seal_day).values(day=day, seq=seq, head=head_hash, signature=signature))


def days(tx: Tx) -> list[tuple[str, int, str, str]]:
    """(day, number, head, signature) of the signed days."""
    return [
        (row.day, row.seq, row.head, row.signature)
        for row in tx.execute(select(seal_day).order_by(seal_day.c.day))
    ]


def case_heads(tx: Tx) -> list[tuple[str, int, str]]:
    """(case id, number of rows, hash of the last) as the case's row remembers them."""
    return [
        (row.id, row.event_count, row.chain_head)
        for row in tx.execute(
            select(case.c.id, case.c.event_count, case.c.chain_head).order_by(case.c.id)
        )
    ]
