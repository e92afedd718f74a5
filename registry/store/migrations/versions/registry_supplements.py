"""What is paid later of a batch is made public beside what was, which stays as it is."""

import sqlalchemy as sa
from alembic import op

revision = "registry_supplements"
down_revision = "registry_recovery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "result_supplement",
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
        sa.PrimaryKeyConstraint("batch_no", "part", name="pk_result_supplement"),
        sa.ForeignKeyConstraint(
            ["batch_no"], ["payment_batch.number"], name="fk_result_supplement_batch_no"
        ),
    )
    op.create_index("ix_result_supplement_ends", "result_supplement", ["ends_on"])
