"""What pages and the command share: bring a workbook, give it back with its errors."""

from contextlib import suppress
from pathlib import PurePath

from engine import Actor, Engine
from engine.errors import NotPermitted
from registry import Imports
from registry.imports.stepping import NUMBER
from registry.incoming.batch import HOUSEHOLDS
from webapp.sheets.marking import marked
from webapp.sheets.reading import read_workbook
from webapp.sheets.template import Told, template

_KEY_AND_UNIT = 2


def may_import(engine: Engine, actor: Actor) -> list[tuple[str, str]]:
    """The kinds of lists she may bring: (kind, name)."""
    lists = Imports(engine)
    found: list[tuple[str, str]] = []
    with suppress(NotPermitted):
        found.append((HOUSEHOLDS, lists.kind(actor, HOUSEHOLDS).name))
    found += [
        (row.key, row.name)
        for row, _ in engine.definitions.startable(actor)
        if len(lists.kind(actor, row.key).layout.main.columns) > _KEY_AND_UNIT
    ]
    return found


def bring_file(lists: Imports, actor: Actor, kind: str, name: str, content: bytes) -> str:
    """Read a workbook into a list; its id. Raises Invalid for what is not the template's."""
    shown = PurePath(name.replace("\\", "/")).name
    found = read_workbook(content, shown, lists.kind(actor, kind).layout)
    return lists.bring(actor, kind, shown, content, found)


def error_workbook(lists: Imports, actor: Actor, list_id: str) -> tuple[str, bytes]:
    """The workbook as it was brought, what is wrong beside its rows; with a name for it."""
    kind = lists.kind(actor, lists.progress(actor, list_id).batch.kind)
    name, content = lists.file(actor, list_id)
    problems = lists.problems(actor, list_id)
    return f"{PurePath(name).stem}(错误说明).xlsx", marked(content, kind.layout, problems)


def step_workbook(lists: Imports, actor: Actor, kind: str) -> bytes:
    """The list of the steps that wait for her, to be filled in or sent to another office."""
    found = lists.kind(actor, kind)
    waiting = lists.waiting(actor, kind)
    lines = [{NUMBER: one.number, **one.shown} for one in waiting]
    sheets: dict[str, list[dict[str, str]]] = {}
    for one in waiting:
        for name, rows in one.below.items():
            sheets.setdefault(name, []).extend({NUMBER: one.number, **row} for row in rows)
    told = [
        Told(name, tuple(rows[0]), tuple(tuple(row.values()) for row in rows))
        for name, rows in sheets.items()
        if rows
    ]
    return template(f"{found.name} · 名单", found.layout, found.units(), lines, told)
