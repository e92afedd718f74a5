"""Running cases that were begun from files, in the tables."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select

from engine.model.cases import NOT_OVER
from engine.store.database import Tx
from engine.store.tables import case, case_attribute, milestone, process_version

ABOUT = "file_no"
"""The field by which such a process is given its file; its form marks it as an attribute."""

RESOLVED = "resolved"


@dataclass(frozen=True)
class Running:
    """A case of a process about a file, not decided yet."""

    case_id: str
    number: str
    process_key: str
    organisation_id: str


def running(
    tx: Tx, file_numbers: Collection[str], process_keys: Collection[str]
) -> dict[str, list[Running]]:
    """By file number, cases of these processes that run and have decided nothing yet."""
    if not file_numbers or not process_keys:
        return {}
    rows = tx.execute(
        select(
            case_attribute.c.text,
            case.c.id,
            case.c.number,
            case.c.organisation_id,
            process_version.c.key,
        )
        .join(case, case.c.id == case_attribute.c.case_id)
        .join(process_version, process_version.c.id == case.c.definition_id)
        .where(
            case_attribute.c.name == ABOUT,
            case_attribute.c.text.in_(sorted(file_numbers)),
            process_version.c.key.in_(sorted(process_keys)),
            _undecided(),
        )
        .order_by(case.c.created_at, case.c.id)
    )
    found: dict[str, list[Running]] = {}
    for row in rows:
        one = Running(row.id, row.number, row.key, row.organisation_id)
        found.setdefault(row.text, []).append(one)
    return found


def in_process(process_key: str, file_no: ColumnElement[str]) -> ColumnElement[bool]:
    """That such a case of a process is about the file of a row."""
    return (
        select(case.c.id)
        .join(case_attribute, case_attribute.c.case_id == case.c.id)
        .join(process_version, process_version.c.id == case.c.definition_id)
        .where(
            case_attribute.c.name == ABOUT,
            case_attribute.c.text == file_no,
            process_version.c.key == process_key,
            _undecided(),
        )
        .exists()
    )


def _undecided() -> ColumnElement[bool]:
    decided = exists().where(milestone.c.case_id == case.c.id, milestone.c.name == RESOLVED)
    return case.c.status.in_(NOT_OVER) & ~decided.correlate(case)
