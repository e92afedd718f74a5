"""``bangfu decisions test DIR``: run the tests that stand beside decision files."""

from collections import Counter
from pathlib import Path

from engine.decisions.testing import CaseResult, run_folder
from engine.feel import BUSINESS_ZONE, EvaluationContext
from engine.model.clock import SystemClock
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)

_WORDS = {"pass": "通过", "fail": "不符", "error": "出错"}


def add_to(commands: Commands) -> None:
    """Add the commands."""
    decisions = commands.group("decisions", "决策表")
    testing = decisions.add("test", "运行决策文件旁边的测试(DMN TCK 格式)", test)
    testing.add_argument("folder", metavar="DIR", help="文件夹;其下所有测试文件都会运行")
    testing.add_argument("--json", action="store_true", help="每个结果一行 JSON,最后一行是汇总")


def test(call: Call) -> int:
    """Run and report; exit code 1 when one result is not as expected."""
    folder = Path(call.words.folder)
    if not folder.is_dir():
        raise CommandRefused(f"没有找到文件夹“{folder}”,没有运行测试。请核对路径。")
    context = EvaluationContext(now=SystemClock().now().astimezone(BUSINESS_ZONE))
    counted: Counter[str] = Counter()
    files: set[str] = set()
    for result in run_folder(folder, context):
        counted[result.verdict] += 1
        files.add(result.file)
        if call.words.json:
            say_json(_as_json(result))
        elif result.verdict != "pass":
            say(*_told(result))
    if not files:
        raise CommandRefused(f"“{folder}”里没有测试文件(DMN TCK 格式的 .xml),没有运行测试。")
    if call.words.json:
        totals = {verdict: counted[verdict] for verdict in _WORDS}
        say_json({"files": len(files), "results": counted.total(), **totals})
    else:
        parts = "、".join(f"{word} {counted[verdict]}" for verdict, word in _WORDS.items())
        say(f"{len(files)} 个测试文件,{counted.total()} 个结果:{parts}。")
    return DONE if counted["pass"] == counted.total() else FOUND_WRONG


def _as_json(result: CaseResult) -> dict[str, object]:
    return {
        "file": result.file,
        "case": result.case,
        "node": result.node,
        "result": result.verdict,
        "expected": result.expected,
        "got": result.got,
        "reasons": result.reasons,
    }


def _told(result: CaseResult) -> list[str]:
    lines = [f"{_WORDS[result.verdict]} {result.file} {result.case} “{result.node}”"]
    if result.verdict == "fail":
        lines.append(f"  应为 {result.expected},得到 {result.got}")
    lines += [f"  {reason}" for reason in result.reasons]
    return lines
