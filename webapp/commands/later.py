"""Commands that a later release brings: they say so instead of not being known."""

from webapp.commands.speaking import NOT_DONE, Call, complain


def not_yet(_call: Call) -> int:
    """Say that it is not there yet."""
    complain("这个命令以后的版本才提供,现在还没有,没有做任何事。")
    return NOT_DONE
