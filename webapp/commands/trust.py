"""``bangfu invariants`` and ``bangfu audit verify``: whether the database can be trusted."""

import dataclasses

from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    Commands,
    say,
    say_json,
)
from webapp.opening import invariants_of, opened


def add_to(commands: Commands) -> None:
    """Add the commands."""
    promises = commands.add("invariants", "核对数据库必须始终成立的各项", invariants)
    promises.add_argument("--json", action="store_true", help="输出 JSON")
    trail = commands.group("audit", "操作留痕")
    verifying = trail.add("verify", "核验留痕有没有被改动", verify)
    verifying.add_argument("--json", action="store_true", help="输出 JSON")


def invariants(call: Call) -> int:
    """Check each promise; exit code 1 when one is broken."""
    with opened(call.settings()) as installation:
        checked = invariants_of(installation)
    holds = all(one.ok for one in checked)
    if call.words.json:
        say_json({"ok": holds, "invariants": [dataclasses.asdict(one) for one in checked]})
        return DONE if holds else FOUND_WRONG
    for one in checked:
        say(f"{one.id} {'成立' if one.ok else '不成立'}({one.checked}) {one.title}")
        say(*(f"   {broken}" for broken in one.broken))
    return DONE if holds else FOUND_WRONG


def verify(call: Call) -> int:
    """Walk the chain over everything; exit code 1 when it is broken."""
    with opened(call.settings()) as installation:
        verdict = installation.engine.audit.verify()
    if call.words.json:
        say_json(dataclasses.asdict(verdict))
    elif verdict.ok:
        say(f"留痕完整:{verdict.entries} 条,没有改动、删除、调换或缺失。链尾 {verdict.head}")
    else:
        where = "" if verdict.first_bad_seq is None else f"从第 {verdict.first_bad_seq} 条起"
        say(f"留痕{where}不可信:{verdict.reason}。请保存现状,并与封存的链尾核对。")
    return DONE if verdict.ok else FOUND_WRONG
