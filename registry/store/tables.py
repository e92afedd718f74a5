"""The tables of the register: household files, the help they got, their paper, public notices.

They point at organisations and cases by id without a foreign key: the engine's branch of
migrations and this one know nothing of each other, and :mod:`registry.promises` checks what a
key would. Instants and dates are texts as in the engine's tables.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

from engine.store.tables import NAMING

metadata = MetaData(naming_convention=NAMING)

_INSTANT = String(27)
_DATE = String(10)
_ID = String(64)
_HASH = String(64)

household = Table(
    "household",
    metadata,
    # What lists and searches need of the newest version; everything else is sealed in it.
    Column("file_no", String(40), primary_key=True),
    Column("organisation_id", _ID, nullable=False),
    Column("head_name", String(60), nullable=False),
    Column("head_hash", _HASH, nullable=False, unique=True),  # one person heads one file
    Column("head_last4", String(4), nullable=False),
    Column("mobile_hash", _HASH),
    Column("mobile_last4", String(4)),
    Column("category", String(40), nullable=False),
    Column("archive_level", String(40), nullable=False),
    Column("status", String(20), nullable=False),
    Column("size", Integer),
    Column("national_no", String(60), nullable=False),
    Column("origin", String(20), nullable=False, server_default=""),  # imported, or empty
    Column("closed_on", _DATE, nullable=False, server_default=""),  # empty while it stands
    Column("closed_reason", String(20), nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
    Column("opened_on", _DATE, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    # Without a break since then; empty where it does not hold. See registry.household.File.
    Column("stands_since", _DATE, nullable=False, server_default=""),
    Column("awaits_since", _DATE, nullable=False, server_default=""),
    Index("ix_household_changed", "changed_at", "file_no"),
    Index("ix_household_organisation", "organisation_id", "changed_at"),
    Index("ix_household_national_no", "national_no"),
    Index("ix_household_status", "status", "awaits_since", "file_no"),
    Index("ix_household_stands", "stands_since", "file_no"),
    Index("ix_household_opened", "opened_on", "file_no"),
    Index("ix_household_mobile", "mobile_hash"),
)

household_version = Table(
    "household_version",
    metadata,
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("at", _INSTANT, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("act", String(20), nullable=False),  # approved | entered | imported
    Column("reason", String(200), nullable=False),
    Column("case_id", String(26), nullable=False),  # empty where it was imported
    Column("content", LargeBinary, nullable=False),  # sealed JSON of the whole file
    Index("ix_household_version_case", "case_id", "act"),
)

household_person = Table(
    "household_person",
    metadata,
    # Who the newest version names: what duplicates are looked for by. No number, only hashes.
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),  # 0: the head
    Column("name", String(60), nullable=False),
    Column("spelled", String(200), nullable=False, server_default=""),  # the name in pinyin
    Column("birth_date", _DATE, nullable=False),  # empty where it is not known
    Column("counted", Boolean, nullable=False),
    Column("id_hash", _HASH),
    Column("prefix_hash", _HASH),  # of the first 17 digits
    Column("account_hash", _HASH),
    Index("ix_household_person_id", "id_hash"),
    Index("ix_household_person_prefix", "prefix_hash"),
    Index("ix_household_person_account", "account_hash"),
    Index("ix_household_person_name", "name", "birth_date"),
)

household_exit = Table(
    "household_exit",
    metadata,
    # Each time a file left the register; what the yearly figures count (domain.md K09 to K11).
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("kind", String(20), nullable=False),  # lifted | secured | closed
    Column("reason", String(20), nullable=False),
    Column("on", _DATE, nullable=False),
    Column("case_id", String(26), nullable=False),  # empty where it was no case's
    Column("fell_back_on", _DATE, nullable=False),  # found poor again; empty where it was not
    Column("back_on", _DATE, nullable=False),  # on file again since; `on` where revoked
    Index("ix_household_exit_on", "on", "kind"),
)

exit_plan = Table(
    "exit_plan",
    metadata,
    # By when a household is to leave, and by what help: each plan is a row, the last counts (K10).
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("exit_by", _DATE, nullable=False),
    Column("plan", String(300), nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("case_id", String(26), nullable=False),
)

review_sample = Table(
    "review_sample",
    metadata,
    # Of the files a county found unchanged in a year, how many were drawn to be looked at again.
    Column("county_id", _ID, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("looked_at", Integer, nullable=False),
    Column("drawn", Integer, nullable=False),
)

file_report = Table(
    "file_report",
    metadata,
    # What somebody says against a household on file. Sealed as objections are, and for the same
    # reason: the unit that built the file must not learn who it was.
    Column("receipt", String(40), primary_key=True),
    Column("file_no", String(40), ForeignKey("household.file_no"), nullable=False),
    Column("case_id", String(26), nullable=False),
    Column("notice_id", String(16), nullable=False),  # empty where it did not come by a notice
    Column("at", _INSTANT, nullable=False),
    Column("way", String(20), nullable=False),
    Column("said_on", _DATE, nullable=False),
    Column("taken_by", _ID, nullable=False),
    Column("reachable", Boolean, nullable=False),  # false: nobody to reply to
    Column("content", LargeBinary, nullable=False),  # sealed: text, by
    Column("result", String(20), nullable=False),  # empty until it is answered
    Column("replied_on", _DATE),
    Column("reply_way", String(20), nullable=False),
    Column("reply", LargeBinary),  # sealed
    Index("ix_file_report_file", "file_no", "at"),
    Index("ix_file_report_case", "case_id"),
)

means_report = Table(
    "means_report",
    metadata,
    # What the means-check agency answered of a household, kept to be used again for some months.
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("head_hash", _HASH, nullable=False),
    Column("case_id", String(26), nullable=False),
    Column("report_no", String(60), nullable=False),
    Column("report_date", _DATE, nullable=False),
    Column("result", String(20), nullable=False),  # consistent | different
    Column("content", LargeBinary, nullable=False),  # sealed: the differences
    Column("at", _INSTANT, nullable=False),
    Index("ix_means_report_head", "head_hash", "report_date"),
)

household_index = Table(
    "household_index",
    metadata,
    # What the newest version can be found by beyond its row; reckoned anew when the rules change.
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("edition", Integer, nullable=False, index=True),  # of the rules it was reckoned by
    Column("spelled", String(200), nullable=False),  # the head's name in pinyin
    Column("cause", String(10), nullable=False),  # 主要致困原因
    Column("address_hash", _HASH, index=True),
    Column("withdrawn", Boolean, nullable=False),  # consent withdrawn: nothing new is done with it
    # Since when the category waits to be looked at again (认定复核); empty where it does not.
    Column("review_since", _DATE, nullable=False, server_default=""),
    Index("ix_household_index_review", "review_since", "file_no"),
)

copy_tick = Table(
    "copy_tick",
    metadata,
    # What of a file has been copied into the national system. It counts while the value is the one
    # that was copied.
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("field", String(60), primary_key=True),
    Column("value_hash", _HASH, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
)

help_record = Table(
    "help_record",
    metadata,
    # What a household was given. Never changed and never deleted: a counter-entry takes one back.
    Column("id", String(16), primary_key=True),
    Column("file_no", String(40), ForeignKey("household.file_no"), nullable=False),
    Column("kind", String(20), nullable=False),  # 帮扶类别, domain.md §2.4
    Column("given_on", _DATE, nullable=False),
    Column("cents", BigInteger, nullable=False),  # money, or what the goods are worth
    Column("goods", String(200), nullable=False),  # empty for money
    Column("source", String(20), nullable=False),  # where the money comes from
    Column("level", String(20), nullable=False),  # the level that pays
    Column("payer", String(100), nullable=False),  # the organisation that pays, by name
    Column("note", String(300), nullable=False),
    Column("entered_by", _ID, nullable=False),
    Column("entered_at", _INSTANT, nullable=False),
    Column("counters", String(16), ForeignKey("help_record.id"), unique=True),  # taken back once
    Index("ix_help_record_file", "file_no", "given_on"),
)

register_export = Table(
    "register_export",
    metadata,
    # Which files left the register as a workbook: by whom, why, how many, and which bytes.
    Column("number", String(24), primary_key=True),  # 导-2026-000012, printed in the workbook
    Column("at", _INSTANT, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("organisation_id", _ID, nullable=False),  # whose people may look it up
    Column("files", Integer, nullable=False),
    Column("withheld", Integer, nullable=False),  # of households that withdrew their consent
    Column("is_whole", Boolean, nullable=False),
    Column("reason", String(200), nullable=False),
    Column("narrowed", String(300), nullable=False),
    Column("sha256", _HASH, nullable=False),
    Index("ix_register_export_at", "at", "number"),
    Index("ix_register_export_by", "by_id", "at"),
)

household_paper = Table(
    "household_paper",
    metadata,
    # The volume on paper: where it stands, what lies in it. Each change is a row; the last counts.
    Column("file_no", String(40), ForeignKey("household.file_no"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", _INSTANT, nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("volume_no", String(60), nullable=False),  # 档号
    Column("box_no", String(40), nullable=False),  # 盒号
    Column("place", String(120), nullable=False),  # 存放地点
    Column("received", Text, nullable=False),  # JSON {paper: sheets}
    Column("note", String(300), nullable=False),
)

notice = Table(
    "notice",
    metadata,
    # Only what a notice may show, as it was published (domain.md §1.1): no number of a person,
    # no address, no illness. The full name is for the paper on the unit's board alone.
    Column("id", String(16), primary_key=True),
    Column("case_id", String(26), nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("subject", String(100), nullable=False),
    Column("name", String(60), nullable=False),  # masked
    Column("full_name", LargeBinary, nullable=False),  # sealed
    Column("unit", String(200), nullable=False),
    Column("household_size", Integer),
    Column("category", String(40), nullable=False),
    Column("archive_level", String(40), nullable=False),
    Column("places", String(300), nullable=False),
    Column("phone", String(40), nullable=False),  # of the union that takes objections
    Column("on_web", Boolean, nullable=False),
    Column("posted_at", _INSTANT, nullable=False),
    Column("posted_on", _DATE, nullable=False),
    Column("ends_on", _DATE, nullable=False),
    Column("status", String(10), nullable=False),  # open | suspended | closed
    Column("suspended_on", _DATE),
    Column("days_left", Integer),  # in the notice's own days, while suspended
    Column("result", String(20), nullable=False),  # empty until it is closed
    Column("closed_on", _DATE),
    Column("on_board", Boolean, nullable=False, server_default=false()),  # whole name, by consent
    Column("posted_by", _ID, nullable=False, server_default=""),
    Column("days", Integer),
    Column("day_kind", String(4), nullable=False, server_default="wd"),  # wd | d
    Column("first_day", String(12), nullable=False, server_default="next_day"),
    Column("counted_from", _DATE),
    Column("provisional", Boolean, nullable=False, server_default=false()),
    Column("photo_start", Boolean),  # of the board: what the figures count (domain.md K07)
    Column("photo_end", Boolean),
    Column("snapshots", Integer, nullable=False, server_default="0"),
    Index("ix_notice_case", "case_id"),
    Index("ix_notice_posted", "posted_at", "id"),
    Index("ix_notice_organisation", "organisation_id", "status"),
)

notice_snapshot = Table(
    "notice_snapshot",
    metadata,
    # What each layer said from an instant on, byte for byte; never changed.
    Column("notice_id", String(16), ForeignKey("notice.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("layer", String(5), primary_key=True),  # web | sheet
    Column("at", _INSTANT, nullable=False),
    Column("reason", String(10), nullable=False),  # posted | resumed | reckoned
    Column("ends_on", _DATE, nullable=False),
    Column("sha256", _HASH, nullable=False),
    Column("content", LargeBinary, nullable=False),  # sealed
)

notice_objection = Table(
    "notice_objection",
    metadata,
    # Who objects and what she says is sealed here and nowhere in the case: the unit that built the
    # file reads its case, and must not read this (domain.md §1.1).
    Column("receipt", String(40), primary_key=True),
    Column("notice_id", String(16), ForeignKey("notice.id"), nullable=False),
    Column("case_id", String(26), nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("way", String(20), nullable=False),
    Column("said_on", _DATE, nullable=False),
    Column("taken_by", _ID, nullable=False),
    Column("content", LargeBinary, nullable=False),  # sealed: text, by
    Column("result", String(20), nullable=False),  # empty until it is answered
    Column("replied_on", _DATE),
    Column("reply_way", String(20), nullable=False),
    Column("reply", LargeBinary),  # sealed
    Index("ix_notice_objection_notice", "notice_id", "at"),
)
