"""A stamped case is the case that would have been run, in everything but the names of its tokens."""

from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import runtime
from engine.runtime import CannotOperate, Moulds, Step
from tests.unit.runtime.kit import (
    World,
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    props,
    receives,
    script,
    service,
    source_of,
    start,
    timer,
    user,
)
from tests.unit.runtime.test_random_processes import BLOCKS, drawn

HEARD = ext(io(None, {"heard": "=text"})) + receives("message")


def named(step: Step) -> dict[str, Any]:
    """A step with its tokens named by their order in the state."""
    document = orjson.loads(step.state)
    tokens = [row[0] for _holder, rows in document["parts"] for row in rows]
    names = {token: f"token{n}" for n, token in enumerate(dict.fromkeys(tokens))}
    assert len(names) == len(tokens)
    state = step.state.decode()
    for token, name in names.items():
        state = state.replace(f'"{token}"', f'"{name}"')
    told = repr([step.opened, step.waits, step.incidents])
    for token, name in names.items():
        told = told.replace(f"'{token}'", f"'{name}'")
    return {
        "state": state,
        "told": told,
        "ended": step.ended,
        "passed": step.passed,
        "decisions": step.decisions,
        "variables": step.variables,
    }


def both(program, moulds, world, variables, place="u1"):
    return (
        named(moulds.start(program, place, variables, world.ports())),
        named(runtime.start(program, variables, world.ports())),
    )


VALUES = st.fixed_dictionaries(
    {}, optional={f"v{n}": st.integers(0, 2) for n in range(1, 9)} | {"subject": st.text()}
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(BLOCKS, st.lists(VALUES, min_size=2, max_size=6))
def test_any_process_with_any_variables_begins_the_same(block, cases) -> None:
    program, moulds, world = runtime.compile_program(drawn(block)), Moulds(), World()
    for variables in [*cases, *cases]:
        stamped, run = both(program, moulds, world, variables)
        assert stamped == run


def test_stamped_cases_have_tokens_of_their_own_and_go_on() -> None:
    program, moulds, world = runtime.compile_program(GUARDED), Moulds(), World()
    seen: set[str] = set()
    for number in range(5):
        step = moulds.start(program, "u1", {"who": number}, world.ports())
        tokens = [row[0] for _, rows in orjson.loads(step.state)["parts"] for row in rows]
        assert not seen & set(tokens)
        seen.update(tokens)
        (token,) = step.waits.user
        after = runtime.complete(program, step.state, token, {"said": "yes"}, world.ports())
        assert after.ended
        assert after.variables == {"who": number, "said": "yes"}
    assert moulds.stamped == 4


GUARDED = source_of(
    process(
        start()
        + node("subProcess", "P", start("S2") + user("T") + end("E2") + line("S2", "T", "E2"))
        + boundary("B", "P", timer("timeDuration", "5wd"))
        + boundary("M", "P", HEARD, interrupting=False)
        + end()
        + end("F")
        + line("S", "P", "E")
        + line("B", "F")
        + line("M", "F"),
        message("message", "left", '="all"'),
    )
)
"""A person's step in a sub-process, with a timer and a message around it that are the same for
every case."""


def chosen(condition: str) -> Any:
    body = start() + node("exclusiveGateway", "G", default="G_B") + user("A") + user("B") + end()
    body += flow("S", "G") + flow("G", "A", condition) + flow("G", "B")
    return source_of(process(body + line("A", "E") + line("B", "E")))


def test_cases_are_stamped_from_one_that_had_the_same_values_where_it_looked() -> None:
    program, moulds, world = runtime.compile_program(chosen("=rich")), Moulds(), World()
    for number in range(10):
        stamped, run = both(program, moulds, world, {"rich": number % 2 == 0, "n": number})
        assert stamped == run
    assert moulds.stamped == 8  # one of each kind was run


def test_one_is_not_true_and_not_the_same_as_one_point_nought() -> None:
    program, moulds, world = runtime.compile_program(chosen("=v = true")), Moulds(), World()
    for value in (True, 1, 1.0, "1", None, [1], {"a": 1}):
        stamped, run = both(program, moulds, world, {"v": value})
        assert stamped == run
    stamped, run = both(program, moulds, world, {})
    assert stamped == run
    assert moulds.stamped == 0


def test_a_parameter_of_the_place_serves_that_place_alone() -> None:
    program = runtime.compile_program(chosen('=parameter("limit") > 5'))
    moulds, world = Moulds(), World(parameters={"limit": 3})
    assert both(program, moulds, world, {}, "u1")[0]["passed"][-1].flow_ids == ("G_B",)
    world.parameters["limit"] = 8
    assert both(program, moulds, world, {}, "u2")[0]["passed"][-1].flow_ids == ("G_A",)
    assert moulds.stamped == 0
    moulds.start(program, "u2", {}, world.ports())
    assert moulds.stamped == 1


TWO = line("S", "X", "T", "E")
OWN = {
    "script": start() + script("X", "=1", "x") + user("T") + end() + TWO,
    "case": start()
    + user("T", inside="")
    + end()
    + boundary("B", "T", HEARD)
    + end("F")
    + line("S", "T", "E")
    + line("B", "F"),
    "items": start() + user("T", inside=many("=list")) + end() + line("S", "T", "E"),
    "mapped": start()
    + user("T", io({"local": "=n"}, {"n": "=local"}))
    + end()
    + line("S", "T", "E"),
    "later": start()
    + service("X", "echo", {"said": "=n"}, {"n": "=said"}, props(**{"async": "true"}))
    + user("T")
    + end()
    + TWO,
    "fails": start() + user("T", props(deadline="=n")) + end() + line("S", "T", "E"),
}


@pytest.mark.parametrize("body", OWN.values(), ids=OWN)
def test_what_depends_on_the_case_is_run_for_each(body: str) -> None:
    program = runtime.compile_program(
        source_of(process(body, message("message", "left", "=case.id")))
    )
    moulds, world = Moulds(), World()
    for number in range(3):
        stamped, run = both(program, moulds, world, {"n": number, "list": [number]})
        assert stamped == run
    assert moulds.stamped == 0


def test_an_operation_that_cannot_be_done_here_ends_the_command() -> None:
    body = start() + service("X") + user("T") + end() + TWO
    program, world = runtime.compile_program(source_of(process(body))), World()

    def refuse(_call):
        raise CannotOperate

    world.operate = refuse  # type: ignore[method-assign]
    with pytest.raises(CannotOperate):
        Moulds().start(program, "u1", {}, world.ports())


def test_what_cannot_be_shared_does_not_pile_up() -> None:
    program, moulds, world = runtime.compile_program(chosen("=v > 5")), Moulds(), World()
    for number in range(400):
        stamped, run = both(program, moulds, world, {"v": number})
        assert stamped == run
    assert len(moulds) <= 200
