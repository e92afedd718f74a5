"""勘误: put a recorded error right without a case. Both values stay: each version is kept whole.

What was *decided* (category, level, figures behind it) is no error of recording: it is decided
again by who approves (:mod:`registry.deciding`). A recorded value that the decision leaned on may
be put right; lines of income, expenses and vehicles may also be added and taken away
(:mod:`registry.correction_rows`). The file then says that the decision must be looked at again.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date

from engine.errors import Invalid
from engine.forms.components import Personal
from registry.correction_rows import TABLES, VEHICLES, RowChanges, change_rows, line_name, rows_of
from registry.correction_values import value_of
from registry.household import Content, mapping, mappings, text
from registry.people import birth_date_in
from registry.sections import PARTS, Mask, Part
from registry.vocabulary import HAVE

_LINES = ("income_lines", "expense_lines")
_CORRECTED = ("head", "hardship", "assets", "members", *TABLES)
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
    VEHICLES: frozenset({"used_for", "worth"}),
}
"""What the category leans on beside the lines, which it leans on wholly."""
_VERIFIED = ("verified_amount", "verified_by", "stated_amount")
"""What a line says of an amount that somebody verified; it says nothing of another amount."""
_DERIVED = frozenset({"union_name", "application_kind"})


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
    def is_in_table(self) -> bool:
        """Whether it is of a line, and not of a person."""
        return self.part.path in TABLES

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
        title = place.part.title if place.is_in_table else f"{place.part.title} {whose}".rstrip()
        found.append(
            Correctable(
                place.path,
                title,
                place.label,
                field.show(group, mask),
                place.codes or {},
                place.part.path,
                place.row if place.is_in_table else None,
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
    new = deepcopy(dict(content))
    for place, group, whose in _places(content):
        said = typed.get(place.path, "").strip()
        if not said:
            continue
        label = f"{whose} {place.label}" if whose else place.label
        try:
            value = value_of(place, said, today)
        except Invalid as refusal:
            faults.append(f"“{label}”:{refusal.message}")
            continue
        if value != group.get(place.key):
            _put(new, place, value)
            changed.append(label)
            if place.is_basis:
                basis.append(label)
    rows = change_rows(new, typed, today)
    for told in (*rows.told, *_vehicle_told(new, typed, rows)):
        changed.append(told)
        basis.append(told)
    faults += [*rows.faults, *_contradictions(new, typed)]
    if not changed and not faults:
        faults.append("没有填写与记录不同的内容。")
    if faults:
        raise Invalid("".join([*faults, "没有更正,您填写的内容仍在页面上。"]))
    return Corrected(new, tuple(changed), tuple(basis))


def _put(new: dict[str, object], place: _Place, value: object) -> None:
    group = place.part.of(new)
    target = group[place.row] if isinstance(group, list) and place.row is not None else group
    if not isinstance(target, dict):
        new[place.part.path] = {place.key: value}
        return
    target[place.key] = value
    target.pop(f"{place.key}_text", None)  # the words of the value that was wrong
    if place.is_line and place.key == "amount":
        for name in _VERIFIED:
            target.pop(name, None)


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
    if row is not None and part.path in TABLES:
        return line_name(part, row, group)
    return f"{text(group.get('relation'))} {text(group.get('name'))}".strip()


def _vehicle_told(new: dict[str, object], typed: Mapping[str, str], rows: RowChanges) -> list[str]:
    """Whether there is a vehicle follows from the lines that came and went, unless it was said."""
    assets = new.get("assets")
    is_said = bool(typed.get("assets.vehicle", "").strip())
    if VEHICLES not in rows.touched or is_said or not isinstance(assets, dict):
        return []
    has = "yes" if rows_of(new, VEHICLES) else "no"
    if assets.get("vehicle") == has:
        return []
    assets["vehicle"] = has
    return [f"有无机动车改为{HAVE[has]}"]


def _contradictions(new: Mapping[str, object], typed: Mapping[str, str]) -> list[str]:
    """A number and the birth date beside it say one day; who has no vehicle has none listed."""
    found = []
    head, assets = mapping(new.get("head")), mapping(new.get("assets"))
    said, born = birth_date_in(text(head.get("id_number"))), text(head.get("birth_date"))
    if said and born and said != born:
        found.append(f"出生日期 {born} 与身份证号中的 {said} 不一致,请一并更正。")
    if typed.get("assets.vehicle", "").strip() and assets.get("vehicle") == "no":
        listed = len(rows_of(new, VEHICLES))
        if listed:
            found.append(f"机动车明细里还有 {listed} 辆,更正为“无”请一并删除。")
    return found
