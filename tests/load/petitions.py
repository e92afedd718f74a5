"""672 petitions with 941 persons over 2015 and 2016, by every way they can take (模拟).

The totals were published; the sizes are domain.md §4.3 T09, the ways are invented.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import gcd

from engine import SYSTEM
from tests.load import files
from tests.load.stage import CITY, Case, Place, Plot, Stage, made_up_name, made_up_person

ONES, TWOS, FIVES = 560, 80, 25
GROUPS = (10, 12, 13, 14, 15, 16, 16)
CASES = ONES + TWOS + FIVES + len(GROUPS)
PERSONS = ONES + 2 * TWOS + 5 * FIVES + sum(GROUPS)
assert (CASES, PERSONS) == (672, 941)

CHANNELS = ("letter", "hotline", "visit", "web", "reception_day", "transferred")
MOST_REPRESENTATIVES = 5
_FIRST_PERSON = 1_000

ROLES = {
    **dict.fromkeys(
        (
            *("screen", "answer_now", "object", "tell_where", "accept", "tell_extension"),
            *("deliver", "arrange_archiving", "follow_up"),
        ),
        "reception",
    ),
    **dict.fromkeys(("investigate", "hear", "write_opinion", "carry_out", "examine"), "handler"),
    "answer": "reviewer",
    **dict.fromkeys(("approve_extension", "sign_opinion", "sign"), "leader"),
}

OURS = ("union", "mutual_aid", "hardship", "other")
_FOUND = {"facts": "已向单位核实(模拟)", "hardship": "no", "mediation": "no"}


@dataclass(frozen=True)
class Way:
    """How many petitions take a way, of which matters; ``last`` is the last day one begins."""

    name: str
    count: int
    matters: Sequence[str]
    channels: Sequence[str] = CHANNELS
    last: date = date(2016, 10, 14)


_BEFORE_REVIEWS = date(2016, 7, 15)
_SOME = (
    Way("now", 120, ("consult",)),
    Way("not_ours", 60, ("elsewhere", "criminal"), CHANNELS[:5]),
    Way("objected", 12, ("elsewhere",), ("transferred",)),
    Way("objection_refused", 4, ("elsewhere",), ("transferred",)),
    Way("statutory", 90, ("wage", "contract")),
    Way("urgent", 3, ("wage",), ("visit",), date(2016, 1, 29)),
    Way("discipline", 12, ("discipline",)),
    Way("simple", 80, ("small",)),
    Way("extended", 24, OURS, last=date(2016, 8, 15)),
    Way("extension_refused", 6, OURS),
    Way("heard", 16, OURS),
    Way("mediated", 20, OURS),
    Way("returned", 8, OURS),
    Way("hardship", 16, ("hardship",)),
    Way("hardship_elsewhere", 4, ("hardship",)),
    Way("anonymous", 6, ("union",), ("letter", "hotline", "web")),
    Way("late", 4, OURS, last=date(2016, 9, 1)),
    Way("last_day", 4, OURS, ("letter",)),
    Way("group", 4, ("union",), ("visit", "reception_day")),
    Way("handed_down", 6, OURS),
    Way("withdrawn", 10, OURS),
    Way("withdrawn_early", 4, OURS),
    Way("upheld", 10, OURS, last=_BEFORE_REVIEWS),
    Way("changed", 6, OURS, last=_BEFORE_REVIEWS),
    Way("rereviewed", 5, OURS, last=date(2016, 5, 16)),
    Way("heard_again", 4, OURS, last=date(2016, 4, 15)),
    Way("province", 5, OURS, last=_BEFORE_REVIEWS),
    Way("pending", 6, OURS),
    Way("ended", 4, OURS),
)
WAYS = (Way("in_sixty_days", CASES - sum(one.count for one in _SOME), OURS), *_SOME)

FIRST_DAY = date(2015, 1, 4)
"""A Sunday that was worked."""


@dataclass(frozen=True)
class Plan:
    """One petition: its way, its size, its place and the day it begins."""

    number: int
    way: Way
    nth: int
    persons: int
    place: Place
    unit: str
    day: date

    @property
    def matter(self) -> str:
        return self.way.matters[self.nth % len(self.way.matters)]

    @property
    def channel(self) -> str:
        return self.way.channels[self.nth % len(self.way.channels)]

    @property
    def gap(self) -> int:
        """So that limits end on every day of the week."""
        return 1 + (self.number * 5 + self.nth) % 7


def part_of(share: Decimal) -> Sequence[Way]:
    """So many of each way, one at least."""
    return [Way(w.name, max(1, int(w.count * share)), w.matters, w.channels, w.last) for w in WAYS]


def sizes(ways: Sequence[Way], share: Decimal) -> Sequence[int]:
    """How many persons each has, groups first; the whole is T09 to the last person."""
    many = sum(one.count for one in ways)
    groups = GROUPS[: sum(one.count for one in ways if one.name in {"urgent", "group"})]
    twos, fives = max(1, int(TWOS * share)), max(1, int(FIVES * share))
    ones = many - len(groups) - twos - fives
    return [*groups, *[2] * twos, *[5] * fives, *[1] * ones]


def plans(share: Decimal, counties: Sequence[Place], zone: Place) -> Iterator[Plan]:
    """All of them, spread over the two years and the counties."""
    ways = part_of(share)
    some = list(sizes(ways, share))
    groups = [size for size in some if size > MOST_REPRESENTATIVES]
    others = some[len(groups) :]
    number = 0
    for way in ways:
        for nth in range(way.count):
            is_group = way.name in {"urgent", "group"}
            size = groups.pop(0) if is_group else others[number * _stride(others) % len(others)]
            number += 0 if is_group else 1
            place, unit = _place(way, nth, counties, zone)
            span = (way.last - FIRST_DAY).days
            day = FIRST_DAY + timedelta(days=span * (nth + 1) // (way.count + 1))
            if way.name == "urgent":
                day = (date(2015, 1, 26), date(2015, 2, 4), date(2016, 1, 27))[nth % 3]
            yield Plan(_first_of(way, ways) + nth, way, nth, size, place, unit, day)


def _first_of(way: Way, ways: Sequence[Way]) -> int:
    """The number of a way's first petition."""
    return sum(one.count for one in ways[: list(ways).index(way)])


def _stride(some: Sequence[int]) -> int:
    """A step that meets each of them once."""
    stride = 37
    while gcd(stride, len(some)) != 1:
        stride += 2
    return stride


def _place(way: Way, nth: int, counties: Sequence[Place], zone: Place) -> tuple[Place, str]:
    if way.name in {"province", "pending", "handed_down"}:
        return CITY, CITY.id
    if way.name == "heard_again":
        return zone, zone.id
    place = counties[nth % len(counties)]
    return place, f"{place.id}u0" if way.name == "hardship" else place.id


# The ways -------------------------------------------------------------------------------------


Leads = Mapping[str, list[Callable[[Case], Plot]]]
"""How the cases go on that petitions lead to, by what is led to: each is taken once."""

URGENT, WAGE, AID = "urgent", "wage", "aid"
_WAGES_OF_2015 = (date(2015, 3, 9), date(2015, 9, 18))
_LAST_AID = date(2016, 6, 15)


def leads_to(plan: Plan) -> str:
    """What case a petition is led to; empty: she is told where to go, and nothing is begun.

    The wage claims of the run are those of 2015, so later ones are given a lawyer; who comes in
    the second half of 2016 is told only, for her lawyer would be at it in 2017.
    """
    if plan.way.name == "urgent":
        return URGENT if plan.day.year == _WAGES_OF_2015[0].year else ""
    if plan.way.name != "statutory" or plan.day > _LAST_AID:
        return ""
    first, last = _WAGES_OF_2015
    return WAGE if plan.matter == "wage" and first <= plan.day <= last else AID


@dataclass
class Petition:
    """A petition that is played."""

    stage: Stage
    plan: Plan
    running: dict[str, "Petition"]
    finished: list["Petition"]
    leads: Leads
    case: Case

    @property
    def who(self) -> Mapping[str, object]:
        plan = self.plan
        if plan.way.name == "anonymous":
            return {"named": "no", "petitioner": "匿名", "reachable": "no"}
        number = _FIRST_PERSON + plan.number
        return {
            "named": "yes",
            "petitioner": made_up_name(number),
            **made_up_person(number),
            "address": "漳州市模拟路 1 号",
            "reachable": "yes",
        }

    def register(self, **changed: object) -> None:
        """At the counter, or as it came in some days ago."""
        plan, case = self.plan, self.case
        came = -(plan.nth % 4) if plan.channel in {"letter", "transferred"} else 0
        asked: dict[str, object] = {
            "channel": plan.channel,
            "received_on": case.day(came),
            **self.who,
            "persons": plan.persons,
            "matter_title": f"模拟信访第{plan.number}件",
            "matter": plan.matter,
            "concerned": "模拟一厂",
            "request": "请求办理(模拟)",
            "urgent_word": "yes" if plan.way.name == "urgent" else "no",
        }
        if plan.channel == "transferred":
            asked |= {"transferred_by": "模拟市信访局", "transfer_no": "模拟转〔2015〕1号"}
        if plan.persons > MOST_REPRESENTATIVES:
            asked["representatives"] = [
                {"name": made_up_name(n), "phone": f"139{n:08d}"}
                for n in range(MOST_REPRESENTATIVES)
            ]
        case.start(plan.unit, {**asked, **changed})
        if plan.way.name == "in_sixty_days":
            self.running[case.id] = self

    def accepted(self, way: str = "ours") -> Plot:
        """Registered, screened, told that it is taken on."""
        self.register()
        yield 1 + self.plan.nth % 2
        self.case.do("screen", way=way)
        yield 1 if way == "simple" else self.plan.gap
        self.accept()

    def accept(self) -> None:
        today = self.case.today
        told = {"notice_way": "无法告知"}
        if self.who["reachable"] == "yes":
            told = {"notice_way": "邮寄", "notice_on": today}
        self.case.do("accept", {"accepted_on": today, **told})

    def answered(self, kind: str = "", **found: object) -> Plot:
        """Looked into, written, signed, delivered, asked whether she is satisfied."""
        case, plan = self.case, self.plan
        case.do("investigate", {**_FOUND, "next_step": "opinion", **found})
        yield 1
        case.do("write_opinion", self.opinion(kind))
        yield 1 + plan.nth % 2
        case.do("sign_opinion", decision="agree", opinion_no=f"模拟访意〔2015〕{plan.number}号")
        yield from self.delivered()

    def opinion(self, kind: str = "") -> Mapping[str, object]:
        said = kind or ("support", "explain", "refuse")[self.plan.nth % 3]
        text = {"opinion_text": "处理意见(模拟)", "opinion_basis": "《中华人民共和国工会法》"}
        return {"opinion_kind": said, **text}

    def delivered(self) -> Plot:
        case, plan = self.case, self.plan
        yield 1
        way = "公告" if plan.way.name == "anonymous" else ("邮寄", "当面")[plan.nth % 2]
        # signed for a day before it is written down, where the post says so later
        served = case.day(-1 if way == "邮寄" else 0)
        case.do("deliver", served_on=served, serving_way=way)
        if case.waits("arrange_archiving"):
            yield 2
            case.do("arrange_archiving", arranged_with="模拟街道总工会", arranged_note="三日内入户")
        yield 3
        satisfied = ("satisfied", "satisfied", "satisfied", "fairly", "not")[plan.number % 5]
        asked = "unreached" if plan.way.name == "anonymous" else satisfied
        case.do("follow_up", asked_on=case.today, satisfaction=asked)

    def not_reviewed(self) -> Plot:
        """Nobody asks for a review."""
        yield 45
        assert self.case.is_over

    def reviewed(self) -> Case:
        """She asks for a review; the case that it is."""
        asked = {"asked_on": self.case.today, "reason": "事实没有查清(模拟)"}
        self.case.say("登记复查申请", asked, review_asked_on=self.case.today)
        facts = {"asked_on": self.case.today, "review_level": "review"}
        return self.case.linked("复查", ROLES, facts)


def _work(petition: Petition) -> int:
    """How long somebody looks into it: two days to five weeks."""
    return 2 + petition.plan.number * 7 % 37


def in_sixty_days(p: Petition) -> Plot:
    yield from p.accepted()
    yield _work(p)
    yield from p.answered()
    p.running.pop(p.case.id, None)
    yield from p.not_reviewed()


def now(p: Petition) -> Plot:
    p.register()
    p.case.do("screen", way="now")
    satisfied = ("satisfied", "satisfied", "fairly", "not")[p.plan.nth % 4]
    said = {"answer": "已说明条件和材料(模拟)", "satisfaction": satisfied}
    p.case.do("answer_now", {"answered_on": p.case.today, **said})
    yield from ()


def _told_where(p: Petition, way: str, rests: int) -> Plot:
    led = leads_to(p.plan)
    lead = {"lead": {"": "none", AID: "aid"}.get(led, "wage")} if way == "statutory" else {}
    p.case.do("screen", {"way": way, "way_note": "请向有关机关反映(模拟)", **lead})
    if led:
        begun = p.case.linked("导入", {}, {**p.who, "applicant_name": p.who["petitioner"]})
        p.stage.enter(p.stage.today, p.leads[led].pop(0)(begun))
    yield from [rests] if rests else ()
    p.case.do("tell_where", told_way="邮寄", told_on=p.case.today)


def not_ours(p: Petition) -> Plot:
    p.register()
    yield 1
    yield from _told_where(p, "not_ours", p.plan.gap)


def objected(p: Petition) -> Plot:
    """Within five working days of its coming in."""
    p.register()
    yield from [p.plan.nth % 3] if p.plan.nth % 3 else ()
    p.case.do("screen", way="object", way_note="属其他机关职责(模拟)")
    p.case.do("object", objected_on=p.case.today, objection_result="back")


def objection_refused(p: Petition) -> Plot:
    p.register()
    p.case.do("screen", way="object", way_note="属其他机关职责(模拟)")
    yield 1
    p.case.do("object", objected_on=p.case.today, objection_result="kept")
    yield 2
    yield from _told_where(p, "not_ours", 2)


def statutory(p: Petition) -> Plot:
    p.register()
    yield 1
    yield from _told_where(p, "statutory", p.plan.gap)


def urgent(p: Petition) -> Plot:
    """A group before Spring Festival: led to the inspection the same day."""
    p.register()
    yield from _told_where(p, "statutory", 0)


def discipline(p: Petition) -> Plot:
    p.register()
    yield 1
    yield from _told_where(p, "discipline", 4)


def simple(p: Petition) -> Plot:
    yield from p.accepted("simple")
    yield 1 + p.plan.nth % 3
    yield from p.answered()
    yield from p.not_reviewed()


def extended(p: Petition) -> Plot:
    yield from p.accepted()
    yield 36
    days = 10 + p.plan.nth % 21
    asked = {"extension_wanted": 30, "extension_reason": "审计尚未完成(模拟)"}
    p.case.do("investigate", {**_FOUND, "next_step": "extension", **asked})
    yield 1
    granted = {"decision": "agree", "extension_granted": days}
    p.case.do("approve_extension", granted, _extension_days=days)
    yield 1
    p.case.do("tell_extension", serving_way="邮寄", served_on=p.case.today)
    yield days
    yield from p.answered()
    yield from p.not_reviewed()


def extension_refused(p: Petition) -> Plot:
    yield from p.accepted()
    yield 30
    asked = {"extension_wanted": 30, "extension_reason": "还没有完成(模拟)"}
    p.case.do("investigate", {**_FOUND, "next_step": "extension", **asked})
    yield 1
    p.case.do("approve_extension", decision="refuse", refusal="材料已经齐全,请按期办结")
    yield 5
    yield from p.answered()
    yield from p.not_reviewed()


def heard(p: Petition) -> Plot:
    yield from p.accepted()
    yield 15
    p.case.do("investigate", {**_FOUND, "next_step": "hearing"})
    yield 10
    p.case.do("hear", heard_on=p.case.today, attendants=7, hearing_result="多数意见支持(模拟)")
    yield 6
    yield from p.answered()
    yield from p.not_reviewed()


def mediated(p: Petition) -> Plot:
    yield from p.accepted()
    yield 12
    agreement = p.case.paper(p.case.place.handler, "调解协议")
    yield from p.answered("mediated", mediation="yes", agreement=agreement)
    yield from p.not_reviewed()


def returned(p: Petition) -> Plot:
    """The leader sends it back once."""
    yield from p.accepted()
    yield 20
    p.case.do("investigate", {**_FOUND, "next_step": "opinion"})
    yield 1
    p.case.do("write_opinion", p.opinion())
    back = ("investigate", "write_opinion")[p.plan.nth % 2]
    yield 1
    p.case.do("sign_opinion", decision="return", return_to=back, comment="请补充依据")
    yield 2
    if back == "investigate":
        yield from p.answered()
    else:
        p.case.do("write_opinion", p.opinion())
        yield 1
        p.case.do("sign_opinion", decision="agree", opinion_no="模拟访意〔2015〕退1号")
        yield from p.delivered()
    yield from p.not_reviewed()


def hardship(p: Petition) -> Plot:
    """Found to be in hardship: a file is begun, or arranged where none can be."""
    yield from p.accepted()
    yield 14
    yield from p.answered(hardship="yes")
    links = p.case.engine.cases.view(SYSTEM, p.case.id).related
    assert len(links) == (1 if p.plan.way.name == "hardship" else 0)
    if links:
        begun = p.case.linked("建档", files.ROLES, {})
        p.stage.enter(p.stage.today, files.hardship(begun, p.plan.nth, p.who))
    yield from p.not_reviewed()


def late(p: Petition) -> Plot:
    """Over on the sixty-third day: answered all the same, and counted as late."""
    yield from p.accepted()
    yield 63
    yield from p.answered()
    yield from p.not_reviewed()


def last_day(p: Petition) -> Plot:
    """Screened on the last day on which it may be told that it is taken on."""
    p.register(received_on=p.case.day(-13))
    yield 2
    p.case.do("screen", way="ours")
    p.accept()
    yield 10
    yield from p.answered()
    yield from p.not_reviewed()


def handed_down(p: Petition) -> Plot:
    """The city has a county look into it; some counties answer when it is too late."""
    yield from p.accepted()
    yield 5
    until = p.case.day(6 if p.plan.nth % 3 == 1 else 20)
    to = {"assign_to": f"模拟{p.plan.nth + 1}县总工会", "assign_note": "请核实(模拟)"}
    asked = {**_FOUND, "next_step": "assign", **to, "assign_until": until}
    p.case.do("investigate", asked)
    county = p.case.linked("交办", ROLES, {"answer_by": until})
    yield 11
    county.do("answer", answer_text="经核实,已公开(模拟)")
    yield 1
    county.do("sign", decision="agree")
    county.goes_on()
    yield 2
    yield from p.answered()
    yield from p.not_reviewed()


def _withdraw(p: Petition) -> None:
    p.case.say(
        "登记撤回信访",
        {"withdrawn_on": p.case.today, "originals": "none", "reason": "问题已经解决(模拟)"},
    )


def withdrawn(p: Petition) -> Plot:
    yield from p.accepted()
    yield 8
    _withdraw(p)


def withdrawn_early(p: Petition) -> Plot:
    """Before anybody has looked at it."""
    p.register()
    yield 1
    _withdraw(p)


def _examined(review: Case, result: str) -> Plot:
    said = {"review_result": result, "review_opinion": "复查意见(模拟)"}
    review.do("examine", {"next_step": "opinion", **said})
    yield 1
    review.do("sign", decision="agree", opinion_no="模拟访复〔2015〕1号")
    yield 1
    review.do("deliver", served_on=review.today, serving_way="当面")


def _until_review(p: Petition) -> Plot:
    yield from p.accepted()
    yield 10
    yield from p.answered("refuse")
    yield 1 + p.plan.nth * 3 % 20


def upheld(p: Petition) -> Plot:
    """The union above upholds it, and nobody asks again."""
    yield from _until_review(p)
    review = p.reviewed()
    yield 20
    yield from _examined(review, "upheld")
    yield 45
    assert review.is_over
    p.finished.append(p)


def changed(p: Petition) -> Plot:
    yield from _until_review(p)
    review = p.reviewed()
    yield 15
    yield from _examined(review, "changed")
    yield 45
    p.case.do("carry_out", carried_out="已按变更后的意见落实(模拟)", carried_on=p.case.today)


def _asked_again(review: Case) -> None:
    asked = {"asked_on": review.today, "reason": "仍然不服(模拟)"}
    review.say("登记复核申请", asked, rereview_asked_on=review.today)


def rereviewed(p: Petition) -> Plot:
    """County, city, and then the province, which is outside."""
    yield from _until_review(p)
    review = p.reviewed()
    yield 18
    yield from _examined(review, "upheld")
    yield 12
    _asked_again(review)
    yield 25
    dates = {"sent_on": review.today, "answered_on": review.today}
    said = {"review_result": "upheld", "review_opinion": "维持(模拟)"}
    review.do("province_rereview", {**dates, **said})
    review.goes_on()
    p.finished.append(p)


def heard_again(p: Petition) -> Plot:
    """Zone, county, city: the re-review is heard, and the days of the hearing are not counted."""
    yield from _until_review(p)
    review = p.reviewed()
    yield 18
    yield from _examined(review, "upheld")
    yield 10
    _asked_again(review)
    facts = {"asked_on": review.today, "review_level": "rereview"}
    again = review.linked("复核", ROLES, facts)
    yield 14
    called = again.today
    again.do("examine", next_step="hearing")
    yield 12
    days = (date.fromisoformat(again.today) - date.fromisoformat(called)).days
    heard_on = {"hearing_called_on": called, "heard_on": again.today, "hearing_result": "维持"}
    again.do("hear", heard_on, _hearing_days=days)
    yield 20
    yield from _examined(again, "upheld")
    again.goes_on()
    review.goes_on()
    p.finished.append(p)


def province(p: Petition) -> Plot:
    """What the city has said is reviewed by the province."""
    yield from _until_review(p)
    asked = {"asked_on": p.case.today, "reason": "事实没有查清(模拟)"}
    p.case.say("登记复查申请", asked, review_asked_on=p.case.today)
    yield 25
    dates = {"sent_on": p.case.today, "answered_on": p.case.today}
    said = {"review_result": "upheld", "review_opinion": "维持(模拟)"}
    p.case.do("province_review", {**dates, **said})


def _same_as(p: Petition, earlier: Petition) -> None:
    who = {**earlier.who, "matter": earlier.plan.matter}
    p.register(**who, matter_title=f"模拟信访第{earlier.plan.number}件")


def pending(p: Petition) -> Plot:
    """Raised at the city while the county handles it: joined to the earlier one."""
    while not p.running:
        yield 1
    earlier = next(iter(p.running.values()))
    _same_as(p, earlier)
    p.case.do("screen", way="pending", earlier_no=earlier.case.number)
    yield 3
    p.case.do("tell_where", told_way="当面", told_on=p.case.today)


def ended(p: Petition) -> Plot:
    """Raised again after its last opinion: no longer accepted."""
    while not p.finished:
        yield 14
    earlier = p.finished[p.plan.nth % len(p.finished)]
    _same_as(p, earlier)
    p.case.do("screen", way="ended", earlier_no=earlier.case.number)
    yield 3
    p.case.do("tell_where", told_way="邮寄", told_on=p.case.today)


PLOTS: Mapping[str, Callable[[Petition], Plot]] = {
    "in_sixty_days": in_sixty_days,
    "now": now,
    "not_ours": not_ours,
    "objected": objected,
    "objection_refused": objection_refused,
    "statutory": statutory,
    "urgent": urgent,
    "discipline": discipline,
    "simple": simple,
    "extended": extended,
    "extension_refused": extension_refused,
    "heard": heard,
    "mediated": mediated,
    "returned": returned,
    "hardship": hardship,
    "hardship_elsewhere": hardship,
    "anonymous": in_sixty_days,
    "late": late,
    "last_day": last_day,
    "group": in_sixty_days,
    "handed_down": handed_down,
    "withdrawn": withdrawn,
    "withdrawn_early": withdrawn_early,
    "upheld": upheld,
    "changed": changed,
    "rereviewed": rereviewed,
    "heard_again": heard_again,
    "province": province,
    "pending": pending,
    "ended": ended,
}


def enter(stage: Stage, some: Sequence[Plan], leads: Leads) -> None:
    """All of them, each on its day."""
    running: dict[str, Petition] = {}
    finished: list[Petition] = []
    for plan in some:
        case = Case(stage, "petition", plan.place, ROLES)
        petition = Petition(stage, plan, running, finished, leads, case)
        stage.enter(plan.day, PLOTS[plan.way.name](petition))
