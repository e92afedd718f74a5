"""The tables of the engine.

Merged on purpose so that one completion is eight or nine statements (design.md D2): history and
case audit are one ``event`` row, a draft lives in its task's row, the chain's head in the case's.
Instants are stored as UTC text of fixed width (``2026-11-23T08:00:00.000000Z``): they sort, they
compare, and both databases return exactly what was written. Dates are ``YYYY-MM-DD``.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)

_Serial = BigInteger().with_variant(Integer, "sqlite")
"""A growing number; SQLite only counts up by itself in INTEGER primary keys."""

_INSTANT = String(27)
_DATE = String(10)
_ID = String(64)

organisation = Table(
    "organisation",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("code", String(30), nullable=False),
    Column("name", String(100), nullable=False),
    Column("name_en", String(200), nullable=False, server_default=""),
    Column("kind", String(20), nullable=False),
    Column("level", String(20), nullable=False),
    Column("valid_from", _DATE, nullable=False),
    Column("valid_to", _DATE),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("simulated", Boolean, nullable=False),
    Column("successor_id", _ID),  # who takes over when it is closed
    # Of the counties each number that is given out asks; of unions there may be a hundred thousand.
    Index("ix_organisation_level", "level", "name"),
)

organisation_name = Table(
    "organisation_name",
    metadata,
    # Written from the first renaming on; the present name stands in the organisation's own row.
    Column("id", _Serial, primary_key=True),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("code", String(30), nullable=False),
    Column("name", String(100), nullable=False),
    Column("valid_from", _DATE, nullable=False),
    Column("document", String(200), nullable=False, server_default=""),
    Column("set_by", _ID),
)

organisation_parent = Table(
    "organisation_parent",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("kind", String(10), nullable=False),  # approval | area (design.md D25)
    Column("parent_id", _ID, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("valid_from", _DATE, nullable=False),
    Column("valid_to", _DATE),
)

organisation_closure = Table(
    "organisation_closure",
    metadata,
    Column("ancestor_id", _ID, ForeignKey("organisation.id"), primary_key=True),
    Column("descendant_id", _ID, ForeignKey("organisation.id"), primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("depth", Integer, nullable=False),
    Index("ix_organisation_closure_descendant", "descendant_id", "kind"),
)

role = Table(
    "role",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("zh", String(60), nullable=False),
    Column("en", String(100), nullable=False),
    Column("levels", String(80), nullable=False),  # comma list
    Column("sees", String(10), nullable=False),  # area | own | none (domain.md §3.16)
)

person = Table(
    "person",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("username", String(100), nullable=False, unique=True),
    Column("name", String(60), nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("phone", String(40), nullable=False, server_default=""),
    Column("password_hash", String(200)),
    Column("active", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
)

role_grant = Table(
    "role_grant",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("person_id", _ID, ForeignKey("person.id"), nullable=False, index=True),
    Column("role", String(40), ForeignKey("role.code"), nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("valid_from", _DATE, nullable=False),
    Column("valid_to", _DATE),
    Index("ix_role_grant_place", "role", "organisation_id"),
)

designation = Table(
    "designation",
    metadata,
    # "This unit's steps of that role are done by that organisation", in writing (product.md §1.13).
    Column("id", _Serial, primary_key=True),
    Column("role", String(40), ForeignKey("role.code"), nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("handled_by_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("document", String(200), nullable=False),
    Column("valid_from", _DATE, nullable=False),
    Column("valid_to", _DATE),
    Column("reason", String(500), nullable=False, server_default=""),
    Column("set_by", _ID),
    Column("set_at", _INSTANT),
)

separation_profile = Table(
    "separation_profile",
    metadata,
    # 最小岗位方案: where too few people work, some steps may be one person's (product.md §1.13).
    Column("id", _Serial, primary_key=True),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False, index=True),
    Column("document", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("valid_from", _DATE, nullable=False),
    Column("valid_to", _DATE),
    Column("set_by", _ID, nullable=False),
    Column("set_at", _INSTANT, nullable=False),
)

queue = Table(
    "queue",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("role", String(40), ForeignKey("role.code"), nullable=False),
    Column("level", String(20), nullable=False),
    Column("home_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("handling_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("reason", String(20), nullable=False),  # level | climbed | designated | unstaffed
    Column("reason_text", String(300), nullable=False),
    Column("profile_id", BigInteger),  # the separation profile of who handles it, today
    UniqueConstraint("role", "level", "home_id"),
    Index("ix_queue_handling", "handling_id", "role"),
)

process_version = Table(
    "process_version",
    metadata,
    Column("id", String(100), primary_key=True),  # key:version
    Column("key", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("start_role", String(40)),
    Column("start_level", String(20)),
    Column("content_hash", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),  # the files, zlib-compressed JSON
    Column("binds", Text, nullable=False),  # JSON {called key: definition id}
    Column("deployment_id", _ID, nullable=False, index=True),
    Column("deployed_at", _INSTANT, nullable=False),
    Column("deployed_by", _ID),
    UniqueConstraint("key", "version"),
)

scenario_record = Table(
    "scenario_record",
    metadata,
    # What the scenarios of a version showed when it was last deployed with them.
    Column("definition_id", String(100), ForeignKey("process_version.id"), primary_key=True),
    Column("deployment_id", _ID, nullable=False),
    Column("record", Text, nullable=False),  # JSON (engine.model.scenarios)
)

case = Table(
    "cases",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("definition_id", String(100), ForeignKey("process_version.id"), nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("business_key", String(200)),
    Column("title", String(200), nullable=False),
    Column("status", String(10), nullable=False),  # active completed cancelled suspended incident
    Column("milestone", String(60)),
    Column("started_by", _ID, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("total_due_at", _INSTANT),
    Column("total_limit", String(20)),
    Column("paused_since", _INSTANT),
    Column("pauses", Text, nullable=False),  # JSON [[from, to], …] of finished pauses
    Column("rev", Integer, nullable=False),
    Column("next_task_no", Integer, nullable=False),
    Column("event_count", Integer, nullable=False),
    Column("chain_head", String(64), nullable=False),
    Column("data_key", LargeBinary, nullable=False),  # wrapped by the master key
    Column("state", LargeBinary, nullable=False),  # sealed
    Column("confidentiality", Integer, nullable=False, server_default="0"),
    Column("sealed_role", String(40)),  # whose holders see it when it is sealed
    Column("excludes", Boolean, nullable=False, server_default=false()),  # see case_exclusion
    # The list of cases it was begun with (engine.model.fan_out): one case a list and key.
    Column("fan_out_id", String(16)),
    Index(
        "uq_cases_fan_out",
        "fan_out_id",
        "business_key",
        unique=True,
        sqlite_where=text("fan_out_id IS NOT NULL"),
        postgresql_where=text("fan_out_id IS NOT NULL"),
    ),
    Index(
        "ix_cases_fan_out_open",
        "fan_out_id",
        sqlite_where=text("fan_out_id IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=text("fan_out_id IS NOT NULL AND ended_at IS NULL"),
    ),
    Index(
        "ix_cases_total_due",
        "total_due_at",
        "id",
        "paused_since",
        sqlite_where=text("total_due_at IS NOT NULL AND ended_at IS NULL"),
        postgresql_where=text("total_due_at IS NOT NULL AND ended_at IS NULL"),
    ),
    # Whose eyes a case is for, without the case: what is due asks it fifty thousand times. SQLite
    # reads no index alone that does not also say that the case has not ended.
    Index(
        "ix_cases_sight",
        "id",
        "organisation_id",
        "definition_id",
        "confidentiality",
        "excludes",
        "started_by",
        "sealed_role",
        "ended_at",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_cases_started_by",
        "started_by",
        "id",
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index("ix_cases_organisation", "organisation_id", "created_at"),
    Index("ix_cases_definition", "definition_id", "status"),
    Index("ix_cases_created", "created_at", "id"),
    Index(
        "ix_cases_excludes",
        "id",
        sqlite_where=text("excludes"),
        postgresql_where=text("excludes"),
    ),
    Index(
        "ix_cases_kept",
        "id",
        sqlite_where=text("excludes OR confidentiality >= 2"),
        postgresql_where=text("excludes OR confidentiality >= 2"),
    ),
)

case_exclusion = Table(
    "case_exclusion",
    metadata,
    # Who is kept away from a case: whom it complains about. Rows are never taken away.
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),  # person | unit
    Column("ref", _ID, primary_key=True),
    # Of a unit that is named: the levels of its superiors that are kept away as well.
    Column("superiors", String(80), nullable=False, server_default=""),
    Column("since", _INSTANT, nullable=False),
    Column("number", Integer, nullable=False),  # of the row of the history that named them
)

kept_number = Table(
    "kept_number",
    metadata,
    # By what the person of a case that is kept close is known: its numbers cannot be searched any
    # more, but her other cases must find each other. The hash of the hash of case_attribute, so
    # that without the key no row here can be laid beside one there.
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("key_hash", String(64), nullable=False),
    Index("ix_kept_number_hash", "key_hash"),
)

compartment_request = Table(
    "compartment_request",
    metadata,
    # Somebody asks to read a compartment of a case; a second person lets her in or refuses.
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False, index=True),
    Column("compartment", String(40), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed
    Column("granted", Boolean),  # none while nobody has answered
    Column("answered_by", _ID),
    Column("answered_at", _INSTANT),
    Column("answer", LargeBinary),  # sealed
    Column("until", _INSTANT),
)

milestone = Table(
    "milestone",
    metadata,
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("reached_at", _INSTANT, nullable=False),
    # The element that was reached; rows of earlier releases do not say it.
    Column("process_key", String(80)),
    Column("element_id", String(100)),
)

task = Table(
    "task",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("token", String(64), nullable=False),
    Column("process_key", String(80), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("case_process", String(80), nullable=False),  # differs in a called process
    Column("name", String(200), nullable=False),
    Column("item", Text),  # which of a repeated step it is, as JSON; None for all others
    Column("queue_id", BigInteger, ForeignKey("queue.id"), nullable=False),
    Column("lane_kind", String(12), nullable=False),
    Column("status", String(10), nullable=False),  # open completed cancelled
    Column("rev", Integer, nullable=False),
    Column("assignee", _ID),
    Column("claimed_at", _INSTANT),
    Column("barred", Text, nullable=False),  # |person|person| who may not do it
    # |person|person| who may do it only where a separation profile holds
    Column("by_profile", Text, nullable=False, server_default=""),
    Column("priority", Integer, nullable=False),
    Column("created_at", _INSTANT, nullable=False),
    Column("due_at", _INSTANT),
    Column("due_date", _DATE),
    Column("deadline", String(20)),
    Column("counted_from", _DATE),  # the written date its limit is reckoned from
    Column("limit_of", String(8)),  # ours citizen; NULL in rows of earlier releases
    Column("paused", Text),  # JSON [[from, to], …] as written; NULL: as the case stood still
    Column("provisional", Boolean, nullable=False),  # counted by weekends only (design.md D8)
    Column("next_alert_at", _INSTANT),
    Column("alert_stage", Integer, nullable=False),  # 0 none, 1 reminded, 2 overdue, 3 escalated
    Column("pauses_clock", Boolean, nullable=False),
    Column("returned_by", String(40)),  # the step that sent the case back to this one
    Column("completed_at", _INSTANT),
    Column("completed_by", _ID),
    Column("profile_id", BigInteger),  # the separation profile without which she could not have
    Column("draft", LargeBinary),  # sealed
    Column("draft_by", _ID),
    Column("draft_at", _INSTANT),
    # Of its case, kept by triggers of the database (migration ``engine_step_places``): where it is
    # begun, NULL where not everybody sees it who sees what lies there; and its version.
    Column("place_id", _ID),
    Column("definition_id", String(100)),
    Index(
        "ix_task_inbox",
        "queue_id",
        "assignee",
        "due_at",
        "id",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index("ix_task_case", "case_id", "number"),
    # What a case waits for is asked at every completion: not to be looked for among all it did.
    Index(
        "ix_task_open_of_case",
        "case_id",
        "queue_id",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    # The list of open steps goes from id to id: not past all that were ever done. Only who says
    # that he goes through the ids may use it, as with ``ix_task_due``.
    Index(
        "ix_task_open",
        "id",
        sqlite_where=text("status = 'open' AND id > ''"),
        postgresql_where=text("status = 'open' AND id > ''"),
    ),
    # What is late or due this week is asked across all queues of an area. Only who asks when a step
    # is due may use it: for any other question about open steps it would be all of them.
    Index(
        "ix_task_due",
        "due_at",
        "id",
        "case_id",
        "process_key",
        "element_id",
        "place_id",
        "definition_id",
        sqlite_where=text("status = 'open' AND due_at IS NOT NULL"),
        postgresql_where=text("status = 'open' AND due_at IS NOT NULL"),
    ),
    Index(
        "ix_task_alert",
        "next_alert_at",
        sqlite_where=text("next_alert_at IS NOT NULL"),
        postgresql_where=text("next_alert_at IS NOT NULL"),
    ),
    Index("ix_task_done", "completed_by", "completed_at"),
    Index(
        "ix_task_given_up",
        "completed_at",
        sqlite_where=text("status = 'cancelled' AND draft_by IS NOT NULL"),
        postgresql_where=text("status = 'cancelled' AND draft_by IS NOT NULL"),
    ),
    Index(
        "ix_task_profile",
        "profile_id",
        "completed_at",
        sqlite_where=text("profile_id IS NOT NULL"),
        postgresql_where=text("profile_id IS NOT NULL"),
    ),
    Index("ix_task_assignee", "assignee", "status"),
)


def _cell(*, is_key: bool) -> list[Column[Any]]:
    """What a number of waiting steps is counted by."""
    return [
        Column("queue_id", BigInteger, primary_key=is_key, autoincrement=False, nullable=False),
        # '' for everybody; else one of them who may not do it, to be taken off for her
        Column("person_id", _ID, primary_key=is_key, nullable=False),
        Column("due_at", _INSTANT, primary_key=is_key, nullable=False),  # '' without a limit
        Column("process", String(80), primary_key=is_key, nullable=False),
        # barred; or profile: only where no separation profile holds
        Column("why", String(10), primary_key=is_key, nullable=False),
    ]


# Open steps that nobody holds, counted by triggers of the database (engine.store.waiting).
waiting = Table(
    "waiting",
    metadata,
    *_cell(is_key=True),
    Column("n", Integer, nullable=False),
    sqlite_with_rowid=False,
)

waiting_change = Table(
    "waiting_change",
    metadata,
    # PostgreSQL alone: what is still to be added to the numbers.
    Column("id", _Serial, primary_key=True),
    *_cell(is_key=False),
    Column("n", Integer, nullable=False),
    Index("ix_waiting_change_queue", "queue_id", "person_id"),
)

job = Table(
    "job",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False, index=True),
    Column("token", String(64), nullable=False),
    Column("kind", String(12), nullable=False),  # timer operation retry signal
    Column("process_key", String(80), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("due_at", _INSTANT, nullable=False),
    Column("status", String(10), nullable=False),  # waiting running done failed
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("locked_until", _INSTANT),  # real time, not the business clock
    Column("locked_by", String(64)),
    Column("last_error", Text),
    Column("created_at", _INSTANT, nullable=False),
    Column("done_at", _INSTANT),
    Index(
        "ix_job_due",
        "due_at",
        sqlite_where=text("status IN ('waiting', 'running')"),
        postgresql_where=text("status IN ('waiting', 'running')"),
    ),
    Index(
        "ix_job_failed",
        "id",
        sqlite_where=text("status = 'failed'"),
        postgresql_where=text("status = 'failed'"),
    ),
    Index(
        "ix_job_live_of_case",
        "case_id",
        sqlite_where=text("status IN ('waiting', 'running', 'failed')"),
        postgresql_where=text("status IN ('waiting', 'running', 'failed')"),
    ),
    UniqueConstraint("case_id", "token", "kind"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False, index=True),
    Column("token", String(64), nullable=False),
    Column("process_key", String(80), nullable=False),
    Column("element_id", String(100), nullable=False),
    Column("name", String(100), nullable=False),
    Column("key_hash", String(64), nullable=False),  # "signal": a wait that has no key
    UniqueConstraint("case_id", "token"),
    Index("ix_subscription_key", "name", "key_hash"),
)

event = Table(
    "event",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", _INSTANT, nullable=False),  # business time
    Column("kind", String(20), nullable=False),
    Column("actor", _ID),
    Column("task_id", String(40)),
    Column("process_key", String(80)),
    Column("element_id", String(100)),
    Column("payload", LargeBinary),  # sealed
    Column("hash", String(64), nullable=False),
    Column("request_id", _ID),  # the request or the try of a job that wrote it
    UniqueConstraint("case_id", "number"),
)

case_attribute = Table(
    "case_attribute",
    metadata,
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("label", String(80), nullable=False),
    Column("text", String(200)),
    Column("number", Numeric(18, 4)),
    Column("date", _DATE),
    Column("key_hash", String(64)),
    Column("last4", String(4)),
    Column("pinyin", String(200)),  # how the text is typed by ear: engine.model.pinyin
    Index("ix_case_attribute_text", "name", "text"),
    Index("ix_case_attribute_hash", "key_hash"),
)

file = Table(
    "file",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), index=True),
    Column("owner", _ID, nullable=False),
    Column("name", String(300), nullable=False),
    Column("label", String(200), nullable=False, server_default=""),
    Column("type", String(100), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("staged_at", _INSTANT, nullable=False),
    Column("linked_at", _INSTANT),
    # In which draft it lies: "task/<id>" or "start/<person>/<process>/<unit>". It is not tidied
    # away while that draft is kept.
    Column("draft_of", String(200)),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", _ID, primary_key=True),
    Column("operation", String(60), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("answer", LargeBinary, nullable=False),  # sealed
    Column("created_at", _INSTANT, nullable=False, index=True),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

fan_out = Table(
    "fan_out",
    metadata,
    # Many cases of one process begun from a list; case_id is the case that waits for their end.
    Column("id", String(16), primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("definition_id", String(100), ForeignKey("process_version.id"), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("case_id", String(26), ForeignKey("cases.id")),
    Column("source", String(80), nullable=False),  # empty: whoever began it goes through the list
    Column("wanted", LargeBinary, nullable=False),  # sealed: what the source is asked
    Column("total", Integer, nullable=False),  # lines of the list, 0 while nobody has counted
    Column("done", Integer, nullable=False),  # lines looked at in this round
    Column("begun", Integer, nullable=False),  # cases
    Column("after", String(200), nullable=False),  # the key of the last line looked at
    Column("asked_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),  # the list has been gone through
    Column("stopped_at", _INSTANT),
    Column("joins_until", _DATE),  # the last day on which cases may join it; empty: none may
    Index("ix_fan_out_case", "case_id"),
)

fan_out_refusal = Table(
    "fan_out_refusal",
    metadata,
    # A line of the list that no case was begun for, and why.
    Column("fan_out_id", String(16), ForeignKey("fan_out.id"), primary_key=True),
    Column("business_key", String(200), primary_key=True),
    Column("organisation_id", _ID, nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed: it may say what was filled in
    Column("at", _INSTANT, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26)),
    Column("kind", String(40), nullable=False),
    Column("person_id", _ID),
    Column("payload", Text, nullable=False),
    Column("task_id", String(40)),  # the step it speaks of, where it speaks of one
    Column("created_at", _INSTANT, nullable=False),
    Column("sent_at", _INSTANT),  # when a digest took it up
    Index("ix_outbox_person", "person_id", "id"),
    Index(
        "ix_outbox_unsent",
        "person_id",
        sqlite_where=text("sent_at IS NULL"),
        postgresql_where=text("sent_at IS NULL"),
    ),
)

channel = Table(
    "channel",
    metadata,
    # A way out of the house that an organisation has set up; secrets are in it by name only.
    Column("id", _Serial, primary_key=True),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # sms | robot | mail
    Column("active", Boolean, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("set_by", _ID, nullable=False),
    Column("set_at", _INSTANT, nullable=False),
    UniqueConstraint("organisation_id", "kind"),
)

contact = Table(
    "contact",
    metadata,
    # Where a person wants her digest beside the one in the product: her own choice.
    Column("person_id", _ID, ForeignKey("person.id"), primary_key=True),
    Column("by_sms", Boolean, nullable=False),
    Column("by_mail", Boolean, nullable=False),
    Column("address", LargeBinary, nullable=False),  # sealed: mobile and mail
    Column("set_at", _INSTANT, nullable=False),
)

timed_start = Table(
    "timed_start",
    metadata,
    # Of a process, unit and day one case is begun by the timer, however many workers there are.
    Column("process_key", String(80), primary_key=True),
    Column("organisation_id", _ID, primary_key=True),
    Column("day", _DATE, primary_key=True),
    Column("case_id", String(26)),  # none where one stood there already, begun by hand
    Column("at", _INSTANT, nullable=False),
)

case_link = Table(
    "case_link",
    metadata,
    # One case has begun another (engine.model.links); kind is the word that people read.
    Column("from_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("key_hash", String(64)),  # under one key a case begins one; empty: as many as it likes
    Column("generation", Integer, nullable=False),  # how many have begun each other before it
    Column("at", _INSTANT, nullable=False),
    UniqueConstraint("from_id", "key_hash"),
    Index("ix_case_link_case", "case_id"),
)

digest_day = Table(
    "digest_day",
    metadata,
    # The key by which a day is told once, however many workers there are.
    Column("day", _DATE, primary_key=True),
    Column("told_at", _INSTANT, nullable=False),
    Column("people", Integer, nullable=False),
)

message = Table(
    "message",
    metadata,
    # What somebody was told, one row a channel: her list, the queue to the outside, the record.
    Column("id", _Serial, primary_key=True),
    Column("once", String(160), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),  # digest | test | case | added
    Column("via", String(8), nullable=False),  # app | copy | sms | robot | mail
    Column("channel_id", BigInteger, ForeignKey("channel.id")),
    Column("person_id", _ID),
    Column("organisation_id", _ID, ForeignKey("organisation.id"), nullable=False),
    Column("case_id", String(26)),
    Column("day", _DATE, nullable=False),
    Column("text", Text, nullable=False),
    Column("facts", Text, nullable=False, server_default="{}"),  # JSON: the numbers in the text
    Column("address", LargeBinary),  # sealed
    Column("shown_as", String(60), nullable=False, server_default=""),  # the address, masked
    # app: unread read past; copy: unread read; outside: waiting sending sent failed replaced
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("locked_until", _INSTANT),  # real time, as all leases
    Column("error", Text),
    Column("created_at", _INSTANT, nullable=False),
    Column("done_at", _INSTANT),
    Index("ix_message_person", "person_id", "via", "id"),
    Index("ix_message_place", "organisation_id", "id"),
    Index(
        "ix_message_unread",
        "person_id",
        sqlite_where=text("status = 'unread'"),
        postgresql_where=text("status = 'unread'"),
    ),
    Index(
        "ix_message_waiting",
        "id",
        sqlite_where=text("status IN ('waiting', 'sending')"),
        postgresql_where=text("status IN ('waiting', 'sending')"),
    ),
)

access_event = Table(
    "access_event",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", _INSTANT, nullable=False),
    Column("actor", _ID),
    Column("action", String(40), nullable=False),
    Column("object", String(120), nullable=False),
    Column("detail", String(300), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("request_id", _ID),
)

seal = Table(
    "seal",
    metadata,
    Column("seq", _Serial, primary_key=True, autoincrement=False),
    Column("source", String(6), nullable=False),  # case | access
    Column("source_id", BigInteger, nullable=False),
    Column("source_hash", String(64), nullable=False),
    Column("before_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("at", _INSTANT, nullable=False),
    UniqueConstraint("source", "source_id"),
)

seal_day = Table(
    "seal_day",
    metadata,
    Column("day", _DATE, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("signature", String(128), nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),  # web | api
    Column("person_id", _ID, ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", _INSTANT, nullable=False),
    Column("seen_at", _INSTANT, nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("at", _INSTANT, nullable=False, index=True),
    Column("username_hash", String(64), nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
)

one_use_link = Table(
    "one_use_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", _ID, ForeignKey("person.id"), nullable=False),
    Column("expires_at", _INSTANT, nullable=False),
    Column("used_at", _INSTANT),
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("real0", _INSTANT, nullable=False),
    Column("business0", _INSTANT, nullable=False),
    Column("speed", Numeric(18, 6), nullable=False),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("date", _DATE, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("note", String(60), nullable=False, server_default=""),
)

parameter = Table(
    "parameter",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisation.id")),
    Column("valid_from", _DATE, nullable=False),
    Column("value", Text, nullable=False),  # JSON
    Column("unit", String(20), nullable=False, server_default=""),
    Column("basis", String(20), nullable=False, server_default="parameter"),
    Column("source", String(200), nullable=False, server_default=""),
    Column("reason", String(500), nullable=False, server_default=""),
    Column("set_by", _ID),
    Column("set_at", _INSTANT),
    Column("to_running", Boolean, nullable=False, server_default=false()),
    Index("ix_parameter_name", "name", "organisation_id", "valid_from"),
)

receipt = Table(
    "receipt",
    metadata,
    # What the applicant holds: the code itself is on her paper only.
    Column("id", _Serial, primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), nullable=False, index=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("issued_at", _INSTANT, nullable=False),
    Column("issued_by", _ID, nullable=False),
    Column("revoked_at", _INSTANT),
    Index(
        "ix_receipt_live",
        "case_id",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
)

guest_session = Table(
    "guest_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("receipt_id", BigInteger, ForeignKey("receipt.id"), nullable=False, index=True),
    Column("seen_at", _INSTANT, nullable=False),  # real time, as all sessions
    Column("expires_at", _INSTANT, nullable=False),
)

guest_draft = Table(
    "guest_draft",
    metadata,
    # Apart from the officer's draft of the same step: neither writes over the other.
    Column("task_id", String(40), ForeignKey("task.id"), primary_key=True),
    Column("draft", LargeBinary, nullable=False),  # sealed
    Column("saved_at", _INSTANT, nullable=False),
)

errand = Table(
    "errand",
    metadata,
    # Work somebody asked for and waits for. Instants are the machine's; what is wanted is sealed.
    Column("id", String(16), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("subject", String(120), nullable=False),
    Column("wanted", LargeBinary, nullable=False),
    Column("status", String(10), nullable=False),  # waiting | running | done | failed
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("told", String(300), nullable=False),
    Column("file_id", _ID),
    Column("asked_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("locked_until", _INSTANT),
    Column("locked_by", String(64)),
    Index("ix_errand_status", "status", "asked_at"),
    Index("ix_errand_subject", "kind", "subject"),
    Index("ix_errand_person", "by_id", "asked_at"),
)

migration = Table(
    "migration",
    metadata,
    # Running cases that somebody takes over to another version of their process.
    Column("id", String(16), primary_key=True),
    Column("process_key", String(80), nullable=False),
    Column("from_version", Integer),  # none: whatever other version a case is on
    Column("to_version", Integer, nullable=False),
    Column("ids", Text, nullable=False),  # JSON {old element: new element}
    Column("by_id", _ID, nullable=False),
    Column("asked_at", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("total", Integer, nullable=False),
    Index("ix_migration_process", "process_key", "asked_at"),
)

case_move = Table(
    "case_move",
    metadata,
    # What became of a case in a migration, with what it takes to put it back.
    Column("migration_id", String(16), ForeignKey("migration.id"), primary_key=True),
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("from_id", String(100), ForeignKey("process_version.id"), nullable=False),
    Column("to_id", String(100), ForeignKey("process_version.id"), nullable=False),
    Column("status", String(10), nullable=False),  # moved | left | back
    Column("reasons", Text, nullable=False),  # JSON [[Chinese, English], …]
    Column("number", Integer, nullable=False),  # of the row of the history that says so
    Column("state_hash", String(64), nullable=False),  # of what it waits for since
    Column("snapshot", LargeBinary),  # sealed: the state before
    Column("steps", Text, nullable=False),  # JSON: its open steps before
    Column("at", _INSTANT, nullable=False),
    Index("ix_case_move_case", "case_id", "at"),
)

phone_upload = Table(
    "phone_upload",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("person_id", _ID, nullable=False),
    Column("place", String(300), nullable=False),
    Column("field", String(200), nullable=False),
    Column("label", String(200), nullable=False),
    Column("multiple", Boolean, nullable=False),
    Column("ends_at", _INSTANT, nullable=False),
    Column("closed_at", _INSTANT),
)

phone_picture = Table(
    "phone_picture",
    metadata,
    Column(
        "upload_id", String(40), ForeignKey("phone_upload.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("file_id", _ID, primary_key=True),
    Column("number", Integer, nullable=False),
)

case_subject = Table(
    "case_subject",
    metadata,
    # The steps of other cases that a case is about: a supervisor's order names late ones.
    Column("case_id", String(26), ForeignKey("cases.id"), primary_key=True),
    Column("task_id", String(40), ForeignKey("task.id"), primary_key=True),
    Index("ix_case_subject_task", "task_id"),
)

reminder = Table(
    "reminder",
    metadata,
    # Each time the people of a late step were asked to hurry.
    Column("id", _Serial, primary_key=True),
    Column("task_id", String(40), ForeignKey("task.id"), nullable=False),
    Column("way", String(20), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Index("ix_reminder_task", "task_id", "id"),
)

delay_reason = Table(
    "delay_reason",
    metadata,
    # Why a step is late, as its people say; the newest holds, the others stay.
    Column("id", _Serial, primary_key=True),
    Column("task_id", String(40), ForeignKey("task.id"), nullable=False),
    Column("reason", String(30), nullable=False),
    Column("note", String(200), nullable=False),
    Column("by_id", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
    Index("ix_delay_reason_task", "task_id", "id"),
)

paper_check = Table(
    "paper_check",
    metadata,
    # A paper that was looked at in a step (已核): seen by whoever does the steps after it.
    Column("task_id", String(40), ForeignKey("task.id"), primary_key=True),
    Column("file_id", _ID, primary_key=True),
    Column("by_id", _ID, nullable=False),
    Column("at", _INSTANT, nullable=False),
)

start_draft = Table(
    "start_draft",
    metadata,
    # The half-filled start form of a case that does not exist yet: one a person, process and unit.
    Column("person_id", _ID, primary_key=True),
    Column("process_key", String(80), primary_key=True),
    Column("organisation_id", _ID, primary_key=True),
    Column("draft", LargeBinary, nullable=False),  # sealed
    Column("saved_at", _INSTANT, nullable=False),
)

published_figures = Table(
    "published_figures",
    metadata,
    # A year's figures as they were made public; a year is published once, and may be taken back.
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("content", Text, nullable=False),  # JSON, without what must not be told
    Column("sha256", String(64), nullable=False),
    Column("published_at", _INSTANT, nullable=False),
    Column("published_by", _ID, nullable=False),
    Column("withdrawn_at", _INSTANT),
    Column("withdrawn_by", _ID),
    Column("reason", String(200), nullable=False, server_default=""),
)
