"""The JSON Schema 2020-12 of a form: what the API publishes and what validation runs.

A field under a condition is optional here; whether it is required is decided with the data at hand
(engine.forms.validation). Each required property carries an example, files aside.
"""

from collections.abc import Callable, Sequence

from engine.forms.components import Field, FieldKind
from engine.forms.examples import example_of
from engine.forms.values import to_json_number

Schema = dict[str, object]

FILE_ID = "^[0-9A-Za-z_-]{1,64}$"
"""The ids of staged files."""

DATE = r"^\d{4}-\d{2}-\d{2}$"


def form_schema(title: str, fields: Sequence[Field]) -> Schema:
    """The schema of a whole form."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_object_schema(fields, depth=0),
    }


def _object_schema(fields: Sequence[Field], depth: int) -> Schema:
    """An object of these fields; ``depth`` says how many steps of their paths lie above it."""
    properties: Schema = {}
    required: list[str] = []
    grouped: dict[str, list[Field]] = {}
    for asked in fields:
        name = asked.path[depth]
        if len(asked.path) == depth + 1:
            properties[name] = field_schema(asked)
            if _always_required(asked):
                required.append(name)
        else:
            if name not in grouped:
                properties[name] = {}
            grouped.setdefault(name, []).append(asked)
    for name, inner in grouped.items():
        schema = _object_schema(inner, depth + 1)
        properties[name] = schema
        if schema.get("required"):
            schema["examples"] = [_object_example(schema)]
            required.append(name)
    result: Schema = {"type": "object", "properties": properties}
    if required:
        result["required"] = required
    result["additionalProperties"] = False
    return result


def _object_example(schema: Schema) -> dict[str, object]:
    properties = schema["properties"]
    example: dict[str, object] = {}
    if isinstance(properties, dict):
        for name, inner in properties.items():
            examples = inner.get("examples")
            if examples:
                example[name] = examples[0]
    return example


def _always_required(asked: Field) -> bool:
    return asked.required and asked.is_asked and not asked.conditional


def field_schema(asked: Field) -> Schema:
    """The schema of one field's value, with what a person who reads it wants to know."""
    schema: Schema = {"title": asked.label}
    if asked.description:
        schema["description"] = asked.description
    schema.update(_SHAPES[asked.kind](asked))
    if asked.unit:
        schema["x-unit"] = asked.unit
    if asked.pii is not None:
        schema["x-pii"] = True
        schema["x-pii-kind"] = asked.pii.value
    if asked.decision:
        schema["x-decision"] = True
    if asked.return_fields:
        schema["x-return-fields"] = True
    if not asked.is_asked:
        schema["readOnly"] = True
        return schema
    if asked.default is not None and not asked.decision:
        schema["default"] = asked.default
    example = example_of(asked)
    if example is not None:
        schema["examples"] = [example]
    return schema


def _text(asked: Field) -> Schema:
    schema: Schema = {"type": "string"}
    if asked.required or asked.min_length:
        schema["minLength"] = asked.min_length or 1
    if asked.max_length is not None:
        schema["maxLength"] = asked.max_length
    if asked.pattern is not None:
        schema["pattern"] = asked.pattern
    if asked.format is not None:
        schema["format"] = asked.format.value
    return schema


def _number(asked: Field) -> Schema:
    schema: Schema = {"type": "number"}
    if asked.decimals == 0:
        schema["type"] = "integer"
    if asked.minimum is not None:
        schema["minimum"] = to_json_number(asked.minimum)
    if asked.maximum is not None:
        schema["maximum"] = to_json_number(asked.maximum)
    if asked.kind is FieldKind.MONEY:
        schema["x-money"] = "CNY"
    return schema


def _date(_: Field) -> Schema:
    return {"type": "string", "format": "date", "pattern": DATE}


def _choice(asked: Field) -> Schema:
    schema: Schema = {"type": "string"}
    if asked.options:
        schema["enum"] = [option.value for option in asked.options]
        schema["x-labels"] = [option.label for option in asked.options]
    if asked.codes:
        schema["x-codes"] = asked.codes
    for name, day in (("x-valid-from", "valid_from"), ("x-valid-to", "valid_to")):
        days = [getattr(option, day) for option in asked.options]
        if any(days):
            schema[name] = [None if at is None else at.isoformat() for at in days]
    if any(option.group for option in asked.options):
        schema["x-groups"] = [option.group for option in asked.options]
    return schema


def _checkbox(asked: Field) -> Schema:
    # A declaration that must be ticked: false is no answer.
    return {"type": "boolean", "enum": [True]} if asked.required else {"type": "boolean"}


def _checklist(asked: Field) -> Schema:
    schema: Schema = {"type": "array", "items": _choice(asked), "uniqueItems": True}
    return _with_item_limits(asked, schema)


def _file(asked: Field) -> Schema:
    one: Schema = {"type": "string", "pattern": FILE_ID, "x-file": True}
    for name, value in (("x-accept", asked.accept), ("x-max-size-mb", asked.max_size_mb)):
        if value:
            one[name] = value
    if not asked.multiple:
        return one
    several: Schema = {"type": "array", "items": one, "uniqueItems": True, "x-file": True}
    return _with_item_limits(asked, several)


def _list(asked: Field) -> Schema:
    rows = _object_schema(asked.row_fields, depth=0)
    return _with_item_limits(asked, {"type": "array", "items": rows})


def _with_item_limits(asked: Field, schema: Schema) -> Schema:
    least = asked.min_items or (1 if asked.required else 0)
    if least:
        schema["minItems"] = least
    if asked.max_items is not None:
        schema["maxItems"] = asked.max_items
    return schema


def _computed(_: Field) -> Schema:
    return {}


_SHAPES: dict[FieldKind, Callable[[Field], Schema]] = {
    FieldKind.TEXT: _text,
    FieldKind.TEXTAREA: _text,
    FieldKind.NUMBER: _number,
    FieldKind.MONEY: _number,
    FieldKind.DATE: _date,
    FieldKind.SELECT: _choice,
    FieldKind.RADIO: _choice,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.CHECKLIST: _checklist,
    FieldKind.FILE: _file,
    FieldKind.LIST: _list,
    FieldKind.COMPUTED: _computed,
}
