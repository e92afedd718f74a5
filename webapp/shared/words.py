"""Times, limits and states in the words of the product (product.md §4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from engine.errors import Invalid
from engine.model.calendar import WorkCalendar
from engine.model.clock import ZONE, local_date
from engine.model.deadlines import Deadline, Remaining, Unit, remaining
from engine.model.delays import OTHER, DelayReason
from engine.model.tasks import DueState, TaskLine
from webapp.shared.language import _, counted, counting, is_english, lazy

NOTHING = "—"

_OVERDUE = {
    Unit.WORKING_DAYS: counting("超 %(n)s 个工作日"),
    Unit.DAYS: counting("超 %(n)s 日"),
    Unit.HOURS: counting("超 %(n)s 小时"),
}
_LEFT = {
    Unit.WORKING_DAYS: counting("剩 %(n)s 个工作日"),
    Unit.DAYS: counting("剩 %(n)s 日"),
    Unit.HOURS: counting("剩 %(n)s 小时"),
}
_AMOUNT = {
    Unit.WORKING_DAYS: counting("%(n)s 个工作日"),
    Unit.DAYS: counting("%(n)s 日"),
    Unit.HOURS: counting("%(n)s 小时"),
}
BASES = {
    "law": lazy("法律规定,不得延长"),
    "parameter": lazy("业务参数"),
    "practice": lazy("工作惯例"),
}
"""What a limit rests on, by the property ``basis``."""
BUCKETS: Mapping[DueState, object] = {
    DueState.OVERDUE: lazy("已超期"),
    DueState.TODAY: lazy("今日到期"),
    DueState.SOON: lazy("两日内"),
    DueState.LATER: lazy("以后"),
    DueState.NONE: lazy("无时限"),
}
CASE_STATES = {
    "active": lazy("办理中"),
    "completed": lazy("已办结"),
    "cancelled": lazy("已作废"),
    "suspended": lazy("已暂停"),
    "incident": lazy("系统处理异常"),
}
DELAYS: Mapping[str, object] = {
    "等待民政等外部单位": lazy("等待民政等外部单位"),
    "申请人外出或住院": lazy("申请人外出或住院"),
    "材料未补齐": lazy("材料未补齐"),
    "人手不足或无人办理": lazy("人手不足或无人办理"),
    "等待会议研究": lazy("等待会议研究"),
    "情况复杂需再核实": lazy("情况复杂需再核实"),
    OTHER: lazy("其他原因"),
}
"""Why a step is late: what is kept is Chinese, so that it is counted once."""
_WAYS: Mapping[str, object] = {
    "电话": lazy("电话"),
    "来信": lazy("来信"),
    "当面": lazy("当面"),
    "网页": lazy("网页"),
    "转来": lazy("转来"),
    "微信或短信": lazy("微信或短信"),
}
_LEVELS: Mapping[str, object] = {
    "grassroots": lazy("基层"),
    "township": lazy("乡镇(街道)"),
    "county": lazy("县级"),
    "city": lazy("市级"),
}


@dataclass(frozen=True)
class Badge:
    """A limit as shown: its words, and the state that gives the colour."""

    text: str
    state: str
    title: str = ""


def level_words(level: str) -> str:
    """A level of organisations: 县级."""
    return str(_LEVELS.get(level, level))


def ways_to_choose(ways: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """How somebody was spoken to, each as it is kept and as it is shown."""
    return tuple((way, str(_WAYS.get(way, way))) for way in ways)


def delay_label(reason: str) -> str:
    """One of the reasons, in the language of this request."""
    return str(DELAYS.get(reason, reason)) if is_english() else reason


def delay_words(said: DelayReason) -> str:
    """The reason with its note."""
    told = delay_label(said.reason)
    return _("%(reason)s(%(note)s)", reason=told, note=said.note) if said.note else told


def day(value: date | None) -> str:
    """2026-11-16."""
    return NOTHING if value is None else value.isoformat()


def moment(value: datetime | None) -> str:
    """2026-11-16 14:32, local time."""
    return NOTHING if value is None else f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"


def clock_time(value: datetime, now: datetime) -> str:
    """14:32 for today, else 11-16 14:32: short texts in lists."""
    local = value.astimezone(ZONE)
    if local_date(value) == local_date(now):
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}"


def unit_of(deadline: str | None) -> Unit:
    """The unit a limit was set in; days where it cannot be read."""
    try:
        return Deadline.parse(deadline or "").unit
    except Invalid:
        return Unit.DAYS


def amount(deadline: str | None) -> str:
    """5 个工作日."""
    try:
        limit = Deadline.parse(deadline or "")
    except Invalid:
        return deadline or NOTHING
    return time_words(limit.amount, limit.unit)


def time_words(amount: int, unit: Unit) -> str:
    """5 个工作日, 63 日."""
    return counted(_AMOUNT[unit], amount)


def due_badge(line: TaskLine, now: datetime, calendar: WorkCalendar) -> Badge:
    """The limit of an open step, in its own unit."""
    if line.due_at is None:
        return Badge(str(BUCKETS[DueState.NONE]), DueState.NONE.value)
    left = remaining(now, line.due_at, unit_of(line.deadline), calendar)
    last_day = line.due_date or local_date(line.due_at)
    title = _("应于 %(day)s 办结", day=day(last_day))
    worked = calendar.last_working_day_on_or_before(last_day)
    if worked != last_day and unit_of(line.deadline) is Unit.DAYS:
        title = _(
            "应于 %(day)s 办结(休息日,不顺延,此前最后一个工作日 %(worked)s)",
            day=day(last_day),
            worked=day(worked),
        )
    if line.counted_from is not None:
        title = _("%(due)s,从 %(start)s 起算", due=title, start=day(line.counted_from))
    return Badge(_words_of(left), left.state.value, title)


def left_badge(left: Remaining) -> Badge:
    """A limit that is no step's, in its own unit."""
    return Badge(_words_of(left), left.state.value)


def _words_of(left: Remaining) -> str:
    if left.state is DueState.OVERDUE:
        return counted(_OVERDUE[left.unit], left.amount)
    if left.state is DueState.TODAY and left.unit is not Unit.HOURS:
        return _("今日")
    return counted(_LEFT[left.unit], left.amount)


def why_this_date(line: TaskLine, basis: str) -> str:
    """How the date of a step came about, as one sentence."""
    if line.due_at is None:
        return _("本环节没有时限。")
    due = day(line.due_date or local_date(line.due_at))
    parts = [
        _(
            "本环节时限 %(limit)s,%(start)s 收到,自次日起算,应于 %(due)s 24:00 前办结。",
            limit=amount(line.deadline),
            start=day(local_date(line.created_at)),
            due=due,
        )
    ]
    if line.counted_from is not None:
        parts = [
            _(
                "本环节时限 %(limit)s,从前面环节登记的日期 %(start)s 的次日起算"
                "(%(opened)s 收到),应于 %(due)s 24:00 前办结。",
                limit=amount(line.deadline),
                start=day(line.counted_from),
                opened=day(local_date(line.created_at)),
                due=due,
            )
        ]
    if unit_of(line.deadline) is Unit.HOURS:
        parts = [
            _(
                "本环节时限 %(limit)s,自 %(start)s 收到时起算,应于 %(due)s 前办结。",
                limit=amount(line.deadline),
                start=moment(line.created_at),
                due=moment(line.due_at),
            )
        ]
    if basis in BASES:
        parts.append(_("时限依据:%(basis)s。", basis=str(BASES[basis])))
    if line.provisional:
        parts.append(
            _(
                "%(year)s 年放假安排尚未导入,到期日暂按周末推算,可能变动。"
                "导入后系统会重新计算并记录。",
                year=(line.due_date or local_date(line.due_at)).year,
            )
        )
    return "".join(parts)
