"""Whether answers keep the form's rules; the sentences for the people who fill it in.

The order: types, then what is required of what is shown, then the schema (limits, patterns,
choices), then the formats with check digits. One error a field: the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import jsonschema_rs

from engine.errors import FieldError
from engine.feel import EvaluationContext
from engine.forms.answers import Answered, Misfit, read_answers
from engine.forms.carrying import with_carried
from engine.forms.codes import expired, text_keys, with_texts
from engine.forms.components import Component, Field, FieldKind, fields_of
from engine.forms.derived import with_derived
from engine.forms.formats import format_problem, format_warnings
from engine.forms.messages import message_for
from engine.forms.paths import MISSING, get_at, pointer, set_at
from engine.forms.patterns import pattern_options
from engine.forms.returning import only_of_chosen_step
from engine.forms.rows import is_blank, signed_rows
from engine.forms.rules import Broken, broken_rules
from engine.forms.schema import Schema
from engine.forms.values import as_decimal, decimal_places, fits_json, is_empty
from engine.forms.visibility import Answers, Settled, cell_name, settle

_MOST_ERRORS = 300

_KINDS = jsonschema_rs.ValidationErrorKind
_CODES: tuple[tuple[type[jsonschema_rs.ValidationErrorKind], str], ...] = (
    (_KINDS.Required, "required"),
    (_KINDS.Minimum, "min"),
    (_KINDS.Maximum, "max"),
    (_KINDS.MinLength, "minLength"),
    (_KINDS.MaxLength, "maxLength"),
    (_KINDS.Pattern, "pattern"),
    (_KINDS.Enum, "enum"),
    (_KINDS.MinItems, "minItems"),
    (_KINDS.MaxItems, "maxItems"),
    (_KINDS.AdditionalProperties, "unknown"),
)


@dataclass(frozen=True)
class Validation:
    """What became of the answers.

    ``data`` has the answers that count: hidden ones dropped, computed ones filled in, types
    normalised. It may be stored only where there are no ``errors``; both lists are in form order.
    ``warnings`` do not stop anybody. ``unanswered`` names the fields at the top of the data that
    have no value now.
    """

    data: dict[str, object]
    errors: tuple[FieldError, ...] = ()
    warnings: tuple[FieldError, ...] = ()
    unanswered: tuple[str, ...] = ()
    told: Mapping[str, object] = field(default_factory=dict)
    """``data`` with the texts of codes beside them, and with what others added to the same rows."""

    @property
    def ok(self) -> bool:
        """Whether the form can be submitted."""
        return not self.errors

    @property
    def variables(self) -> dict[str, object]:
        """The answers for the case's variables: what was emptied or hidden is null.

        Without it, an answer given before a return would outlive its removal. Codes have their
        texts beside them; a row that says what it said keeps what other steps wrote beside it.
        """
        return {**dict.fromkeys(self.unanswered), **self.told}


@dataclass(frozen=True)
class Rules:
    """The rules of one form, made once."""

    components: tuple[Component, ...]
    schema: Schema = field(repr=False)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields in the order of the form."""
        return tuple(fields_of(self.components))

    @cached_property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """The schema, compiled; patterns take time linear in the text."""
        return jsonschema_rs.Draft202012Validator(
            self.schema, validate_formats=False, pattern_options=pattern_options()
        )

    def check(
        self,
        data: object,
        scope: Mapping[str, object],
        context: EvaluationContext,
        by: str = "",
    ) -> Validation:
        """Check the answers; never raises, whatever they are."""
        if not isinstance(data, Mapping):
            return Validation({}, (FieldError("", "type", "提交的内容须是一个对象。"),))
        answered = read_answers(self.fields, data, scope)
        today = context.now.astimezone(context.zone).date()
        known = with_derived(self.fields, answered.data, today)
        settled = settle(self.components, known, scope, context)
        settled = replace(settled, data=only_of_chosen_step(self.fields, settled.data))
        found = _Errors(self.fields)
        self._note_misfits(found, answered, settled)
        self._note_missing(found, settled)
        self._note_schema(found, settled)
        self._note_formats(found, settled, today)
        self._note_expired(found, settled, scope, today)
        odd: list[Broken] = []
        for broken in broken_rules(self.fields, settled, context):
            if broken.rule.refuses:
                found.note_message(broken.steps, "rule", broken.message, broken.asked)
            else:
                odd.append(broken)
        kept = _without_empty_rows(self.fields, signed_rows(self.fields, settled.data, scope, by))
        asks = (asked.path[0] for asked in self.fields if not asked.keep)
        names = dict.fromkeys((*asks, *text_keys(self.fields)))
        told = with_carried(self.fields, with_texts(self.fields, kept), scope)
        return Validation(
            kept,
            found.in_form_order(),
            tuple(_doubts(self.fields, settled, odd, today)),
            tuple(name for name in names if name not in told),
            told,
        )

    def _note_misfits(self, found: "_Errors", answered: Answered, settled: Settled) -> None:
        for misfit in answered.misfits:
            if not _is_hidden(misfit, settled):
                found.note(misfit.steps, misfit.code, misfit.asked)

    def _note_missing(self, found: "_Errors", settled: Settled) -> None:
        for asked in self.fields:
            if asked.key not in settled.visible:
                continue
            if asked.kind is FieldKind.LIST:
                self._note_missing_rows(found, asked, settled)
            elif _is_missing(asked, settled.data):
                found.note(asked.path, "required", asked)

    def _note_missing_rows(self, found: "_Errors", asked: Field, settled: Settled) -> None:
        rows = rows_of(settled.data, asked)
        filled = [number for number, row in enumerate(rows) if not is_blank(asked, row)]
        if len(filled) < (asked.min_items or 0):
            found.note(asked.path, "required" if not filled else "minItems", asked)
        for number in filled:
            for column in asked.row_fields:
                if cell_name(asked, number, column) in settled.visible and _is_missing(
                    column, rows[number]
                ):
                    found.note((*asked.path, number, *column.path), "required", column)

    def _note_schema(self, found: "_Errors", settled: Settled) -> None:
        """What the schema alone says; what is hidden or an empty row is not asked of anybody."""
        for problem in self.validator.iter_errors(settled.data):
            kind = problem.kind
            steps = tuple(problem.instance_path)
            if isinstance(kind, _KINDS.Required):
                steps = (*steps, kind.property)
            code = next((code for known, code in _CODES if isinstance(kind, known)), "type")
            asked = found.field_at(steps)
            if code == "type" and asked is not None and asked.is_numeric:
                code = "decimals"  # it is a number; only not the whole one that is asked for
            if code == "required" or (asked is not None and not asked.is_asked):
                continue  # decided above, with the conditions
            found.note(steps, code, asked)

    def _note_formats(self, found: "_Errors", settled: Settled, today: date) -> None:
        for steps, asked, value in each_value(self.fields, settled.data):
            if not asked.is_asked:
                continue
            if asked.format is not None and isinstance(value, str):
                problem = format_problem(asked.format, value, today)
                if problem is not None:
                    found.note_message(steps, "format", problem, asked)
            elif asked.is_numeric:
                self._note_digits(found, steps, asked, value)

    def _note_expired(
        self, found: "_Errors", settled: Settled, scope: Mapping[str, object], today: date
    ) -> None:
        """Codes that are not in force: they are not offered, but a client may send them."""
        for steps, asked, value in each_value(self.fields, settled.data):
            option = expired(asked, value, scope, today) if asked.options else None
            if option is not None:
                since = option.valid_to
                when = "还没有启用" if since is None or since >= today else f"{since} 之后已停用"
                message = f"“{asked.label}”的“{option.label}”{when},请改选。"
                found.note_message(steps, "expired", message, asked)

    def _note_digits(
        self, found: "_Errors", steps: tuple[str | int, ...], asked: Field, value: object
    ) -> None:
        number = as_decimal(value)
        if number is None:
            return
        if not fits_json(number):
            found.note(steps, "max", asked)
        elif asked.decimals is not None and decimal_places(number) > asked.decimals:
            found.note(steps, "decimals", asked)


class _Errors:
    """The errors so far, the first of each place."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._found: dict[str, tuple[tuple[int, ...], FieldError]] = {}

    def note(self, steps: Sequence[str | int], code: str, asked: Field | None) -> None:
        """Note an error with the sentence of its code."""
        label = asked.label if asked is not None else str(steps[-1]) if steps else ""
        self.note_message(steps, code, message_for(code, asked, label), asked)

    def note_message(
        self, steps: Sequence[str | int], code: str, message: str, asked: Field | None
    ) -> None:
        """Note an error with a sentence of its own."""
        where = pointer(*steps)
        if len(self._found) < _MOST_ERRORS and where not in self._found:
            label = self._label(steps, asked)
            order = self._order(steps)
            self._found[where] = (order, FieldError(where, code, message, label))

    def in_form_order(self) -> tuple[FieldError, ...]:
        """All errors as the form goes from top to bottom."""
        return tuple(error for _, error in sorted(self._found.values(), key=lambda pair: pair[0]))

    def field_at(self, steps: Sequence[str | int]) -> Field | None:
        """The field or column that a place in the data belongs to."""
        place = self._place(steps)
        if place is None:
            return None
        asked = self._fields[place]
        inner = tuple(str(step) for step in steps[len(asked.path) + 1 :])
        if asked.kind is FieldKind.LIST and inner:
            column = next((c for c in asked.row_fields if c.path == inner[: len(c.path)]), None)
            return column or asked
        return asked

    def _place(self, steps: Sequence[str | int]) -> int | None:
        for number, asked in enumerate(self._fields):
            if tuple(steps[: len(asked.path)]) == asked.path:
                return number
        return None

    def _label(self, steps: Sequence[str | int], asked: Field | None) -> str:
        """The field's label; in a list with the list's and the row's number before it."""
        place = self._place(steps)
        if asked is None or place is None:
            return str(steps[-1]) if steps else ""
        outer = self._fields[place]
        row = steps[len(outer.path)] if len(steps) > len(outer.path) else None
        if outer.kind is not FieldKind.LIST or not isinstance(row, int):
            return asked.label
        name = f"{outer.label}第 {row + 1} 行"
        return name if asked is outer else f"{name}“{asked.label}”"

    def _order(self, steps: Sequence[str | int]) -> tuple[int, ...]:
        place = self._place(steps)
        if place is None:
            return (len(self._fields), len(self._found))
        asked = self._fields[place]
        rest = steps[len(asked.path) :]
        row = rest[0] if rest and isinstance(rest[0], int) else -1
        inner = tuple(str(step) for step in rest[1:])
        column = next((i for i, c in enumerate(asked.row_fields) if c.path == inner), -1)
        return (place, row, column)


def each_value(
    fields: Sequence[Field], data: Mapping[str, object]
) -> Iterator[tuple[tuple[str | int, ...], Field, object]]:
    """Each value of the data with its field and its place; those in rows too, lists not."""
    for asked in fields:
        if asked.kind is FieldKind.LIST:
            for number, row in enumerate(rows_of(data, asked)):
                for column in asked.row_fields:
                    value = get_at(row, column.path)
                    if value is not MISSING:
                        yield (*asked.path, number, *column.path), column, value
            continue
        value = get_at(data, asked.path)
        if value is not MISSING:
            yield asked.path, asked, value


def rows_of(data: Mapping[str, object], asked: Field) -> list[Mapping[str, object]]:
    """The rows of a list; what is no object counts as an empty row."""
    value = get_at(data, asked.path)
    if not isinstance(value, list):
        return []
    return [row if isinstance(row, dict | Mapping) else {} for row in value]


def _is_missing(asked: Field, data: Mapping[str, object]) -> bool:
    if not asked.required or not asked.is_asked:
        return False
    value = get_at(data, asked.path)
    return value is MISSING or value is False or is_empty(value)


def _is_hidden(misfit: Misfit, settled: Settled) -> bool:
    """Whether a wrong value belongs to what is not shown: then it is dropped without a word."""
    if misfit.asked is None:
        return False
    steps = misfit.steps
    for length in range(1, len(steps) + 1):
        if ".".join(str(step) for step in steps[:length]) in settled.visible:
            inner = ".".join(str(step) for step in steps)
            return misfit.asked.hide_if is not None and inner not in settled.visible
    return True


def _without_empty_rows(fields: Sequence[Field], data: Mapping[str, object]) -> Answers:
    kept: Answers = {}
    for asked in fields:
        value = get_at(data, asked.path)
        if value is MISSING:
            continue
        if asked.kind is FieldKind.LIST:
            value = [row for row in rows_of(data, asked) if not is_blank(asked, row)]
        set_at(kept, asked.path, value)
    return kept


def doubts(
    fields: Sequence[Field], settled: Settled, context: EvaluationContext
) -> Iterator[FieldError]:
    """What is odd about answers that may be right all the same: said, never refused."""
    broken = broken_rules(fields, settled, context)
    odd = [one for one in broken if not one.rule.refuses]
    today = context.now.astimezone(context.zone).date()
    yield from _doubts(fields, settled, odd, today)


def _doubts(
    fields: Sequence[Field], settled: Settled, odd: Sequence[Broken], today: date
) -> Iterator[FieldError]:
    for broken in odd:
        where, label = pointer(*broken.steps), broken.asked.label
        yield FieldError(where, "doubt", broken.message, label)
    yield from _format_doubts(fields, settled.data, today)


def _format_doubts(
    fields: Sequence[Field], data: Mapping[str, object], today: date
) -> Iterator[FieldError]:
    for steps, asked, value in each_value(fields, data):
        if asked.format is None or not isinstance(value, str):
            continue
        if format_problem(asked.format, value, today) is not None:
            continue
        beside = _row_around(fields, data, steps)
        for code, message in format_warnings(asked.format, value, beside):
            yield FieldError(pointer(*steps), code, message, asked.label)


def _row_around(
    fields: Sequence[Field], data: Mapping[str, object], steps: tuple[str | int, ...]
) -> dict[str, str]:
    """What stands beside a value, by label: the other answers of the row or of the form."""
    for asked in fields:
        if asked.kind is FieldKind.LIST and steps[: len(asked.path)] == asked.path:
            number = steps[len(asked.path)]
            rows = rows_of(data, asked)
            if isinstance(number, int):
                return _labelled(asked.row_fields, rows[number])
    return _labelled(fields, data)


def _labelled(fields: Sequence[Field], data: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for asked in fields:
        value = get_at(data, asked.path)
        if isinstance(value, str):
            found.setdefault(asked.label, asked.label_of(value))
    return found
