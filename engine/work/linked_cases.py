"""The operations by which a case begins another and tells those it is linked with.

Both are of one commit: a case is begun in the transaction of the step that asks for it, and a
message reaches all that wait for it in the transaction in which the telling case goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from engine.errors import Broken, Busy, Conflict, Invalid, NotFound, NotPermitted
from engine.model.actors import SYSTEM
from engine.model.clock import local_date
from engine.model.confidentiality import Degree
from engine.model.links import LINKED, LONGEST_KIND, MOST_GENERATIONS, Link
from engine.model.operations import Operation, OperationContext
from engine.runtime import Ports, Program, Step
from engine.runtime import start as step_start
from engine.store import case_links, cases, directory, exclusions, settings
from engine.store.database import Tx, savepoint
from engine.store.turns import take_turns
from engine.work import messages, start
from engine.work.attributes import normal
from engine.work.environment import Environment
from engine.work.opened import TimerDue
from engine.work.passing_on import keep_like_those_it_comes_from
from engine.work.units_asked import below

# Beginning ---------------------------------------------------------------------------------

NAME = "cases.begin"

OWN = "own"
ABOVE = "above"
"""Words for a unit in the tree, in place of an id."""


@dataclass(frozen=True)
class _Wanted:
    """What a case asks for."""

    process_key: str
    unit: str
    step: str
    variables: Mapping[str, object]
    draft: Mapping[str, object] | None
    kind: str
    key_hash: str | None


@dataclass(frozen=True)
class _Begun:
    """The case that stands there now, or in words why there is none."""

    case_id: str = ""
    number: str = ""
    level: str = ""
    message: str = ""
    is_new: bool = False
    is_unfinished: bool = False

    def outputs(self) -> Mapping[str, object]:
        """What the process is told."""
        return {
            "begun": self.is_new,
            "unfinished": self.is_unfinished,
            "case_id": self.case_id,
            "number": self.number,
            "level": self.level,
            "message": self.message,
        }


def begin_operation(environment: Callable[[], Environment]) -> Operation:
    """A case of another process, linked with the one that begins it."""

    def run(context: OperationContext, inputs: Mapping[str, object]) -> Mapping[str, object]:
        """Begin a case of `process`, linked with this one: both pages show the other, by `kind`.

        `unit` is an organisation's id, `own` (also when left out) or `above`: the union next above
        this case's own, with `step` next above the one that handled that step; or the name of one
        directly below it, as a select with the property `units` gives it. `variables` fill the
        start form; without one they are the variables, and `draft` is kept as draft of the first
        step. The same `key` of this case begins nothing a second time. Where nothing is begun,
        `message` says why: nothing is above (the outside body is for the process to draw), the
        start form has errors. A process with the property `finishedIn` begins although its start
        form lacks answers (`unfinished`): somebody finishes it there, in that step.
        """
        return _begin(environment(), context, _wanted(context, inputs)).outputs()

    return Operation(
        name=NAME,
        title="发起一件关联办件",
        run=run,
        inputs={
            "process": {"type": "string", "format": "process"},
            "unit": {"type": ["string", "null"]},
            "step": {"type": ["string", "null"]},
            "variables": {"type": ["object", "null"]},
            "draft": {"type": ["object", "null"]},
            "kind": {"type": "string", "maxLength": LONGEST_KIND},
            "key": {"type": ["string", "null"]},
        },
        required=frozenset({"process", "kind"}),
        outputs={
            "begun": {"type": "boolean"},
            "unfinished": {"type": "boolean"},
            "case_id": {"type": "string"},
            "number": {"type": "string"},
            "level": {"type": "string"},
            "message": {"type": "string"},
        },
    )


def _wanted(context: OperationContext, inputs: Mapping[str, object]) -> _Wanted:
    key, draft, variables = inputs.get("key"), inputs.get("draft"), inputs.get("variables")
    return _Wanted(
        process_key=str(inputs["process"]),
        unit=str(inputs.get("unit") or OWN),
        step=str(inputs.get("step") or ""),
        variables=variables if isinstance(variables, Mapping) else {},
        draft=draft if isinstance(draft, Mapping) else None,
        kind=str(inputs["kind"]).strip()[:LONGEST_KIND],
        key_hash=context.lookup_hash(normal(str(key))) if key else None,
    )


def _begin(environment: Environment, context: OperationContext, wanted: _Wanted) -> _Begun:
    tx = cast(Tx, context.tx)
    if wanted.key_hash is not None:
        there = case_links.begun_under(tx, context.case_id, wanted.key_hash)
        if there is not None:
            case_id, number, unit_id = there
            level = environment.places.level(tx, unit_id) or ""
            if not _may_be_told(tx, context.case_id, case_id):
                return _Begun(level=level, message="已经发起过,没有重复发起。")
            return _Begun(case_id, number, level, f"已经发起过,办件编号 {number},没有重复发起。")
    generation = case_links.generation(tx, context.case_id) + 1
    if generation > MOST_GENERATIONS:
        raise Broken(
            f"一件办件发起另一件,接连发起了 {MOST_GENERATIONS} 件,可能没有尽头,没有再发起。"
            "请流程设计员核对流程图。"
        )
    try:
        with savepoint(tx):
            unit_id = _unit(tx, context, wanted)
            return _begin_at(environment, context, wanted, unit_id, generation)
    except (Invalid, Conflict, NotPermitted, NotFound) as refused:
        return _Begun(message=start.why_not(refused))


def _begin_at(
    environment: Environment,
    context: OperationContext,
    wanted: _Wanted,
    unit_id: str,
    generation: int,
) -> _Begun:
    tx = cast(Tx, context.tx)
    request = start.Request(
        wanted.process_key, unit_id, wanted.variables, draft=wanted.draft, origin=LINKED
    )
    place = start.place_of(environment, tx, SYSTEM, request)
    ready = start.checked(environment, tx, SYSTEM, request, place)
    series = start.series_of(environment, tx, ready)
    # In this transaction: nobody else may write meanwhile, and what is undone leaves no gap.
    number = settings.take_numbers(tx, start.counter_of(series), 1) + 1

    def first_step(program: Program, variables: Mapping[str, object], ports: Ports) -> Step:
        """Linked before its first step, which may begin or tell another."""
        case_id = str(ports.case["id"])
        link = Link(context.case_id, case_id, wanted.kind, wanted.key_hash, generation, context.now)
        case_links.add(tx, link)
        return step_start(program, variables, ports)

    numbered = replace(ready, number=start.numbered(series, number), kept_like=context.case_id)
    case = start.begin(environment, tx, SYSTEM, numbered, first_step).case
    keep_like_those_it_comes_from(environment, tx, case.id)
    is_told = _may_be_told(tx, context.case_id, case.id)
    return _Begun(
        case.id if is_told else "",
        case.number if is_told else "",
        place.home.level,
        is_new=True,
        is_unfinished=ready.is_unfinished,
    )


def _may_be_told(tx: Tx, case_id: str, begun_id: str) -> bool:
    """Whether all who see a case may know of the one it has begun: they read what it is told.

    A number that leads nowhere would say that there is something she must not see.
    """
    case, begun = cases.load(tx, case_id), cases.load(tx, begun_id)
    if case is None or begun is None:
        return False
    if begun.confidentiality >= Degree.SEALED and begun.confidentiality > case.confidentiality:
        return False
    known = {(one.kind, one.ref) for one in exclusions.of_case(tx, case_id)}
    return all((one.kind, one.ref) in known for one in exclusions.of_case(tx, begun_id))


def _unit(tx: Tx, context: OperationContext, wanted: _Wanted) -> str:
    """The unit that is meant; Invalid where there is none."""
    base: str | None = context.organisation_id
    if wanted.step:
        base = context.handled_by(wanted.step)
        if base is None:
            raise Invalid(f"环节“{wanted.step[:60]}”还没有办过,不知道由哪一级发起,没有发起。")
    if wanted.unit not in {OWN, ABOVE}:
        known = directory.organisation_brief(tx, wanted.unit) is not None
        named = below(tx, base or "", wanted.unit, local_date(context.now))
        return wanted.unit if known or named is None else named
    upwards = directory.line_upwards(tx, base or "")
    if wanted.unit == OWN:
        return base or ""
    if not upwards[1:]:
        name = upwards[0].name if upwards else "这个单位"
        raise Invalid(f"{name}在系统里没有上一级工会,没有发起。")
    return upwards[1].id


# Telling -----------------------------------------------------------------------------------

TELL_NAME = "cases.tell"


def tell_operation(environment: Callable[[], Environment]) -> Operation:
    """A message to the cases that are linked with this one.

    For an asynchronous service task: the other cases move in the transaction of its job, in which
    nothing of this case is half done.
    """

    def run(context: OperationContext, inputs: Mapping[str, object]) -> Mapping[str, object]:
        """Tell every linked case that waits for `message`, once, whichever of them began the other.

        They learn what is in `variables` and nothing else; `kind` narrows to links of that word.
        `told` is how many heard it. Who does not wait for it at that moment does not hear it.
        """
        found = inputs.get("variables")
        said = found if isinstance(found, Mapping) else {}
        kind = str(inputs.get("kind") or "")
        return {"told": _tell(environment(), context, str(inputs["message"]), said, kind)}

    return Operation(
        name=TELL_NAME,
        title="告知关联办件",
        run=run,
        inputs={
            "message": {"type": "string"},
            "variables": {"type": ["object", "null"]},
            "kind": {"type": ["string", "null"]},
        },
        required=frozenset({"message"}),
        outputs={"told": {"type": "integer"}},
        lasts=True,
    )


def _tell(
    environment: Environment,
    context: OperationContext,
    message: str,
    said: Mapping[str, object],
    kind: str,
) -> int:
    """How many have heard it; Busy while one of them has a timer to fire first: all or none."""
    tx = cast(Tx, context.tx)
    take_turns(tx, "linked cases")  # of two that tell each other neither waits for the other
    try:
        return sum(
            messages.deliver(environment, tx, SYSTEM, one, said)
            for one in case_links.waiting(tx, context.case_id, message, kind)
        )
    except TimerDue:
        raise Busy("先处理到期的计时,再告知关联办件。") from None
