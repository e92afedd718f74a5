"""The tables of the money: budget lines, movements, payments, batches, transfers, other spending.

Amounts are whole fen. What a line may never be, and that nobody is paid twice for the same, is
refused by the database itself.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from registry.store.tables import metadata

_INSTANT = String(27)
_DATE = String(10)
_ID = String(64)
_CASE = String(26)
_BATCH = String(40)
_CODE = String(40)
_Serial = BigInteger().with_variant(Integer, "sqlite")

_LIVE = text("status IN ('reserved', 'committed', 'held', 'paid')")
_FOR_ONE = text("beneficiary <> ''")
_LIVE_FOR_ONE = text("beneficiary <> '' AND status IN ('reserved', 'committed', 'held', 'paid')")

budget_line = Table(
    "budget_line",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("year", Integer, nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("programme", _CODE, nullable=False),
    Column("source", _CODE, nullable=False),
    # What the movements come to; registry.funds.invariants reckons them again.
    Column("allocated", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("committed", BigInteger, nullable=False),
    Column("paid", BigInteger, nullable=False),
    CheckConstraint(
        "reserved >= 0 AND committed >= 0 AND paid >= 0 "
        "AND reserved + committed + paid <= allocated",
        name="ck_budget_line_never_overdrawn",
    ),
    Index(
        "uq_budget_line_key",
        "year",
        "organisation_id",
        "programme",
        "source",
        unique=True,
    ),
)

payment_batch = Table(
    "payment_batch",
    metadata,
    Column("number", _BATCH, primary_key=True),
    Column("title", String(100), nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("line_id", BigInteger, ForeignKey("budget_line.id"), nullable=False),
    Column("programme", _CODE, nullable=False),
    Column("period", String(20), nullable=False),
    Column("item", _CODE, nullable=False),
    Column("made_by", _ID, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("status", String(20), nullable=False),  # registry.budget.model.BatchStatus
    Column("case_id", _CASE, nullable=False),  # empty until it is submitted
    Column("submitted_at", _INSTANT),
    Column("reason", String(300), nullable=False),  # why it was refused or withdrawn
    Column("voucher", String(60), nullable=False),
    Column("paid_on", _DATE),
    Index("ix_payment_batch_organisation", "organisation_id", "made_at"),
    Index("ix_payment_batch_case", "case_id"),
)

payment = Table(
    "payment",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("line_id", BigInteger, ForeignKey("budget_line.id"), nullable=False),
    Column("payee_kind", String(20), nullable=False),  # household | person | organisation | village
    Column("payee_key", String(80), nullable=False),  # of a person the keyed hash of the number
    Column("payee_name", String(100), nullable=False),
    Column("payee_note", String(100), nullable=False),
    Column("organisation_id", _ID, nullable=False),  # where the payee belongs, or the line's
    # Who of the payee's it is for, where a programme gives to each: keyed hash of her number.
    Column("stopped", String(300), nullable=False, server_default=""),  # why nobody may pay it
    Column("beneficiary", String(80), nullable=False, server_default=""),
    Column("beneficiary_name", String(100), nullable=False, server_default=""),
    Column("programme", _CODE, nullable=False),
    Column("period", String(20), nullable=False),
    Column("item", _CODE, nullable=False),
    Column("level", String(20), nullable=False),
    Column("year", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("status", String(20), nullable=False),  # registry.budget.model.PaymentStatus
    Column("batch_no", _BATCH, nullable=False),  # empty for the payment of a case of its own
    Column("case_id", _CASE, nullable=False),
    Column("number", Integer, nullable=False),  # in its batch, from 1
    Column("exception", String(300), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("paid_on", _DATE),
    Column("voucher", String(60), nullable=False),
    # What came back of it (fund_recovery): never more than was paid; all of it ends the payment.
    Column("recovered", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("fen > 0", name="ck_payment_positive"),
    CheckConstraint(
        "recovered >= 0 AND recovered <= fen "
        "AND (recovered = 0 OR status IN ('paid', 'recovered')) "
        "AND (status = 'recovered') = (recovered = fen)",
        name="ck_payment_recovered",
    ),
    # Nobody gets the same twice, whichever county enters it (domain.md, correction 23).
    Index(
        "uq_payment_once",
        "payee_kind",
        "payee_key",
        "beneficiary",
        "programme",
        "period",
        "item",
        "level",
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    # Nor does a child through two parents, as two things, or from two levels.
    Index(
        "uq_payment_beneficiary_once",
        "beneficiary",
        "programme",
        "period",
        unique=True,
        sqlite_where=_LIVE_FOR_ONE,
        postgresql_where=_LIVE_FOR_ONE,
    ),
    Index(
        "ix_payment_beneficiary",
        "beneficiary",
        "year",
        sqlite_where=_FOR_ONE,
        postgresql_where=_FOR_ONE,
    ),
    Index("ix_payment_batch", "batch_no", "number"),
    Index("ix_payment_payee", "payee_kind", "payee_key", "year"),
    Index("ix_payment_case", "case_id"),
)

fund_recovery = Table(
    "fund_recovery",
    metadata,
    # 追回: what came back of a payment. Only ever added to; payment.recovered is the sum.
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("payment_id", BigInteger, ForeignKey("payment.id"), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("recovered_on", _DATE, nullable=False),
    Column("voucher", String(60), nullable=False),
    Column("reason", String(300), nullable=False),
    Column("entered_by", _ID, nullable=False),
    Column("entered_at", _INSTANT, nullable=False),
    # The page it was entered on: sending it twice enters it once.
    Column("entry", String(16), unique=True),
    CheckConstraint("fen > 0", name="ck_fund_recovery_positive"),
    Index("ix_fund_recovery_payment", "payment_id"),
    Index("ix_fund_recovery_day", "recovered_on"),
)

entitlement = Table(
    "entitlement",
    metadata,
    # What a case found that somebody is to be given: no money yet, but to be put on a roster.
    Column("case_id", _CASE, primary_key=True),
    Column("payee_kind", String(20), nullable=False),
    Column("payee_key", String(80), nullable=False),
    Column("payee_name", String(100), nullable=False),
    Column("payee_note", String(100), nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("beneficiary", String(80), nullable=False),
    Column("beneficiary_name", String(100), nullable=False),
    Column("programme", _CODE, nullable=False),
    Column("period", String(20), nullable=False),
    Column("item", _CODE, nullable=False),
    Column("year", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("last_year", Integer),  # in which it may be given once more; empty: nobody knows
    Column("remembered", LargeBinary, nullable=False),  # sealed: what the next period asks again
    CheckConstraint("fen > 0", name="ck_entitlement_positive"),
    Index("ix_entitlement_beneficiary", "beneficiary", "programme", "period"),
    Index("ix_entitlement_period", "programme", "period", "beneficiary"),
)

fund_transfer = Table(
    "fund_transfer",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("from_line", BigInteger, ForeignKey("budget_line.id"), nullable=False),
    Column("to_line", BigInteger, ForeignKey("budget_line.id"), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("reason", String(300), nullable=False),
    Column("asked_by", _ID, nullable=False),
    Column("asked_at", _INSTANT, nullable=False),
    Column("status", String(20), nullable=False),  # registry.budget.model.TransferStatus
    Column("case_id", _CASE, nullable=False),
    Column("document", String(60), nullable=False),
    Index("ix_fund_transfer_case", "case_id"),
)

fund_movement = Table(
    "fund_movement",
    metadata,
    # Only ever added to. Each kind moves money between two accounts (registry.budget.model).
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("line_id", BigInteger, ForeignKey("budget_line.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("document", String(60), nullable=False),
    Column("note", String(300), nullable=False),
    Column("batch_no", _BATCH, nullable=False),
    Column("payment_id", BigInteger, ForeignKey("payment.id")),
    Column("transfer_id", BigInteger, ForeignKey("fund_transfer.id")),
    Column("other_line", BigInteger, ForeignKey("budget_line.id")),
    Column("case_id", _CASE, nullable=False),
    # The page it was entered on: sending it twice moves money once.
    Column("entry", String(16), unique=True),
    CheckConstraint("fen > 0", name="ck_fund_movement_positive"),
    Index("ix_fund_movement_line", "line_id", "at", "id"),
    Index("ix_fund_movement_payment", "payment_id"),
)

bank_sending = Table(
    "bank_sending",
    metadata,
    # A file with lines of a batch that was made for the bank. The accounts in it are kept nowhere.
    Column("number", String(24), primary_key=True),  # 导-2026-000012, as in the log of exports
    Column("batch_no", _BATCH, ForeignKey("payment_batch.number"), nullable=False),
    # what the bank knows it by, and no other file
    Column("bank_no", _BATCH, nullable=False, server_default=""),
    Column("format", _CODE, nullable=False),  # registry/budget/bank_formats.toml
    Column("file_name", String(120), nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("made_by", _ID, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("voided_at", _INSTANT),
    Column("voided_by", _ID),
    Column("answered_at", _INSTANT),
    Column("answered_by", _ID),
    Column("result_sha256", String(64)),
    Column("voucher", String(60)),
    Column("paid_on", _DATE),
    Index("ix_bank_sending_batch", "batch_no", "made_at"),
)

bank_sending_line = Table(
    "bank_sending_line",
    metadata,
    Column("sending", String(24), ForeignKey("bank_sending.number"), primary_key=True),
    Column("payment_id", BigInteger, ForeignKey("payment.id"), primary_key=True),
    Column("name", String(100), nullable=False),  # whose account it is, as it was sent
    Column("account_hash", String(64), nullable=False),  # keyed: tells a corrected one
    Column("fate", String(10)),  # paid | failed, once the bank has answered
    Column("reason", String(100)),
    # why a failure was the payer's, not the account's
    Column("excuse", String(200), nullable=False, server_default=""),
    Index("ix_bank_sending_line_payment", "payment_id"),
)

bank_left_out = Table(
    "bank_left_out",
    metadata,
    # What could not be written when the file was made: such a line stays granted.
    Column("sending", String(24), ForeignKey("bank_sending.number"), primary_key=True),
    Column("payment_id", BigInteger, ForeignKey("payment.id"), primary_key=True),
    Column("reason", String(300), nullable=False),
)

other_expense = Table(
    "other_expense",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("subject", _CODE, nullable=False),
    Column("source", _CODE, nullable=False),
    Column("payee", String(100), nullable=False),
    Column("fen", BigInteger, nullable=False),  # negative in a counter-entry
    Column("spent_on", _DATE, nullable=False),
    Column("voucher", String(60), nullable=False),
    Column("note", String(300), nullable=False),
    Column("entered_by", _ID, nullable=False),
    Column("entered_at", _INSTANT, nullable=False),
    Column("counters", String(16), ForeignKey("other_expense.id"), unique=True),
    Index("ix_other_expense_year", "year", "organisation_id", "spent_on"),
)

result_notice = Table(
    "result_notice",
    metadata,
    Column("batch_no", _BATCH, ForeignKey("payment_batch.number"), primary_key=True),
    Column("organisation_id", _ID, nullable=False),
    Column("title", String(100), nullable=False),
    Column("lines", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("phone", String(60), nullable=False),
    Column("published_on", _DATE, nullable=False),
    Column("ends_on", _DATE, nullable=False),
    # Masked rows as they were published (registry.funds.results), and their hash.
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_result_notice_ends", "ends_on"),
)

result_supplement = Table(
    "result_supplement",
    metadata,
    # The same of what was paid later (补付), each time a part of its own, from 1.
    Column("batch_no", _BATCH, ForeignKey("payment_batch.number"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("organisation_id", _ID, nullable=False),
    Column("title", String(100), nullable=False),
    Column("lines", Integer, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("phone", String(60), nullable=False),
    Column("published_on", _DATE, nullable=False),
    Column("ends_on", _DATE, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_result_supplement_ends", "ends_on"),
)
