"""The page of a case as a value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from flask import url_for

from engine import Actor, Engine
from engine.errors import NotFound
from engine.model.cases import RUNNING, CaseStatus, Reached
from engine.model.links import RelatedCase
from engine.model.tasks import TaskLine
from engine.runtime import Program
from engine.work import whole_pages
from engine.work.milestones import element_reached
from engine.work.printing import PaperStep
from engine.work.view import CaseView
from webapp.cases.incoming import AwaitedLink, awaited_links
from webapp.cases.receipt_box import ReceiptBox, receipt_box
from webapp.cases.sealed_box import SealedBox, sealed_box
from webapp.reading.about import AboutBox, about_box
from webapp.reading.additions import ShownAddition, shown_additions
from webapp.reading.diagrams import ShownDiagram, StepState, step_states
from webapp.reading.handling import HandlingBox, handling_box
from webapp.reading.history import ShownEntry, Storyteller
from webapp.reading.papers import PaperList, paper_list
from webapp.reading.same_person import SamePersonRow, same_person_rows
from webapp.reading.submissions import (
    ShownDecision,
    ShownSubmission,
    shown_decisions,
    shown_submissions,
)
from webapp.shared.english import said_by
from webapp.shared.items import named, step_of
from webapp.shared.language import _, spoken
from webapp.shared.limits import ShownLimit, shown_limit
from webapp.shared.navigation import Link, Shell
from webapp.shared.notice_days import still_on_notice
from webapp.shared.notice_port import Notice
from webapp.shared.page import Page
from webapp.shared.requests import current_registry
from webapp.shared.words import CASE_STATES, Badge, due_badge, moment

_MOST_STEPS = 8
"""Open steps that are seen at once."""
TABS = ("papers", "history", "diagram", "print")
_MOST_HISTORY = 500


@dataclass(frozen=True)
class OpenStep:
    """Where the case is now."""

    name: str
    href: str
    unit: str
    holder: str
    due: Badge


@dataclass(frozen=True)
class CaseHead:
    """What stands above every tab."""

    id: str
    number: str
    title: str
    process: str
    unit: str
    state: str
    state_words: str
    started: str
    ended: str
    total_due: str
    open_steps: tuple[OpenStep, ...]
    more_steps: tuple[OpenStep, ...]
    """Those of a case with many items that are folded away."""
    milestones: tuple[tuple[str, str], ...]
    incidents: tuple[str, ...]
    answer: str
    limits: tuple[ShownLimit, ...] = ()
    """The limits that run, with how each came about."""


@dataclass(frozen=True)
class RelatedRow:
    """A case that this one has begun, or that has begun it."""

    kind: str
    is_origin: bool
    number: str
    href: str
    title: str
    state: str
    state_words: str


@dataclass(frozen=True)
class CasePage(Page):
    """A case: one tab of it."""

    template: ClassVar[str] = "cases/show.html"

    head: CaseHead
    tabs: tuple[Link, ...]
    tab: str
    is_clear: bool
    can_cancel: bool
    receipt: ReceiptBox | None
    notice: Link | None
    about: AboutBox | None = None
    sealed: SealedBox | None = None
    same_person: tuple[SamePersonRow, ...] = ()
    additions: tuple[ShownAddition, ...] = ()
    handling: HandlingBox | None = None
    awaited: tuple[AwaitedLink, ...] = ()
    related: tuple[RelatedRow, ...] = ()
    submissions: tuple[ShownSubmission, ...] = ()
    decisions: tuple[ShownDecision, ...] = ()
    papers: PaperList | None = None
    history: tuple[ShownEntry, ...] = ()
    diagrams: tuple[tuple[ShownDiagram, tuple[StepState, ...]], ...] = ()
    to_print: tuple[PaperStep, ...] = ()

    @property
    def title(self) -> str:
        """办件 · 标题."""
        return f"{_('办件')} · {self.head.title}"


def case_page(
    shell: Shell, engine: Engine, actor: Actor, case_id: str, tab: str, *, is_clear: bool = False
) -> CasePage:
    """One tab of a case."""
    tab = tab if tab in TABS else TABS[0]
    found = engine.cases.page(actor, case_id, _MOST_HISTORY if tab == "history" else 0)
    view, program = found.view, found.program
    on_papers = tab == "papers"
    notice = current_registry().notice_of_case(actor, case_id)
    return CasePage(
        shell=shell,
        head=_head(engine, view, program, notice),
        tabs=_tabs(actor, view, tab),
        tab=tab,
        is_clear=is_clear,
        can_cancel=view.case.status in RUNNING and _may_cancel(actor, view, program),
        receipt=receipt_box(found.receipts),
        about=about_box(engine, found.about),
        sealed=sealed_box(engine, actor, case_id) if view.case.confidentiality else None,
        same_person=same_person_rows(engine, actor, case_id)
        if view.case.confidentiality and view.reads_kept
        else (),
        additions=shown_additions(engine, actor, case_id, program),
        handling=handling_box(engine, found.handling, (view.submissions, view.files)),
        awaited=awaited_links(case_id, found.awaited),
        related=tuple(map(_related_row, view.related)),
        notice=None if notice is None else _to_notice(notice),
        submissions=shown_submissions(view.submissions, view.files, masked=not is_clear)
        if on_papers
        else (),
        decisions=shown_decisions(view.decisions, view.papers_decision) if on_papers else (),
        papers=paper_list(view.submissions, view.files, view.papers, view.paper_checks)
        if on_papers
        else None,
        history=_history(engine, found),
        diagrams=_diagrams(engine, actor, case_id, program) if tab == "diagram" else (),
        to_print=_to_print(found.handling.papers) if tab == "print" else (),
    )


def _related_row(other: RelatedCase) -> RelatedRow:
    return RelatedRow(
        kind=other.kind,
        is_origin=other.was_first,
        number=other.number,
        href=url_for("cases.show", case_id=other.id),
        title=other.title,
        state=other.status,
        state_words=str(CASE_STATES.get(other.status, other.status)),
    )


def _to_print(steps: Sequence[PaperStep]) -> tuple[PaperStep, ...]:
    return tuple(replace(one, name=step_of(one.name, one.items)) for one in steps)


def _to_notice(found: Notice) -> Link:
    """The way to the case's notice: to take an objection down while it stands."""
    if found.is_open:
        page = url_for("notices.show", notice_id=found.id, _anchor="objection")
        return Link(_("代录异议"), page)
    return Link(_("查看公示"), url_for("notices.show", notice_id=found.id))


def _head(engine: Engine, view: CaseView, program: Program, notice: Notice | None) -> CaseHead:
    case, now, calendar = view.case, engine.clock.now(), engine.calendar()
    state = case.status.value
    programs = (*(one.program for one in view.earlier), program)
    steps = tuple(
        OpenStep(
            step_of(line.name, line.items, line.process_key),
            url_for("tasks.show", task_id=line.id),
            line.handling_name,
            line.assignee_name or "",
            due_badge(line, now, calendar),
        )
        for line in view.open_tasks
    )
    return CaseHead(
        id=case.id,
        number=case.number,
        title=case.title,
        process=_(
            "%(name)s(第 %(n)s 版)", name=said_by(program, program.info.name), n=case.version
        ),
        unit=view.unit,
        state=state,
        state_words=str(CASE_STATES.get(state, state)),
        started=moment(case.created_at),
        ended="" if case.ended_at is None else moment(case.ended_at),
        total_due="" if case.total_due_at is None else moment(case.total_due_at)[:10],
        open_steps=steps[:_MOST_STEPS],
        more_steps=steps[_MOST_STEPS:],
        milestones=tuple(
            (milestone_name(programs, one), moment(one.at)) for one in view.milestones
        ),
        incidents=tuple(map(spoken, view.incidents)),
        limits=tuple(shown_limit(one, calendar) for one in view.limits),
        answer=_answer(view.open_tasks, case.status)
        if notice is None or view.open_tasks or case.status not in RUNNING
        else _on_notice(engine, notice),
    )


def milestone_name(programs: Sequence[Program], reached: Reached) -> str:
    """The name of the element that was reached; the mark itself where it has none."""
    element = element_reached(programs, reached, lambda one: bool(one.name))
    if element is None or not element.name:
        return reached.name
    return said_by(programs[-1], element.name)


def _on_notice(engine: Engine, notice: Notice) -> str:
    """The same while the case waits for its notice to be over."""
    return _("这一件%(state)s。", state=notice.status_words) + still_on_notice(
        notice, engine.environment.today(), engine.calendar()
    )


def _answer(steps: Sequence[TaskLine], status: CaseStatus) -> str:
    """The sentence to read aloud when somebody rings to ask how the case stands."""
    if not steps and status is CaseStatus.ACTIVE:
        return _("这一件正在等待,到期或者收到回复后自动转到下一环节。")
    if not steps:
        state = str(CASE_STATES.get(status.value, status.value))
        return _("这一件现在的状态是:%(state)s。", state=state)
    step = steps[0]
    name = named(step.name, step.process_key)
    if step.due_date is None:
        return _("这一件现在由%(unit)s办理“%(step)s”。", unit=step.handling_name, step=name)
    return _(
        "这一件现在由%(unit)s办理“%(step)s”,应于 %(due)s 前办结。",
        unit=step.handling_name,
        step=name,
        due=step.due_date,
    )


def _tabs(actor: Actor, view: CaseView, tab: str) -> tuple[Link, ...]:
    mine = next(
        (t for t in view.open_tasks if actor.holds_at(t.role, t.handling_id)),
        None,
    )
    labels = {
        "papers": _("申请材料"),
        "history": _("流转记录"),
        "diagram": _("流程图"),
        "print": _("打印"),
    }
    links = [
        Link(label, url_for("cases.show", case_id=view.case.id, tab=name), name == tab)
        for name, label in labels.items()
    ]
    if mine is not None:
        links.insert(0, Link(_("办理"), url_for("tasks.show", task_id=mine.id)))
    return tuple(links)


def _may_cancel(actor: Actor, view: CaseView, program: Program) -> bool:
    role = program.info.start_role or ""
    return actor.person_id == view.case.started_by or actor.holds_at(
        role, view.case.organisation_id
    )


def _history(engine: Engine, found: whole_pages.CasePage) -> tuple[ShownEntry, ...]:
    view, program = found.view, found.program

    def name_of(person_id: str) -> str:
        try:
            return engine.directory.actor(person_id).name
        except NotFound:
            return _("已离岗人员")

    def program_at(number: int) -> Program:
        return next((e.program for e in view.earlier if number <= e.last_number), program)

    return Storyteller(program_at, name_of).tell(found.history)


def _diagrams(
    engine: Engine, actor: Actor, case_id: str, program: Program
) -> tuple[tuple[ShownDiagram, tuple[StepState, ...]], ...]:
    found = []
    for one in engine.cases.diagrams(actor, case_id):
        active, passed = sorted(one.active), sorted(one.passed)
        url = url_for("cases.diagram", case_id=case_id, process_key=one.process_key)
        counts = tuple(f"{element}={n}" for element, n in sorted(one.counts.items()))
        shown = ShownDiagram(
            one.name, url, tuple(active), tuple(passed), tuple(sorted(one.flows)), counts
        )
        states = step_states(program, one.process_key, active, passed, one.counts)
        found.append((shown, states))
    return tuple(found)
