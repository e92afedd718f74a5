"""What is paid later of a batch is made public beside what was, which stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "registry_result_parts"
down_revision = "registry_recovery"
branch_labels = None
depends_on = None

_KEPT = (
    "batch_no",
    "organisation_id",
    "title",
    "lines",
    "fen",
    "phone",
    "published_on",
    "ends_on",
    "content",
    "sha256",
)


def upgrade() -> None:
    # Another primary key is another table: SQLite changes none.
    op.create_table(
        "result_notice_parts",
        sa.Column("batch_no", sa.String(40), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("fen", sa.BigInteger, nullable=False),
        sa.Column("phone", sa.String(60), nullable=False),
        sa.Column("published_on", sa.String(10), nullable=False),
        sa.Column("ends_on", sa.String(10), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("batch_no", "part", name="pk_result_notice"),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["payment_batch.number"], name="fk_result_notice_batch_no"
        ),
    )
    kept = ", ".join(_KEPT)
    op.execute(
        f"INSERT INTO result_notice_parts (part, {kept}) SELECT 0, {kept} FROM result_notice"
    )
    op.drop_table("result_notice")
    op.rename_table("result_notice_parts", "result_notice")
    op.create_index("ix_result_notice_ends", "result_notice", ["ends_on"])
