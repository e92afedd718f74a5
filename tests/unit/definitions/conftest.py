"""What the gate is told about the world in these tests, and the sample files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.definitions import Known
from engine.model.definitions import Bundle, DefinitionSource, SourceFile
from engine.model.operations import Operation
from engine.model.organisations import Role

HERE = Path(__file__).parent
SHARED = HERE / "shared"


def deployed(key: str) -> DefinitionSource:
    content = (SHARED / f"{key}.bpmn").read_bytes()
    return DefinitionSource(f"{key}:1", key, 1, f"{key}.bpmn", content)


@pytest.fixture(scope="session")
def known() -> Known:
    publish = Operation(
        name="notice.publish",
        title="发布公示",
        run=lambda _context, _inputs: {},
        inputs={"title": {"type": "string"}},
        required=frozenset({"title"}),
        outputs={"notice_id": {"type": "string"}},
    )
    for_each = Operation("cases.for_each", "各办一件", lambda _context, _inputs: {}, lasts=True)
    begin = Operation(
        name="cases.begin",
        title="发起",
        run=lambda _context, _inputs: {},
        inputs={"process": {"type": "string", "format": "process"}},
    )
    return Known(
        roles={
            "officer": Role("officer", "经办人", "Officer", ("grassroots",), "area"),
            "reviewer": Role("reviewer", "审核员", "Reviewer", ("county",), "area"),
        },
        operations={one.name: one for one in (publish, for_each, begin)},
        parameters=frozenset({"notice days"}),
        panels=frozenset({"notice.sheet"}),
        never_together=frozenset({frozenset({"officer", "reviewer"})}),
        deployed={key: deployed(key) for key in ("old_process", "own_start", "may_fail")},
    )


@pytest.fixture(scope="session")
def bundle_of() -> Callable[[Path], Bundle]:
    """A process file with the shared forms and decisions it names, and those beside it."""

    def collect(path: Path) -> Bundle:
        text = path.read_text(encoding="utf-8")
        shared = [f for f in sorted(SHARED.glob("*.form")) if f'formId="{f.stem}"' in text]
        shared += [f for f in sorted(SHARED.glob("*.dmn")) if f'decisionId="{f.stem}"' in text]
        beside = [path.with_suffix(suffix) for suffix in (".form", ".dmn", ".document", ".english")]
        files = [path, *shared, *(f for f in beside if f.exists())]
        return Bundle(tuple(SourceFile(f.name, f.read_bytes()) for f in files))

    return collect
