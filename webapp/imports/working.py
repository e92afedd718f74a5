"""What pages and the command share: bring a workbook, give it back with its errors."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import PurePath

from engine import Actor, Engine
from engine.errors import Invalid, NotPermitted
from engine.model.errands import Errand, Say
from registry import Imports
from registry.imports.stepping import NUMBER
from registry.incoming.batch import HOUSEHOLDS
from webapp.sheets.guard import must_be_workbook

ERRAND = "import"
READ_AT_ONCE = 128 * 1024
"""Bytes: an empty template has up to 100 kB, and some hundred rows are a second or two while
somebody waits; more is an errand."""

_KEY_AND_UNIT = 2


def may_import(engine: Engine, actor: Actor) -> list[tuple[str, str]]:
    """The kinds of lists she may bring: (kind, name)."""
    lists = Imports(engine)
    found: list[tuple[str, str]] = []
    with suppress(NotPermitted):
        found.append((HOUSEHOLDS, lists.kind(actor, HOUSEHOLDS).name))
    found += [
        (row.key, row.name)
        for row, _ in engine.definitions.startable(actor, from_nothing=True)
        if len(lists.kind(actor, row.key).layout.main.columns) > _KEY_AND_UNIT
    ]
    return found


def bring_file(lists: Imports, actor: Actor, kind: str, name: str, content: bytes) -> str:
    """Read a workbook into a list; its id. Raises Invalid for what is not the template's."""
    from webapp.sheets.reading import read_workbook

    shown = PurePath(name.replace("\\", "/")).name
    found = read_workbook(content, shown, lists.kind(actor, kind).layout)
    return lists.bring(actor, kind, shown, content, found)


def take_file(lists: Imports, actor: Actor, kind: str, name: str, content: bytes) -> str:
    """The same where somebody waits: a large workbook is only looked at, and read later."""
    if len(content) <= READ_AT_ONCE:
        return bring_file(lists, actor, kind, name, content)
    shown = PurePath(name.replace("\\", "/")).name
    must_be_workbook(content, shown)
    return lists.receive(actor, kind, shown, content)


def carry_on(lists: Imports, actor: Actor, list_id: str, say: Say) -> None:
    """Read, check or import a list until it is somebody's turn; begun anew it goes on."""
    from webapp.sheets.reading import read_workbook

    say(0, 0)
    unread = lists.unread(actor, list_id)
    if unread is not None:
        kind, name, content = unread
        try:
            lists.fill(actor, list_id, read_workbook(content, name, kind.layout))
        except Invalid as refused:
            lists.refuse(list_id, refused.message)
    lists.to_the_end(actor, list_id, say)


def errand_on(engine: Engine) -> Callable[[Actor, Errand, Say], None]:
    """Does the errands of lists."""
    return lambda actor, errand, say: carry_on(Imports(engine), actor, errand.subject, say)


def error_workbook(lists: Imports, actor: Actor, list_id: str) -> tuple[str, bytes]:
    """The workbook as it was brought, what is wrong beside its rows; with a name for it."""
    from webapp.sheets.marking import marked

    kind = lists.kind(actor, lists.progress(actor, list_id).batch.kind)
    name, content = lists.file(actor, list_id)
    problems = lists.problems(actor, list_id)
    return f"{PurePath(name).stem}(错误说明).xlsx", marked(content, kind.layout, problems)


def step_workbook(lists: Imports, actor: Actor, kind: str) -> bytes:
    """The list of the steps that wait for her, to be filled in or sent to another office."""
    from webapp.sheets.template import Told, template

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
