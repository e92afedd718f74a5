"""What people type about money, read the same way by every desk."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time

from engine.errors import Conflict, Invalid
from engine.model.clock import ZONE, local_date
from registry.budget.amounts import fen_of

FIRST_YEAR = 2010
"""Of no year before there is money in the register."""

_ENTRY = re.compile(r"[0-9a-z]{16}")
_LONGEST_NUMBER = 9
_SENT_BEFORE = (
    "这一页刚才已经登记过,改动后的内容没有登记。写错了用核减(冲销)更正,再打开新的登记页面填写。"
)


def must_be_entry(entry: str, undone: str) -> None:
    """That a form says which page it was entered on. Raises Invalid with what was not done."""
    if _ENTRY.fullmatch(entry) is None:
        raise Invalid(f"登记页面已失效,{undone}。请刷新页面后重新填写。")


def must_be_same(written: object, typed: object) -> None:
    """That a page which is sent again says what it said. Raises Conflict."""
    if written != typed:
        raise Conflict(_SENT_BEFORE)


def number_of(said: str) -> int:
    """The number of a row as an address or a form gives it; 0, which none has, for all else."""
    is_number = said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER
    return int(said) if is_number else 0


def amount_of(typed: Mapping[str, str], faults: list[str]) -> int:
    """The amount in fen; what is wrong with it is added to the faults."""
    try:
        return fen_of(typed.get("amount"))
    except Invalid as error:
        faults.append(error.message)
        return 0


def text_of(typed: Mapping[str, str], name: str, label: str, most: int, faults: list[str]) -> str:
    """A text of so many characters at most."""
    said = typed.get(name, "").strip()
    if len(said) > most:
        faults.append(f"“{label}”不超过 {most} 字。")
    return said


def day_of(said: str, label: str, today: date, faults: list[str]) -> date:
    """A day that has come, of a year in which there was money."""
    try:
        day = date.fromisoformat(said.strip())
    except ValueError:
        faults.append(f"{label}请写成 2026-11-16 的样子。")
        return today
    if day > today:
        faults.append(f"{label} {day} 还没有到,请核对。")
    elif day.year < FIRST_YEAR:
        faults.append(f"{label} {day} 早于 {FIRST_YEAR} 年,请核对年份。")
    return day


def instant_on(day: date, now: datetime) -> datetime:
    """Now, or noon of a day that was written down, so that it is that day everywhere."""
    return now if day == local_date(now) else datetime.combine(day, time(12), ZONE)
