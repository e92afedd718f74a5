"""A workbook that was ordered, as values: how far it is, and where it can be fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from engine.model.errands import ErrandStatus
from registry.exporting import Ordered
from webapp.shared.language import _, lazy
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.register_menu import MenuLink, register_menu
from webapp.shared.registry_port import RegistryPort

_STATES = {
    ErrandStatus.WAITING: lazy("排队等候"),
    ErrandStatus.RUNNING: lazy("正在生成"),
    ErrandStatus.DONE: lazy("已生成"),
    ErrandStatus.FAILED: lazy("没有生成"),
}


@dataclass(frozen=True)
class OrderLine:
    """One order; ``fetch`` is empty where there is nothing to fetch."""

    number: str
    href: str
    fetch: str
    files: int
    percent: int
    is_open: bool
    is_failed: bool
    state: str
    is_whole: bool
    reason: str
    narrowed: str
    told: str


@dataclass(frozen=True)
class OrderPage(Page):
    """One order, while it is made and afterwards."""

    template: ClassVar[str] = "register/order.html"

    menu: tuple[MenuLink, ...]
    order: OrderLine

    @property
    def title(self) -> str:
        """导出 and its number."""
        return _("导出 %(number)s", number=self.order.number)


def order_page(shell: Shell, registry: RegistryPort, actor: Actor, ordered: Ordered) -> OrderPage:
    """The page of one order."""
    return OrderPage(shell, register_menu(registry, actor, "exports"), order_line(ordered))


def order_lines(orders: Sequence[Ordered]) -> tuple[OrderLine, ...]:
    """Those that somebody may still want: under way, to be fetched, or failed."""
    return tuple(order_line(one) for one in orders if _matters(one))


def _matters(one: Ordered) -> bool:
    return one.is_there or one.errand.status is not ErrandStatus.DONE


def order_line(one: Ordered) -> OrderLine:
    """One order."""
    errand = one.errand
    return OrderLine(
        number=one.number,
        href=url_for("register.order", errand_id=errand.id),
        fetch=url_for("register.fetch_order", errand_id=errand.id) if one.is_there else "",
        files=errand.total,
        percent=errand.percent,
        is_open=errand.is_open,
        is_failed=errand.status is ErrandStatus.FAILED,
        state=str(_STATES[errand.status]),
        is_whole=one.is_whole,
        reason=one.reason,
        narrowed=one.narrowed or _("全部"),
        told=errand.told if errand.status is ErrandStatus.FAILED else "",
    )
