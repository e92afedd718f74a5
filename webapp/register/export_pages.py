"""The pages 导出 Excel and 导出记录 as values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine import Actor
from registry.exporting import AT_ONCE, REASONS, Offer, Ordered
from registry.store.exports import ExportLine
from webapp.register.order_page import OrderLine, order_lines
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.register_menu import MenuLink, register_menu
from webapp.shared.registry_port import RegistryPort
from webapp.shared.settings_tabs import settings_tabs
from webapp.shared.words import NOTHING, moment

_ADMIN = "admin"


@dataclass(frozen=True)
class ExportPage(Page):
    """What would be exported, and what must be said for it."""

    template: ClassVar[str] = "register/export.html"

    menu: tuple[MenuLink, ...]
    back: str
    kept: Mapping[str, str]
    narrowed: str
    files: int
    most_without_reason: int
    needs_reason: bool
    takes_long: bool
    may_whole: bool
    reasons: tuple[str, ...]
    chosen: str
    own_text: str
    is_whole: bool
    message: str

    @property
    def title(self) -> str:
        """导出 Excel."""
        return _("导出 Excel")


@dataclass(frozen=True)
class ExportRow:
    """One export."""

    number: str
    at: str
    by: str
    unit: str
    files: int
    withheld: int
    is_whole: bool
    reason: str
    narrowed: str
    fingerprint: str


@dataclass(frozen=True)
class ExportLogPage(Page):
    """What was exported."""

    template: ClassVar[str] = "register/exports.html"

    menu: tuple[MenuLink, ...]
    tabs: tuple[Link, ...]
    orders: tuple[OrderLine, ...]
    rows: tuple[ExportRow, ...]

    @property
    def title(self) -> str:
        """导出记录."""
        return _("导出记录")


@dataclass(frozen=True)
class AskedExport:
    """Where somebody comes from, and what she has typed."""

    back: str
    kept: Mapping[str, str]
    narrowed: str
    typed: Mapping[str, str]
    message: str = ""


def export_page(
    shell: Shell, registry: RegistryPort, actor: Actor, offer: Offer, asked: AskedExport
) -> ExportPage:
    """The page; the last reason is chosen already."""
    chosen = asked.typed.get("reason", offer.last_reason)
    own_text = asked.typed.get("own_reason", "" if chosen in REASONS else chosen)
    return ExportPage(
        shell=shell,
        menu=register_menu(registry, actor, ""),
        back=asked.back,
        kept=asked.kept,
        narrowed=asked.narrowed,
        files=offer.files,
        most_without_reason=offer.most_without_reason,
        needs_reason=offer.needs_reason,
        takes_long=offer.files > AT_ONCE,
        may_whole=offer.may_whole,
        reasons=REASONS,
        chosen=chosen if chosen in REASONS else "",
        own_text=own_text,
        is_whole=bool(asked.typed.get("whole")),
        message=asked.message,
    )


def log_page(
    shell: Shell,
    registry: RegistryPort,
    actor: Actor,
    lines: Sequence[ExportLine],
    orders: Sequence[Ordered],
) -> ExportLogPage:
    """The page; to an administrator, who has no register, among the settings."""
    is_admin = _ADMIN in actor.roles
    return ExportLogPage(
        shell=shell,
        menu=() if is_admin else register_menu(registry, actor, "exports"),
        tabs=settings_tabs("exports", actor.roles) if is_admin else (),
        orders=order_lines(orders),
        rows=tuple(
            ExportRow(
                one.record.number,
                moment(one.record.at),
                one.by_name or NOTHING,
                one.organisation_name or NOTHING,
                one.record.files,
                one.record.withheld,
                one.record.is_whole,
                one.record.reason or NOTHING,
                one.record.narrowed or _("全部"),
                one.record.sha256[:12],
            )
            for one in lines
        ),
    )


def log_section(actor: Actor) -> str:
    """The menu of the top bar under which the log stands."""
    return "directory" if _ADMIN in actor.roles else "register"


def way_back(queue: str, kept: Mapping[str, str]) -> str:
    """The list that would be exported."""
    if queue:
        return url_for("register.queue", **{**kept, "name": queue})  # type: ignore[arg-type]
    return url_for("register.households", **kept)  # type: ignore[arg-type]
