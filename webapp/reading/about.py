"""The late steps that a case is about, as they stand now (督办单)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from engine import Engine
from engine.model.tasks import TaskLine, TaskStatus
from engine.work.subjects import AboutSteps
from webapp.shared.items import step_of
from webapp.shared.language import _
from webapp.shared.words import Badge, day, due_badge


@dataclass(frozen=True)
class AboutStep:
    """One of the steps."""

    number: str
    href: str
    step: str
    holder: str
    due_day: str
    state: Badge


@dataclass(frozen=True)
class AboutBox:
    """All of them; ``unseen`` are of cases that the reader may not see."""

    rows: tuple[AboutStep, ...]
    unseen: int


def about_box(engine: Engine, about: AboutSteps) -> AboutBox | None:
    """The box of a case, None for one that is about no steps."""
    lines, unseen = about
    return AboutBox(about_rows(engine, lines), unseen) if lines or unseen else None


def about_rows(engine: Engine, lines: Sequence[TaskLine]) -> tuple[AboutStep, ...]:
    """The steps in words."""
    now, calendar = engine.clock.now(), engine.calendar()
    return tuple(
        AboutStep(
            number=line.case_number,
            href=url_for("cases.show", case_id=line.case_id, tab="history"),
            step=step_of(line.name, line.items, line.process_key),
            holder=line.assignee_name or "",
            due_day=day(line.due_date),
            state=due_badge(line, now, calendar)
            if line.status == TaskStatus.OPEN.value
            else Badge(
                _("已办结") if line.status == TaskStatus.COMPLETED.value else _("已取消"), "none"
            ),
        )
        for line in lines
    )
