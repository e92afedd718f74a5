"""Whether the form's own examples and defaults pass its own rules, found at deploy."""

import json
from collections.abc import Iterable, Iterator
from datetime import date

import jsonschema_rs

from engine.errors import Finding
from engine.forms.components import Field, FieldKind
from engine.forms.examples import example_of
from engine.forms.formats import format_problem
from engine.forms.patterns import pattern_options
from engine.forms.schema import field_schema
from engine.sentences import finding, in_both

_SOME_DAY = date(2040, 1, 1)
"""Examples are judged once for all: nobody in them is too young or too old on this day."""


def example_findings(fields: Iterable[Field], file: str) -> Iterator[Finding]:
    """Errors for required fields without an example and for examples or defaults that fail."""
    for asked in fields:
        yield from _of_field(asked, file)
        if asked.kind is FieldKind.LIST:
            yield from example_findings(asked.row_fields, file)


def _of_field(asked: Field, file: str) -> Iterator[Finding]:
    if not asked.is_asked or asked.kind in (FieldKind.FILE, FieldKind.LIST):
        return
    example = example_of(asked)
    if example is None:
        if asked.required and not (asked.return_targets or asked.return_fields or asked.units):
            yield finding("error", "form-example.missing", file, asked.id, field=asked.label)
        return
    for name, value in (("example", example), ("defaultValue", asked.default)):
        if value is not None and not (name == "defaultValue" and asked.kind is FieldKind.CHECKBOX):
            problem = _problem(asked, value)
            if problem:
                yield finding(
                    "error",
                    "form-example.fails",
                    file,
                    asked.id,
                    field=asked.label,
                    name=name,
                    problem=in_both(problem),
                    value=json.dumps(value, ensure_ascii=False, default=str)[:60],
                )


def _problem(asked: Field, value: object) -> str:
    if asked.return_targets or asked.units:
        return ""
    validator = jsonschema_rs.Draft202012Validator(
        field_schema(asked), validate_formats=False, pattern_options=pattern_options()
    )
    if not validator.is_valid(value):
        return "不符合 validate 的要求。"
    if asked.format is not None and isinstance(value, str):
        return format_problem(asked.format, value, _SOME_DAY) or ""
    return ""
