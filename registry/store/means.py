"""Reports of the means-check agency in the tables."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from engine.store.database import Tx
from engine.store.instants import from_text, to_text
from registry.store.tables import means_report


@dataclass(frozen=True)
class Report:
    """A report on a head's household; ``content`` is sealed, ``result`` consistent or different."""

    head_hash: str
    case_id: str
    report_no: str
    report_date: str
    result: str
    content: bytes
    at: datetime


def sealed_place(report_no: str) -> str:
    """Names the report a sealed content belongs to."""
    return f"means_report/{report_no}"


def newest(tx: Tx, head_hash: str, since: date) -> Report | None:
    """The newest report of a head that is not older than a day."""
    row = tx.execute(
        select(means_report)
        .where(
            means_report.c.head_hash == head_hash,
            means_report.c.report_date >= since.isoformat(),
        )
        .order_by(means_report.c.report_date.desc(), means_report.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Report(
        row.head_hash,
        row.case_id,
        row.report_no,
        row.report_date,
        row.result,
        row.content,
        from_text(row.at),
    )


def add_once(tx: Tx, new: Report) -> None:
    """Keep a report; one of this number of the same case is there already once it was kept."""
    known = tx.execute(
        select(means_report.c.id).where(
            means_report.c.case_id == new.case_id, means_report.c.report_no == new.report_no
        )
    ).first()
    if known is None:
        tx.execute(insert(means_report).values({**asdict(new), "at": to_text(new.at)}))
