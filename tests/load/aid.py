"""829 legal-aid cases over 2015 and 2016, by every way they can take (模拟).

Fees of 2,224,700 yuan were saved and 19,019,900 yuan recovered: domain.md §4.3 T10. The published
totals name no period; the ways are invented. Beside them stand applications that were not helped.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tests.funds.purse import id_number
from tests.load.stage import Case, Place, Plot, Stage, made_up_name, made_up_person

CASES = 829
FEE, RECOVERED = 2_680, 22_900
LAST_FEE, LAST_RECOVERED = 5_660, 58_700
assert 828 * FEE + LAST_FEE == 2_224_700
assert 828 * RECOVERED + LAST_RECOVERED == 19_019_900

SUBSIDY = 800
_TAKES_NOTHING = 3
"""Every fourth lawyer of a way is paid by the state and takes no fee for the case."""

_FIRST_PERSON = 3_000

ROLES = {
    **dict.fromkeys(
        (
            *("check_papers", "supplement", "contact", "hand_over", "follow_result"),
            *("tell_refusal", "institution_decision", "institution_assignment", "bureau_review"),
            "complete",
        ),
        "reception",
    ),
    **dict.fromkeys(("county_review", "assign", "end_aid", "file_review"), "reviewer"),
    **dict.fromkeys(("help_first", "conflict_check", "handle", "closing_report"), "lawyer"),
    "approve_subsidy": "approver",
    "pay_subsidy": "cashier",
}


@dataclass(frozen=True)
class Way:
    """How many cases take a way, and whether their applicants were helped."""

    name: str
    count: int
    is_helped: bool = True


_SOME = (
    Way("long", 60),
    Way("supplemented", 40),
    Way("extended", 8),
    Way("supplied", 4),
    Way("urgent", 20),
    Way("preserved", 6),
    Way("conflict", 12),
    Way("institution", 30),
    Way("bureau", 4),
    Way("elsewhere", 20),
    Way("handed_back", 4),
    Way("appealed", 6),
    Way("sent_back", 16),
    Way("not_ended", 6),
)
NOT_HELPED = (
    Way("refused", 6, is_helped=False),
    Way("stands", 4, is_helped=False),
    Way("silent", 4, is_helped=False),
    Way("withdrawn", 6, is_helped=False),
    Way("terminated", 4, is_helped=False),
    Way("bureau_upholds", 2, is_helped=False),
)
WAYS = (Way("helped", CASES - sum(one.count for one in _SOME)), *_SOME, *NOT_HELPED)

FIRST_DAY, LAST_DAY = date(2015, 1, 5), date(2016, 6, 15)
"""None begins so late that it is not over before the end of 2016."""


@dataclass(frozen=True)
class Plan:
    """One case: its way, its place, the day it begins, what it saves and brings."""

    number: int
    way: Way
    nth: int
    place: Place
    day: date
    fee: int
    recovered: int

    @property
    def subsidy(self) -> int:
        """What the union pays the lawyer for the case."""
        return 0 if self.nth % 4 == _TAKES_NOTHING else SUBSIDY

    @property
    def is_subsidised(self) -> bool:
        """Whether a lawyer of the union handles it to its end, and takes something for it."""
        elsewhere = self.way.name in {"institution", "bureau", "elsewhere"}
        return self.way.is_helped and not elsewhere and self.subsidy > 0


def part_of(share: Decimal) -> Sequence[Way]:
    """So many of each way, one at least."""
    return [Way(w.name, max(1, int(w.count * share)), w.is_helped) for w in WAYS]


def plans(share: Decimal, counties: Sequence[Place]) -> Iterator[Plan]:
    """All of them, spread over the time and the counties."""
    number = 0
    span = (LAST_DAY - FIRST_DAY).days
    for way in part_of(share):
        for nth in range(way.count):
            number += 1
            day = FIRST_DAY + timedelta(days=span * (nth + 1) // (way.count + 1))
            money = (LAST_FEE, LAST_RECOVERED) if number == 1 else (FEE, RECOVERED)
            yield Plan(number, way, nth, counties[number % len(counties)], day, *money)


@dataclass
class Aid:
    """A case that is played."""

    plan: Plan
    case: Case

    def start(self, **changed: object) -> None:
        case, number = self.case, _FIRST_PERSON + self.plan.number
        matter = ("wages", "injury")[self.plan.nth % 2]
        asked: dict[str, object] = {
            "applicant_name": made_up_name(number),
            **made_up_person(number),
            "applicant_kind": "migrant",
            "people": 1,
            "employer": "模拟建设有限公司",
            "matter": matter,
            "claimed": self.plan.recovered + 1_000,
            "aid_place": "here",
            "facts": "工资没有发放(模拟)",
            "still_employed": "no",
            "left_on": case.day(-60),
            "preservation": "no",
            "papers_application": case.paper(case.place.reception, "申请表"),
        }
        case.begin({**asked, **changed})

    def accepted(self) -> None:
        self.case.do("check_papers", complete="yes")

    def granted(self) -> Plot:
        """Taken on, given a lawyer."""
        yield 1
        self.accepted()
        yield 1 + self.plan.number % 4
        self.case.do("county_review", review_result="grant")
        yield from self.assigned()

    def assigned(self) -> Plot:
        case = self.case
        yield 1 + self.plan.nth % 2
        case.do("assign", self.lawyer())
        case.do("conflict_check", conflict="no")

    def lawyer(self) -> Mapping[str, object]:
        return {
            "lawyer_name": made_up_name(self.plan.number),
            "lawyer_firm": "模拟律师事务所",
            "lawyer_phone": "0596-0000001",
            "aid_forms": ["代理仲裁"],
            "lawyer_asked": "no",
        }

    def handled(self, months: int) -> Plot:
        """Told of once a month, until it is finished."""
        log: list[Mapping[str, object]] = []
        for month in range(months):
            yield 20 + (self.plan.number + month) % 9
            last = month == months - 1
            log.append({"on": self.case.today, "at_stage": "arbitration", "did": "办理(模拟)"})
            said = {"stage": "arbitration", "progress": "finished" if last else "continue"}
            self.case.do("handle", {"progress_log": [*log], **said})

    def closed(self) -> Plot:
        yield 5
        self.report()
        yield 3
        self.filed()
        if self.subsidy:
            yield 2
            self.case.do("approve_subsidy", subsidy_decision="agree")
            yield 1
            paid = {"subsidy_result": "paid", "subsidy_paid_on": self.case.today}
            self.case.do("pay_subsidy", paid, subsidy_voucher=f"记-{self.plan.number}")

    def report(self) -> None:
        self.case.do(
            "closing_report",
            aid_result=("won", "settled", "partly")[self.plan.nth % 3],
            **self.money,
            closing_text="用人单位支付(模拟)",
            **self.account,
        )

    @property
    def subsidy(self) -> int:
        return self.plan.subsidy

    @property
    def account(self) -> Mapping[str, object]:
        """Where the fee of the case goes: to her firm's account, to her own, or nowhere."""
        if not self.subsidy:
            return {"payee_kind": "none"}
        bank = {"payee_bank": "模拟银行漳州分行", "payee_account": "6222020000000000000"}
        if self.plan.nth % 2:
            return {**bank, "payee_kind": "person", "payee_id_number": id_number(9_000)}
        return {**bank, "payee_kind": "organisation", "payee_uscc": "12350600000000000G"}

    def filed(self) -> None:
        grade = ("excellent", "good", "pass")[self.plan.nth % 3]
        said = {"review_opinion": "pass", "review_grade": grade, "subsidy": self.subsidy}
        self.case.do("file_review", said)

    def followed(self) -> Plot:
        """What another office has brought about."""
        yield 60 + self.plan.nth % 30
        told = {"follow_result_kind": "won", "followed_on": self.case.today}
        self.case.do(
            "follow_result", {**told, **self.money, "follow_result_text": "全部支持(模拟)"}
        )

    @property
    def money(self) -> Mapping[str, object]:
        return {"recovered": self.plan.recovered, "fees_saved": self.plan.fee}

    def to_institution(self, result: str) -> Plot:
        yield 1
        self.accepted()
        yield 2
        # the institution signed for the papers some days before the decision is written down
        sent = {"institution_sent_on": self.case.day(-(self.plan.nth % 3))}
        said = {"review_result": "institution", "review_note": "由机构办理", **sent}
        self.case.do("county_review", said)
        if self.plan.nth % 3 == 1:
            yield 2
            asked = self.case.today
            yield 3
            days = (date.fromisoformat(self.case.today) - date.fromisoformat(asked)).days
            papers = {"institution_asked_on": asked, "institution_supplied_on": self.case.today}
            said = {"institution_result": "supplement", **papers, "_supplement_days": days}
            self.case.do("institution_decision", said)
        yield 4
        today = self.case.today
        decided = {"institution_on": today, "institution_no": "模1号"}
        why = {"institution_note": "不符合规定(模拟)"} if result == "refuse" else {}
        granted = {"_granted_on": today} if result == "grant" else {}
        said = {**decided, "institution_result": result, **why, **granted}
        self.case.do("institution_decision", said)

    def institution_assigns(self) -> None:
        day = self.case.today
        named = {"institution_lawyer": made_up_name(7), "institution_assigned_on": day}
        self.case.do("institution_assignment", named)

    def refused(self) -> Plot:
        """By the union, and told in writing."""
        yield 1
        self.accepted()
        yield 2
        self.case.do("county_review", review_result="refuse", review_note="材料前后矛盾(模拟)")
        yield 1
        self.told()

    def told(self) -> None:
        # served the day before it is written down, as the receipt says
        self.case.do("tell_refusal", told_on=self.case.day(-1), told_way="邮寄")

    def objects(self) -> None:
        asked = self.case.day(-(self.plan.nth % 2))
        said = {"way": "当面", "asked_on": asked, "reason": "收入计算有误(模拟)"}
        self.case.say("登记异议", said, objected_on=asked)


def helped(a: Aid) -> Plot:
    a.start()
    yield from a.granted()
    yield from a.handled(1 + a.plan.number % 3)
    yield from a.closed()


def long(a: Aid) -> Plot:
    a.start()
    yield from a.granted()
    yield from a.handled(6)
    yield from a.closed()


def _asked_for_papers(a: Aid) -> None:
    missing = {"missing_papers": ["身份证件"], "missing_text": "请补交身份证件"}
    a.case.do("check_papers", {"complete": "no", **missing})


def _supply(a: Aid) -> None:
    papers = {"papers_application": a.case.paper(a.case.place.reception, "身份证件")}
    a.case.do("supplement", {**papers, "supplied_note": "补交了身份证件"})


def supplemented(a: Aid) -> Plot:
    a.start()
    yield 1
    _asked_for_papers(a)
    yield 3 + a.plan.nth % 10
    _supply(a)
    yield from a.granted()
    yield from a.handled(2)
    yield from a.closed()


def _called(a: Aid, result: str) -> Plot:
    """The limit for papers is over; she is called, and called again on another day."""
    a.start()
    yield 1
    _asked_for_papers(a)
    yield 30
    first = a.case.today
    again = {}
    if result == "withdraw":
        yield 2
        again = {"second_contact_on": a.case.today}
    said = {"contact_result": result, "first_contact_on": first, "contact_note": "电话联系"}
    a.case.do("contact", {**said, **again})


def extended(a: Aid) -> Plot:
    yield from _called(a, "extend")
    yield 5
    _supply(a)
    yield from a.granted()
    yield from a.handled(2)
    yield from a.closed()


def supplied(a: Aid) -> Plot:
    yield from _called(a, "supplied")
    yield from a.granted()
    yield from a.handled(1)
    yield from a.closed()


def silent(a: Aid) -> Plot:
    yield from _called(a, "withdraw")


def _helped_first(a: Aid, **changed: object) -> Plot:
    a.start(**changed)
    first = {"helped_first_on": a.case.today, "helped_first_what": "代写仲裁申请书(模拟)"}
    a.case.do("help_first", first)
    yield from a.granted()
    yield from a.handled(2)
    yield from a.closed()


def urgent(a: Aid) -> Plot:
    """The limitation ends within seven days."""
    yield from _helped_first(a, left_on=a.case.day(-361))


def preserved(a: Aid) -> Plot:
    yield from _helped_first(a, preservation="yes")


def conflict(a: Aid) -> Plot:
    a.start()
    yield 1
    a.accepted()
    yield 1
    a.case.do("county_review", review_result="grant")
    yield 1
    a.case.do("assign", a.lawyer())
    a.case.do("conflict_check", conflict="yes", conflict_note="本所是该公司的法律顾问(模拟)")
    yield from a.assigned()
    yield from a.handled(2)
    yield from a.closed()


def institution(a: Aid) -> Plot:
    a.start()
    yield from a.to_institution("grant")
    yield 2
    a.institution_assigns()
    yield from a.followed()


def _refused_by_institution(a: Aid, result: str) -> Plot:
    a.start()
    yield from a.to_institution("refuse")
    yield 1
    a.told()
    yield 10
    a.objects()
    yield 3
    decided = {"bureau_result": result, "bureau_on": a.case.today, "_granted_on": a.case.today}
    a.case.do("bureau_review", decided, bureau_no="模2号", bureau_note="经审查")


def bureau(a: Aid) -> Plot:
    yield from _refused_by_institution(a, "grant")
    yield 2
    a.institution_assigns()
    yield from a.followed()


def bureau_upholds(a: Aid) -> Plot:
    yield from _refused_by_institution(a, "uphold")


def _handed(a: Aid, taken: str) -> Plot:
    a.start(aid_place="other")
    yield 1
    a.accepted()
    yield 3
    said = {"handed_to": "模拟市总工会", "handed_on": a.case.today, "handed_note": "来函(模拟)"}
    a.case.do("hand_over", {**said, "handed": taken})


def elsewhere(a: Aid) -> Plot:
    yield from _handed(a, "yes")
    yield from a.followed()


def handed_back(a: Aid) -> Plot:
    yield from _handed(a, "no")
    yield 2
    a.case.do("county_review", review_result="grant")
    yield from a.assigned()
    yield from a.handled(2)
    yield from a.closed()


def _appealed(a: Aid, result: str) -> Plot:
    a.start()
    yield from a.refused()
    yield 10
    a.objects()
    yield 12
    said = {"appeal_result": result, "appeal_opinion": "复核意见(模拟)"}
    a.case.do("appeal_city", {**said, "answered_on": a.case.today})


def appealed(a: Aid) -> Plot:
    """The union above has it helped after all."""
    yield from _appealed(a, "upheld")
    yield from a.assigned()
    yield from a.handled(2)
    yield from a.closed()


def stands(a: Aid) -> Plot:
    yield from _appealed(a, "rejected")


def refused(a: Aid) -> Plot:
    a.start()
    yield from a.refused()
    yield 45


def withdrawn(a: Aid) -> Plot:
    a.start()
    yield from a.granted()
    yield 10
    a.case.say("登记撤回", {"way": "电话", "reason": "用人单位已经支付(模拟)"})


def sent_back(a: Aid) -> Plot:
    """The file is sent back once by who looks it over."""
    a.start()
    yield from a.granted()
    yield from a.handled(1)
    yield 4
    a.report()
    yield 4
    a.case.do("file_review", review_opinion="return", file_note="缺裁决书")
    yield from a.closed()


def _to_be_ended(a: Aid, decision: str) -> Plot:
    a.start()
    yield from a.granted()
    yield 20
    log = [{"on": a.case.today, "at_stage": "negotiation", "did": "协商(模拟)"}]
    said = {"progress_log": log, "stage": "negotiation", "progress": "end"}
    a.case.do("handle", {**said, "end_grounds": "own_lawyer", "end_note": "已自行委托(模拟)"})
    yield 4
    a.case.do("end_aid", end_decision=decision, end_opinion="经核实(模拟)")


def not_ended(a: Aid) -> Plot:
    yield from _to_be_ended(a, "refuse")
    yield 15
    log = [
        {"on": a.case.today, "at_stage": "negotiation", "did": "协商(模拟)"},
        {"on": a.case.today, "at_stage": "execution", "did": "到账(模拟)"},
    ]
    a.case.do("handle", {"progress_log": log, "stage": "execution", "progress": "finished"})
    yield from a.closed()


def terminated(a: Aid) -> Plot:
    yield from _to_be_ended(a, "agree")
    yield 1
    a.told()
    yield 45


PLOTS: Mapping[str, Callable[[Aid], Plot]] = {
    one.__name__: one
    for one in (
        *(helped, long, supplemented, extended, supplied, urgent, preserved, conflict),
        *(institution, bureau, elsewhere, handed_back, appealed, sent_back, not_ended),
        *(refused, stands, silent, withdrawn, terminated, bureau_upholds),
    )
}


def led(plan: Plan) -> Callable[[Case], Plot]:
    """The case of a plan, where a petition has begun it."""

    def goes_on(case: Case) -> Plot:
        case.roles = ROLES
        yield from PLOTS[plan.way.name](Aid(plan, case))

    return goes_on


def enter(stage: Stage, some: Sequence[Plan]) -> None:
    """All of them, each on its day."""
    for plan in some:
        aid = Aid(plan, Case(stage, "legal_aid", plan.place, ROLES))
        stage.enter(plan.day, PLOTS[plan.way.name](aid))
