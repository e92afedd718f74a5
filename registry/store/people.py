"""The people named in files, and who of them is in other files or applications too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)

from engine.model.cases import NOT_OVER
from engine.model.pinyin import search_text
from engine.store.cases import FOR_ALL_TO_KNOW
from engine.store.database import Tx
from engine.store.tables import (
    case,
    case_attribute,
    organisation,
    organisation_closure,
    process_version,
)
from registry.household import OUT
from registry.people import FilePerson
from registry.store.tables import household, household_index, household_person

_MOST = 50
_AT_ONCE = 500

OPEN_FILES = ("awaiting_entry", "on_file")
"""Statuses of a file that stands: who is in one of the others may be in a new one."""

FILE, CASE, BATCH = "档案", "办件", "发放批次"


@dataclass(frozen=True)
class Found:
    """A person in another file, application or open payment, with the county it belongs to.

    ``reference`` is the file's number, the case's, or that of the payment's batch.
    """

    reference: str
    county_id: str
    county_name: str
    county_phone: str
    what: str = FILE
    """What bears the reference, in words: :data:`FILE`, :data:`CASE` or :data:`BATCH`."""
    position: int = 0
    name: str = ""
    counted: bool = True
    closed_on: str = ""
    """The day the file was struck off; empty while it stands."""
    closed_reason: str = ""
    purpose: str = ""
    """What an open payment is for; of files and cases empty."""


def put(tx: Tx, file_no: str, people: Sequence[FilePerson]) -> None:
    """Write who is named in a file now."""
    put_many(tx, {file_no: people})


def put_many(tx: Tx, people: Mapping[str, Sequence[FilePerson]]) -> None:
    """The same for many files in two statements."""
    if not people:
        return
    tx.execute(delete(household_person).where(household_person.c.file_no.in_(list(people))))
    rows = [
        {
            "file_no": file_no,
            "position": one.position,
            "name": one.name,
            "spelled": search_text(one.name),
            "birth_date": one.birth_date,
            "counted": one.counted,
            "id_hash": one.id_hash,
            "prefix_hash": one.prefix_hash,
            "account_hash": one.account_hash,
        }
        for file_no, named in people.items()
        for one in named
    ]
    tx.execute(insert(household_person), rows)


def of_file(tx: Tx, file_no: str) -> list[FilePerson]:
    """Who the table says is named in a file."""
    return [
        FilePerson(
            row.position,
            row.name,
            row.birth_date,
            row.counted,
            row.id_hash,
            row.prefix_hash,
            row.account_hash,
        )
        for row in tx.execute(
            select(household_person)
            .where(household_person.c.file_no == file_no)
            .order_by(household_person.c.position)
        )
    ]


def unlisted(tx: Tx, limit: int) -> list[str]:
    """Files of which nobody is listed: written before there was this table."""
    listed = exists().where(household_person.c.file_no == household.c.file_no)
    query = select(household.c.file_no).where(~listed).order_by(household.c.file_no).limit(limit)
    return list(tx.execute(query).scalars())


def with_id(tx: Tx, id_hashes: Collection[str], except_file: str) -> dict[str, list[Found]]:
    """Where people of these keyed hashes are named, by hash."""
    return _found(tx, household_person.c.id_hash, id_hashes, except_file)


def counted(tx: Tx, id_hashes: Collection[str]) -> dict[str, tuple[str, str]]:
    """(file, its organisation) in which people are counted, by hash: for whole lists at once."""
    found: dict[str, tuple[str, str]] = {}
    ordered = sorted(set(id_hashes))
    for start in range(0, len(ordered), _AT_ONCE):
        rows = tx.execute(
            select(household_person.c.id_hash, household.c.file_no, household.c.organisation_id)
            .join(household, household.c.file_no == household_person.c.file_no)
            .where(
                household_person.c.id_hash.in_(ordered[start : start + _AT_ONCE]),
                household_person.c.counted,
                household.c.status.in_(OPEN_FILES),
            )
        )
        found |= {row.id_hash: (row.file_no, row.organisation_id) for row in rows}
    return found


def struck_off_for(tx: Tx, id_hashes: Collection[str], reason: str) -> str:
    """The last day on which a file headed by one of these people was struck off for this reason."""
    if not id_hashes:
        return ""
    found = tx.execute(
        select(func.max(household.c.closed_on)).where(
            household.c.head_hash.in_(sorted(id_hashes)), household.c.closed_reason == reason
        )
    ).scalar()
    return found or ""


def in_closed_files(tx: Tx, id_hashes: Collection[str], except_file: str) -> dict[str, list[Found]]:
    """Files no longer standing in which these people are counted, by hash; the latest first."""
    if not id_hashes:
        return {}
    condition = and_(household_person.c.id_hash.in_(sorted(id_hashes)), household_person.c.counted)
    found: dict[str, list[Found]] = {}
    for row, one in _files(tx, condition, except_file, statuses=OUT):
        found.setdefault(row.key, []).append(one)
    return found


def with_prefix(tx: Tx, hashes: Collection[str], except_file: str) -> dict[str, list[Found]]:
    """Where people are named whose numbers have the same first 17 digits."""
    return _found(tx, household_person.c.prefix_hash, hashes, except_file)


def with_account(tx: Tx, hashes: Collection[str], except_file: str) -> dict[str, list[Found]]:
    """Files whose head has one of these bank accounts, by its hash."""
    return _found(tx, household_person.c.account_hash, hashes, except_file)


def with_mobile(tx: Tx, mobile_hash: str, except_file: str) -> list[Found]:
    """Files whose head has this mobile number."""
    condition = and_(household.c.mobile_hash == mobile_hash, household_person.c.position == 0)
    return [one for _, one in _files(tx, condition, except_file)]


def with_address(tx: Tx, address_hash: str, except_file: str) -> list[Found]:
    """Files whose head lives at this address."""
    lives_there = exists().where(
        household_index.c.file_no == household_person.c.file_no,
        household_index.c.address_hash == address_hash,
    )
    condition = and_(lives_there, household_person.c.position == 0)
    return [one for _, one in _files(tx, condition, except_file)]


def with_name_and_birth(
    tx: Tx, born: Collection[tuple[str, str]], except_file: str
) -> dict[tuple[str, str], list[Found]]:
    """Files that name somebody of one of these names born on the day beside it, by both."""
    if not born:
        return {}
    # pair by pair: SQLite looks a list of pairs up in no index, and reads the whole register
    any_of_them = or_(
        *(
            and_(household_person.c.name == name, household_person.c.birth_date == birth_date)
            for name, birth_date in sorted(born)
        )
    )
    found: dict[tuple[str, str], list[Found]] = {}
    for row, one in _files(tx, any_of_them, except_file):
        found.setdefault((row.name, row.birth_date), []).append(one)
    return found


def process_of(case_id: str) -> ScalarSelect[str]:
    """The key of the process that a case is of, for a question about others of it."""
    return (
        select(process_version.c.key)
        .join(case, case.c.definition_id == process_version.c.id)
        .where(case.c.id == case_id)
        .scalar_subquery()
    )


def in_open_cases(
    tx: Tx,
    id_hashes: Collection[str],
    except_case: str,
    process: str | ScalarSelect[str] | None = None,
) -> dict[str, list[Found]]:
    """Running cases that all may know of with these numbers in what is searchable, by hash.

    ``process``: only those of the process with this key; of every process without one.
    """
    if not id_hashes:
        return {}
    alike = () if process is None else (process_version.c.key == process,)
    rows = tx.execute(
        select(
            case_attribute.c.key_hash.label("key"),
            case.c.number.label("reference"),
            case.c.organisation_id,
        )
        .distinct()
        .join(case, case.c.id == case_attribute.c.case_id)
        .join(process_version, process_version.c.id == case.c.definition_id)
        .where(
            *alike,
            case_attribute.c.key_hash.in_(sorted(id_hashes)),
            case.c.status.in_(NOT_OVER),
            case.c.id != except_case,
            FOR_ALL_TO_KNOW,
        )
        .order_by(case.c.number)
        .limit(_MOST)
    ).all()
    counties = counties_of(tx, {row.organisation_id for row in rows})
    found: dict[str, list[Found]] = {}
    for row in rows:
        one = Found(row.reference, *counties[row.organisation_id], what=CASE)
        found.setdefault(row.key, []).append(one)
    return found


def county_of(tx: Tx, organisation_id: str) -> tuple[str, str, str]:
    """Id, name and telephone of the county an organisation belongs to; of itself above counties."""
    return counties_of(tx, [organisation_id])[organisation_id]


def counties_of(tx: Tx, organisation_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """The same for many in one statement."""
    found = dict.fromkeys(organisation_ids, ("", "", ""))
    if not found:
        return found
    rows = tx.execute(
        select(
            organisation_closure.c.descendant_id.label("of"),
            organisation.c.id,
            organisation.c.name,
            organisation.c.phone,
            organisation.c.level,
        )
        .join(organisation_closure, organisation_closure.c.ancestor_id == organisation.c.id)
        .where(
            organisation_closure.c.descendant_id.in_(sorted(found)),
            organisation_closure.c.kind == "approval",
        )
        .order_by(organisation_closure.c.depth)
    )
    settled: set[str] = set()
    for row in rows:  # from itself upwards
        if row.of not in settled and (row.level == "county" or found[row.of] == ("", "", "")):
            found[row.of] = (row.id, row.name, row.phone)
        if row.level == "county":
            settled.add(row.of)
    return found


def _found(
    tx: Tx, column: ColumnElement[str | None], hashes: Collection[str], except_file: str
) -> dict[str, list[Found]]:
    if not hashes:
        return {}
    found: dict[str, list[Found]] = {}
    rows = _files(tx, column.in_(sorted(hashes)), except_file, column)
    for row, one in rows:
        found.setdefault(row.key, []).append(one)
    return found


def _files(
    tx: Tx,
    condition: ColumnElement[bool],
    except_file: str,
    key: ColumnElement[str | None] = household_person.c.id_hash,
    statuses: Sequence[str] = OPEN_FILES,
) -> list[tuple[Any, Found]]:
    """People of files that stand, each file with its county; the counties are asked once each.

    Of files of other ``statuses`` those that were struck off last come first.
    """
    rows = tx.execute(
        select(
            key.label("key"),
            household_person.c.file_no,
            household_person.c.position,
            household_person.c.name,
            household_person.c.birth_date,
            household_person.c.counted,
            household.c.organisation_id,
            household.c.closed_on,
            household.c.closed_reason,
        )
        .join(household, household.c.file_no == household_person.c.file_no)
        .where(
            condition,
            household_person.c.file_no != except_file,
            household.c.status.in_(statuses),
        )
        .order_by(
            household.c.closed_on.desc(), household_person.c.file_no, household_person.c.position
        )
        .limit(_MOST)
    ).all()
    counties = counties_of(tx, {row.organisation_id for row in rows})
    return [
        (
            row,
            Found(
                row.file_no,
                *counties[row.organisation_id],
                position=row.position,
                name=row.name,
                counted=row.counted,
                closed_on=row.closed_on,
                closed_reason=row.closed_reason,
            ),
        )
        for row in rows
    ]
