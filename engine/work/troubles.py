"""What failed or is late, its cause, and which of it to try again: for who runs it all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from engine.errors import Invalid, NotFound, NotPermitted
from engine.model.actors import Actor
from engine.store import troubles as stored
from engine.store.database import Tx
from engine.store.jobs import FAILED
from engine.store.troubles import CauseCount, Desk, TroubledJob
from engine.work.environment import Environment
from engine.work.organise import ADMIN, administers_all

MOST_AT_ONCE = 500
"""Jobs that are tried again at one word; the rest at the next."""

MOST_CAUSES = 100
"""Causes that are told, those that hold up most; of the rest how many there are."""

_MACHINE = ("系统内部错误", "自动办理", "这个后台任务的记录已损坏")


class Kind(StrEnum):
    """Which of them are asked for."""

    ALL = ""
    FAILED = "failed"
    LATE = "late"


class Blame(StrEnum):
    """Where to look."""

    DRAWING = "drawing"
    MACHINE = "machine"
    WORKER = "worker"


@dataclass(frozen=True)
class Question:
    """Which of what there is."""

    kind: Kind = Kind.ALL
    cause: str = ""
    page: int = 1
    limit: int = 50


@dataclass(frozen=True)
class Cause:
    """Why jobs failed, and how many."""

    key: str
    process: str
    step: str
    error: str
    jobs: int
    blame: Blame


@dataclass(frozen=True)
class Trouble:
    """One job."""

    found: TroubledJob
    process: str
    step: str
    blame: Blame
    may_open: bool

    @property
    def is_failed(self) -> bool:
        """Whether it waits for a person."""
        return self.found.job.status == "failed"


@dataclass(frozen=True)
class Troubles:
    """A page of them, and all the numbers."""

    failed: int
    late: int
    shown: int
    causes: tuple[Cause, ...]
    more_causes: int
    rows: tuple[Trouble, ...]
    now: datetime
    real_now: datetime


def desk_of(tx: Tx, actor: Actor) -> Desk:
    """Where the actor looks after jobs; NotPermitted where nowhere.

    Of who administers the whole federation no case is asked where it lies.
    """
    if actor.is_system or administers_all(tx, actor):
        return Desk(actor, None)
    places = sorted(actor.places(ADMIN))
    if not places:
        raise NotPermitted("任务与故障由系统管理员查看和重试。如需处理,请联系市总工会管理员。")
    return Desk(actor, places)


def troubles(environment: Environment, tx: Tx, actor: Actor, asked: Question) -> Troubles:
    """What there is, what hurts most first."""
    desk, now = desk_of(tx, actor), environment.now()
    failed, late = stored.counts(tx, desk, now)
    counted = stored.causes(tx, desk)
    told = counted[:MOST_CAUSES]
    lists = {Kind.FAILED: (FAILED, failed), Kind.LATE: (stored.is_late(now), late)}
    if asked.kind:
        lists = {asked.kind: lists[asked.kind]}
    if asked.cause:
        chosen = _chosen(counted, asked.cause)
        if chosen not in told:
            told = [*told, chosen]
        lists = {Kind.FAILED: (stored.of_cause(chosen), chosen.jobs)}
    rows: list[TroubledJob] = []
    skipped = (asked.page - 1) * asked.limit
    for condition, number in lists.values():  # each has an index of its own
        left = asked.limit - len(rows)
        if left and skipped < number:
            rows += stored.rows(tx, desk, condition, skipped, left)
        skipped = max(skipped - number, 0)
    opened = stored.seen(tx, actor, [row.job.case_id for row in rows])
    return Troubles(
        failed=failed,
        late=late,
        shown=sum(number for _, number in lists.values()),
        causes=tuple(_cause(environment, tx, one) for one in told),
        more_causes=len(counted) - len(told),
        rows=tuple(_trouble(environment, tx, row, opened) for row in rows),
        now=now,
        real_now=environment.real_now(),
    )


def to_retry(tx: Tx, actor: Actor, chosen: Sequence[int], cause: str) -> list[int]:
    """The failed jobs that are meant: these, or those of a cause; at most ``MOST_AT_ONCE``."""
    desk = desk_of(tx, actor)
    if cause:
        meant = stored.of_cause(_chosen(stored.causes(tx, desk), cause))
        return stored.ids(tx, desk, meant, MOST_AT_ONCE)
    if not chosen:
        raise Invalid("没有勾选要重试的任务。请先勾选,再点“重试选中的”。")
    return sorted(set(chosen))[:MOST_AT_ONCE]


def key_of(cause: CauseCount) -> str:
    """A short name of a cause, for addresses."""
    said = "\n".join((cause.process_key, cause.element_id, cause.error))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _chosen(counted: Sequence[CauseCount], key: str) -> CauseCount:
    for one in counted:
        if key_of(one) == key:
            return one
    raise NotFound("这个原因的故障已经没有了,可能刚刚被重试。请返回任务与故障刷新。")


def _cause(environment: Environment, tx: Tx, one: CauseCount) -> Cause:
    process, step = _names(environment, tx, one.definition_id, one.process_key, one.element_id)
    return Cause(key_of(one), process, step, one.error, one.jobs, _blame(one.error))


def _trouble(environment: Environment, tx: Tx, row: TroubledJob, opened: frozenset[str]) -> Trouble:
    one = row.job
    process, step = _names(environment, tx, row.definition_id, one.process_key, one.element_id)
    blame = _blame(one.last_error or "") if one.status == "failed" else Blame.WORKER
    return Trouble(row, process, step, blame, one.case_id in opened)


def _blame(error: str) -> Blame:
    return Blame.MACHINE if not error or error.startswith(_MACHINE) else Blame.DRAWING


def _names(
    environment: Environment, tx: Tx, definition_id: str, process_key: str, element_id: str
) -> tuple[str, str]:
    """Of the process and the step; their ids where the version cannot be read."""
    try:
        program = environment.programs.get(tx, definition_id)
        name = program.element(process_key, element_id).name
    except Exception:  # noqa: BLE001 - a version that cannot be read is one of the troubles shown
        return definition_id.partition(":")[0], element_id
    return program.info.name, name or element_id
