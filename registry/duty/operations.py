"""What processes ask of the roster: who is there on a day; a swap that was agreed on."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.model.calendar import WorkCalendar
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store import settings
from engine.store.database import Tx
from registry.duties import GAP_WORDS, KIND_WORDS, SWAPPED, Kind
from registry.duty.planning import Roster, Stamp, Swap, roster_of, swap_duties, why_no_swap
from registry.household import text
from registry.store import duty

Inputs = Mapping[str, object]


def _on_day(context: OperationContext, inputs: Inputs) -> Inputs:
    """Who is on duty on a day at the case's union; in words who is missing that was planned."""
    day = _date(inputs, "day")
    roster = _roster(context, day, day)
    found: dict[str, object] = {}
    missing: list[str] = []
    for kind in (Kind.LEADER, Kind.LAWYER, Kind.STAFF):
        one = roster.on(day, kind)
        gap = None if one is None else roster.gap(one)
        if one is not None and gap is not None:
            missing.append(f"{KIND_WORDS[kind]}{one.name}:{GAP_WORDS[gap]}")
        stands = None if gap is not None else one
        found[kind.value] = None if stands is None else stands.name
        found[f"{kind.value}_id"] = None if stands is None else stands.person_id
    return {**found, "message": ";".join(missing)}


def _check_swap(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether a swap can be done, and whether the other herself has just answered."""
    swap = _swap(inputs)
    message = why_no_swap(_held(context, swap), swap, local_date(context.now))
    by_other = context.actor_id == swap.other_id
    if not by_other and not message:
        message = "换班要由对方本人答复。"
    return {"possible": by_other and not message, "by_other": by_other, "message": message}


def _do_swap(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write a swap into the roster and its history, or say in words why it cannot be done."""
    swap = _swap(inputs)
    tx = cast(Tx, context.tx)
    roster = _held(context, swap)
    message = why_no_swap(roster, swap, local_date(context.now))
    if not message:
        why = text(inputs.get("reason"))[:200]
        swap_duties(tx, roster, swap, Stamp(context.now, context.actor_id, why, context.case_id))
    return {"swapped": not message, "message": message}


def _held(context: OperationContext, swap: Swap) -> Roster:
    """The roster between both days, which nobody else changes now."""
    days = [swap.day, swap.other_day or swap.day]
    duty.hold(cast(Tx, context.tx), context.organisation_id)
    return _roster(context, min(days), max(days))


def _roster(context: OperationContext, first: date, last: date) -> Roster:
    tx = cast(Tx, context.tx)
    calendar = WorkCalendar(settings.calendar_days(tx))
    return roster_of(tx, calendar, context.organisation_id, first, last)


def _swap(inputs: Inputs) -> Swap:
    kind = text(inputs.get("kind"))
    if kind not in SWAPPED:
        raise Invalid(f"“{kind}”不能换班,没有换。请核对流程。")
    other_day = text(inputs.get("other_day"))
    return Swap(
        kind=Kind(kind),
        day=_date(inputs, "day"),
        asker_id=text(inputs.get("asker_id")),
        other_id=text(inputs.get("other_id")),
        other_day=_date(inputs, "other_day") if other_day else None,
    )


def _date(inputs: Inputs, name: str) -> date:
    try:
        return date.fromisoformat(text(inputs.get(name))[:10])
    except ValueError as error:
        raise Invalid(f"“{name}”不是日期,没有办理。请核对流程。") from error


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE = {"type": "string", "format": "date"}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_SWAP: Mapping[str, Mapping[str, object]] = {
    "kind": {"enum": sorted(kind.value for kind in SWAPPED)},
    "day": _DATE,
    "asker_id": _TEXT,
    "other_id": _TEXT,
    "other_day": _DATE_OR_NOTHING,
}
_NEEDED = frozenset({"kind", "day", "asker_id", "other_id"})

DUTY_OPERATIONS = (
    Operation(
        name="duty.on_day",
        title="查当天值班的人",
        run=_on_day,
        inputs={"day": _DATE},
        required=frozenset({"day"}),
        outputs={
            "leader": _TEXT_OR_NOTHING,
            "leader_id": _TEXT_OR_NOTHING,
            "lawyer": _TEXT_OR_NOTHING,
            "lawyer_id": _TEXT_OR_NOTHING,
            "staff": _TEXT_OR_NOTHING,
            "staff_id": _TEXT_OR_NOTHING,
            "message": _TEXT,
        },
    ),
    Operation(
        name="duty.check_swap",
        title="核对换班",
        run=_check_swap,
        inputs=_SWAP,
        required=_NEEDED,
        outputs={
            "possible": {"type": "boolean"},
            "by_other": {"type": "boolean"},
            "message": _TEXT,
        },
    ),
    Operation(
        name="duty.swap",
        title="换班",
        run=_do_swap,
        inputs={**_SWAP, "reason": _TEXT_OR_NOTHING},
        required=_NEEDED,
        outputs={"swapped": {"type": "boolean"}, "message": _TEXT},
    ),
)
