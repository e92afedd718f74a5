"""The pages of 系统设置, as far as they are open to the reader."""

from collections.abc import Collection

from flask import url_for

from engine import Actor
from engine.errors import NotPermitted
from webapp.shared.language import _
from webapp.shared.navigation import Link

ADMIN = "admin"


def must_read_settings(actor: Actor) -> None:
    """Everybody who holds a role may read what is in force."""
    if not actor.roles:
        raise NotPermitted("您没有角色,不能查看系统设置。如需查看,请联系市总工会管理员。")


def settings_section(actor: Actor, others: str = "parameters") -> str:
    """The menu of the top bar under which such a page stands: an administrator's, or others'."""
    return "directory" if ADMIN in actor.roles else others


def settings_tabs(now: str, roles: Collection[str]) -> tuple[Link, ...]:
    """Everything to an administrator; to others what is in force."""
    everybody = {
        "parameters": (_("业务参数"), "parameters.listing"),
        "holidays": (_("节假日"), "holidays.show"),
    }
    if ADMIN not in roles:
        pages = everybody
    else:
        pages = {
            "units": (_("机构"), "directory.units"),
            "people": (_("人员"), "directory.people"),
            "roles": (_("角色"), "directory.roles"),
            "designations": (_("书面指定"), "directory.designations"),
            **everybody,
            "gaps": (_("岗位空缺"), "supervision.gaps"),
            "unstaffed": (_("无人办理"), "supervision.unstaffed"),
            "messages": (_("消息通知"), "messages.channels"),
            "operation": (_("任务与故障"), "operation.show"),
            "exports": (_("导出记录"), "register.exports"),
        }
    return tuple(
        Link(label, url_for(endpoint), name == now) for name, (label, endpoint) in pages.items()
    )
