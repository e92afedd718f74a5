"""What the applicant sees and does with a receipt: the status, her steps, her messages, her papers.

She is an actor of one case (:func:`engine.model.actors.guest_of`). Whatever is asked for, the case
is hers by that actor; nothing here takes the number of a case from outside.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.errors import Invalid, NotFound, TaskNotOpen
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, Filler
from engine.model.actors import Actor, is_writer_id
from engine.model.cases import RUNNING, Case, CaseStatus, EventKind, StoredFile
from engine.model.clock import local_date
from engine.model.definitions import Element, LaneKind
from engine.model.organisations import Organisation
from engine.model.public_words import (
    MESSAGE,
    MESSAGE_HINT,
    MESSAGE_REASON,
    WORDS,
    OfferedMessage,
    OfferedStep,
    Status,
)
from engine.model.tasks import Task, TaskStatus
from engine.runtime import Position, positions, read_scope
from engine.store import cases, events, files, receipts, subscriptions, tasks
from engine.store.database import Tx
from engine.work import messages
from engine.work.access import task_for_guest
from engine.work.allowances import Allowance
from engine.work.drafts import open_guest_draft
from engine.work.environment import Environment
from engine.work.files import path_of
from engine.work.guest_additions import Addition, of_guest, takes_additions
from engine.work.milestones import element_reached
from engine.work.opened import OpenedCase, case_variable, open_case
from engine.work.public_status import merged, status_at, status_of_process, unpack
from engine.work.receipts import responsible

LONGEST_REASON = 1000
SHORTEST_REASON = 2
PAPERS = Allowance(
    "receipt-papers",
    times=60,
    within=timedelta(hours=1),
    sentence="一小时内上传得太多,这一份没有收下,其他内容不受影响。请 {minutes} 分钟后再传。",
)
"""Uploads with one receipt: a whole file photographed page by page, and no filled disk."""

_GONE = "这件事现在不能办了(已经办过,或者办理已到下一步)。请返回查看最新情况。"


@dataclass(frozen=True)
class GuestView:
    """Everything the applicant's page needs. ``reached``: what is behind her, in plain words."""

    number: str
    process_name: str
    status: CaseStatus
    started_at: datetime
    ended_at: datetime | None
    unit: Organisation | None
    statuses: tuple[Status, ...]
    reached: tuple[tuple[str, datetime], ...]
    steps: tuple[OfferedStep, ...]
    messages: tuple[OfferedMessage, ...]
    papers: tuple[StoredFile, ...]
    takes_additions: bool
    additions: tuple[Addition, ...]


@dataclass(frozen=True)
class GuestStep:
    """Everything the page of one of her steps needs."""

    task: Task
    number: str
    element: Element
    form: CompiledForm | None
    data: Mapping[str, object]
    draft_at: datetime | None
    scope: Mapping[str, object]
    context: EvaluationContext
    files: Mapping[str, StoredFile]
    status: Status | None
    organisation_id: str


@dataclass(frozen=True)
class _Place:
    """Her case, opened, and where it stands."""

    opened: OpenedCase
    positions: tuple[Position, ...]
    due: Mapping[str, date]
    case: Mapping[str, object]
    feel: EvaluationContext

    def told(self, at: Position | None) -> Status | None:
        """What may be told of one position."""
        if at is None:
            return None
        due = self.due.get(at.token)
        return status_at(self.opened.program, at, self.case, self.feel, due)

    def at(self, token: str) -> Position | None:
        """The position of a token."""
        return next((one for one in self.positions if one.token == token), None)


def _place(environment: Environment, tx: Tx, case: Case) -> _Place:
    opened = open_case(environment, tx, case)
    runs = case.status in RUNNING
    return _Place(
        opened,
        positions(opened.program, opened.memory.engine) if runs else (),
        tasks.due_dates(tx, case.id) if runs else {},
        case_variable(environment, tx, opened),
        environment.feel(tx, case.organisation_id, environment.now()),
    )


def view(environment: Environment, tx: Tx, guest: Actor) -> GuestView:
    """How her case stands."""
    case = _case(tx, guest)
    place = _place(environment, tx, case)
    return GuestView(
        number=case.number,
        process_name=place.opened.program.info.name,
        status=case.status,
        started_at=case.created_at,
        ended_at=case.ended_at,
        unit=responsible(tx, case),
        statuses=_statuses(tx, place),
        reached=tuple(_reached(tx, place.opened)),
        steps=tuple(_steps(tx, place)),
        messages=tuple(_messages(tx, place)),
        papers=tuple(f for f in files.of_case(tx, case.id) if _is_hers(f, guest, case)),
        takes_additions=takes_additions(place.opened.program, case),
        additions=of_guest(tx, place.opened),
    )


def _case(tx: Tx, guest: Actor) -> Case:
    case = cases.load(tx, guest.guest_case_id) if guest.is_guest else None
    if case is None:
        raise NotFound
    return case


def _is_hers(file: StoredFile, guest: Actor, case: Case) -> bool:
    """Whether she sent it: with the receipt, or with the letter that began this case."""
    is_of_letter = is_writer_id(file.owner) and file.owner == case.started_by
    return (is_of_letter and file.case_id == case.id) or file.owner == guest.person_id


def _statuses(tx: Tx, place: _Place) -> tuple[Status, ...]:
    case = place.opened.case
    if case.status is CaseStatus.COMPLETED:
        rows = events.of_case(tx, case.id, kinds=(EventKind.COMPLETED.value,))
        ends = [_told_at_end(place.opened, row.payload, row.number) for row in rows]
        return tuple(one for one in ends if one is not None)
    mine = {one.token for one in tasks.open_in_lane(tx, case.id, LaneKind.PARTICIPANT.value)}
    in_order = sorted(place.positions, key=lambda at: at.token not in mine)
    found = merged(
        told for at in in_order if not at.is_beside and (told := place.told(at)) is not None
    )
    if found or not place.positions:
        return found
    program = place.opened.program
    scope = read_scope(program, place.opened.memory.engine, None)
    everywhere = status_of_process(program, {**scope, "case": place.case}, place.feel)
    return () if everywhere is None else (everywhere,)


def _told_at_end(opened: OpenedCase, payload: bytes | None, number: int) -> Status | None:
    if payload is None:
        return None
    detail = opened.vault.open_json(payload, "event", number)
    return unpack(detail.get("public")) if isinstance(detail, Mapping) else None


def _reached(tx: Tx, opened: OpenedCase) -> Iterator[tuple[str, datetime]]:
    """Milestones that have plain words, with the day they were reached."""
    for one in cases.milestones(tx, opened.case.id):
        element = element_reached(opened.programs, one, _has_words)
        if element is not None and _has_words(element):
            yield element.properties[WORDS].strip(), one.at


def _has_words(element: Element) -> bool:
    said = element.properties.get(WORDS, "").strip()
    return bool(said) and not said.startswith("=")


def _steps(tx: Tx, place: _Place) -> Iterator[OfferedStep]:
    for task in tasks.open_in_lane(tx, place.opened.case.id, LaneKind.PARTICIPANT.value):
        told = place.told(place.at(task.token))
        draft = receipts.draft(tx, task.id)
        yield OfferedStep(
            task_id=task.id,
            name=task.name,
            items=task.items,
            words="" if told is None else told.words,
            reason="" if told is None else told.reason,
            due=task.due_date,
            draft_at=None if draft is None else draft[1],
        )


def _messages(tx: Tx, place: _Place) -> Iterator[OfferedMessage]:
    """The messages the case waits for that its process lets her send."""
    opened = place.opened
    subscribed = {one.token for one in subscriptions.of_case(tx, opened.case.id)}
    for at in place.positions:
        if not at.is_message or at.token not in subscribed:
            continue
        said = opened.program.element(at.process_key, at.element_id).properties
        label = said.get(MESSAGE, "").strip()
        if label:
            yield OfferedMessage(
                token=at.token,
                label=label,
                hint=said.get(MESSAGE_HINT, "").strip(),
                asks_reason=said.get(MESSAGE_REASON, "").strip() or "optional",
                until=None if at.ends_at is None else local_date(at.ends_at),
            )


def step_view(environment: Environment, tx: Tx, guest: Actor, task_id: str) -> GuestStep:
    """One of her steps with its form; NotFound for any other."""
    loaded = task_for_guest(tx, guest, task_id)
    task = loaded.task
    place = _place(environment, tx, loaded.case)
    program = place.opened.program_of(task)
    element = program.element(task.process_key, task.element_id)
    form = program.form_of(element, Filler.GUEST)
    at = place.at(task.token) if task.status is TaskStatus.OPEN else None
    scope = {} if at is None else {**at.scope, "case": place.case}
    draft = None if at is None else open_guest_draft(tx, loaded, place.opened.vault)
    data: Mapping[str, object] = {}
    if form is not None and at is not None:
        data = (
            form.initial(scope, place.feel)
            if draft is None
            else form.reopened(draft[0], scope, place.feel)
        )
    return GuestStep(
        task=task,
        number=loaded.case.number,
        element=element,
        form=form,
        data=data,
        draft_at=None if draft is None else draft[1],
        scope=scope,
        context=place.feel,
        files=_files(tx, guest, form, data),
        status=place.told(at),
        organisation_id=loaded.case.organisation_id,
    )


def _files(
    tx: Tx, guest: Actor, form: CompiledForm | None, data: Mapping[str, object]
) -> dict[str, StoredFile]:
    """The names of the files that stand in the form: of her own, and of her case."""
    if form is None:
        return {}
    wanted = [file_id for file_id, _ in form.files(data)]
    return {
        key: file
        for key, file in files.by_ids(tx, wanted).items()
        if file.owner == guest.person_id or file.case_id == guest.guest_case_id
    }


def read_file(
    environment: Environment, tx: Tx, guest: Actor, file_id: str
) -> tuple[StoredFile, bytes]:
    """A paper she uploaded herself; NotFound for every other."""
    found = files.load(tx, file_id)
    case = _case(tx, guest)
    if found is None or not _is_hers(found, guest, case):
        raise NotFound("没有找到这份材料,或者它不是您用回执上传的。需要时请到负责单位查看。")
    sealed = path_of(environment.data_dir, found.sha256).read_bytes()
    return found, environment.vault.open_file(sealed, found.sha256)


def send_message(
    environment: Environment, tx: Tx, guest: Actor, token: str, reason: str
) -> OfferedMessage:
    """Send a message that her case waits for and that its process offers her.

    Raises Invalid for a missing reason, TaskNotOpen when the case no longer waits, TimerDue.
    """
    case = _case(tx, guest)
    place = _place(environment, tx, case)
    offered = next((one for one in _messages(tx, place) if one.token == token), None)
    if offered is None:
        raise TaskNotOpen(_GONE)
    said = reason.strip()[:LONGEST_REASON] if offered.asks_reason != "none" else ""
    if offered.asks_reason == "required" and len(said) < SHORTEST_REASON:
        raise Invalid(f"请写明理由(至少 {SHORTEST_REASON} 个字)再按“{offered.label}”。")
    waiting = next(s for s in subscriptions.of_case(tx, case.id) if s.token == token)
    payload = {"reason": said or None, "source": "receipt"}
    if not messages.deliver(environment, tx, guest, waiting, payload, told=said):
        raise TaskNotOpen(_GONE)
    return offered
