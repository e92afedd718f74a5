"""Files on file as a list of cases: all of an area, or those of a queue, or one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.tables import organisation
from registry.store.file_cases import in_process
from registry.store.helped import is_helped
from registry.store.people import OPEN_FILES
from registry.store.tables import household


@dataclass(frozen=True)
class Wanted:
    """Which files: ``below`` an organisation, or the one with a number.

    ``unchanged_before`` is the instant before which a file counts as not cared for, empty for
    all; ``unhelped``: only those that were given nothing. Files about which a case of ``not_in``
    has decided nothing yet are left out.
    """

    below: str = ""
    file_no: str = ""
    unchanged_before: str = ""
    unhelped: bool = False
    not_in: str = ""


@dataclass(frozen=True)
class Reviewable:
    """A file of such a list."""

    file_no: str
    household: str
    organisation_id: str
    union: str


def count(tx: Tx, wanted: Wanted) -> int:
    """How many there are."""
    return tx.execute(select(func.count()).select_from(_query(wanted).subquery())).scalar_one()


def page(tx: Tx, wanted: Wanted, after: str, limit: int) -> Sequence[Reviewable]:
    """The next of them behind a file number."""
    query = _query(wanted).where(household.c.file_no > after).order_by(household.c.file_no)
    return [
        Reviewable(row.file_no, row.head_name, row.organisation_id, row.union_name)
        for row in tx.execute(query.limit(limit))
    ]


def _query(wanted: Wanted) -> Select[Any]:
    query = (
        select(
            household.c.file_no,
            household.c.head_name,
            household.c.organisation_id,
            organisation.c.name.label("union_name"),
        )
        .join(organisation, organisation.c.id == household.c.organisation_id)
        .where(household.c.status.in_(OPEN_FILES))
    )
    if wanted.below:
        query = query.where(lies_below(household.c.organisation_id, (wanted.below,)))
    if wanted.file_no:
        query = query.where(household.c.file_no == wanted.file_no)
    if wanted.unchanged_before:
        query = query.where(household.c.changed_at < wanted.unchanged_before)
    if wanted.unhelped:
        query = query.where(~is_helped())
    if wanted.not_in:
        query = query.where(~in_process(wanted.not_in, household.c.file_no))
    return query
