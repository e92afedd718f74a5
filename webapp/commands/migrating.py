"""``bangfu migrate``: bring the database's schema up to this release."""

from engine.opening import is_up_to_date
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    Commands,
    add_command,
    say,
)
from webapp.opening import branches, opened, refuse_other_databases
from webapp.settings import Settings


def add_to(commands: Commands) -> None:
    """Add the command; ``migrate cases`` belongs to process versions, not to the schema."""
    parser = add_command(commands, "migrate", "把数据库升级到本版本的结构", migrate)
    parser.add_argument(
        "what",
        nargs="?",
        choices=("check", "cases"),
        help="check:只看要不要升级;cases:把在办件转到新版流程",
    )
    parser.add_argument("rest", nargs="*", help="cases 的参数")


def migrate(call: Call) -> int:
    """Run what is missing; ``check`` only says whether something is, exit code 1 if so."""
    if call.words.what == "cases":
        return not_yet(call)
    settings = Settings.from_environ(call.environ)
    refuse_other_databases(settings)
    was_up_to_date = is_up_to_date(settings.url, branches())
    if call.words.what == "check":
        say("数据库结构与本版本一致。" if was_up_to_date else "数据库结构需要升级,请运行 bangfu migrate。")
        return DONE if was_up_to_date else FOUND_WRONG
    with opened(settings):
        say("数据库结构与本版本一致,没有改动。" if was_up_to_date else "数据库结构已升级到本版本。")
    return DONE
