"""A compiled form: everything the product does with a ``.form`` file (design.md D6)."""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from engine.errors import FieldError, Finding
from engine.feel import EvaluationContext
from engine.forms.answers import read_answers
from engine.forms.attributes import FormAttribute, attributes_of
from engine.forms.compartments import closed_over
from engine.forms.components import (
    Component,
    Field,
    FieldKind,
    Filler,
    Group,
    Option,
    fields_of,
    walk,
)
from engine.forms.derived import derived
from engine.forms.english import in_english
from engine.forms.masking import SEALED, mask_text
from engine.forms.papers import PapersNeeded
from engine.forms.pasting import read_pasted
from engine.forms.paths import MISSING, get_at, pointer, set_at
from engine.forms.posts import Post, RowAction, apply_row_action, read_post
from engine.forms.reading import FormReader
from engine.forms.rows import asked_rows, given_rows, is_blank, known_rows, with_kept_rows
from engine.forms.schema import Schema, form_schema
from engine.forms.selfcheck import example_findings
from engine.forms.validation import Rules, Validation, doubts, each_value, rows_of
from engine.forms.values import is_empty
from engine.forms.visibility import Answers, settle
from engine.model.english import NO_ENGLISH, English


@dataclass(frozen=True)
class CompiledForm:
    """One form, ready for use by many at once; it does not change.

    Where ``findings`` has an error the form is unusable and its definition is not deployed.
    """

    id: str
    title: str
    components: tuple[Component, ...]
    findings: tuple[Finding, ...] = field(default=())
    english: English = field(default=NO_ENGLISH, compare=False)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by key, in form order; the columns of a list are in its ``row_fields``."""
        return MappingProxyType({asked.key: asked for asked in fields_of(self.components)})

    @cached_property
    def schema(self) -> Schema:
        """JSON Schema 2020-12 of what a client sends to complete the step."""
        return form_schema(self.title, tuple(self.fields.values()))

    @cached_property
    def ui(self) -> dict[str, object]:
        """What a client needs beside the schema to lay the form out: sections with their keys."""
        sections: dict[str, list[str]] = {}
        for asked in self.fields.values():
            sections.setdefault(asked.section, []).append(asked.key)
        return {
            "title": self.title,
            "sections": [{"label": label, "fields": keys} for label, keys in sections.items()],
        }

    @property
    def has_errors(self) -> bool:
        """Whether the file cannot be used."""
        return any(finding.severity == "error" for finding in self.findings)

    @cached_property
    def decision(self) -> Field | None:
        """The field that decides the step, None where the step decides nothing."""
        return next((asked for asked in self.fields.values() if asked.decision), None)

    @cached_property
    def return_field(self) -> Field | None:
        """The field whose options are the steps to which the case can be sent back."""
        return next((asked for asked in self.fields.values() if asked.return_targets), None)

    @cached_property
    def return_items(self) -> Field | None:
        """The field that says what is to be changed in the step the case is sent back to."""
        return next((asked for asked in self.fields.values() if asked.return_fields), None)

    @cached_property
    def drivers(self) -> frozenset[str]:
        """The names at the top of the data that conditions and computed values read."""
        read: set[str] = set()
        for component in walk(self.components):
            read |= _names_read(component)
        return frozenset(read)

    @cached_property
    def foreign_names(self) -> Mapping[str, frozenset[str]]:
        """By component id: the variables it reads that the form itself does not ask for.

        The case must provide them; the check of a definition compares them with its scope.
        """
        own = {asked.path[0] for asked in self.fields.values()}
        found = {c.id: frozenset(_names_read(c) - own) for c in walk(self.components)}
        return {component: names for component, names in found.items() if names}

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.components, self.schema)

    def with_options(self, key: str, options: Sequence[Option]) -> "CompiledForm":
        """The same form with these choices at one field; raises KeyError for an unknown key."""
        target = self.fields[key]
        return replace(
            self, components=_with_field(self.components, replace(target, options=tuple(options)))
        )

    @cached_property
    def paper_fields(self) -> tuple[Field, ...]:
        """The computed fields that list the papers a decision asks for."""
        return tuple(asked for asked in self.fields.values() if asked.papers_from)

    def with_papers(self, needed: Mapping[str, PapersNeeded]) -> "CompiledForm":
        """The form with its lists of papers bound to the decisions of its process."""
        components = self.components
        for asked in self.paper_fields:
            if asked.papers_from in needed:
                bound = replace(asked, expression=needed[asked.papers_from])
                components = _with_field(components, bound)
        return self if components is self.components else replace(self, components=components)

    def in_english(self) -> "CompiledForm":
        """The form to draw on an English page, its words in English where there are any.

        For drawing alone: what checks answers and keeps texts of codes is the form itself.
        """
        if self.english.is_empty:
            return self
        title = self.english.of(self.title)
        return replace(self, title=title, components=in_english(self.components, self.english))

    def only_for(self, filler: Filler) -> "CompiledForm":
        """The form as one of its fillers gets it: without what only the other is asked."""
        kept = _without(self.components, {one for one in Filler if one is not filler})
        return self if kept == self.components else replace(self, components=kept)

    def validate(
        self,
        data: object,
        scope: Mapping[str, object],
        context: EvaluationContext,
        by: str = "",
    ) -> Validation:
        """Check answers against the form and the case's variables; never raises.

        ``by`` is the name of whoever answers, where the form keeps it.
        """
        return self._rules.check(data, scope, context, by)

    def unfinished(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> Validation:
        """What of the answers stands although others are missing or wrong; its errors say which.

        What is wrong is left out as if it had not been answered.
        """
        kept: Answers = deepcopy(dict(data))
        while True:
            validation = self.validate(kept, scope, context)
            wrong = [error for error in validation.errors if _left_out(kept, error.pointer)]
            if not wrong:
                return validation

    def kept_rows(self, scope: Mapping[str, object]) -> dict[str, int]:
        """By the key of a list: how many of its rows are the case's and stay."""
        return {
            asked.key: len(known_rows(asked, scope))
            for asked in self.fields.values()
            if asked.keeps_rows
        }

    def doubts(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> tuple[FieldError, ...]:
        """What is odd about answers as they stand, for whoever fills them in or reads them."""
        if not self._may_be_doubted:
            return ()
        return self.standing(data, scope, context)[1]

    def standing(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> tuple[set[str], tuple[FieldError, ...]]:
        """:meth:`visible` and :meth:`doubts` of the same answers, settled once."""
        settled = settle(self.components, self._typed(data, scope), scope, context)
        if not self._may_be_doubted:
            return set(settled.visible), ()
        found = doubts(tuple(self.fields.values()), settled, context)
        return set(settled.visible), tuple(found)

    @cached_property
    def _may_be_doubted(self) -> bool:
        """Whether any answer can be odd: only a format and a rule of the form say so."""
        return any(asked.format is not None or asked.rules for asked in self._with_columns())

    def derived(self, data: Mapping[str, object], today: date) -> Mapping[str, str]:
        """By name as in a post: what identity numbers say of places that have no answer."""
        found = derived(tuple(self.fields.values()), data, today)
        return {".".join(map(str, steps)): value for steps, value in found}

    def read_post(self, fields: Post) -> Answers:
        """The data of an HTML form post: not validated, nothing lost."""
        return read_post(tuple(self.fields.values()), fields)

    def paste_faults(self, data: Mapping[str, object], action: RowAction) -> tuple[FieldError, ...]:
        """What could not be read of lines that are pasted into these answers, a line a sentence."""
        asked = self.fields.get(action.key)
        if action.verb != "paste" or asked is None or asked.kind is not FieldKind.LIST:
            return ()
        rows = [row for row in rows_of(data, asked) if not is_blank(asked, row)]
        faults = read_pasted(asked, action.text, first_row=len(rows), english=self.english).faults
        if not faults:
            return ()
        return (FieldError(pointer(*asked.path), "paste", "\n".join(faults), asked.label),)

    def apply_row_action(self, data: Mapping[str, object], action: RowAction) -> Answers:
        """The data after a button that adds or removes a row or a file."""
        return apply_row_action(tuple(self.fields.values()), data, action, self.english)

    def initial(self, scope: Mapping[str, object], context: EvaluationContext) -> Answers:
        """What a new form shows: what the case knows, else defaults; never a decision."""
        data: Answers = {}
        for asked in self.fields.values():
            if asked.kind is FieldKind.COMPUTED or _is_decided_anew(asked):
                continue
            value = get_at(scope, asked.path)
            if value is MISSING or is_empty(value):
                value = asked.default
            if value is None and asked.kind is FieldKind.CHECKBOX:
                value = False
            if not is_empty(value):
                set_at(data, asked.path, asked_rows(asked, deepcopy(value)))
        return self.with_computed(self._prefilled(data, scope, context), scope, context)

    def _prefilled(
        self, data: Answers, scope: Mapping[str, object], context: EvaluationContext
    ) -> Answers:
        """The answers with what is worked out anew each time the form is opened."""
        if not any(asked.prefill for asked in self.fields.values()):
            return data
        facts = settle(self.components, self._typed(data, scope), scope, context).facts
        for asked in self.fields.values():
            if asked.prefill is not None:
                value = asked.prefill.value(facts, context)
                set_at(data, asked.path, None if is_empty(value) else value)
        return data

    def reopened(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> Answers:
        """A draft or a refused post as the page shows it again.

        What nobody fills in does not travel with a post: locked fields and columns come from the
        case, and computed ones are worked out anew.
        """
        again: Answers = deepcopy(dict(data))
        for asked in self.fields.values():
            known = get_at(scope, asked.path)
            if asked.fixed_rows and asked.is_asked:
                set_at(again, asked.path, given_rows(asked, get_at(again, asked.path), known))
            elif asked.readonly and known is not MISSING and not is_empty(known):
                set_at(again, asked.path, deepcopy(known))
            elif asked.keeps_rows:
                set_at(again, asked.path, with_kept_rows(asked, get_at(again, asked.path), scope))
        return self.with_computed(again, scope, context)

    def with_computed(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> Answers:
        """The answers as they stand, with the computed fields filled in anew."""
        filled = deepcopy(dict(data))
        if not any(asked.expression for asked in self._with_columns()):
            return filled
        settled = settle(self.components, self._typed(data, scope), scope, context)
        for steps, asked, value in each_value(tuple(self.fields.values()), settled.data):
            if asked.kind is FieldKind.COMPUTED:
                _write(filled, steps, value)
        return {key: value for key, value in filled.items() if value is not None}

    def visible(
        self, data: Mapping[str, object], scope: Mapping[str, object], context: EvaluationContext
    ) -> set[str]:
        """What is shown: keys of fields, ``members.0.school`` for cells, ``#id`` for the rest."""
        settled = settle(self.components, self._typed(data, scope), scope, context)
        return set(settled.visible)

    def mask(self, data: Mapping[str, object]) -> Answers:
        """The answers with personal data masked; what no field asks for is left out."""
        masked: Answers = {}
        for asked in self.fields.values():
            value = get_at(data, asked.path)
            if value is not MISSING:
                set_at(masked, asked.path, _masked(asked, value))
        return masked

    @cached_property
    def compartments(self) -> frozenset[str]:
        """The compartments that its fields lie in."""
        return frozenset(f.compartment for f in self.fields.values() if f.compartment)

    def closed_over(self, data: Mapping[str, object], closed: Collection[str]) -> Answers:
        """The answers with 已密封 in the place of what lies in these compartments."""
        if not self.compartments & frozenset(closed):
            return dict(data)
        return closed_over(self.fields.values(), data, closed)

    def attributes(self, data: Mapping[str, object]) -> tuple[FormAttribute, ...]:
        """What to copy out of cleaned answers for search and reports."""
        return attributes_of(tuple(self.fields.values()), data)

    def files(self, data: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
        """The ids of the files that the answers hold, each with the label of its field."""
        found: list[tuple[str, str]] = []
        for _, asked, value in each_value(tuple(self.fields.values()), data):
            if asked.kind is FieldKind.FILE and value != SEALED:
                ids = value if isinstance(value, list) else [value]
                found.extend((str(file_id), asked.label) for file_id in ids if file_id)
        return tuple(found)

    def _typed(self, data: Mapping[str, object], scope: Mapping[str, object]) -> Answers:
        return read_answers(tuple(self.fields.values()), data, scope).data

    def _with_columns(self) -> list[Field]:
        return [f for asked in self.fields.values() for f in (asked, *asked.row_fields)]


def compile_form(content: bytes, file: str) -> CompiledForm:
    """Read a ``.form`` file; never raises for bad content, see ``findings``."""
    read = FormReader(file).read(content)
    form = CompiledForm(read.id, read.title, read.components, read.findings)
    if form.has_errors:
        return form
    return replace(form, findings=(*read.findings, *example_findings(form.fields.values(), file)))


def _left_out(data: Answers, place: str) -> bool:
    """Take the answer at a JSON pointer out, of a list the whole list; whether there was one."""
    steps = [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]
    for number, step in enumerate(steps, start=1):
        inner = data.get(step)
        if number == len(steps) or not isinstance(inner, dict):
            return data.pop(step, MISSING) is not MISSING
        data = inner
    return False


def _is_decided_anew(asked: Field) -> bool:
    """Whether an answer of the last time says nothing about this time."""
    return asked.decision or asked.return_targets or asked.return_fields


def _names_read(component: Component) -> frozenset[str]:
    names: frozenset[str] = component.hide_if.names if component.hide_if else frozenset()
    if isinstance(component, Field):
        if component.expression is not None:
            names |= component.expression.names
        if component.prefill is not None:
            names |= component.prefill.names
        for rule in component.rules:
            names |= rule.names
        columns = {column.path[0] for column in component.row_fields}
        for column in component.row_fields:
            names |= _names_read(column) - columns
        if any(_names_read(column) for column in component.row_fields):
            names |= {component.path[0]}
    return names


def _without(components: Sequence[Component], fillers: set[Filler]) -> tuple[Component, ...]:
    return tuple(
        replace(one, components=_without(one.components, fillers))
        if isinstance(one, Group)
        else one
        for one in components
        if one.only_for not in fillers
    )


def _with_field(components: Sequence[Component], changed: Field) -> tuple[Component, ...]:
    result: list[Component] = []
    for component in components:
        if isinstance(component, Group):
            result.append(replace(component, components=_with_field(component.components, changed)))
        elif isinstance(component, Field) and component.path == changed.path:
            result.append(changed)
        else:
            result.append(component)
    return tuple(result)


def _masked(asked: Field, value: object) -> object:
    if value == SEALED:
        return value
    if asked.kind is FieldKind.LIST:
        rows = value if isinstance(value, list) else []
        return [_masked_row(asked, row) for row in rows if isinstance(row, Mapping)]
    if asked.pii is None or is_empty(value):
        return value
    if asked.options:
        return mask_text(asked.pii, "choice")
    if isinstance(value, list):
        return [mask_text(asked.pii, str(item)) for item in value]
    return mask_text(asked.pii, str(value))


def _masked_row(asked: Field, row: Mapping[str, object]) -> Answers:
    masked: Answers = {}
    for column in asked.row_fields:
        value = get_at(row, column.path)
        if value is not MISSING:
            set_at(masked, column.path, _masked(column, value))
    return masked


def _write(data: Answers, steps: Sequence[str | int], value: object) -> None:
    """Write a computed value; the row it belongs to may be no row, then it is left alone."""
    holder: object = data
    for position, step in enumerate(steps):
        if isinstance(step, int):
            if isinstance(holder, list) and step < len(holder) and isinstance(holder[step], dict):
                _write(holder[step], steps[position + 1 :], value)
            return
        if isinstance(holder, dict):
            holder = holder.get(step)
    set_at(data, [str(step) for step in steps], value)
