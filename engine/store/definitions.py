"""Deployed versions: immutable, numbered, by content (design.md D3)."""

import base64
import hashlib
import zlib
from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, func, insert, select

from engine.model.definitions import DefinitionSource
from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from engine.store.ready import Ready
from engine.store.tables import process_version


@dataclass(frozen=True)
class DefinitionRow:
    """What lists show of a version."""

    id: str
    key: str
    version: int
    name: str
    start_role: str | None
    start_level: str | None
    content_hash: str
    deployment_id: str
    deployed_at: datetime
    deployed_by: str | None


def content_of(source: DefinitionSource) -> tuple[bytes, str, str]:
    """(files packed, their hash, binds as JSON) of a definition."""
    packed = {
        "bpmn_name": source.bpmn_name,
        "bpmn": base64.b64encode(source.bpmn).decode(),
        "decisions": _encoded(source.decisions),
        "forms": _encoded(source.forms),
    }
    if source.documents:  # a version without papers keeps the hash it had before there were any
        packed["documents"] = _encoded(source.documents)
    if source.english:
        packed["english"] = base64.b64encode(source.english).decode()
    plain = orjson.dumps(packed, option=orjson.OPT_SORT_KEYS)
    binds = orjson.dumps({key: called.id for key, called in sorted(source.called.items())}).decode()
    digest = hashlib.sha256(plain + binds.encode()).hexdigest()
    return zlib.compress(plain), digest, binds


def _encoded(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in files.items()}


def _decoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(text) for name, text in files.items()}


def add(
    tx: Tx,
    source: DefinitionSource,
    name: str,
    start: tuple[str | None, str | None],
    deployment_id: str,
    at: datetime,
    by: str | None,
) -> None:
    """Write a version."""
    content, digest, binds = content_of(source)
    tx.execute(
        insert(process_version).values(
            id=source.id,
            key=source.key,
            version=source.version,
            name=name,
            start_role=start[0],
            start_level=start[1],
            content_hash=digest,
            content=content,
            binds=binds,
            deployment_id=deployment_id,
            deployed_at=to_text(at),
            deployed_by=by,
        )
    )


def source(tx: Tx, definition_id: str) -> DefinitionSource | None:
    """A version with its files and everything it calls."""
    row = tx.execute(select(process_version).where(process_version.c.id == definition_id)).first()
    if row is None:
        return None
    packed: dict[str, Any] = orjson.loads(zlib.decompress(row.content))
    called: dict[str, DefinitionSource] = {}
    for key, bound in orjson.loads(row.binds).items():
        found = source(tx, bound)
        if found is not None:
            called[key] = found
    return DefinitionSource(
        id=row.id,
        key=row.key,
        version=row.version,
        bpmn_name=packed["bpmn_name"],
        bpmn=base64.b64decode(packed["bpmn"]),
        decisions=_decoded(packed["decisions"]),
        forms=_decoded(packed["forms"]),
        documents=_decoded(packed.get("documents", {})),
        english=base64.b64decode(packed.get("english", "")),
        called=called,
    )


_COLUMNS = tuple(c for c in process_version.c if c.name not in {"content", "binds"})


def _row(row: Any) -> DefinitionRow:
    return DefinitionRow(
        row.id,
        row.key,
        row.version,
        row.name,
        row.start_role,
        row.start_level,
        row.content_hash,
        row.deployment_id,
        from_text(row.deployed_at),
        row.deployed_by,
    )


_Columns = namedtuple("_Columns", [c.name for c in _COLUMNS])  # type: ignore[misc]
_LATEST = Ready(
    select(*_COLUMNS)
    .where(process_version.c.key == bindparam("key"))
    .order_by(process_version.c.version.desc())
    .limit(1)
)
_BY_ID = Ready(select(*_COLUMNS).where(process_version.c.id == bindparam("id")))


def _one(tx: Tx, asked: Ready, values: Mapping[str, object]) -> DefinitionRow | None:
    rows = asked.rows(tx, values)
    return _row(_Columns._make(rows[0])) if rows else None


def latest(tx: Tx, key: str) -> DefinitionRow | None:
    """The newest version of a process."""
    return _one(tx, _LATEST, {"key": key})


_newest = (
    select(process_version.c.key, func.max(process_version.c.version).label("version"))
    .group_by(process_version.c.key)
    .subquery()
)
_ALL_LATEST = Ready(
    select(*_COLUMNS)
    .join(
        _newest,
        (_newest.c.key == process_version.c.key) & (_newest.c.version == process_version.c.version),
    )
    .order_by(process_version.c.key)
)


def all_latest(tx: Tx) -> list[DefinitionRow]:
    """The newest version of each process."""
    return [_row(_Columns._make(row)) for row in _ALL_LATEST.rows(tx, {})]


def by_id(tx: Tx, definition_id: str) -> DefinitionRow | None:
    """One version."""
    return _one(tx, _BY_ID, {"id": definition_id})


def lines(tx: Tx, after: tuple[str, int] | None, limit: int) -> list[DefinitionRow]:
    """Every version by key and number; one more than asked."""
    query = select(*_COLUMNS)
    if after is not None:
        key, version = after
        query = query.where(
            (process_version.c.key > key)
            | ((process_version.c.key == key) & (process_version.c.version > version))
        )
    return [
        _row(row)
        for row in tx.execute(
            query.order_by(process_version.c.key, process_version.c.version).limit(limit + 1)
        )
    ]


def versions(tx: Tx, key: str) -> Sequence[DefinitionRow]:
    """Every version of a process, newest first."""
    return [
        _row(row)
        for row in tx.execute(
            select(*_COLUMNS)
            .where(process_version.c.key == key)
            .order_by(process_version.c.version.desc())
        )
    ]


def deployments(tx: Tx, after: str, limit: int) -> list[list[DefinitionRow]]:
    """The versions of each deployment, by deployment id; one deployment more than asked."""
    ids = list(
        tx.execute(
            select(process_version.c.deployment_id)
            .distinct()
            .where(process_version.c.deployment_id > after)
            .order_by(process_version.c.deployment_id)
            .limit(limit + 1)
        ).scalars()
    )
    rows = [
        _row(row)
        for row in tx.execute(
            select(*_COLUMNS)
            .where(process_version.c.deployment_id.in_(ids))
            .order_by(process_version.c.deployment_id, process_version.c.key)
        )
    ]
    return [[row for row in rows if row.deployment_id == i] for i in ids]
