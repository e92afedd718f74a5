"""Files as a list of cases (design.md D10): reviewed all at once, or one that goes on elsewhere.

A process asks for them with ``cases.for_each`` or ``cases.begin_each``, source ``files``.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import cast

from engine.errors import Invalid
from engine.model.clock import ZONE
from engine.model.fan_out import Line
from engine.store.database import Tx
from engine.store.instants import to_text
from registry.household import text
from registry.store import reviewable
from registry.store.reviewable import Wanted


class FileList:
    """Files that stand.

    Wanted: ``below``, the organisation whose area is meant, or ``file_no``, one file;
    ``unchanged_since``, a day: only files that were not changed from then on; ``unhelped``, true:
    only those that were given nothing; ``not_in``, the key of a process: no file about which a
    case of it has decided nothing yet. ``variables`` are what each case begins with, beside
    ``file_no``, ``household`` (the name of its head) and ``union``.
    """

    def count(self, tx: object, wanted: Mapping[str, object]) -> int:
        """How many there are."""
        return reviewable.count(cast(Tx, tx), _asked(wanted))

    def page(
        self, tx: object, wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        """The next ones by file number."""
        given = wanted.get("variables")
        variables = given if isinstance(given, Mapping) else {}
        return [
            Line(
                one.file_no,
                one.organisation_id,
                {
                    **variables,
                    "file_no": one.file_no,
                    "household": one.household,
                    "union": one.union,
                },
            )
            for one in reviewable.page(cast(Tx, tx), _asked(wanted), after, limit)
        ]


def _asked(wanted: Mapping[str, object]) -> Wanted:
    below, file_no = text(wanted.get("below")), text(wanted.get("file_no"))
    if not below and not file_no:
        raise Invalid("没有写明名单的范围(below 或 file_no),没有发起。请核对流程。")
    since = text(wanted.get("unchanged_since"))[:10]
    try:
        day = date.fromisoformat(since) if since else None
    except ValueError:
        raise Invalid(f"“{since}”不是日期,没有发起。请核对流程。") from None
    return Wanted(
        below=below,
        file_no=file_no,
        unchanged_before=_midnight(day) if day else "",
        unhelped=wanted.get("unhelped") is True,
        not_in=text(wanted.get("not_in")),
    )


def _midnight(day: date) -> str:
    return to_text(datetime.combine(day, time(), ZONE).astimezone(UTC))
