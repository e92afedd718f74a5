"""A case about late steps of other cases: what it begins with, and where it is seen again.

Such a process says ``startsFrom = overdue`` (:mod:`engine.model.subjects`). Whoever may start it
chooses late steps of one unit; the case belongs to that unit, its number to the unit that sends it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Conflict, Invalid
from engine.model.actors import Actor
from engine.model.cases import CaseLine
from engine.model.definitions import OVERDUE, ProcessInfo
from engine.model.organisations import Organisation
from engine.model.subjects import (
    ABOUT,
    MOST_STEPS,
    about_step,
    how_late,
    people_of,
)
from engine.model.tasks import TaskLine
from engine.store import cases, delays, subjects, task_lists
from engine.store.cases import CaseQuestion
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.store.subjects import CaseAbout
from engine.work.environment import Environment

MOST_CASES = 2000
"""Rows of a list of such cases; an office sends some hundreds a year."""


@dataclass(frozen=True)
class Subject:
    """What a case about late steps begins with: its variables, its steps, who numbers it."""

    variables: Mapping[str, object]
    task_ids: tuple[str, ...]
    numbered_by: tuple[Organisation, ...]
    """The unit that sends it and those above."""


@dataclass(frozen=True)
class CaseAboutSteps:
    """A row of the list of such cases, with where it is and how its steps stand."""

    line: CaseLine
    open_step: TaskLine | None
    steps: int
    open_steps: int


def begins_from_late_steps(info: ProcessInfo) -> bool:
    """Whether a case of the process is about late steps."""
    return info.starts_from == OVERDUE


def subject_of(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    info: ProcessInfo,
    upwards: Sequence[Organisation],
    task_ids: Sequence[str],
) -> Subject:
    """Read the chosen steps again: late, visible, and all handled by the case's own unit.

    ``upwards`` is the unit the case is for, and those above it.
    Raises Invalid for steps that make no order, Conflict for one that is not late any more.
    """
    if not begins_from_late_steps(info):
        if task_ids:
            raise Invalid("这个流程不从超期环节发起,没有发起。请从“新建申请”发起。")
        return Subject({}, (), tuple(upwards))
    chosen = tuple(dict.fromkeys(task_ids))
    if not chosen:
        raise Invalid("请先在督办看板勾选超期的环节,再生成。")
    if len(chosen) > MOST_STEPS:
        raise Invalid(f"一份最多列 {MOST_STEPS} 个环节,已选 {len(chosen)} 个,请分几份生成。")
    home = upwards[0]
    lines = _late_lines(environment, tx, actor, chosen)
    if any(line.handling_id != home.id for line in lines):
        raise Invalid(f"所选环节不都由“{home.name}”办理。一份只发给一个单位,请按单位分开生成。")
    at = next((n for n, unit in enumerate(upwards) if unit.id in _places(actor, info)), 0)
    issuer = upwards[at]
    about = {
        "unit": home.name,
        "level": home.level,
        "people": people_of(lines),
        "steps": _steps(environment, tx, lines),
        "issuer": {
            "name": actor.name,
            "unit": issuer.name,
            "level": issuer.level,
            "phone": issuer.phone,
        },
    }
    return Subject({ABOUT: about}, chosen, tuple(upwards[at:]))


def _places(actor: Actor, info: ProcessInfo) -> tuple[str, ...]:
    return actor.places(info.start_role or "")


def _late_lines(
    environment: Environment, tx: Tx, actor: Actor, chosen: Sequence[str]
) -> list[TaskLine]:
    now = environment.now()
    lines = task_lists.of_ids(tx, actor, chosen)
    if len(lines) < len(chosen):
        raise Invalid("所选环节里有您查不到的,没有生成。请回到督办看板重新勾选。")
    for line in lines:
        if line.status != "open" or line.due_at is None or line.due_at >= now:
            raise Conflict(
                f"“{line.name}”({line.case_number})已办结或没有超期,没有生成。请回到督办看板重新勾选。"
            )
    return lines


def _steps(environment: Environment, tx: Tx, lines: Sequence[TaskLine]) -> list[dict[str, object]]:
    now, calendar = environment.now(), environment.calendars.get(tx)
    said = delays.newest(tx, [line.id for line in lines])
    return [
        about_step(
            line, how_late(line, now, calendar), said[line.id].words if line.id in said else ""
        )
        for line in lines
    ]


def process_about_late_steps(environment: Environment, tx: Tx) -> tuple[DefinitionRow, ...]:
    """The newest versions of the processes that begin from late steps."""
    newest = environment.newest_versions(tx)
    return tuple(
        row
        for row in newest.rows
        if row.id in newest.infos and begins_from_late_steps(newest.infos[row.id])
    )


def cases_about_steps(environment: Environment, tx: Tx, actor: Actor) -> tuple[CaseAboutSteps, ...]:
    """The cases about late steps that the actor may see, newest first."""
    found: list[CaseLine] = []
    for row in process_about_late_steps(environment, tx):
        question = CaseQuestion(process_key=row.key, limit=MOST_CASES)
        found.extend(cases.lines(tx, actor, question)[:MOST_CASES])
    found.sort(key=lambda line: (line.created_at, line.id), reverse=True)
    ids = [line.id for line in found]
    now_at: dict[str, TaskLine] = {}
    for step in task_lists.open_of_cases(tx, ids):
        now_at.setdefault(step.case_id, step)
    every, still_open = subjects.counts(tx, ids)
    return tuple(
        CaseAboutSteps(line, now_at.get(line.id), every[line.id], still_open[line.id])
        for line in found
    )


AboutSteps = tuple[Sequence[TaskLine], int]
"""The steps a case is about as they stand now, and how many the reader may not see."""


def steps_of(tx: Tx, actor: Actor, case_id: str) -> AboutSteps:
    """The steps a case is about as they stand now, and how many of them the actor may not see."""
    ids = subjects.tasks_of(tx, case_id)
    lines = task_lists.of_ids(tx, actor, ids)
    return lines, len(ids) - len(lines)


def seen_about(tx: Tx, actor: Actor, task_ids: Sequence[str]) -> Mapping[str, Sequence[CaseAbout]]:
    """By step: the cases that are about it."""
    found: dict[str, list[CaseAbout]] = {}
    for one in subjects.cases_about(tx, actor, task_ids):
        found.setdefault(one.task_id, []).append(one)
    return found
