"""``bangfu migrate compare|plan|cases|back``: versions, and the running cases between them."""

import sys
from collections.abc import Sequence

from engine import SYSTEM, Engine
from engine.definitions.comparing.changes import How
from engine.model.version_moves import Migration, MoveStatus, Plan, Route, Verdict
from engine.work.version_compare import Comparison, Touched
from webapp.commands.progress import ProgressBar
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    CommandRefused,
    Commands,
    Parser,
    say,
    say_json,
)
from webapp.opening import opened
from webapp.shared.version_json import comparison_json, migration_json, plan_json

_HOW = {How.ADDED: "新增", How.REMOVED: "删除", How.CHANGED: "修改"}
_VERDICTS = {
    Verdict.SAFE: "可以转",
    Verdict.NEEDS_MAPPING: "需对应",
    Verdict.REFUSED: "不能转",
}
_MOST_LEFT = 1_000


def add_to(commands: Commands) -> None:
    """Add them below ``bangfu migrate``."""
    comparing = commands.add("compare", "对比流程的两个版本", compare)
    _takes_versions(comparing)
    planning = commands.add("plan", "逐件说明在办件能否转到新版,不做改动", plan)
    _takes_versions(planning)
    _takes_ids(planning)
    moving = commands.add("cases", "把在办件转到新版;中断后再运行同一命令接着转", move)
    _takes_versions(moving)
    _takes_ids(moving)
    back = commands.add("back", "把一次迁移里没有往下办的办件恢复到原来的版本", put_back)
    back.add_argument("migration", metavar="ID", help="迁移的编号")


def _takes_versions(parser: Parser) -> None:
    parser.add_argument("key", metavar="KEY", help="流程")
    parser.add_argument("--from", dest="old", type=int, metavar="N", help="旧版,默认其他各版")
    parser.add_argument("--to", dest="new", type=int, metavar="N", help="新版,默认最新版")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _takes_ids(parser: Parser) -> None:
    parser.add_argument(
        "--map",
        dest="ids",
        action="append",
        default=[],
        metavar="OLD=NEW",
        help="新版没有的元素由哪个接替;NEW 为空表示旁边的等待不要了",
    )


def compare(call: Call) -> int:
    """What differs, in words, and how many running cases it touches."""
    with opened(call.settings()) as installation:
        engine, words = installation.engine, call.words
        new = _newest(engine, words.key, words.new)
        old = words.old if words.old is not None else _before(engine, words.key, new)
        found = engine.versions.compare(SYSTEM, f"{words.key}:{old}", f"{words.key}:{new}")
    if words.json:
        say_json(comparison_json(found))
    else:
        _tell_comparison(found)
    return DONE


def _newest(engine: Engine, key: str, wanted: int | None) -> int:
    if wanted is not None:
        return wanted
    rows = engine.definitions.versions(key)
    if not rows:
        raise CommandRefused(f"没有部署过流程“{key}”。请核对编号。")
    return rows[0].version


def _before(engine: Engine, key: str, version: int) -> int:
    older = [row.version for row in engine.definitions.versions(key) if row.version < version]
    if not older:
        raise CommandRefused(f"流程“{key}”只有一个版本,没有可对比的。")
    return older[0]


def _tell_comparison(found: Comparison) -> None:
    say(f"{found.old.name}:第 {found.old.version} 版 → 第 {found.new.version} 版")
    for one in found.changes:
        say(_line(one))
        for detail in one.change.details:
            before = "无" if detail.before is None else detail.before.zh
            after = "无" if detail.after is None else detail.after.zh
            say(f"    {detail.what.zh}:{before} → {after}")
    counted = "、".join(f"{_HOW[how]} {found.count(how)}" for how in How)
    say(f"共 {len(found.changes)} 处({counted})。旧版在办 {found.running} 件。")


def _line(one: Touched) -> str:
    change = one.change
    touched = f",{one.here} 件正在这里、{one.ahead} 件以后会到" if one.here or one.ahead else ""
    return f"  {_HOW[change.how]}{change.type.zh}“{change.name.zh}”({change.id}){touched}"


def plan(call: Call) -> int:
    """A verdict for every running case; exit code 1 when one cannot be taken over as it is."""
    with opened(call.settings()) as installation:
        found = installation.engine.versions.plans.at_once(
            SYSTEM, _route(installation.engine, call)
        )
    if call.words.json:
        say_json(plan_json(found, found.cases))
    else:
        _tell_plan(found)
    return DONE if found.count(Verdict.SAFE) == len(found.cases) else FOUND_WRONG


def _route(engine: Engine, call: Call) -> Route:
    words = call.words
    return Route(words.key, _newest(engine, words.key, words.new), words.old, _ids(words.ids))


def _ids(given: Sequence[str]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for one in given:
        old, equals, new = one.partition("=")
        if not old.strip() or not equals:
            raise CommandRefused(f"--map 应写成“旧编号=新编号”,现在是“{one}”。")
        ids[old.strip()] = new.strip()
    return ids


def _tell_plan(found: Plan) -> None:
    for one in found.cases:
        stands = "、".join(at.name.zh for at in one.stands)
        told = ";".join(word.zh.rstrip("。") for word in (*one.reasons, *one.notes))
        say(f"{one.number}  第 {one.version} 版  {stands}  {_VERDICTS[one.verdict]}  {told}")
    for missing in found.unmapped:
        choice = "、".join(f"{i}({name})" for i, name in missing.candidates) or "没有同类元素"
        drop = ",或 --map " + missing.element_id + "= 表示不再等待" if missing.may_drop else ""
        say(
            f"“{missing.name.zh}”({missing.element_id})有 {missing.cases} 件在等待,"
            f"请用 --map {missing.element_id}=新编号 说明由谁接替:{choice}{drop}。"
        )
    counted = "、".join(f"{_VERDICTS[one]} {found.count(one)}" for one in Verdict)
    say(f"共 {len(found.cases)} 件:{counted};其中已过新增环节、不会补办 {found.passed} 件。")


def move(call: Call) -> int:
    """Take the cases over; exit code 1 when some were left where they are."""
    with opened(call.settings()) as installation:
        engine = installation.engine
        route = _route(engine, call)
        begun = engine.versions.unfinished(SYSTEM, route) or engine.versions.begin(SYSTEM, route)
        bar = ProgressBar(sys.stderr)
        done = engine.versions.work_off(
            SYSTEM, begun.id, lambda n, of: bar.show("迁移在办件", n, of)
        )
        bar.close()
        left = engine.versions.moves(SYSTEM, done.id, MoveStatus.LEFT, limit=_MOST_LEFT)
    if call.words.json:
        say_json(migration_json(done, is_under_way=False))
    else:
        for one in left[:_MOST_LEFT]:
            say(f"{one.number} 没有转:{';'.join(w.zh.rstrip('。') for w in one.reasons)}。")
        _tell_end(done)
    return FOUND_WRONG if done.left else DONE


def _tell_end(done: Migration) -> None:
    say(
        f"已转到第 {done.route.to_version} 版 {done.moved} 件,没有转 {done.left} 件。"
        f"要恢复没有往下办的,运行 bangfu migrate back {done.id}。"
    )


def put_back(call: Call) -> int:
    """Put back what has not moved since; exit code 1 when some have."""
    with opened(call.settings()) as installation:
        versions = installation.engine.versions
        bar = ProgressBar(sys.stderr)
        stayed = versions.put_all_back(
            SYSTEM, call.words.migration, lambda n, of: bar.show("恢复", n, of)
        )
        bar.close()
        found = versions.migration(SYSTEM, call.words.migration)
    for sentence in stayed.values():
        say(sentence)
    say(f"已恢复 {found.back} 件,没有恢复 {len(stayed)} 件。")
    return FOUND_WRONG if stayed else DONE
