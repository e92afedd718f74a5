"""Any well-formed process with repetition in it: stored, in memory and taken over it goes one way."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.runtime.places import items_of
from engine.runtime.state import decode, encode
from tests.unit.runtime.kit import (
    Case,
    World,
    again,
    end,
    flow,
    many,
    node,
    process,
    source_of,
    start,
)
from tests.unit.runtime.test_random_processes import Drawing, InMemory, take_over

LEAVES = st.sampled_from([("task",), ("task",), ("script",)])
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("sequence"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.sampled_from(["choice", "both"]), st.lists(inner, min_size=2, max_size=2)),
        st.tuples(st.sampled_from(["each", "turn", "enough", "again", "sub"]), inner),
    ),
    max_leaves=5,
)


class DrawingOfItems(Drawing):
    def _each(self, number, block):
        return self._repeated(number, block, many("=[1, 2]", f"i{number}", **results(number)))

    def _turn(self, number, block):
        mark = many("=[1, 2, 3]", f"i{number}", sequential=True, **results(number))
        return self._repeated(number, block, mark)

    def _enough(self, number, block):
        enough = "=numberOfCompletedInstances = 2"
        mark = many("=[1, 2, 3]", f"i{number}", until=enough, **results(number))
        return self._repeated(number, block, mark)

    def _again(self, number, block):
        return self._repeated(number, block, again("=get or else(go, false)", loopMaximum="3"))

    def _repeated(self, number, block, mark):
        elements, first, last = self.draw(block)
        inner = start(f"S{number}") + elements + end(f"E{number}") + mark
        inner += flow(f"S{number}", first) + flow(last, f"E{number}")
        return node("subProcess", f"P{number}", inner), f"P{number}", f"P{number}"


def results(number):
    return {"outputCollection": f"r{number}", "outputElement": "=get or else(v, loopCounter)"}


def drawn(block):
    elements, first, last = DrawingOfItems().draw(block)
    return source_of(process(start() + elements + end() + flow("S", first) + flow(last, "E")))


Place = tuple[str, tuple[int, ...]]


def places(case) -> dict[Place, str]:
    """The token of each open step by its element and the numbers of its items."""
    found = {
        (wait.element_id, tuple(item.number for item in wait.items)): wait.token
        for wait in case.step.waits.user.values()
    }
    assert len(found) == len(case.step.waits.user), "two equal steps for one item"
    return found


class Remembered(InMemory):
    def places(self):
        local = self.run.variables.local
        return {
            (token.task_spec.bpmn_id, tuple(i.number for i in items_of(token, local))): token
            for token in self._held()
        }

    def do(self, place, values):
        token = self.places()[place]
        self.run.variables.merge(token, values)
        self.run.execute(token)
        self.run.settle()


def answers(data, steps):
    return {"v": data.draw(st.integers(0, 3)), "go": steps < 15 and data.draw(st.booleans())}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS, data=st.data())
def test_items_stored_after_every_step_go_the_same_way_as_in_memory_and_end(block, data):
    source, world = drawn(block), World()
    stored, memory = Case(source, world, {}), Remembered(source, world)
    for steps in range(600):
        assert places(stored).keys() == memory.places().keys()
        assert Counter(stored.log) == Counter(memory.log)
        assert not stored.step.incidents
        state = stored.step.state
        assert encode(decode(stored.program, state, world.ports())) == state
        if stored.step.ended:
            break
        open_now = places(stored)
        assert open_now, "the case waits for nobody and has not ended"
        place = data.draw(st.sampled_from(sorted(open_now)))
        values = answers(data, steps)
        stored.complete(open_now[place], **values)
        memory.do(place, values)
    assert stored.step.ended
    assert memory.run.variables.root == stored.step.variables
    assert decode(stored.program, stored.step.state, world.ports()).variables.local == {}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(block=BLOCKS, data=st.data())
def test_items_taken_over_after_every_step_go_the_same_way(block, data):
    source, world = drawn(block), World()
    moved, memory = Case(source, world, {}), Remembered(source, world)
    for number in range(2, 300):
        if moved.step.ended:
            break
        take_over(moved, number)
        place = data.draw(st.sampled_from(sorted(places(moved))))
        values = answers(data, number)
        moved.complete(places(moved)[place], **values)
        memory.do(place, values)
        assert places(moved).keys() == memory.places().keys()
    assert moved.step.ended
    assert memory.run.variables.root == moved.step.variables
