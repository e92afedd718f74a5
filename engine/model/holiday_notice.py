"""Read the yearly notice of rest days (节假日安排) as it was published, or as a list.

Understood are the sentences of the notice (``2月15日至23日放假调休,共9天。2月14日(星期六)上班。``)
and lists of one day or one range a line (``2027-02-15,休``, ``2027/2/14 班``). Whatever names a
day without saying whether it is worked is given back unread, for a person to look at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.errors import Invalid
from engine.model.calendar import days_of_notice

LONGEST_TEXT = 20_000
FEWEST_WORKING_DAYS, MOST_WORKING_DAYS = 243, 256
"""What a year with its festivals has had; outside of it something was read wrong or is missing."""
FEWEST_FESTIVAL_DAYS, MOST_FESTIVAL_DAYS = 7, 16
MOST_WORKED_WEEKENDS = 12

_DAY = timedelta(days=1)
_WEEKEND = 5
_DECEMBER = 12
_FESTIVALS = (
    (1, 1, "元旦"),
    (5, 1, "劳动节"),
    (10, 1, "国庆节"),
    (10, 2, "国庆节"),
    (10, 3, "国庆节"),
)
_WEEKDAYS = "一二三四五六日"
_LONGEST_REST = 15

_DATE = (
    r"(?:(?P<iso_y{0}>\d{{4}})[-/.](?P<iso_m{0}>\d{{1,2}})[-/.](?P<iso_d{0}>\d{{1,2}})"
    r"|(?:(?P<y{0}>\d{{4}})年)?(?:(?P<m{0}>\d{{1,2}})月)?(?P<d{0}>\d{{1,2}})[日号])"
)
_WEEKDAY = r"(?:\s*[((]?\s*(?:星期|周|礼拜)(?P<w{0}>[一二三四五六日天])\s*[))]?)?"
_TOKEN = re.compile(
    f"{_DATE.format('1')}{_WEEKDAY.format('1')}"
    rf"(?:\s*(?:至|到|~|—+|–|-)\s*{_DATE.format('2')}{_WEEKDAY.format('2')})?"
    r"|(?P<verb>放假|休假|休息|上班|工作日|班|休)|共\s*(?P<sum>\d+)\s*天"
)
_WORKED = {"上班", "工作日", "班"}
_NAMED_DAY = re.compile(r"[((][^(())]*?(?:星期|周|礼拜)([一二三四五六日天])[^(())]*[))]")
_ASIDE = re.compile(r"[((](?!周)[^(())]*[))]")


@dataclass(frozen=True)
class Notice:
    """What a notice says of a year; ``unread`` are the pieces that could not be used.

    New Year's holiday may reach into the December before: ``before`` are those days, True where
    people work.
    """

    year: int
    rest: tuple[date, ...]
    worked: tuple[date, ...]
    unread: tuple[str, ...]
    before: Mapping[date, bool] = field(default_factory=dict)

    @property
    def days(self) -> Mapping[date, bool]:
        """Every day of the year, True where people work."""
        return days_of_notice(self.year, self.rest, self.worked)


def read_notice(text: str, year: int) -> Notice:
    """Read it; Invalid, with a sentence that names the place, where it cannot be right."""
    if len(text) > LONGEST_TEXT:
        raise Invalid(f"通知太长(超过 {LONGEST_TEXT} 字),没有导入。请只粘贴放假安排的部分。")
    rest: dict[date, str] = {}
    worked: dict[date, str] = {}
    unread: list[str] = []
    for piece in re.split(r"[。;;\n\r]+", text):
        waiting: list[date] = []
        last: list[date] = []
        for days, verb in _tokens(_without_asides(piece.strip()), year):
            if isinstance(verb, int):
                _must_add_up(last, verb, piece)
            elif verb is None:
                waiting += days
            elif waiting:
                found, other = (worked, rest) if verb in _WORKED else (rest, worked)
                for day in waiting:
                    _once(day, piece, other, year)
                    found[day] = piece
                last, waiting = waiting, []
        if waiting:
            unread.append(piece.strip()[:80])
    if not rest:
        raise Invalid(
            f"没有读到 {year} 年的放假日期,没有导入。请粘贴国务院办公厅通知的全文,"
            "或每行写一个日期和“休”“班”,例如:2027-02-05,休。"
        )
    before = {day: False for day in rest if day.year != year}
    before.update((day, True) for day in worked if day.year != year)
    return Notice(
        year,
        tuple(sorted(rest.keys() - before.keys())),
        tuple(sorted(worked.keys() - before.keys())),
        tuple(unread),
        before,
    )


def _without_asides(piece: str) -> str:
    """Without what stands in brackets, but for the day of the week: (农历除夕、周一) is (周一)."""
    return _ASIDE.sub("", _NAMED_DAY.sub(r"(周\1)", piece))


def _must_add_up(days: Sequence[date], told: int, piece: str) -> None:
    if len(days) != told:
        raise Invalid(
            f"“{piece.strip()[:60]}”写的是共 {told} 天,读到的是 {len(days)} 天,没有导入。"
            "请核对日期。"
        )


def _once(day: date, piece: str, other: Mapping[date, str], year: int) -> None:
    if day.year != year and (day.year, day.month) != (year - 1, _DECEMBER):
        raise Invalid(
            f"“{piece.strip()[:60]}”里的 {day} 不是 {year} 年的日期,没有导入。请分年份导入。"
        )
    if day in other:
        raise Invalid(f"{day} 既写了放假又写了上班(“{piece.strip()[:60]}”),没有导入。请核对通知。")


def _tokens(piece: str, year: int) -> Iterator[tuple[list[date], str | int | None]]:
    """The days, verbs and sums of a sentence, in their order."""
    month = 0
    for found in _TOKEN.finditer(piece):
        if found["sum"]:
            yield [], int(found["sum"])
            continue
        if found["verb"]:
            yield [], found["verb"]
            continue
        first, month = _date_of(found, "1", piece, (year, month))
        last = first
        if found["d2"] or found["iso_d2"]:
            last, month = _date_of(found, "2", piece, (first.year, month))
        if last < first or (last - first).days > _LONGEST_REST:
            raise Invalid(f"“{piece[:60]}”的起止日期不对({first} 至 {last}),没有导入。请核对。")
        yield [first + n * _DAY for n in range((last - first).days + 1)], None


def _date_of(
    found: re.Match[str], which: str, piece: str, default: tuple[int, int]
) -> tuple[date, int]:
    year = found[f"iso_y{which}"] or found[f"y{which}"] or default[0]
    month = found[f"iso_m{which}"] or found[f"m{which}"] or default[1]
    number = found[f"iso_d{which}"] or found[f"d{which}"]
    try:
        day = date(int(year), int(month), int(number))
    except ValueError:
        raise Invalid(
            f"“{piece[:60]}”里的“{found[0].strip()}”不是存在的日期,没有导入。请核对。"
        ) from None
    said = found[f"w{which}"]
    if said and _WEEKDAYS[day.weekday()] != said.replace("天", "日"):
        raise Invalid(
            f"“{piece[:60]}”:{day} 是星期{_WEEKDAYS[day.weekday()]},不是星期{said},没有导入。"
            f"请核对年份是不是 {day.year} 年。"
        )
    return day, day.month


def doubts(notice: Notice) -> Sequence[str]:
    """What looks odd in a notice and should be looked at before it is taken over."""
    days = notice.days
    working = sum(days.values())
    rest_weekdays = [day for day in notice.rest if day.weekday() < _WEEKEND]
    worked_weekends = [day for day in notice.worked if day.weekday() >= _WEEKEND]
    found = []
    if not FEWEST_WORKING_DAYS <= working <= MOST_WORKING_DAYS:
        found.append(
            f"全年工作日 {working} 天,往年在 {FEWEST_WORKING_DAYS} 至 {MOST_WORKING_DAYS} 天之间,"
            "请核对是否有漏读的节日。"
        )
    lost = len(rest_weekdays) - len(worked_weekends)
    if not FEWEST_FESTIVAL_DAYS <= lost <= MOST_FESTIVAL_DAYS:
        found.append(
            f"工作日放假 {len(rest_weekdays)} 天,周末上班 {len(worked_weekends)} 天,"
            f"相差 {lost} 天;往年相差 {FEWEST_FESTIVAL_DAYS} 至 {MOST_FESTIVAL_DAYS} 天。"
        )
    if len(worked_weekends) > MOST_WORKED_WEEKENDS:
        found.append(f"周末上班 {len(worked_weekends)} 天,比往年多,请核对“班”是否写对。")
    found += [
        f"{day} 本来就是工作日,通知里又写了“上班”,请核对日期。"
        for day in notice.worked
        if day.weekday() < _WEEKEND
    ]
    missing: dict[str, list[str]] = {}
    for month, number, name in _FESTIVALS:
        if days[date(notice.year, month, number)]:
            missing.setdefault(name, []).append(f"{month}月{number}日")
    found += [f"{'、'.join(at)}({name})没有列为放假,请核对。" for name, at in missing.items()]
    return found
