"""What a person sees of a step and of a case: opened, and masked where it must be."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from engine.errors import NotFound
from engine.feel import EvaluationContext
from engine.forms import CompiledForm
from engine.model.actors import Actor
from engine.model.cases import (
    Case,
    EventKind,
    HistoryEntry,
    Reached,
    StoredFile,
)
from engine.model.definitions import Element, LaneKind
from engine.model.delays import DelayReason
from engine.model.items import Items, of_detail, of_lists, same_item
from engine.model.links import RelatedCase
from engine.model.papers import PaperCheck, RequiredPaper
from engine.model.tasks import Holder, Standing, Task, TaskLine, TaskStatus, standing
from engine.runtime import Program
from engine.store import (
    case_links,
    cases,
    delays,
    directory,
    events,
    files,
    paper_checks,
    receipts,
    task_lists,
    tasks,
)
from engine.store.database import Tx
from engine.store.events import EventRow
from engine.store.tasks import LoadedTask
from engine.work.access import visible_case
from engine.work.compartments import without
from engine.work.confidence import Confidence, form_of
from engine.work.drafts import open_draft
from engine.work.environment import Environment
from engine.work.opened import Earlier, OpenedCase, open_case, scope_at
from engine.work.papers import required_papers
from engine.work.returning import with_steps_been_through
from engine.work.seen_case import SeenCase
from engine.work.submissions import Submission
from engine.work.told_limits import ToldLimit, limit_of_step, limits_of_case
from engine.work.units_asked import with_units

START = "发起"


@dataclass(frozen=True)
class DecisionShown:
    """What a decision table said, and why; ``variable`` is what its answer was written to."""

    element_id: str
    element_name: str
    at: datetime
    value: object
    hits: Sequence[Mapping[str, object]]
    problems: Sequence[str]
    variable: str = ""
    items: Items = ()


_Told = TypeVar("_Told", Submission, DecisionShown)


@dataclass(frozen=True)
class TaskView:
    """Everything the page of a step needs."""

    task: Task
    line: TaskLine
    case: Case
    program: Program
    """The version with which the step is done, or was."""
    element: Element
    form: CompiledForm | None
    data: Mapping[str, object]
    """What stands in the form; of a step that was given up, what she had written in it."""
    draft_at: datetime | None
    draft_by_name: str
    scope: Mapping[str, object]
    context: EvaluationContext
    standing: Standing
    holders: tuple[Holder, ...]
    holder_name: str
    why_here: str
    basis: str
    submissions: tuple[Submission, ...]
    decisions: tuple[DecisionShown, ...]
    files: Mapping[str, StoredFile]
    is_withheld: bool = False
    """What is asked and known here is not for this reader (``readableBy``)."""
    closed: frozenset[str] = frozenset()
    """The compartments of the case that are not for this reader."""
    reads_kept: frozenset[str] = frozenset()
    """Those that are, though they are kept from others."""
    guest_draft_at: datetime | None = None
    """When the applicant saved what she has filled in of this step so far."""
    blocked_by: tuple[str, ...] = ()
    """The names of open steps that must be done before this one."""
    delay: DelayReason | None = None
    """Why it is late, as was said last."""
    papers: tuple[RequiredPaper, ...] = ()
    """The papers that a decision of the process asks for, with what was handed in."""
    paper_checks: tuple[PaperCheck, ...] = ()
    """What was ticked off as checked, in this step and before."""
    papers_decision: str = ""
    """The decision that asked for them."""
    limit: ToldLimit | None = None
    """How its limit came about."""


@dataclass(frozen=True)
class CaseView:
    """Everything the page of a case needs."""

    case: Case
    unit: str
    """The name of the organisation whose case it is."""
    open_tasks: tuple[TaskLine, ...]
    submissions: tuple[Submission, ...]
    decisions: tuple[DecisionShown, ...]
    milestones: tuple[Reached, ...]
    files: Mapping[str, StoredFile]
    incidents: tuple[str, ...]
    papers: tuple[RequiredPaper, ...] = ()
    paper_checks: tuple[PaperCheck, ...] = ()
    papers_decision: str = ""
    earlier: tuple[Earlier, ...] = ()
    """The versions of its process that the case has left."""
    related: tuple[RelatedCase, ...] = ()
    """Of the cases it is linked with those that the reader may see: of others nothing is told."""
    closed: frozenset[str] = frozenset()
    """The compartments of the case that are not for this reader."""
    reads_kept: frozenset[str] = frozenset()
    """Those that are, though they are kept from others."""
    limits: tuple[ToldLimit, ...] = ()
    """The limits that run: of the case, of its open steps, and what it waits for."""


TOLD_AT_STEP = (
    EventKind.STARTED.value,
    EventKind.TASK_COMPLETED.value,
    EventKind.DECISION.value,
)
"""The kinds of rows of the history that stand on the page of a step."""


def task_view(environment: Environment, tx: Tx, actor: Actor, task_id: str) -> TaskView:
    """The page of a step, for whoever may see its case."""
    loaded = tasks.load_visible(tx, actor, task_id)
    if loaded is None:
        raise NotFound
    opened = open_case(environment, tx, loaded.case)
    rows = events.of_case(tx, loaded.case.id, kinds=TOLD_AT_STEP)
    return task_view_of(Confidence(environment, tx, actor, opened), loaded, rows)


def task_view_of(confidence: Confidence, loaded: LoadedTask, rows: Sequence[EventRow]) -> TaskView:
    """The same of a step that its reader was found to see; ``rows`` of ``TOLD_AT_STEP``."""
    environment, tx, actor = confidence.environment, confidence.tx, confidence.actor
    task, task_id, opened = loaded.task, loaded.task.id, confidence.opened
    program = opened.program_of(task)
    element = program.element(task.process_key, task.element_id)
    form = program.form_of(element)
    context = environment.feel(tx, loaded.case.organisation_id, environment.now())
    is_open = task.status is TaskStatus.OPEN
    if form is not None and is_open:
        form = with_steps_been_through(tx, task, form)
        form = with_units(tx, task, form, environment.today())
    reads = confidence.may_read(element)
    scope = scope_at(environment, tx, opened, task.token) if is_open and reads else {}
    scope = without(scope, opened.programs, confidence.closed)
    draft = open_draft(loaded, opened.vault)
    if draft is not None and form is not None:
        draft = form.closed_over(draft, confidence.closed)
    data: Mapping[str, object] = {}
    if form is not None and is_open and reads:
        data = (
            form.initial(scope, context) if draft is None else form.reopened(draft, scope, context)
        )
    elif task.status is TaskStatus.CANCELLED and loaded.draft_by == actor.person_id:
        data = draft or {}
    today = environment.today()
    people = directory.holders(tx, task.queue.role, task.queue.handling_id, today)
    names = directory.names(tx, [loaded.draft_by or "", task.assignee or ""])
    submissions = _for_item(_submissions(tx, confidence, rows), task.items)
    return TaskView(
        task=task,
        line=task_lists.of_step(tx, task_id),
        case=loaded.case,
        program=program,
        element=element,
        form=form,
        data=data,
        draft_at=loaded.draft_at,
        draft_by_name=names.get(loaded.draft_by or "", ""),
        scope=scope,
        context=context,
        standing=standing(actor, task),
        holders=tuple(p for p in people if not task.bars(p.person_id)),
        holder_name=names.get(task.assignee or "", ""),
        why_here=task.queue.reason_text,
        basis=element.properties.get("basis", ""),
        submissions=submissions,
        decisions=_for_item(_decisions(confidence, rows), task.items),
        papers=required_papers(opened.program, submissions, context),
        papers_decision=_papers_decision(opened.program),
        paper_checks=tuple(paper_checks.of_case(tx, loaded.case.id)),
        files=_files(tx, confidence) | _staged(tx, actor, form, data),
        is_withheld=not reads,
        closed=confidence.closed,
        reads_kept=confidence.reads_kept,
        guest_draft_at=_guest_draft_at(tx, task),
        delay=delays.newest(tx, [task_id]).get(task_id) if is_open else None,
        blocked_by=tuple(tasks.open_names(tx, loaded.case.id, element.blocked_by, task.items))
        if is_open and element.blocked_by
        else (),
        limit=limit_of_step(environment, tx, opened, task),
    )


def _guest_draft_at(tx: Tx, task: Task) -> datetime | None:
    if task.lane_kind != LaneKind.PARTICIPANT.value:
        return None
    kept = receipts.draft(tx, task.id)
    return None if kept is None else kept[1]


def _files(tx: Tx, confidence: Confidence) -> dict[str, StoredFile]:
    """The papers of a case that the reader may know of."""
    withheld = confidence.withheld_files()
    found = files.of_case(tx, confidence.opened.case.id)
    return {f.id: f for f in found if f.id not in withheld}


def _staged(
    tx: Tx, actor: Actor, form: CompiledForm | None, data: Mapping[str, object]
) -> dict[str, StoredFile]:
    if form is None:
        return {}
    return {
        i: f
        for i, f in files.by_ids(tx, [file_id for file_id, _ in form.files(data)]).items()
        if f.case_id is not None or f.owner == actor.person_id
    }


def case_view(case_seen: SeenCase, rows: Sequence[EventRow]) -> CaseView:
    """The page of a case, ``rows`` its history; personal fields are masked when they are shown."""
    environment, tx, actor = case_seen.environment, case_seen.tx, case_seen.actor
    confidence, opened = case_seen.confidence, case_seen.opened
    case, case_id = opened.case, opened.case.id
    submissions = _submissions(tx, confidence, rows)
    context = environment.feel(tx, case.organisation_id, environment.now())
    open_tasks = tuple(case_seen.open_steps)
    units = directory.names_of(tx, [case.organisation_id])
    return CaseView(
        case=case,
        unit=units.get(case.organisation_id, case.organisation_id),
        open_tasks=open_tasks,
        submissions=submissions,
        papers=required_papers(opened.program, submissions, context),
        papers_decision=_papers_decision(opened.program),
        paper_checks=tuple(paper_checks.of_case(tx, case_id)),
        decisions=_decisions(confidence, rows),
        milestones=tuple(cases.milestones(tx, case_id)),
        files=_files(tx, confidence),
        incidents=_incidents(opened, rows, case),
        earlier=opened.earlier,
        related=tuple(case_links.related(tx, actor, case_id)),
        closed=confidence.closed,
        reads_kept=confidence.reads_kept,
        limits=limits_of_case(environment, tx, opened, open_tasks),
    )


def _papers_decision(program: Program) -> str:
    return "" if program.papers_needed is None else program.papers_needed.decision_id


def _detail(opened: OpenedCase, row: EventRow) -> dict[str, object]:
    if row.payload is None:
        return {}
    value = opened.vault.open_json(row.payload, "event", row.number)
    return dict(value) if isinstance(value, dict) else {}


def _submissions(
    tx: Tx, confidence: Confidence, rows: Sequence[EventRow]
) -> tuple[Submission, ...]:
    opened = confidence.opened
    names = directory.names(tx, [row.actor or "" for row in rows])
    found: list[Submission] = []
    for row in rows:
        place = _form_of(opened.program_at(row.number), row)
        if place is None:
            continue
        name, form = place
        detail = _detail(opened, row)
        data = detail.get("data")
        if not isinstance(data, dict):
            continue
        reads = _reads(confidence, row)
        found.append(
            Submission(
                row.task_id or "",
                row.element_id or "",
                name,
                row.actor or "",
                names.get(row.actor or "", ""),
                row.at,
                form,
                form.closed_over(data, confidence.closed) if reads else {},
                is_withheld=not reads,
                items=of_detail(detail.get("items")),
                profile=str(detail.get("profile", "")),
            )
        )
    return tuple(found)


def _for_item(told: Sequence[_Told], items: Items) -> tuple[_Told, ...]:
    """Without what belongs to other items than the step that is looked at."""
    return tuple(one for one in told if same_item(one.items, items))


def _reads(confidence: Confidence, row: EventRow) -> bool:
    """Whether what was filled in there is for this reader."""
    if row.kind != EventKind.TASK_COMPLETED.value or row.element_id is None:
        return True
    program = confidence.opened.program_at(row.number)
    return confidence.may_read(program.element(row.process_key or program.key, row.element_id))


def _form_of(program: Program, row: EventRow) -> tuple[str, CompiledForm] | None:
    """The name and the form of what a row of the history says was filled in."""
    form = form_of(program, row)
    if form is None:
        return None
    if row.kind == EventKind.STARTED.value:
        return form.title or START, form
    return program.element(row.process_key or program.key, row.element_id or "").name, form


def _decisions(confidence: Confidence, rows: Sequence[EventRow]) -> tuple[DecisionShown, ...]:
    """What the tables said: the gate lets none of them read what lies in a compartment."""
    opened = confidence.opened
    found: list[DecisionShown] = []
    for row in rows:
        if row.kind != EventKind.DECISION.value or row.element_id is None:
            continue
        detail = _detail(opened, row)
        program = opened.program_at(row.number)
        element = program.element(row.process_key or program.key, row.element_id)
        hits, problems = detail.get("hits"), detail.get("problems")
        found.append(
            DecisionShown(
                row.element_id,
                element.name,
                row.at,
                detail.get("value"),
                hits if isinstance(hits, list) else [],
                problems if isinstance(problems, list) else [],
                program.result_of(row.element_id),
                of_detail(detail.get("items")),
            )
        )
    return tuple(found)


def _incidents(opened: OpenedCase, rows: Sequence[EventRow], case: Case) -> tuple[str, ...]:
    if case.status.value != "incident":
        return ()
    newest: dict[tuple[object, ...], str] = {}
    for row in rows:
        if row.kind == EventKind.INCIDENT.value:
            detail = _detail(opened, row)
            which = of_detail(detail.get("items"))
            newest[row.process_key, row.element_id, which] = str(detail.get("message", ""))
    return tuple(newest.values())


@dataclass(frozen=True)
class History:
    """Rows of a case's history; ``reads_kept`` as in :class:`CaseView`."""

    entries: tuple[HistoryEntry, ...]
    reads_kept: frozenset[str]


def history(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    case_id: str,
    after: int,
    limit: int,
    kinds: Sequence[str] = (),
) -> History:
    """Rows of a case's history, oldest first, personal fields masked; one more than asked.

    Those of some kinds where ``kinds`` names them.
    """
    case = visible_case(tx, actor, case_id)
    opened = open_case(environment, tx, case)
    return history_of(Confidence(environment, tx, actor, opened), after, limit, kinds)


def history_of(
    confidence: Confidence, after: int, limit: int, kinds: Sequence[str] = ()
) -> History:
    """The same of a case that its reader was found to see."""
    rows = events.of_case(confidence.tx, confidence.opened.case.id, after, limit + 1, kinds)
    return History(told_rows(confidence, rows), confidence.reads_kept)


def told_rows(confidence: Confidence, rows: Sequence[EventRow]) -> tuple[HistoryEntry, ...]:
    """Rows of the history as they are told, personal fields masked."""
    names = directory.names(confidence.tx, [row.actor or "" for row in rows])
    return tuple(
        HistoryEntry(
            row.number,
            row.at,
            EventKind(row.kind),
            row.actor,
            row.task_id,
            row.process_key,
            row.element_id,
            _shown_detail(confidence, row),
            names.get(row.actor or "", ""),
        )
        for row in rows
    )


def _shown_detail(confidence: Confidence, row: EventRow) -> dict[str, object]:
    detail = _detail(confidence.opened, row)
    program = confidence.opened.program_at(row.number)
    place, data = _form_of(program, row), detail.get("data")
    if not _reads(confidence, row):
        detail = {**detail, "data": {}}
    elif place is not None and isinstance(data, dict):
        detail = {**detail, "data": place[1].closed_over(data, confidence.closed)}
    return masked_detail(confidence.opened.program_at(row.number), row, detail)


def masked_detail(program: Program, row: EventRow, detail: dict[str, object]) -> dict[str, object]:
    """A history row's detail with personal fields masked by the step's own form."""
    data = detail.get("data")
    if not isinstance(data, dict):
        return {k: v for k, v in detail.items() if k != "payload"}
    place = _form_of(program, row)
    return {**detail, "data": {} if place is None else place[1].mask(data)}


def masked_data(view: CaseView) -> dict[str, object]:
    """What the latest submissions say, masked: the ``data`` of the published API."""
    merged: dict[str, object] = {}
    for submission in view.submissions:
        merged.update(submission.form.mask(submission.data))
    return merged


@dataclass(frozen=True)
class DiagramView:
    """A diagram of a case: the file's own drawing, with where the case is and was."""

    process_key: str
    name: str
    bpmn: bytes
    active: frozenset[str]
    passed: frozenset[str]
    flows: frozenset[str]
    counts: Mapping[str, int]
    """How many are open of a step that is repeated."""


def diagrams(
    environment: Environment, tx: Tx, actor: Actor, case_id: str
) -> tuple[DiagramView, ...]:
    """The case's process and every called process it has entered."""
    case = visible_case(tx, actor, case_id)
    opened = open_case(environment, tx, case)
    active: dict[str, set[str]] = {}
    passed: dict[str, set[str]] = {opened.program.key: set()}
    flows: dict[str, set[str]] = {}
    counts: dict[str, Counter[str]] = {}
    for line in task_lists.open_of_case(tx, case_id):
        active.setdefault(line.process_key, set()).add(line.element_id)
        if of_lists(line.items):
            counts.setdefault(line.process_key, Counter()).update([line.element_id])
    for row in events.of_case(tx, case_id):
        steps = _detail(opened, row).get("passed")
        for step in steps if isinstance(steps, list) else []:
            process_key, element_id, flow_ids = step
            passed.setdefault(process_key, set()).add(element_id)
            flows.setdefault(process_key, set()).update(flow_ids)
    keys = [opened.program.key, *sorted((passed.keys() | active.keys()) - {opened.program.key})]
    # A called process that the present version no longer calls is drawn as it was then.
    drawn = {key: program for program in opened.programs for key in program.processes}
    return tuple(
        DiagramView(
            key,
            drawn[key].processes[key].name,
            drawn[key].bpmn(key),
            frozenset(active.get(key, ())),
            frozenset(passed.get(key, ())),
            frozenset(flows.get(key, ())),
            counts.get(key, {}),
        )
        for key in keys
    )
