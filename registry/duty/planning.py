"""What may be planned on a roster, who is missing on it, and how it is filled in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engine.errors import Invalid
from engine.model.calendar import WorkCalendar
from engine.store.database import Tx
from registry.duties import KIND_WORDS, Change, Duty, Gap, How, Kind, Post
from registry.store import duty

_DAY = timedelta(days=1)
_LONGEST_MONTH = 31


@dataclass(frozen=True)
class Roster:
    """The roster of a union for some days, with all that says what may be planned on them."""

    organisation_id: str
    calendar: WorkCalendar
    duties: Sequence[Duty]
    posts: Sequence[Post]

    def on(self, day: date, kind: Kind) -> Duty | None:
        """Who is planned for it; of a kind only one is, a day."""
        return next((one for one in self.duties if (one.day, one.kind) == (day, kind)), None)

    def is_away(self, person_id: str, day: date) -> bool:
        """Whether she is on leave."""
        return any(
            one.kind is Kind.AWAY and one.person_id == person_id and one.day == day
            for one in self.duties
        )

    def able(self, kind: Kind, day: date) -> dict[str, str]:
        """Who may be planned for it, by id, with their names."""
        return {
            one.person_id: one.name
            for one in self.posts
            if one.kind is kind and one.holds(day) and not self.is_away(one.person_id, day)
        }

    def name(self, person_id: str) -> str:
        """What somebody is called; her id where nobody here knows her."""
        names = {one.person_id: one.name for one in self.duties if one.name}
        names.update((one.person_id, one.name) for one in self.posts)
        return names.get(person_id, person_id)

    def gap(self, one: Duty) -> Gap | None:
        """Why somebody who was planned will not be there; None where she will."""
        hers = [
            post for post in self.posts if (post.person_id, post.kind) == (one.person_id, one.kind)
        ]
        if not self.calendar.is_working_day(one.day):
            return Gap.REST
        if self.is_away(one.person_id, one.day):
            return Gap.AWAY
        if any(post.holds(one.day) for post in hers):
            return None
        return Gap.CLOSED if hers and not hers[0].is_active else Gap.LEFT

    def why_not(self, kind: Kind, day: date, person_id: str) -> str:
        """Why somebody may not be planned for it, in words; empty where she may."""
        who, what = self.name(person_id), KIND_WORDS[kind]
        if not self.calendar.is_working_day(day):
            return f"{day} 是休息日,不排班。"
        if self.is_away(person_id, day):
            return f"{who} {day} 请假,不能排班。"
        if person_id not in self.able(kind, day):
            return f"{who} {day} 不是本单位的{what},不能排班。请先在系统设置里核对岗位。"
        return ""

    def turns(self, kind: Kind, days: Sequence[date], before: str) -> Mapping[date, str]:
        """Whose turn it is on each day that has nobody, one after the other by name.

        ``before``: who had it last before these days. Who is away gives her turn to the next.
        """
        order = list(dict.fromkeys(one.person_id for one in self.posts if one.kind is kind))
        found: dict[date, str] = {}
        last = before
        for day in days:
            there = self.on(day, kind)
            if there is not None:
                last = there.person_id
                continue
            at = order.index(last) + 1 if last in order else 0
            able = self.able(kind, day)
            whose = next((one for one in order[at:] + order[:at] if one in able), "")
            if whose:
                found[day] = last = whose
        return found


def roster_of(
    tx: Tx, calendar: WorkCalendar, organisation_id: str, first: date, last: date
) -> Roster:
    """The roster from a day to a day."""
    return Roster(
        organisation_id=organisation_id,
        calendar=calendar,
        duties=duty.between(tx, organisation_id, first, last),
        posts=duty.posts(tx, organisation_id, first, last),
    )


def days_of(month: date) -> list[date]:
    """The days of a month."""
    first = month.replace(day=1)
    days = (first + n * _DAY for n in range(_LONGEST_MONTH))
    return [day for day in days if day.month == first.month]


# Swaps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swap:
    """A duty of one person that another takes, for one of hers or for none."""

    kind: Kind
    day: date
    asker_id: str
    other_id: str
    other_day: date | None = None


def why_no_swap(roster: Roster, swap: Swap, today: date) -> str:
    """Why it cannot be done, in words; empty where it can. The roster holds both days."""
    asker, other = roster.name(swap.asker_id), roster.name(swap.other_id)
    hers, theirs = roster.on(swap.day, swap.kind), None
    if swap.asker_id == swap.other_id:
        return "不能同自己换班。"
    if min(swap.day, swap.other_day or swap.day) <= today:
        return "当天和过去的班次不能换。"
    if hers is None or hers.person_id != swap.asker_id:
        return f"{swap.day} 已经不是{asker}值班。"
    if swap.other_day is not None:
        theirs = roster.on(swap.other_day, swap.kind)
        if theirs is None or theirs.person_id != swap.other_id:
            return f"{swap.other_day} 已经不是{other}值班。"
        if why := roster.why_not(swap.kind, swap.other_day, swap.asker_id):
            return why
    return roster.why_not(swap.kind, swap.day, swap.other_id)


@dataclass(frozen=True)
class Stamp:
    """When a roster is changed, by whom, in which case, and why."""

    at: datetime
    by_id: str
    why: str = ""
    case_id: str = ""


def swap_duties(tx: Tx, roster: Roster, swap: Swap, stamp: Stamp) -> None:
    """Let each have the other's duty. Raises Invalid where one is no longer as it was."""
    hers = roster.on(swap.day, swap.kind)
    if hers is None:
        raise Invalid(f"{swap.day} 没有排班,没有换。")
    moved = [(hers, swap.other_id)]
    theirs = None if swap.other_day is None else roster.on(swap.other_day, swap.kind)
    if theirs is not None:
        moved.append((theirs, swap.asker_id))
    for one, person_id in moved:
        duty.give(tx, one.id, person_id)
    duty.report(tx, [changed(one, How.SWAPPED, person_id, stamp) for one, person_id in moved])


def changed(one: Duty, how: How, now_id: str, stamp: Stamp) -> Change:
    """What is written down of a duty that somebody else has now, or nobody."""
    return Change(
        organisation_id=one.organisation_id,
        day=one.day,
        kind=one.kind,
        how=how,
        was_id=one.person_id,
        now_id=now_id,
        why=stamp.why,
        case_id=stamp.case_id,
        by_id=stamp.by_id,
        at=stamp.at,
    )
