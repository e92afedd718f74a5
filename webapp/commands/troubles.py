"""``bangfu incidents``: what failed, why, and trying it again; for who sits at the machine."""

from engine import SYSTEM
from engine.errors import Refused
from engine.work.troubles import Question
from webapp.commands.speaking import (
    DONE,
    FOUND_WRONG,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)
from webapp.opening import opened


def add_to(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("incidents", "任务与故障")
    listing = group.add("list", "列出停下等人重试的任务,按原因", list_incidents)
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    trying = group.add("retry", "让停下的任务重新办理", retry)
    trying.add_argument("jobs", nargs="*", type=int, metavar="NUMBER", help="任务的编号")
    trying.add_argument("--cause", default="", metavar="KEY", help="这个原因的全部,见 list")


def list_incidents(call: Call) -> int:
    """By cause; exit code 1 when there are any."""
    with opened(call.settings()) as installation:
        found = installation.engine.operating.troubles(SYSTEM, Question())
    if call.words.json:
        causes = [
            {"cause": c.key, "process": c.process, "step": c.step, "jobs": c.jobs, "error": c.error}
            for c in found.causes
        ]
        told = {"failed": found.failed, "late": found.late, "causes": causes}
        say_json({**told, "more_causes": found.more_causes})
    else:
        say(f"故障 {found.failed} 件,迟到 {found.late} 件。")
        say(*(f"{c.key} {c.jobs} 件 {c.process} · {c.step}:{c.error}" for c in found.causes))
        if found.more_causes:
            say(f"另有 {found.more_causes} 个原因,先处理以上的。")
    return FOUND_WRONG if found.failed else DONE


def retry(call: Call) -> int:
    """Try these, or all of a cause."""
    with opened(call.settings()) as installation:
        try:
            tried = installation.engine.operating.retry(SYSTEM, call.words.jobs, call.words.cause)
        except Refused as refused:
            raise CommandRefused(refused.message) from refused
    say(f"已让 {tried.done} 件重新办理,{tried.skipped} 件已在重试或已处理。")
    if tried.left:
        raise CommandRefused(f"同时办理的人太多,还有 {tried.left} 件没有重试,请稍后再试。")
    return DONE
