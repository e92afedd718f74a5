"""What a payment must not be: given twice, above a cap, to somebody who cannot be paid.

Caps are data with dated amounts (:mod:`registry.budget.programmes`); they count what is given to a
payee in the year by any level of any county, less what came back: to a household also what people
it counts were given as persons, to a person also what a household that counted her and was struck
off was given. Of what is given to each child (``Payment.beneficiary``) they count what that child
was given, whoever was paid for her, and she is given it once a period, of all programmes of that
kind. A cap may be passed where the roster says why, which whoever approves sees first; being paid
twice for the same may never be.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.store.database import Tx
from engine.work.federation_settings import Ask
from registry.budget.amounts import in_yuan, whole_fen
from registry.budget.model import LIVE, Payee, PayeeKind, Payment
from registry.budget.programmes import (
    CAPS,
    Cap,
    help_of,
    pays_households,
    programme_title,
    programmes,
)
from registry.funds.payees import has_file, pay_household
from registry.household import File
from registry.store import payees, payments, same_people
from registry.store.same_people import CountedIn, OtherPayment
from registry.vocabulary import LEVELS, words


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line.

    ``is_allowed``: no fault, but told to whoever approves: a cap that is passed with a reason, what
    another level gives for the same.
    """

    payment: Payment
    sentence: str
    is_allowed: bool = False


def faults_of(tx: Tx, ask: Ask, listed: Sequence[Payment], area: str, *, hold: bool) -> list[Fault]:
    """Everything that is wrong with these lines, in their order.

    ``area``: the organisation whose roster or case it is. Of what lies outside only whom to ask is
    told where it is found by who somebody is.
    ``hold``: the households are held until the transaction ends, and who has no file is dealt with
    in turn, so that of two rosters at once one sees what the other gives.
    """
    if hold and any(one.payee.kind is not PayeeKind.HOUSEHOLD for one in listed):
        payees.hold_those_without_file(tx)
    elif hold:
        payees.keep_those_without_file(tx)
    found = {
        year: _Given(tx, ask, area, [one for one in listed if one.year == year], hold=hold)
        for year in {one.year for one in listed}
    }
    return [fault for one in listed for fault in found[one.year].faults(one)]


class _Given:
    """What the payees of some lines have been given in a year, and the files of households."""

    def __init__(
        self, tx: Tx, ask: Ask, area: str, listed: Sequence[Payment], *, hold: bool
    ) -> None:
        year = listed[0].year
        self._ask = ask
        self._caps: dict[tuple[str, str], int | None] = {}
        numbers = {one.payee.key for one in listed if one.payee.kind is PayeeKind.HOUSEHOLD}
        self._files = payees.files(tx, numbers, hold=hold)
        ours = {one.id for one in listed if one.id}
        before = payments.given_in_year(
            tx, year, {(one.payee.kind.value, one.payee.key) for one in listed}
        )
        self._by_payee: dict[tuple[PayeeKind, str], list[Payment]] = {}
        for one in (*(b for b in before if b.id not in ours), *listed):
            self._by_payee.setdefault(_who(one.payee), []).append(one)
        persons = [one for one in listed if one.payee.kind is PayeeKind.PERSON]
        self._counted = same_people.counted(
            tx, {one.payee.key for one in persons if pays_households(one.programme)}, area
        )
        self._otherwise = {
            PayeeKind.HOUSEHOLD: same_people.given_to_members(tx, year, numbers, area),
            PayeeKind.PERSON: same_people.given_to_former_households(
                tx, year, {one.payee.key for one in persons}, area
            ),
        }
        children = {one.beneficiary for one in listed if one.beneficiary}
        self._of_child: dict[str, list[OtherPayment]] = {key: [] for key in children}
        for key, given in same_people.given_to_children(tx, year, children, area).items():
            self._of_child[key] += [other for other in given if other.payment.id not in ours]
        for one in listed:
            if one.beneficiary:
                self._of_child[one.beneficiary].append(OtherPayment(one, one.batch_no, ""))

    def faults(self, one: Payment) -> Iterable[Fault]:
        refusal = self._not_to_pay(one)
        if refusal:
            yield Fault(one, refusal)
        if refusal and one.payee.kind is PayeeKind.PERSON:
            return  # it is her household that is looked at then
        others = [other for other in self._by_payee[_who(one.payee)] if other is not one]
        otherwise = self._otherwise.get(one.payee.kind, {}).get(one.payee.key, [])
        twice = [
            *(_twice(one, other) for other in others if _same(one, other)),
            *(_twice_otherwise(one, other) for other in otherwise if _same(one, other.payment)),
        ]
        of_child = [
            other for other in self._of_child.get(one.beneficiary, ()) if other.payment is not one
        ]
        twice += [_twice_for_child(one, other) for other in of_child if _same_kind(one, other)]
        if twice:
            yield Fault(one, twice[0])
        others += [other.payment for other in otherwise]
        too_many = self._too_many_children(one, others)
        if too_many:
            yield Fault(one, too_many, is_allowed=bool(one.exception))
        for other in others:
            if _elsewhere(one, other):
                yield Fault(one, _also(one, other), is_allowed=True)
        counted = [other.payment for other in of_child] if one.beneficiary else others
        for cap in CAPS:
            sentence = self._above(cap, one, counted)
            if sentence:
                yield Fault(one, sentence, is_allowed=bool(one.exception))

    def _not_to_pay(self, one: Payment) -> str:
        """Why this payee cannot be paid at all; empty where it can."""
        stopped = _stopped(one, self._files)
        if stopped:
            return stopped
        if one.payee.kind is PayeeKind.PERSON and pays_households(one.programme):
            counted_in = self._counted.get(one.payee.key)
            if counted_in is not None:
                return _has_file(one, counted_in)
        return ""

    def _too_many_children(self, one: Payment, others: Sequence[Payment]) -> str:
        """That more children of a household are given it than may be; empty where not."""
        programme = programmes().get(one.programme)
        if programme is None or programme.most_members is None or not one.beneficiary:
            return ""
        children = {
            other.beneficiary
            for other in (*others, one)
            if other.beneficiary
            and (other.programme, other.period) == (one.programme, one.period)
            and (other.status in LIVE or other.batch_no == one.batch_no)
        }
        most = int(str(programme.most_members.asked(self._ask, one.payee.organisation_id)))
        if len(children) <= most:
            return ""
        return (
            f"{one.payee.name}一户的{programme.title}({one.period})已安排 {len(children)} 名学生,"
            f"按规定一户最多 {most} 名。"
        )

    def _above(self, cap: Cap, one: Payment, others: Sequence[Payment]) -> str:
        file = self._files.get(one.payee.key)
        category = file.shown.category if file and one.payee.kind is PayeeKind.HOUSEHOLD else ""
        if not cap.holds_for(one.programme, one.item, one.payee.kind, category):
            return ""
        most = self._most(cap, one)
        if most is None:
            return (
                f"还没有设定当地的低保标准,无法核对{one.payee.name}的{cap.title}上限,"
                "请先在业务参数中设定。"
            )
        given = sum(
            other.kept
            for other in others
            if cap.is_yearly
            and cap.holds_for(other.programme, other.item, one.payee.kind, category)
        )
        if given + one.kept <= most:
            return ""
        told = f"(含其他批次和其他单位已安排的 {in_yuan(given)})" if given else ""
        return (
            f"{one.for_whom}{cap.title}合计 {in_yuan(given + one.kept)}{told},"
            f"超过上限 {in_yuan(most)}。"
        )

    def _most(self, cap: Cap, one: Payment) -> int | None:
        """The cap in fen; None where the standard it is a multiple of is not set."""
        place = (cap.title, one.payee.organisation_id)
        if place not in self._caps:
            self._caps[place] = self._asked(cap, one.payee.organisation_id)
        return self._caps[place]

    def _asked(self, cap: Cap, organisation_id: str) -> int | None:
        amount = Decimal(str(cap.amount.asked(self._ask, organisation_id)))
        if cap.months_of is None:
            return whole_fen(amount)
        base = cap.months_of.asked(self._ask, organisation_id)
        return None if base is None else whole_fen(amount * Decimal(str(base)))


def not_to_be_paid(tx: Tx, listed: Sequence[Payment], *, hold: bool) -> dict[int, str]:
    """Payments that nobody may be paid any more, whatever was granted, each with why.

    ``hold``: the households are held until the transaction ends.
    """
    numbers = {one.payee.key for one in listed if one.payee.kind is PayeeKind.HOUSEHOLD}
    files = payees.files(tx, numbers, hold=hold)
    told = {one.id: _stopped(one, files) for one in listed}
    return {one: why for one, why in told.items() if why}


def _stopped(one: Payment, files: Mapping[str, File]) -> str:
    if one.stopped:
        return f"{one.for_whom}已登记不再发放({one.stopped}),不能付款。"
    if one.payee.kind is PayeeKind.HOUSEHOLD:
        file = files.get(one.payee.key)
        if file is None or not file.shown.stands:
            return f"{one.payee.name}的档案不在档,按规定先建档、后帮扶,不能发放。"
    return ""


def _who(payee: Payee) -> tuple[PayeeKind, str]:
    return payee.kind, payee.key


def _same(one: Payment, other: Payment) -> bool:
    is_live = other.status in LIVE or other.batch_no == one.batch_no
    return is_live and _what(one) == _what(other)


def _what(one: Payment) -> tuple[str, ...]:
    return one.beneficiary, one.programme, one.period, one.item, one.level


def _same_kind(one: Payment, other: OtherPayment) -> bool:
    """Whether a child is given help of one kind twice in a period."""
    mine, its = one, other.payment
    is_live = its.status in LIVE or its.batch_no == mine.batch_no
    return is_live and (help_of(mine.programme), mine.period) == (
        help_of(its.programme),
        its.period,
    )


def _elsewhere(one: Payment, other: Payment) -> bool:
    """Another level gives for the same programme and period: not refused, but told."""
    is_other = other.status in LIVE and other.level != one.level
    return is_other and (one.beneficiary, one.programme, one.period) == (
        other.beneficiary,
        other.programme,
        other.period,
    )


def _also(one: Payment, other: Payment) -> str:
    return (
        f"{one.for_whom}的{programme_title(one.programme)}({one.period})"
        f"{words(LEVELS, other.level)}已安排 {in_yuan(other.kept)}。"
    )


def _twice(one: Payment, other: Payment) -> str:
    if not other.batch_no:
        where = "其他办件中"
    else:
        where = "本批中" if other.batch_no == one.batch_no else f"批次 {other.batch_no} 中"
    return (
        f"{one.for_whom}的{programme_title(one.programme)}({one.period})已在{where}安排 "
        f"{in_yuan(other.kept)},同一期间不能重复发放。"
    )


def _twice_for_child(one: Payment, found: OtherPayment) -> str:
    """A child that has it already: through another parent, at another stage, as a person."""
    other, ask = found.payment, ""
    if other.batch_no and other.batch_no == one.batch_no:
        where = "在本批中"
    elif found.reference:
        where = f"在{'批次' if other.batch_no else '办件'} {found.reference} 中"
    else:
        where, ask = f"由{found.county}", f"如有疑问请向{found.county}核实。"
    paid = "" if other.payee.name == other.beneficiary_name else f"(收款人{other.payee.name})"
    return (
        f"学生{one.beneficiary_name}的{programme_title(other.programme)}({other.period})已{where}"
        f"安排 {in_yuan(other.kept)}{paid},一名学生同一年度只发一次。{ask}"
    )


def _twice_otherwise(one: Payment, found: OtherPayment) -> str:
    """A household one of whom had it as a person; a person whose former household had it."""
    other, ask = found.payment, ""
    if found.reference:
        where = f"在{'批次' if other.batch_no else '办件'} {found.reference} 中"
    else:
        where, ask = f"由{found.county}", f"如有疑问请向{found.county}核实。"
    if one.payee.kind is PayeeKind.HOUSEHOLD:
        whose, how = "一户", f"按未建档人员发给{other.payee.name}"
    else:
        whose, how = "原来的档案(已注销)", "按户安排"
    return (
        f"{one.payee.name}{whose}的{programme_title(one.programme)}({one.period})已{where}{how} "
        f"{in_yuan(other.kept)},同一期间不能重复发放。{ask}"
    )


def _has_file(one: Payment, file: CountedIn) -> str:
    """Somebody listed as a person who is counted in a household on file."""
    line = f"第 {one.number} 行 " if one.batch_no else ""
    out = "请移出这一行," if one.batch_no else ""
    here = "改从档案中选择这一户。" if one.batch_no else "请改为按户发放。"
    return (
        f"{line}{one.payee.name}{has_file(file)},不能按未建档人员发放。"
        f"{out}{pay_household(file, here)}"
    )
