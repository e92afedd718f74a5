"""``bangfu user …``: accounts. Everybody chooses her own password by a one-use link."""

from engine import SYSTEM, Engine
from engine.errors import NotFound
from engine.model.ids import new_id
from engine.model.organisations import Organisation, Person
from engine.work.organise import ADMIN, NewPerson
from webapp.commands.speaking import (
    DONE,
    Call,
    CommandRefused,
    Commands,
    say,
    say_json,
)
from webapp.opening import Opened, opened
from webapp.standard.roles import ROLES


def add_to(commands: Commands) -> None:
    """Add the commands."""
    group = commands.group("user", "人员和密码")
    creating = group.add("create", "开设账号,给出一次性链接", create)
    creating.add_argument("username", nargs="?", default="", help="用户名,默认 admin")
    creating.add_argument("--admin", action="store_true", help="系统管理员")
    creating.add_argument("--name", default="", help="姓名")
    creating.add_argument("--org", default="", metavar="ID", help="单位编号,默认最上级单位")
    creating.add_argument(
        "--role", action="append", default=[], metavar="CODE", help="角色,可写几次"
    )
    creating.add_argument("--federation", default="", help="第一次使用时:最上级工会的名称")
    listing = group.add("list", "列出人员", list_people)
    listing.add_argument("--json", action="store_true", help="输出 JSON")
    for name, tells, run in (
        ("reset", "重新给出一次性链接(忘记密码)", reset),
        ("close", "停用账号", close),
    ):
        group.add(name, tells, run).add_argument("username", help="用户名")


def create(call: Call) -> int:
    """Open an account; the first one of all also founds the federation."""
    words = call.words
    username = words.username or ("admin" if words.admin else "")
    if not username:
        raise CommandRefused("请写明用户名:bangfu user create 用户名 --name 姓名 --org 单位编号。")
    if words.federation and not words.admin:
        raise CommandRefused("--federation 只和 --admin 一起用,未开设账号。")
    roles = [*words.role, *([ADMIN] if words.admin else [])]
    with opened(call.settings()) as installation:
        engine = installation.engine
        if words.admin:
            _found_federation(engine, words.federation)
        unknown = [code for code in roles if code not in engine.directory.roles()]
        if unknown:
            known = [f"{role.code}({role.zh})" for role in engine.directory.roles().values()]
            raise CommandRefused(
                f"没有角色“{'、'.join(unknown)}”,未开设账号。现有:{'、'.join(known) or '还没有'}。"
            )
        home = words.org or _top(engine).id
        if home not in engine.directory.organisations():
            raise CommandRefused(f"没有编号为“{home}”的单位,未开设账号。见 bangfu org list。")
        place, known_roles = engine.directory.organisations()[home], engine.directory.roles()
        for role in (known_roles[code] for code in roles):
            if place.level not in role.levels:
                raise CommandRefused(f"“{role.zh}”不设在“{place.name}”这一级,未开设账号。")
        person_id = new_id()
        new = NewPerson(person_id, username, words.name or username, home)
        token = engine.directory.add_person(SYSTEM, new)
        for code in roles:
            engine.directory.grant(SYSTEM, person_id, code, home)
        _hand_over(installation, username, token)
    return DONE


def _found_federation(engine: Engine, name: str) -> None:
    """Write the standard roles and the top organisation, once."""
    if not engine.directory.organisations():
        top = Organisation("top", "0", name or "市总工会", "city", "city", None, None)
        engine.directory.load([top], ROLES, [], [])
        say(f"已建立最上级单位“{top.name}”。可用 bangfu org rename top 改名。")
    elif name and name != (there := _top(engine)).name:
        raise CommandRefused(
            f"最上级单位已建立,叫“{there.name}”,未开设账号。请不写 --federation;"
            f"改名用 bangfu org rename {there.id} 新名称。"
        )


def _top(engine: Engine) -> Organisation:
    for organisation in engine.directory.organisations().values():
        if organisation.approval_parent is None:
            return organisation
    raise CommandRefused("还没有单位,未开设账号。请先开设管理员:bangfu user create --admin。")


def _hand_over(installation: Opened, username: str, token: str) -> None:
    scheme = "https" if installation.settings.is_https else "http"
    say(
        f"账号“{username}”的一次性链接(7 天内有效,只能用一次,请当面交给本人):",
        f"{scheme}://<网站地址>/password/{token}",
    )


def list_people(call: Call) -> int:
    """Everybody with an account and what they hold."""
    with opened(call.settings()) as installation:
        directory = installation.engine.directory
        people, grants = directory.people(), directory.grants()
        units = directory.organisations()
    held: dict[str, list[str]] = {}
    for grant in grants:
        held.setdefault(grant.person_id, []).append(f"{grant.role}@{grant.organisation_id}")
    for person in people:
        if call.words.json:
            continue
        unit = units.get(person.organisation_id)
        state = "" if person.active else " [已停用]"
        place = "" if unit is None else unit.name
        roles = "、".join(held.get(person.id, ()))
        say(f"{person.username}\t{person.name}\t{place}\t{roles}{state}")
    if call.words.json:
        say_json(
            [
                {
                    "username": person.username,
                    "name": person.name,
                    "organisation": person.organisation_id,
                    "active": person.active,
                    "grants": held.get(person.id, []),
                }
                for person in people
            ]
        )
    return DONE


def reset(call: Call) -> int:
    """Give a new one-use link; sessions end when it is used."""
    with opened(call.settings()) as installation:
        person = _named(installation.engine, call.words.username)
        token = installation.engine.accounts.reset_password(SYSTEM, person.id)
        _hand_over(installation, person.username, token)
    return DONE


def close(call: Call) -> int:
    """Close an account; its name stays where it signed."""
    with opened(call.settings()) as installation:
        person = _named(installation.engine, call.words.username)
        installation.engine.directory.close_account(SYSTEM, person.id)
    say(f"账号“{person.username}”({person.name})已停用,已登录的随即退出。")
    return DONE


def _named(engine: Engine, username: str) -> Person:
    for person in engine.directory.people():
        if person.username == username:
            return person
    raise NotFound(f"没有名为“{username}”的用户。见 bangfu user list。")
