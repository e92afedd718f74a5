"""Campaigns as values: the list, one with its figures, the households a figure counts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from engine.model.clock import local_date
from engine.model.fan_out import RefusedLine
from registry.budget.model import BudgetLine
from registry.funds.campaign_desk import Campaign, CampaignMoney
from registry.funds.desk import words_of
from registry.store.campaigns import PAID_STANDS, Figure, ListedHousehold, Stand
from webapp.funds.words import amount, fund_tabs, item_names, programme_words, stand_words
from webapp.shared.addresses import address
from webapp.shared.language import _
from webapp.shared.navigation import Link, Shell
from webapp.shared.page import Page
from webapp.shared.words import day


@dataclass(frozen=True)
class CampaignRow:
    """One campaign in the list."""

    href: str
    name: str
    number: str
    began: str
    households: int
    paid: int
    percent: str
    amount: str


@dataclass(frozen=True)
class CampaignsPage(Page):
    """Campaigns, newest first."""

    template: ClassVar[str] = "funds/campaigns.html"

    tabs: tuple[Link, ...]
    rows: tuple[CampaignRow, ...]

    @property
    def title(self) -> str:
        """帮扶活动."""
        return _("帮扶活动")


@dataclass(frozen=True)
class Counted:
    """A number and the households it counts."""

    count: int
    href: str


@dataclass(frozen=True)
class Part:
    """A part of the bar: how many households are so far."""

    stand: str
    label: str
    counted: Counted
    percent: float


@dataclass(frozen=True)
class CountyRow:
    """A county, or all of them: how many of its households are how far."""

    name: str
    is_sum: bool
    households: Counted
    stands: tuple[Counted, ...]
    amount: str
    percent: str
    meter: float


@dataclass(frozen=True)
class MoneyRow:
    """A budget line the campaign is paid from, and for whom a roster can be made."""

    href: str
    name: str
    line_id: int
    allocated: str
    used: str
    paid: str
    left: str
    percent: int
    rosters: tuple[tuple[str, str, int], ...]
    """For each roster that can be made now: its item, what it is called, for how many."""
    is_short: bool


@dataclass(frozen=True)
class CampaignPage(Page):
    """One campaign."""

    template: ClassVar[str] = "funds/campaign.html"

    tabs: tuple[Link, ...]
    name: str
    number: str
    case_href: str
    address: str
    facts: tuple[tuple[str, str], ...]
    gathering: str
    trouble: str
    percent: str
    paid: Counted
    households: Counted
    parts: tuple[Part, ...]
    stands: tuple[str, ...]
    counties: tuple[CountyRow, ...]
    lines: tuple[MoneyRow, ...]
    per_student: bool
    reasons: tuple[tuple[str, Counted], ...]
    refused: tuple[tuple[str, str], ...]
    refused_count: int
    message: str

    @property
    def title(self) -> str:
        """帮扶活动 · 编号."""
        return f"{_('帮扶活动')} · {self.number}"


@dataclass(frozen=True)
class HouseholdRow:
    """A household of the list."""

    case_href: str
    title: str
    file_no: str
    file_href: str
    unit: str
    stand: str
    state: str
    step: str
    amount: str
    number: str


@dataclass(frozen=True)
class CampaignHouseholdsPage(Page):
    """The households a figure counts."""

    template: ClassVar[str] = "funds/campaign_households.html"

    tabs: tuple[Link, ...]
    name: str
    why: str
    per_student: bool
    campaign_href: str
    states: tuple[tuple[Link, int], ...]
    rows: tuple[HouseholdRow, ...]
    first_page: str
    next_page: str

    @property
    def title(self) -> str:
        """名单 · 活动."""
        return f"{_('名单')} · {self.name}"


def campaigns_page(shell: Shell, found: Sequence[Campaign]) -> CampaignsPage:
    """The list."""
    return CampaignsPage(
        shell=shell,
        tabs=fund_tabs("campaigns"),
        rows=tuple(
            CampaignRow(
                href=url_for("funds.campaign", number=one.case_number),
                name=one.title,
                number=one.case_number,
                began=day(local_date(one.list.asked_at)),
                households=one.households(),
                paid=one.paid,
                percent=f"{one.percent}%",
                amount=amount(one.paid_fen),
            )
            for one in found
        ),
    )


def campaign_page(
    shell: Shell,
    found: Campaign,
    money: CampaignMoney,
    trouble: str,
    refused: Sequence[RefusedLine],
    message: str = "",
) -> CampaignPage:
    """One of them."""
    every = found.households()
    listed = found.list
    gathering = (
        _("正在生成名单:%(done)s / %(total)s 户", done=listed.done, total=listed.total or "…")
        if listed.ended_at is None and listed.stopped_at is None
        else ""
    )
    stands = _stands(found)
    return CampaignPage(
        shell=shell,
        tabs=fund_tabs("campaigns"),
        name=found.title,
        number=found.case_number,
        case_href=url_for("cases.show", case_id=found.case_id) if found.may_open_case else "",
        address=url_for("funds.campaign", number=found.case_number),
        facts=(
            (
                _("帮扶项目"),
                f"{'、'.join(programme_words(one) for one in found.programmes)} {found.period}",
            ),
            *_what_is_given(found),
            (_("已付金额"), f"{amount(found.paid_fen)} {_('元')}"),
        ),
        gathering=gathering,
        trouble=trouble,
        percent=f"{found.percent}%",
        paid=_counted(found, found.figures, PAID_STANDS),
        households=_counted(found, found.figures, ()),
        parts=tuple(
            Part(
                stand.value,
                stand_words(stand, per_student=found.is_entitled),
                _counted(found, found.figures, (stand,)),
                round(100 * found.households(stand) / every, 2),
            )
            for stand in stands
        ),
        stands=tuple(stand_words(stand, per_student=found.is_entitled) for stand in stands),
        counties=tuple(_counties(found, stands)),
        lines=tuple(_money(money)),
        per_student=found.is_entitled,
        reasons=tuple(
            (
                why or _("没有写明"),
                Counted(
                    count,
                    address("funds.campaign_households", {"why": why}, number=found.case_number),
                ),
            )
            for why, count in found.reasons
        ),
        refused=tuple((one.business_key, one.reason) for one in refused),
        refused_count=listed.refused,
        message=message,
    )


def _what_is_given(found: Campaign) -> tuple[tuple[str, str], ...]:
    """The same for all, or what each case says until a last day."""
    if found.is_entitled:
        until = found.list.joins_until
        return (
            (_("申请截止"), "" if until is None else day(until)),
            (_("发放标准"), _("按学段逐人确定")),
        )
    return (
        (_("名单日"), str(found.list.wanted.get("on", ""))),
        (_("每户标准"), f"{amount(found.fen)} {_('元')}"),
        (_("发放内容"), item_names(found.programme).get(found.item, found.item)),
    )


def _stands(found: Campaign) -> tuple[Stand, ...]:
    """Those there are, and the ones that are always told."""
    always = {Stand.OPEN, Stand.WAITING, Stand.ARRANGED, Stand.PAID, Stand.DONE, Stand.HELD}
    return tuple(
        stand for stand in Stand if found.households() and (stand in always or _any(found, stand))
    )


def _any(found: Campaign, stand: Stand) -> bool:
    return found.households(stand) > 0


def _counted(
    found: Campaign, figures: Sequence[Figure], stands: Collection[Stand], county: str = ""
) -> Counted:
    narrowing = {
        **({"stand": ",".join(sorted(one.value for one in stands))} if stands else {}),
        **({"unit": county} if county else {}),
    }
    count = sum(one.households for one in figures if not stands or one.stand in stands)
    return Counted(count, address("funds.campaign_households", narrowing, number=found.case_number))


def _counties(found: Campaign, stands: Sequence[Stand]) -> list[CountyRow]:
    by_county: dict[str, list[Figure]] = {}
    for one in found.figures:
        by_county.setdefault(one.county_id, []).append(one)
    rows = [
        _county(found, figures, stands, figures[0].county or _("市直"), county)
        for county, figures in by_county.items()
    ]
    if len(rows) > 1:
        rows.insert(0, _county(found, found.figures, stands, _("合计"), "", is_sum=True))
    return rows


def _county(
    found: Campaign,
    figures: Sequence[Figure],
    stands: Sequence[Stand],
    name: str,
    county: str,
    *,
    is_sum: bool = False,
) -> CountyRow:
    every = sum(one.households for one in figures)
    paid = sum(one.households for one in figures if one.stand in PAID_STANDS)
    hundredths = paid * 10_000 // every
    return CountyRow(
        name=name,
        is_sum=is_sum,
        households=_counted(found, figures, (), county),
        stands=tuple(_counted(found, figures, (stand,), county) for stand in stands),
        amount=amount(sum(one.fen for one in figures)),
        percent=f"{hundredths / 100:.2f}%",
        meter=hundredths / 100,
    )


def _money(money: CampaignMoney) -> list[MoneyRow]:
    mine = {one.line.id for one in money.to_draw_on}
    return [
        MoneyRow(
            href=url_for("funds.line", line_id=one.line.id),
            name=words_of(one),
            line_id=one.line.id,
            allocated=amount(one.line.allocated),
            used=amount(one.line.reserved + one.line.committed),
            paid=amount(one.line.paid),
            left=amount(one.line.available),
            percent=one.line.percent,
            rosters=_rosters(one.line, money) if one.line.id in mine else (),
            is_short=one.line.id in money.short,
        )
        for one in money.lines
    ]


def _rosters(line: BudgetLine, money: CampaignMoney) -> tuple[tuple[str, str, int], ...]:
    names = item_names(line.key.programme)
    found = money.rosters.get(line.id, ())
    return tuple((one.item, names.get(one.item, one.item), one.count) for one in found)


def households_page(
    shell: Shell,
    found: Campaign,
    rows: Sequence[ListedHousehold],
    narrowing: Mapping[str, str],
    limit: int,
) -> CampaignHouseholdsPage:
    """The households a figure counts, a page of them."""
    chosen, unit = narrowing.get("stand", ""), narrowing.get("unit", "")
    why = narrowing.get("why", "")
    figures = [one for one in found.figures if not unit or one.county_id == unit]

    def href(stand: str) -> str:
        kept = {"unit": unit} if unit else {}
        more = {"stand": stand} if stand else {}
        return address("funds.campaign_households", kept, more, number=found.case_number)

    states = [
        (Link(_("全部"), href(""), not chosen and not why), sum(one.households for one in figures))
    ]
    for stand in _stands(found):
        count = sum(one.households for one in figures if one.stand is stand)
        is_chosen = chosen == stand.value or bool(why and stand is Stand.HELD)
        link = Link(stand_words(stand, per_student=found.is_entitled), href(stand.value), is_chosen)
        states.append((link, count))
    page = rows[:limit]
    here = {key: narrowing[key] for key in ("stand", "unit", "why") if narrowing.get(key)}
    return CampaignHouseholdsPage(
        shell=shell,
        tabs=fund_tabs("campaigns"),
        name=found.title,
        why=why,
        per_student=found.is_entitled,
        campaign_href=url_for("funds.campaign", number=found.case_number),
        states=tuple(states),
        rows=tuple(
            HouseholdRow(
                case_href=url_for("cases.show", case_id=one.case_id) if one.may_open else "",
                title=one.title,
                file_no=one.file_no,
                file_href=url_for("register.household", file_no=one.file_no)
                if one.may_open and one.file_no
                else "",
                unit=one.unit,
                stand=one.stand.value,
                state=stand_words(one.stand, per_student=found.is_entitled),
                step=one.step,
                amount=amount(one.fen) if one.fen else "",
                number=one.number,
            )
            for one in page
        ),
        first_page=href(chosen) if narrowing.get("after") else "",
        next_page=address(
            "funds.campaign_households", here, number=found.case_number, after=page[-1].key
        )
        if len(rows) > limit
        else "",
    )
