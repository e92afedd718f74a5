"""Lines of a file that are added or taken away by 勘误: income, expenses, vehicles.

A line is named by the list it stands in and its place there (``income_lines.2``); one that is new
by ``new-`` and a number (``income_lines.new-0``). What is taken away stays in the version before.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from engine.errors import Invalid
from registry.correction_values import value_of
from registry.household import Content, mapping, mappings, text
from registry.sections import PARTS, Part, whole

VEHICLES = "assets.vehicles"
TABLES = ("income_lines", "expense_lines", VEHICLES)
"""Lists whose lines are nobody's own: they may come and go. People come and go by a case."""

REMOVED = "removed"
MOST_NEW = 60
_NEEDED: Mapping[str, frozenset[str]] = {
    "income_lines": frozenset({"month", "income_kind", "amount"}),
    "expense_lines": frozenset({"expense_kind", "amount"}),
    VEHICLES: frozenset({"model"}),
}
_MOST_LINES: Mapping[str, int] = {"income_lines": 200, "expense_lines": 100, VEHICLES: 10}
"""As many as the application asks for."""


@dataclass(frozen=True)
class LineColumn:
    """One value of a line; ``options`` where it is one of a list."""

    key: str
    label: str
    options: Mapping[str, str]
    is_needed: bool
    is_person: bool


@dataclass(frozen=True)
class LineTable:
    """A list whose lines may be added and taken away."""

    path: str
    title: str
    columns: tuple[LineColumn, ...]


@dataclass
class RowChanges:
    """What became of the lines: what to say of each, what was wrong, which lists are others now."""

    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


def line_tables() -> tuple[LineTable, ...]:
    """The lists in the order of the file."""
    return tuple(
        LineTable(
            part.path,
            part.title,
            tuple(
                LineColumn(
                    one.key,
                    one.label,
                    one.codes or {},
                    one.key in _NEEDED[part.path],
                    one.key == "person",
                )
                for one in part.each
            ),
        )
        for part in _parts()
    )


def new_lines(path: str, typed: Mapping[str, str]) -> list[int]:
    """The numbers of the new lines of a list that a form holds, also those that say nothing."""
    pattern = re.compile(rf"{re.escape(path)}\.new-(\d{{1,3}})\.\w+")
    found = {int(match[1]) for name in typed if (match := pattern.fullmatch(name))}
    return sorted(found)


def people_of_household(content: Content) -> tuple[str, ...]:
    """The names a line can be of."""
    people = (mapping(content.get("head")), *mappings(content.get("members")))
    return tuple(name for one in people if (name := text(one.get("name"))))


def change_rows(new: dict[str, object], typed: Mapping[str, str], today: date) -> RowChanges:
    """Add and take away the lines of a content that is being put right.

    ``new`` is changed in place; its values have been put right already.
    """
    done = RowChanges()
    people = people_of_household(new)
    for part in _parts():
        before = rows_of(new, part.path)
        stays = list(_staying(part, before, typed, done))
        added = list(_added(part, people, typed, today, done))
        if len(stays) + len(added) > _MOST_LINES[part.path]:
            done.faults.append(f"“{part.title}”最多 {_MOST_LINES[part.path]} 行,请合并后再填。")
        if added or len(stays) != len(before):
            done.touched.add(part.path)
            _set_rows(new, part.path, [*stays, *added])
    return done


def line_name(part: Part, place: int, row: Mapping[str, object]) -> str:
    """How a line is spoken of: by its number, and its month or what it is."""
    when = text(row.get("month")) or text(row.get("period")) or text(row.get("model"))
    return f"{part.title}第 {place + 1} 行 {when}".rstrip()


def rows_of(content: Content, path: str) -> Sequence[Mapping[str, object]]:
    """The lines of a list."""
    (part,) = (one for one in PARTS if one.path == path)
    return mappings(part.of(content))


def _parts() -> list[Part]:
    return [part for part in PARTS if part.path in TABLES]


def _staying(
    part: Part,
    before: Sequence[Mapping[str, object]],
    typed: Mapping[str, str],
    done: RowChanges,
) -> Iterator[Mapping[str, object]]:
    for place, row in enumerate(before):
        name = f"{part.path}.{place}"
        if typed.get(f"{name}.{REMOVED}") != "yes":
            yield row
        elif any(typed.get(f"{name}.{one.key}", "").strip() for one in part.each):
            done.faults.append(f"{line_name(part, place, row)}既要更正又要删除,请只留一样。")
        else:
            done.told.append(f"删除{line_name(part, place, row)}")


def _added(
    part: Part,
    people: Sequence[str],
    typed: Mapping[str, str],
    today: date,
    done: RowChanges,
) -> Iterator[Mapping[str, object]]:
    for number in new_lines(part.path, typed)[:MOST_NEW]:
        name = f"{part.path}.new-{number}"
        said = {one.key: typed.get(f"{name}.{one.key}", "").strip() for one in part.each}
        if not any(said.values()):
            continue
        row: dict[str, object] = {}
        whose = f"新增的{part.title}"
        for one in part.each:
            if not said[one.key]:
                if one.key in _NEEDED[part.path]:
                    done.faults.append(f"{whose}“{one.label}”没有填写。")
                continue
            try:
                row[one.key] = value_of(one, said[one.key], today)
            except Invalid as refusal:
                done.faults.append(f"{whose}“{one.label}”:{refusal.message}")
        person = text(row.get("person"))
        if person and person not in people:
            done.faults.append(f"{whose}“{person}”不是本户的人,请填 {'、'.join(people)} 之一。")
        kind = next((one.show(row, whole) for one in part.each if one.codes is not None), "")
        when = text(row.get("month")) or text(row.get("period")) or text(row.get("model"))
        done.told.append(" ".join(filter(None, (f"增加{part.title}", when, kind))))
        yield row


def _set_rows(new: dict[str, object], path: str, rows: Sequence[Mapping[str, object]]) -> None:
    *groups, name = path.split(".")
    target = new
    for group in groups:
        inner = target.get(group)
        if not isinstance(inner, dict):
            inner = target[group] = {}
        target = inner
    target[name] = [dict(row) for row in rows]
