"""Rows that hold from a day to a day: ONE condition for all of them."""

from datetime import date
from typing import Any

from sqlalchemy import BindParameter, and_, or_
from sqlalchemy.sql import ColumnElement


def valid(table: Any, today: date) -> ColumnElement[bool]:
    """Whether a dated row holds on a day."""
    return valid_on(table, today.isoformat())


def valid_on(table: Any, day: str | BindParameter[str]) -> ColumnElement[bool]:
    """The same for a day as stored, or one that is given later."""
    return and_(table.c.valid_from <= day, or_(table.c.valid_to.is_(None), table.c.valid_to > day))


def has_held(table: Any) -> ColumnElement[bool]:
    """Whether a dated row ever held or will: one replaced before its first day never does."""
    return or_(table.c.valid_to.is_(None), table.c.valid_to > table.c.valid_from)
