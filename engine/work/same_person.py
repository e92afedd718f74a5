"""Earlier cases of the same person: for whoever takes a matter down, and for its process.

A person is known by the numbers of the start form that are attributes (identity, telephone),
whatever her name was written like; only where there is none by her name. The page is asked anew by
each reader and tells what that reader may know. What the operation tells becomes a variable, which
everybody who sees the case reads: so it leaves out what is not for all to know.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from engine.errors import NotFound
from engine.forms.components import Personal
from engine.model.actors import Actor
from engine.model.cases import CaseLine, EventKind
from engine.model.operations import Operation, OperationContext
from engine.model.same_person import MOST, SAME_PERSON, SameCase
from engine.model.tasks import Standing, standing
from engine.runtime import Program
from engine.store import cases, events, same_person, tasks
from engine.store.database import Tx
from engine.store.same_person import Signs
from engine.work.attributes import attributes_of, normal
from engine.work.environment import Environment
from engine.work.opened import OpenedCase, open_case


def of_step(environment: Environment, tx: Tx, actor: Actor, task_id: str) -> Sequence[SameCase]:
    """The earlier cases of the person of a step's case, for who may do the step.

    To anybody else nothing: they would tell her who the person is.
    """
    loaded = tasks.load_visible(tx, actor, task_id)
    if loaded is None:
        raise NotFound
    task = loaded.task
    if standing(actor, task) is not Standing.MAY or task.assignee not in {None, actor.person_id}:
        return ()
    opened = open_case(environment, tx, loaded.case)
    signs = _signs(environment, tx, opened)
    told = same_person.for_whoever_works_at(actor, task.queue.handling_id)
    found = same_person.find(tx, loaded.case.id, signs, told, MOST)
    open_to = same_person.seen(tx, actor, found)
    lines = [cases.line(tx, case_id) for case_id in found]
    return [
        SameCase(
            line,
            by_number=bool(signs.hashes),
            stage=_stage(environment.programs.get(tx, line.definition_id), line),
            is_open_to=line.id in open_to,
        )
        for line in lines
        if line is not None
    ]


def _signs(environment: Environment, tx: Tx, opened: OpenedCase) -> Signs:
    """By what it began with: what of it is searchable may be gone, where the case is kept."""
    form = opened.program.start_form()
    if form is None:
        return Signs()
    attributes = attributes_of(environment, form, _begun_with(tx, opened))
    hashes = frozenset(one.key_hash for one in attributes if one.key_hash)
    if hashes:
        return Signs(hashes)
    keys = {asked.key for asked in form.fields.values() if asked.pii is Personal.NAME}
    return Signs(names={one.name: one.text for one in attributes if one.text and one.name in keys})


def _begun_with(tx: Tx, opened: OpenedCase) -> Mapping[str, object]:
    for row in events.of_case(tx, opened.case.id, kinds=(EventKind.STARTED.value,)):
        said = (
            None
            if row.payload is None
            else opened.vault.open_json(row.payload, "event", row.number)
        )
        data = said.get("data") if isinstance(said, dict) else None
        return data if isinstance(data, Mapping) else {}
    return {}


def _stage(program: Program, line: CaseLine) -> str:
    """The steps it waits in; of one that is over what the milestone it reached is called."""
    if line.ended_at is None:
        return "、".join(line.steps)
    reached = (
        element.name
        for element in program.elements()
        if element.milestone == line.milestone and element.name
    )
    return next(reached, "已结束")


def operation() -> Operation:
    """What a process asks before it decides which way a matter goes."""

    def run(context: OperationContext, inputs: Mapping[str, object]) -> Mapping[str, object]:
        """Earlier cases of this process with one of these `numbers` (identity, telephone).

        They are found by keyed hashes of attributes, the newest first, at this case's union and
        below it. None that is sealed or kept from somebody is told. `matter` says which attributes
        must be equal for it to be the `same_matter`.
        """
        given, matter = inputs.get("numbers"), inputs.get("matter")
        numbers = given if isinstance(given, list) else []
        hashes = {context.lookup_hash(normal(str(one))) for one in numbers if one}
        tx = cast(Tx, context.tx)
        told = same_person.for_everybody_below(context.organisation_id)
        found = same_person.find(tx, context.case_id, Signs(frozenset(hashes)), told, MOST)
        same = matter if isinstance(matter, Mapping) else {}
        lines = (cases.line(tx, case_id) for case_id in found)
        return {"matches": [_told(tx, line, same) for line in lines if line is not None]}

    return Operation(
        name=SAME_PERSON,
        title="查找同一人以前的办件",
        run=run,
        inputs={
            "numbers": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
            "matter": {"type": ["object", "null"]},
        },
        outputs={"matches": {"type": "array", "items": {"type": "object"}}},
    )


def _told(tx: Tx, line: CaseLine, matter: Mapping[str, object]) -> Mapping[str, object]:
    known = {one.name: one.text for one in cases.attributes(tx, line.id)}
    return {
        "number": line.number,
        "milestone": line.milestone,
        "is_open": line.ended_at is None,
        "same_matter": all(known.get(name) == value for name, value in matter.items()),
    }
