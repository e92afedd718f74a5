"""``bangfu migrate``: bring the database's schema up to this release."""

from engine.opening import is_up_to_date
from webapp.commands import moving_cases
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    Commands,
    say,
)
from webapp.opening import branches, opened, refuse_other_databases
from webapp.settings import Settings

_CURRENT = "数据库结构与本版本一致,"


def add_to(commands: Commands) -> None:
    """Add the command; below it are also those of process versions and running cases."""
    parser = commands.add("migrate", "把数据库升级到本版本的结构", migrate)
    below = Commands(parser, "子命令", required=False)
    below.add("check", "只看要不要升级", check)
    moving_cases.add_to(below)


def migrate(call: Call) -> int:
    """Run what is missing."""
    settings = call.settings()
    was_current = _is_current(settings)
    with opened(settings):
        say(_CURRENT + "没有改动。" if was_current else "数据库结构已升级到本版本。")
    return DONE


def check(call: Call) -> int:
    """Say whether something is missing, exit code 1 if so; changes nothing."""
    if _is_current(call.settings()):
        say(_CURRENT + "不需要升级。")
        return DONE
    say("数据库结构需要升级,请先备份,再运行 bangfu migrate。")
    return FOUND_WRONG


def _is_current(settings: Settings) -> bool:
    refuse_other_databases(settings)
    return is_up_to_date(settings.url, branches())
