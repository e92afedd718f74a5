"""换班: what somebody can swap a duty for, and the case by which it is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from engine import Actor, Engine, Request
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.store import directory
from engine.store.database import Tx
from registry.duties import KIND_WORDS, SWAPPED, Duty
from registry.duty.desk import MOST_DAYS, why_typed
from registry.duty.planning import Roster, Swap, roster_of, why_no_swap
from registry.duty.rights import must_see
from registry.duty.starts import FROM_THE_ROSTER
from registry.store import duty


@dataclass(frozen=True)
class Swapping:
    """A duty that somebody wants to swap, and for what."""

    unit_name: str
    own: Duty
    others: Sequence[Duty]
    """Duties of others that can be had for it."""
    people: Mapping[str, str]
    """Who could take it without another in return."""


class SwapDesk:
    """The group of questions and commands about swaps."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def swapping(self, actor: Actor, organisation_id: str, duty_id: int) -> Swapping:
        """What a duty of hers can be swapped for. Raises NotFound, NotPermitted, Conflict."""

        def read(tx: Tx) -> Swapping:
            own = self._own(tx, actor, organisation_id, duty_id)
            unit = directory.organisation_brief(tx, organisation_id)
            roster = self._ahead(tx, organisation_id)
            today = self._environment.today()
            others = [
                one
                for one in roster.duties
                if one.kind is own.kind and not why_no_swap(roster, _swap(own, one), today)
            ]
            people = {
                person_id: name
                for person_id, name in roster.able(own.kind, own.day).items()
                if person_id != own.person_id
            }
            return Swapping("" if unit is None else unit.name, own, others, people)

        return self._engine.ask(read)

    def ask_swap(
        self, actor: Actor, organisation_id: str, duty_id: int, with_whom: str, why: str
    ) -> str:
        """Ask somebody to swap; the id of the case by which she agrees and a leader approves.

        ``with_whom``: the number of a duty of hers, or ``person:`` and her id where she gives
        none in return. Raises NotFound, NotPermitted, Invalid, Conflict.
        """
        said = why_typed(why)
        if not said:
            raise Invalid("请写明换班的原因,没有申请。")
        process = self._engine.definitions.started_from(FROM_THE_ROSTER)
        if process is None:
            raise Conflict("还没有部署换班的流程,请联系流程设计员。没有申请。")

        def read(tx: Tx) -> tuple[Roster, Swap]:
            own = self._own(tx, actor, organisation_id, duty_id)
            roster = self._ahead(tx, organisation_id)
            other = _chosen(roster, own, with_whom)
            if faults := why_no_swap(roster, other, self._environment.today()):
                raise Invalid(f"{faults}没有申请。")
            return roster, other

        roster, swap = self._engine.ask(read)
        data: dict[str, object] = {
            "kind": swap.kind.value,
            "kind_words": KIND_WORDS[swap.kind],
            "day": swap.day.isoformat(),
            "asker_id": swap.asker_id,
            "asker": roster.name(swap.asker_id),
            "other_id": swap.other_id,
            "other": roster.name(swap.other_id),
            "reason": said,
            "first_day": min(swap.day, swap.other_day or swap.day).isoformat(),
        }
        if swap.other_day is not None:
            data["other_day"] = swap.other_day.isoformat()
        request = Request(process.key, organisation_id, data, origin=FROM_THE_ROSTER)
        return self._engine.cases.start(actor, request).case_id

    def _own(self, tx: Tx, actor: Actor, organisation_id: str, duty_id: int) -> Duty:
        """A duty of the actor that she may swap."""
        must_see(tx, actor, organisation_id)
        own = duty.numbered(tx, organisation_id, duty_id)
        if own is None:
            raise NotFound("没有找到这个班次,值班表可能刚改过。请返回值班表重新选择。")
        if own.person_id != actor.person_id or own.kind not in SWAPPED:
            raise NotPermitted("只能为自己的值班申请换班。领导接待的调整请直接在值班表上改。")
        if own.day <= self._environment.today():
            raise Conflict("当天和过去的班次不能换。当天不能到岗的,请告诉排班的人在值班表上改。")
        return own

    def _ahead(self, tx: Tx, organisation_id: str) -> Roster:
        today = self._environment.today()
        calendar = self._environment.calendars.get(tx)
        return roster_of(tx, calendar, organisation_id, today, today + timedelta(days=MOST_DAYS))


def _swap(own: Duty, other: Duty) -> Swap:
    return Swap(own.kind, own.day, own.person_id, other.person_id, other.day)


def _chosen(roster: Roster, own: Duty, with_whom: str) -> Swap:
    prefix, _, person_id = with_whom.partition(":")
    if prefix == "person" and person_id:
        return Swap(own.kind, own.day, own.person_id, person_id)
    found = next((one for one in roster.duties if str(one.id) == with_whom), None)
    if found is None or found.kind is not own.kind:
        raise Invalid("请选择同谁换、换哪一天。没有申请。")
    return _swap(own, found)
