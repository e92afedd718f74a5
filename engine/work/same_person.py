"""Earlier cases of the same person: for whoever takes a matter down, and for its process.

A person is known by the numbers of the start form that are attributes (identity, telephone),
whatever her name was written like; only where there is none by her name. A case found by one
number is asked for the others it has, so that three spellings of a name find each other.

There is one way of looking, at a step, on the page of a case and at the counter, and one rule of
secrecy. A case is told to who may know of it. One that is kept close is told to who sees it *and*
may read there who the person is: that it was found by her number says just that. What the
operation tells becomes a variable, which everybody who sees the case reads: so it leaves out what
is not for all to know. That there is a kept one counts all the same: whoever may know both is
told of the new case, never the other way round (docs/decisions/0052).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from engine.errors import NotFound
from engine.forms.components import Personal
from engine.model.actors import Actor
from engine.model.cases import CaseLine, EventKind
from engine.model.confidentiality import Degree
from engine.model.operations import Operation, OperationContext
from engine.model.same_person import MOST, SAME_PERSON, SameCase
from engine.model.tasks import Standing, standing
from engine.runtime import Program
from engine.store import cases, directory, events, messages, same_person, tasks
from engine.store.bulk import CannotGather
from engine.store.database import Tx
from engine.store.messages import NewMessage
from engine.store.same_person import Among, Signs, Told
from engine.work.access import visible_case
from engine.work.alerts import who_does
from engine.work.attributes import attributes_of, normal
from engine.work.compartments import closed_to, keys_of
from engine.work.environment import Environment
from engine.work.kept_numbers import kept_hash
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
    told = same_person.for_whoever_works_at(actor, task.queue.handling_id)
    return _Look(environment, tx, actor, told).of_case(opened)


def of_kept_case(
    environment: Environment, tx: Tx, actor: Actor, case_id: str
) -> Sequence[SameCase]:
    """The other cases of the person of a case that is kept close, earlier and later ones.

    Who takes a later one down is not told of this one; so here it must be seen. Nothing for a case
    like any other, and for who may not read who the person is.
    """
    opened = open_case(environment, tx, visible_case(tx, actor, case_id))
    if opened.case.confidentiality < Degree.CONFIDENTIAL:
        return ()
    form = opened.program.start_form()
    known = {key for key, field in form.fields.items() if field.pii} if form else set()
    if known & keys_of(opened.programs, closed_to(environment, tx, actor, opened)):
        return ()
    told = same_person.for_whoever_sees(actor)
    return [one for one in _Look(environment, tx, actor, told).of_case(opened) if one.by_number]


def of_number(
    environment: Environment, tx: Tx, actor: Actor, number: str, limit: int
) -> Sequence[SameCase]:
    """Cases of whatever process that a whole telephone or identity number finds, newest first."""
    signs = Signs(frozenset({environment.vault.lookup_hash(normal(number))}))
    told = same_person.for_whoever_sees(actor)
    return _Look(environment, tx, actor, told).find(Among(), signs)[:limit]


_ROUNDS = 3
"""So often the numbers of what was found are asked for: from one number over two others."""


@dataclass(frozen=True)
class _Look:
    """Somebody looks; ``told`` is what she may be told of, of cases that are not kept close."""

    environment: Environment
    tx: Tx
    actor: Actor
    told: Told

    def of_case(self, opened: OpenedCase) -> Sequence[SameCase]:
        """The others of its process with the person it began with."""
        among = Among(opened.program.key, opened.case.id)
        return self.find(among, _signs(self.environment, self.tx, opened))

    def find(self, among: Among, signs: Signs) -> Sequence[SameCase]:
        """All she may be told of, the newest first."""
        found = self._found(among, signs)
        for _round in range(_ROUNDS if signs.hashes else 0):
            further = same_person.numbers_of(self.tx, found)
            if further <= signs.hashes:
                break
            signs = Signs(signs.hashes | further)
            found = self._found(among, signs)
        kept = set(self._kept(among, signs))
        ids = {*found, *kept}
        open_to = same_person.seen(self.tx, self.actor, ids)
        lines = [one for one in (cases.line(self.tx, i) for i in sorted(ids)) if one is not None]
        lines.sort(key=lambda one: (one.created_at, one.id), reverse=True)
        return [
            SameCase(
                line,
                by_number=bool(signs.hashes),
                stage=_stage(self.environment.programs.get(self.tx, line.definition_id), line),
                is_open_to=line.id in open_to,
                is_kept=line.id in kept,
            )
            for line in lines[:MOST]
        ]

    def _found(self, among: Among, signs: Signs) -> Sequence[str]:
        return same_person.find(self.tx, among, signs, self.told, MOST)

    def _kept(self, among: Among, signs: Signs) -> Iterable[str]:
        """Those kept close that she sees, and of which she may read who the person is."""
        hashes = {kept_hash(self.environment, one) for one in signs.hashes}
        found = same_person.find_kept(self.tx, among, hashes, MOST)
        for case_id in same_person.seen(self.tx, self.actor, found):
            case = cases.load(self.tx, case_id)
            if case is None:
                continue
            opened = open_case(self.environment, self.tx, case)
            closed = closed_to(self.environment, self.tx, self.actor, opened)
            keys = keys_of(opened.programs, closed)
            if any(not keys & set(name.split(".")) for name in found[case_id]):
                yield case_id


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


# The operation -------------------------------------------------------------------------------


def operation(environment: Callable[[], Environment]) -> Operation:
    """What a process asks before it decides which way a matter goes."""

    def run(context: OperationContext, inputs: Mapping[str, object]) -> Mapping[str, object]:
        """Earlier cases of this process with one of these `numbers` (identity, telephone).

        They are found by keyed hashes of attributes, the newest first, at this case's union and
        below it. None that is sealed or kept from somebody is told, and with `is_kept`, which says
        that this case is kept close itself, none at all: it would tell who the person is. `matter`
        says which attributes must be equal for it to be the `same_matter`. Whoever may read who
        the person of an earlier case is that is kept close gets a message to look at it: there the
        new case is shown her, and she decides what follows from it.
        """
        given, matter = inputs.get("numbers"), inputs.get("matter")
        numbers = given if isinstance(given, list) else []
        hashes = {context.lookup_hash(normal(str(one))) for one in numbers if one}
        tx = cast(Tx, context.tx)
        among = Among(_process_of(tx, context.case_id), context.case_id)
        context.afterwards(lambda: _tell_who_may_know(environment(), context, among, hashes))
        if inputs.get("is_kept") is True:
            return {"matches": []}
        told = same_person.for_everybody_below(context.organisation_id)
        found = same_person.find(tx, among, Signs(frozenset(hashes)), told, MOST)
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
            "is_kept": {"type": ["boolean", "null"]},
        },
        outputs={"matches": {"type": "array", "items": {"type": "object"}}},
    )


def _process_of(tx: Tx, case_id: str) -> str:
    case = cases.load(tx, case_id)
    if case is None:  # it is begun with many others, and not written yet
        raise CannotGather
    return case.process_key


def _told(tx: Tx, line: CaseLine, matter: Mapping[str, object]) -> Mapping[str, object]:
    known = {one.name: one.text for one in cases.attributes(tx, line.id)}
    return {
        "number": line.number,
        "milestone": line.milestone,
        "is_open": line.ended_at is None,
        "same_matter": all(known.get(name) == value for name, value in matter.items()),
    }


def _tell_who_may_know(
    environment: Environment, context: OperationContext, among: Among, hashes: Iterable[str]
) -> None:
    """A line in the messages of those who may know, of kept cases of the same person.

    It names the case they know. They read there which other case it is, as far as they see that.
    """
    tx = cast(Tx, context.tx)
    found = same_person.find_kept(tx, among, {kept_hash(environment, one) for one in hashes}, MOST)
    for case_id in sorted(found):
        case = cases.load(tx, case_id)
        if case is None:
            continue
        opened = open_case(environment, tx, case)
        new = NewMessage(
            once="",
            kind=messages.SAME_PERSON,
            via="app",
            organisation_id=case.organisation_id,
            day=environment.today(),
            text=f"办件 {case.number} 的同一人又有一件,请打开这一件查看,并决定是否一并办理。",
            case_id=case.id,
        )
        readers = sorted(_readers(environment, tx, opened, context.case_id))
        both = f"{messages.SAME_PERSON}:{case_id}:{context.case_id}"
        told = [replace(new, once=f"{both}:{one}", person_id=one) for one in readers]
        messages.add(tx, told, environment.now())


def _readers(environment: Environment, tx: Tx, opened: OpenedCase, other_id: str) -> Iterable[str]:
    """Who did a step that opens a compartment, or may do one; and sees both cases today.

    Whom the other one is kept from must not learn from a message that there is one.
    """
    found: set[str] = set()
    for program in opened.programs:
        for element in program.elements():
            if element.sees:
                found.update(opened.memory.doers(element.id))
    for one in tasks.open_steps(tx, opened.case.id):
        loaded = tasks.load(tx, one.id)
        if loaded is None:
            continue
        task = loaded.task
        if opened.program.element(task.process_key, task.element_id).sees:
            found.update(who_does(environment, tx, loaded))
    today = environment.today()
    for person_id in found:
        actor = directory.actor(tx, person_id, today)
        both = (opened.case.id, other_id)
        if actor is not None and all(cases.is_visible(tx, actor, one) for one in both):
            yield person_id
