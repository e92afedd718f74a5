"""发放批次: rosters typed by hand, checked as a whole, submitted to whoever approves.

A draft is its maker's; nothing is reserved before it is submitted, and what is refused stays as
it was typed. Submitting begins the process an installation has for it (``startsFrom``).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from engine import Actor, Engine, Request
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.forms.values import to_json_number
from engine.store.audit import add_access
from engine.store.database import Tx
from engine.work.attributes import normal
from engine.work.federation_settings import Ask
from engine.work.start import Started
from registry.budget.amounts import fen_of, in_yuan, yuan
from registry.budget.model import (
    Batch,
    BatchStatus,
    Payee,
    PayeeKind,
    Payment,
    PaymentStatus,
    Recovery,
    Stamp,
)
from registry.budget.programmes import GOODS, WARNING_SHARE, Programme, programme_of
from registry.funds import giving
from registry.funds.bank_access import may_pay
from registry.funds.bank_desk import why_unpaid
from registry.funds.checking import Fault, faults_of
from registry.funds.desk import words_of
from registry.funds.payees import (
    NOBODY_ELSE,
    Beneficiary,
    for_herself,
    household_payee,
    typed_child,
    typed_payee,
)
from registry.funds.recovering import may_come_back
from registry.funds.rights import FundAct, may, must, must_somewhere, places_of
from registry.funds.roster_rows import LONGEST_EXCEPTION
from registry.funds.starts import FROM_A_BATCH
from registry.funds.typed import number_of
from registry.store import bank_sendings, funds, payees, payments, recoveries
from registry.store.funds import LineOfUnit, Narrowing
from registry.store.payees import HouseholdToPay
from registry.store.payments import BatchLine

_PayeeOf = Callable[[Tx, Batch], Payee]
_ChildOf = Callable[[Tx, Batch, Payee], Beneficiary]

_NO_STUDENT: Mapping[str, str] = MappingProxyType({})
_MOST_LISTED = 200
_MOST_FOUND = 20
MOST_LINES = 5_000
_LONGEST_TITLE = 60
_KEPT = "没有保存,您填写的内容仍在页面上。"


@dataclass(frozen=True)
class BatchView:
    """A batch with its lines, what is wrong with them, and what she may do."""

    line: BatchLine
    payments: Sequence[Payment]
    faults: Mapping[int, Sequence[Fault]]
    without_account: Collection[int]
    """Whose file names no account, for a file for the bank: cash can be given all the same."""
    budget: LineOfUnit
    programme: Programme
    is_mine: bool
    may_copy: bool
    unpaid: Mapping[int, str]
    """Why the bank has not paid a payment, of those it was asked for or could not be."""
    waits: str
    """Why the batch cannot be closed yet, in words; empty where nothing waits for the bank."""
    may_settle: bool
    """What is held on account: pay it, or give it back."""
    may_recover: bool
    """Write down that some of what was paid came back (追回)."""
    recovered: Sequence[tuple[Recovery, str]]
    """What came back, with the name of who entered it, in the order in which it was."""
    may_send: bool
    """To the bank: a batch of money that was granted, by who pays and neither rostered nor granted
    it; afterwards she may look at the files that were made of it."""

    @property
    def over(self) -> int:
        """By how much a draft is more than there is, in fen; nothing or less where it is not."""
        return self.line.fen - self.budget.line.available


class BatchDesk:
    """The group of questions and commands about batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._environment = engine.environment

    # Questions -----------------------------------------------------------------------------

    def listed(self, actor: Actor, status: str = "") -> tuple[list[BatchLine], dict[str, int]]:
        """Batches of her area, newest first, and how many there are of each status."""
        must_somewhere(actor, FundAct.SEE)
        places = places_of(actor, FundAct.SEE)
        chosen = (status,) if status else ()
        return self._engine.ask(
            lambda tx: (
                payments.batch_lines(tx, actor, places, chosen, _MOST_LISTED),
                payments.statuses(tx, actor, places),
            )
        )

    def lines_to_draw_on(self, actor: Actor) -> Sequence[LineOfUnit]:
        """The budget lines she may make rosters for: this year's and last year's."""
        must_somewhere(actor, FundAct.ROSTER)
        places = places_of(actor, FundAct.ROSTER)
        first = self._environment.today().year - 1
        found = self._engine.ask(lambda tx: funds.lines(tx, places, Narrowing()))
        return [one for one in found if one.line.key.year >= first]

    def view(self, actor: Actor, number: str) -> BatchView:
        """One batch. Raises NotFound outside her area."""

        def read(tx: Tx) -> BatchView:
            found = self._seen(tx, actor, number)
            budget = budget_of(tx, found.batch)
            listed = payments.of_batch(tx, number)
            is_draft = found.batch.status is BatchStatus.DRAFT
            # Who pays is told too: between the approval and the payment a file may be struck off.
            open_now = (BatchStatus.DRAFT, BatchStatus.SUBMITTED, BatchStatus.APPROVED)
            by_line: dict[int, list[Fault]] = {}
            without: Collection[int] = ()
            if found.batch.status in open_now:
                without = _without_account(tx, listed)
                area = found.batch.organisation_id
                for fault in faults_of(tx, self._ask(tx), listed, area, hold=False):
                    by_line.setdefault(fault.payment.id, []).append(fault)
            return BatchView(
                line=found,
                payments=listed,
                faults=by_line,
                without_account=without,
                budget=budget,
                programme=programme_of(found.batch.programme),
                is_mine=is_draft and found.batch.made_by == actor.person_id,
                may_copy=may(tx, actor, FundAct.ROSTER, found.batch.organisation_id),
                unpaid=why_unpaid(bank_sendings.of_batch(tx, number)),
                waits=giving.waits_for_bank(tx, number),
                may_settle=any(one.status is PaymentStatus.HELD for one in listed)
                and may_pay(tx, actor, found.batch),
                may_recover=any(map(may_come_back, listed)) and may_pay(tx, actor, found.batch),
                recovered=recoveries.of_batch(tx, number),
                may_send=_may_send(tx, actor, found.batch),
            )

        return self._engine.ask(read)

    def households(self, actor: Actor, number: str, text: str) -> Sequence[HouseholdToPay]:
        """Households on file of the batch's area that a text finds."""
        said = text.strip()
        if not said:
            return ()
        hashed = self._environment.vault.lookup_hash(normal(said))

        def read(tx: Tx) -> list[HouseholdToPay]:
            batch = self._seen(tx, actor, number).batch
            return payees.found(tx, (batch.organisation_id,), said, hashed, _MOST_FOUND)

        return self._engine.ask(read)

    def categories(self, actor: Actor, number: str) -> Mapping[str, int]:
        """How many households of each category the batch's area has on file."""
        return self._engine.ask(
            lambda tx: payees.categories(tx, (self._seen(tx, actor, number).batch.organisation_id,))
        )

    def of_case(self, actor: Actor, batch_no: str) -> BatchView | None:
        """The batch a step is about, for who is at the step; None where there is none."""
        try:
            return self.view(actor, batch_no)
        except NotFound:
            return None

    # Drafts --------------------------------------------------------------------------------

    def open(self, actor: Actor, typed: Mapping[str, str]) -> str:
        """Begin a draft; its number. Raises NotPermitted, NotFound, Invalid."""
        must_somewhere(actor, FundAct.ROSTER)
        faults: list[str] = []
        line_id = number_of(typed.get("line", ""))
        if not line_id:
            faults.append("请选择从哪条指标发放。")
        title = " ".join(typed.get("title", "").split())
        if len(title) > _LONGEST_TITLE:
            faults.append(f"批次名称不超过 {_LONGEST_TITLE} 字。")
        if faults:
            raise Invalid("".join([*faults, _KEPT]))

        def write(tx: Tx) -> str:
            budget = funds.visible(tx, places_of(actor, FundAct.ROSTER), line_id)
            if budget is None:
                raise NotFound("没有找到这条指标。请重新选择。")
            key = budget.line.key
            programme = programme_of(key.programme)
            period, item = typed.get("period", ""), typed.get("item", "")
            if period not in programme.periods(key.year):
                raise Invalid(f"请选择{programme.title}的发放期间。{_KEPT}")
            if item not in programme.items:
                raise Invalid(f"请选择{programme.title}的发放内容。{_KEPT}")
            return new_draft(tx, self._stamp(actor), budget, period, item, title=title).number

        return self._engine.execute(write)

    def add_household(
        self,
        actor: Actor,
        number: str,
        file_no: str,
        amount: str,
        exception: str = "",
        student: Mapping[str, str] = _NO_STUDENT,
    ) -> None:
        """Put a household on the roster; of a programme for each child, with the ``student``.

        Raises NotFound, NotPermitted, Conflict, Invalid.
        """
        lookup_hash = self._environment.vault.lookup_hash

        def payee_of(tx: Tx, batch: Batch) -> Payee:
            found = payees.one(tx, (batch.organisation_id,), file_no)
            if found is None:
                raise NotFound("没有找到这一户在档困难职工,没有加入名单。请从查找结果中选择。")
            return household_payee(found)

        def child_of(tx: Tx, batch: Batch, payee: Payee) -> Beneficiary:
            if not programme_of(batch.programme).per_member:
                return NOBODY_ELSE
            return typed_child(tx, self._stamp(actor), lookup_hash, student, payee)

        self._add(actor, number, payee_of, child_of, amount, exception)

    def add_payee(self, actor: Actor, number: str, typed: Mapping[str, str]) -> None:
        """Put somebody without a file on the roster. Raises as :meth:`add_household` does."""
        vault = self._environment.vault

        def payee_of(tx: Tx, batch: Batch) -> Payee:
            return typed_payee(tx, self._stamp(actor), vault.lookup_hash, typed, batch)

        amount, exception = typed.get("amount", ""), typed.get("exception", "")
        self._add(actor, number, payee_of, _nobody_else, amount, exception)

    def add_every(self, actor: Actor, number: str, amount: str, category: str) -> int:
        """Put every household of the area on the roster that is not on it; how many came."""
        fen = fen_of(amount)

        def write(tx: Tx) -> int:
            batch = own_draft(tx, actor, number)
            _must_pay(batch, PayeeKind.HOUSEHOLD)
            if programme_of(batch.programme).per_member:
                raise Invalid("这个项目按学生发放,要逐人写明学生,不能按户整批加入。没有加入名单。")
            before = payments.of_batch(tx, number)
            there = {one.payee.key for one in before}
            found = payees.every(tx, (batch.organisation_id,), (category,) if category else ())
            new = [one for one in found if one.file_no not in there]
            if len(before) + len(new) > MOST_LINES:
                raise Conflict(
                    f"一批最多 {MOST_LINES:,} 人(户),没有加入。请按类型分批,或由市级按活动发放。"
                )
            last = max((one.number for one in before), default=0)
            budget = budget_of(tx, batch)
            payments.add_many(
                tx,
                [
                    line_of(batch, budget, household_payee(one), fen, last + place)
                    for place, one in enumerate(new, start=1)
                ],
            )
            return len(new)

        return self._engine.execute(write)

    def take_out(self, actor: Actor, number: str, payment_id: int) -> None:
        """Take a line off the roster. Raises NotFound, NotPermitted, Conflict."""

        def write(tx: Tx) -> None:
            own_draft(tx, actor, number)
            if not payments.take_out(tx, number, [payment_id]):
                raise NotFound("名单中没有这一行,可能已经移除。请刷新页面。")

        self._engine.execute(write)

    def take_out_faulty(self, actor: Actor, number: str) -> int:
        """Take every line off the roster that stands in the way of submitting; how many."""

        def write(tx: Tx) -> int:
            area = own_draft(tx, actor, number).organisation_id
            listed = payments.of_batch(tx, number)
            faulty = {
                fault.payment.id
                for fault in faults_of(tx, self._ask(tx), listed, area, hold=True)
                if not fault.is_allowed
            }
            return payments.take_out(tx, number, sorted(faulty))

        return self._engine.execute(write)

    def copy(self, actor: Actor, number: str) -> str:
        """A new draft with the lines of a batch that was refused or withdrawn; its number."""

        def write(tx: Tx) -> str:
            old = self._seen(tx, actor, number).batch
            must(tx, actor, FundAct.ROSTER, old.organisation_id)
            if old.status not in (BatchStatus.REFUSED, BatchStatus.WITHDRAWN):
                raise Conflict("只有未通过或已撤回的批次可以复制为新批次,没有复制。")
            budget = budget_of(tx, old)
            told = f"复制自 {number}"
            new = new_draft(
                tx, self._stamp(actor), budget, old.period, old.item, title=old.title, told=told
            )
            payments.add_many(
                tx,
                [
                    replace(
                        line_of(new, budget, one.payee, one.fen, one.number),
                        exception=one.exception,
                        beneficiary=one.beneficiary,
                        beneficiary_name=one.beneficiary_name,
                    )
                    for one in payments.of_batch(tx, number)
                ],
            )
            return new.number

        return self._engine.execute(write)

    # Submitting ----------------------------------------------------------------------------

    def submit(self, actor: Actor, number: str) -> str:
        """Check the draft as a whole, reserve its money, begin the case; the case's id.

        Raises NotFound, NotPermitted, and Conflict in words where anything is wrong: then nothing
        is submitted, nothing reserved, and the draft stays as it is.
        """
        process = self._engine.definitions.started_from(FROM_A_BATCH)
        if process is None:
            raise Conflict("还没有部署审批发放批次的流程,请联系流程设计员。没有提交。")

        def ready(tx: Tx) -> Mapping[str, object]:
            found = self._seen(tx, actor, number)
            batch = found.batch
            if batch.made_by != actor.person_id:
                raise NotPermitted("这一批由制单人提交,没有提交。")
            if not found.lines:
                raise Conflict("名单是空的,没有提交。请先加入收款人。")
            budget = budget_of(tx, batch)
            return {
                "batch_no": number,
                "batch_title": batch.title,
                "unit": budget.unit,
                "level": budget.level,
                "line_words": words_of(budget),
                "payments": found.lines,
                "total": to_json_number(yuan(found.fen)),
                "total_words": in_yuan(found.fen),
                "organisation_id": batch.organisation_id,
            }

        data = dict(self._engine.ask(ready))
        home = str(data.pop("organisation_id"))
        request = Request(process.key, home, data, origin=FROM_A_BATCH)

        def also(tx: Tx, started: Started) -> None:
            own_draft(tx, actor, number)
            stamp = self._stamp(actor, started.case_id)
            done = giving.submit(tx, stamp, self._ask(tx), number)
            if done.refusal:
                raise Conflict(done.refusal)
            if (done.lines, to_json_number(yuan(done.fen))) != (data["payments"], data["total"]):
                raise Conflict("名单刚刚有改动,未提交、未占用资金。请核对后再次提交。")
            add_access(tx, stamp.at, actor.person_id, "batch-submitted", number)

        return self._engine.cases.start(actor, request, also=also).case_id

    def warns(self, actor: Actor, number: str) -> bool:
        """Whether the batch's budget line is used so far that people are warned."""

        def read(tx: Tx) -> bool:
            budget = budget_of(tx, self._seen(tx, actor, number).batch)
            return budget.line.percent >= WARNING_SHARE.number(self._environment, tx)

        return self._engine.ask(read)

    # ---------------------------------------------------------------------------------------

    def _add(
        self,
        actor: Actor,
        number: str,
        payee_of: _PayeeOf,
        child_of: _ChildOf,
        amount: str,
        exception: str,
    ) -> None:
        fen = fen_of(amount)
        why = exception.strip()
        if len(why) > LONGEST_EXCEPTION:
            raise Invalid(f"突破上限的理由不超过 {LONGEST_EXCEPTION} 字,没有加入名单。")

        def write(tx: Tx) -> None:
            batch = own_draft(tx, actor, number)
            payee = payee_of(tx, batch)
            _must_pay(batch, payee.kind)
            before = payments.of_batch(tx, number)
            if len(before) >= MOST_LINES:
                raise Conflict(f"一批最多 {MOST_LINES:,} 人(户),没有加入。请另开一批。")
            child = child_of(tx, batch, payee)
            last = max((one.number for one in before), default=0)
            new = line_of(batch, budget_of(tx, batch), payee, fen, last + 1, child)
            if any(_who(one) == _who(new) for one in before):
                raise Conflict(f"{new.for_whom}已在本批名单中,没有重复加入。")
            payments.add_many(tx, [replace(new, exception=why)])

        self._engine.execute(write)

    def _seen(self, tx: Tx, actor: Actor, number: str) -> BatchLine:
        found = payments.batch_line(tx, actor, places_of(actor, FundAct.SEE), number)
        if found is None:
            raise NotFound("没有找到这一批。请返回批次列表重新打开。")
        return found

    def _ask(self, tx: Tx) -> Ask:
        return lambda name, unit: self._environment.parameter(tx, name, unit)

    def _stamp(self, actor: Actor, case_id: str = "") -> Stamp:
        return Stamp(self._environment.now(), actor.person_id, case_id)


def own_draft(tx: Tx, actor: Actor, number: str) -> Batch:
    """A draft of hers, held. Raises NotFound, NotPermitted, Conflict."""
    batch = payments.batch(tx, number)
    if batch is None:
        raise NotFound("没有找到这一批。请返回批次列表重新打开。")
    must_be_her_draft(tx, actor, batch)
    return batch


def must_be_her_draft(tx: Tx, actor: Actor, batch: Batch) -> None:
    """That she may change it now. Raises NotPermitted, Conflict."""
    must(tx, actor, FundAct.ROSTER, batch.organisation_id)
    if batch.made_by != actor.person_id:
        raise NotPermitted("这一批由制单人修改,没有改动。需要时请另开一批。")
    if batch.status is not BatchStatus.DRAFT:
        raise Conflict("这一批已经提交,名单不能再改。没有改动。")


def _may_send(tx: Tx, actor: Actor, batch: Batch) -> bool:
    if not may_pay(tx, actor, batch):
        return False
    is_to_send = batch.status is BatchStatus.APPROVED and batch.item != GOODS
    return is_to_send or bool(bank_sendings.of_batch(tx, batch.number))


def _without_account(tx: Tx, listed: Sequence[Payment]) -> set[int]:
    """Households that get money and whose files name no bank account."""
    asked = {
        one.payee.key: one.id
        for one in listed
        if one.payee.kind is PayeeKind.HOUSEHOLD and one.item != GOODS
    }
    return {asked[file_no] for file_no in payees.without_account(tx, asked)}


def _must_pay(batch: Batch, kind: PayeeKind) -> None:
    programme = programme_of(batch.programme)
    if kind not in programme.payees:
        raise Invalid(f"{programme.title}不能发给这一类对象,没有加入名单。请核对项目。")


def budget_of(tx: Tx, batch: Batch) -> LineOfUnit:
    """The budget line a batch draws on. Raises NotFound where the data are damaged."""
    found = funds.visible(tx, None, batch.line_id)
    if found is None:
        raise NotFound("没有找到这一批的指标。请联系管理员核对数据。")
    return found


def _nobody_else(_tx: Tx, _batch: Batch, _payee: Payee) -> Beneficiary:
    return NOBODY_ELSE


def _who(one: Payment) -> tuple[PayeeKind, str, str]:
    return one.payee.kind, one.payee.key, one.beneficiary


def new_draft(
    tx: Tx,
    stamp: Stamp,
    budget: LineOfUnit,
    period: str,
    item: str,
    *,
    title: str = "",
    told: str = "",
) -> Batch:
    """An empty draft on a budget line; that it was begun is kept, with what is ``told`` of it."""
    key = budget.line.key
    programme = programme_of(key.programme)
    new = Batch(
        number=payments.next_batch_number(tx, key.organisation_id, key.year),
        title=title or f"{programme.title} {period} {programme.items[item]}",
        organisation_id=key.organisation_id,
        line_id=budget.line.id,
        programme=key.programme,
        period=period,
        item=item,
        made_by=stamp.by_id,
        made_at=stamp.at,
    )
    payments.add_batch(tx, new)
    add_access(tx, stamp.at, stamp.by_id, "batch-opened", new.number, told)
    return new


def line_of(
    batch: Batch,
    budget: LineOfUnit,
    payee: Payee,
    fen: int,
    number: int,
    child: Beneficiary = NOBODY_ELSE,
) -> Payment:
    """A line of a draft."""
    child = for_herself(batch.programme, payee, child)
    return Payment(
        id=0,
        line_id=batch.line_id,
        payee=payee,
        programme=batch.programme,
        period=batch.period,
        item=batch.item,
        level=budget.level,
        year=budget.line.key.year,
        fen=fen,
        batch_no=batch.number,
        number=number,
        beneficiary=child.key,
        beneficiary_name=child.name,
    )
