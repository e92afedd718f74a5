"""Telling people: channels, contacts, the day's digests, what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "engine_telling"
down_revision = "engine_supervision"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("outbox", sa.Column("task_id", sa.String(40), nullable=True))
    _index("outbox", "ix_outbox_unsent", "person_id", "sent_at IS NULL")
    # What waits from before speaks of days that are over.
    op.execute("UPDATE outbox SET sent_at = created_at WHERE sent_at IS NULL")
    op.create_table(
        "channel",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(64), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_channel_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint(
            "organisation_id", "kind", name=op.f("uq_channel_organisation_id_kind")
        ),
    )
    op.create_table(
        "contact",
        sa.Column("person_id", sa.String(64), nullable=False),
        sa.Column("by_sms", sa.Boolean(), nullable=False),
        sa.Column("by_mail", sa.Boolean(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("set_at", sa.String(27), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_contact_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_contact")),
    )
    op.create_table(
        "digest_day",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("told_at", sa.String(27), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_digest_day")),
    )
    _messages()


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("once", sa.String(160), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("via", sa.String(8), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.String(64), nullable=True),
        sa.Column("organisation_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(26), nullable=True),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("address", sa.LargeBinary(), nullable=True),
        sa.Column("shown_as", sa.String(60), nullable=False, server_default=""),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("fence", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("locked_until", sa.String(27), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("done_at", sa.String(27), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_message_channel_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_message_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("once", name=op.f("uq_message_once")),
    )
    op.create_index("ix_message_person", "message", ["person_id", "via", "id"], unique=False)
    op.create_index("ix_message_place", "message", ["organisation_id", "id"], unique=False)
    _index("message", "ix_message_unread", "person_id", "status = 'unread'")
    _index("message", "ix_message_waiting", "id", "status IN ('waiting', 'sending')")


def _index(table: str, name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        table,
        [column],
        unique=False,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
