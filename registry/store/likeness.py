"""Files that name people of other files: as one set, so that lists and counts agree."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)

from engine.store.database import Tx
from registry.store.people import OPEN_FILES
from registry.store.tables import household, household_index, household_person

_MOST = 20
_MOST_NAMED = 2_000
"""More values than that are not handed back to the database one by one."""


@dataclass(frozen=True)
class _Sign:
    """Columns two files have in common, and what else must hold of both rows."""

    name: str
    table: Table
    by: Sequence[str]
    holds: Callable[[Any, Any], ColumnElement[bool]]

    def often(self) -> Select[Any]:
        """The values that occur more than once, by the index alone: what is left is little."""
        columns = [self.table.c[name] for name in self.by]
        return (
            select(
                literal(self.name).label("sign"),
                columns[0].label("value"),
                (columns[1] if len(columns) > 1 else literal("")).label("beside"),
            )
            .where(columns[0].is_not(None))
            .group_by(*columns)
            .having(func.count() > 1)
        )

    def sharing(self, known: Sequence[tuple[str, str]] | None) -> Select[Any]:
        """Files with a row of such values that another file has too."""
        one, other = self.table.alias(f"{self.name}_one"), self.table.alias(f"{self.name}_other")
        # Whether there is one, not each of them: a telephone that everybody gave would otherwise
        # pair every file with every other.
        another = (
            select(other.c.file_no)
            .where(
                *(one.c[name] == other.c[name] for name in self.by),
                one.c.file_no != other.c.file_no,
                self.holds(one, other),
                other.c.file_no.not_in(_closed()),
            )
            .correlate(one)
            .exists()
        )
        return select(one.c.file_no).where(self._occurs(one, known), another)

    def _occurs(self, one: Any, known: Sequence[tuple[str, str]] | None) -> ColumnElement[bool]:
        columns = [one.c[name] for name in self.by]
        place = columns[0] if len(columns) == 1 else tuple_(*columns)
        if known is not None and len(known) <= _MOST_NAMED:
            return place.in_([value[0] if len(columns) == 1 else value for value in known])
        often = self.often().subquery()
        return place.in_(select(*list(often.c)[1 : 1 + len(columns)]))


_SIGNS = (
    _Sign("id", household_person, ("id_hash",), lambda a, b: and_(a.c.counted, b.c.counted)),
    _Sign("prefix", household_person, ("prefix_hash",), lambda a, b: a.c.id_hash != b.c.id_hash),
    _Sign(
        "name",
        household_person,
        ("name", "birth_date"),
        lambda a, b: and_(a.c.birth_date != "", a.c.id_hash != b.c.id_hash),
    ),
    _Sign("mobile", household, ("mobile_hash",), lambda _a, _b: true()),
)
_OFTEN = union_all(*(sign.often() for sign in _SIGNS))


def files_alike(tx: Tx) -> frozenset[str]:
    """The files that share a person with another one that stands.

    She is counted in both, or has a number that is almost the same, or the same name and
    birthday; or the heads have one mobile number. A page asks once for all that it counts and
    lists: going through everybody in the register takes longer than the rest of the page. Asked
    in two steps, because a database that guesses how much the first leaves guesses far too much.
    """
    often: dict[str, list[tuple[str, str]]] = {}
    for row in tx.execute(_OFTEN):
        often.setdefault(row.sign, []).append((row.value, row.beside))
    found = [sign.sharing(often[sign.name]) for sign in _SIGNS if sign.name in often]
    return frozenset(tx.execute(union_all(*found)).scalars()) if found else frozenset()


def is_alike(known: Collection[str] | None = None) -> ColumnElement[bool]:
    """That a file is one of these; ``known`` is what :func:`files_alike` answered.

    Without it the database makes the set once a question; asked file by file it takes a thousand
    times as long.
    """
    if known is None or len(known) > _MOST_NAMED:
        return household.c.file_no.in_(union_all(*(sign.sharing(None) for sign in _SIGNS)))
    return household.c.file_no.in_(sorted(known))


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
