"""The tables of lists that are imported; what people wrote in them is sealed."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from registry.store.tables import metadata

_INSTANT = String(27)
_ID = String(64)
_HASH = String(64)

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(80), nullable=False),  # households, or the key of a process
    Column("by_id", _ID, nullable=False),
    Column("organisation_id", _ID, nullable=False),  # of whoever brought it
    Column("file_name", String(120), nullable=False),
    Column("file_hash", _HASH, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    Column("status", String(10), nullable=False),  # registry.incoming.batch.Status
    Column("content", LargeBinary, nullable=False),  # the file; sealed
    Column("loose", LargeBinary, nullable=False),  # problems of no row; sealed JSON
    Index("ix_import_batch_of_person", "by_id", "created_at"),
    Index("ix_import_batch_file", "file_hash", "kind"),
)

import_row = Table(
    "import_row",
    metadata,
    Column("batch_id", String(16), ForeignKey("import_batch.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("state", String(10), nullable=False),  # read | good | bad | known | done
    Column("content", LargeBinary, nullable=False),  # sealed JSON: answers, problems, result
    Index("ix_import_row_state", "batch_id", "state", "number"),
)

import_mark = Table(
    "import_mark",
    metadata,
    # What was started from a list, so that the same list starts nothing twice. ``scope`` says
    # what the hash is of: a whole row of one organisation, or a person.
    Column("kind", String(80), primary_key=True),
    Column("scope", String(80), primary_key=True),
    Column("key_hash", _HASH, primary_key=True),
    Column("case_id", String(26), nullable=False),
    Column("at", _INSTANT, nullable=False),
    Index("ix_import_mark_case", "case_id"),
)
