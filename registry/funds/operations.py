"""What service tasks do with money. What cannot be given is an answer, not a fault.

``granted`` says whether, ``message`` why not in words people can be told, so that a process draws
the way on (fewer payments, 调剂). What a process leaves out of ``payment_id`` and ``batch_no`` is
what its own case reserved; what it names must be that too. Amounts are yuan;
``docs/operations.md`` lists all of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from engine.errors import Invalid, NotFound, NotPermitted
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store import directory
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.budget.amounts import fen_of, in_yuan, yuan
from registry.budget.model import (
    GIVEN_BACK,
    BudgetLine,
    Kind,
    LineKey,
    Payee,
    PayeeKind,
    Payment,
    PaymentStatus,
    Stamp,
    TransferStatus,
)
from registry.budget.programmes import WARNING_SHARE, programme_of, programme_title, sources
from registry.funds import giving, ledger
from registry.funds.cash import cash_fault, in_cash
from registry.funds.checking import faults_of
from registry.funds.ledger import Shortage
from registry.funds.payees import NOBODY_ELSE, Beneficiary, for_herself
from registry.funds.typed import instant_on
from registry.household import text
from registry.store import funds, notices, payments
from registry.store.funds import Narrowing

Inputs = Mapping[str, object]

HELD = PaymentStatus.HELD.value
"""What is to become of the rest of a batch where it is not paid by voucher."""


def _check(context: OperationContext, inputs: Inputs) -> Inputs:
    """What is free for a programme where the case belongs, and whether an amount fits."""
    found = _lines(context, inputs)
    amount = inputs.get("amount")
    fen = 0 if amount is None else fen_of(amount)
    best = max(found, key=lambda line: line.available, default=None)
    if best is None:
        return {"sufficient": False, "available": 0, "percent": 0, **_nothing(inputs)}
    fits = fen <= best.available
    return {
        "sufficient": fits,
        "available": yuan(best.available),
        "percent": best.percent,
        "warned": _warned(context, best.moved(Kind.RESERVE, fen) if fits else best),
        "message": "" if fits else _too_much(fen, best.available),
    }


def _reserve(context: OperationContext, inputs: Inputs) -> Inputs:
    """占用 for one payee: from the fullest line the sources allow, or an answer why not."""
    tx = cast(Tx, context.tx)
    fen, programme = fen_of(inputs.get("amount")), programme_of(text(inputs.get("programme")))
    item, period = text(inputs.get("item")), text(inputs.get("period"))
    if item not in programme.items or not period:
        raise Invalid(f"{programme.title}没有“{item}”这一发放内容,没有占用资金。请核对流程。")
    found = sorted(_lines(context, inputs), key=lambda line: (-line.available, line.id))
    if not found:
        return {"granted": False, "available": 0, "payment_id": None, **_nothing(inputs)}
    line = found[0]
    new = _payment(context, inputs, line, fen)
    for before in payments.of_case(tx, context.case_id):
        if before.status not in GIVEN_BACK and _is_same(before, new):
            return _granted(context, before.id, ledger.held_line(tx, before.line_id))
    told = faults_of(tx, context.parameter, [new], context.organisation_id, hold=True)
    faults = [fault for fault in told if not fault.is_allowed]
    if faults:
        return _refused(line, faults[0].sentence)
    made = ledger.reserve_one(tx, _stamp(context), new)
    if isinstance(made, Shortage):
        return _refused(line, _too_much(made.fen, made.available))
    if made is None:
        return _refused(line, f"{new.for_whom}同一项目、同一期间已有发放,不能重复。")
    context.reporter("grant", {"payee": new.for_whom, "amount": in_yuan(fen), "act": "占用"})
    return _granted(context, made, ledger.held_line(tx, line.id))


def _commit(context: OperationContext, inputs: Inputs) -> Inputs:
    """已批 of what was reserved; the same twice is granted once."""
    found = _payments(context, inputs)
    ledger.grant(cast(Tx, context.tx), _stamp(context), found)
    _tell(context, found, "已批")
    return _sums(found)


def _pay(context: OperationContext, inputs: Inputs) -> Inputs:
    """已付, and the help record of each household at once (即帮即录)."""
    found = _payments(context, inputs)
    stamp = _stamp(context, inputs.get("paid_on"))
    tx = cast(Tx, context.tx)
    ledger.pay(tx, stamp, found, text(inputs.get("voucher_no"))[:60])
    giving.record_help(tx, stamp, found, context.case_number)
    _tell(context, found, "已付")
    return _sums(found)


def _release(context: OperationContext, inputs: Inputs) -> Inputs:
    """Give back what was reserved or granted and is not paid."""
    found = _payments(context, inputs)
    ledger.release(cast(Tx, context.tx), _stamp(context), found, text(inputs.get("reason")))
    _tell(context, found, "释放")
    return _sums(found)


def _submit_batch(context: OperationContext, inputs: Inputs) -> Inputs:
    """Check a draft as a whole and reserve its money: all of it, or an answer why not."""
    tx = cast(Tx, context.tx)
    number = _draft_no(context, inputs)
    done = giving.submit(tx, _stamp(context), context.parameter, number)
    line = ledger.held_line(tx, done.batch.line_id)
    return {
        "granted": not done.refusal,
        "message": done.refusal,
        "total": yuan(done.fen),
        "payments": done.lines,
        "available": yuan(line.available),
        "warned": _warned(context, line),
    }


def _commit_batch(context: OperationContext, inputs: Inputs) -> Inputs:
    """已批 of a whole batch; never by who rostered it."""
    batch = giving.grant(cast(Tx, context.tx), _stamp(context), _batch_no(context, inputs))
    tx = cast(Tx, context.tx)
    return _of_batch(context, batch.number, payments.of_batch(tx, batch.number), "已批")


def _check_batch_payment(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether a batch can be closed now: no file waits, its day has come, cash has witnesses."""
    tx, number = cast(Tx, context.tx), _batch_no(context, inputs)
    payments.batch(tx, number)  # held: no file is made between this and the payment
    told = giving.waits_for_bank(tx, number) or _not_yet(context, inputs.get("paid_on"))
    if not told and inputs.get("in_cash") is True:
        told = cash_fault(_witnesses(inputs))
    return {"ready": not told, "message": told}


def _pay_batch(context: OperationContext, inputs: Inputs) -> Inputs:
    """已付 of what the bank has not paid of a batch, with each household's help record, or 挂账.

    Raises Conflict while a file of it waits for the bank's result.
    """
    tx, number = cast(Tx, context.tx), _batch_no(context, inputs)
    stamp = _stamp(context, inputs.get("paid_on"))
    if inputs.get("rest") == HELD:
        return _of_batch(context, number, giving.hold_rest(tx, stamp, number), "挂账")
    note = in_cash(_witnesses(inputs)) if inputs.get("in_cash") is True else ""
    voucher = text(inputs.get("voucher_no"))[:60]
    done = giving.pay_out(tx, stamp, number, voucher, note)
    if done.held:
        _of_batch(context, number, done.held, "挂账")
    return _of_batch(context, number, done.paid, "已付")


def _release_batch(context: OperationContext, inputs: Inputs) -> Inputs:
    """Give back what a batch reserved that was refused, or withdrawn."""
    tx = cast(Tx, context.tx)
    batch = giving.give_back(
        tx,
        _stamp(context),
        _batch_no(context, inputs),
        text(inputs.get("reason")),
        withdrawn=inputs.get("withdrawn") is True,
    )
    listed = payments.of_batch(tx, batch.number)
    released = [one for one in listed if one.status is PaymentStatus.RELEASED]
    return _of_batch(context, batch.number, released, "释放")


def _allocate(context: OperationContext, inputs: Inputs) -> Inputs:
    """下达 onto the line of an organisation, without one of the case's."""
    programme = programme_of(text(inputs.get("programme")))
    source = text(inputs.get("source"))
    if source not in sources():
        raise Invalid(f"没有“{source[:40]}”这个资金来源,没有下达。请核对流程。")
    unit = text(inputs.get("organisation_id")) or context.organisation_id
    if directory.organisation_brief(cast(Tx, context.tx), unit) is None:
        raise NotFound("没有找到下达指标的单位,没有下达。请核对流程。")
    line = ledger.allocate(
        cast(Tx, context.tx),
        _stamp(context),
        LineKey(_year(context, inputs), unit, programme.code, source),
        fen_of(inputs.get("amount")),
        text(inputs.get("document_no"))[:60],
        text(inputs.get("note"))[:300],
    )
    return {"line_id": line.id, "available": yuan(line.available)}


def _settle_transfer(context: OperationContext, inputs: Inputs) -> Inputs:
    """Move what the case's transfer holds, or give it back."""
    tx = cast(Tx, context.tx)
    asked = funds.transfer_of_case(tx, context.case_id)
    if asked is None:
        raise NotFound("本办件没有申请调剂,没有办理。请核对流程。")
    document = text(inputs.get("document_no"))[:60]
    agreed = inputs.get("agreed") is True
    done = ledger.settle_transfer(tx, _stamp(context), asked.id, agreed=agreed, document=document)
    return {"amount": yuan(done.fen), "done": done.status is TransferStatus.DONE}


def _carry_over(context: OperationContext, inputs: Inputs) -> Inputs:
    """结转 what is free on all lines of a year at and below an organisation."""
    tx = cast(Tx, context.tx)
    unit = text(inputs.get("organisation_id")) or context.organisation_id
    document = text(inputs.get("document_no"))[:60]
    year = _year(context, inputs)
    found = [one.line.id for one in funds.lines(tx, (unit,), Narrowing(year=year))]
    carried = [line for line in funds.held(tx, found).values() if line.available]
    for line in carried:
        ledger.carry_over(tx, _stamp(context), line.id, document)
    return {"lines": len(carried), "amount": yuan(sum(line.available for line in carried))}


# ----------------------------------------------------------------------------------------------


def _lines(context: OperationContext, inputs: Inputs) -> list[BudgetLine]:
    unit = text(inputs.get("organisation_id")) or context.organisation_id
    programme, source = text(inputs.get("programme")), text(inputs.get("source"))
    return funds.nearest(cast(Tx, context.tx), unit, programme, _year(context, inputs), source)


def _year(context: OperationContext, inputs: Inputs) -> int:
    year = inputs.get("year")
    return local_date(context.now).year if year is None else int(str(year))


def _payment(context: OperationContext, inputs: Inputs, line: BudgetLine, fen: int) -> Payment:
    payee, programme = payee_of(context, inputs), line.key.programme
    child = for_herself(programme, payee, beneficiary_of(context, inputs))
    holder = directory.organisation_brief(cast(Tx, context.tx), line.key.organisation_id)
    return Payment(
        id=0,
        line_id=line.id,
        payee=payee,
        programme=programme,
        period=text(inputs.get("period"))[:20],
        item=text(inputs.get("item")),
        level="" if holder is None else holder.level,
        year=line.key.year,
        fen=fen,
        case_id=context.case_id,
        exception=text(inputs.get("exception"))[:300],
        beneficiary=child.key,
        beneficiary_name=child.name,
    )


def beneficiary_of(context: OperationContext, inputs: Inputs) -> Beneficiary:
    """Whom of a payee's it is for, as a process says it."""
    said = normal(text(inputs.get("beneficiary_id")))
    name = text(inputs.get("beneficiary_name"))[:100]
    return Beneficiary(context.lookup_hash(said), name) if said else NOBODY_ELSE


def payee_of(context: OperationContext, inputs: Inputs) -> Payee:
    """Who is to be paid, as a process says it."""
    kind, said = PayeeKind(text(inputs.get("payee_kind"))), text(inputs.get("payee_id"))
    name = text(inputs.get("payee_name"))
    if not said or not name:
        raise Invalid("没有写明付给谁,没有占用资金。请核对流程。")
    key, note = said[:80], ""
    if kind is PayeeKind.PERSON:
        key, note = context.lookup_hash(normal(said)), f"尾号 {normal(said)[-4:]}"
    return Payee(kind, key, name[:100], note, context.organisation_id)


def _is_same(before: Payment, new: Payment) -> bool:
    def key(one: Payment) -> tuple[str, ...]:
        of = one.payee
        return (of.kind, of.key, one.beneficiary, one.programme, one.period, one.item)

    return key(before) == key(new)


def _payments(context: OperationContext, inputs: Inputs) -> list[Payment]:
    """The payment that is named, or all of the case that were not given back."""
    tx, payment_id = cast(Tx, context.tx), inputs.get("payment_id")
    if payment_id is None:
        found = payments.of_case(tx, context.case_id)
        if not found:
            raise NotFound("本办件没有占用资金,没有办理。请核对流程。")
        return [one for one in found if one.status not in GIVEN_BACK]
    one = payments.numbered(tx, int(str(payment_id)))
    if one is None or one.case_id != context.case_id:
        raise NotFound("本办件没有这一笔发放,没有办理。请核对流程。")
    return [one]


def _batch_no(context: OperationContext, inputs: Inputs) -> str:
    """The newest batch of the case, or the one that is named; it is no other case's."""
    own, said = payments.batches_of_case(cast(Tx, context.tx), context.case_id), _said_no(inputs)
    if not own or (said and said not in own):
        raise NotFound("本办件没有这一发放批次,没有办理。请核对流程。")
    return said or own[0]


def _draft_no(context: OperationContext, inputs: Inputs) -> str:
    """A draft that is to become the case's: of its own unit, by who does the step or began it.

    The number may have been typed by anybody, and nobody submits what another has not finished.
    """
    tx, number = cast(Tx, context.tx), _said_no(inputs)
    draft = payments.batch(tx, number)
    if draft is None or draft.organisation_id != context.organisation_id:
        raise NotFound("没有找到这一批,没有提交。请核对批次编号。")
    if draft.made_by not in (context.actor_id, notices.started_by(tx, context.case_id)):
        raise NotPermitted("这一批由制单人提交,没有提交。")
    return number


def _said_no(inputs: Inputs) -> str:
    return text(inputs.get("batch_no"))


def _witnesses(inputs: Inputs) -> tuple[str, str]:
    return text(inputs.get("witness_1")), text(inputs.get("witness_2"))


def _of_batch(context: OperationContext, number: str, found: Sequence[Payment], act: str) -> Inputs:
    fen = sum(one.fen for one in found)
    if found:  # nothing is left where the bank has paid all of it
        told = {"batch": number, "payments": len(found), "amount": in_yuan(fen), "act": act}
        context.reporter("grant", told)
    return _sums(found)


def _tell(context: OperationContext, found: Sequence[Payment], act: str) -> None:
    for one in found:
        detail = {"payee": one.for_whom, "amount": in_yuan(one.fen), "act": act}
        context.reporter("grant", detail)


def _sums(found: Sequence[Payment]) -> Inputs:
    return {"payments": len(found), "amount": yuan(sum(one.fen for one in found))}


def _granted(context: OperationContext, payment_id: int, line: BudgetLine) -> Inputs:
    return {
        "granted": True,
        "payment_id": payment_id,
        "message": "",
        "available": yuan(line.available),
        "warned": _warned(context, line),
    }


def _refused(line: BudgetLine, message: str) -> Inputs:
    return {
        "granted": False,
        "payment_id": None,
        "message": message,
        "available": yuan(line.available),
        "warned": True,
    }


def _nothing(inputs: Inputs) -> Inputs:
    title = programme_title(text(inputs.get("programme")))
    return {
        "message": f"{title}还没有下达指标,未占用资金。请先下达指标。",
        "warned": True,
    }


def _too_much(fen: int, available: int) -> str:
    return (
        f"金额 {in_yuan(fen)},超过可用指标 {in_yuan(fen - available)},未占用资金。"
        "请减少金额或申请调剂。"
    )


def _warned(context: OperationContext, line: BudgetLine) -> bool:
    share = WARNING_SHARE.asked(context.parameter, line.key.organisation_id)
    return line.percent >= int(str(share))


def _stamp(context: OperationContext, on: object = None) -> Stamp:
    """Now, or a day that was written down."""
    at = context.now
    if text(on):
        too_early = _not_yet(context, on)
        if too_early:
            raise Invalid(f"{too_early}没有登记。")
        at = instant_on(date.fromisoformat(text(on)[:10]), context.now)
    return replace(Stamp(context.now, context.actor_id, context.case_id), at=at)


def _not_yet(context: OperationContext, on: object) -> str:
    """That a day that was written down has not come, in words; empty where it has, or for none."""
    if not text(on):
        return ""
    day = date.fromisoformat(text(on)[:10])
    return f"付款日期 {day} 还没有到。" if day > local_date(context.now) else ""


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_AMOUNT = {"type": ["number", "string"]}
_AMOUNT_OR_NOTHING = {"type": ["number", "string", "null"]}
_YUAN = {"type": "number", "minimum": 0}
_COUNT = {"type": "integer", "minimum": 0}
_ID_OR_NOTHING = {"type": ["integer", "null"]}
_TRUTH = {"type": "boolean"}
_TRUTH_OR_NOTHING = {"type": ["boolean", "null"]}

_Schemas = Mapping[str, Mapping[str, object]]

_WHERE: _Schemas = {
    "source": _TEXT_OR_NOTHING,
    "year": _ID_OR_NOTHING,
    "organisation_id": _TEXT_OR_NOTHING,
}
_ONE: _Schemas = {"payment_id": _ID_OR_NOTHING}
_BATCH: _Schemas = {"batch_no": _TEXT_OR_NOTHING}
_CASH: _Schemas = {
    "in_cash": _TRUTH_OR_NOTHING,
    "witness_1": _TEXT_OR_NOTHING,
    "witness_2": _TEXT_OR_NOTHING,
}
_DONE: _Schemas = {"payments": _COUNT, "amount": _YUAN}
_ANSWER: _Schemas = {"granted": _TRUTH, "message": _TEXT, "available": _YUAN, "warned": _TRUTH}

FUND_OPERATIONS: Sequence[Operation] = (
    Operation(
        name="funds.check",
        title="查看可用指标",
        run=_check,
        inputs={"programme": _TEXT, "amount": _AMOUNT_OR_NOTHING, **_WHERE},
        required=frozenset({"programme"}),
        outputs={
            "sufficient": _TRUTH,
            "available": _YUAN,
            "percent": _COUNT,
            "warned": _TRUTH,
            "message": _TEXT,
        },
    ),
    Operation(
        name="funds.reserve",
        title="占用资金",
        run=_reserve,
        inputs={
            "programme": _TEXT,
            "amount": _AMOUNT,
            "period": _TEXT,
            "item": _TEXT,
            "payee_kind": {"enum": [kind.value for kind in PayeeKind]},
            "payee_id": _TEXT,
            "payee_name": _TEXT,
            "exception": _TEXT_OR_NOTHING,
            "beneficiary_id": _TEXT_OR_NOTHING,
            "beneficiary_name": _TEXT_OR_NOTHING,
            **_WHERE,
        },
        required=frozenset(
            {"programme", "amount", "period", "item", "payee_kind", "payee_id", "payee_name"}
        ),
        outputs={**_ANSWER, "payment_id": _ID_OR_NOTHING},
    ),
    Operation(name="funds.commit", title="批准占用的资金", run=_commit, inputs=_ONE, outputs=_DONE),
    Operation(
        name="funds.pay",
        title="登记付款",
        run=_pay,
        inputs={**_ONE, "voucher_no": _TEXT, "paid_on": _DATE_OR_NOTHING},
        required=frozenset({"voucher_no"}),
        outputs=_DONE,
    ),
    Operation(
        name="funds.release",
        title="释放占用的资金",
        run=_release,
        inputs={**_ONE, "reason": _TEXT_OR_NOTHING},
        outputs=_DONE,
    ),
    Operation(
        name="funds.submit_batch",
        title="提交批次并占用资金",
        run=_submit_batch,
        inputs=_BATCH,
        outputs={**_ANSWER, "total": _YUAN, "payments": _COUNT},
    ),
    Operation(
        name="funds.commit_batch",
        title="批准批次",
        run=_commit_batch,
        inputs=_BATCH,
        outputs=_DONE,
    ),
    Operation(
        name="funds.check_batch_payment",
        title="核对批次能否办结",
        run=_check_batch_payment,
        inputs={**_BATCH, "paid_on": _DATE_OR_NOTHING, **_CASH},
        outputs={"ready": _TRUTH, "message": _TEXT},
    ),
    Operation(
        name="funds.pay_batch",
        title="登记批次付款",
        run=_pay_batch,
        inputs={
            **_BATCH,
            "rest": {"enum": ["paid", HELD, None]},
            "voucher_no": _TEXT_OR_NOTHING,
            "paid_on": _DATE_OR_NOTHING,
            **_CASH,
        },
        outputs=_DONE,
    ),
    Operation(
        name="funds.release_batch",
        title="释放批次占用的资金",
        run=_release_batch,
        inputs={**_BATCH, "reason": _TEXT_OR_NOTHING, "withdrawn": _TRUTH_OR_NOTHING},
        outputs=_DONE,
    ),
    Operation(
        name="funds.allocate",
        title="下达指标",
        run=_allocate,
        inputs={
            "programme": _TEXT,
            "source": _TEXT,
            "amount": _AMOUNT,
            "document_no": _TEXT,
            "note": _TEXT_OR_NOTHING,
            "year": _ID_OR_NOTHING,
            "organisation_id": _TEXT_OR_NOTHING,
        },
        required=frozenset({"programme", "source", "amount", "document_no"}),
        outputs={"line_id": _COUNT, "available": _YUAN},
    ),
    Operation(
        name="funds.settle_transfer",
        title="办结指标调剂",
        run=_settle_transfer,
        inputs={"agreed": _TRUTH, "document_no": _TEXT_OR_NOTHING},
        required=frozenset({"agreed"}),
        outputs={"amount": _YUAN, "done": _TRUTH},
    ),
    Operation(
        name="funds.carry_over",
        title="结转指标",
        run=_carry_over,
        inputs={
            "document_no": _TEXT,
            "year": _ID_OR_NOTHING,
            "organisation_id": _TEXT_OR_NOTHING,
        },
        required=frozenset({"document_no"}),
        outputs={"lines": _COUNT, "amount": _YUAN},
    ),
)
"""All of them, in the order of a payment's life."""
