"""发放结果公示: who was paid by a batch, made public with masked names for the days of a notice.

The rows are a white list (domain.md §1.1): the beginning of a name, the union, what it was and how
much. No number, no child's name, no reason. They are kept as they were published, with their hash;
when the days are over only those who work with the money see them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import orjson

from engine import Actor, Engine
from engine.errors import Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store import directory
from engine.store.database import Tx
from registry.budget.amounts import in_yuan
from registry.budget.model import Batch, PayeeKind, Payment, PaymentStatus
from registry.budget.programmes import programme_of
from registry.funds.rights import FundAct, may_somewhere, places_of
from registry.household import text
from registry.notice_layers import digest
from registry.notice_names import masked_name, told_apart
from registry.store import numbers, payments, results
from registry.store.results import ResultNotice

Inputs = Mapping[str, object]

MOST_LISTED = 200
_PEOPLE = {PayeeKind.HOUSEHOLD, PayeeKind.PERSON}


@dataclass(frozen=True)
class ResultRow:
    """One who was paid, as the public may know it."""

    name: str
    unit: str
    item: str
    amount: str


@dataclass(frozen=True)
class ShownResult:
    """A published result; without rows where it is over for who asks."""

    notice: ResultNotice
    rows: Sequence[ResultRow]
    is_over: bool
    is_intact: bool


class ResultDesk:
    """The group of questions about what was published."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def on_notice(self) -> Sequence[ResultNotice]:
        """What everybody may read today, the newest first."""
        today = self._engine.environment.today()
        return self._engine.ask(lambda tx: results.on_notice(tx, today, MOST_LISTED))

    def show(self, actor: Actor | None, batch_no: str) -> ShownResult:
        """One of them. Raises NotFound for a batch that was not published."""
        today = self._engine.environment.today()

        def read(tx: Tx) -> ShownResult:
            found = results.find(tx, batch_no)
            if found is None:
                raise NotFound
            is_over = found.ends_on < today
            rows = _rows(found) if not is_over or _sees(tx, actor, batch_no) else ()
            return ShownResult(found, rows, is_over, digest(found.content) == found.sha256)

        return self._engine.ask(read)


def _sees(tx: Tx, actor: Actor | None, batch_no: str) -> bool:
    """Whether she works with this money."""
    if actor is None or not may_somewhere(actor, FundAct.SEE):
        return False
    return results.is_below(tx, batch_no, places_of(actor, FundAct.SEE))


def _rows(found: ResultNotice) -> Sequence[ResultRow]:
    return [ResultRow(*row) for row in orjson.loads(found.content)]


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
    content = orjson.dumps(_masked(tx, batch, paid))
    results.add(
        tx,
        ResultNotice(
            batch_no=number,
            organisation_id=batch.organisation_id,
            title=batch.title,
            lines=len(paid),
            fen=sum(one.fen for one in paid),
            phone=numbers.objection_office(tx, batch.organisation_id)[1],
            published_on=local_date(context.now),
            ends_on=ends_on,
            content=content,
            sha256=digest(content),
        ),
    )
    told = {"batch": number, "payments": len(paid), "act": f"公示发放结果至 {ends_on.isoformat()}"}
    context.reporter("grant", told)
    return {"published": True, "lines": len(paid)}


def _masked(tx: Tx, batch: Batch, paid: Sequence[Payment]) -> list[tuple[str, str, str, str]]:
    """The rows by union and name; equal masked names of a union are told apart."""
    units = directory.names_of(tx, {one.payee.organisation_id for one in paid})
    item = programme_of(batch.programme).items.get(batch.item, "")
    taken: dict[str, set[str]] = {}
    rows = []
    for one in paid:
        unit = units.get(one.payee.organisation_id, "")
        here = taken.setdefault(unit, set())
        is_person = one.payee.kind in _PEOPLE
        name = told_apart(masked_name(one.payee.name), "", here) if is_person else one.payee.name
        here.add(name)
        rows.append((name, unit, item, in_yuan(one.fen)))
    return sorted(rows, key=lambda row: (row[1], row[0]))


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
