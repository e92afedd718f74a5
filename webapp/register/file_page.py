"""The page of one household's file as a value: its head, its tabs, and the tab that is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from flask import url_for

from engine import Actor
from engine.errors import NotFound
from registry.files import Left, Person, Standing
from registry.opening import OpenedFile
from registry.report_desk import ReportStanding
from registry.rights import Act
from registry.sections import PARTS
from webapp.register.help_tab import HelpTab, help_tab
from webapp.register.list_page import Row, row_of
from webapp.register.money_tab import MoneyTab, money_tab
from webapp.register.offers import Begin, begins_of
from webapp.register.paper_tab import PaperTab, paper_tab
from webapp.register.trace_tab import TraceTab, trace_tab
from webapp.register.upkeep_pages import review_words
from webapp.register.version_tab import VersionTab, version_tab
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.registry_port import Household, RegistryPort
from webapp.shared.words import NOTHING, time_words

TABS = ("basics", "members", "money", "help", "versions", "papers", "trace")

_SHOWN_APART = frozenset(
    part.title for part in PARTS if part.path in ("members", "income_lines", "expense_lines")
)
"""People and lines have tables of their own."""


@dataclass(frozen=True)
class Section:
    """A part of a file."""

    title: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Member:
    """Somebody of the household."""

    relation: str
    name: str
    id_number: str
    occupation: str
    health: str
    place: str
    more: str
    lives_together: bool
    is_counted: bool


@dataclass(frozen=True)
class FamilyTab:
    """Everybody, with who is counted."""

    members: tuple[Member, ...]

    @property
    def counted(self) -> int:
        """How many are."""
        return sum(one.is_counted for one in self.members)


@dataclass(frozen=True)
class LikeRow:
    """Another file that seems to be about the same people; without ``href`` not hers to see."""

    person: str
    sign: str
    href: str
    name: str
    file_no: str
    told: str
    is_strong: bool


@dataclass(frozen=True)
class Typed:
    """A form that was refused: what was typed, and the sentence that says why."""

    message: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FilePage(Page):
    """One tab of a file."""

    template: ClassVar[str] = "register/show.html"

    head: Row
    tabs: tuple[Link, ...]
    tab: str
    sections: tuple[Section, ...]
    is_clear: bool
    warnings: tuple[str, ...]
    links: tuple[Link, ...]
    message: str
    begins: tuple[Begin, ...] = ()
    likes: tuple[LikeRow, ...] = ()
    family: FamilyTab | None = None
    money: MoneyTab | None = None
    help: HelpTab | None = None
    versions: VersionTab | None = None
    papers: PaperTab | None = None
    trace: TraceTab | None = None

    @property
    def title(self) -> str:
        """档案详情 · 姓名."""
        return f"{_('档案详情')} · {self.head.head_name}"


@dataclass(frozen=True)
class Asked:
    """Which tab of which file somebody asks for, and what she typed there before."""

    opened: OpenedFile
    tab: str
    asked: Mapping[str, str]
    is_clear: bool = False
    typed: Typed = Typed()


def file_page(shell: Shell, registry: RegistryPort, actor: Actor, it: Asked) -> FilePage:
    """One tab of a file. Raises NotFound for a tab there is none of."""
    opened, found = it.opened, it.opened.household
    file_no, standing, reported = found.line.file_no, opened.standing, opened.reported
    tab = it.tab or TABS[0]
    if tab not in TABS:
        raise NotFound("没有找到这个页面。")
    names = {
        "basics": _("基本情况"),
        "members": _("家庭成员"),
        "money": _("收支与资产"),
        "help": _("帮扶记录"),
        "versions": _("历次版本"),
        "papers": _("纸质档案"),
        "trace": _("办件轨迹"),
    }
    return FilePage(
        shell=shell,
        head=row_of(found.line),
        tabs=tuple(
            Link(names[one], url_for("register.household", file_no=file_no, tab=one), one == tab)
            for one in TABS
        ),
        tab=tab,
        sections=sections_of(found, tab),
        is_clear=it.is_clear,
        warnings=_warnings(standing, reported),
        links=_links(file_no, standing, reported),
        begins=begins_of(opened.offers),
        likes=_likes(registry, actor, opened) if tab == TABS[0] else (),
        message=it.typed.message,
        family=_family(opened.family()) if tab == "members" else None,
        money=money_tab(opened.money()) if tab == "money" else None,
        help=help_tab(registry.help.of_file(actor, file_no), it.typed.values)
        if tab == "help"
        else None,
        versions=version_tab(registry, actor, found, it.asked, is_clear=it.is_clear)
        if tab == "versions"
        else None,
        papers=paper_tab(registry.papers.of_file(actor, file_no), it.typed.values)
        if tab == "papers"
        else None,
        trace=trace_tab(registry.files.trace(actor, file_no)) if tab == "trace" else None,
    )


def sections_of(found: Household, tab: str) -> tuple[Section, ...]:
    """The parts of a file that stand on a tab, but people and lines."""
    return tuple(
        Section(
            named(section.title),
            tuple((named(fact.label), fact.text or NOTHING) for fact in section.facts),
            tuple(map(named, section.columns)),
            tuple(tuple(row) for row in section.rows),
        )
        for section in found.sections
        if section.tab == tab and section.title not in _SHOWN_APART
    )


def _links(file_no: str, standing: Standing, reported: ReportStanding) -> tuple[Link, ...]:
    """What she may do to the file beside its tabs."""
    found = []
    if Act.COPY in standing.acts and standing.awaiting is not None:
        found.append(Link(_("抄录"), url_for("register.copy", file_no=file_no)))
    if Act.CORRECT in standing.acts:
        found.append(Link(_("勘误"), url_for("register.correct", file_no=file_no)))
    if Act.DECIDE in standing.acts:
        label = _("认定复核") if standing.review is not None else _("更正类型")
        found.append(Link(label, url_for("register.decide", file_no=file_no)))
    if Act.CONSENT in standing.acts:
        label = _("重新授权") if standing.consent_withdrawn_on else _("撤回授权")
        found.append(Link(label, url_for("register.consent", file_no=file_no)))
    if reported.may_take or reported.refer_to is not None:
        found.append(Link(_("登记举报"), url_for("register.report", file_no=file_no)))
    found.append(Link(_("打印档案"), url_for("register.volume", file_no=file_no)))
    return tuple(found)


def _likes(registry: RegistryPort, actor: Actor, opened: OpenedFile) -> tuple[LikeRow, ...]:
    return tuple(
        LikeRow(
            one.person,
            one.sign,
            url_for("register.household", file_no=one.file_no) if one.file_no else "",
            one.name,
            one.file_no,
            one.told,
            one.is_strong,
        )
        for one in registry.likenesses.of_opened(actor, opened)
    )


def _family(people: Sequence[Person]) -> FamilyTab:
    return FamilyTab(
        tuple(
            Member(
                relation=one.relation,
                name=one.name,
                id_number=one.id_number or NOTHING,
                occupation=one.occupation or NOTHING,
                health=one.health or NOTHING,
                place=one.place or NOTHING,
                more=one.more or NOTHING,
                lives_together=one.lives_together,
                is_counted=one.is_counted,
            )
            for one in people
        )
    )


def _warnings(standing: Standing, reported: ReportStanding) -> tuple[str, ...]:
    found: list[str] = []
    if standing.closed is not None:
        found.append(
            _(
                "档案已于 %(day)s 注销,原因:%(reason)s。%(note)s",
                day=standing.closed.on,
                reason=standing.closed.reason,
                note=standing.closed.note,
            )
        )
    if standing.left is not None:
        found.append(_left_words(standing.left))
    if reported.is_examined:
        found.append(_("举报核查中:有人对这份档案提出举报,正由建档单位以外的工会核查。"))
    if standing.review is not None:
        found.append(review_words(standing.review))
    if standing.consent_withdrawn_on:
        found.append(
            _(
                "授权已于 %(day)s 撤回:不再导出、不再抄录;依法应保存的内容照常保存。",
                day=standing.consent_withdrawn_on,
            )
        )
    if standing.awaiting is not None:
        time = time_words(standing.awaiting.amount, standing.awaiting.unit)
        found.append(_("待录入全国系统已 %(time)s", time=time))
    return tuple(found)


def _left_words(left: Left) -> str:
    if left.back_on:
        return _(
            "返困:%(left)s 认定%(kind)s,%(back)s 重新在档。",
            left=left.on,
            kind=left.kind,
            back=left.back_on,
        )
    if left.fell_back_on:
        return _(
            "%(day)s 认定%(kind)s,%(fell)s 回访发现返困:%(note)s。请为户主新建申请,走简化程序。",
            day=left.on,
            kind=left.kind,
            fell=left.fell_back_on,
            note=left.fell_back_note,
        )
    return _(
        "%(day)s 认定%(kind)s,档案已退出;工会继续回访。%(note)s",
        day=left.on,
        kind=left.kind,
        note=left.note,
    )
