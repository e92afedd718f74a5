"""Questions of the register's invariants."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, true

from engine.store.database import Tx
from engine.store.tables import case, organisation, person, subscription
from registry.household import OUT, WITHOUT_CASE, File, Version
from registry.notice import OBJECTION, PublicNotice
from registry.store import exits, households, notices
from registry.store.duty import duty
from registry.store.exits import Exit
from registry.store.import_tables import import_mark
from registry.store.tables import (
    file_report,
    household,
    household_exit,
    household_version,
    notice,
)

_BATCH = 500


def files_with_newest(tx: Tx) -> Iterator[tuple[File, Version | None]]:
    """Every file with the version its row names."""
    after = ""
    while True:
        numbers = list(
            tx.execute(
                select(household.c.file_no)
                .where(household.c.file_no > after)
                .order_by(household.c.file_no)
                .limit(_BATCH)
            ).scalars()
        )
        yield from households.with_newest(tx, numbers)
        if len(numbers) < _BATCH:
            return
        after = numbers[-1]


@dataclass(frozen=True)
class Chain:
    """The versions of a file: the number its row names, and what there is."""

    file_no: str
    named: int
    lowest: int
    highest: int
    count: int


def chains(tx: Tx) -> list[Chain]:
    """Of every file."""
    number = household_version.c.number
    return [
        Chain(row.file_no, row.version, row.lowest, row.highest, row.n)
        for row in tx.execute(
            select(
                household.c.file_no,
                household.c.version,
                func.coalesce(func.min(number), 0).label("lowest"),
                func.coalesce(func.max(number), 0).label("highest"),
                func.count(number).label("n"),
            )
            .select_from(
                household.outerjoin(
                    household_version, household_version.c.file_no == household.c.file_no
                )
            )
            .group_by(household.c.file_no, household.c.version)
            .order_by(household.c.file_no)
        )
    ]


def files_with_exits(tx: Tx) -> Iterator[tuple[str, str, str, Sequence[Exit]]]:
    """(file, status, out since, its exits that go on) of files that are out, or ever were."""
    query = (
        select(
            household.c.file_no, household.c.status, household.c.closed_on, household_exit.c.number
        )
        .select_from(
            household.outerjoin(
                household_exit,
                (household_exit.c.file_no == household.c.file_no)
                & (household_exit.c.back_on == ""),
            )
        )
        .where((household.c.status.in_(OUT)) | household_exit.c.number.is_not(None))
        .order_by(household.c.file_no, household_exit.c.number)
    )
    seen = {(row.file_no, row.status, row.closed_on): None for row in tx.execute(query)}
    for file_no, status, closed_on in seen:
        still_out = [one for one in exits.of_file(tx, file_no) if not one.back_on]
        yield file_no, status, closed_on, still_out


def notices_with_case_status(tx: Tx) -> list[tuple[PublicNotice, str]]:
    """Every notice as its row stands, and the status of its case; empty without one."""
    return [
        (notices.as_stored(row), row.case_status)
        for row in tx.execute(
            select(notice, func.coalesce(case.c.status, "").label("case_status"))
            .select_from(notice.outerjoin(case, case.c.id == notice.c.case_id))
            .order_by(notice.c.id)
        )
    ]


def awaited_objections(tx: Tx) -> list[tuple[str, str]]:
    """(case id, keyed hash) of each wait for an objection."""
    return [
        (row.case_id, row.key_hash)
        for row in tx.execute(
            select(subscription.c.case_id, subscription.c.key_hash)
            .where(subscription.c.name == OBJECTION)
            .order_by(subscription.c.id)
        )
    ]


def rows_that_point_nowhere(tx: Tx) -> list[str]:
    """Records whose organisation or case does not exist; what was done without a case has none."""
    of_a_case = household_version.c.act.not_in(WITHOUT_CASE)
    pointing = (
        (household, household.c.file_no, household.c.organisation_id, organisation, true()),
        (notice, notice.c.id, notice.c.organisation_id, organisation, true()),
        (duty, duty.c.id, duty.c.organisation_id, organisation, true()),
        (duty, duty.c.id, duty.c.person_id, person, true()),
        (notice, notice.c.id, notice.c.case_id, case, true()),
        (import_mark, import_mark.c.key_hash, import_mark.c.case_id, case, true()),
        (file_report, file_report.c.receipt, file_report.c.case_id, case, true()),
        (
            household_version,
            household_version.c.file_no,
            household_version.c.case_id,
            case,
            of_a_case | (household_version.c.case_id != ""),
        ),
    )
    found: list[str] = []
    for table, name, reference, target, concerned in pointing:
        missing = concerned & ~select(target.c.id).where(target.c.id == reference).exists()
        found.extend(
            f"{table.name} {row[0]}: no {target.name} {row[1]}"
            for row in tx.execute(select(name, reference).where(missing).limit(_BATCH))
        )
    return found
