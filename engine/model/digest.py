"""What one person is told of a day: numbers, no names, no cases (product.md §1.12)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from engine.model.calendar import WorkCalendar
from engine.model.clock import ZONE

TOLD_FROM = time(8, 30)
QUIET_FROM = time(20, 0)
"""Local times between which people are told; never on a day of rest."""


@dataclass(frozen=True)
class Digest:
    """The numbers of a person's day.

    ``total`` steps before her, of them ``overdue``, ``today`` (due today) and ``soon``. Of a
    supervisor's area: ``late`` overdue steps, of them ``far`` past 150 % of their limit, and how
    many were ``reported`` to her since the last digest.
    """

    total: int = 0
    overdue: int = 0
    today: int = 0
    soon: int = 0
    late: int = 0
    far: int = 0
    reported: int = 0

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.total or self.late)

    def as_facts(self) -> Mapping[str, int]:
        """The numbers by name."""
        return asdict(self)

    @classmethod
    def of_facts(cls, facts: Mapping[str, int]) -> "Digest":
        """From stored numbers; names of a later release are left aside."""
        return cls(**{name: facts[name] for name in cls.__dataclass_fields__ if name in facts})

    def text(self) -> str:
        """您有 3 件待办,其中 1 件今日到期。"""
        own = _counted(
            f"您有 {self.total} 件待办",
            [
                (self.overdue, "{} 件已超期"),
                (self.today, "{} 件今日到期"),
                (self.soon, "{} 件两日内到期"),
            ],
        )
        area = _counted(
            f"您督办的范围内有 {self.late} 件超期",
            [(self.far, "{} 件超期已达时限一半以上"), (self.reported, "{} 件是新报给您的")],
        )
        return "".join([own if self.total else "", area if self.late else ""])


def group_text(members: Iterable[Digest]) -> str:
    """The same for a group's chat, in people: 今日提醒:5 人有待办,其中 2 人有今日到期的。"""
    every = list(members)
    told = _counted(
        f"今日提醒:{len(every)} 人有待办",
        [
            (sum(one.overdue > 0 for one in every), "{} 人有超期的"),
            (sum(one.today > 0 for one in every), "{} 人有今日到期的"),
        ],
    )
    return f"{told}请登录系统办理。"


def _counted(begin: str, parts: Iterable[tuple[int, str]]) -> str:
    said = "、".join(words.format(number) for number, words in parts if number)
    return f"{begin},其中 {said}。" if said else f"{begin}。"


def day_to_tell(now: datetime, calendar: WorkCalendar) -> date | None:
    """The day whose digest is due now; None before half past eight, at night, on rest days."""
    today = now.astimezone(ZONE).date()
    return today if is_daytime(now) and calendar.is_working_day(today) else None


def day_gone_by(before: datetime, now: datetime, calendar: WorkCalendar) -> date | None:
    """The last working day whose time for telling began and ended between two looks.

    A day of a fast demonstration clock is over in a second, and would not be told of otherwise.
    """
    first, day = before.astimezone(ZONE), now.astimezone(ZONE).date()
    while day >= first.date():
        begin, end = (datetime.combine(day, at, ZONE) for at in (TOLD_FROM, QUIET_FROM))
        if before < begin and end <= now and calendar.is_working_day(day):
            return day
        day -= timedelta(days=1)
    return None


def is_daytime(now: datetime) -> bool:
    """Whether it is between half past eight and eight in the evening, whatever the day."""
    return TOLD_FROM <= now.astimezone(ZONE).time() < QUIET_FROM


def is_quiet(now: datetime, calendar: WorkCalendar) -> bool:
    """Whether nothing may go out now: before half past eight, in the evening, on rest days."""
    return day_to_tell(now, calendar) is None
