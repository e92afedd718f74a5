"""Any well-formed process: storing the case after every step changes nothing, nothing is lost."""

from collections import Counter
from dataclasses import replace
from itertools import count, pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from SpiffWorkflow.util.task import TaskState

from engine import runtime
from engine.definitions.bpmn_xml import read_bpmn
from engine.definitions.diagram import read_processes
from engine.definitions.soundness import explore
from engine.definitions.standing import Ways
from engine.runtime import Renaming
from engine.runtime.run import Run
from engine.runtime.state import decode, encode
from engine.runtime.variables import Variables, plain
from tests.unit.runtime.kit import (
    Case,
    World,
    boundary,
    end,
    ext,
    flow,
    io,
    message,
    node,
    process,
    receives,
    script,
    signal,
    signals,
    source_of,
    start,
    throws,
    timer,
    user,
)

LEAVES = st.sampled_from([("task",), ("task",), ("script",), ("throw",)])
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("sequence"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(
            st.sampled_from(["choice", "both", "some"]), st.lists(inner, min_size=2, max_size=3)
        ),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("sub"), inner),
        st.tuples(st.just("guarded"), inner),
        st.tuples(st.just("event"), inner),
        st.tuples(st.just("listening"), inner),
    ),
    max_leaves=7,
)


class Drawing:
    """Writes the BPMN of a block."""

    def __init__(self):
        self.numbers = count(1)

    def draw(self, block):
        """(elements, first id, last id) of a block."""
        number = next(self.numbers)
        kind = block[0]
        if kind == "task":
            return user(f"T{number}"), f"T{number}", f"T{number}"
        if kind == "script":
            return script(f"X{number}", "=1", f"x{number}"), f"X{number}", f"X{number}"
        if kind == "throw":
            return throws(f"Y{number}", "signal"), f"Y{number}", f"Y{number}"
        return getattr(self, f"_{kind}")(number, block[1])

    def _sequence(self, _number, blocks):
        drawn = [self.draw(block) for block in blocks]
        written = "".join(elements for elements, _, _ in drawn)
        for (_, _, before), (_, after, _) in pairwise(drawn):
            written += flow(before, after)
        return written, drawn[0][1], drawn[-1][2]

    def _split(self, number, blocks, tag, conditions):
        split, join = f"F{number}", f"J{number}"
        default = {"default": f"{split}_{{}}"} if conditions else {}
        drawn = [self.draw(block) for block in blocks]
        if conditions:
            default = {"default": f"{split}_{drawn[-1][1]}"}
        written = node(tag, split, **default) + node(tag, join)
        for place, (elements, first, last) in enumerate(drawn):
            condition = None
            if conditions and place < len(drawn) - 1:
                condition = f"=get or else(v{number}, 0) {conditions} {place}"
            written += elements + flow(split, first, condition) + flow(last, join)
        return written, split, join

    def _both(self, number, blocks):
        return self._split(number, blocks, "parallelGateway", None)

    def _choice(self, number, blocks):
        return self._split(number, blocks, "exclusiveGateway", "=")

    def _some(self, number, blocks):
        return self._split(number, blocks, "inclusiveGateway", ">=")

    def _loop(self, number, block):
        elements, first, last = self.draw(block)
        merge, ask, split, out = (f"{letter}{number}" for letter in "MLGO")
        written = node("exclusiveGateway", merge) + elements + user(ask)
        written += node("exclusiveGateway", split, default=f"{split}_{out}")
        written += script(out, "=1", f"o{number}")
        written += flow(merge, first) + flow(last, ask) + flow(ask, split)
        written += flow(split, merge, f"=again{number} = true") + flow(split, out)
        return written, merge, out

    def _guarded(self, number, block):
        """A sub-process that a timer can take away."""
        elements, host, _ = self._sub(number, block)
        merge = f"M{number}"
        written = elements + boundary(f"B{number}", host, timer("timeDuration", "P1D"))
        written += node("exclusiveGateway", merge) + flow(host, merge) + flow(f"B{number}", merge)
        return written, host, merge

    def _listening(self, number, block):
        """A sub-process that a signal can take away, with a step beside at each signal."""
        elements, host, merge = self._guarded(number, block)
        elements += boundary(f"N{number}", host, signals("signal"))
        beside, task, done = f"N{number}b", f"T{number}b", f"E{number}b"
        elements += boundary(beside, host, signals("signal"), interrupting=False)
        elements += script(task, "=1", f"x{number}b") + end(done)
        elements += flow(f"N{number}", merge) + flow(beside, task) + flow(task, done)
        return elements, host, merge

    def _event(self, number, block):
        """A timer, a message or a signal, whichever comes first; behind the message is more."""
        elements, first, last = self.draw(block)
        gateway, wait, catch, merge = (f"{letter}{number}" for letter in "GBCM")
        inside = ext(io(None, {f"m{number}": "=text"})) + receives("message")
        written = node("eventBasedGateway", gateway) + node("exclusiveGateway", merge) + elements
        written += node("intermediateCatchEvent", wait, timer("timeDuration", "5wd"))
        written += node("intermediateCatchEvent", catch, inside)
        heard = f"N{number}"
        written += node("intermediateCatchEvent", heard, signals("signal"))
        written += flow(gateway, heard) + flow(heard, merge)
        written += flow(gateway, wait) + flow(gateway, catch) + flow(wait, merge)
        written += flow(catch, first) + flow(last, merge)
        return written, gateway, merge

    def _sub(self, number, block):
        elements, first, last = self.draw(block)
        inner = start(f"S{number}") + elements + end(f"E{number}")
        inner += flow(f"S{number}", first) + flow(last, f"E{number}")
        return node("subProcess", f"P{number}", inner), f"P{number}", f"P{number}"


def drawn(block):
    elements, first, last = Drawing().draw(block)
    content = process(
        start() + elements + end() + flow("S", first) + flow(last, "E"),
        message("message", "hello", "=case.id") + signal("signal"),
    )
    (read,) = read_processes(read_bpmn(content, "p.bpmn"), "p.bpmn")
    # An inclusive join waits for what can come the long way round: the gate refuses what it stops.
    assume(all(explore(scope).stuck is None for scope in read.scopes))
    return source_of(content)


class InMemory:
    """The same case, never stored."""

    def __init__(self, source, world):
        self.run = Run(runtime.compile_program(source), world.ports(), Variables(), {})
        self.run.case.plant()
        self.run.settle()

    def act(self, element, values):
        (token,) = [t for t in self._held() if t.task_spec.bpmn_id == element]
        kind = element[0]
        if kind in "BCN":
            if kind == "C":
                self.run.map_outputs(token, token.task_spec.node.outputs, values)
            self.run.fire(token)
        else:
            self.run.variables.merge(token, plain(values))
            self.run.execute(token)
        self.run.settle()

    def _held(self):
        parts = [] if self.run.case.completed else self.run.case.active_parts()
        return [
            token
            for part in parts
            for token in part.tasks.values()
            if (token.state == TaskState.READY and token.task_spec.manual)
            or (token.state == TaskState.WAITING and {"due", "key"} & token.internal_data.keys())
            or (token.state == TaskState.WAITING and token.task_spec.bpmn_id in self.listening)
        ]

    @property
    def listening(self):
        return {n for n in self.run.program.diagram("p").nodes if n.startswith("N")}

    @property
    def waiting(self):
        return [token.task_spec.bpmn_id for token in self._held()]

    @property
    def log(self):
        return [passed.element_id for passed in self.run.record.passed]


def waiting(case):
    return [wait.element_id for kind in case.step.waits.kinds for wait in kind.values()]


def act(case, element, values):
    if element[0] == "B":
        return case.fire(element)
    if element[0] == "C":
        return case.send(element, **values)
    if element[0] == "N":
        return case.hear(element)
    return case.done(element, **values)


def answers(data, element, *, early):
    """What a person or a message says; loops and choices come to an end after a while."""
    values = {"text": "t"}
    if element[0] in "TL":
        values = {f"v{n}": data.draw(st.integers(0, 2)) for n in range(12) if early}
    if element.startswith("L"):
        values[f"again{element[1:]}"] = early and data.draw(st.booleans())
    return values


def take_over(case, number):
    """Let a case go on in another version of the same process: it waits as before."""
    other = replace(case.source, id=f"p:{number}", version=number)
    program, ports = runtime.compile_program(other), case.world.ports()
    found = runtime.rebind(case.program, program, case.step.state, Renaming({}), ports)
    assert (found.obstacles, found.begun, found.dropped) == ((), (), ())
    assert found.step.waits == case.step.waits == runtime.waits(program, found.step.state)
    case.source, case.step = other, found.step
    return found.marks


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS, data=st.data())
def test_a_stored_case_goes_the_same_way_as_one_in_memory_and_ends(block, data):
    source, world = drawn(block), World()
    stored, memory = Case(source, world, {}), InMemory(source, world)
    expected = Counter(stored.open)
    for steps in range(400):
        assert stored.log == memory.log
        assert Counter(waiting(stored)) == Counter(memory.waiting)
        assert Counter(stored.open) == expected
        assert not stored.step.incidents
        state = stored.step.state
        assert encode(decode(stored.program, state, world.ports())) == state
        if stored.step.ended:
            break
        assert waiting(stored), "the case waits for nobody and has not ended"
        element = data.draw(st.sampled_from(sorted(waiting(stored))))
        values = answers(data, element, early=steps < 20)
        before = {wait.token: wait.element_id for wait in stored.step.waits.user.values()}
        step = act(stored, element, values)
        memory.act(element, values)
        # What waited before, but for what was closed, plus what was opened, waits now.
        closed = Counter(before[token] for token in step.closed)
        assert element[0] in "BCN" or step.signals or closed == Counter([element])
        assert element[0] in "BCN" or closed[element] == 1
        expected = expected - closed + Counter(opened.element_id for opened in step.opened)
    assert stored.step.ended
    assert stored.log[-1] == "E"
    assert memory.run.variables.root == stored.step.variables


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS, data=st.data())
def test_a_case_taken_over_after_every_step_goes_the_same_way(block, data):
    source, world = drawn(block), World()
    moved, memory = Case(source, world, {}), InMemory(source, world)
    for number in range(2, 200):
        if moved.step.ended:
            break
        marks = take_over(moved, number)
        assert Ways(moved.program).stuck_at(marks) == ()
        element = data.draw(st.sampled_from(sorted(waiting(moved))))
        values = answers(data, element, early=number < 12)
        act(moved, element, values)
        memory.act(element, values)
        # What a signal set off at once goes on in any order.
        assert Counter(moved.log) == Counter(memory.log)
    assert moved.step.ended
    assert memory.run.variables.root == moved.step.variables
