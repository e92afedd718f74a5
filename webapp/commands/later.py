"""Commands that a later release brings: they say so instead of not being known."""

import argparse

from webapp.commands.speaking import NOT_DONE, Call, Commands, complain

_LATER = {"decisions": "测试决策表"}


def add_to(commands: Commands) -> None:
    """Add the commands."""
    for name, tells in _LATER.items():
        parser = commands.add(name, f"{tells}(以后的版本提供)", not_yet)
        parser.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def not_yet(_call: Call) -> int:
    """Say that it is not there yet."""
    complain("这个命令以后的版本才提供,现在还没有,没有做任何事。")
    return NOT_DONE
