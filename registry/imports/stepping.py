"""A list of open steps: what came back from another office is entered in one go, each by itself.

Which steps can be done from a list, and what such a list says of each case, is written in the
process (the property ``sheet`` of a user task). The workbook goes out with the cases that wait
for this person and comes back with the answers; or another system's export is brought, found by
its headings. Every step is completed as on its own page: same rights, same form, same trace.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from engine import Actor, Engine
from engine.errors import NotFound, Refused
from engine.forms import CompiledForm
from engine.forms.components import TextFormat
from engine.forms.conditions import compile_condition
from engine.forms.formats import normalise
from engine.model.definitions import Element
from engine.model.once import Once, Replayed
from engine.model.tasks import InboxFilter, TaskLine
from engine.work.attributes import normal
from engine.work.complete import Completed
from engine.work.view import TaskView
from registry.imports.checking import field_problems, judged
from registry.incoming.batch import Batch, Keep, Row, State
from registry.incoming.layout import Layout, listing_of
from registry.incoming.rows import Problem
from registry.incoming.units import Units
from registry.store import imports
from registry.store.imports import OpenCase

NUMBER = "办件编号"
PREFIX = "step:"
"""Kinds of this sort are named ``step:<process>:<element>``."""

_MAIN = "名单"
_DIGIT = re.compile(r"\d")
_MOST = 20_000
_PAGE = 200


@dataclass(frozen=True)
class Waiting:
    """An open step: the case it is of, what a list says of it, and more in further sheets."""

    view: TaskView
    number: str
    shown: Mapping[str, str]
    below: Mapping[str, Sequence[Mapping[str, str]]]


@dataclass(frozen=True)
class Steps:
    """The kind of list that completes open steps."""

    engine: Engine
    actor: Actor
    process_key: str
    element: Element
    load_at_once: int = 10

    @classmethod
    def of(cls, engine: Engine, actor: Actor, kind: str) -> "Steps":
        """For a step that can be done from a list; NotFound for any other."""
        process_key, _, element_id = kind.removeprefix(PREFIX).partition(":")
        element = engine.definitions.done_from_lists().get((process_key, element_id))
        if element is None:
            raise NotFound("没有找到可以按名单登记的环节。请返回“批量导入”重新选择。")
        return cls(engine, actor, process_key, element)

    @property
    def name(self) -> str:
        """The step."""
        return self.element.name

    @property
    def waiting(self) -> Sequence[Waiting]:
        """The steps that wait for this person, longest overdue first, each opened."""
        return [self._opened(line) for line in self._lines]

    @cached_property
    def _lines(self) -> Sequence[TaskLine]:
        return open_lines(self.engine, self.actor, [self.key])

    @cached_property
    def _numbered(self) -> Mapping[str, TaskLine]:
        return {line.case_number: line for line in self._lines}

    @cached_property
    def _kept(self) -> dict[str, Waiting]:
        return {}

    @cached_property
    def _showing(self) -> Mapping[tuple[str, str], Sequence[Waiting]]:
        """The steps by what a list shows of them: the name of a column and what stands there."""
        found: dict[tuple[str, str], list[Waiting]] = {}
        for one in self.waiting:
            for name, told in one.shown.items():
                found.setdefault((name, _plain(told)), []).append(one)
        return found

    def _opened(self, line: TaskLine) -> Waiting:
        """A step with what is known of its case. Opening one takes a while, so each once."""
        if line.id not in self._kept:
            self._kept[line.id] = self._waiting(line)
        return self._kept[line.id]

    @property
    def key(self) -> tuple[str, str]:
        """Process and element."""
        return self.process_key, self.element.id

    def _waiting(self, line: TaskLine) -> Waiting:
        view = self.engine.tasks.view(self.actor, line.id)
        told = self._told(view.element, view.scope, view)
        return Waiting(
            view,
            line.case_number,
            {name: _text(value) for name, value in told.items() if not _is_table(value)},
            {
                name: [{k: _text(v) for k, v in one.items()} for one in value]
                for name, value in told.items()
                if isinstance(value, list) and _is_table(value)
            },
        )

    def _told(
        self, element: Element, scope: Mapping[str, object], view: TaskView | None = None
    ) -> Mapping[str, object]:
        """What the process says a list shows of a case."""
        environment = self.engine.environment
        context = (
            environment.feel_asking(self.engine.ask, "", environment.now())
            if view is None
            else view.context
        )
        value = compile_condition(element.sheet).value(scope, context)
        return value if isinstance(value, Mapping) else {}

    @cached_property
    def layout(self) -> Layout:
        """Whose step it is, and what its form asks."""
        if self._lines:
            first = self._opened(self._lines[0])
            return listing_of(_MAIN, NUMBER, first.shown, self._form_of(first.view))
        nothing: Mapping[str, object] = {}
        told = [name for name, value in self._told(self.element, nothing).items() if not value]
        return listing_of(_MAIN, NUMBER, told, self._newest_form())

    def _newest_form(self) -> CompiledForm:
        for row in self.engine.definitions.latest():
            _, program = self.engine.definitions.get(row.id)
            if self.process_key in program.processes:
                form = program.form_of(program.element(self.process_key, self.element.id))
                if form is not None:
                    return form
        raise NotFound("这个环节没有表单,不能按名单登记。")

    @staticmethod
    def _form_of(view: TaskView) -> CompiledForm:
        if view.form is None:
            raise NotFound("这个环节没有表单,不能按名单登记。")
        return view.form

    def units(self) -> Units:
        """A list of steps names no unit: the cases have theirs."""
        return Units({}, {})

    # Checking ------------------------------------------------------------------------------

    def check(self, rows: Sequence[Row]) -> list[Row]:
        """Each row finds its one open step, and its answers keep the form's rules."""
        numbers = [row.read.key for row in rows if row.read.key]
        people = [hashed for row in rows if not row.read.key for hashed in self._hashes(row)]
        done = self.engine.ask(
            lambda tx: imports.steps_done(tx, self.actor, self.key, numbers, people)
        )
        checked = [self._check(row, done) for row in rows]
        rows_of: dict[object, list[int]] = {}
        for row in checked:
            if row.state is State.GOOD:
                rows_of.setdefault(row.checked["task"], []).append(row.read.row)
        return [self._alone(row, rows_of) for row in checked]

    def _alone(self, row: Row, rows_of: Mapping[object, Sequence[int]]) -> Row:
        """A row, bad where another is about the same step."""
        twins = [n for n in rows_of.get(row.checked.get("task"), ()) if n != row.read.row]
        if row.state is not State.GOOD or not twins:
            return row
        told = self._said(row, f"与第 {twins[0]} 行是同一件,只能有一行,请核对")
        return replace(row, state=State.BAD, problems=(*row.problems, told))

    def _hashes(self, row: Row) -> list[str]:
        """What a row shows of people, as numbers of people are looked up."""
        lookup = self.engine.environment.vault.lookup_hash
        return [lookup(normal(told)) for told in row.read.shown.values() if told]

    def _check(self, row: Row, done: Mapping[str, OpenCase]) -> Row:
        found = self._find(row)
        labelled = replace(row, label=next((v for v in row.read.shown.values() if v), row.label))
        if isinstance(found, str):
            keys = [row.read.key] if row.read.key else self._hashes(row)
            before = next((done[key] for key in keys if key in done), None)
            if before is not None:
                told = self._said(row, f"这一件的“{self.name}”已经办结,不再登记", is_warning=True)
                return replace(
                    labelled,
                    state=State.KNOWN,
                    problems=(*row.read.problems, told),
                    result=before.case_id,
                    result_label=before.number,
                )
            return judged(labelled, self.layout, [self._said(row, found)])
        view = found.view
        checked = self._form_of(view).validate(row.read.data, view.scope, view.context)
        odd = frozenset(warning.code for warning in checked.warnings)
        problems = [
            *field_problems(row.read, self.layout, checked.errors),
            *field_problems(row.read, self.layout, checked.warnings, warn=odd),
        ]
        placed = {problem.place for problem in problems}
        said = {problem.place for problem in row.read.problems}
        problems += [
            self._said(row, f"{error.message.rstrip('。')},请在这一件里单独办理")
            for error in checked.errors
            if error.pointer not in placed | said
        ]
        ready = replace(
            labelled,
            label=next((v for v in found.shown.values() if v), ""),
            result=view.case.id,
            result_label=found.number,
            checked={"task": view.task.id, "data": row.read.data},
        )
        return judged(ready, self.layout, problems)

    def _find(self, row: Row) -> Waiting | str:
        """The open step of a row; in words why there is none."""
        number, shown = row.read.key, row.read.shown
        if number:
            line = self._numbered.get(number)
            if line is None:
                return f"没有等待您办理“{self.name}”的办件 {number}"
            found = self._opened(line)
            for name, told in shown.items():
                if told and not _agrees(found, name, told):
                    return f"{name}“{told}”与办件 {number} 的不一致,请核对是不是同一件"
            return found
        for name, told in shown.items():
            if not _DIGIT.search(told):
                continue  # two people may have one name, never one number
            same = self._showing.get((name, _plain(told)), ())
            if len(same) == 1 and all(
                not other or _agrees(same[0], key, other) for key, other in shown.items()
            ):
                return same[0]
        return f"按{'、'.join(shown)}没有找到唯一一件等待“{self.name}”的办件"

    def _said(self, row: Row, message: str, *, is_warning: bool = False) -> Problem:
        return Problem(self.layout.main.title, row.read.row, NUMBER, message, is_warning)

    # Doing ---------------------------------------------------------------------------------

    def load(self, rows: Sequence[Row], batch: Batch, keep: Keep) -> None:
        """Complete each step by itself; one that cannot be says why."""
        done = [self._complete(row, batch) for row in rows]
        self.engine.execute(lambda tx: keep(tx, done))

    def _complete(self, row: Row, batch: Batch) -> Row:
        """Remembered under the row, so that after a crash it is known to be this list's doing."""
        data = row.checked.get("data")
        once: Once[Completed] = Once(
            f"{batch.id}/{row.number}", "import-step", batch.id, lambda _: b"done"
        )
        try:
            self.engine.tasks.complete(
                self.actor,
                str(row.checked["task"]),
                data if isinstance(data, Mapping) else {},
                once=once,
            )
        except Replayed:
            return replace(row, state=State.DONE)
        except Refused as refused:
            told = self._said(row, refused.message)
            return replace(row, state=State.BAD, problems=(*row.problems, told))
        return replace(row, state=State.DONE)


def open_lines(engine: Engine, actor: Actor, keys: Collection[tuple[str, str]]) -> list[TaskLine]:
    """The open steps of these kinds that this person may do."""
    found: list[TaskLine] = []
    cursor, seen = "", 0
    while keys and seen < _MOST:
        page = engine.tasks.inbox(actor, InboxFilter(cursor=cursor, limit=_PAGE))
        seen += len(page.lines)
        found += [line for line in page.lines if (line.process_key, line.element_id) in keys]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    return found


def _agrees(one: Waiting, name: str, told: str) -> bool:
    return _plain(one.shown.get(name, "")) == _plain(told)


def _is_table(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) for one in value)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(_text(one) for one in value)
    return str(value)


def _plain(told: str) -> str:
    """As numbers and names are compared: width, blanks and dots apart."""
    return normalise(TextFormat.NAME, normalise(TextFormat.IDENTITY_DOCUMENT, told))
