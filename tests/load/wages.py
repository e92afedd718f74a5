"""Wages that were recovered in 2015, person by person, by every track there is (模拟).

Published were more than 7,100 persons and 71.5 million yuan (domain.md §4.2 T11). How they are
spread over employers, amounts and tracks is invented; the sums of the invention come out exactly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.load.stage import Case, Place, Plot, Stage, made_up_name

AT_LEAST_PERSONS, AT_LEAST_YUAN = 7_100, 71_500_000

_REVIEWED = (
    *("verify", "negotiate", "choose", "send_reminder", "send_proposal", "write_opinion"),
    *("get_proof", "reply_reminder", "reply_opinion", "contractor_first"),
    *("proposal_filed", "emergency_fund", "inspection_filing", "inspect", "inspect_longer"),
)
_RECEIVED = (
    *("emergency_report", "record_payment", "warn_limitation", "call_back", "refer_hardship"),
    *("mediate", "agreement_check", "arbitration_accept", "arbitrate", "arbitrate_longer"),
    *("sue_period", "payment_order", "court_case", "complete"),
)
ROLES = {
    **dict.fromkeys(_REVIEWED, "reviewer"),
    **dict.fromkeys(_RECEIVED, "reception"),
    "sign_opinion": "approver",
}


@dataclass(frozen=True)
class Way:
    """How many employers take a way, how many workers each owes, and what each worker gets.

    ``owed``: what she asks for, where it is not what she gets.
    """

    name: str
    count: int
    people: int
    yuan: int
    owed: int = 0
    first: date = date(2015, 3, 9)
    last: date = date(2015, 9, 25)

    @property
    def claimed(self) -> int:
        return self.people * (self.owed or self.yuan)


_FESTIVAL = (date(2015, 1, 5), date(2015, 2, 2))
WAYS = (
    Way("festival", 20, 120, 10_000, 0, *_FESTIVAL),
    Way("contractor", 20, 40, 10_200),
    Way("instalments", 40, 40, 10_200, last=date(2015, 9, 4)),
    Way("first_call", 120, 10, 10_000),
    Way("reminder", 40, 10, 10_000),
    Way("opinion", 20, 10, 10_000),
    Way("proposal", 20, 10, 10_000),
    Way("fled", 10, 3, 10_080),
    Way("arbitration", 30, 3, 10_080, 10_500, last=date(2015, 8, 31)),
    Way("mediation", 20, 3, 10_080),
    Way("payment_order", 20, 3, 10_080, last=date(2015, 8, 14)),
    Way("inspection", 20, 3, 10_080, last=date(2015, 6, 30)),
    Way("proof", 24, 1, 10_500),
    Way("given_up", 10, 5, 0, 10_000),
    Way("withdrawn", 6, 1, 0, 10_000),
)
PERSONS = sum(one.count * one.people for one in WAYS if one.yuan)
YUAN = sum(one.count * one.people * one.yuan for one in WAYS)
assert PERSONS == 7_124 >= AT_LEAST_PERSONS
assert YUAN == 71_756_000 >= AT_LEAST_YUAN


@dataclass(frozen=True)
class Plan:
    """One employer: the way, the place, the day it is registered."""

    number: int
    way: Way
    nth: int
    place: Place
    day: date


def part_of(share: Decimal) -> Sequence[Way]:
    """So many of each way, one at least."""
    return [
        Way(w.name, max(1, int(w.count * share)), w.people, w.yuan, w.owed, w.first, w.last)
        for w in WAYS
    ]


def plans(share: Decimal, counties: Sequence[Place]) -> Iterator[Plan]:
    """All of them, spread over the year and the counties."""
    number = 0
    for way in part_of(share):
        span = (way.last - way.first).days
        for nth in range(way.count):
            number += 1
            day = way.first + timedelta(days=span * (nth + 1) // (way.count + 1))
            yield Plan(number, way, nth, counties[number % len(counties)], day)


@dataclass
class Arrears:
    """A case that is played."""

    plan: Plan
    case: Case
    so_far: int = 0
    """What each worker has been paid."""

    def start(self, **changed: object) -> None:
        """Registered with each worker; reported the same day where it is an emergency."""
        case, way = self.case, self.plan.way
        owed = way.owed or way.yuan
        names = (made_up_name(self.plan.number * 131 + n) for n in range(way.people))
        asked: dict[str, object] = {
            "source": ("complaint", "petition", "hotline", "inspection")[self.plan.nth % 4],
            "applicant_name": made_up_name(self.plan.number * 131),
            "mobile": f"138{self.plan.number:08d}",
            "employer": f"模拟劳务{self.plan.number}公司",
            "contractor": "模拟建设集团",
            "project": "模拟花园二期",
            "people": way.people,
            "claimed": way.claimed,
            "arrears_from": case.day(-150),
            "arrears_to": case.day(-30),
            "still_employed": "no",
            "left_on": case.day(-30),
            "workers": [{"name": name, "owed": owed} for name in names],
            "facts": "完工后工资没有发放(模拟)",
        }
        asked |= changed
        left = date.fromisoformat(str(asked["left_on"]))
        case.begin(asked)
        # 60 days before a year from the end of the employment
        warned = date(left.year + 1, left.month, left.day)
        case.given.append(
            (case.given[-1][0], {"warned_on": (warned - timedelta(days=60)).isoformat()})
        )
        if case.waits("emergency_report"):
            told = {"reported_to": "分管副主席", "reported_on": case.today, "labour_told": "yes"}
            case.do("emergency_report", {**told, "report_note": "已到现场(模拟)"})
            case.do("leader_order", order_text="会同人社当日到场")

    def verified(self, result: str) -> Plot:
        case, way = self.case, self.plan.way
        yield 2 + self.plan.nth % 3
        found = {"verified_people": way.people, "verified_amount": way.claimed}
        said = {"second_name": made_up_name(3), "verify_finding": "台账显示没有发放(模拟)"}
        case.do("verify", {**found, **said})
        yield 2
        case.do("negotiate", negotiation=result, negotiation_note="协商记录(模拟)")

    def choose(self, measure: str, note: str = "") -> None:
        said = {"measure_note": note} if note else {}
        self.case.do("choose", {"measure": measure, **said})

    def tended(self, days: int) -> Plot:
        """Time goes by: what comes back by the clock is done, and nothing is forgotten."""
        while days > 0:
            yield min(days, 3)
            days -= 3
            if self.case.waits("choose"):
                self.choose("wait")
            if self.case.waits("record_payment"):
                self.record("partly", self.case.day(30))
            if self.case.waits("warn_limitation"):
                told = {
                    "limitation_told_on": self.case.today,
                    "limitation_action": "已协助申请仲裁",
                }
                self.case.do("warn_limitation", told)

    def paid(self, part: int = 1, of: int = 1, next_on: str | None = None) -> None:
        """So much of it has come: written down person by person."""
        if not self.case.waits("record_payment"):
            self.case.say("登记有款到账", {"way": "电话", "reason": "到账(模拟)"})
        self.so_far = self.plan.way.yuan * part // of
        self.record("all" if part == of else "partly", next_on)

    def record(self, state: str, next_on: str | None = None) -> None:
        way = self.plan.way
        row: dict[str, object] = {"paid": self.so_far}
        if self.so_far:
            row["paid_on"] = self.case.today
        if way.owed:
            row["agreed"] = way.yuan
        proofs = {"payment_proofs": self.case.paper(self.case.place.reception, "银行流水")}
        again = {"next_payment_on": next_on} if next_on else {"_next_payment_on": ""}
        said = {"workers": [dict(row) for _ in range(way.people)], "payment_state": state}
        self.case.do("record_payment", {**said, **proofs, **again})

    def called_back(self) -> Plot:
        yield 5
        is_poor = self.plan.nth % 10 == 3
        satisfied = ("yes", "yes", "fairly", "no")[self.plan.nth % 4]
        said = {"call_back_on": self.case.today, "satisfaction": satisfied}
        self.case.do("call_back", {**said, "hardship": "yes" if is_poor else "no"})
        if is_poor:
            yield 1
            told = {"hardship_kind": "temporary", "hardship_note": "已给予临时救助(模拟)"}
            self.case.do("refer_hardship", told)

    def asked(self, label: str, what: str, office: str) -> None:
        """Sent to another office some days ago, and written down today."""
        sent = self.case.day(-(self.plan.nth % 3))
        self.case.say(label, {"office": office, "sent_on": sent}, **{what: sent})


def festival(w: Arrears) -> Plot:
    """Groups before Spring Festival; half of them are paid in two instalments."""
    w.start()
    yield 1
    joint = {"checked_on": w.case.today, "offices": ["人社", "工会"], "result": "责令三日内支付"}
    w.case.say("登记联合检查", joint)
    yield from w.verified("instalments" if w.plan.nth % 2 else "paid")
    if w.plan.nth % 2:
        yield 2
        w.paid(1, 2, w.case.day(4))
        yield 4
    yield 2
    w.paid()
    yield from w.called_back()


def first_call(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("paid")
    yield 3 + w.plan.nth % 9
    w.paid()
    yield from w.called_back()


def contractor(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("refused")
    yield 1
    w.choose("contractor")
    yield 4
    w.case.do("contractor_first", contractor_result="paid", contractor_text="总包先行清偿(模拟)")
    w.paid()
    yield from w.called_back()


def instalments(w: Arrears) -> Plot:
    """A third a month, each looked for on its day."""
    w.start()
    yield from w.verified("instalments")
    yield from w.tended(6)
    w.paid(1, 3, w.case.day(30))
    for part in (2, 3):
        yield from w.tended(15)
        while not w.case.waits("record_payment"):
            yield 1
        w.paid(part, 3, w.case.day(30) if part == 2 else None)
    yield from w.called_back()


def _letter(w: Arrears, kind: str, days: int) -> Mapping[str, object]:
    served = w.case.day(-days)
    return {f"{kind}_no": f"模拟〔2015〕{w.plan.number}号", f"{kind}_served_on": served}


def reminder(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("refused")
    yield 1
    w.choose("reminder")
    yield 2
    w.case.do("send_reminder", _letter(w, "reminder", w.plan.nth % 2))
    yield 8
    w.case.do("reply_reminder", reminder_reply="promised", reminder_reply_text="月底支付(模拟)")
    yield 1
    w.choose("wait")
    yield 5
    w.paid()
    yield from w.called_back()


def opinion(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("refused")
    yield 1
    w.choose("opinion")
    yield 1
    said = {"opinion_text": "拖欠工资(模拟)", "opinion_demand": "十五个工作日内支付并答复"}
    w.case.do("write_opinion", said)
    yield 1
    w.case.do("sign_opinion", {"opinion_signed": "sign", **_letter(w, "opinion", 0)})
    yield 12
    w.case.do("reply_opinion", opinion_reply="promised", opinion_reply_text="同意支付(模拟)")
    yield 4
    w.paid()
    yield from w.called_back()


def proposal(w: Arrears) -> Plot:
    """The inspection takes it up by the proposal, and orders payment."""
    w.start()
    yield from w.verified("refused")
    yield 1
    w.choose("proposal")
    yield 1
    w.case.do("send_proposal", _letter(w, "proposal", w.plan.nth % 2))
    yield 3
    # filed a day or two before the letter that says so is written down
    day = w.case.day(-(w.plan.nth % 3))
    filed = {"proposal_result": "filed", "proposal_filed_on": day, "_filed_on": day}
    w.case.do("proposal_filed", filed, proposal_result_text="已立案(模拟)")
    w.case.goes_on()
    yield from w.tended(24)
    w.case.do("inspect", inspection_result="ordered", inspection_text="责令支付(模拟)")
    yield 2
    w.paid()
    yield from w.called_back()


def inspection(w: Arrears) -> Plot:
    """From the first day; sixty working days were not enough."""
    w.start()
    w.asked("移送劳动监察", "inspection_sent_on", "模拟监察大队")
    yield 1 + w.plan.nth % 4
    filed = w.case.day(-(w.plan.nth % 2))
    w.case.do(
        "inspection_filing", inspection_filed="filed", inspection_filed_on=filed, _filed_on=filed
    )
    yield from w.verified("refused")
    yield from w.tended(60)
    w.case.do("inspect", inspection_result="longer", inspection_text="案情复杂(模拟)")
    yield from w.tended(30)
    ordered = {"inspection_longer_result": "ordered", "inspection_longer_text": "责令支付(模拟)"}
    w.case.do("inspect_longer", ordered)
    yield 2
    w.paid()
    yield from w.called_back()


def fled(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("fled")
    yield 1
    w.choose("fund")
    yield 3
    paid = {"fund_result": "paid", "fund_amount": 6_000, "fund_text": "按生活费垫付(模拟)"}
    w.case.do("emergency_fund", paid)
    yield from w.tended(15)
    w.paid()
    yield from w.called_back()


def mediation(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("refused")
    w.asked("申请调解", "mediation_asked_on", "模拟街道调解中心")
    yield from w.tended(9)
    _agreed(w)
    yield from w.tended(9)
    w.case.do("agreement_check", agreement_kept="yes", agreement_note="已支付(模拟)")
    w.paid()
    yield from w.called_back()


def _agreed(w: Arrears) -> None:
    due = {"mediation_result": "agreed", "agreement_due": w.case.day(10)}
    w.case.do("mediate", {**due, "mediation_text": "月底前付清(模拟)"})


def payment_order(w: Arrears) -> Plot:
    """The agreement is not kept; half object to the order and go to court."""
    w.start()
    yield from w.verified("refused")
    w.asked("申请调解", "mediation_asked_on", "模拟街道调解中心")
    yield from w.tended(6)
    _agreed(w)
    yield from w.tended(12)
    w.case.do("agreement_check", agreement_kept="no", agreement_note="到期没有支付(模拟)")
    yield from w.tended(9)
    result = ("paid", "objected")[w.plan.nth % 2]
    w.case.do("payment_order", payment_order_result=result, payment_order_text="法院(模拟)")
    if result == "objected":
        yield from w.tended(48)
        w.case.do("court_case", court_result="paid", court_text="判决支付(模拟)")
    w.paid()
    yield from w.called_back()


def arbitration(w: Arrears) -> Plot:
    """The amount is disputed; some take longer than 45 days, and the limitation is near."""
    w.start(left_on=w.case.day(-290), arrears_from=w.case.day(-400), arrears_to=w.case.day(-290))
    yield from w.verified("disputed")
    w.asked("申请劳动仲裁", "arbitration_asked_on", "模拟仲裁委员会")
    yield from w.tended(3)
    accepted = {"arbitration_accepted": "yes", "arbitration_accepted_on": w.case.day(-1)}
    w.case.do("arbitration_accept", accepted, arbitration_no="模1号")
    yield from w.tended(36)
    is_longer = w.plan.nth % 3 == 0
    said = {"prior_execution": "granted", "arbitration_text": "裁决支付(模拟)"}
    if is_longer:
        w.case.do("arbitrate", {**said, "arbitration_result": "longer"})
        yield from w.tended(12)
        award = {"arbitration_longer_result": "award", "arbitration_longer_text": "裁决(模拟)"}
        w.case.do("arbitrate_longer", {**award, **_served(w)})
    else:
        w.case.do("arbitrate", {**said, "arbitration_result": "closed", **_served(w)})
    yield from w.tended(9)
    w.case.do("sue_period", after_award="kept", after_award_note="按期支付(模拟)")
    w.paid()
    yield from w.called_back()


def _served(w: Arrears) -> Mapping[str, object]:
    """The award, on the day its receipt says: up to four days before it is written down."""
    return {"award_served_on": w.case.day(-(w.plan.nth % 5)), "award_serving_way": "邮寄"}


def proof(w: Arrears) -> Plot:
    """It is said that it was paid, and there is no paper for it at first."""
    w.start()
    yield from w.verified("paid")
    yield 2
    w.case.say("登记有款到账", {"way": "当面", "reason": "说已经发了(模拟)"})
    rows = [{"paid": 0} for _ in range(w.plan.way.people)]
    said = {"workers": rows, "payment_state": "proof", "_next_payment_on": ""}
    w.case.do("record_payment", said)
    yield 3
    w.case.do("get_proof", proof_answer="given", proof_note="提供了银行流水(模拟)")
    yield 1
    w.paid()
    yield from w.called_back()


def given_up(w: Arrears) -> Plot:
    """Nothing can be had."""
    w.start()
    yield from w.verified("fled")
    yield 1
    w.choose("stop", "没有财产可供执行(模拟)")
    yield from w.called_back()


def withdrawn(w: Arrears) -> Plot:
    w.start()
    yield from w.verified("refused")
    yield 1
    w.case.say("登记撤回", {"way": "电话", "reason": "已经自行解决(模拟)"})


PLOTS: Mapping[str, Callable[[Arrears], Plot]] = {
    one.__name__: one
    for one in (
        *(festival, contractor, instalments, first_call, reminder, opinion, proposal, fled),
        *(arbitration, mediation, payment_order, inspection, proof, given_up, withdrawn),
    )
}


def led(plan: Plan) -> Callable[[Case], Plot]:
    """The case of a plan, where a petition has begun it."""

    def goes_on(case: Case) -> Plot:
        case.roles = ROLES
        yield from PLOTS[plan.way.name](Arrears(plan, case))

    return goes_on


def enter(stage: Stage, some: Sequence[Plan]) -> None:
    """All of them, each on its day."""
    for plan in some:
        arrears = Arrears(plan, Case(stage, "wage_arrears", plan.place, ROLES))
        stage.enter(plan.day, PLOTS[plan.way.name](arrears))
