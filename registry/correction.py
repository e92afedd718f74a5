"""勘误: put a recorded error right without a case. Both values stay: each version is kept whole.

What was *decided* (category, level, figures behind it) is no error of recording: it is decided
again by who approves (:mod:`registry.deciding`). A recorded value that the decision leaned on may
be put right, lines of income and expense too; the file then says that the decision must be looked
at again.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from engine.errors import Invalid
from engine.forms.components import Personal
from engine.model.identity_numbers import (
    bank_account_problem,
    credit_code_problem,
    mobile_problem,
    normalised,
    resident_id_problem,
)
from registry.household import Content, mapping, mappings, text
from registry.people import birth_date_in
from registry.sections import PARTS, Mask, Part

_LINES = ("income_lines", "expense_lines")
_CORRECTED = ("head", "hardship", "assets", "members", *_LINES)
_BASIS: Mapping[str, frozenset[str]] = {
    "head": frozenset({"single_parent", "health", "disability"}),
    "hardship": frozenset(
        {
            "cause_main",
            "causes_more",
            "event_date",
            "has_dibao",
            "dibao_date",
            "dibao_amount",
            "zero_job_family",
            "self_rescue",
        }
    ),
    "assets": frozenset(
        {"dwellings", "vehicle", "business", "savings", "investments", "costly_school"}
    ),
    "members": frozenset(
        {"health", "living_together", "counted", "illness", "disability", "education", "supported"}
    ),
}
"""What the category leans on beside the lines, which it leans on wholly."""
_DERIVED = frozenset({"union_name", "application_kind"})
_DATES = frozenset(
    {"birth_date", "contract_from", "union_joined_on", "event_date", "dibao_date", "work_start"}
)
_NUMBERS = frozenset({"dwellings", "floor_area", "school_years", "school_from"})
_RESIDENT_LENGTH = 18
_LONGEST_NAME = 50
_LONGEST = 200
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"[^\d\s<>=@]+( [^\d\s<>=@]+)*")
_DOTS = str.maketrans({"•": "·", ".": "·", "‧": "·", "・": "·"})


@dataclass(frozen=True)
class Correctable:
    """One recorded value that may be put right; ``options`` where it is one of a list.

    ``group`` names its part; ``row`` the line of a list that is read as a table. ``is_basis``:
    the category leans on it.
    """

    path: str
    part: str
    label: str
    recorded: str
    options: Mapping[str, str]
    group: str = ""
    row: int | None = None
    is_basis: bool = False


@dataclass(frozen=True)
class Corrected:
    """A content with values put right; ``basis`` are those changes that the category leans on."""

    content: dict[str, object]
    changed: tuple[str, ...]
    basis: tuple[str, ...]


@dataclass(frozen=True)
class _Place:
    """Where a value stands: the group, or the row of a list."""

    part: Part
    row: int | None
    key: str
    label: str
    codes: Mapping[str, str] | None
    personal: Personal | None
    money: bool

    @property
    def path(self) -> str:
        """As forms name it."""
        row = "" if self.row is None else f"{self.row}."
        return f"{self.part.path}.{row}{self.key}"

    @property
    def is_line(self) -> bool:
        """Whether it is of a line of income or expense."""
        return self.part.path in _LINES

    @property
    def is_basis(self) -> bool:
        """Whether the category leans on it."""
        return self.is_line or self.key in _BASIS.get(self.part.path, ())


def correctable(content: Content, mask: Mask) -> list[Correctable]:
    """Everything of a file that may be put right, in the order in which it is read."""
    found = []
    for place, group, whose in _places(content):
        field = next(f for f in place.part.each if f.key == place.key)
        title = place.part.title if place.is_line else f"{place.part.title} {whose}".rstrip()
        found.append(
            Correctable(
                place.path,
                title,
                place.label,
                field.show(group, mask),
                place.codes or {},
                place.part.path,
                place.row if place.is_line else None,
                place.is_basis,
            )
        )
    return found


def corrected(content: Content, typed: Mapping[str, str], today: date) -> Corrected:
    """The content with these values in place, and the labels of what changed.

    Raises Invalid, every fault named, also when nothing would change.
    """
    faults: list[str] = []
    changed: list[str] = []
    basis: list[str] = []
    new = {name: _copied(value) for name, value in content.items()}
    for place, group, whose in _places(content):
        said = typed.get(place.path, "").strip()
        if not said:
            continue
        label = f"{whose} {place.label}" if whose else place.label
        try:
            value = _value(place, said, today)
        except Invalid as refusal:
            faults.append(f"“{label}”:{refusal.message}")
            continue
        if value != group.get(place.key):
            _put(new, place, value)
            changed.append(label)
            if place.is_basis:
                basis.append(label)
    faults += _contradictions(new)
    if not changed and not faults:
        faults.append("没有填写与记录不同的内容。")
    if faults:
        raise Invalid("".join([*faults, "没有更正,您填写的内容仍在页面上。"]))
    return Corrected(new, tuple(changed), tuple(basis))


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return [dict(mapping(one)) for one in value] if isinstance(value, list) else value


def _put(new: dict[str, object], place: _Place, value: object) -> None:
    group = new.get(place.part.path)
    target = group[place.row] if isinstance(group, list) and place.row is not None else group
    if isinstance(target, dict):
        target[place.key] = value
        target.pop(f"{place.key}_text", None)  # the words of the value that was wrong
    else:
        new[place.part.path] = {place.key: value}


def _places(content: Content) -> list[tuple[_Place, Mapping[str, object], str]]:
    found = []
    for part in PARTS:
        if part.path not in _CORRECTED:
            continue
        rows: Sequence[tuple[int | None, Mapping[str, object]]] = (
            list(enumerate(mappings(part.of(content))))
            if part.is_list
            else [(None, mapping(part.of(content)))]
        )
        for row, group in rows:
            whose = _whose(part, row, group)
            for field in part.each:
                if field.key in _DERIVED:
                    continue
                place = _Place(
                    part, row, field.key, field.label, field.codes, field.personal, field.money
                )
                found.append((place, group, whose if part.is_list else ""))
    return found


def _whose(part: Part, row: int | None, group: Mapping[str, object]) -> str:
    """Whose row it is: a person of the household, or a line by its number and month."""
    if row is not None and part.path in _LINES:
        when = text(group.get("month")) or text(group.get("period"))
        return f"{part.title}第 {row + 1} 行 {when}".rstrip()
    return f"{text(group.get('relation'))} {text(group.get('name'))}".strip()


def _value(place: _Place, said: str, today: date) -> object:
    """What was typed as it is kept. Raises Invalid with a sentence."""
    if len(said) > _LONGEST:
        raise Invalid(f"不超过 {_LONGEST} 字。")
    if place.codes is not None:
        return _code(place.codes, said, is_many=place.key == "causes_more")
    if place.key == "needs":
        return [one.strip() for one in re.split("[、,\uff0c]", said) if one.strip()]
    if place.money or place.key in _NUMBERS:
        return _amount(said)
    if place.key in _DATES:
        return _day(said, today)
    check = _CHECKS.get(place.key)
    return said if check is None else check(said, today)


def _code(codes: Mapping[str, str], said: str, *, is_many: bool) -> object:
    by_words = {words: code for code, words in codes.items()}
    given = [one.strip() for one in said.split("、")] if is_many else [said]
    found = [one if one in codes else by_words.get(one, "") for one in given]
    if not all(found):
        raise Invalid(f"“{said}”不在代码表里,请选择:{'、'.join(dict.fromkeys(codes.values()))}。")
    return found if is_many else found[0]


def _amount(said: str) -> object:
    try:
        amount = Decimal(said.replace(",", "").replace("元", "").strip())
    except InvalidOperation:
        raise Invalid(f"“{said}”不是数字。") from None
    if not amount.is_finite() or amount < 0 or amount != amount.quantize(Decimal("0.01")):
        raise Invalid("应是不小于 0、最多两位小数的数。")
    return amount


def _day(said: str, today: date) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Invalid("日期请写成 2026-11-16 的样子。") from None
    if day > today:
        raise Invalid(f"日期 {day} 还没有到。")
    return day.isoformat()


def _month(said: str, today: date) -> str:
    if _MONTH.fullmatch(said) is None:
        raise Invalid("月份请写成 2026-03 的样子。")
    if said > today.isoformat()[:7]:
        raise Invalid(f"月份 {said} 还没有到。")
    return said


def _name(said: str, _: date) -> str:
    name = said.translate(_DOTS)
    if len(name) > _LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise Invalid(f"姓名不超过 {_LONGEST_NAME} 字,不含数字和符号(“·”可以)。")
    return name


def _id_number(said: str, today: date) -> str:
    """Strict for residents' numbers; other papers have their own forms."""
    found = normalised(said)
    if len(found) == _RESIDENT_LENGTH and (problem := resident_id_problem(found, today)):
        raise Invalid(problem)
    return found


def _mobile(said: str, _: date) -> str:
    found = normalised(said)
    if problem := mobile_problem(found):
        raise Invalid(problem)
    return found


def _uscc(said: str, _: date) -> str:
    found = normalised(said)
    if problem := credit_code_problem(found):
        raise Invalid(problem)
    return found


def _account(said: str, _: date) -> str:
    found = normalised(said)
    if problem := bank_account_problem(found):
        raise Invalid(problem)
    return found


_CHECKS: Mapping[str, Callable[[str, date], str]] = {
    "name": _name,
    "person": _name,
    "month": _month,
    "id_number": _id_number,
    "mobile": _mobile,
    "employer_uscc": _uscc,
    "bank_account": _account,
    "account_holder": _name,
}


def _contradictions(new: Mapping[str, object]) -> list[str]:
    """A resident's number and the birth date beside it say one day."""
    head = mapping(new.get("head"))
    said, born = birth_date_in(text(head.get("id_number"))), text(head.get("birth_date"))
    if said and born and said != born:
        return [f"出生日期 {born} 与身份证号中的 {said} 不一致,请一并更正。"]
    return []
