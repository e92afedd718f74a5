"""Reports on files in the tables."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from engine.model.actors import Actor
from engine.model.cases import NOT_OVER
from engine.store.cases import visible_to
from engine.store.database import Tx
from engine.store.instants import to_text
from engine.store.tables import case
from registry.file_report import FileReport
from registry.store.objections import read_as, values_of
from registry.store.tables import file_report, household_version, notice


def add(tx: Tx, new: FileReport) -> None:
    """Write a report down."""
    tx.execute(insert(file_report).values(values_of(new)))


def save(tx: Tx, changed: FileReport) -> None:
    """Write it back with its answer."""
    tx.execute(
        update(file_report)
        .where(file_report.c.receipt == changed.receipt)
        .values(values_of(changed))
    )


def of_case(tx: Tx, case_id: str) -> list[FileReport]:
    """Those a case looks into, oldest first."""
    return read_as(FileReport, tx, _ordered().where(file_report.c.case_id == case_id))


def by_receipt(tx: Tx, receipt: str) -> FileReport | None:
    """The one with this number."""
    found = read_as(FileReport, tx, select(file_report).where(file_report.c.receipt == receipt))
    return found[0] if found else None


def waiting_of_case(tx: Tx, case_id: str, until: datetime | None) -> list[FileReport]:
    """Those without an answer, of them what came up to an instant; held until the end."""
    query = (
        _ordered()
        .where(file_report.c.case_id == case_id, file_report.c.result == "")
        .with_for_update()
    )
    if until is not None:
        query = query.where(file_report.c.at <= to_text(until))
    return read_as(FileReport, tx, query)


def case_looking_into(tx: Tx, file_no: str) -> str:
    """The running case that looks into reports on this file; empty when there is none."""
    found = tx.execute(
        select(file_report.c.case_id)
        .join(case, case.c.id == file_report.c.case_id)
        .where(
            file_report.c.file_no == file_no,
            file_report.c.result == "",
            case.c.status.in_(NOT_OVER),
        )
        .limit(1)
    ).scalar()
    return found or ""


def is_running(tx: Tx, case_id: str) -> bool:
    """Whether a case still goes on."""
    status = tx.execute(select(case.c.status).where(case.c.id == case_id)).scalar()
    return status in NOT_OVER


def cases_about(tx: Tx, actor: Actor, file_no: str) -> Sequence[tuple[str, str]]:
    """(case, what came of it) of every report on this file whose case the actor may see."""
    rows = tx.execute(
        select(file_report.c.case_id, file_report.c.result)
        .join(case, case.c.id == file_report.c.case_id)
        .where(file_report.c.file_no == file_no, visible_to(actor))
        .order_by(file_report.c.at.desc(), file_report.c.receipt)
    )
    return list({row.case_id: (row.case_id, row.result) for row in rows}.values())


def file_of_notice(tx: Tx, notice_id: str) -> str:
    """The file that the case on this notice has opened or changed; empty for none."""
    found = tx.execute(
        select(household_version.c.file_no)
        .join(notice, notice.c.case_id == household_version.c.case_id)
        .where(notice.c.id == notice_id)
        .order_by(household_version.c.at.desc())
        .limit(1)
    ).scalar()
    return found or ""


def _ordered() -> Select[Any]:
    return select(file_report).order_by(file_report.c.at, file_report.c.receipt)
