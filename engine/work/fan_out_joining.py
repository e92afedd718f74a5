"""The operation by which a case that somebody began becomes one of a list.

A list stands for all that a campaign deals with: what its source gives, and what people bring
until its last day. Both are under one key a line, and the database lets no two be.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from engine.errors import Broken
from engine.model.actors import SYSTEM
from engine.model.fan_out import FanOut
from engine.model.operations import Operation, OperationContext
from engine.store import cases, directory, fan_outs
from engine.store.database import Tx
from engine.store.fan_outs import Joined
from engine.work.attributes import normal
from engine.work.environment import Environment

NAME = "cases.join"
_NOT_TAKEN = "不能受理。"


@dataclass(frozen=True)
class _Answer:
    """The list, or in words why the case is not in it."""

    found: FanOut | None
    message: str = ""

    def outputs(self) -> Mapping[str, object]:
        """What the process is told; ``given`` is what the list gives to all of its cases."""
        joined = self.found is not None and not self.message
        given = {} if self.found is None else self.found.wanted.get("variables")
        return {
            "joined": joined,
            "message": self.message,
            "given": given if isinstance(given, Mapping) else {},
        }


def operation(environment: Callable[[], Environment]) -> Operation:
    """A case joins the newest list of its own process."""

    def run(context: OperationContext, inputs: Mapping[str, object]) -> Mapping[str, object]:
        """Put the case into the newest list of its process (`cases.for_each` with `until`).

        `key` says what the case is about; only its keyed hash is kept. Not joined, with a sentence:
        no list is open, its last day is over, or another case is in it under the same key. One
        that ended and was not `resolved` makes way. `given`: the list's `variables`.
        """
        return _join(environment(), context, str(inputs["key"])).outputs()

    return Operation(
        name=NAME,
        title="加入本流程正在受理的名单",
        run=run,
        inputs={"key": {"type": "string"}},
        required=frozenset({"key"}),
        outputs={
            "joined": {"type": "boolean"},
            "message": {"type": "string"},
            "given": {"type": "object"},
        },
    )


def _join(environment: Environment, context: OperationContext, said: str) -> _Answer:
    tx = cast(Tx, context.tx)
    case = cases.load(tx, context.case_id)
    if case is None:
        raise Broken(f"case {context.case_id} is not there")
    process_key, _, _ = case.definition_id.rpartition(":")
    found = fan_outs.to_join(tx, environment.vault, process_key)
    asking = None if found is None or found.case_id is None else cases.load(tx, found.case_id)
    if found is None or found.joins_until is None or asking is None or asking.ended_at is not None:
        return _Answer(None, f"这项活动还没有发起,或者已经结束,现在{_NOT_TAKEN}")
    if found.joins_until < environment.today():
        return _Answer(found, f"申请截止日期是 {found.joins_until},已经过了,{_NOT_TAKEN}")
    key = context.lookup_hash(normal(said))
    other = fan_outs.under(tx, found.id, key)
    if other is not None and other.case_id == case.id:
        return _Answer(found)
    if other is not None and other.is_given_up:
        fan_outs.join(tx, found.id, other.case_id, f"{key}/{other.number}")
        other = None
    if other is None and fan_outs.join(tx, found.id, case.id, key):
        if context.actor_id != SYSTEM.person_id:  # what the source gave is counted with its line
            fan_outs.add_begun(tx, found.id, 1)
        return _Answer(found)
    other = other or fan_outs.under(tx, found.id, key)
    return _Answer(found, _taken(tx, context.organisation_id, other))


def _taken(tx: Tx, own: str, other: Joined | None) -> str:
    """That somebody else was first; the number of a case of another county is not told."""
    if other is None:
        return f"同一对象刚刚在另一办件中申请,{_NOT_TAKEN}请稍后再看。"
    mine, its = _county(tx, own), _county(tx, other.organisation_id)
    if mine[0] == its[0]:
        return f"同一对象已由{its[2]}在办件 {other.number} 中申请,{_NOT_TAKEN}"
    return f"同一对象已在{its[1]}申请,{_NOT_TAKEN}如有疑问请向{its[1]}核实。"


def _county(tx: Tx, organisation_id: str) -> tuple[str, str, str]:
    """Id and name of its county, or of itself where there is none, and its own name."""
    upwards = directory.line_upwards(tx, organisation_id)
    if not upwards:
        return organisation_id, "", ""
    county = next((one for one in upwards if one.level == "county"), upwards[0])
    return county.id, county.name, upwards[0].name
