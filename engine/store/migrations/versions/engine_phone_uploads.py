"""Pages on which a phone sends pictures for a form."""

import sqlalchemy as sa
from alembic import op

revision = "engine_phone_uploads"
down_revision = "engine_receipts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_upload",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("field", sa.String(200), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("multiple", sa.Boolean(), nullable=False),
        sa.Column("ends_at", sa.String(27), nullable=False),
        sa.Column("closed_at", sa.String(27), nullable=True),
    )
    op.create_table(
        "phone_picture",
        sa.Column("upload_id", sa.String(40), primary_key=True),
        sa.Column("file_id", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["upload_id"], ["phone_upload.id"], ondelete="CASCADE"),
    )
