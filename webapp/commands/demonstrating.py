"""``bangfu demo``: load the demonstration federation, once."""

import sys

from webapp.commands.folders import form_folder, process_folder
from webapp.commands.progress import ProgressBar
from webapp.commands.speaking import DONE, Call, CommandRefused, Commands, complain, say, say_json
from webapp.demo.federation import DEMO_PASSWORD
from webapp.demo.loading import Loaded, load_demo
from webapp.demo.script import Demo

_SHOWN = (
    ("xc.officer1", "基层工会经办人"),
    ("xc.chair1", "基层工会主席"),
    ("xc.reviewer", "县级审核员"),
    ("xc.approver", "县级审批人"),
    ("xc.entry", "系统录入员"),
    ("xc.reception", "信访接待员"),
    ("xc.lawyer", "援助律师"),
    ("xc.supervisor", "督办人"),
    ("zz.designer", "流程设计员"),
    ("zz.admin", "系统管理员"),
)


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("demo", "装入演示数据(只装一次)", demo)
    parser.add_argument("--json", action="store_true", help="输出全部用户,JSON")
    parser.add_argument("--quiet", action="store_true", help="少说话")


def demo(call: Call) -> int:
    """Load what is missing; a second call changes nothing and tells the same."""
    settings = call.demo_settings()
    if not settings.is_demo:
        raise CommandRefused("BANGFU_DEMO=0,没有装入演示数据。演示数据只装入试用的数据库。")
    bar = ProgressBar(sys.stderr)
    loaded = load_demo(
        settings,
        Demo(process_folder(), form_folder()),
        lambda now: bar.show(now.words, now.done, now.total),
    )
    bar.close()
    for fault in loaded.faults:
        complain(f"演示办件没有办到预定的一步:{fault}")
    if call.words.json:
        say_json(loaded.as_json())
    elif not call.words.quiet:
        say(*_told(loaded))
    return DONE


def _told(loaded: Loaded) -> list[str]:
    known = {user["username"] for user in loaded.users}
    return [
        f"演示数据已就绪:{len(loaded.users)} 个用户,密码都是 {DEMO_PASSWORD}。例如:",
        *(f"  {username}\t{words}" for username, words in _SHOWN if username in known),
        "全部用户见 bangfu demo --json;启动网站用 bangfu serve(都要 BANGFU_DEMO=1)。",
    ]
