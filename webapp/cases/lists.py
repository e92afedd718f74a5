"""Lists of cases and of finished steps as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotFound
from engine.model.cases import CaseLine, CaseStatus
from engine.model.same_person import SameCase
from engine.store.cases import CaseQuestion
from engine.store.instants import to_text
from engine.store.task_lists import TaskQuestion
from engine.work.inbox import decode_cursor, encode_cursor
from webapp.reading.grievance_tabs import grievance_tabs
from webapp.shared.addresses import address
from webapp.shared.items import named, step_of
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.requests import current_registry
from webapp.shared.words import CASE_STATES, moment
from webapp.standard.grievances import listed

PAGE_SIZE = 100
_NARROWS = ("q", "state", "process", "unit", "step")


@dataclass(frozen=True)
class CaseRow:
    """One case."""

    href: str
    title: str
    number: str
    state: str
    state_words: str
    steps: str
    unit: str
    process: str
    started: str


@dataclass(frozen=True)
class StepRow:
    """One step she finished."""

    href: str
    title: str
    number: str
    step: str
    unit: str
    process: str
    at: str


@dataclass(frozen=True)
class Option:
    """One value of a drop-down."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True)
class CaseListPage(Page):
    """Cases that match."""

    template: ClassVar[str] = "cases/list.html"

    rows: tuple[CaseRow, ...]
    searched: str
    states: tuple[Option, ...]
    processes: tuple[Option, ...]
    step: str
    unit: str
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """办件查询."""
        return _("办件查询")


@dataclass(frozen=True)
class GrievancesPage(Page):
    """The cases of one process of grievances, newest first; ``begin`` where she may begin one."""

    template: ClassVar[str] = "cases/grievances.html"

    tabs: tuple[Link, ...]
    process: str
    rows: tuple[CaseRow, ...]
    states: tuple[Option, ...]
    begin: str
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """信访维权."""
        return _("信访维权")


@dataclass(frozen=True)
class DonePage(Page):
    """What she has done, and where her cases are now."""

    template: ClassVar[str] = "cases/done.html"

    tabs: tuple[Link, ...]
    steps: tuple[StepRow, ...]
    cases: tuple[CaseRow, ...]
    shows_steps: bool
    is_cut: bool

    @property
    def title(self) -> str:
        """已办与关注."""
        return _("已办与关注")


def case_list(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> CaseListPage:
    """Cases the actor may see that match what the address asks."""
    text = asked.get("q", "").strip()
    found = (
        engine.cases.search(actor, text, PAGE_SIZE)
        if text
        else engine.cases.list(actor, _question(asked))
    )
    shown = found[:PAGE_SIZE]
    narrowing = {name: asked[name] for name in _NARROWS if asked.get(name)}
    after = _after(found) if not text else ""
    return CaseListPage(
        shell=shell,
        rows=_case_rows(actor, shown),
        searched=text,
        states=_states(asked),
        processes=tuple(
            Option(row.key, named(row.name, row.key), asked.get("process") == row.key)
            for row in engine.definitions.latest()
            if row.start_role
        ),
        step=asked.get("step", ""),
        unit=asked.get("unit", ""),
        first_page=address("cases.listing", narrowing) if asked.get("after") else "",
        next_page=address("cases.listing", narrowing, after=after) if after else "",
    )


def grievances(
    shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]
) -> GrievancesPage:
    """Of one process of grievances the cases she may see. NotFound for a process that is none."""
    process = asked.get("process") or listed()[0]
    if process not in listed():
        raise NotFound
    narrowing = {"process": process}
    if asked.get("state"):
        narrowing["state"] = asked["state"]
    found = engine.cases.list(actor, _question(narrowing | {"after": asked.get("after", "")}))
    after = _after(found)
    begins = {row.key for row, _units in engine.definitions.startable(actor, from_nothing=True)}
    return GrievancesPage(
        shell=shell,
        tabs=grievance_tabs(engine, process),
        process=process,
        rows=_case_rows(actor, found[:PAGE_SIZE]),
        states=_states(asked),
        begin=url_for("cases.choose_unit", key=process) if process in begins else "",
        first_page=address("cases.grievances", narrowing) if asked.get("after") else "",
        next_page=address("cases.grievances", narrowing, after=after) if after else "",
    )


def _states(asked: Mapping[str, str]) -> tuple[Option, ...]:
    return tuple(
        Option(state, str(words), asked.get("state") == state)
        for state, words in CASE_STATES.items()
    )


def _question(asked: Mapping[str, str]) -> CaseQuestion:
    cursor = asked.get("after", "")
    after = decode_cursor(cursor) if cursor else []
    return CaseQuestion(
        status=asked.get("state", ""),
        process_key=asked.get("process", ""),
        organisation_id=asked.get("unit", ""),
        element_id=asked.get("step", ""),
        after=(str(after[0]), str(after[1])) if len(after) > 1 else None,
        limit=PAGE_SIZE,
    )


def _after(found: Sequence[CaseLine]) -> str:
    """Where the next page begins; empty where there is none."""
    if len(found) <= PAGE_SIZE:
        return ""
    last = found[PAGE_SIZE - 1]
    return encode_cursor([to_text(last.created_at), last.id])


def _case_rows(actor: Actor, lines: Sequence[CaseLine]) -> tuple[CaseRow, ...]:
    """Cases with where they are now; where nobody has a step, what is waited for."""
    waiting = [line.id for line in lines if _waits(line)]
    notices = current_registry().standing_notices(actor, waiting) if waiting else {}
    return tuple(
        case_row(line, named(notices[line.id].status_words) if line.id in notices else _("等待中"))
        if _waits(line)
        else case_row(line)
        for line in lines
    )


def _waits(line: CaseLine) -> bool:
    return not line.steps and line.status == CaseStatus.ACTIVE.value


def case_row(line: CaseLine, waits_for: str = "") -> CaseRow:
    """One case in a list."""
    return CaseRow(
        href=url_for("cases.show", case_id=line.id),
        title=line.title,
        number=line.number,
        state=line.status,
        state_words=str(CASE_STATES.get(line.status, line.status)),
        steps=_("、").join(map(named, line.steps)) or waits_for,
        unit=line.organisation_name,
        process=named(line.process_name),
        started=moment(line.created_at),
    )


def earlier_row(found: SameCase) -> Mapping[str, str]:
    """One earlier case, for the page's script."""
    line = found.line
    return {
        "href": url_for("cases.show", case_id=line.id),
        "number": line.number,
        "title": line.title,
        "process": named(line.process_name),
        "unit": line.organisation_name,
        "state": found.stage,
        "started": moment(line.created_at)[:10],
    }


def done_page(shell: Shell, engine: Engine, actor: Actor, asked: Mapping[str, str]) -> DonePage:
    """The steps she finished, or the cases she had a hand in and where they are now."""
    shows_steps = asked.get("show") != "cases"
    steps = (
        engine.tasks.list(actor, TaskQuestion(completed_by=actor.person_id, limit=PAGE_SIZE))
        if shows_steps
        else ()
    )
    cases: Sequence[CaseLine] = (
        ()
        if shows_steps
        else engine.cases.list(
            actor, CaseQuestion(started_or_done_by=actor.person_id, limit=PAGE_SIZE)
        )
    )
    return DonePage(
        shell=shell,
        tabs=(
            Link(_("我办过的环节"), url_for("cases.done"), shows_steps),
            Link(_("我经手的办件"), url_for("cases.done", show="cases"), not shows_steps),
        ),
        steps=tuple(
            StepRow(
                href=url_for("tasks.show", task_id=line.id),
                title=line.title,
                number=line.case_number,
                step=step_of(line.name, line.items, line.process_key),
                unit=line.organisation_name,
                process=named(line.process_name, line.process_key),
                at=moment(line.completed_at),
            )
            for line in steps[:PAGE_SIZE]
        ),
        cases=_case_rows(actor, cases[:PAGE_SIZE]),
        shows_steps=shows_steps,
        is_cut=max(len(steps), len(cases)) > PAGE_SIZE,
    )
