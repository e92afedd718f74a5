"""Where a case goes on behind a step, read off its drawing: nobody knows the answers yet."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.model.definitions import Element, ElementKind
from engine.runtime import Program
from engine.runtime.diagram import ErrorEvent, Node, ProcessCall, Terminate

MOST_WAYS = 16
"""Ways to one place that are followed: of more nobody would read."""

_MOST_CALLERS = 8
_BARE = frozenset({"是", "否", "不是", "有", "没有", "能", "不能", "在", "不在"})
"""Names of flows that say nothing without what the gateway asks."""

_NOT = ("不", "未", "没", "没有", "无", "非", "not", "no")
"""What turns the name of a flow behind it into its contrary."""

_PASSED_THROUGH = frozenset(
    {
        ElementKind.SCRIPT_TASK,
        ElementKind.DECISION_TASK,
        ElementKind.SERVICE_TASK,
        ElementKind.EXCLUSIVE,
        ElementKind.PARALLEL,
        ElementKind.INCLUSIVE,
        ElementKind.EVENT_BASED,
        ElementKind.THROW,
        ElementKind.START,
    }
)
_CHOOSING = frozenset({ElementKind.EXCLUSIVE, ElementKind.EVENT_BASED})


@dataclass(frozen=True)
class Answer:
    """What stands on a flow, and at its gateway where the flow says nothing by itself (是, 否)."""

    said: str
    asked: str = ""


@dataclass(frozen=True)
class Ahead:
    """What people may come to: a step, a wait, a process that cannot be gone into, or an end.

    Of kind SUB_PROCESS it is an end of a branch: what else is open goes on. ``ways``: for each way
    there the answers in between, the fewest first; none where nothing is answered.
    ``is_near``: whether it sees the variables that are seen at the step it lies behind.
    """

    element: Element
    ways: tuple[tuple[Answer, ...], ...]
    is_near: bool


@dataclass(frozen=True)
class _Taken:
    """A flow with a name that was followed; ``instead``: the flows beside it and itself, by id."""

    flow_id: str
    answer: Answer
    instead: tuple[str, ...]


_Way = tuple[_Taken, ...]


@dataclass(frozen=True)
class _Call:
    """A called process that was gone into, with the way there.

    None where the step itself lies in it: what is answered there leads out of it.
    """

    element: Element
    way: _Way | None


@dataclass(frozen=True)
class _Place:
    """Somewhere behind a step, the way there, and the calls it lies in.

    ``ended``: the ends of sub-processes and calls it was come to by, since anything was decided;
    ``by_itself``: whether what led to them was answered in a call that was gone through.
    """

    process_key: str
    element_id: str
    way: _Way = ()
    calls: tuple[_Call, ...] = ()
    ended: tuple[Element, ...] = ()
    by_itself: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What it is known by: behind another end or another call it goes on differently."""
        return (*self.around, "", *(one.id for one in self.ended), "", self.element_id)

    @property
    def came(self) -> tuple[str, ...]:
        """The way there, by its flows."""
        return tuple(taken.flow_id for taken in self.way)

    @property
    def around(self) -> tuple[str, ...]:
        """The process it lies in, by the calls that lead there."""
        calls = (
            part for call in self.calls for part in (call.element.process_key, call.element.id)
        )
        return (*calls, self.process_key)

    def left(self) -> "_Place":
        """At the call it lies in."""
        call = self.calls[-1]
        return _Place(
            call.element.process_key,
            call.element.id,
            self.way if call.way is None else call.way,
            self.calls[:-1],
            self.ended,
            by_itself=call.way is not None,
        )


def ahead(program: Program, start: Element) -> tuple[Ahead, ...]:
    """What people come to behind a step, each once, with the ways there.

    Called processes are gone into and come out of: what answers there by itself is no way. An end
    of a sub-process or of a called process settles the next answer where it bears names of its
    flows; else every way behind it is followed.
    """
    found: dict[tuple[str, str], tuple[Element, list[_Way], list[bool]]] = {}
    for calls in _callers(program, start.process_key) or [()]:
        here = _Place(start.process_key, start.id, calls=calls)
        for element, place in _walked(program, here):
            key = (element.process_key, element.id)
            _, ways, near = found.setdefault(key, (element, [], []))
            ways.append(place.way)
            near.append(place.around == here.around)
    return tuple(
        Ahead(element, _told(ways), is_near=all(near)) for element, ways, near in found.values()
    )


def _walked(program: Program, here: _Place) -> Iterator[tuple[Element, _Place]]:
    """What is come to, and by which way: some of it several times."""
    seen: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    followed: Counter[tuple[str, ...]] = Counter()
    waiting = _past(_node(program, here), here)
    while waiting:
        place = waiting.pop(0)
        node = program.diagram(place.process_key).nodes.get(place.element_id)
        key = place.key
        known = (key, place.came)
        if node is None or known in seen or followed[key] == MOST_WAYS:
            continue
        seen.add(known)
        followed[key] += 1
        come_to, onward = _at(program, node, place)
        if come_to is not None:
            yield come_to, place
        waiting = [*onward, *waiting]


def _node(program: Program, place: _Place) -> Node:
    return program.diagram(place.process_key).nodes[place.element_id]


def _at(program: Program, node: Node, place: _Place) -> tuple[Element | None, list[_Place]]:
    """What people come to at a place, if anything, and the places behind it."""
    element = node.element
    if element.kind is ElementKind.END:
        return _at_end(program, node, place)
    if element.kind is ElementKind.EXCLUSIVE and len(element.outgoing) > 1:
        return None, _settled(element, place)
    if element.kind in _PASSED_THROUGH:
        ended = place.ended if len(element.outgoing) == 1 else ()
        return None, _behind(element, replace(place, ended=ended))
    if element.kind is ElementKind.SUB_PROCESS:
        return None, _starts(program, element.id, replace(place, ended=()))
    called = node.action.process_key if isinstance(node.action, ProcessCall) else ""
    if called in program.processes and called not in place.around:
        calls = (*place.calls, _Call(element, place.way))
        inside = replace(place, process_key=called, calls=calls, ended=())
        return None, _starts(program, called, inside)
    return element, []


def _at_end(program: Program, end: Node, place: _Place) -> tuple[Element | None, list[_Place]]:
    if isinstance(end.event, ErrorEvent):
        return _caught(program, end, end.event, place)
    nodes = program.diagram(place.process_key).nodes
    is_branch, may_be_over = _beside(nodes, end)
    ended = (*place.ended, end.element)
    outside: _Place | None = None
    if end.container in nodes:
        outside = replace(place, element_id=end.container, ended=ended)
    elif place.calls:
        outside = replace(place, ended=ended).left()
    onward = [] if outside is None else _past(_node(program, outside), outside)
    if is_branch:
        told = next((one for one in ended if one.name), end.element)
        return replace(told, kind=ElementKind.SUB_PROCESS), onward if may_be_over else []
    if outside is None and place.process_key == program.key:
        return next((one for one in ended[::-1] if one.name), end.element), []
    return None, onward


def _past(node: Node, place: _Place) -> list[_Place]:
    """Behind a step, a sub-process or a call that is done, and at it again where it is repeated."""
    is_repeated = node.again is not None or (node.loop is not None and node.loop.sequential)
    once_more = [replace(place, element_id=node.id, ended=())] if is_repeated else []
    return [*_behind(node.element, place), *once_more]


def _caught(
    program: Program, end: Node, thrown: ErrorEvent, place: _Place
) -> tuple[Element | None, list[_Place]]:
    """Behind the event that catches an error, at whatever it was thrown in."""
    around = end.container
    while True:
        nodes = program.diagram(place.process_key).nodes
        if around not in nodes:
            if not place.calls:
                return end.element, []
            place = place.left()
            around = place.element_id
            continue
        catching = {
            one.event.code: one.element
            for one in nodes.values()
            if one.attached_to == around and isinstance(one.event, ErrorEvent)
        }
        caught = catching.get(thrown.code, catching.get(None))
        if caught is not None:
            return None, _behind(caught, replace(place, ended=()))
        around = nodes[around].container


def _beside(nodes: Mapping[str, Node], end: Node) -> tuple[bool, bool]:
    """Whether others go on beside what ends here, and whether all of them may have ended before.

    What an event begins beside the course ends beside it. Of what a gateway has split, each branch
    that is not joined again ends by itself.
    """
    if isinstance(end.event, Terminate):
        return False, True
    level = {one.id: one for one in nodes.values() if one.container == end.container}
    course = _reached(
        level, [i for i, one in level.items() if one.element.kind is ElementKind.START]
    )
    is_branch, may_be_over = False, True
    for one in level.values():
        if one.attached_to is not None and not one.interrupting:
            if end.id not in course and end.id in _reached(level, [one.id]):
                return True, False
        elif len(one.element.outgoing) > 1 and one.element.kind not in _CHOOSING:
            branches = [_reached(level, [flow.target_id]) for flow in one.element.outgoing]
            others = [branch for branch in branches if end.id not in branch]
            if 0 < len(others) < len(branches):
                is_branch = True
                may_be_over &= all(any(_just_ends(level[i]) for i in branch) for branch in others)
    return is_branch, may_be_over


def _reached(level: Mapping[str, Node], first: Sequence[str]) -> frozenset[str]:
    """What lies behind elements of one level, what an event begins beside them left out."""
    found: set[str] = set()
    waiting = [one for one in first if one in level]
    while waiting:
        node = level[waiting.pop()]
        if node.id in found:
            continue
        found.add(node.id)
        interrupting = [
            one.id for one in level.values() if one.attached_to == node.id and one.interrupting
        ]
        behind = [flow.target_id for flow in node.element.outgoing if flow.target_id in level]
        waiting += [*behind, *interrupting]
    return frozenset(found)


def _just_ends(node: Node) -> bool:
    """Whether it is an end that ends only its own branch."""
    is_end = node.element.kind is ElementKind.END
    return is_end and not isinstance(node.event, Terminate | ErrorEvent)


def _settled(gateway: Element, place: _Place) -> list[_Place]:
    """The ways that are named in the ends it was come to by; all of them where none is.

    No end says anything about a gateway with a bare 是 or 否: of these other words consist. What
    is settled by an answer that is told is not told again.
    """
    names = [flow.flow_name for flow in gateway.outgoing]
    behind = _behind(gateway, replace(place, ended=(), by_itself=False))
    if any(name in _BARE or not name for name in names):
        return behind
    said = {name for one in place.ended for name in _named(one.name, names)}
    settled = [one for name, one in zip(names, behind, strict=True) if name in said]
    if len(settled) == 1 and place.way and not place.by_itself:
        return [replace(settled[0], way=place.way)]
    return settled or behind


def _named(text: str, names: Iterable[str]) -> Iterator[str]:
    """Which of the names stand in a text: 不同意 is not 同意, whether or not it is among them."""
    for name in sorted(set(names), key=len, reverse=True):
        before, is_there, _ = text.partition(name)
        if is_there and not before.rstrip().casefold().endswith(_NOT):
            yield name
        text = text.replace(name, "\n")


def _callers(
    program: Program, process_key: str, below: frozenset[str] = frozenset()
) -> list[tuple[_Call, ...]]:
    """The calls by which a process may be at work, those of its callers first."""
    if process_key == program.key:
        return [()]
    below |= {process_key}
    found = [
        (*around, _Call(node.element, None))
        for caller in program.processes
        if caller not in below
        for node in program.diagram(caller).calls()
        if isinstance(node.action, ProcessCall) and node.action.process_key == process_key
        for around in _callers(program, caller, below)
    ]
    return found[:_MOST_CALLERS]


def _starts(program: Program, container: str, place: _Place) -> list[_Place]:
    return [
        replace(place, element_id=one.id)
        for one in program.diagram(place.process_key).nodes.values()
        if one.container == container
        and one.element.kind is ElementKind.START
        and one.event is None
    ]


def _behind(element: Element, place: _Place) -> list[_Place]:
    instead = tuple(flow.flow_id for flow in element.outgoing)
    found = []
    for flow in element.outgoing:
        way = place.way
        if flow.flow_name:
            asked = element.name if flow.flow_name in _BARE else ""
            taken = _Taken(flow.flow_id, Answer(flow.flow_name, asked), instead)
            way = way if taken in way else (*way, taken)
        found.append(replace(place, element_id=flow.target_id, way=way))
    return found


def _told(ways: Sequence[_Way]) -> tuple[tuple[Answer, ...], ...]:
    """The ways as answers: without what makes no difference, and none that says another again."""
    answered = [tuple(dict.fromkeys(taken.answer for taken in way)) for way in _asking(ways)]
    told: list[tuple[Answer, ...]] = []
    for way in sorted(answered, key=len):
        if not any(_is_part(one, way) for one in told):
            told.append(way)
    return () if told == [()] else tuple(told)


def _asking(ways: Sequence[_Way]) -> list[_Way]:
    """Without the answers of gateways of which every flow leads to the same by the same others."""
    left = {tuple(taken.flow_id for taken in way): way for way in ways}
    while (idle := next(_idle(left), None)) is not None:
        flows, at, same = idle
        way = left[flows]
        left = {key: one for key, one in left.items() if key not in same}
        left[*flows[:at], *flows[at + 1 :]] = (*way[:at], *way[at + 1 :])
    return list(left.values())


def _idle(
    ways: Mapping[tuple[str, ...], _Way],
) -> Iterator[tuple[tuple[str, ...], int, set[tuple[str, ...]]]]:
    """Where a way has such an answer, and the ways that differ in it alone."""
    for flows, way in ways.items():
        for at, taken in enumerate(way):
            same = {(*flows[:at], other, *flows[at + 1 :]) for other in taken.instead}
            if len(same) > 1 and all(one in ways for one in same):
                yield flows, at, same


def _is_part(few: Sequence[Answer], many: Sequence[Answer]) -> bool:
    rest = iter(many)
    return all(one in rest for one in few)
