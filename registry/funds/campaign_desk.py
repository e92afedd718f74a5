"""Campaigns: money for all households of a list, seen from the money's side.

A campaign is the case that asked for the list; there is no record of its own. What it gives for
stands in what the list was asked for (``programme``, ``period``, ``item``, ``amount``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine import Actor, Engine
from engine.errors import Conflict, Invalid, NotFound
from engine.model.fan_out import FanOut
from engine.store import cases, fan_outs
from engine.store.database import Tx
from engine.store.turns import take_turns
from engine.work.federation_settings import Ask
from registry.budget.amounts import fen_of
from registry.budget.model import Entitlement, LineKey, Payee, PayeeKind, Payment, Stamp
from registry.budget.programmes import programme_of
from registry.funds.batches import line_of, new_draft
from registry.funds.checking import faults_of
from registry.funds.lists import GRANT_PAID, HELD_BECAUSE, programmes_of
from registry.funds.payees import NOBODY_ELSE, Beneficiary, household_payee
from registry.funds.rights import FundAct, must_somewhere, places_of
from registry.household import text
from registry.store import campaigns, funds, payees, payments
from registry.store.campaigns import (
    PAID_STANDS,
    Eyes,
    Figure,
    ListedHousehold,
    ListKey,
    Stand,
    Wanted,
)
from registry.store.funds import LineOfUnit, Narrowing, Places

SOURCES = ("households", "students")
_MOST_LINES = 5_000


@dataclass(frozen=True)
class Campaign:
    """A list of households, what they are given, and how far all of them are that she sees."""

    list: FanOut
    case_id: str
    case_number: str
    title: str
    may_open_case: bool
    programmes: Sequence[str]
    period: str
    item: str
    """What all are given, and in ``fen`` how much; empty where each case says it (entitled)."""
    fen: int
    is_entitled: bool
    figures: Sequence[Figure]
    reasons: Sequence[tuple[str, int]]
    """Why households are held, and how many for each."""

    @property
    def key(self) -> ListKey:
        """The list, and the payments that are given for it."""
        return ListKey(self.list.id, self.programme, self.period, self.item, self.is_entitled)

    @property
    def programme(self) -> str:
        """What it is for; of several the first."""
        return self.programmes[0]

    def households(self, *stands: Stand) -> int:
        """How many are so far; all without a word."""
        return sum(one.households for one in self.figures if not stands or one.stand in stands)

    @property
    def paid(self) -> int:
        """How many were paid."""
        return self.households(*PAID_STANDS)

    @property
    def paid_fen(self) -> int:
        """What they were paid."""
        return sum(one.fen for one in self.figures)

    @property
    def percent(self) -> Decimal:
        """The part that was paid, in percent with two places, never rounded up."""
        every = self.households()
        return Decimal(self.paid * 10_000 // every) / 100 if every else Decimal(0)


@dataclass(frozen=True)
class CampaignMoney:
    """The budget lines a campaign is paid from, of her area, and which she may draw on."""

    lines: Sequence[LineOfUnit]
    to_draw_on: Sequence[LineOfUnit]
    rosters: Mapping[int, Sequence["ToRoster"]]
    """By the id of a line what waits for a roster in its area."""
    short: frozenset[int]
    """The lines that have less than all of these are to be given."""

    @property
    def to_pay(self) -> Mapping[int, int]:
        """How many by the id of a line."""
        return {line: sum(one.count for one in found) for line, found in self.rosters.items()}


@dataclass(frozen=True)
class ToRoster:
    """How many wait for a roster of one item, and what they are to be given."""

    item: str
    count: int
    fen: int


class CampaignDesk:
    """The group of questions and commands about campaigns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    def listed(self, actor: Actor) -> Sequence[Campaign]:
        """Campaigns with households of her area, newest first. Raises NotPermitted."""
        must_somewhere(actor, FundAct.SEE)
        vault = self._environment.vault

        def read(tx: Tx) -> list[Campaign]:
            lists = [one for name in SOURCES for one in fan_outs.from_source(tx, vault, name)]
            found = (self._seen(tx, actor, one) for one in lists)
            seen = [one for one in found if one is not None]
            return sorted(seen, key=lambda one: one.list.asked_at, reverse=True)

        return self._engine.ask(read)

    def view(self, actor: Actor, case_number: str) -> Campaign:
        """One by the number of its case. Raises NotPermitted, NotFound."""
        must_somewhere(actor, FundAct.SEE)
        vault = self._environment.vault

        def read(tx: Tx) -> Campaign | None:
            lists = [
                one
                for name in SOURCES
                for one in fan_outs.of_numbered_case(tx, vault, name, case_number)
            ]
            found = (self._seen(tx, actor, one) for one in lists)
            return next((one for one in found if one is not None), None)

        found = self._engine.ask(read)
        if found is None:
            raise NotFound("没有找到这项活动,或者您的范围内没有它的名单。请返回列表重新打开。")
        return found

    def money(self, actor: Actor, campaign: Campaign) -> CampaignMoney:
        """Where its money stands."""
        year = _year(campaign)

        def lines(tx: Tx, places: Places) -> list[LineOfUnit]:
            return [
                one
                for programme in campaign.programmes
                for one in funds.lines(tx, places, Narrowing(year=year, programme=programme))
            ]

        def read(tx: Tx) -> CampaignMoney:
            to_draw_on = lines(tx, places_of(actor, FundAct.ROSTER))
            rosters = {one.line.id: _to_roster(tx, campaign, one.line.key) for one in to_draw_on}
            return CampaignMoney(
                lines=lines(tx, places_of(actor, FundAct.SEE)),
                to_draw_on=to_draw_on,
                rosters=rosters,
                short=frozenset(
                    one.line.id
                    for one in to_draw_on
                    if sum(more.fen for more in rosters[one.line.id]) > one.line.available
                ),
            )

        return self._engine.ask(read)

    def households(
        self,
        actor: Actor,
        campaign: Campaign,
        wanted: Wanted,
        after: str = "",
        limit: int = 100,
    ) -> Sequence[ListedHousehold]:
        """The households a figure counts, by file number."""
        of = campaign.key
        return self._engine.ask(
            lambda tx: campaigns.listed(tx, _eyes(actor), of, wanted, HELD_BECAUSE, after, limit)
        )

    def findings(self, actor: Actor, key: str, numbers: Sequence[str]) -> Mapping[str, str]:
        """What stands against giving these households what a list is for, by file number.

        Of those that were struck off, were given it before or by another level, or would pass a
        cap; nothing for a list that gives nothing. They stand in the actor's own list.
        """
        vault = self._environment.vault

        def read(tx: Tx) -> dict[str, str]:
            found = fan_outs.by_key(tx, vault, key)
            if found is None or not numbers or not text(found.wanted.get("programme")):
                return {}
            wanted = found.wanted
            period = text(wanted.get("period"))
            listed = [
                Payment(
                    id=0,
                    line_id=0,
                    payee=Payee(
                        PayeeKind.HOUSEHOLD, file_no, file.shown.head_name, "", file.organisation_id
                    ),
                    programme=text(wanted.get("programme")),
                    period=period,
                    item=text(wanted.get("item")),
                    level="county",
                    year=int(period[:4]),
                    fen=fen_of(wanted.get("amount")),
                )
                for file_no, file in payees.files(tx, numbers, hold=False).items()
            ]
            told: dict[str, str] = {}
            for fault in faults_of(tx, self._ask(tx), listed, actor.organisation_id, hold=False):
                file_no = fault.payment.payee.key
                told[file_no] = told.get(file_no, "") + fault.sentence
            return told

        return self._engine.ask(read)

    def open_roster(self, actor: Actor, campaign: Campaign, line_id: int, item: str = "") -> str:
        """A draft batch with every household that waits for its money; its number.

        Of the area of the budget line; those on another roster already are left out. ``item``:
        which of several that the cases found. Raises NotPermitted, NotFound, Conflict where nobody
        waits.
        """
        must_somewhere(actor, FundAct.ROSTER)

        def write(tx: Tx) -> str:
            # Of two who click at once, on whichever line, the second finds who is on the first's.
            take_turns(tx, f"roster {campaign.list.id}")
            budget = funds.visible(tx, places_of(actor, FundAct.ROSTER), line_id)
            if budget is None:
                raise NotFound("没有找到这条指标,没有制单。请重新选择。")
            key = budget.line.key
            programme = programme_of(key.programme)
            is_its = key.programme in campaign.programmes
            if not is_its or campaign.period not in programme.periods(key.year):
                raise Invalid("这条指标不是这项活动的,没有制单。请重新选择。")
            given = campaign.item or item
            found = _to_list(tx, campaign, key, given)[:_MOST_LINES]
            stamp = Stamp(self._environment.now(), actor.person_id)
            told = f"由活动 {campaign.case_number} 生成"
            batch = new_draft(tx, stamp, budget, campaign.period, given, told=told)
            payments.add_many(
                tx,
                [
                    line_of(batch, budget, one.payee, one.fen, place, one.child)
                    for place, one in enumerate(found, start=1)
                ],
            )
            return batch.number

        return self._engine.execute(write)

    # ---------------------------------------------------------------------------------------

    def _ask(self, tx: Tx) -> Ask:
        return lambda name, unit: self._environment.parameter(tx, name, unit)

    def _seen(self, tx: Tx, actor: Actor, found: FanOut) -> Campaign | None:
        """A list with money, where she sees a household of it or the case that asked for it."""
        item, period = text(found.wanted.get("item")), text(found.wanted.get("period"))
        amount, several = found.wanted.get("amount"), programmes_of(found.wanted)
        one, is_entitled = text(found.wanted.get("programme")), bool(several)
        asking = None if found.case_id is None else cases.load(tx, found.case_id)
        if asking is None or not period or not (several or (one and amount is not None)):
            return None
        of = ListKey(found.id, one, period, item, is_entitled)
        figures = campaigns.figures(tx, _eyes(actor), of)
        may_open = cases.is_visible(tx, actor, asking.id)
        if not figures and not may_open:
            return None
        return Campaign(
            list=found,
            case_id=asking.id,
            case_number=asking.number,
            title=asking.title,
            may_open_case=may_open,
            programmes=several or (one,),
            period=period,
            item=item,
            fen=0 if is_entitled else fen_of(amount),
            is_entitled=is_entitled,
            figures=figures,
            reasons=campaigns.reasons(tx, _eyes(actor), of, HELD_BECAUSE),
        )


@dataclass(frozen=True)
class _Waiting:
    """Somebody who waits for a roster."""

    payee: Payee
    fen: int
    child: Beneficiary = NOBODY_ELSE


def _to_roster(tx: Tx, campaign: Campaign, key: LineKey) -> Sequence[ToRoster]:
    if not campaign.is_entitled:
        count = len(_to_pay(tx, campaign, key.organisation_id))
        return [ToRoster(campaign.item, count, count * campaign.fen)] if count else []
    by_item: dict[str, list[int]] = {}
    for one in _entitled(tx, campaign, key):
        by_item.setdefault(one.item, []).append(one.fen)
    return [ToRoster(item, len(fen), sum(fen)) for item, fen in sorted(by_item.items())]


def _to_list(tx: Tx, campaign: Campaign, key: LineKey, item: str) -> list[_Waiting]:
    """Who goes onto a roster of this line now. Raises Conflict where nobody does."""
    if campaign.is_entitled:
        every = [one for one in _entitled(tx, campaign, key) if one.item == item]
        numbers = {one.payee.key for one in every if one.payee.kind is PayeeKind.HOUSEHOLD}
        files = payees.files(tx, numbers, hold=False)
        stand = {number for number, file in files.items() if file.shown.stands}
        found = [
            _Waiting(one.payee, one.fen, Beneficiary(one.beneficiary, one.beneficiary_name))
            for one in every
            if one.payee.kind is not PayeeKind.HOUSEHOLD or one.payee.key in stand
        ]
        waits = bool(every)
    else:
        wanted = set(_to_pay(tx, campaign, key.organisation_id))
        found = [
            _Waiting(household_payee(one), campaign.fen)
            for one in (payees.every(tx, (key.organisation_id,)) if wanted else ())
            if one.file_no in wanted
        ]
        waits = bool(wanted)
    if not waits:
        raise Conflict("现在没有待发放的户:已核对的都在批次中,或者还没有核对。没有制单。")
    if not found:
        raise Conflict("待发放的户都已不在档,没有制单。请逐户登记不发放的原因。")
    return found


def _entitled(tx: Tx, campaign: Campaign, key: LineKey) -> Sequence[Entitlement]:
    return campaigns.entitled(tx, campaign.key, GRANT_PAID, key.organisation_id, key.programme)


def _to_pay(tx: Tx, campaign: Campaign, below: str) -> list[str]:
    return campaigns.to_arrange(tx, campaign.key, GRANT_PAID, below)


def _eyes(actor: Actor) -> Eyes:
    return Eyes(actor, places_of(actor, FundAct.SEE))


def _year(campaign: Campaign) -> int:
    return int(campaign.period[:4])
