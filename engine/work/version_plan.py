"""Whether each running case can be taken over to another version, and what that means for it.

Nothing is written here: a plan asks it of every case, and the move itself asks it again of each
case in the transaction that moves it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine.definitions.comparing.elements import limit, name_of, of_element
from engine.definitions.roads import NewSteps, Place, Way, asked_of
from engine.definitions.standing import Ways
from engine.errors import BangfuError, Invalid, NotFound, StateUnreadable
from engine.model.actors import Actor
from engine.model.cases import Case
from engine.model.definitions import Element, ElementKind
from engine.model.version_moves import CaseVerdict, Plan, Route, Stand, Unmapped, Verdict
from engine.runtime import (
    MENDABLE,
    Obstacle,
    Position,
    Program,
    Rebound,
    Renaming,
    rebind,
)
from engine.sentences import Words
from engine.store import definitions, directory, events, version_moves
from engine.store.database import Tx
from engine.store.version_moves import RunningCase
from engine.work.environment import Environment
from engine.work.history import Cause
from engine.work.opened import OpenedCase, open_case, ports_of

MOST_IDS = 200

_REASONS = {
    "gone": Words(
        "在“{name}”等待,新版没有这个环节。请说明由新版的哪个环节接着办。",
        "It waits at “{name}”, which the new version does not have. Say which element of the new "
        "version takes its place.",
    ),
    "gone-beside": Words(
        "“{name}”正在等待,新版没有它。请说明由新版的哪个接替,或注明不再等待。",
        "“{name}” is waiting, and the new version does not have it. Say what takes its place, or "
        "that the wait is given up.",
    ),
    "target-unknown": Words(
        "“{name}”对应到“{target}”,新版没有这个编号。请核对编号。",
        "“{name}” is mapped to “{target}”, which the new version does not have. Check the id.",
    ),
    "kind": Words(
        "“{name}”在新版是另一种元素,不能接着等待。请对应到同一种元素。",
        "“{name}” is another kind of element in the new version. Map it to one of its own kind.",
    ),
    "place": Words(
        "“{name}”在新版移到了别的子流程或别的位置,不能接着等待。请对应到同一子流程内的元素。",
        "“{name}” lies in another sub-process or at another place in the new version. Map it to an "
        "element in the same sub-process.",
    ),
    "join": Words(
        "已走到汇合处“{name}”的一支,在新版的这一支上还有环节,转换会跳过它。请等过了汇合处再转。",
        "A branch that has come to the join “{name}” has more steps in the new version, which "
        "would be skipped. Wait until the case has passed the join.",
    ),
    "join-over": Words(
        "汇合处“{name}”在新版已经齐了,不会再有动静。请等过了汇合处再转。",
        "The join “{name}” would be complete in the new version without anything to set it off. "
        "Wait until the case has passed it.",
    ),
    "operation": Words(
        "“{name}”的自动办理正在等待,新版换成了别的操作。请等它完成再转。",
        "The automatic work of “{name}” is waiting, and the new version does another. Wait until "
        "it is done.",
    ),
    "called": Words(
        "“{name}”正在办理所调用的流程,新版调用的是别的流程。请等它办完再转。",
        "“{name}” is inside a called process, and the new version calls another. Wait until it is "
        "over.",
    ),
    "repetition": Words(
        "“{name}”正在逐项办理,新版的办法(依次或同时、是否汇总结果)不同。请等各项办完再转。",
        "“{name}” is being done item by item, and the new version does that differently. Wait "
        "until all items are done.",
    ),
    "unknown-token": Words(
        "停在“{name}”,不能转换。请等它走到下一环节再转。",
        "It stands at “{name}” and cannot be taken over there. Wait until it has moved on.",
    ),
    "stuck": Words(
        "转到新版后会在“{name}”卡住或重复:并行的分支与新版不一致。请等过了汇合处再转。",
        "In the new version it would wait for ever, or come twice, at “{name}”: its parallel "
        "branches differ. Wait until the case has passed the join.",
    ),
}
_UNREADABLE = Words(
    "存储的状态读不出来,不能转换。请先处理这一件的系统异常。",
    "Its stored state cannot be read. See to its incident first.",
)
_AHEAD = Words("以后会办新增环节“{name}”。", "It will still do the new step “{name}”.")
_BEHIND = Words(
    "已过新增环节“{name}”的位置,转换后不会补办。",
    "It is past the new step “{name}”, which will not be made up for.",
)
_AGAIN = Words(
    "已过新增环节“{name}”的位置,不会补办;如退回或重来,会办到它。",
    "It is past the new step “{name}”, which will not be made up for; if it is sent back, it will "
    "come to it.",
)
_UNWRITTEN = Words(
    "“{name}”填写的 {variables} 本件没有,后面的条件要用到:到那里会停下,成为系统异常。",
    "This case lacks {variables}, which “{name}” writes and a later condition reads: it will stop "
    "there with an incident.",
)
_BEGINS = Words(
    "新版在旁边多了“{name}”,从转换时起等待。",
    "The new version has “{name}” beside it, which waits from the moment of the migration.",
)
_GIVEN_UP = Words("{n} 个旁边的等待将取消。", "{n} waits beside it will be given up.")
_KEEPS_TIMER = Words(
    "“{name}”的计时改为{after},正在计时的仍按原来的时间。",
    "The timer “{name}” is {after} now; the one that is running keeps its date.",
)
_KEEPS_LIMIT = Words(
    "“{name}”的时限改为{after},已开始的这一步仍按原来的期限。",
    "The limit of “{name}” is {after} now; the step that has begun keeps its date.",
)
_NO_LIMIT = Words("无", "none")
_OTHER_FORM = Words(
    "“{name}”以后用新版的表单,已存的草稿保留。",
    "“{name}” uses the form of the new version; drafts are kept.",
)
_OTHER_PEOPLE = Words(
    "“{name}”改由{after}办理;认领人不再有权的,放回待办。",
    "“{name}” is done by {after} now; it is put back if its holder may not do it.",
)


@dataclass(frozen=True)
class Judged:
    """What is said of one case; ``rebound`` is None where its state cannot be read."""

    verdict: Verdict
    rebound: Rebound | None
    positions: tuple[Position, ...] = ()
    reasons: tuple[Words, ...] = ()
    notes: tuple[Words, ...] = ()
    has_passed: tuple[str, ...] = ()


class Judge:
    """Judges the cases of one version; what the two versions are is looked at once."""

    def __init__(self, old: Program, new: Program, ids: Renaming) -> None:
        self.old, self.new, self.ids = old, new, ids
        self._told: dict[Place, tuple[Words, ...]] = {}
        self._asked: dict[str, tuple[str, ...]] = {}

    @cached_property
    def ways(self) -> Ways:
        """How a case goes on from where it would stand."""
        return Ways(self.new)

    @cached_property
    def new_steps(self) -> NewSteps:
        """What the new version has more for people to do."""
        return NewSteps(self.old, self.new, self.ids)

    def judge(self, environment: Environment, tx: Tx, opened: OpenedCase, cause: Cause) -> Judged:
        """One case, which is not changed by it."""
        ports = ports_of(environment, tx, opened, cause)
        try:
            found = rebind(self.old, self.new, opened.memory.engine, self.ids, ports)
        except StateUnreadable:
            return Judged(Verdict.REFUSED, None, reasons=(_UNREADABLE,))
        stands = found.stands
        if found.step is None:
            mendable = all(one.code in MENDABLE for one in found.obstacles)
            verdict = Verdict.NEEDS_MAPPING if mendable else Verdict.REFUSED
            reasons = tuple(self._reason(one) for one in found.obstacles)
            return Judged(verdict, found, stands, reasons)
        stuck = self.ways.stuck_at([*found.marks])
        if stuck:
            name = self._name(self.new, found.marks[0].process_key, stuck[0])
            reason = Words.filled(*_REASONS["stuck"], name=name)
            return Judged(Verdict.REFUSED, found, stands, (reason,))
        return Judged(Verdict.SAFE, found, stands)

    def notes(self, tx: Tx, opened: OpenedCase, judged: Judged) -> Judged:
        """The same of a case that can be taken over, with what its people should know then."""
        if judged.verdict is not Verdict.SAFE or judged.rebound is None:
            return judged
        ways = self._ways_from(tx, opened, judged.positions) if self.new_steps.steps else ()
        return replace(
            judged,
            notes=(
                *map(self._seen, ways),
                *self._unwritten(ways, judged.rebound),
                *self._differences(judged.positions),
                *self._events(judged.rebound),
            ),
            has_passed=tuple(way.step.name or way.step.id for way in ways if way.behind),
        )

    def _reason(self, obstacle: Obstacle) -> Words:
        name = self._name(self.old, obstacle.process_key, obstacle.element_id)
        return Words.filled(*_REASONS[obstacle.code], name=name, target=obstacle.target_id)

    def _ways_from(self, tx: Tx, opened: OpenedCase, stands: Sequence[Position]) -> tuple[Way, ...]:
        places = {
            (at.process_key, self.ids.of(at.process_key, at.element_id))
            for at in stands
            if not at.is_beside
        }
        path = self.new_steps.path(_passed(tx, opened))
        return self.new_steps.seen_from(places, path)

    def _seen(self, way: Way) -> Words:
        said = _AHEAD if not way.behind else _AGAIN if way.ahead else _BEHIND
        return Words.filled(*said, name=self._name(self.new, way.step.process_key, way.step.id))

    def _unwritten(self, ways: Sequence[Way], found: Rebound) -> Iterator[Words]:
        """What a new step behind the case would have written, and the way ahead asks for."""
        known = set() if found.step is None else found.step.variables.keys()
        for way in ways:
            missing = [name for name in self._asked_of(way.step) if name not in known]
            if way.behind and missing:
                name = self._name(self.new, way.step.process_key, way.step.id)
                yield Words.filled(*_UNWRITTEN, name=name, variables=Words.listed(missing))

    def _asked_of(self, step: Element) -> tuple[str, ...]:
        if step.id not in self._asked:
            self._asked[step.id] = tuple(sorted(asked_of(self.new, step)))
        return self._asked[step.id]

    def _differences(self, stands: Sequence[Position]) -> Iterator[Words]:
        """What is another at the elements where the case waits."""
        for place in dict.fromkeys((at.process_key, at.element_id) for at in stands):
            if place not in self._told:
                self._told[place] = tuple(self._differing(*place))
            yield from self._told[place]

    def _differing(self, key: str, element_id: str) -> Iterator[Words]:
        target = self.ids.of(key, element_id)
        if not target:
            return
        then, now = self.old.node(key, element_id), self.new.node(key, target)
        before, after = of_element(self.old, then, {}, {}), of_element(self.new, now, {}, {})
        name = name_of(now)

        def differs(*names: str) -> bool:
            return any(before.get(one) != after.get(one) for one in names)

        if then.element.kind is ElementKind.USER_TASK:
            if differs("lane", "lane-kind", "role", "level"):
                lane = "" if now.element.lane is None else now.element.lane.name
                yield Words.filled(*_OTHER_PEOPLE, name=name, after=Words.same(lane))
            if differs("deadline"):
                text = now.element.deadline
                said = limit(text) if text else _NO_LIMIT
                yield Words.filled(*_KEEPS_LIMIT, name=name, after=said)
            if differs("form") or self._form(self.old, key, element_id) != self._form(
                self.new, key, target
            ):
                yield Words.filled(*_OTHER_FORM, name=name)
        elif differs("timer"):
            yield Words.filled(*_KEEPS_TIMER, name=name, after=after["timer"][1])

    @staticmethod
    def _form(program: Program, key: str, element_id: str) -> bytes | None:
        return program.sources[key].forms.get(program.element(key, element_id).form_id or "")

    def _events(self, found: Rebound) -> Iterator[Words]:
        for key, element_id in found.begun:
            yield Words.filled(*_BEGINS, name=self._name(self.new, key, element_id))
        if found.dropped:
            yield Words.filled(*_GIVEN_UP, n=len(found.dropped))

    @staticmethod
    def _name(program: Program, key: str, element_id: str) -> Words:
        nodes = program.diagram(key).nodes if key in program.processes else {}
        node = nodes.get(element_id)
        return Words.same(element_id) if node is None else name_of(node)


def _passed(tx: Tx, opened: OpenedCase) -> Iterator[list[object]]:
    """What the case has passed, oldest first."""
    for row in events.of_case(tx, opened.case.id):
        detail = None
        if row.payload is not None:
            detail = opened.vault.open_json(row.payload, "event", row.number)
        steps = detail.get("passed") if isinstance(detail, dict) else None
        yield from steps if isinstance(steps, list) else ()


class Judges:
    """A judge for each version that cases come from."""

    def __init__(self, environment: Environment, tx: Tx, route: Route) -> None:
        self._environment = environment
        self._new = environment.programs.get(tx, route.to_id)
        self._ids = Renaming(route.ids)
        self._by_version: dict[str, Judge] = {}

    def of(self, tx: Tx, definition_id: str) -> Judge:
        """The judge of a version's cases."""
        if definition_id not in self._by_version:
            old = self._environment.programs.get(tx, definition_id)
            self._by_version[definition_id] = Judge(old, self._new, self._ids)
        return self._by_version[definition_id]

    def judged(self, tx: Tx, actor: Actor, case: Case) -> tuple[OpenedCase | None, Judged]:
        """What is said of a case, and the case opened; None for one that cannot be."""
        try:
            opened = open_case(self._environment, tx, case)
        except BangfuError:
            return None, Judged(Verdict.REFUSED, None, reasons=(_UNREADABLE,))
        cause = Cause(actor, self._environment.now())
        return opened, self.of(tx, case.definition_id).judge(self._environment, tx, opened, cause)


def check_route(environment: Environment, tx: Tx, route: Route) -> None:
    """NotFound for versions that are not there, Invalid for a route that leads nowhere."""
    if definitions.by_id(tx, route.to_id) is None:
        raise NotFound(f"没有找到流程“{route.key}”的第 {route.to_version} 版。")
    if route.from_id is not None and definitions.by_id(tx, route.from_id) is None:
        raise NotFound(f"没有找到流程“{route.key}”的第 {route.from_version} 版。")
    if route.from_version == route.to_version:
        raise Invalid("来去是同一个版本,没有要迁移的。请另选版本。")
    if len(route.ids) > MOST_IDS:
        raise Invalid(f"对应关系最多 {MOST_IDS} 条,请减少。")
    new = environment.programs.get(tx, route.to_id)
    for before, after in route.ids.items():
        if after and not _has(new, after):
            raise Invalid(f"“{before}”对应的“{after}”不在第 {route.to_version} 版里。请核对编号。")
        older = (row for row in definitions.versions(tx, route.key) if row.id != route.to_id)
        some = [row.id for row in older if route.from_id in (None, row.id)]
        if not any(_has(environment.programs.get(tx, one), before) for one in some):
            raise Invalid(f"“{before}”不在要迁移的版本里,没有要对应的。请核对编号。")


def _has(program: Program, element_id: str) -> bool:
    """Whether an element, which may be named with its process, is in a version."""
    process_key, _slash, bare = element_id.rpartition("/")
    return any(
        bare in program.diagram(key).nodes for key in program.processes if process_key in ("", key)
    )


class Planner:
    """Gathers a verdict for every running case of a route, some cases at a time."""

    def __init__(self, environment: Environment, tx: Tx, actor: Actor, route: Route) -> None:
        check_route(environment, tx, route)
        self._judges = Judges(environment, tx, route)
        self._actor = actor
        self._route = route
        self._found: list[CaseVerdict] = []
        self._waiting: Counter[tuple[str, Obstacle]] = Counter()

    @property
    def last(self) -> str:
        """The case that was looked at last; they come by their ids."""
        return self._found[-1].case_id if self._found else ""

    def look_at(self, tx: Tx, most: int | None = None) -> int:
        """Look at the next cases, at most so many; how many they were."""
        lines = version_moves.running(tx, self._actor, self._route, self.last, most)
        # One that ended since it was listed is none any more.
        found = {case.id: case for case in version_moves.cases_of(tx, lines)}
        for line in lines:
            if line.id in found:
                self._look_at(tx, line, found[line.id])
        return len(lines)

    def _look_at(self, tx: Tx, line: RunningCase, case: Case) -> None:
        opened, judged = self._judges.judged(tx, self._actor, case)
        judge = self._judges.of(tx, line.definition_id)
        if opened is not None:
            judged = judge.notes(tx, opened, judged)
        self._found.append(_told(judge, line, judged))
        if judged.rebound is not None and judged.verdict is Verdict.NEEDS_MAPPING:
            obstacles = set(judged.rebound.obstacles)
            self._waiting.update((line.definition_id, one) for one in obstacles)

    def plan(self, tx: Tx) -> Plan:
        """What was found."""
        unmapped = _unmapped(self._judges, tx, self._waiting)
        return Plan(self._route, tuple(self._found), tuple(unmapped))


def plan(environment: Environment, tx: Tx, actor: Actor, route: Route) -> Plan:
    """A verdict for every running case of a route, from one consistent view."""
    planner = Planner(environment, tx, actor, route)
    planner.look_at(tx)
    return planner.plan(tx)


def _told(judge: Judge, line: RunningCase, judged: Judged) -> CaseVerdict:
    return CaseVerdict(
        line.id,
        line.number,
        line.organisation_id,
        line.organisation_name,
        int(line.definition_id.rpartition(":")[2]),
        judged.verdict,
        tuple(_stands(judge, judged)),
        judged.reasons,
        judged.notes,
        judged.has_passed,
    )


def _stands(judge: Judge, judged: Judged) -> Iterator[Stand]:
    """Where the case waits; the events beside its steps are not where it stands."""
    seen: set[Place] = set()
    for at in judged.positions:
        place = (at.process_key, at.element_id)
        if at.is_beside or place in seen:
            continue
        seen.add(place)
        name = name_of(judge.old.node(*place))
        target = judge.ids.of(*place)
        yield Stand(at.process_key, at.element_id, name, target if target != at.element_id else "")


def _unmapped(judges: Judges, tx: Tx, waiting: Counter[tuple[str, Obstacle]]) -> Iterable[Unmapped]:
    """The elements a mapping must say something of, those of most cases first."""
    merged: dict[Place, Unmapped] = {}
    for (definition_id, obstacle), number in waiting.most_common():
        judge = judges.of(tx, definition_id)
        place = (obstacle.process_key, obstacle.element_id)
        node = judge.old.node(*place)
        before = merged.get(place)
        is_there = obstacle.process_key in judge.new.processes
        nodes = judge.new.diagram(obstacle.process_key).nodes if is_there else {}
        there = [
            (one.id, one.label)
            for one in nodes.values()
            if one.element.kind is node.element.kind and type(one.event) is type(node.event)
        ]
        merged[place] = Unmapped(
            obstacle.process_key,
            obstacle.element_id,
            name_of(node),
            number + (0 if before is None else before.cases),
            node.attached_to is not None,
            tuple(there),
        )
    return merged.values()


def roles_in_words(tx: Tx) -> dict[str, Words]:
    """The names of the roles, by code."""
    return {role.code: Words(role.zh, role.en) for role in directory.roles(tx).values()}
