"""任务与故障 as a page: causes first, then the jobs one by one, and what a retry would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.jobs.executor import TRIES
from engine.store.jobs import UNREADABLE
from engine.work.troubles import MOST_AT_ONCE, Blame, Cause, Kind, Question, Trouble, Troubles
from webapp.shared.addresses import address
from webapp.shared.language import _, counted, lazy, spoken
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.places import PlaceNames
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import moment

ROWS = 50
_LAST_PAGE = 10_000
_NOTHING = lazy("没有报出原因")

ADVICE: Mapping[Blame, object] = {
    Blame.DRAWING: lazy("请流程设计员改正这个环节并部署新版,把在办件迁移过去,再重试。"),
    Blame.MACHINE: lazy("请系统维护人员按时间在服务器日志里找出原因,排除后再重试。"),
    Blame.WORKER: lazy("不用重试,会自动接着办;一直不动的,请查看后台任务是否在运行。"),
}
_KINDS: Mapping[str, object] = {
    "timer": lazy("到期"),
    "operation": lazy("自动办理"),
    "retry": lazy("流转"),
    "signal": lazy("信号"),
}


@dataclass(frozen=True)
class Number:
    """How many there are, and where they are listed."""

    label: str
    count: int
    href: str
    state: str
    is_chosen: bool


@dataclass(frozen=True)
class CauseRow:
    """Why jobs failed."""

    key: str
    process: str
    step: str
    error: str
    advice: str
    jobs: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class JobRow:
    """A job that failed or is late."""

    id: int
    is_failed: bool
    kind: str
    number: str
    href: str
    unit: str
    process: str
    step: str
    error: str
    since: str
    behind: str
    tries: str
    next: str


@dataclass(frozen=True)
class TroublesPage(Page):
    """What failed or is late."""

    template: ClassVar[str] = "operation/list.html"

    tabs: tuple[Link, ...]
    numbers: tuple[Number, ...]
    causes: tuple[CauseRow, ...]
    more_causes: int
    rows: tuple[JobRow, ...]
    shown: int
    worker_advice: str
    cause: str
    kind: str
    first: str
    next: str
    error: str = ""

    @property
    def title(self) -> str:
        """任务与故障."""
        return _("任务与故障")


@dataclass(frozen=True)
class ConfirmPage(Page):
    """How many would be tried again."""

    template: ClassVar[str] = "operation/confirm.html"

    jobs: tuple[int, ...]
    cause: CauseRow | None
    count: int
    left: int
    back: str

    @property
    def title(self) -> str:
        """重试."""
        return _("重试")


def question_of(asked: Mapping[str, str]) -> Question:
    """What the address asks for; nonsense is nothing."""
    kind = asked.get("kind", "")
    page = asked.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1  # noqa: PLR2004
    return Question(
        kind=Kind(kind) if kind in set(Kind) else Kind.ALL,
        cause=asked.get("cause", ""),
        page=min(max(number, 1), _LAST_PAGE),
        limit=ROWS,
    )


def troubles_page(
    shell: Shell, engine: Engine, actor: Actor, asked: Question, places: PlaceNames, error: str = ""
) -> TroublesPage:
    """What failed or is late in the actor's area."""
    found = engine.operating.troubles(actor, asked)
    kept = {name: value for name, value in (("kind", asked.kind), ("cause", asked.cause)) if value}
    more = asked.page * asked.limit < found.shown
    return TroublesPage(
        shell=shell,
        tabs=settings_tabs("operation", actor.roles),
        numbers=_numbers(found, asked),
        causes=tuple(_cause_row(one, asked.cause) for one in found.causes),
        more_causes=found.more_causes,
        rows=tuple(_job_row(one, found, places) for one in found.rows),
        shown=found.shown,
        worker_advice=str(ADVICE[Blame.WORKER]) if found.late else "",
        cause=asked.cause,
        kind=asked.kind,
        first=address("operation.show", kept) if asked.page > 1 else "",
        next=address("operation.show", kept, page=asked.page + 1) if more else "",
        error=error,
    )


def confirm_page(
    shell: Shell, engine: Engine, actor: Actor, jobs: tuple[int, ...], cause: str
) -> ConfirmPage:
    """How many would be tried again; of a cause, which."""
    found = engine.operating.troubles(actor, Question(kind=Kind.FAILED, cause=cause, limit=1))
    of_cause = next((one for one in found.causes if one.key == cause), None)
    return ConfirmPage(
        shell=shell,
        jobs=() if cause else jobs,
        cause=None if of_cause is None else _cause_row(of_cause, cause),
        count=len(jobs),
        left=0 if of_cause is None else max(of_cause.jobs - MOST_AT_ONCE, 0),
        back=address("operation.show", {"cause": cause} if cause else {}),
    )


def _numbers(found: Troubles, asked: Question) -> tuple[Number, ...]:
    offered = (
        (Kind.ALL, _("全部"), found.failed + found.late, ""),
        (Kind.FAILED, _("故障,等人重试"), found.failed, "overdue" if found.failed else ""),
        (Kind.LATE, _("迟到,会自动办"), found.late, "today" if found.late else ""),
    )
    return tuple(
        Number(
            label,
            count,
            address("operation.show", {"kind": kind.value} if kind else {}),
            state,
            asked.kind == kind and not asked.cause,
        )
        for kind, label, count, state in offered
    )


def _cause_row(one: Cause, chosen: str) -> CauseRow:
    return CauseRow(
        key=one.key,
        process=one.process,
        step=one.step,
        error=spoken(one.error) if one.error else str(_NOTHING),
        advice=str(ADVICE[one.blame]),
        jobs=one.jobs,
        href=address("operation.show", {"cause": one.key}),
        is_chosen=one.key == chosen,
    )


def _job_row(one: Trouble, found: Troubles, places: PlaceNames) -> JobRow:
    job = one.found.job
    is_readable = job.due_at != UNREADABLE
    return JobRow(
        id=job.id,
        is_failed=one.is_failed,
        kind=str(_KINDS.get(job.kind, job.kind)),
        number=one.found.number,
        href=url_for("cases.show", case_id=job.case_id) if one.may_open else "",
        unit=places.organisation(one.found.organisation_id),
        process=one.process,
        step=one.step,
        error=spoken(job.last_error) if job.last_error else "",
        since=moment(job.due_at) if is_readable else "—",
        behind=_behind((found.now - job.due_at).total_seconds()) if is_readable else "—",
        # An element that failed at a person's own step has not been tried by a worker yet.
        tries=f"{min(job.attempts, TRIES)}/{TRIES}" if job.attempts else "—",
        next=_next(one, found),
    )


def _behind(seconds: float) -> str:
    minute, hour, day = 60, 3600, 86400
    if seconds < minute:
        return _("%(n)s 秒", n=int(seconds))
    if seconds < 2 * hour:
        return _("%(n)s 分钟", n=int(seconds // minute))
    if seconds < 2 * day:
        return counted("%(n)s 小时", int(seconds // hour))
    return counted("%(n)s 天", int(seconds // day))


def _next(one: Trouble, found: Troubles) -> str:
    job = one.found.job
    if one.is_failed:
        return _("重试后马上")
    if job.locked_until is None or job.locked_until <= found.real_now:
        return _("等后台任务接手")
    if job.status == "running":
        return _("正在办理")
    seconds = int((job.locked_until - found.real_now).total_seconds()) + 1
    return _("%(n)s 秒后", n=seconds)
