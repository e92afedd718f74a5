"""What service tasks ask about the households of a list and their money."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from engine.errors import Invalid, NotFound
from engine.model.actors import SYSTEM
from engine.model.operations import Operation, OperationContext
from engine.store import fan_outs
from engine.store.database import Tx
from registry.budget.amounts import fen_of, yuan
from registry.budget.model import Payee, PayeeKind, Payment
from registry.budget.programmes import programme_of
from registry.funds.checking import faults_of
from registry.funds.stopping import stop_payments
from registry.household import text
from registry.store import campaigns, payees
from registry.store.campaigns import PAID_STANDS, Eyes, ListKey, Stand
from registry.vocabulary import LEVELS

Inputs = Mapping[str, object]


def _coverage(context: OperationContext, inputs: Inputs) -> Inputs:
    """How many households of a list were paid, are held with a reason, are still open.

    `entitled`: its cases said whom and how much (`funds.entitle`); else all get `item`.
    """
    tx = cast(Tx, context.tx)
    found = fan_outs.brief(tx, text(inputs.get("list")))
    if found is None:
        raise NotFound("没有找到这份名单,没有统计。请核对流程。")
    fan_out_id, refused = found
    of = ListKey(
        fan_out_id,
        text(inputs.get("programme")),
        text(inputs.get("period")),
        text(inputs.get("item")),
        is_entitled=inputs.get("entitled") is True,
    )
    by_stand: dict[Stand, int] = {}
    fen = 0
    for one in campaigns.figures(tx, Eyes(SYSTEM, None), of):
        by_stand[one.stand] = by_stand.get(one.stand, 0) + one.households
        fen += one.fen
    households = sum(by_stand.values()) + refused
    paid = sum(by_stand.get(stand, 0) for stand in PAID_STANDS)
    held = by_stand.get(Stand.HELD, 0) + by_stand.get(Stand.CANCELLED, 0)
    return {
        "households": households,
        "paid": paid,
        "held": held,
        "unsettled": households - paid - held,
        "percent": Decimal(paid * 10_000 // households) / 100 if households else 0,
        "amount": yuan(fen),
    }


def _check_payee(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether a roster may give a household this, and if not why; told too what others give it."""
    tx = cast(Tx, context.tx)
    programme, item = programme_of(text(inputs.get("programme"))), text(inputs.get("item"))
    if item not in programme.items:
        raise Invalid(f"{programme.title}没有“{item}”这一发放内容,没有核对。请核对流程。")
    asked = Payment(
        id=0,
        line_id=0,
        payee=_payee(tx, context, inputs),
        programme=programme.code,
        period=text(inputs.get("period")),
        item=item,
        level=text(inputs.get("level")),
        year=int(str(inputs.get("year"))),
        fen=fen_of(inputs.get("amount")),
    )
    found = faults_of(tx, context.parameter, [asked], context.organisation_id, hold=False)
    payable = all(one.is_allowed for one in found)
    return {"payable": payable, "message": "".join(one.sentence for one in found)[:300]}


def _stop(context: OperationContext, inputs: Inputs) -> Inputs:
    """Let a household be paid this no more, on whichever roster it is; what was paid stays paid."""
    tx = cast(Tx, context.tx)
    asked = Payment(
        id=0,
        line_id=0,
        payee=_payee(tx, context, inputs),
        programme=programme_of(text(inputs.get("programme"))).code,
        period=text(inputs.get("period")),
        item=text(inputs.get("item")),
        level="",
        year=0,
        fen=0,
        beneficiary=text(inputs.get("beneficiary")),
    )
    return {"payments": stop_payments(context, asked, text(inputs.get("reason")))}


def _payee(tx: Tx, context: OperationContext, inputs: Inputs) -> Payee:
    file_no = text(inputs.get("file_no"))
    file = payees.files(tx, {file_no}, hold=False).get(file_no)
    name = file.shown.head_name if file is not None else text(inputs.get("household"))
    organisation_id = file.organisation_id if file is not None else context.organisation_id
    return Payee(PayeeKind.HOUSEHOLD, file_no, name[:100], "", organisation_id)


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_YUAN = {"type": "number", "minimum": 0}
_TRUTH = {"type": "boolean"}

LIST_OPERATIONS = (
    Operation(
        name="funds.coverage",
        title="统计名单的发放覆盖率",
        run=_coverage,
        inputs={
            "list": _TEXT,
            "programme": _TEXT,
            "period": _TEXT,
            "item": _TEXT,
            "entitled": _TRUTH,
        },
        required=frozenset({"list", "period"}),
        outputs={
            "households": _COUNT,
            "paid": _COUNT,
            "held": _COUNT,
            "unsettled": _COUNT,
            "percent": _YUAN,
            "amount": _YUAN,
        },
    ),
    Operation(
        name="funds.check_payee",
        title="核对一户能否发放",
        run=_check_payee,
        inputs={
            "file_no": _TEXT,
            "household": _TEXT,
            "programme": _TEXT,
            "period": _TEXT,
            "item": _TEXT,
            "amount": {"type": ["number", "string"]},
            "year": {"type": "integer"},
            "level": {"enum": list(LEVELS)},
        },
        required=frozenset({"file_no", "programme", "period", "item", "amount", "year", "level"}),
        outputs={"payable": _TRUTH, "message": _TEXT},
    ),
    Operation(
        name="funds.stop",
        title="登记不再付款",
        run=_stop,
        inputs={
            "file_no": _TEXT,
            "household": {"type": ["string", "null"]},
            "programme": _TEXT,
            "period": _TEXT,
            "item": _TEXT,
            "beneficiary": {"type": ["string", "null"]},
            "reason": {"type": ["string", "null"]},
        },
        required=frozenset({"file_no", "programme", "period", "item"}),
        outputs={"payments": _COUNT},
    ),
)
"""All of them."""
