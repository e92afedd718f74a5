"""``bangfu bench``: measure, each figure beside its limit; the measuring lies with the tests."""

import importlib
import sys

from webapp.commands.folders import program_folder
from webapp.commands.speaking import Call, CommandRefused, Commands


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("bench", "性能测量,每个数字旁边是它的限值", bench)
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def bench(call: Call) -> int:
    """Run ``tests/bench``; a release without its tests cannot."""
    folder = program_folder()
    if not (folder / "tests" / "bench").is_dir():
        raise CommandRefused(
            "性能测量程序(tests/bench)不在这里,没有测量。请在源代码的文件夹里运行。"
        )
    sys.path.insert(0, str(folder))
    measuring = importlib.import_module("tests.bench")
    return int(measuring.main(["--json"] if call.words.json else []))
