"""The command ``bangfu``. Exit codes: 0 done, 1 found something wrong, 2 could not be done."""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version

from engine.errors import BangfuError, DeploymentRefused
from engine.sentences import in_english
from webapp.commands.findings import told
from webapp.commands.speaking import (
    FOUND_WRONG,
    NOT_DONE,
    Call,
    CommandRefused,
    Commands,
    Parser,
    complain,
    reason,
)
from webapp.quick_start import quick_start
from webapp.settings import Settings, SettingsRefused

_MODULES: Mapping[str, tuple[str, ...]] = {
    "serving": ("serve",),
    "working": ("worker",),
    "demonstrating": ("demo",),
    "checking": ("check",),
    "scenarios": ("scenarios",),
    "deciding": ("decisions",),
    "deploying": ("deploy",),
    "operating": ("operations",),
    "people": ("user",),
    "units": ("org",),
    "parameters": ("parameter",),
    "importing": ("import",),
    "migrating": ("migrate",),
    "backup": ("backup", "restore"),
    "trust": ("invariants", "audit"),
    "troubles": ("incidents",),
    "benchmark": ("bench",),
}
"""The modules with the commands that each adds: only that of the command is imported, for a check
of one file needs neither a database nor a web server."""


def main(argv: Sequence[str] | None = None) -> int:
    """Do one command; every refusal is one Chinese sentence on the error channel."""
    parser = Parser(prog="bangfu", description="工会帮扶办件系统")
    parser.add_argument(
        "--version", action="version", version=f"bangfu {version('bangfu')}", help="显示版本"
    )
    commands = Commands(parser, "命令")
    given = sys.argv[1:] if argv is None else argv
    with quick_start():
        for module in _asked_for(given):
            import_module(f"webapp.commands.{module}").add_to(commands)
    words = parser.parse_args(given)
    with _in_private():
        return _done(words)


def _done(words: argparse.Namespace) -> int:
    try:
        code: int = words.run(_call(words))
    except DeploymentRefused as refused:
        complain(refused.message)
        for finding in refused.findings:
            complain(f"  {told(finding)}")
        return FOUND_WRONG
    except (SettingsRefused, CommandRefused, BangfuError) as refused:
        is_english = getattr(words, "language", "") == "en"
        complain(in_english(refused.message) if is_english else refused.message)
        return NOT_DONE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOT_DONE
    except KeyboardInterrupt:
        complain("已中断。")
        return NOT_DONE
    except OSError as error:
        place = f"“{error.filename}”" if error.filename else ""
        complain(f"没有做成:{place}{reason(error)}。请核对路径和权限。")
        return NOT_DONE
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        complain(
            f"程序内部错误,没有做成({type(error).__name__}: {error})。"
            "请把这句话告诉管理员;用 python -X dev 运行可看到详细位置。"
        )
        return NOT_DONE
    return code


@contextmanager
def _in_private() -> Iterator[None]:
    """Files that commands write hold people's data: whoever runs them reads them, nobody else."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _asked_for(given: Sequence[str]) -> Sequence[str]:
    """The module of the command; all of them where none is named, for ``--help``."""
    named = next((word for word in given if not word.startswith("-")), "")
    return [module for module, words in _MODULES.items() if named in words] or [*_MODULES]


def _call(words: argparse.Namespace) -> Call:
    return Call(
        words,
        settings=lambda: Settings.from_environ(os.environ),
        demo_settings=lambda: Settings.from_environ(os.environ, {"BANGFU_DEMO": "1"}),
    )


if __name__ == "__main__":
    sys.exit(main())
