"""How commands read their words and answer: Chinese sentences, exit codes 0, 1 and 2."""

import argparse
import errno
import re
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson
from typing_extensions import override

from webapp.settings import Settings

PORTS = range(1, 65536)

DONE = 0
FOUND_WRONG = 1
"""The command worked and found something wrong: errors in files, a broken promise."""
NOT_DONE = 2
"""The command could not do what was asked; a sentence says why."""


class CommandRefused(Exception):
    """The command cannot do what was asked; ``message`` is one Chinese sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Call:
    """A command as it was called: its words, and the settings for those that need them.

    ``demo_settings``: the same in demo mode, unless the environment says otherwise. Both raise
    SettingsRefused.
    """

    words: argparse.Namespace
    settings: Callable[[], Settings]
    demo_settings: Callable[[], Settings]


Run = Callable[[Call], int]
"""Does a command; its exit code."""


def say(*lines: str) -> None:
    """Tell a person."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Tell a machine: one line of JSON."""
    sys.stdout.write(orjson.dumps(value).decode() + "\n")
    sys.stdout.flush()


def complain(sentence: str) -> None:
    """Say on the error channel why something was not done."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "系统不允许",
    errno.EEXIST: "已经有这个文件或文件夹",
    errno.EISDIR: "这是文件夹,不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENAMETOOLONG: "名称太长",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘空间已满",
    errno.EDQUOT: "磁盘限额已满",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "打开的文件太多",
    errno.EADDRINUSE: "这个端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    socket.EAI_NONAME: "没有这个主机名",
}


def reason(error: OSError) -> str:
    """Why the system refused; what is not in the table keeps its number and the system's words."""
    known = _REASONS.get(error.errno or 0)
    return known or f"系统错误 {error.errno}({error.strerror or error})"


_TRANSLATED = (
    (re.compile(r"the following arguments are required: (.*)"), "缺少 {0}"),
    (re.compile(r"unrecognized arguments: (.*)"), "不认识“{0}”"),
    (
        re.compile(r"argument (--\S+): invalid choice: '(.*?)' \(choose from (.*)\)"),
        "{0} 不能是“{1}”,可用的有:{2}",
    ),
    (re.compile(r"argument (\S+): invalid choice: '(.*?)'.*"), "没有“{1}”这个命令"),
    (re.compile(r"argument (.+): expected one argument"), "{0} 后面要写一个值"),
    (re.compile(r"argument (.+): expected at least one argument"), "{0} 后面至少要写一个值"),
    (re.compile(r"argument (.+): invalid \w+ value: '(.*)'"), "{0} 的值“{1}”不对"),
    (re.compile(r"argument (.+): ignored explicit argument '(.*)'"), "{0} 后面不能写值“{1}”"),
    (re.compile(r"argument (.+): not allowed with argument (.+)"), "{0} 和 {1} 不能同时用"),
)


class _Usage(argparse.HelpFormatter):
    """How ``--help`` is laid out: argparse's own layout under a Chinese word."""

    @override
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        """Begin with 用法."""
        super().add_usage(usage, actions, groups, "用法:" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """Reads the words of a command; a wrong one is answered in a Chinese sentence, exit code 2."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**words, formatter_class=_Usage, add_help=False, allow_abbrev=False)
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示用法")

    @override
    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where to read on."""
        told = message
        for pattern, sentence in _TRANSLATED:
            matched = pattern.fullmatch(message)
            if matched is not None:
                told = sentence.format(*matched.groups())
                break
        complain(f"命令写得不对:{told}。用法见 {self.prog} --help。")
        raise SystemExit(NOT_DONE)


class Commands:
    """A place that commands are added to."""

    def __init__(self, parser: Parser, title: str, *, required: bool = True) -> None:
        self._below = parser.add_subparsers(
            dest="command", required=required, metavar=title, parser_class=Parser
        )

    def add(self, name: str, tells: str, run: Run) -> Parser:
        """A command; what it returns takes its arguments."""
        parser = self._below.add_parser(name, help=tells, description=tells)
        parser.set_defaults(run=run)
        return parser

    def group(self, name: str, tells: str) -> "Commands":
        """A command that has commands of its own, such as ``user create``."""
        parser = self._below.add_parser(name, help=tells, description=tells)
        return Commands(parser, "子命令")
