"""What of a form is shown, and what it computes, for given answers.

Conditions read the answers and the case's variables; answers of hidden fields count as not given.
A condition may depend on a field that another condition hides, so the outcome is looked for in
rounds until it no longer changes.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from engine.feel import EvaluationContext, Facts
from engine.forms.components import Component, Field, FieldKind, Group
from engine.forms.paths import MISSING, get_at, set_at
from engine.forms.rows import is_blank

_MOST_ROUNDS = 6

Answers = dict[str, object]


@dataclass(frozen=True)
class Settled:
    """The answers that count, with the computed ones, and the names of what is shown.

    ``facts`` are what expressions read: the case's variables and the answers.
    """

    data: Answers
    visible: frozenset[str]
    facts: Facts = field(default_factory=lambda: Facts({}))


def name_of(component: Component) -> str:
    """How the visible set names a component: fields by key, others by ``#`` and their id."""
    return component.key if isinstance(component, Field) else f"#{component.id}"


def cell_name(asked: Field, row: int, column: Field) -> str:
    """How the visible set names a cell of a list; rows count from nought."""
    return f"{asked.key}.{row}.{column.key}"


def settle(
    components: Sequence[Component],
    data: Mapping[str, object],
    scope: Mapping[str, object],
    context: EvaluationContext,
) -> Settled:
    """Find what is shown and computed; ``data`` has values of the right types only."""
    shown: frozenset[str] | None = None
    settled = Settled({}, frozenset())
    fields = _all_fields(components)
    for _ in range(_MOST_ROUNDS):
        kept = _Round(fields, scope, context, shown)
        kept.take(components, data)
        settled = Settled(kept.data, frozenset(kept.visible), kept.facts)
        if settled.visible == shown or (shown is None and kept.hides_no_answer):
            break
        shown = settled.visible
    return settled


class _Round:
    """One pass over the form, with what the pass before found to be shown."""

    def __init__(
        self,
        fields: Sequence[Field],
        scope: Mapping[str, object],
        context: EvaluationContext,
        shown: frozenset[str] | None,
    ) -> None:
        self.fields = fields
        self.scope = scope
        self.context = context
        self.shown = shown
        self.data: Answers = {}
        self.visible: set[str] = set()
        self.facts = Facts({})
        self.answered: set[str] = set()

    @property
    def hides_no_answer(self) -> bool:
        """Whether another pass would begin with the same answers, and so find the same."""
        return self.answered <= self.visible

    def take(self, components: Sequence[Component], data: Mapping[str, object]) -> None:
        """Go through the form."""
        self.data = self._believed(data)
        self._learn()
        self._compute()
        self._look(components, hidden=False)
        self._drop()

    def _believed(self, data: Mapping[str, object]) -> Answers:
        """The answers of the fields that the round before showed; in the first round all."""
        believed: Answers = {}
        for asked in self.fields:
            value = get_at(data, asked.path)
            if value is not MISSING and (self.shown is None or asked.key in self.shown):
                set_at(believed, asked.path, deepcopy(value))
                self.answered.add(asked.key)
        return believed

    def _learn(self) -> None:
        """What expressions read: the case's variables and the answers.

        Lists are without empty rows, and empty where nothing was filled in.
        """
        answers = self.data
        for asked in self.fields:
            if asked.kind is not FieldKind.LIST:
                continue
            rows = _rows(self.data, asked)
            filled = [row for row in rows if not is_blank(asked, row)]
            if not rows or len(filled) < len(rows):
                answers = answers if answers is not self.data else deepcopy(answers)
                set_at(answers, asked.path, filled)
        self.facts = Facts(self.scope)
        self.facts.update(answers)

    def _compute(self) -> None:
        for asked in self.fields:
            if asked.kind is FieldKind.LIST:
                if self._compute_rows(asked):
                    self._learn()
            elif asked.expression is not None:
                value = asked.expression.value(self.facts, self.context)
                set_at(self.data, asked.path, value)
                if len(asked.path) == 1:  # nothing else of what is known has changed
                    self.facts[asked.key] = value
                else:
                    self._learn()

    def _compute_rows(self, asked: Field) -> bool:
        """Fill the computed columns; whether there were any."""
        columns = [column for column in asked.row_fields if column.expression is not None]
        rows = _rows(self.data, asked) if columns else ()
        for row in rows:
            for column in columns:
                if column.expression is not None:
                    value = column.expression.value({**self.facts, **row}, self.context)
                    set_at(row, column.path, value)
        return bool(rows)

    def _look(self, components: Sequence[Component], *, hidden: bool) -> None:
        for component in components:
            gone = hidden or (
                component.hide_if is not None and component.hide_if.holds(self.facts, self.context)
            )
            if not gone:
                self.visible.add(name_of(component))
            if isinstance(component, Group):
                self._look(component.components, hidden=gone)
            elif isinstance(component, Field) and component.kind is FieldKind.LIST and not gone:
                self._look_at_cells(component)

    def _look_at_cells(self, asked: Field) -> None:
        for number, row in enumerate(_rows(self.data, asked)):
            for column in asked.row_fields:
                if column.hide_if is None or not column.hide_if.holds(
                    self.facts.with_row(row), self.context
                ):
                    self.visible.add(cell_name(asked, number, column))

    def _drop(self) -> None:
        """Keep the answers of what is shown only."""
        kept: Answers = {}
        for asked in self.fields:
            value = get_at(self.data, asked.path)
            if value is MISSING or asked.key not in self.visible:
                continue
            if asked.kind is FieldKind.LIST:
                value = [
                    self._kept_cells(asked, number, row)
                    for number, row in enumerate(_rows(self.data, asked))
                ]
            set_at(kept, asked.path, value)
        self.data = kept

    def _kept_cells(self, asked: Field, number: int, row: Mapping[str, object]) -> Answers:
        kept: Answers = {}
        for column in asked.row_fields:
            value = get_at(row, column.path)
            if value is not MISSING and cell_name(asked, number, column) in self.visible:
                set_at(kept, column.path, value)
        return kept


def _all_fields(components: Sequence[Component]) -> list[Field]:
    found: list[Field] = []
    for component in components:
        if isinstance(component, Field):
            found.append(component)
        elif isinstance(component, Group):
            found.extend(_all_fields(component.components))
    return found


def _rows(data: Mapping[str, object], asked: Field) -> list[Answers]:
    value = get_at(data, asked.path)
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
