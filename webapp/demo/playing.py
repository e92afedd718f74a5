"""Play the planned cases on the engine: real people, real steps, a business clock in the past.

Every deed is an ordinary command of the engine by somebody who may do it, so the cases are what
use would have made of them: routing, separation of duties, deadlines, timers and history.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property

import orjson

from engine import SYSTEM, Actor, Engine, Request
from engine.definitions.scenarios.reading import Deliver, Do
from engine.errors import BangfuError, CaseNotActive, NotFound, NotPermitted
from engine.forms import CompiledForm
from engine.jobs.executor import Pace
from engine.model.cases import EventKind
from engine.model.clock import ZONE, FixedClock, local_date
from engine.model.tasks import Task
from engine.runtime import read_scope, waits
from engine.store import cases as stored_cases
from engine.store import directory as stored_directory
from engine.store import tasks as stored_tasks
from engine.store.cases import CaseQuestion
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.store.tasks import OpenStep
from engine.work.opened import open_case
from webapp.demo.answers import Table, as_values, filled_in
from webapp.demo.content import answers_of
from webapp.demo.on_file import put_right, take_report, takers_of_reports
from webapp.demo.papers import paper
from webapp.demo.planned import PlannedCase

_MOST_CASES = 100_000
_AFTER_MIDNIGHT = time(0, 1)
_MORNING, _NOON, _AFTERNOON = time(8, 45), time(12), time(14, 20)
_WEEKEND = 5
_MOST_TRIES = 24
_PAPER_NAME = "模拟材料.pdf"


@dataclass
class _Course:
    """A case while it is played."""

    planned: PlannedCase
    case_id: str = ""
    next_deed: int = 0
    tries: int = 0

    @cached_property
    def _values(self) -> tuple[Table, Table]:
        planned = self.planned
        now, then = planned.household_at(0), planned.household_at(len(planned.deeds))
        values = as_values(now)
        return values, values if then is now else as_values(then)

    @property
    def values(self) -> Table:
        """The household as it is now."""
        planned = self.planned
        before, after = self._values
        return before if planned.household_at(self.next_deed) is planned.household else after


@dataclass(frozen=True)
class _Step:
    """An open step as its doer needs it; ``data``: what is filled in, ``people``: who may do it."""

    task: Task
    form: CompiledForm | None
    data: Table
    people: Sequence[str]


@dataclass(frozen=True)
class Played:
    """How many cases there are now, and where one did not go as planned."""

    cases: int
    faults: tuple[str, ...] = ()


def _alone(work: Callable[[], None]) -> None:
    work()


@dataclass
class Players:
    """Plays cases on an engine whose business clock is ``clock``; ``report``s how many are.

    ``meet`` is handed, after each midnight, what only one of several players does.
    """

    engine: Engine
    clock: FixedClock
    chance: random.Random
    report: Callable[[int], None]
    meet: Callable[[Callable[[], None]], None] = _alone
    _faults: list[str] = field(default_factory=list)
    _people: dict[str, Actor] = field(default_factory=dict)
    _holders: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def play(self, planned: Sequence[PlannedCase], until: datetime) -> Played:
        """Play all cases side by side in the order of time, up to an instant.

        Cases that were begun by a call that did not come to its end are gone on with.
        """
        courses = [_Course(one) for one in planned]
        self._find_begun(courses)
        waiting = [(self._next_time(course), next(self._order), course) for course in courses]
        heapq.heapify(waiting)
        self.report(0)
        while waiting and waiting[0][0] < until:
            at, _, course = heapq.heappop(waiting)
            self._advance(at)
            again_at = self._act(course)
            if again_at is not None:
                heapq.heappush(waiting, (max(again_at, at), next(self._order), course))
            else:
                self.report(len(courses) - len(waiting))
        self._advance(until)
        self.meet(self._work_off)
        for _, _, course in waiting:
            if course.planned.plan.ends_now:
                self._act(course)
        return Played(len(courses), tuple(self._faults))

    @cached_property
    def _newest(self) -> Mapping[str, DefinitionRow]:
        """The version of each process that cases are begun with: none comes while they play."""
        return {row.key: row for row in self.engine.definitions.latest()}

    # --- time ---------------------------------------------------------------------------------

    def _advance(self, to: datetime) -> None:
        """Move the clock, stopping after each midnight for what fell due with the day."""
        while True:
            midnight = datetime.combine(
                local_date(self.clock.now()) + timedelta(days=1), _AFTER_MIDNIGHT, ZONE
            )
            if midnight >= to:
                break
            self.clock.advance(midnight - self.clock.now())
            self.meet(self._work_off)
        if to > self.clock.now():
            self.clock.advance(to - self.clock.now())

    def _work_off(self) -> None:
        """Fire timers and send reminders, as a worker does."""
        executor = self.engine.jobs.executor(Pace())
        while executor.run_once():
            continue

    def _next_time(self, course: _Course) -> datetime:
        planned = course.planned
        if not course.case_id:
            return planned.begins_at
        if course.next_deed < len(planned.deeds):
            return planned.deeds[course.next_deed].at
        return planned.stays_from

    # --- what was begun before ----------------------------------------------------------------

    def _find_begun(self, courses: Sequence[_Course]) -> None:
        begun = {
            line.business_key: line.id
            for line in self.engine.cases.list(SYSTEM, CaseQuestion(limit=_MOST_CASES))
        }
        for course in courses:
            course.case_id = begun.get(course.planned.business_key, "")
            if course.case_id:
                course.next_deed = self._deeds_done(course)

    def _deeds_done(self, course: _Course) -> int:
        """How many of the planned deeds stand in the case's history, in order."""
        done = 0
        deeds = course.planned.deeds
        for entry in self.engine.cases.history(SYSTEM, course.case_id, limit=_MOST_CASES):
            if done == len(deeds):
                break
            action = deeds[done].action
            is_it = (
                entry.kind is EventKind.TASK_COMPLETED and entry.element_id == action.element
                if isinstance(action, Do)
                else entry.kind is EventKind.MESSAGE
            )
            done += is_it
        return done

    # --- deeds --------------------------------------------------------------------------------

    def _act(self, course: _Course) -> datetime | None:
        """Do what is next in a case; when it goes on, or None when it stays so."""
        planned = course.planned
        try:
            if not course.case_id:
                self._begin(course)
                return self._next_time(course)
            if course.next_deed == len(planned.deeds):
                return None if self._is_left_open(course) else self._try_again(course)
            if not self._do(course):
                return self._try_again(course)
        except BangfuError as error:
            self._fault(course, f"{type(error).__name__}: {_told(error)}")
            return None
        course.next_deed += 1
        course.tries = 0
        return self._next_time(course)

    def _try_again(self, course: _Course) -> datetime | None:
        course.tries += 1
        if course.tries < _MOST_TRIES:
            return _next_half_day(self.clock.now())
        self._fault(course, "这一步一直没有打开")
        return None

    def _fault(self, course: _Course, why: str) -> None:
        planned, number = course.planned, course.next_deed
        step = planned.deeds[number].action if number < len(planned.deeds) else "最后"
        name = step.element if isinstance(step, Do) else getattr(step, "name", step)
        plan = f"{planned.plan.process}/{planned.plan.scenario}"
        self._faults.append(f"{planned.business_key} {plan} 停在“{name}”:{why}")

    def _begin(self, course: _Course) -> None:
        planned = course.planned
        home = self._begun_at(planned)
        row = self._newest[planned.plan.process]
        program = self.engine.definitions.get(row.id)[1]
        if program.info.starts_from:
            self._report(course, program.info.starters)
            return
        holders = self.engine.directory.holders(row.start_role or "", home)
        officer = self._person(self.chance.choice(holders).person_id)
        said = self._said(course, "start", planned.scenario.start)
        data = self._with_papers(officer, program.start_form(), said)
        request = Request(planned.plan.process, home, data, planned.business_key)
        course.case_id = self.engine.cases.start(officer, request).case_id

    def _begun_at(self, planned: PlannedCase) -> str:
        """The union a case is begun for: the household's own, or the one of the plan's level."""
        own, level = planned.household.organisation_id, planned.plan.at_level
        if not level:
            return own
        return next(one.id for one in self.engine.directory.line_upwards(own) if one.level == level)

    def _report(self, course: _Course, roles: Sequence[str]) -> None:
        """Somebody above the household's union writes down what is said against it."""
        planned = course.planned
        home = planned.household.organisation_id
        said = self._said(course, "report", {"scenario": planned.plan.scenario})
        taker = self._person(self.chance.choice(takers_of_reports(self.engine, home, roles)))
        take_report(self.engine, taker, planned.household, said, planned.business_key)
        self._find_begun([course])

    def _said(self, course: _Course, place: str, given: Table) -> Table:
        """What is said before there is a step, at one of the places that answers are for."""
        home = course.planned.household.organisation_id
        return self.engine.ask(lambda tx: self._filled(tx, course, place, (given, {}, home)))

    def _filled(
        self, tx: Tx, course: _Course, place: str, known: tuple[Table, Table, str]
    ) -> Table:
        """The answers of a place: known are what is given, the step's scope and the case's home.

        Within the transaction that found the step: each parameter asked for is then no new one.
        """
        given, scope, home = known
        context = self.engine.environment.feel(tx, home, self.clock.now())
        answers = answers_of(course.planned.plan.process).of.get(place, {})
        names = {**scope, "household": course.values, "number": course.planned.number}
        return filled_in(given, answers, names, context)

    def _do(self, course: _Course) -> bool:
        action = course.planned.deeds[course.next_deed].action
        if isinstance(action, Deliver):
            return self._deliver(course, action)
        open_tasks, step = self.engine.ask(lambda tx: self._find(tx, course, action))
        if step is not None:
            self._complete(course, step)
            return True
        self._do_between(course, open_tasks)
        return False

    def _find(self, tx: Tx, course: _Course, action: Do) -> tuple[Sequence[OpenStep], _Step | None]:
        """What is open in a case, and the step of an action if it is."""
        open_tasks = stored_tasks.open_steps(tx, course.case_id)
        found = next((line.id for line in open_tasks if line.element_id == action.element), None)
        step = None if found is None else self._look_at(tx, course, found, action.data)
        return open_tasks, step

    def _do_between(self, course: _Course, open_tasks: Sequence[OpenStep]) -> None:
        """A step that is not told here: a county's parameters, or a new head, bring it in."""
        answers = answers_of(course.planned.plan.process)
        told = {a.element for a in course.planned.scenario.steps if isinstance(a, Do)}
        coming = {
            deed.action.element
            for deed in course.planned.deeds[course.next_deed :]
            if isinstance(deed.action, Do)
        }
        for line in open_tasks:
            is_between = line.element_id in answers.between and line.element_id not in told
            comes_again = line.element_id in (answers.again & told) - coming
            if is_between or comes_again:
                self._complete(course, self._step(course, line, {}))

    def _open_tasks(self, course: _Course) -> Sequence[OpenStep]:
        return self.engine.ask(lambda tx: stored_tasks.open_steps(tx, course.case_id))

    def _complete(self, course: _Course, step: _Step) -> None:
        person = self._doer(step)
        if person is not None:
            wrong = answers_of(course.planned.plan.process).wrong.get(step.task.element_id)
            if wrong:
                put_right(self.engine, person, course.planned.household, wrong)
            data = self._with_papers(person, step.form, step.data)
            self.engine.tasks.complete(person, step.task.id, data)
            if course.next_deed == 0:
                self._hand_receipt(course, person)

    def _hand_receipt(self, course: _Course, person: Actor) -> None:
        """Who takes an application in hands out a receipt, where the process gives any."""
        if course.planned.gets_receipt:
            with suppress(CaseNotActive, NotPermitted):
                self.engine.receipts.issue(person, course.case_id)

    def _step(self, course: _Course, line: OpenStep, given: Table) -> _Step:
        return self.engine.ask(lambda tx: self._look_at(tx, course, line.id, given))

    def _look_at(self, tx: Tx, course: _Course, task_id: str, given: Table) -> _Step:
        """What one must know of a step to do it: less than its page shows."""
        environment = self.engine.environment
        loaded = stored_tasks.load(tx, task_id)
        if loaded is None:
            raise NotFound
        task = loaded.task
        opened = open_case(environment, tx, loaded.case)
        form = opened.program.form_of(opened.program.element(task.process_key, task.element_id))
        scope = read_scope(opened.program, opened.memory.engine, task.token)
        home = loaded.case.organisation_id
        place = (task.queue.role, task.queue.handling_id)
        if place not in self._holders:
            holders = stored_directory.holders(tx, *place, environment.today())
            self._holders[place] = [holder.person_id for holder in holders]
        data = self._filled(tx, course, task.element_id, (given, scope, home))
        return _Step(task, form, data, [p for p in self._holders[place] if not task.bars(p)])

    def _doer(self, step: _Step) -> Actor | None:
        """Somebody who may do a step; whoever holds it first."""
        if step.task.assignee is not None:
            return self._person(step.task.assignee)
        return self._person(self.chance.choice(step.people)) if step.people else None

    def _person(self, person_id: str) -> Actor:
        if person_id not in self._people:
            self._people[person_id] = self.engine.directory.actor(person_id)
        return self._people[person_id]

    def _with_papers(self, person: Actor, form: CompiledForm | None, data: Table) -> Table:
        """The data with a staged paper in place of each file that a scenario only names."""
        if form is None:
            return data
        named = {file_id for file_id, _ in form.files(data)}
        papers = [(_PAPER_NAME, paper())] * len(named)
        kept = self.engine.files.stage_several(person, papers) if papers else ()
        staged = {name: file.id for name, file in zip(sorted(named), kept, strict=True)}
        return {key: _replaced(value, staged) for key, value in data.items()}

    def _is_left_open(self, course: _Course) -> bool:
        """Let somebody hold the step that stays open, or fill it in half-way; False: not yet."""
        stays = course.planned.stays_before
        if stays is None:
            return True
        open_tasks = self._open_tasks(course)
        for line in open_tasks:
            if line.element_id == stays.element:
                self._hold(course, line, stays)
                return True
        self._do_between(course, open_tasks)
        return False

    def _hold(self, course: _Course, line: OpenStep, stays: Do) -> None:
        planned = course.planned
        step = self._step(course, line, stays.data)
        person = self._doer(step)
        if person is None or step.task.assignee is not None:
            return
        if planned.is_claimed or planned.is_drafted:
            self.engine.tasks.claim(person, line.id)
        if planned.is_drafted:
            data, form = step.data, step.form
            files = {name for name, _ in form.files(data)} if form is not None else set()
            half = list(data.items())[: max(1, len(data) * 2 // 3)]
            draft = {key: value for key, value in half if not _holds_any(value, files)}
            self.engine.tasks.save_draft(person, line.id, draft)

    def _deliver(self, course: _Course, action: Deliver) -> bool:
        for key in self.engine.ask(lambda tx: self._keys(tx, course.case_id, action.name)):
            self.engine.messages.send(SYSTEM, action.name, {"key": key}, action.data)
            return True
        return False

    def _keys(self, tx: Tx, case_id: str, name: str) -> list[object]:
        """What a case waits for with a message of a name."""
        case = stored_cases.load(tx, case_id)
        if case is None:
            return []
        opened = open_case(self.engine.environment, tx, case)
        waiting = waits(opened.program, opened.memory.engine).messages.values()
        return [orjson.loads(wait.key) for wait in waiting if wait.name == name]


def _next_half_day(now: datetime) -> datetime:
    """When somebody looks again whether a step has come: after lunch, else the next weekday."""
    local = now.astimezone(ZONE)
    if local.weekday() < _WEEKEND and local.time() < _NOON:
        return datetime.combine(local.date(), _AFTERNOON, ZONE)
    day = local.date() + timedelta(1)
    while day.weekday() >= _WEEKEND:
        day += timedelta(1)
    return datetime.combine(day, _MORNING, ZONE)


def _replaced(value: object, staged: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return staged.get(value, value)
    if isinstance(value, list):
        return [_replaced(one, staged) for one in value]
    if isinstance(value, dict):
        return {key: _replaced(one, staged) for key, one in value.items()}
    return value


def _holds_any(value: object, files: set[str]) -> bool:
    if isinstance(value, list):
        return any(_holds_any(one, files) for one in value)
    if isinstance(value, dict):
        return any(_holds_any(one, files) for one in value.values())
    return isinstance(value, str) and value in files


def _told(error: BangfuError) -> str:
    fields = getattr(error, "errors", ())
    return error.message + "".join(f" {one.pointer} {one.message}" for one in fields)
