"""A small process of the tests' own: a complaint, kept away from whom it is about (模拟)."""

import json

from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import drawn, form, step
from tests.unit.runtime.kit import end, io, line, start

KEY = "grievance"
TOLD = ("matter", "accused", "unit", "about")
SEALED_FOR_STAFF = '=if matter = "staff" then "sealed" else "ordinary"'
NAMED = "=[{person: accused}, {unit: unit}]"


def grievance(**properties: str) -> tuple[SourceFile, ...]:
    """Recorded by an officer, looked into by a reviewer, decided by an approver."""
    return _drawn(TOLD, {}, properties), form("told", *TOLD)


def with_identity(**properties: str) -> tuple[SourceFile, ...]:
    """The same; who complains stands in a compartment that recording and looking open."""
    fields = [{"type": "textfield", "id": f"Field_{key}", "key": key, "label": key} for key in TOLD]
    kept = {
        "type": "textfield",
        "id": "Field_complainant",
        "key": "complainant",
        "label": "反映人",
        "properties": {"compartment": "identity", "attribute": "search", "example": "某人"},
    }
    asked = {"id": "told", "type": "default", "schemaVersion": 16, "components": [*fields, kept]}
    bpmn = _drawn((*TOLD, "complainant"), {"sees": "identity"}, properties)
    return bpmn, SourceFile("told.form", json.dumps(asked).encode())


def _drawn(told: tuple[str, ...], sees: dict[str, str], properties: dict[str, str]) -> SourceFile:
    said = {
        "confidentiality": SEALED_FOR_STAFF,
        "excluded": NAMED,
        "sealedRole": "city_protection",
        "title": '="反映 " + (if about = null then "" else about)',
        **properties,
    }
    outputs = {name: f"={name}" for name in told}
    body = (
        start()
        + step("record", io(outputs=outputs), form="told", deadline="5wd", **sees)
        + step("look", deadline="5wd", **sees)
        + step("decide", deadline="5wd")
        + end()
        + line("S", "record", "look", "decide", "E")
    )
    lanes = {"officer": "S record", "county_reviewer": "look", "county_approver": "decide E"}
    return drawn(KEY, lanes, body, **said)
