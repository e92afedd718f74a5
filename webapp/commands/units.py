"""``bangfu org …``: the organisations."""

import dataclasses

from engine import SYSTEM
from engine.model.ids import new_id
from engine.model.organisations import LEVEL_NAMES, LEVELS, Organisation
from webapp.commands.speaking import (
    DONE,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)
from webapp.opening import opened

_KINDS = ("county", "zone", "township", "industry", "grassroots")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("org", "单位")
    listing = group.add("list", "列出单位", list_units)
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    adding = group.add("add", "增加单位", add)
    adding.add_argument("name", help="名称")
    adding.add_argument("--parent", required=True, metavar="ID", help="审批上级的编号")
    adding.add_argument("--area", metavar="ID", help="统计上级的编号,默认与审批上级相同")
    adding.add_argument("--kind", required=True, choices=_KINDS, help="类别")
    adding.add_argument("--level", choices=LEVELS, help="层级,默认按类别")
    adding.add_argument("--code", default="", help="代码")
    adding.add_argument("--id", default="", help="编号,默认自动")
    renaming = group.add("rename", "单位改名,仍是同一单位", rename)
    renaming.add_argument("id", help="编号")
    renaming.add_argument("name", help="新名称")
    renaming.add_argument("--code", default="", help="新代码,默认不变")


def list_units(call: Call) -> int:
    """Every organisation, parents before children."""
    with opened(call.settings()) as installation:
        units = installation.engine.directory.organisations()
    if call.words.json:
        say_json([dataclasses.asdict(unit) for unit in units.values()])
        return DONE
    if not units:
        say("还没有单位。第一次使用请先开设管理员:bangfu user create --admin。")
    below: dict[str | None, list[Organisation]] = {}
    for unit in units.values():
        below.setdefault(unit.approval_parent, []).append(unit)

    def tell(parent: str | None, depth: int) -> None:
        for unit in sorted(below.get(parent, ()), key=lambda one: one.code):
            say(f"{'  ' * depth}{unit.id}\t{unit.code}\t{unit.name}\t{LEVEL_NAMES[unit.level]}")
            tell(unit.id, depth + 1)

    tell(None, 0)
    return DONE


def add(call: Call) -> int:
    """Add a unit below another; routing follows at once."""
    words = call.words
    level = words.level or {"zone": "county", "industry": "township"}.get(words.kind, words.kind)
    with opened(call.settings()) as installation:
        directory = installation.engine.directory
        for parent in filter(None, (words.parent, words.area)):
            if parent not in directory.organisations():
                raise CommandRefused(f"没有编号为“{parent}”的单位,未保存。见 bangfu org list。")
        unit_id = words.id or new_id()
        unit = Organisation(
            id=unit_id,
            code=words.code or unit_id,
            name=words.name,
            kind=words.kind,
            level=level,
            approval_parent=words.parent,
            area_parent=words.area or words.parent,
        )
        directory.add_organisation(SYSTEM, unit)
    say(f"已增加“{words.name}”,编号 {unit_id}。")
    return DONE


def rename(call: Call) -> int:
    """Give a unit another name; its cases and people stay with it."""
    words = call.words
    with opened(call.settings()) as installation:
        directory = installation.engine.directory
        unit = directory.organisations().get(words.id)
        if unit is None:
            raise CommandRefused(f"没有编号为“{words.id}”的单位,未改名。见 bangfu org list。")
        directory.rename_organisation(SYSTEM, unit.id, words.code or unit.code, words.name)
    say(f"“{unit.name}”已改名为“{words.name}”。")
    return DONE
