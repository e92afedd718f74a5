"""Figures of a year that were made public, as they were then."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.store.database import Tx
from engine.store.instants import from_text, from_text_or_none, to_text
from engine.store.tables import published_figures


@dataclass(frozen=True)
class PublishedRow:
    """A year; ``content`` is JSON, ``reason`` why it was taken back."""

    year: int
    content: str
    sha256: str
    published_at: datetime
    published_by: str
    withdrawn_at: datetime | None
    reason: str

    @property
    def is_intact(self) -> bool:
        """Whether it is as it was published."""
        return digest_of(self.content) == self.sha256


def digest_of(content: str) -> str:
    """What a content is known by."""
    return hashlib.sha256(content.encode()).hexdigest()


def add(tx: Tx, year: int, content: str, by: str, at: datetime) -> None:
    """Write a year. UniqueViolation where it was published before."""
    tx.execute(
        insert(published_figures).values(
            year=year,
            content=content,
            sha256=digest_of(content),
            published_at=to_text(at),
            published_by=by,
        )
    )


def withdraw(tx: Tx, year: int, by: str, at: datetime, reason: str) -> None:
    """Take it back; what was published stays written down."""
    values = {"withdrawn_at": to_text(at), "withdrawn_by": by, "reason": reason}
    tx.execute(update(published_figures).where(published_figures.c.year == year).values(**values))


def show_again(tx: Tx, year: int) -> None:
    """Make the same public again."""
    values = {"withdrawn_at": None, "withdrawn_by": None, "reason": ""}
    tx.execute(update(published_figures).where(published_figures.c.year == year).values(**values))


def of_year(tx: Tx, year: int) -> PublishedRow | None:
    """A year that was published at some time."""
    query = select(published_figures).where(published_figures.c.year == year)
    row = tx.execute(query).first()
    return None if row is None else _row(row)


def years_to_read(tx: Tx) -> Sequence[int]:
    """The years that everybody may read today, the newest first."""
    query = select(published_figures.c.year).where(published_figures.c.withdrawn_at.is_(None))
    return list(tx.execute(query.order_by(published_figures.c.year.desc())).scalars())


def _row(row: Any) -> PublishedRow:
    return PublishedRow(
        row.year,
        row.content,
        row.sha256,
        from_text(row.published_at),
        row.published_by,
        from_text_or_none(row.withdrawn_at),
        row.reason,
    )
