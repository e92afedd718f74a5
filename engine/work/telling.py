"""Give running cases a parameter's new value, because somebody chose so (design.md D8, D24).

What hangs on the parameter alone moves: the limit of an open step, a timer that waits, a case's
total limit (net of its pauses). Each is reckoned from the day it began, as if the value had held
then, and written into the case's history with both dates. What is reckoned from more than the
parameter stays as it was. A batch of cases costs a dozen statements, whatever stands in it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from engine.definitions.feel_facts import parameter_alone, tree_of
from engine.errors import StateUnreadable
from engine.model.actors import Actor
from engine.model.cases import Case, EventKind
from engine.model.deadlines import Deadline
from engine.model.parameters import UNIT_WORDS
from engine.runtime import Program, retime
from engine.store import asking, cases, settings
from engine.store.asking import Hanging, LimitedStep, NewInstant, NewLimit
from engine.store.database import Tx
from engine.store.jobs import Job
from engine.work.environment import Environment
from engine.work.history import Cause, append_histories
from engine.work.opened import open_case, ports_of
from engine.work.step_limits import due_of_step
from engine.work.total_limit import total_due

BATCH = 200
"""Cases told in one transaction."""


@dataclass(frozen=True)
class Told:
    """The value a case is told, and why, for its history."""

    value: object
    reason: str

    @property
    def limit(self) -> str:
        """The value as the limit of a step."""
        return str(self.value)


def hanging_on(program: Program, name: str) -> Hanging:
    """What of a program, called processes included, is reckoned from a parameter alone."""
    return Hanging(
        steps=frozenset(
            (key, element.id)
            for key in program.processes
            for element in program.elements(key)
            if _is_just(element.deadline, name)
        ),
        timers=frozenset(
            place for place, text in program.durations.items() if parameter_alone(text) == name
        ),
        total=_is_just(program.info.total_limit, name),
    )


def _is_just(text: str | None, name: str) -> bool:
    tree = tree_of(text or "")
    return tree == tree_of(f'=parameter("{name}")') and tree is not None


def tell_next(
    environment: Environment,
    tx: Tx,
    actor: Actor,
    told: tuple[str, str, str | None],
    after: str,
) -> tuple[str | None, int]:
    """Tell the next cases the value of today; ``told`` is name, title and whose area.

    The last case that was looked at, None at the end; and how many dates changed.
    """
    name, title, organisation_id = told
    programs = {v: environment.programs.get(tx, v) for v in asking.running_versions(tx)}
    hanging = {version: hanging_on(program, name) for version, program in programs.items()}
    batch = asking.take_cases(tx, hanging, organisation_id, after, BATCH)
    if not batch:
        return None, 0
    retelling = _Retelling(environment, tx, actor, hanging, batch)
    values = settings.parameter_values(
        tx,
        name,
        sorted({case.organisation_id for case in batch}),
        environment.today(),
        environment.climbed_for(name),
    )
    for case in batch:
        if case.organisation_id in values:
            value = values[case.organisation_id].value
            retelling.tell(case, name, Told(value, _reason(title, value)))
    return batch[-1].id, retelling.write()


def _reason(title: str, value: object) -> str:
    parsed = Deadline.parse(str(value))
    said = f"{parsed.amount} {UNIT_WORDS[parsed.unit.value]}"
    return f"业务参数“{title}”改为 {said},按要求用于在办件"


class _Retelling:
    """A batch of cases, what of them changes, and how it is written."""

    def __init__(
        self,
        environment: Environment,
        tx: Tx,
        actor: Actor,
        hanging: Mapping[str, Hanging],
        batch: Sequence[Case],
    ) -> None:
        self._environment, self._tx, self._actor = environment, tx, actor
        self._hanging, self._now = hanging, environment.now()
        ids = [case.id for case in batch]
        places = [hanging[version] for version in {case.definition_id for case in batch}]
        self._steps: dict[str, list[LimitedStep]] = defaultdict(list)
        for step in asking.steps_of(tx, ids, frozenset().union(*(p.steps for p in places))):
            self._steps[step.case_id].append(step)
        self._timers: dict[str, list[Job]] = defaultdict(list)
        for timer in asking.take_timers(tx, ids, frozenset().union(*(p.timers for p in places))):
            self._timers[timer.case_id].append(timer)
        self._limits: list[NewLimit] = []
        self._instants: list[NewInstant] = []
        self._cases: list[tuple[Case, Case, Cause]] = []

    def tell(self, case: Case, name: str, told: Told) -> None:
        """Reckon one case anew."""
        hanging, cause = self._hanging[case.definition_id], Cause(self._actor, self._now)
        for step in self._steps[case.id]:
            if (step.process_key, step.element_id) in hanging.steps:
                self._limit_step(case, step, told, cause)
        changed = self._limit_whole(case, told, cause) if hanging.total else case
        waiting = {
            timer.token: timer
            for timer in self._timers[case.id]
            if (timer.process_key, timer.element_id) in hanging.timers
        }
        if waiting:
            changed = self._retime(changed, waiting, (name, told), cause)
        if changed != case or cause.entries:
            self._cases.append((case, changed, cause))

    def write(self) -> int:
        """Write what changed; how many dates that are."""
        asking.set_limits(self._tx, self._limits)
        asking.set_instants(self._tx, self._instants)
        vault = self._environment.vault
        heads = append_histories(
            self._tx,
            self._now,
            [(case, vault.case(case.id, case.data_key), cause) for case, _, cause in self._cases],
        )
        cases.save_locked(
            self._tx,
            [
                (
                    replace(changed, event_count=head[0], chain_head=head[1], rev=case.rev + 1),
                    case.rev,
                )
                for (case, changed, _cause), head in zip(self._cases, heads, strict=True)
            ],
        )
        return sum(len(cause.entries) for _case, _changed, cause in self._cases)

    def _limit_step(self, case: Case, step: LimitedStep, told: Told, cause: Cause) -> None:
        if step.deadline == told.limit:
            return
        due, times = due_of_step(self._environment, self._tx, case, step, told.limit)
        following = (times.remind, times.overdue, times.escalate)
        # What the longer limit makes early again is told again; what a shorter one makes late, now.
        stage = min(step.alert_stage, sum(moment <= cause.now for moment in following))
        next_at = following[stage] if stage < len(following) else None
        self._limits.append(NewLimit(step.id, told.limit, due, stage, next_at))
        detail = _detail(step.name, step.due_at, due.at, told)
        cause.note(EventKind.TIMER_SET, detail, step.id, (step.process_key, step.element_id))

    def _limit_whole(self, case: Case, told: Told, cause: Cause) -> Case:
        if case.total_limit == told.limit:
            return case
        changed = replace(case, total_limit=told.limit)
        due_at = total_due(self._environment, self._tx, changed, cause.now)
        cause.note(EventKind.TIMER_SET, _detail("全程时限", case.total_due_at, due_at, told))
        return replace(changed, total_due_at=due_at)

    def _retime(
        self, case: Case, waiting: Mapping[str, Job], told: tuple[str, Told], cause: Cause
    ) -> Case:
        """The case with its timers reckoned anew; their rows move with its state."""
        environment, tx = self._environment, self._tx
        name, said = told
        try:
            opened = open_case(environment, tx, case)
            known = {name: said.value}
            feel = environment.feel_with(tx, case.organisation_id, cause.now, known)
            ports = replace(ports_of(environment, tx, opened, cause), feel=feel)
            began = {token: timer.created_at for token, timer in waiting.items()}
            state, moved = retime(opened.program, opened.memory.engine, began, ports)
        except StateUnreadable:
            return case  # it has its incident, and stops nobody else's dates
        for one in moved:
            self._instants.append(NewInstant(waiting[one.timer.token].id, one.timer.due))
            # Without a place: no timer more than there was, as invariant I3 counts them.
            element = opened.program.element(one.timer.process_key, one.timer.element_id)
            detail = _detail(element.name or element.id, one.before, one.timer.due, said)
            cause.note(EventKind.TIMER_SET, detail)
        if state == opened.memory.engine:
            return case
        memory = replace(opened.memory, engine=state)
        return replace(case, state=opened.vault.seal(memory.pack(), "state", 0))


def _detail(
    name: str, before: datetime | None, due_at: datetime | None, told: Told
) -> dict[str, object]:
    return {
        "name": name,
        "before": "" if before is None else before.isoformat(),
        "due_at": "" if due_at is None else due_at.isoformat(),
        "reason": told.reason,
    }
