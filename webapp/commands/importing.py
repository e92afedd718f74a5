"""``bangfu import …``: lists from Excel, beside the pages that do the same."""

from pathlib import Path

from engine import SYSTEM, Actor, Engine
from engine.errors import Invalid
from registry import Imports
from registry.imports.api import Progress
from registry.incoming.batch import HOUSEHOLDS, State, Status
from webapp.commands.speaking import DONE, FOUND_WRONG, Call, CommandRefused, Commands, Parser, say
from webapp.imports.working import bring_file, error_workbook
from webapp.opening import opened
from webapp.sheets.guard import LARGEST_FILE
from webapp.sheets.template import template

_SLICE = 2.0
_MOST_TOLD = 20


def add_to(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("import", "导入 Excel 名单")
    households = group.add("households", "导入已有困难职工档案,登记为在档", load_households)
    _takes_a_list(households)
    applications = group.add("applications", "导入申请,每行发起一件", load_applications)
    applications.add_argument("process", metavar="KEY", help="流程")
    _takes_a_list(applications)
    asking = group.add("template", "写出导入模板", write_template)
    asking.add_argument("kind", help="households,或流程的 KEY")
    asking.add_argument("file", type=Path, help="模板写到哪里")
    asking.add_argument("--as", dest="who", metavar="USER", help="以谁的身份,默认系统")


def _takes_a_list(parser: Parser) -> None:
    parser.add_argument("file", type=Path, help="填好的 .xlsx")
    parser.add_argument("--as", dest="who", metavar="USER", help="以谁的身份,默认系统")
    parser.add_argument(
        "--good-rows", action="store_true", help="先导入正确的行;默认全部正确才导入"
    )
    parser.add_argument("--check", action="store_true", help="只检查,不导入")
    parser.add_argument("--errors", type=Path, metavar="FILE", help="带错误说明的工作簿写到哪里")


def load_households(call: Call) -> int:
    """Existing files into the register."""
    return _load(call, HOUSEHOLDS)


def load_applications(call: Call) -> int:
    """A case a row."""
    return _load(call, call.words.process)


def write_template(call: Call) -> int:
    """The workbook to fill in."""
    words = call.words
    with opened(call.settings()) as installation:
        engine = installation.engine
        kind = Imports(engine).kind(_actor(engine, words.who), words.kind)
        words.file.write_bytes(template(f"{kind.name} · 批量导入", kind.layout, kind.units()))
    say(f"模板已写到 {words.file}。")
    return DONE


def _actor(engine: Engine, who: str | None) -> Actor:
    return SYSTEM if who is None else engine.directory.actor_named(who)


def _load(call: Call, kind: str) -> int:
    words = call.words
    if words.file.stat().st_size > LARGEST_FILE:
        raise CommandRefused(f"“{words.file}”超过 20 MB,没有导入。请分成几个文件。")
    with opened(call.settings()) as installation:
        engine = installation.engine
        actor, lists = _actor(engine, words.who), Imports(engine)
        list_id = bring_file(lists, actor, kind, words.file.name, words.file.read_bytes())
        progress = _to_the_end(lists, actor, list_id)
        refused = ""
        if not words.check and progress.batch.status is Status.CHECKED:
            try:
                lists.run(actor, list_id, only_if_all=not words.good_rows)
                progress = _to_the_end(lists, actor, list_id)
            except Invalid as refusal:
                refused = refusal.message
        _tell(lists, actor, progress)
        if words.errors is not None:
            words.errors.write_bytes(error_workbook(lists, actor, list_id)[1])
            say(f"带错误说明的工作簿已写到 {words.errors}。")
    if refused and not progress.count(State.KNOWN):
        raise CommandRefused(refused)
    return FOUND_WRONG if progress.count(State.BAD) or progress.batch.loose else DONE


def _to_the_end(lists: Imports, actor: Actor, list_id: str) -> Progress:
    while True:
        progress = lists.work(actor, list_id, _SLICE)
        if not progress.is_working:
            return progress


def _tell(lists: Imports, actor: Actor, progress: Progress) -> None:
    batch = progress.batch
    say(
        f"“{batch.file_name}”共 {progress.total} 行:已导入 {progress.count(State.DONE)},"
        f"可导入 {progress.count(State.GOOD)},"
        f"以前已导入 {progress.count(State.KNOWN)},有错 {progress.count(State.BAD)}。"
    )
    rows = lists.rows(actor, batch.id, [State.BAD], limit=_MOST_TOLD)
    told = [*batch.loose, *(problem for row in rows for problem in row.problems)]
    for problem in told[:_MOST_TOLD]:
        say(f"  “{problem.sheet}”第 {problem.row} 行:{problem.message}")
    if len(told) > _MOST_TOLD:
        say("  ……其余见带错误说明的工作簿(--errors)。")
