"""The pages under 困难职工档案, with how much waits on each (product.md §4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from engine import Actor
from registry.loading import MAY_LOAD
from registry.rights import Act, places_of
from registry.store.file_lists import Queue
from webapp.shared.language import _
from webapp.shared.registry_port import RegistryPort


@dataclass(frozen=True)
class MenuLink:
    """A page with its number; None where there is nothing to count."""

    label: str
    href: str
    count: int | None
    is_current: bool


def register_menu(
    registry: RegistryPort, actor: Actor, current: str, counts: Mapping[Queue, int] | None = None
) -> tuple[MenuLink, ...]:
    """The links she may use; ``current`` is the name of the page she is on."""
    counted = registry.lists.queues(actor) if counts is None else counts
    links: list[tuple[str, str, str, int | None]] = [
        ("list", _("档案列表"), url_for("register.households"), counted[Queue.ALL]),
        ("awaiting", _("待录入全国系统"), _queue(Queue.AWAITING), counted[Queue.AWAITING]),
        ("review", _("待认定复核"), _queue(Queue.REVIEW), counted[Queue.REVIEW]),
        ("unchanged", _("一年未改"), _queue(Queue.UNCHANGED), counted[Queue.UNCHANGED]),
        ("unhelped", _("未帮扶"), _queue(Queue.UNHELPED), counted[Queue.UNHELPED]),
        ("newcomers", _("当年未同步"), _queue(Queue.NEWCOMERS), counted[Queue.NEWCOMERS]),
        (
            "fallen-back",
            _("返困"),
            _queue(Queue.FALLEN_BACK),
            counted[Queue.FALLEN_BACK],
        ),
        ("alike", _("疑似重复"), _queue(Queue.ALIKE), counted[Queue.ALIKE]),
    ]
    links.append(("year", _("年度指标"), url_for("register.year_figures"), None))
    if places_of(actor, Act.COPY):
        links.append(("copy", _("抄录"), url_for("register.copy_first"), counted[Queue.TO_COPY]))
    if actor.roles & set(MAY_LOAD):
        links.append(("imports", _("批量导入"), url_for("imports.choose"), None))
    if places_of(actor, Act.EXPORT):
        links.append(("exports", _("导出记录"), url_for("register.exports"), None))
    return tuple(
        MenuLink(label, href, count, name == current) for name, label, href, count in links
    )


def _queue(queue: Queue) -> str:
    return url_for("register.queue", name=queue.value)
