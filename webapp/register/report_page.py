"""The page 登记举报 as a value."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from registry.report_desk import ReportStanding
from webapp.register.upkeep_pages import Refused
from webapp.shared.language import _
from webapp.shared.navigation import Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household
from webapp.shared.words import ways_to_choose

WAYS = ("电话", "来信", "当面", "网页", "转来")


@dataclass(frozen=True)
class ReportPage(Page):
    """What somebody said of a household on file, written down for her."""

    template: ClassVar[str] = "register/report.html"

    file_no: str
    head_name: str
    unit: str
    back: str
    ways: tuple[tuple[str, str], ...]
    way: str
    said_on: str
    text: str
    by: str
    message: str
    is_examined: bool
    refer_to: str
    """Whom to tell, where she may not take the report herself; empty where she may."""

    @property
    def title(self) -> str:
        """登记举报 · 姓名."""
        return f"{_('登记举报')} · {self.head_name}"


def report_page(
    shell: Shell, found: Household, today: str, typed: Refused, standing: ReportStanding
) -> ReportPage:
    """The page of one file."""
    return ReportPage(
        shell=shell,
        file_no=found.line.file_no,
        head_name=found.line.head_name,
        unit=found.line.organisation_name,
        back=url_for("register.household", file_no=found.line.file_no),
        ways=ways_to_choose(WAYS),
        way=typed.values.get("way", ""),
        said_on=typed.values.get("said_on", "") or today,
        text=typed.values.get("text", ""),
        by=typed.values.get("by", ""),
        message=typed.message,
        is_examined=standing.is_examined,
        refer_to=" ".join(filter(None, standing.refer_to or ())),
    )
