"""``bangfu bench``: measure, each figure beside its limit; the measuring lies with the tests."""

import importlib
import sys
from collections.abc import Collection

from webapp.commands.folders import program_folder
from webapp.commands.speaking import Call, CommandRefused, Commands


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("bench", "性能测量,每个数字旁边是它的限值", bench)
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--only", default="", metavar="项目,…", help="只测这些项目,用逗号隔开")
    parser.add_argument("--db", default="", metavar="sqlite|postgres", help="只测一种数据库")


def bench(call: Call) -> int:
    """Run ``tests/bench``; a release without its tests cannot."""
    folder = program_folder()
    if not (folder / "tests" / "bench").is_dir():
        raise CommandRefused(
            "性能测量程序(tests/bench)不在这里,没有测量。请在源代码的文件夹里运行。"
        )
    sys.path.insert(0, str(folder))
    measuring = importlib.import_module("tests.bench.works")
    words = call.words
    works = _chosen("项目", words.only, measuring.WORKS) or measuring.USUALLY
    databases = _chosen("数据库", words.db, measuring.DATABASES) or measuring.DATABASES
    try:
        return int(measuring.run(databases, works, as_json=words.json))
    except measuring.PostgresMissing as missing:
        raise CommandRefused(
            f"这里没有 PostgreSQL,没有测量({missing})。可以用 --db sqlite 只测 SQLite。"
        ) from missing


def _chosen(kind: str, text: str, known: Collection[str]) -> list[str]:
    """The names of a list with commas; CommandRefused for an unknown one."""
    names = [name for name in text.split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandRefused(
            f"没有名为“{'、'.join(unknown)}”的{kind},没有测量。可选:{'、'.join(known)}。"
        )
    return names
