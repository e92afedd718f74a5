"""A list of existing files: every good row becomes a file in the register, without a case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from engine import Actor, Engine
from engine.feel import EvaluationContext
from engine.forms import CompiledForm, compile_form
from engine.forms.paths import get_at
from engine.store import directory
from engine.store.database import Tx
from registry.imports.checking import (
    field_problems,
    items_of,
    judged,
    person_of,
    twin_problems,
)
from registry.incoming.batch import Batch, Keep, Row, State
from registry.incoming.layout import Layout, layout_of
from registry.incoming.rows import Problem
from registry.incoming.units import Units
from registry.loading import (
    BATCH,
    ExistingHousehold,
    Fate,
    Loaded,
    counted_on_file,
    load_files,
    loadable_units,
    on_file,
)

_FORM = Path(__file__).parent / "existing_household.form"
_OWN_DATES = ("archived_on", "changed_on", "earlier")
ELSEWHERE = "户主已在其他档案中,请县总工会核实"


@cache
def household_form() -> CompiledForm:
    """What is asked of an existing file: less than of a new one, because old files have less."""
    form = compile_form(_FORM.read_bytes(), _FORM.name)
    if form.has_errors:
        msg = f"{_FORM.name}: {form.findings[0].message}"
        raise ValueError(msg)
    return form


@cache
def household_layout() -> Layout:
    """The sheets 户主, 家庭成员 and 收入."""
    return layout_of("户主", [household_form()])


@dataclass(frozen=True)
class _OnFile:
    """Who of a list heads a file, and who is counted in one, by number."""

    heads: Mapping[str, Loaded]
    counted: Mapping[str, Loaded]


@dataclass(frozen=True)
class ExistingFiles:
    """The kind of list that is loaded into the register."""

    engine: Engine
    actor: Actor
    name: str = "已有困难职工档案"
    load_at_once: int = BATCH

    @property
    def layout(self) -> Layout:
        """Its sheets."""
        return household_layout()

    def units(self) -> Units:
        """The unions of her area of loading."""
        today = self.engine.environment.today()

        def ask(tx: Tx) -> Units:
            allowed = loadable_units(tx, self.actor)
            return Units.of(
                one
                for one in directory.organisations(tx, today).values()
                if allowed is None or one.id in allowed
            )

        return self.engine.ask(ask)

    def check(self, rows: Sequence[Row]) -> list[Row]:
        """By the form, the unit, the other rows, and the register."""
        units = self.units()
        environment = self.engine.environment
        heads = {person for row in rows if (person := person_of(row.read, self.layout))}
        everybody = heads | {
            item.number for row in rows for item in items_of(row.read, self.layout)
        }
        known = self.engine.ask(
            lambda tx: _OnFile(
                on_file(environment, tx, self.actor, heads),
                counted_on_file(environment, tx, self.actor, everybody),
            )
        )
        context = environment.feel_asking(self.engine.ask, "", environment.now())
        return [self._check(row, units, known, context) for row in rows]

    def _check(self, row: Row, units: Units, known: "_OnFile", context: EvaluationContext) -> Row:
        layout, read = self.layout, row.read
        unit_id, wrong_unit = units.find(read.unit, layout, read.row)
        checked = household_form().validate(read.data, {}, context)
        problems = [*([wrong_unit] if wrong_unit else []), *twin_problems(row, layout)]
        problems += field_problems(read, layout, checked.errors)
        problems += field_problems(
            read, layout, checked.warnings, warn=frozenset(w.code for w in checked.warnings)
        )
        problems += self._late(row, context)
        loaded = known.heads.get(person_of(read, layout))
        if loaded is not None and loaded.fate is Fate.ON_FILE and not row.twins:
            return replace(
                row,
                state=State.KNOWN,
                organisation_id=unit_id,
                problems=(*read.problems, self._said(row, f"已在档({loaded.file_no}),不再导入")),
                result=loaded.file_no,
                result_label=loaded.file_no,
            )
        if loaded is not None and loaded.fate is Fate.ELSEWHERE:
            problems.append(self._said(row, ELSEWHERE, is_warning=False))
        if loaded is None:
            problems += self._counted_elsewhere(row, known.counted)
        sound = replace(row, organisation_id=unit_id, checked=checked.data)
        return judged(sound, layout, problems)

    def _counted_elsewhere(self, row: Row, counted: Mapping[str, Loaded]) -> list[Problem]:
        """Head or members who are counted in another household's file."""
        found: list[Problem] = []
        head = counted.get(person_of(row.read, self.layout))
        if head is not None:
            told = f"户主已计入档案 {head.file_no} 的家庭人口,请核实" if head.file_no else ELSEWHERE
            found.append(self._said(row, told, is_warning=False))
        for item in items_of(row.read, self.layout):
            other = counted.get(item.number)
            if other is None or item.data.get("counted") != "yes":
                continue
            told = (
                f"该成员已计入档案 {other.file_no},同一人只能计入一户,请核实"
                if other.file_no
                else "该成员已在其他档案中,请县总工会核实"
            )
            found.append(Problem(item.sheet, item.row, item.column, told))
        return found

    def _late(self, row: Row, context: EvaluationContext) -> list[Problem]:
        """Days that are still to come."""
        today = context.now.astimezone(context.zone).date().isoformat()
        found: list[Problem] = []
        for key in ("archived_on", "changed_on"):
            told = get_at(row.read.data, (key,))
            if isinstance(told, str) and len(told) == len(today) and told > today:
                heading = self.layout.main.heading_of((key,))
                found.append(
                    Problem(self.layout.main.title, row.read.row, heading, f"{heading}在今天以后")
                )
        return found

    def _said(self, row: Row, message: str, *, is_warning: bool = True) -> Problem:
        column = self.layout.main.identity
        heading = "" if column is None else column.heading
        return Problem(self.layout.main.title, row.read.row, heading, message, is_warning)

    def load(self, rows: Sequence[Row], batch: Batch, keep: Keep) -> None:
        """Into the register, one transaction; who got a file meanwhile is not touched."""

        def execute(load: Callable[[Tx], list[Loaded]]) -> list[Loaded]:
            def load_and_keep(tx: Tx) -> list[Loaded]:
                fates = load(tx)
                # As many as are loaded at once: a batch of a list is one of load_files.
                keep(tx, [self._after(*one) for one in zip(rows, fates, strict=True)])
                return fates

            return self.engine.execute(load_and_keep)

        found = [self._household(row) for row in rows]
        load_files(self.engine.environment, execute, self.actor, found, batch.file_name)

    def _household(self, row: Row) -> ExistingHousehold:
        data = row.checked
        changed = data.get("changed_on")
        earlier = data.get("earlier")
        labels = {column.path: column.heading for column in self.layout.main.columns}
        return ExistingHousehold(
            organisation_id=row.organisation_id,
            content={key: value for key, value in data.items() if key not in _OWN_DATES},
            archived_on=date.fromisoformat(str(data["archived_on"])),
            changed_on=date.fromisoformat(str(changed)) if changed else None,
            earlier={labels["earlier", key]: str(value) for key, value in earlier.items()}
            if isinstance(earlier, Mapping)
            else None,
            row=row.read.row,
        )

    def _after(self, row: Row, loaded: Loaded) -> Row:
        done = replace(row, result=loaded.file_no, result_label=loaded.file_no)
        if loaded.fate is Fate.LOADED:
            return replace(done, state=State.DONE)
        if loaded.fate is Fate.ON_FILE:
            told = self._said(row, f"已在档({loaded.file_no}),不再导入")
            return replace(done, state=State.KNOWN, problems=(*row.problems, told))
        told = self._said(row, ELSEWHERE, is_warning=False)
        return replace(done, state=State.BAD, problems=(*row.problems, told))
