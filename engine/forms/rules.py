"""What must hold between answers: our properties ``rule`` and ``doubt``.

A rule is looked at where its field is shown; one of a column in each row that says something. Only
false breaks it: what cannot be known yet, because something is not filled in, breaks nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.feel import EvaluationContext
from engine.forms.components import Field, FieldKind, Rule
from engine.forms.paths import get_at
from engine.forms.rows import is_blank
from engine.forms.visibility import Settled, cell_name


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold, and where."""

    steps: tuple[str | int, ...]
    asked: Field
    rule: Rule
    message: str


def broken_rules(
    fields: Sequence[Field], settled: Settled, context: EvaluationContext
) -> Iterator[Broken]:
    """The rules that the answers break, in form order."""
    for asked in fields:
        if asked.key not in settled.visible:
            continue
        yield from _broken(asked, asked.path, settled.facts, context)
        if asked.kind is FieldKind.LIST and any(column.rules for column in asked.row_fields):
            yield from _broken_in_rows(asked, settled, context)


def _broken_in_rows(asked: Field, settled: Settled, context: EvaluationContext) -> Iterator[Broken]:
    rows = get_at(settled.data, asked.path)
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if not isinstance(row, Mapping) or is_blank(asked, row):
            continue
        cells = {**dict.fromkeys(c.name for c in asked.row_fields), **row}
        facts = settled.facts.with_row(cells)
        for column in asked.row_fields:
            if cell_name(asked, number, column) in settled.visible:
                steps: tuple[str | int, ...] = (*asked.path, number, *column.path)
                yield from _broken(column, steps, facts, context)


def _broken(
    asked: Field,
    steps: tuple[str | int, ...],
    facts: Mapping[str, object],
    context: EvaluationContext,
) -> Iterator[Broken]:
    for rule in asked.rules:
        if rule.condition.value(facts, context) is False:
            yield Broken(steps, asked, rule, rule.message_for(facts, context))
