"""Who sees a case is decided in one place: ``visible_to`` of engine/store/cases.py (D7).

The web cannot have a rule of its own, since it never touches SQLAlchemy (the import contracts).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.architecture.conftest import Source

THE_RULE = "visible_to"
ITS_PARTS = {"in_queues_of", "may_know_of"}
"""What is hers to do is part of what she sees; the inbox asks for this part alone. Lists that are not
of her cases ask that nothing stands in them that is kept from her."""

AS_VALUES = "places_of"
"""The same part where a statement is compiled once: her places are values that it is given."""

READS_GRANTS = {
    "engine/model/actors.py": "asks whether she holds a role",
    "engine/store/areas.py": "part of the rule",
    "engine/work/confidence.py": "narrows what the rule shows: a step kept from some",
    "engine/store/cases.py": "the rule",
    "engine/store/inbox.py": "who holds no role has no inbox",
    "engine/store/ready_for.py": "asks the rule for one with the same roles, names left blank",
    "engine/api/definitions.py": "a designer counts cases, and sees none of them",
    "webapp/api/shapes.py": "tells her who she is",
}


@dataclass
class Function:
    """A function of a store: the types of its arguments and the functions it names."""

    source: str
    name: str
    arguments: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def functions(sources: tuple[Source, ...]) -> list[Function]:
    return list(_functions(sources))


def _functions(sources: tuple[Source, ...]) -> Iterator[Function]:
    for source in sources:
        if source.name.startswith(("engine/store/", "registry/store/")):
            for node in source.tree.body:
                if isinstance(node, ast.FunctionDef):
                    given = (*node.args.args, *node.args.kwonlyargs)
                    arguments = {
                        a.annotation.id for a in given if isinstance(a.annotation, ast.Name)
                    }
                    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                    yield Function(source.name, node.name, arguments, names - {node.name})
                elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                    # a statement compiled once: what it asks stands where it is made
                    name = node.targets[0].id
                    names = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                    yield Function(source.name, name, set(), names)


def _asks_the_rule(asked: Function, functions: list[Function]) -> bool:
    seen: set[tuple[str, str]] = set()
    waiting = [asked]
    while waiting:
        found = waiting.pop()
        if found.names & {THE_RULE, *ITS_PARTS, AS_VALUES}:
            return True
        seen.add((found.source, found.name))
        for name in found.names:
            here = [f for f in functions if f.name == name and f.source == found.source]
            there = [f for f in functions if f.name == name]
            waiting += [f for f in here or there if (f.source, f.name) not in seen]
    return False


def test_every_question_an_actor_puts_to_the_tables_is_narrowed_by_the_rule(
    functions: list[Function],
) -> None:
    asked = [f for f in functions if {"Tx", "Actor"} <= f.arguments]
    assert {"lines", "counts", "rows", "load_visible", "files"} <= {f.name for f in asked}
    assert [f"{f.source}:{f.name}" for f in asked if not _asks_the_rule(f, functions)] == []


def test_the_rule_is_written_once(functions: list[Function]) -> None:
    for name in (THE_RULE, *ITS_PARTS, AS_VALUES, "lies_in_area_of"):
        assert len([f for f in functions if f.name == name]) == 1
    (rule,) = [f for f in functions if f.name == THE_RULE]
    (part,) = [f for f in functions if f.name == "_has_a_part"]
    assert {"_has_a_part", "_unseals", "_is_not_kept_from", "lies_in_area_of"} <= rule.names
    assert "in_queues_of" in part.names
    (known,) = [f for f in functions if f.name == "may_know_of"]
    assert {"_has_a_part", "_unseals", "_is_not_kept_from"} <= known.names


def test_nothing_else_reads_what_an_actor_was_granted(sources: tuple[Source, ...]) -> None:
    assert {
        source.name
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "grants"
        and isinstance(node.value, ast.Name)
        and node.value.id in ("actor", "self")
        and not source.name.startswith("webapp/demo/")
    } == set(READS_GRANTS)


def test_a_question_without_the_rule_is_noticed(functions: list[Function]) -> None:
    bare = Function("engine/store/cases.py", "all_cases", {"Tx", "Actor"}, {"select", "case"})
    assert not _asks_the_rule(bare, functions)
