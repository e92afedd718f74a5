"""Playing one scenario on the runtime: a clock that is told to move, people by name, no tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

import jsonschema_rs
import orjson

from engine.definitions.known import OperationInterface
from engine.definitions.scenarios.expecting import Facts, differences
from engine.definitions.scenarios.reading import (
    Action,
    Deliver,
    Do,
    Hear,
    Look,
    Pass,
    Scenario,
    Until,
)
from engine.errors import BangfuError, Invalid
from engine.feel import EvaluationContext, FeelSyntaxError, value_or_expression
from engine.forms import CompiledForm
from engine.model.calendar import WorkCalendar, official_days
from engine.model.clock import ZONE, FixedClock, first_instant, local_date
from engine.model.deadlines import (
    Deadline,
    Pause,
    begins_at,
    moved_on,
    reckon,
    whose_limit,
)
from engine.model.deadlines import due as due_of
from engine.model.definitions import (
    OVERDUE,
    UNFINISHED,
    Element,
    ElementKind,
    LaneKind,
    listed,
)
from engine.model.items import key_of, of_key, same_item
from engine.model.straightening import is_put_in
from engine.model.subjects import ABOUT
from engine.runtime import (
    OpenStep,
    OperationCall,
    OperationWait,
    Passed,
    Ports,
    Program,
    Step,
    UserWait,
    catch_signal,
    complete,
    deliver,
    finish_operation,
    fire_timer,
    read_scope,
    start,
)

MOST_TIMERS = 1_000
"""Timers fired in one step of a scenario; more means a circle without a person."""

_YEARS = range(2020, 2041)


class Failed(Exception):
    """The scenario does not go as written; ``message`` is a Chinese sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass
class _Memory:
    """What has happened so far."""

    done_by: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    due: dict[str, date] = field(default_factory=dict)
    milestones: list[str] = field(default_factory=list)
    operations: list[str] = field(default_factory=list)
    thrown: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    rules: dict[str, list[int]] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)

    def pause(self, now: datetime, *, is_on: bool) -> None:
        """Let the case stand still from now on, or no longer."""
        stands_still = bool(self.pauses) and self.pauses[-1].end is None
        if is_on and not stands_still:
            self.pauses.append(Pause(now, None))
        elif stands_still and not is_on:
            self.pauses[-1] = Pause(self.pauses[-1].start, now)

    def pauses_until(self, now: datetime) -> tuple[Pause, ...]:
        """The times it stood still; one that goes on is told until now."""
        return tuple(Pause(one.start, one.end or now) for one in self.pauses)

    def has_done(self, person: str, other: str, wait: UserWait, *, of_others: bool) -> bool:
        """Whether she did another step: for the same item, or (``of_others``) for another."""
        for key, doer in self.done_by.items():
            element_id, items = of_key(key)
            theirs = same_item(items, wait.items) is not of_others
            if element_id == other and doer == person and theirs:
                return True
        return False


def _is_for(wait: UserWait, item: tuple[int | str, ...]) -> bool:
    """Whether a step is for these items, the innermost last."""
    inner = wait.items[-len(item) :]
    return len(inner) == len(item) and all(
        one in (known.number, known.name) for one, known in zip(item, inner, strict=True)
    )


class Player:
    """One case of one scenario; ``play`` raises Failed, or it went as written."""

    def __init__(
        self,
        program: Program,
        scenario: Scenario,
        operations: Mapping[str, OperationInterface],
        parameters: Mapping[str, object],
    ) -> None:
        self._program = program
        self._scenario = scenario
        self._interfaces = operations
        self._parameters = {**parameters, **scenario.parameters}
        self._calendar = work_calendar()
        self._clock = FixedClock(scenario.now.astimezone(UTC))
        self._memory = _Memory()
        self._people: dict[tuple[str, str], str] = {}
        self._step: Step | None = None
        self._case_at_start = _case_value(scenario)

    @property
    def passed(self) -> tuple[Passed, ...]:
        """The elements the case left."""
        return tuple(self._memory.passed)

    def play(self) -> None:
        """Start, take every step, and compare at the end."""
        self._guarded("开始", self._start)
        for number, action in enumerate(self._scenario.steps, start=1):
            self._guarded(f"第 {number} 步({_called(action)})", lambda a=action: self._act(a))  # type: ignore[misc]
        self._guarded("最后的 [expect]", self._finish)

    def _guarded(self, where: str, act: Callable[[], None]) -> None:
        """Name the place of a failure, and add what stands still."""
        try:
            act()
            self._refuse_faults()
        except Failed as failure:
            told = "".join(dict.fromkeys((failure.message, *self._memory.faults)))
            raise Failed(f"{where}:{told}{self._standing_still()}") from None
        except BangfuError as problem:
            raise Failed(f"{where}:{problem.message}{self._standing_still()}") from None

    def _refuse_faults(self) -> None:
        if self._memory.faults:
            raise Failed(self._memory.faults[0])

    def _standing_still(self) -> str:
        incidents = () if self._step is None else self._step.incidents
        told = "".join(f"“{one.element_id}”停住了:{one.message}" for one in incidents)
        return f"({told})" if told else ""

    # --- what happens -------------------------------------------------------------------------

    def _start(self) -> None:
        program, variables = self._program, dict(self._scenario.start)
        form = program.start_form() if program.info.start_role else None
        given = {ABOUT: self._scenario.about} if program.info.starts_from == OVERDUE else {}
        if form is not None:
            scope = {"case": self._case, **given}
            variables = {**self._begun_with(form, variables, scope), **given}
        role, level = program.info.start_role or "", next(iter(program.info.start_levels), "")
        for element in program.elements(program.key):
            if element.kind is ElementKind.START:
                self._memory.done_by[element.id] = self._default_person(role, level, "发起人")
        self._took(start(program, variables, self._ports()))

    def _begun_with(
        self, form: CompiledForm, answers: Mapping[str, object], scope: Mapping[str, object]
    ) -> Mapping[str, object]:
        """The variables that the answers to the start form give."""
        finished_in, lacks = self._program.info.finished_in, self._scenario.unfinished
        if lacks and not finished_in:
            raise Failed("流程没有 finishedIn,不能以未填完的起始表单(unfinished)发起。")
        validation = form.validate(answers, scope, self._context())
        if validation.errors and not lacks:
            raise Failed(f"起始表单通不过:{_told(validation.errors)}")
        if lacks and not validation.errors:
            raise Failed("起始表单已经填完,不是未填完的(unfinished)。")
        if lacks:
            validation = form.unfinished(answers, scope, self._context())
        begun = {UNFINISHED: lacks} if finished_in else {}
        return {**validation.variables, **begun}

    def _act(self, action: Action) -> None:
        match action:
            case Do():
                self._do(action)
            case Pass(limit):
                self._pass_until(due_of(self._clock.now(), limit, self._calendar).at)
            case Until(instant):
                if instant < self._clock.now():
                    raise Failed("时间不能倒退。")
                self._pass_until(instant)
            case Deliver():
                self._deliver(action)
            case Hear():
                self._hear(action)
            case Look(expected):
                self._compare(expected)

    def _do(self, action: Do) -> None:
        refusal, fields, message = self._try(action)
        if refusal != action.refused:
            if refusal is None:
                raise Failed(f"应当被拒绝({action.refused}),但办成了。")
            raise Failed(message)
        if action.fields is not None and tuple(fields) != action.fields:
            raise Failed(f"应当是这些字段通不过:{list(action.fields)},实际是:{list(fields)}。")

    def _try(self, action: Do) -> tuple[str | None, tuple[str, ...], str]:
        """Complete a step; the refusal's code, the refused fields, and a sentence."""
        wait = self._open_task(action)
        if wait is None:
            open_now = sorted(one.element_id for one in self._now.waits.user.values())
            told = "、".join(open_now) or "无"
            return "task-not-open", (), f"步骤“{action.element}”现在没有打开;打开的有:{told}。"
        element = self._program.element(wait.process_key, wait.element_id)
        person = action.by or self._person_of(element)
        relaxed = element.same_in_small_units if self._scenario.small_unit else ()
        allowed = listed(str(self._said(element.same_allowed) or ""))
        for other in set(element.not_same_person_as) - {*relaxed, *allowed}:
            if self._memory.has_done(person, other, wait, of_others=other == element.id):
                return "separation-of-duties", (), f"“{person}”办过“{other}”,不能再办这一步。"
        beside = self._now.waits.user.values()
        still_open = {one.element_id for one in beside if same_item(one.items, wait.items)}
        for other in element.blocked_by:
            if other in still_open:
                return "blocked", (), f"步骤“{other}”还没有办结,不能办“{element.id}”。"
        form = self._program.form_of(element)
        data: Mapping[str, object] = action.data
        if form is not None:
            scope = read_scope(self._program, self._now.state, wait.token)
            scope = {**scope, "case": self._case}
            validation = form.validate(data, scope, self._context(), person)
            if validation.errors:
                fields = tuple(one.pointer for one in validation.errors)
                return "validation", fields, f"表单通不过:{_told(validation.errors)}"
            data = validation.variables
        elif data:
            return "validation", ("",), "这一步没有表单,不接收填写内容。"
        if action.refused is None:
            self._memory.done_by[key_of(element.id, wait.items)] = person
            self._memory.trail.append(f"{element.id} {person}")
            self._memory.levels[element.id] = action.level or self._level_of(element)
            self._took(complete(self._program, self._now.state, wait.token, data, self._ports()))
        return None, (), ""

    def _open_task(self, action: Do) -> UserWait | None:
        process_key, _, element_id = action.element.rpartition("/")
        found = [
            wait
            for wait in self._now.waits.user.values()
            if wait.element_id == element_id and process_key in ("", wait.process_key)
        ]
        if action.item:
            found = [wait for wait in found if _is_for(wait, action.item)]
        if len(found) > 1:
            raise Failed(
                f"步骤“{action.element}”打开了 {len(found)} 份,请写成 流程编号/步骤编号,"
                "或加 item(从 1 数起,或写每项的名称)。"
            )
        return found[0] if found else None

    def _deliver(self, action: Deliver) -> None:
        named = [wait for wait in self._now.waits.messages.values() if wait.name == action.name]
        found = [w for w in named if action.key is None or orjson.loads(w.key) == action.key]
        if action.refused is not None:
            if found:
                raise Failed(f"不应当有人等消息“{action.name}”,但“{found[0].element_id}”在等。")
            return
        if not found:
            keys = "、".join(wait.key for wait in named) or "无"
            raise Failed(f"没有人等消息“{action.name}”(正在等的关联键:{keys})。")
        if len(found) > 1:
            raise Failed(f"等消息“{action.name}”的有 {len(found)} 处,请写 key。")
        self._memory.trail.append(f"message {action.name}")
        token = found[0].token
        self._took(deliver(self._program, self._now.state, token, action.data, self._ports()))

    def _hear(self, action: Hear) -> None:
        """Every wait there is at this moment, one after the other; some may end others."""
        waits = self._now.waits.signals.values()
        tokens = [wait.token for wait in waits if wait.name == action.name]
        if action.refused is not None and tokens:
            element = self._now.waits.signals[tokens[0]].element_id
            raise Failed(f"不应当有人等信号“{action.name}”,但“{element}”在等。")
        if action.refused is not None:
            return
        if not tokens:
            raise Failed(f"没有人等信号“{action.name}”。")
        self._memory.trail.append(f"signal {action.name}")
        for token in tokens:
            if token in self._now.waits.signals:
                self._took(catch_signal(self._program, self._now.state, token, self._ports()))

    def _pass_until(self, instant: datetime) -> None:
        for _ in range(MOST_TIMERS):
            timers = self._now.waits.timers.values()
            answers = (self._answers_at(job) for job in self._now.waits.jobs.values())
            comes = [at for at in (*(t.due for t in timers), *answers) if at <= instant]
            if not comes:
                self._clock.advance(max(instant, self._clock.now()) - self._clock.now())
                return
            self._clock.advance(max(min(comes), self._clock.now()) - self._clock.now())
            due = [timer for timer in timers if timer.due <= self._clock.now()]
            if due:
                timer = min(due, key=lambda one: (one.due, one.token))
                self._took(fire_timer(self._program, self._now.state, timer.token, self._ports()))
            else:
                self._took(self._now, is_new=False)
        raise Failed(f"定时触发了 {MOST_TIMERS} 次还没有停,可能画成了没有人参与的循环。")

    def _took(self, step: Step, *, is_new: bool = True) -> None:
        """Write down what a step did, and finish asynchronous operations that do not last."""
        if is_new:
            self._note(step)
        while job := next(
            (one for one in step.waits.jobs.values() if self._answers_at(one) <= self._clock.now()),
            None,
        ):
            call = OperationCall(job.operation, job.inputs, job.process_key, job.element_id)
            outputs = self._operate(call)
            step = finish_operation(self._program, step.state, job.token, outputs, self._ports())
            self._note(step)
        self._step = step

    def _answers_at(self, job: OperationWait) -> datetime:
        return self._scenario.lasts.get(job.operation, self._clock.now())

    def _note(self, step: Step) -> None:
        memory = self._memory
        memory.passed += step.passed
        memory.thrown += [signal.name for signal in step.signals]
        for passed in step.passed:
            if passed.milestone and passed.milestone not in memory.milestones:
                memory.milestones.append(passed.milestone)
            element = self._program.element(passed.process_key, passed.element_id)
            is_drawn = not is_put_in(passed.element_id)
            is_end = element.kind is ElementKind.END and passed.process_key == self._program.key
            if is_end and is_drawn:
                memory.ends.append(passed.element_id)
        for record in step.decisions:
            latest: dict[str, list[int]] = {}
            for hit in record.outcome.hits:
                latest.setdefault(hit.decision_id, []).append(hit.rule)
            memory.rules.update(latest)
        for opened in step.opened:
            self._note_due(step, opened)
        self._note_pauses(step)

    def _note_due(self, step: Step, opened: OpenStep) -> None:
        element_id, token = opened.element_id, opened.token
        element = self._program.element(opened.process_key, element_id)
        text = element.deadline
        if text is None:
            return
        scope = {**read_scope(self._program, step.state, token), "case": self._case}
        held = value_or_expression(text).evaluate(scope, self._context())
        try:
            limit = Deadline.parse(str(held.value))
        except Invalid:
            why = ";".join(held.problems) or f"结果是 {held.value!r}"
            raise Failed(f"步骤“{element_id}”的时限“{text}”得不出时限:{why}。") from None
        is_participants = element.lane is not None and element.lane.kind is LaneKind.PARTICIPANT
        whose = whose_limit(element.limit_of, is_participants=is_participants)
        now = self._clock.now()
        pauses = () if opened.counted_from is None else self._pauses(opened, now)
        begins = begins_at(now, opened.counted_from)
        self._memory.due[token] = reckon(begins, limit, self._calendar, whose, pauses).last_day

    def _pauses(self, opened: OpenStep, now: datetime) -> tuple[Pause, ...]:
        """For when the limit of a step stood still: as written, else as the case did."""
        if opened.pauses is None:
            return self._memory.pauses_until(now)
        return tuple(Pause(first_instant(a), first_instant(b)) for a, b in opened.pauses)

    def _note_pauses(self, step: Step) -> None:
        """Whether the case stands still while a step that says so (``pausesClock``) is open."""
        pausing = any(
            self._said(self._program.element(w.process_key, w.element_id).pauses_clock)
            in (True, "true")
            for w in step.waits.user.values()
        )
        self._memory.pause(self._clock.now(), is_on=pausing)

    # --- what the case asks of the world ------------------------------------------------------

    @property
    def _now(self) -> Step:
        if self._step is None:
            raise Failed("案件还没有开始。")
        return self._step

    def _said(self, text: str) -> object:
        """What a property of a step says: written out, or worked out from parameters."""
        if not text.startswith("="):
            return text
        return value_or_expression(text).evaluate({"case": self._case}, self._context()).value

    def _context(self) -> EvaluationContext:
        today = local_date(self._clock.now())
        host = _Host(self._calendar, self._parameters, self._memory.faults, today)
        return EvaluationContext(now=self._clock.now(), zone=ZONE, host=host)

    def _ports(self) -> Ports:
        return Ports(
            now=self._clock.now(),
            case=self._case,
            feel=self._context(),
            due=lambda text, begin: due_of(begin, Deadline.parse(text), self._calendar).at,
            operate=self._operate,
            moved_on=lambda instant: moved_on(instant, self._calendar),
        )

    def _operate(self, call: OperationCall) -> dict[str, object]:
        self._memory.operations.append(call.operation)
        interface = self._interfaces.get(call.operation)
        answers = self._scenario.operations.get(call.operation, ({},))
        before = self._memory.operations.count(call.operation) - 1
        given = answers[min(before, len(answers) - 1)]
        outputs = {k: self._stubbed(v, call.inputs) for k, v in given.items()}
        if interface is not None:
            name = f"操作“{call.operation}”"
            self._check_shape(f"{name}的输入", call.inputs, interface.inputs, interface.required)
            self._check_shape(f"场景给{name}的输出", outputs, interface.outputs, ())
        return outputs

    def _stubbed(self, value: object, inputs: Mapping[str, object]) -> object:
        if isinstance(value, Mapping):
            return {key: self._stubbed(inner, inputs) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._stubbed(inner, inputs) for inner in value]
        if not isinstance(value, str) or not value.startswith("="):
            return value
        try:
            return value_or_expression(value).evaluate(inputs, self._context()).value
        except FeelSyntaxError as problem:
            self._memory.faults.append(f"场景里操作的输出“{value}”写错了,{problem}。")
            return None

    def _check_shape(
        self,
        what: str,
        values: Mapping[str, object],
        schemas: Mapping[str, Mapping[str, object]],
        required: object,
    ) -> None:
        for name, value in values.items():
            if name not in schemas:
                self._memory.faults.append(f"{what}里没有“{name}”。")
            elif value is not None and not jsonschema_rs.is_valid(dict(schemas[name]), value):
                self._memory.faults.append(f"{what}“{name}”的值 {value!r} 不符合它的定义。")
        for name in required if isinstance(required, frozenset | set | tuple | list) else ():
            if values.get(name) is None:
                self._memory.faults.append(f"{what}缺少“{name}”。")

    @property
    def _case(self) -> dict[str, object]:
        """The reserved variable ``case`` as it stands."""
        return {**self._case_at_start, "levels": dict(self._memory.levels)}

    def _level_of(self, element: Element) -> str:
        """The level its lane or itself names: in scenarios every role is staffed."""
        lane = "" if element.lane is None else element.lane.level
        return str(self._said(element.handled_at) or lane)

    def _person_of(self, element: Element) -> str:
        if element.lane is None:
            return "经办人"
        return self._default_person(element.lane.role, element.lane.level, element.lane.name)

    def _default_person(self, role: str, level: str, name: str) -> str:
        for (known_role, known_level), person in self._people.items():
            if role == known_role and ("" in (level, known_level) or level == known_level):
                return person
        return self._people.setdefault((role, level), name)

    # --- what must be true --------------------------------------------------------------------

    def _finish(self) -> None:
        expected = self._scenario.expected
        if expected.get("open") is not True and not self._now.ended:
            open_now = sorted(one.element_id for one in self._now.waits.user.values())
            raise Failed(f"案件应当已经结束,但还开着;打开的步骤:{'、'.join(open_now) or '无'}。")
        self._compare(expected)

    def _compare(self, expected: Mapping[str, object]) -> None:
        wrong = differences(expected, self._facts(), self._context())
        if wrong:
            raise Failed(" ".join(wrong))

    def _facts(self) -> Facts:
        now, memory = self._now, self._memory
        users = now.waits.user.values()
        due = {w.element_id: memory.due[w.token] for w in users if w.token in memory.due}
        due.update({w.element_id: local_date(w.due) for w in now.waits.timers.values()})
        return Facts(
            waiting=tuple(sorted(wait.element_id for wait in users)),
            timers=tuple(sorted(wait.element_id for wait in now.waits.timers.values())),
            messages=tuple(sorted(wait.element_id for wait in now.waits.messages.values())),
            signals=tuple(sorted(wait.element_id for wait in now.waits.signals.values())),
            thrown=tuple(memory.thrown),
            due={key: day.isoformat() for key, day in due.items()},
            options={wait.element_id: self._options(wait) for wait in users},
            ended=now.ended,
            ended_at=memory.ends[-1] if now.ended and memory.ends else None,
            variables={**now.variables, "case": self._case},
            milestones=tuple(memory.milestones),
            operations=tuple(memory.operations),
            trail=tuple(memory.trail),
            rules={key: list(rules) for key, rules in memory.rules.items()},
            incidents=tuple(sorted(one.element_id for one in now.incidents)),
        )

    def _options(self, wait: UserWait) -> list[str]:
        form = self._program.form_of(self._program.element(wait.process_key, wait.element_id))
        field_ = None if form is None else form.return_field
        return [] if field_ is None else [option.value for option in field_.options]


@dataclass(frozen=True)
class _Host:
    """The calendar and the scenario's parameters, for expressions."""

    calendar: WorkCalendar
    parameters: Mapping[str, object]
    faults: list[str]
    today: date

    def working_day_after(self, start: date, days: int) -> date:
        return self.calendar.working_day_after(start, days)[0]

    def working_days_between(self, start: date, end: date) -> int:
        return self.calendar.working_days_between(start, end)

    def parameter(self, name: str) -> object:
        if name not in self.parameters:
            self.faults.append(f"用到参数“{name}”,场景的 [parameters] 里没有。")
            raise KeyError(name)
        return _on(self.parameters[name], self.today)


def _on(value: object, today: date) -> object:
    """A parameter's value on a day: of a list of ``{from, value}`` the newest that holds."""
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        return value
    holding = [one for one in value if str(one["from"]) <= today.isoformat()]
    return max(holding, key=lambda one: str(one["from"]))["value"] if holding else None


@lru_cache(maxsize=1)
def work_calendar() -> WorkCalendar:
    """The official calendar as far as it is known; later years count weekdays."""
    return WorkCalendar(official_days(_YEARS))


def _case_value(scenario: Scenario) -> dict[str, object]:
    default: dict[str, object] = {
        "id": "scenario",
        "number": "场景-2026-000001",
        "business_key": "scenario",
        "organisation": {"id": "u-1", "code": "3506020101", "name": "模拟工会"},
        "started_on": local_date(scenario.now).isoformat(),
    }
    return {**default, **scenario.case}


def _called(action: Action) -> str:
    match action:
        case Do(element):
            return f"do = {element}"
        case Pass(limit):
            return f"pass = {limit}"
        case Until(instant):
            return f"until = {instant.astimezone(ZONE):%Y-%m-%d %H:%M}"
        case Deliver(name):
            return f"message = {name}"
        case Hear(name):
            return f"signal = {name}"
        case _:
            return "expect"


def _told(errors: object) -> str:
    if not isinstance(errors, tuple):
        return ""
    return "".join(f"{one.pointer} {one.message}" for one in errors[:10])
