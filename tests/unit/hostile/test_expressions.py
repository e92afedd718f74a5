"""Every attack in every place: a finding, an incident or nothing at all, and always soon."""

import json
import os
import time
from collections.abc import Mapping

import pytest

from engine.definitions import Known, check_bundle
from engine.definitions.folder import linked_sources
from engine.documents import Facts, compile_document, compose
from engine.model.definitions import Bundle
from engine.model.operations import Operation
from engine.model.organisations import Role
from engine.runtime import ProgramRefused, compile_program
from tests.unit.hostile.attacks import ATTACKS, PLACES, Place
from tests.unit.runtime.kit import Case, World

SECONDS = 5
"""Of processor time, for what one file and one case of it may take."""

SHARE = 3
"""Every how many-th attack is tried in a place; BANGFU_HOSTILE=all: every one."""

KNOWN = Known(
    roles={"officer": Role("officer", "经办人", "Officer", ("grassroots",), "area")},
    operations={
        "echo": Operation("echo", "回声", lambda _c, _i: {}, inputs={"title": {}}, outputs={})
    },
)


@pytest.mark.parametrize("place", PLACES, ids=lambda name: name.replace(" ", "-"))
def test_no_attack_takes_long_or_shows_its_inside(place: str) -> None:
    wrong: list[str] = []
    ran = 0
    for name, text in _attacks_on(place).items():
        begun = time.process_time()
        try:
            ran += _tried(PLACES[place], text, name)
        except Exception as failure:  # noqa: BLE001 - one must not hide the others
            wrong.append(f"{name}: {type(failure).__name__} {str(failure)[:300]}")
        taken = time.process_time() - begun
        if taken > SECONDS:
            wrong.append(f"{name}: {taken:.1f} s")
    assert not wrong, "\n".join(wrong)
    assert ran, "all were refused at the gate: the place itself is not in order"


def _attacks_on(place: str) -> Mapping[str, str]:
    """A third of them, another one in the next place, so that each is tried in eight."""
    if os.environ.get("BANGFU_HOSTILE") == "all":
        return ATTACKS
    first = list(PLACES).index(place) % SHARE
    return dict(list(ATTACKS.items())[first::SHARE])


def _tried(place: Place, text: str, name: str) -> bool:
    """Whether the gate let it through; then a case is taken as far as it goes."""
    bundle = Bundle(place.files(text))
    findings = check_bundle(bundle, KNOWN)
    codes = {finding.code for finding in findings}
    assert not codes & {"check-failed", "file-unreadable"}, (name, findings)
    for finding in findings:
        _must_be_plain(finding.told(), name)
    if place.gated and any(finding.severity == "error" for finding in findings):
        return False
    source = linked_sources(bundle)["p"]
    try:
        compile_program(source)
    except ProgramRefused as refused:
        assert not place.gated, "the gate let it through"
        for finding in refused.findings:
            _must_be_plain(finding.message, name)
        return False
    _play(place, source, name)
    return True


def _play(place: Place, source, name: str) -> None:  # type: ignore[no-untyped-def]
    world = World()
    case = Case(source, world, {})
    for step in place.steps:
        if step not in case.open:
            break
        element = case.program.element("p", step)
        form = case.program.form_of(element)
        assert form is not None
        context = world.ports().feel
        scope = case.scope(case.token(step))
        form.initial(scope, context)
        validation = form.validate({"note": "模拟"}, scope, context)
        for error in validation.errors:
            _must_be_plain(error.message, name)
        form.visible({"note": "模拟"}, scope, context)
        case.done(step, **(dict(validation.variables) or {"note": "模拟"}))
    for incident in case.step.incidents:
        _must_be_plain(incident.message, name)
    json.dumps(case.step.variables)
    for content_name, content in source.documents.items():
        document = compile_document(content, f"{content_name}.document")
        compose(document, Facts(case.step.variables, {}, (), world.ports().feel))
    Case.stored(source, world, case.step.state)


def _must_be_plain(sentence: str, name: str) -> None:
    """A sentence for a designer: no traceback, no object of the program's own."""
    assert len(sentence) < 1_500, (name, len(sentence), sentence[:300])
    assert not [
        w for w in ("Traceback", "Error:", "<class", "object at 0x", "builtin") if w in sentence
    ], (name, sentence)
