"""A list of applications: every good row starts a case of a process and fills in its first step.

Any process can be started from a list: its columns are what its start form and the form of its
first step ask. The first step keeps what the row says as its draft; a person adds the signed
papers and submits it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import orjson

from engine import Actor, Engine, Request
from engine.errors import NotPermitted, Refused
from engine.feel import EvaluationContext
from engine.forms import CompiledForm
from engine.forms.paths import MISSING, get_at, set_at
from engine.model.organisations import Organisation
from engine.store.database import Tx
from engine.store.definitions import DefinitionRow
from engine.work import start
from engine.work.attributes import normal
from registry.imports.checking import field_problems, judged, person_of, twin_problems
from registry.incoming.batch import Batch, Keep, Row, State
from registry.incoming.layout import Layout, layout_of
from registry.incoming.rows import Problem
from registry.incoming.units import Units
from registry.store import households, imports
from registry.store.imports import OpenCase

_LATER = frozenset({"required", "minItems"})
"""What a draft may lack: the person who does the step is asked for it."""

_MAIN = "申请"


@dataclass(frozen=True)
class Applications:
    """The kind of list that starts cases of one process."""

    engine: Engine
    actor: Actor
    process: DefinitionRow
    homes: Sequence[Organisation]
    load_at_once: int = 10

    @classmethod
    def of(cls, engine: Engine, actor: Actor, key: str) -> "Applications":
        """For a process she may start; NotPermitted otherwise."""
        for row, homes in engine.definitions.startable(actor):
            if row.key == key:
                return cls(engine, actor, row, homes)
        raise NotPermitted("您不能发起这个流程。如需办理,请联系县总工会管理员。")

    @property
    def name(self) -> str:
        """The process."""
        return self.process.name

    @cached_property
    def _forms(self) -> tuple[CompiledForm | None, CompiledForm | None]:
        """Of the start, and of the first step."""
        _, program = self.engine.definitions.get(self.process.id)
        step = program.first_step()
        return program.start_form(), None if step is None else program.form_of(step)

    @cached_property
    def layout(self) -> Layout:
        """A column for whatever either form asks."""
        first, _ = self._forms
        now = () if first is None else first.fields
        return layout_of(_MAIN, [form for form in self._forms if form is not None], now)

    def units(self) -> Units:
        """Where she may start it."""
        return Units.of(self.homes)

    # Checking ------------------------------------------------------------------------------

    def check(self, rows: Sequence[Row]) -> list[Row]:
        """By both forms, the unit, the other rows, and what was begun or filed before."""
        units = self.units()
        environment = self.engine.environment
        context = environment.feel_asking(self.engine.ask, "", environment.now())
        known = self.engine.ask(lambda tx: _Known.of(tx, self, rows))
        return [self._check(row, units, known, context) for row in rows]

    def _check(self, row: Row, units: Units, known: "_Known", context: EvaluationContext) -> Row:
        before = known.begun(self.row_hash(row))
        if before is not None and not row.twins:
            once = self._said(row, f"这一行已发起过({before.number}),不再重复发起")
            return replace(
                row,
                state=State.KNOWN,
                problems=(*row.read.problems, once),
                result=before.case_id,
                result_label=before.number,
            )
        unit_id, wrong_unit = units.find(row.read.unit, self.layout, row.read.row)
        problems = [*([wrong_unit] if wrong_unit else []), *twin_problems(row, self.layout)]
        problems += self._by_forms(row, context)
        person = self.person_hash(row)
        open_case = known.open_case(person) if person else None
        if open_case is not None:
            told = (
                f"此人已有在办的申请({open_case.number}),没有重复发起"
                if open_case.number
                else "此人已有在办的申请,请县总工会核实"
            )
            problems.append(self._said(row, told, is_warning=False))
        elif person and person in known.filed:
            file_no = known.filed[person]
            told = f"此人已在档({file_no})" if file_no else "此人已在其他档案中,请县总工会核实"
            problems.append(self._said(row, told))
        return judged(replace(row, organisation_id=unit_id), self.layout, problems)

    def _by_forms(self, row: Row, context: EvaluationContext) -> list[Problem]:
        first, then = self._forms
        found: dict[tuple[str, int, str], Problem] = {}
        scope: dict[str, object] = {}
        for form, later in ((first, frozenset[str]()), (then, _LATER)):
            if form is None:
                continue
            checked = form.validate(self.answers(form, row), scope, context)
            odd = frozenset(warning.code for warning in checked.warnings)
            errors = [error for error in checked.errors if error.code not in later]
            told = field_problems(row.read, self.layout, errors)
            told += field_problems(row.read, self.layout, checked.warnings, warn=odd)
            for problem in told:
                found.setdefault((problem.sheet, problem.row, problem.place), problem)
            scope |= checked.variables
        return list(found.values())

    def _said(self, row: Row, message: str, *, is_warning: bool = True) -> Problem:
        column = self.layout.main.identity
        heading = "" if column is None else column.heading
        return Problem(self.layout.main.title, row.read.row, heading, message, is_warning)

    @staticmethod
    def answers(form: CompiledForm, row: Row) -> dict[str, object]:
        """What a row says of what a form asks."""
        told: dict[str, object] = {}
        for asked in form.fields.values():
            value = get_at(row.read.data, asked.path)
            if asked.is_asked and value is not MISSING:
                set_at(told, asked.path, value)
        return told

    # Once ----------------------------------------------------------------------------------

    @property
    def row_scope(self) -> str:
        """Rows are the same within the organisation that brings them."""
        return f"row {self.actor.organisation_id}"

    def row_hash(self, row: Row) -> str:
        """Of everything a row says but its place in the list."""
        said = orjson.dumps([row.read.unit, row.read.data], option=orjson.OPT_SORT_KEYS)
        return self.engine.environment.vault.lookup_hash(f"row {self.process.key} {said.decode()}")

    def person_hash(self, row: Row) -> str:
        """Of the person's number as the register and the cases hash it; empty without one."""
        person = person_of(row.read, self.layout)
        return self.engine.environment.vault.lookup_hash(normal(person)) if person else ""

    # Starting ------------------------------------------------------------------------------

    def load(self, rows: Sequence[Row], batch: Batch, keep: Keep) -> None:
        """Start a case a row, each its own transaction."""
        del batch  # a case's own history says who started it
        for row in rows:
            self._start(row, keep)

    def _start(self, row: Row, keep: Keep) -> None:
        first, then = self._forms
        request = Request(
            self.process.key,
            row.organisation_id,
            {} if first is None else self.answers(first, row),
            draft=None if then is None else self.answers(then, row),
        )
        try:
            self.engine.prepare_and_execute(
                lambda tx: start.prepare(
                    self.engine.environment, tx, self.actor, request, self.engine.take_numbers
                ),
                lambda tx, ready: keep(tx, [self._begin(tx, row, ready)]),
                self.actor,
                None,
            )
        except Refused as refused:
            told = self._said(row, refused.message, is_warning=False)
            bad = replace(row, state=State.BAD, problems=(*row.problems, told))
            self.engine.execute(lambda tx: keep(tx, [bad]))

    def _begin(self, tx: Tx, row: Row, ready: start.PreparedStart) -> Row:
        """Inside one transaction with the marks: of two at once one finds the other's case."""
        row_hash, person = self.row_hash(row), self.person_hash(row)
        kind, now = self.process.key, self.engine.environment.now()
        before = imports.case_of_mark(tx, self.actor, kind, self.row_scope, row_hash)
        if before is None and person:
            before = imports.open_cases(tx, self.actor, kind, [person]).get(person)
        if before is not None:
            return _with_case(row, State.KNOWN, before.case_id, before.number)
        made = start.begin(self.engine.environment, tx, self.actor, ready)
        imports.mark(tx, kind, self.row_scope, row_hash, made.case_id, now)
        if person:
            imports.mark(tx, kind, imports.PERSON, person, made.case_id, now)
        return _with_case(row, State.DONE, made.case_id, made.case.number)


def _with_case(row: Row, state: State, case_id: str, number: str) -> Row:
    return replace(row, state=state, result=case_id, result_label=number)


@dataclass(frozen=True)
class _Known:
    """What there is already of the rows and their people."""

    rows: Mapping[str, OpenCase]
    people: Mapping[str, OpenCase]
    filed: Mapping[str, str]

    @classmethod
    def of(cls, tx: Tx, kind: Applications, rows: Sequence[Row]) -> "_Known":
        """Asked for all rows at once."""
        hashes = [kind.row_hash(row) for row in rows]
        people = sorted({person for row in rows if (person := kind.person_hash(row))})
        filed = {
            head: file.file_no
            if households.visible_file(tx, kind.actor, file.file_no) is not None
            else ""
            for head, file in households.of_heads(tx, people).items()
        }
        return cls(
            imports.cases_of_marks(tx, kind.actor, kind.process.key, kind.row_scope, hashes),
            imports.open_cases(tx, kind.actor, kind.process.key, people),
            filed,
        )

    def begun(self, row_hash: str) -> OpenCase | None:
        """The case that was started for just this row."""
        return self.rows.get(row_hash)

    def open_case(self, person: str) -> OpenCase | None:
        """A case of the person that is not over."""
        return self.people.get(person)
