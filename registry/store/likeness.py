"""Files that name people of other files: as one set, so that lists and counts agree."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, select, true, union_all

from engine.store.database import Tx
from registry.store.people import OPEN_FILES
from registry.store.tables import household, household_index, household_person

_MOST = 20


def is_alike() -> ColumnElement[bool]:
    """That a file shares a person with another one that stands.

    She is counted in both, or has a number that is almost the same, or the same name and
    birthday; or the heads have one mobile number. The set is made once a question by going
    through the people along their indexes: asked file by file it takes a thousand times as long.
    """
    here, there = household_person.alias("here"), household_person.alias("there")
    signs = (
        (("id_hash",), and_(here.c.counted, there.c.counted)),
        (("prefix_hash",), here.c.id_hash != there.c.id_hash),
        (("name", "birth_date"), and_(here.c.birth_date != "", here.c.id_hash != there.c.id_hash)),
    )
    sets = [_sharing(household_person, here, there, by, sign) for by, sign in signs]
    first, second = household.alias("first"), household.alias("second")
    sets.append(_sharing(household, first, second, ("mobile_hash",), true()))
    return household.c.file_no.in_(union_all(*sets))


def _sharing(
    table: Table, one: Any, other: Any, by: Sequence[str], sign: ColumnElement[bool]
) -> Select[Any]:
    """Files with a row that has the same values as a row of another file.

    Values that occur once are left out first, by the index alone; what is left is little.
    """
    columns = [table.c[name] for name in by]
    often = (
        select(*columns)
        .where(columns[0].is_not(None))
        .group_by(*columns)
        .having(func.count() > 1)
        .subquery()
    )
    return (
        select(one.c.file_no)
        .select_from(
            often.join(one, and_(*(one.c[name] == often.c[name] for name in by))).join(
                other, and_(*(other.c[name] == often.c[name] for name in by))
            )
        )
        .where(one.c.file_no != other.c.file_no, sign, other.c.file_no.not_in(_closed()))
    )


def _closed() -> Select[Any]:
    """Files that stand no longer: whoever is named there may be in a new one."""
    closed = household.alias("closed")
    return select(closed.c.file_no).where(closed.c.status.not_in(OPEN_FILES))


def of_same_address(tx: Tx, file_no: str) -> Sequence[str]:
    """Other files that stand with the same address."""
    own = select(household_index.c.address_hash).where(household_index.c.file_no == file_no)
    rows = tx.execute(
        select(household_index.c.file_no)
        .where(
            household_index.c.address_hash.in_(own),
            household_index.c.file_no != file_no,
            household_index.c.file_no.not_in(_closed()),
        )
        .order_by(household_index.c.file_no)
        .limit(_MOST)
    )
    return list(rows.scalars())
