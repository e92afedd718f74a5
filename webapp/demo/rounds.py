"""What people of the offices do beside their cases: lists, exports, corrections, orders.

Each round of ``content.toml`` is done once; ``kind`` says how.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from openpyxl import load_workbook

import registry
from engine import SYSTEM, Actor, Engine, Request
from engine.errors import Broken, Invalid
from engine.model.tasks import TaskLine
from engine.store import settings as stored_settings
from engine.store.database import Tx
from engine.work.supervise import OverdueFilter
from registry.finding import Search
from webapp.demo import money
from webapp.demo.content import Round
from webapp.imports.working import bring_file, step_workbook

_MARK = "demo round {}"
_FIRST_ROW = 3  # headings and hints stand above
_LONG_ENOUGH = 60.0  # seconds; a few rows take a fraction of one


def do_rounds(engine: Engine, rounds: Sequence[Round]) -> None:
    """Do every round that was not done before."""
    for number, one in enumerate(rounds, start=1):
        mark = _MARK.format(number)
        if engine.ask(partial(_counted, mark=mark)):
            continue
        if one.kind not in _KINDS:
            raise Broken(f"演示数据里 rounds 的 kind“{one.kind}”没有,content.toml 须改正。")
        _KINDS[one.kind](engine, engine.directory.actor_named(one.by), one)
        engine.execute(partial(_count, mark=mark))


def _counted(tx: Tx, mark: str) -> int:
    return stored_settings.counter_value(tx, mark)


def _count(tx: Tx, mark: str) -> None:
    stored_settings.take_numbers(tx, mark, 1)


def _bring_list(engine: Engine, actor: Actor, one: Round) -> None:
    """Fill the list of waiting steps in and bring it back; what stays empty goes on waiting."""
    lists, told = registry.Imports(engine), one.told
    if told["list"] not in lists.waiting_steps(actor):
        return  # a small demonstration has nobody waiting there
    filled = _filled(step_workbook(lists, actor, told["list"]), one, engine)
    batch = bring_file(lists, actor, told["list"], told["name"], filled)
    lists.work(actor, batch, _LONG_ENOUGH)
    lists.run(actor, batch, only_if_all=False)
    lists.work(actor, batch, _LONG_ENOUGH)


def _filled(content: bytes, one: Round, engine: Engine) -> bytes:
    """The workbook with the cells of its first rows filled in, by their headings."""
    book = load_workbook(io.BytesIO(content))
    sheet, cells = book.worksheets[0], one.told["cells"]
    headings = [str(cell.value or "").removesuffix("*") for cell in sheet[1]]
    last = _FIRST_ROW + one.told["most"] - 1
    for n, row in enumerate(sheet.iter_rows(min_row=_FIRST_ROW, max_row=last), start=1):
        for heading, cell in zip(headings, row, strict=False):
            if heading in cells and row[0].value:
                cell.value = _said(cells[heading], n, engine)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _export(engine: Engine, actor: Actor, one: Round) -> None:
    """Take files of one's area out as a workbook."""
    search = Search(chosen=one.told["chosen"])
    registry.Registry(engine).exports.masked(actor, search, one.told["reason"], one.told["words"])


def _correct(engine: Engine, actor: Actor, one: Round) -> None:
    """Put something right in a few files of one's area; what stands so already stays."""
    register, told = registry.Registry(engine), one.told
    home = actor.organisation_id
    lines = register.households(actor, organisation_id=home, limit=told["most"]).lines
    for n, line in enumerate(lines, start=1):
        seen = register.upkeep.correctable(actor, line.file_no).version
        typed = {told["path"]: _said(told["to"], n, engine)}
        with suppress(Invalid):
            register.upkeep.correct(actor, line.file_no, seen, typed, told["why"])


def _order(engine: Engine, actor: Actor, one: Round) -> None:
    """Send orders to units whose steps are late; the first of them answer."""
    told = one.told
    kinds = engine.supervision.order_processes(actor)
    by_unit: dict[str, list[TaskLine]] = {}
    for line in engine.supervision.overdue(actor, OverdueFilter()).lines:
        by_unit.setdefault(line.handling_id, []).append(line)
    for place, (unit, lines) in enumerate(list(by_unit.items())[: told["units"] if kinds else 0]):
        about = tuple(line.id for line in lines[: told["steps"]])
        request = Request(kinds[0].key, unit, told["data"], about=about)
        case_id = engine.cases.start(actor, request).case_id
        if place < told["answered"]:
            _answer(engine, case_id, told["answer"], len(about))


def _answer(engine: Engine, case_id: str, answer: Mapping[str, Any], rows: int) -> None:
    """Somebody of the unit answers; a list of one row has that row for each step."""
    for step in engine.cases.open_steps(SYSTEM, case_id):
        for holder in engine.directory.holders(step.role, step.handling_id)[:1]:
            data = {
                key: [_row(one, engine) for one in value] * rows
                if isinstance(value, list)
                else value
                for key, value in answer.items()
            }
            engine.tasks.complete(engine.directory.actor(holder.person_id), step.id, data)


def _row(row: Mapping[str, object], engine: Engine) -> Mapping[str, object]:
    return {key: _said(value, 1, engine) for key, value in row.items()}


def _said(words: object, n: int, engine: Engine) -> str:
    return str(words).format(n=n, today=engine.environment.today().isoformat())


_KINDS: Mapping[str, Callable[[Engine, Actor, Round], None]] = {
    "list": _bring_list,
    "export": _export,
    "correct": _correct,
    "order": _order,
    "allocate": money.allocate,
    "spend": money.spend,
    "batch": money.batch,
    "transfer": money.transfer,
}
