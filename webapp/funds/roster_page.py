"""A draft's roster in Excel, as values: what to fetch, what to bring back, what was wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from flask import url_for

from registry.budget.amounts import in_yuan
from registry.funds.rosters import RosterOffer
from registry.incoming.rows import Problem
from webapp.funds.words import fund_tabs
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import NOTHING

_MOST_PROBLEMS = 200


@dataclass(frozen=True)
class TypedRoster:
    """What was typed into a form that was refused, and why it was."""

    values: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    problems: Sequence[Problem] = ()
    is_missing_lines: bool = False


@dataclass(frozen=True)
class WrongCell:
    """Something wrong in a sheet."""

    row: str
    column: str
    message: str


@dataclass(frozen=True)
class RosterPage(Page):
    """用 Excel 修改名单."""

    template: ClassVar[str] = "funds/roster_in_excel.html"

    tabs: tuple[Link, ...]
    back: str
    number: str
    name: str
    lines: int
    total: str
    asks_reason: bool
    takes_new: bool
    reason: str
    removes: bool
    asks_removal: bool
    message: str
    problems: tuple[WrongCell, ...]
    is_cut: bool

    @property
    def title(self) -> str:
        """用 Excel 修改名单 · 编号."""
        return f"{_('用 Excel 修改名单')} · {self.number}"


def roster_page(shell: Shell, offer: RosterOffer, typed: TypedRoster) -> RosterPage:
    """The page of a draft."""
    number = offer.batch.number
    return RosterPage(
        shell=shell,
        tabs=fund_tabs("batches"),
        back=url_for("funds.batch", number=number),
        number=number,
        name=offer.batch.title,
        lines=offer.lines,
        total=in_yuan(offer.fen),
        asks_reason=offer.asks_reason,
        takes_new=offer.takes_new,
        reason=typed.values.get("reason", ""),
        removes=bool(typed.values.get("removes")),
        asks_removal=typed.is_missing_lines,
        message=typed.message,
        problems=tuple(
            WrongCell(str(one.row) if one.row else NOTHING, one.column or NOTHING, one.message)
            for one in typed.problems[:_MOST_PROBLEMS]
        ),
        is_cut=len(typed.problems) > _MOST_PROBLEMS,
    )
