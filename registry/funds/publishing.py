"""发放结果公示: who was paid by a batch, made public with masked names for the days of a notice.

The rows are a white list (domain.md §1.1): the beginning of a name, the union, what it was and how
much. No number, no child's name, no reason. They are kept as they were published, with their hash;
when the days are over only those who work with the money see them (:mod:`registry.funds.results`).
What is paid later is published beside it (:mod:`registry.funds.supplements`), and what comes back
changes nothing of it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

import orjson

from engine.errors import Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store import directory
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.model import Batch, PayeeKind, Payment, PaymentStatus
from registry.budget.programmes import programme_of
from registry.funds.result_rows import ResultRow
from registry.household import text
from registry.notice_layers import digest
from registry.notice_names import masked_name, told_apart
from registry.store import numbers, payments, results
from registry.store.results import ResultNotice

Inputs = Mapping[str, object]

_PEOPLE = {PayeeKind.HOUSEHOLD, PayeeKind.PERSON}


def _publish(context: OperationContext, inputs: Inputs) -> Inputs:
    """Make public who was paid by a batch, masked; nothing where its programme is not published."""
    tx, number = cast(Tx, context.tx), text(inputs.get("batch_no"))
    batch = payments.batch(tx, number)
    if batch is None or batch.case_id != context.case_id:
        raise NotFound("没有找到本办件的发放批次,没有公示。请核对流程。")
    paid = [one for one in payments.of_batch(tx, number) if one.status is PaymentStatus.PAID]
    if not paid or not programme_of(batch.programme).published:
        return {"published": False, "lines": 0}
    try:
        ends_on = date.fromisoformat(text(inputs.get("ends_on"))[:10])
    except ValueError as wrong:
        raise Invalid("没有写明公示到哪一天,没有公示。请核对流程。") from wrong
    results.add(tx, notice_of(tx, batch, paid, (local_date(context.now), ends_on)))
    told = {"batch": number, "payments": len(paid), "act": f"公示发放结果至 {ends_on.isoformat()}"}
    context.reporter("grant", told)
    return {"published": True, "lines": len(paid)}


def notice_of(
    tx: Tx,
    batch: Batch,
    paid: Sequence[Payment],
    days: tuple[date, date],
    told: Sequence[ResultRow] = (),
) -> ResultNotice:
    """What is made public from a day until another; ``told``: what was before."""
    content = orjson.dumps(_masked(tx, batch, paid, told))
    return ResultNotice(
        batch_no=batch.number,
        organisation_id=batch.organisation_id,
        title=batch.title,
        lines=len(paid),
        fen=sum(one.kept for one in paid),
        phone=numbers.objection_office(tx, batch.organisation_id)[1],
        published_on=days[0],
        ends_on=days[1],
        content=content,
        sha256=digest(content),
    )


def _masked(
    tx: Tx, batch: Batch, paid: Sequence[Payment], told: Sequence[ResultRow]
) -> list[tuple[str, str, str, str]]:
    """The rows by union and name; equal masked names of a union are told apart."""
    units = directory.names_of(tx, {one.payee.organisation_id for one in paid})
    item = programme_of(batch.programme).items.get(batch.item, "")
    taken: dict[str, set[str]] = {}
    for row in told:
        taken.setdefault(row.unit, set()).add(row.name)
    rows = []
    for one in sorted(paid, key=lambda one: (one.payee.organisation_id, one.payee.name, one.id)):
        unit = units.get(one.payee.organisation_id, "")
        here = taken.setdefault(unit, set())
        is_person = one.payee.kind in _PEOPLE
        name = told_apart(masked_name(one.payee.name), "", here) if is_person else one.payee.name
        here.add(name)
        rows.append((name, unit, item, in_yuan(one.kept)))
    return rows


RESULT_OPERATIONS = (
    Operation(
        name="funds.publish_results",
        title="公示发放结果",
        run=_publish,
        inputs={
            "batch_no": {"type": ["string", "null"]},
            "ends_on": {"type": "string"},
        },
        required=frozenset({"batch_no", "ends_on"}),
        outputs={"published": {"type": "boolean"}, "lines": {"type": "integer", "minimum": 0}},
    ),
)
"""All of them."""
