"""What a case finds that somebody is to be given: put forward for a roster, recalled a year later.

A case neither reserves nor pays (docs/decisions/0035): it says whom, for which child, what and how
much, and waits for ``grant_paid``. Whoever makes rosters takes it from the campaign's page.
"""

from collections.abc import Collection, Mapping
from typing import cast

from engine.errors import Invalid
from engine.model.operations import Operation, OperationContext
from engine.store import directory
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.budget.amounts import fen_of, yuan
from registry.budget.model import Entitlement, Payee, PayeeKind, Payment
from registry.budget.programmes import programme_of
from registry.funds.checking import faults_of
from registry.funds.operations import beneficiary_of, payee_of
from registry.funds.payees import for_herself
from registry.funds.stopping import stop_payments
from registry.household import mapping, packed, text, unpacked
from registry.store import entitlements, payees

Inputs = Mapping[str, object]


def _entitle(context: OperationContext, inputs: Inputs) -> Inputs:
    """Check as a roster would, and put it forward; or say why it may not be given."""
    tx = cast(Tx, context.tx)
    programme, item = programme_of(text(inputs.get("programme"))), text(inputs.get("item"))
    if item not in programme.items:
        raise Invalid(f"{programme.title}没有“{item}”这一发放内容,没有列入。请核对流程。")
    payee = _on_file(tx, payee_of(context, inputs))
    child = for_herself(programme.code, payee, beneficiary_of(context, inputs))
    if programme.per_member and not child.key:
        raise Invalid(f"{programme.title}要写明发给哪名学生,没有列入。请核对流程。")
    last_year = inputs.get("last_year")
    found = Entitlement(
        case_id=context.case_id,
        payee=payee,
        programme=programme.code,
        period=text(inputs.get("period"))[:20],
        item=item,
        year=int(str(inputs.get("year"))),
        fen=fen_of(inputs.get("amount")),
        beneficiary=child.key,
        beneficiary_name=child.name,
        at=context.now,
        last_year=None if last_year is None else int(str(last_year)),
        remembered=context.seal(packed(mapping(inputs.get("remember"))), _place(context.case_id)),
    )
    asked = payment_of(found, text(inputs.get("level")))
    told = faults_of(tx, context.parameter, [asked], context.organisation_id, hold=True)
    payable = all(one.is_allowed for one in told)
    if payable:
        entitlements.put(tx, found)
    return {"payable": payable, "message": "".join(one.sentence for one in told)[:300]}


def _retract(context: OperationContext, inputs: Inputs) -> Inputs:
    """Let what the case put forward be paid no more, on whichever roster; paid stays paid."""
    found = entitlements.of_case(cast(Tx, context.tx), context.case_id)
    if found is None:
        return {"payments": 0}
    asked, why = payment_of(found, level=""), text(inputs.get("reason"))
    return {"payments": stop_payments(context, asked, why)}


def payment_of(one: Entitlement, level: str) -> Payment:
    """The payment it would become."""
    return Payment(
        id=0,
        line_id=0,
        payee=one.payee,
        programme=one.programme,
        period=one.period,
        item=one.item,
        level=level,
        year=one.year,
        fen=one.fen,
        beneficiary=one.beneficiary,
        beneficiary_name=one.beneficiary_name,
    )


def _on_file(tx: Tx, payee: Payee) -> Payee:
    """A household by what its file says now."""
    if payee.kind is not PayeeKind.HOUSEHOLD:
        return payee
    file = payees.files(tx, {payee.key}, hold=False).get(payee.key)
    if file is None:
        return payee
    unit = directory.organisation_brief(tx, file.organisation_id)
    note = "" if unit is None else unit.name
    return Payee(payee.kind, payee.key, file.shown.head_name, note, file.organisation_id)


def _recall(context: OperationContext, inputs: Inputs) -> Inputs:
    """What was paid to a student last before a period, by her number or the number of that case.

    Of a case of another unit nothing is told.
    """
    tx, before = cast(Tx, context.tx), text(inputs.get("before"))
    of = _programmes(inputs)
    number, said = text(inputs.get("earlier_no")), normal(text(inputs.get("id_number")))
    found = entitlements.paid_by_case(tx, number, of, before) if number else None
    if found is None and said:
        found = entitlements.last_paid(tx, context.lookup_hash(said), of, before)
    if found is None or found.organisation_id != context.organisation_id:
        nothing = dict.fromkeys(("period", "item", "amount"))
        return {"found": False, "id_number": said or None, "remembered": {}, **nothing}
    one = found.earlier
    remembered = unpacked(context.open(one.remembered, _place(one.case_id)))
    return {
        "found": True,
        "id_number": said or text(remembered.get("id_number")) or None,
        "remembered": remembered,
        "period": one.period,
        "item": one.item,
        "amount": yuan(one.fen),
    }


def _programmes(inputs: Inputs) -> Collection[str]:
    said = inputs.get("programmes")
    return [programme_of(text(one)).code for one in said] if isinstance(said, list) else []


def _place(case_id: str) -> str:
    return f"entitlement/{case_id}"


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_YEAR_OR_NOTHING = {"type": ["integer", "null"]}
_GROUP = {"type": "object"}
_TRUTH = {"type": "boolean"}

ENTITLING_OPERATIONS = (
    Operation(
        name="funds.entitle",
        title="列入待发放",
        run=_entitle,
        inputs={
            "programme": _TEXT,
            "amount": {"type": ["number", "string"]},
            "period": _TEXT,
            "item": _TEXT,
            "year": {"type": "integer"},
            "level": _TEXT,
            "payee_kind": {"enum": [kind.value for kind in PayeeKind]},
            "payee_id": _TEXT,
            "payee_name": _TEXT,
            "beneficiary_id": _TEXT_OR_NOTHING,
            "beneficiary_name": _TEXT_OR_NOTHING,
            "last_year": _YEAR_OR_NOTHING,
            "remember": _GROUP,
        },
        required=frozenset(
            {
                "programme",
                "amount",
                "period",
                "item",
                "year",
                "level",
                "payee_kind",
                "payee_id",
                "payee_name",
            }
        ),
        outputs={"payable": _TRUTH, "message": _TEXT},
    ),
    Operation(
        name="funds.retract",
        title="撤下待发放",
        run=_retract,
        inputs={"reason": _TEXT_OR_NOTHING},
        required=frozenset(),
        outputs={"payments": {"type": "integer", "minimum": 0}},
    ),
    Operation(
        name="funds.recall",
        title="查找上一年度的发放",
        run=_recall,
        inputs={
            "programmes": {"type": "array", "items": _TEXT},
            "before": _TEXT,
            "earlier_no": _TEXT_OR_NOTHING,
            "id_number": _TEXT_OR_NOTHING,
        },
        required=frozenset({"programmes", "before"}),
        outputs={
            "found": _TRUTH,
            "id_number": _TEXT_OR_NOTHING,
            "remembered": _GROUP,
            "period": _TEXT_OR_NOTHING,
            "item": _TEXT_OR_NOTHING,
            "amount": {"type": ["number", "null"]},
        },
    ),
)
"""All of them."""
