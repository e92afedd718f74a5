"""A small process of the tests' own: a complaint, kept away from whom it is about (模拟)."""

from engine.model.definitions import SourceFile
from tests.engine.moving.conftest import drawn, form, step
from tests.unit.runtime.kit import end, io, line, start

KEY = "grievance"
TOLD = ("matter", "accused", "unit", "about")
SEALED_FOR_STAFF = '=if matter = "staff" then "sealed" else "ordinary"'
NAMED = "=[{person: accused}, {unit: unit}]"


def grievance(**properties: str) -> tuple[SourceFile, ...]:
    """Recorded by an officer, looked into by a reviewer, decided by an approver."""
    said = {
        "confidentiality": SEALED_FOR_STAFF,
        "excluded": NAMED,
        "sealedRole": "city_protection",
        "title": '="反映 " + (if about = null then "" else about)',
        **properties,
    }
    outputs = {name: f"={name}" for name in TOLD}
    body = (
        start()
        + step("record", io(outputs=outputs), form="told", deadline="5wd")
        + step("look", deadline="5wd")
        + step("decide", deadline="5wd")
        + end()
        + line("S", "record", "look", "decide", "E")
    )
    lanes = {"officer": "S record", "county_reviewer": "look", "county_approver": "decide E"}
    return drawn(KEY, lanes, body, **said), form("told", *TOLD)
