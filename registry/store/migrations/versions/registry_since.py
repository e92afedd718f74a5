"""Since when files count and wait, and since when a category waits to be looked at again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "registry_since"
down_revision = "registry_file_reports"
branch_labels = None
depends_on = None

_AHEAD_OF_UTC = timedelta(hours=8)


def upgrade() -> None:
    for table, name in (
        ("household", "stands_since"),
        ("household", "awaits_since"),
        ("household_index", "review_since"),
    ):
        column = sa.Column(name, sa.String(length=10), nullable=False, server_default="")
        op.add_column(table, column)
    op.drop_index("ix_household_status", "household")
    op.create_index("ix_household_status", "household", ["status", "awaits_since", "file_no"])
    op.create_index("ix_household_stands", "household", ["stands_since", "file_no"])
    op.create_index("ix_household_index_review", "household_index", ["review_since", "file_no"])
    found = list(_since())
    if found:
        op.get_bind().execute(
            sa.text(
                "UPDATE household SET stands_since = :stands, awaits_since = :awaits"
                " WHERE file_no = :file"
            ),
            found,
        )


def _since() -> Iterator[dict[str, str]]:
    """What the versions say: a file came back with the first one after it was struck off.

    No act takes a national number away, so what waits now has waited since it (last) came.
    """
    rows = op.get_bind().execute(
        sa.text(
            "SELECT h.file_no, h.status, h.opened_on, v.number, v.act, v.at"
            " FROM household h JOIN household_version v ON v.file_no = h.file_no"
            " WHERE h.status <> 'closed' AND v.number = 1 + COALESCE((SELECT MAX(c.number)"
            " FROM household_version c WHERE c.file_no = h.file_no AND c.act = 'closed'), 0)"
        )
    )
    for row in rows:
        came = (datetime.fromisoformat(row.at) + _AHEAD_OF_UTC).date().isoformat()
        stands = row.opened_on if row.number == 1 else came
        awaits = came if row.act == "imported" else stands
        yield {
            "file": row.file_no,
            "stands": stands,
            "awaits": awaits if row.status == "awaiting_entry" else "",
        }
