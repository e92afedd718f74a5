"""值班表: what people ask of a roster and plan on it; swaps are asked for beside this file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, Stale
from engine.model.organisations import Organisation
from engine.store.database import Tx
from registry.duties import DUTIES, Change, Duty, Gap, How, Kind
from registry.duty.planning import Roster, Stamp, changed, days_of, roster_of
from registry.duty.reception import reception_day
from registry.duty.rights import may_plan, must_plan, must_see, units_of
from registry.duty.starts import FROM_THE_ROSTER
from registry.store import duty

_DAY = timedelta(days=1)
_LONGEST_WHY = 200
_MOST_CHANGES = 200
MOST_DAYS = 92
_MOST_TOLD = 8


@dataclass(frozen=True)
class DutyDay:
    """A day of a month: who is planned, by kind, and what is missing or amiss."""

    day: date
    is_working: bool
    is_reception: bool
    is_open: bool
    """Whether it may still be planned."""
    planned: Mapping[Kind, Duty]
    gaps: Mapping[Kind, Gap]
    """Why who is planned will not be there, or that nobody is."""
    away: Sequence[str]
    able: Mapping[Kind, Mapping[str, str]]


@dataclass(frozen=True)
class DutyMonth:
    """The roster of a union for a month, as one person may see it."""

    unit: Organisation
    units: Sequence[Organisation]
    month: date
    days: Sequence[DutyDay]
    is_settled: bool
    """Whether the year's holidays are known."""
    revision: int
    """The newest change: what is saved is compared with it."""
    may_plan: bool
    may_swap: bool
    people: Mapping[str, str]
    """All who may be planned for something this month, by id."""
    away: Mapping[str, Sequence[date]]
    changes: Sequence[tuple[Change, Mapping[str, str]]]


class DutyDesk:
    """The group of questions and commands about duty rosters."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    # Questions -----------------------------------------------------------------------------

    def month(self, actor: Actor, organisation_id: str, month: date) -> DutyMonth:
        """The roster of a month; without a union hers. Raises NotFound, NotPermitted."""
        has_process = self._engine.definitions.started_from(FROM_THE_ROSTER) is not None
        today = self._environment.today()

        def read(tx: Tx) -> DutyMonth:
            units = units_of(tx, actor, today)
            if not units:
                raise NotPermitted("值班表由市、县两级工会的人员查看,您没有这个权限。")
            unit = next((one for one in units if one.id == organisation_id), None)
            if unit is None and organisation_id:
                must_see(tx, actor, organisation_id)
                raise NotFound("没有找到这个单位的值班表。请返回值班表重新选择单位。")
            unit = unit or units[0]
            days = days_of(month)
            roster = self._roster(tx, unit.id, days[0], days[-1])
            reception = reception_day(self._environment, tx, unit.id, days[0])
            return DutyMonth(
                unit=unit,
                units=units,
                month=days[0],
                days=[_day(roster, day, reception, today) for day in days],
                is_settled=roster.calendar.is_official(days[0].year),
                revision=duty.last_change(tx, unit.id),
                may_plan=may_plan(tx, actor, unit.id),
                may_swap=has_process,
                people={one.person_id: one.name for one in roster.posts if one.is_active},
                away=_away(roster),
                changes=duty.changes(tx, unit.id, days[0], days[-1], _MOST_CHANGES),
            )

        return self._engine.ask(read)

    def in_turn(
        self, actor: Actor, organisation_id: str, month: date, lawyer_on: Sequence[int]
    ) -> Mapping[tuple[date, Kind], str]:
        """Who would have each day that has nobody, if all took turns; nothing is written.

        ``lawyer_on``: the days of the week (Monday 0) on which a lawyer is there; who leads is
        asked for on the reception day alone. Raises NotFound, NotPermitted.
        """
        today = self._environment.today()

        def read(tx: Tx) -> Mapping[tuple[date, Kind], str]:
            must_see(tx, actor, organisation_id)
            must_plan(tx, actor, organisation_id)
            days = days_of(month)
            roster = self._roster(tx, organisation_id, days[0], days[-1])
            reception = reception_day(self._environment, tx, organisation_id, days[0])
            worked = [one for one in days if roster.calendar.is_working_day(one) and one >= today]
            wanted = {
                Kind.STAFF: worked,
                Kind.LAWYER: [
                    one for one in worked if one.weekday() in lawyer_on or one == reception
                ],
                Kind.LEADER: [one for one in worked if one == reception],
            }
            found: dict[tuple[date, Kind], str] = {}
            for kind, its_days in wanted.items():
                before = duty.last_before(tx, organisation_id, kind, days[0])
                for day, whose in roster.turns(kind, its_days, before).items():
                    found[day, kind] = whose
            return found

        return self._engine.ask(read)

    # Planning ------------------------------------------------------------------------------

    def plan(
        self,
        actor: Actor,
        organisation_id: str,
        month: date,
        wanted: Mapping[tuple[date, Kind], str],
        seen: int,
        why: str = "",
    ) -> int:
        """Let these people have these days; an empty id leaves a day to nobody. How many changed.

        ``seen`` is the revision that the page showed. All of it is written or, with every fault
        told, nothing. Raises NotFound, NotPermitted, Invalid, Stale.
        """
        said = why_typed(why)

        def write(tx: Tx) -> int:
            must_see(tx, actor, organisation_id)
            must_plan(tx, actor, organisation_id)
            duty.hold(tx, organisation_id)
            if duty.last_change(tx, organisation_id) != seen:
                raise Stale(
                    "值班表刚才有变动(有人排班、请假或换班),没有保存。请刷新后核对,再改一次。"
                )
            days = days_of(month)
            roster = self._roster(tx, organisation_id, days[0], days[-1])
            stamp = Stamp(self._environment.now(), actor.person_id, said)
            if strays := sorted(day for day, _ in wanted if day not in days):
                raise Invalid(
                    f"{strays[0]} 不在 {days[0]:%Y-%m} 这个月,没有保存。请重新打开排班页面。"
                )
            moves = _moves(roster, wanted, self._environment.today())
            _write(tx, organisation_id, moves, stamp)
            return len(moves)

        return self._engine.execute(write)

    def take_leave(
        self, actor: Actor, organisation_id: str, typed: Mapping[str, str]
    ) -> Sequence[date]:
        """Write down that somebody is away (``person``, ``first``, ``last``, ``why``).

        The days on which she was planned, which are gaps now. Raises NotFound, NotPermitted,
        Invalid.
        """
        today = self._environment.today()
        faults: list[str] = []
        first = _day_typed(typed.get("first", ""), "请假首日", faults)
        last = _day_typed(typed.get("last", "") or typed.get("first", ""), "请假末日", faults)
        if not faults and last < first:
            faults.append("请假末日早于首日,请核对。")
        if not faults and (last - first).days >= MOST_DAYS:
            faults.append(f"一次最多登记 {MOST_DAYS} 天。")
        if not faults and last < today:
            faults.append("这几天已经过了。")
        said = why_typed(typed.get("why", ""))
        person_id = typed.get("person", "")

        def write(tx: Tx) -> list[date]:
            must_see(tx, actor, organisation_id)
            must_plan(tx, actor, organisation_id)
            if faults:
                raise Invalid("".join([*faults, "没有登记。"]))
            duty.hold(tx, organisation_id)
            roster = self._roster(tx, organisation_id, first, last)
            if person_id not in {one.person_id for one in roster.posts if one.is_active}:
                raise Invalid("请选择本单位的值班人员、律师或领导。没有登记。")
            days = [
                one
                for one in (first + n * _DAY for n in range((last - first).days + 1))
                if roster.calendar.is_working_day(one) and not roster.is_away(person_id, one)
            ]
            if not days:
                raise Invalid("这几天都是休息日,或者已经登记过请假,没有再登记。")
            stamp = Stamp(self._environment.now(), actor.person_id, said)
            away = [Duty(0, organisation_id, one, Kind.AWAY, person_id) for one in days]
            duty.add(tx, away)
            duty.report(tx, [changed(one, How.AWAY, person_id, stamp) for one in away])
            hit = {one.day for one in roster.duties if one.person_id == person_id}
            return sorted(hit & set(days))

        return self._engine.execute(write)

    def end_leave(self, actor: Actor, organisation_id: str, person_id: str) -> int:
        """She is back: take her leave from today on off the roster; of how many days."""
        today = self._environment.today()

        def write(tx: Tx) -> int:
            must_see(tx, actor, organisation_id)
            must_plan(tx, actor, organisation_id)
            duty.hold(tx, organisation_id)
            stamp = Stamp(self._environment.now(), actor.person_id)
            ahead = today + timedelta(days=MOST_DAYS * 2)
            away = [
                one
                for one in duty.between(tx, organisation_id, today, ahead)
                if (one.kind, one.person_id) == (Kind.AWAY, person_id)
            ]
            if not away:
                raise Conflict("今天以后没有登记请假,不用销假。")
            duty.remove(tx, [one.id for one in away])
            duty.report(tx, [changed(one, How.BACK, "", stamp) for one in away])
            return len(away)

        return self._engine.execute(write)

    def _roster(self, tx: Tx, organisation_id: str, first: date, last: date) -> Roster:
        return roster_of(tx, self._environment.calendars.get(tx), organisation_id, first, last)


def _day(roster: Roster, day: date, reception: date | None, today: date) -> DutyDay:
    planned = {kind: found for kind in DUTIES if (found := roster.on(day, kind)) is not None}
    is_working = roster.calendar.is_working_day(day)
    gaps = {kind: why for kind, one in planned.items() if (why := roster.gap(one)) is not None}
    if is_working and day >= today:
        needed = {Kind.STAFF, Kind.LEADER} if day == reception else {Kind.STAFF}
        gaps |= dict.fromkeys(needed - planned.keys(), Gap.NOBODY)
    return DutyDay(
        day=day,
        is_working=is_working,
        is_reception=day == reception,
        is_open=day >= today and (is_working or bool(planned)),
        planned=planned,
        gaps=gaps,
        away=[one.name for one in roster.duties if (one.day, one.kind) == (day, Kind.AWAY)],
        able={kind: roster.able(kind, day) for kind in DUTIES},
    )


def _away(roster: Roster) -> Mapping[str, Sequence[date]]:
    found: dict[str, list[date]] = {}
    for one in roster.duties:
        if one.kind is Kind.AWAY:
            found.setdefault(one.person_id, []).append(one.day)
    return found


def _moves(
    roster: Roster, wanted: Mapping[tuple[date, Kind], str], today: date
) -> list[tuple[Duty | None, Duty | None]]:
    """What was planned and what is to be, where the two differ; Invalid with every fault."""
    moves: list[tuple[Duty | None, Duty | None]] = []
    faults: list[str] = []
    for (day, kind), person_id in sorted(wanted.items()):
        was = roster.on(day, kind)
        if person_id == ("" if was is None else was.person_id):
            continue
        if day < today:
            faults.append(f"{day} 已经过了,不能再改。")
            continue
        why = roster.why_not(kind, day, person_id) if person_id else ""
        if why:
            faults.append(why)
            continue
        new = Duty(0, roster.organisation_id, day, kind, person_id) if person_id else None
        moves.append((was, new))
    if faults:
        more = len(faults) - _MOST_TOLD
        told = "".join(faults[:_MOST_TOLD]) + (f"另有 {more} 处。" if more > 0 else "")
        raise Invalid(f"{told}没有保存,您选的内容仍在页面上。")
    return moves


def _write(
    tx: Tx,
    organisation_id: str,
    moves: Sequence[tuple[Duty | None, Duty | None]],
    stamp: Stamp,
) -> None:
    duty.remove(tx, [was.id for was, _ in moves if was is not None])
    duty.add(tx, [new for _, new in moves if new is not None])
    told = []
    for was, new in moves:
        one = new or was
        if one is None:
            continue
        how = How.PLANNED if was is None else How.REMOVED if new is None else How.CHANGED
        told.append(
            Change(
                organisation_id=organisation_id,
                day=one.day,
                kind=one.kind,
                how=how,
                was_id="" if was is None else was.person_id,
                now_id="" if new is None else new.person_id,
                why=stamp.why,
                case_id=stamp.case_id,
                by_id=stamp.by_id,
                at=stamp.at,
            )
        )
    duty.report(tx, told)


def why_typed(said: str) -> str:
    """A reason as it was typed. Raises Invalid where it is too long."""
    text = said.strip()
    if len(text) > _LONGEST_WHY:
        raise Invalid(f"原因不超过 {_LONGEST_WHY} 字,没有保存。")
    return text


def _day_typed(said: str, label: str, faults: list[str]) -> date:
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        faults.append(f"{label}请写成 2026-11-16 的样子。")
        return date.min
