"""The gate in a process of its own: the same answers, and an end whatever the file."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest

from engine.definitions import Known, apart, check_bundle
from engine.definitions.apart import check_apart, question_of, understood
from engine.model.definitions import Bundle, SourceFile

HERE = Path(__file__).parent
SOME = ("broken/deadlock.bpmn", "broken/operation-input-missing.bpmn", "good/shorthand.bpmn")


@pytest.mark.parametrize("name", SOME)
def test_it_finds_what_the_gate_finds(name: str, known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    bundle = bundle_of(HERE / name)
    assert check_apart(bundle, known) == check_bundle(bundle, known)


def test_what_never_ends_is_ended(monkeypatch, known: Known) -> None:  # type: ignore[no-untyped-def]
    """A gate that computes for ever, in the child itself: the limit of processor time ends it."""
    monkeypatch.setattr(apart, "PATIENCE", 20)
    endless = "import engine.definitions.apart as a\na.SECONDS = 1\na.check_bundle = lambda *_: exec('while True: pass')\na.main()"
    monkeypatch.setattr(apart, "COMMAND", ("-c", endless))
    (found,) = check_apart(Bundle((SourceFile("p.bpmn", b"<a/>"),)), known)
    assert (found.severity, found.code, found.file) == ("error", "check-unfinished", "p.bpmn")


def test_what_takes_all_memory_is_ended(monkeypatch, known: Known) -> None:  # type: ignore[no-untyped-def]
    greedy = "import engine.definitions.apart as a\na.check_bundle = lambda *_: bytearray(4 * 1024 ** 3)\na.main()"
    monkeypatch.setattr(apart, "COMMAND", ("-c", greedy))
    (found,) = check_apart(Bundle((SourceFile("p.bpmn", b"<a/>"),)), known)
    assert found.code == "check-unfinished"


def test_the_child_is_told_all_that_the_parent_knows(known: Known, bundle_of) -> None:  # type: ignore[no-untyped-def]
    """A field that somebody adds to Known and forgets here would be a check that never fires."""
    full = replace(
        known,
        starts=frozenset({"household"}),
        never_together=frozenset({frozenset({"officer", "reviewer"})}),
    )
    assert all(getattr(full, one.name) for one in fields(Known))
    given = replace(bundle_of(HERE / SOME[1]), called=full.deployed)
    bundle, told = understood(json.loads(json.dumps(question_of(given, full))))
    assert bundle == given
    for one in fields(Known):
        if one.name != "operations":  # known by their shapes
            assert getattr(told, one.name) == getattr(full, one.name)
    for name, operation in full.operations.items():
        shape = told.operations[name]
        assert (shape.inputs, shape.outputs) == (operation.inputs, operation.outputs)
        assert set(shape.required) == set(operation.required)
