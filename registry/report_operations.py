"""What service tasks do with reports on a file: ask of them, write down what came of them.

The contract is the table in ``processes/household_report/README.md``.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.household import text
from registry.objection import reply_place
from registry.reading import instant_in
from registry.store import file_reports, households
from registry.vocabulary import REPORT_RESULTS

Inputs = Mapping[str, object]

_LONGEST_WAY = 20


def _find(context: OperationContext, _inputs: Inputs) -> Inputs:
    """How many reports the case looks into, and whether anybody waits for a reply."""
    found = file_reports.of_case(cast(Tx, context.tx), context.case_id)
    waiting = [one for one in found if not one.is_answered]
    return {"reports": len(found), "reachable": any(one.reachable for one in waiting)}


def _answer(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write down what came of the reports, and what who made them was told; how many still wait.

    Answered are those that came up to ``examined_at``; where the file was changed, all. The file
    is held: a report that comes at this moment waits, and then begins anew.
    """
    tx = cast(Tx, context.tx)
    result = text(inputs.get("result"))
    if result not in REPORT_RESULTS:
        raise Invalid(f"举报核查结论“{result}”不在规定的结果之内,没有登记答复。")
    for file_no in {one.file_no for one in file_reports.of_case(tx, context.case_id)}:
        households.numbered(tx, file_no)
    until = instant_in(inputs.get("examined_at")) if result == "dismissed" else None
    replied_on = text(inputs.get("replied_on"))[:10]
    day = date.fromisoformat(replied_on) if replied_on else local_date(context.now)
    reply = text(inputs.get("reply_text"))
    way = text(inputs.get("reply_way"))[:_LONGEST_WAY]
    answered = file_reports.waiting_of_case(tx, context.case_id, until)
    for one in answered:
        told = reply.encode() if one.reachable else b""
        sealed = context.seal(told, reply_place(one.receipt))
        file_reports.save(tx, one.answered(result, day, way if one.reachable else "", sealed))
    pending = len(file_reports.waiting_of_case(tx, context.case_id, None))
    return {"answered": len(answered), "pending": pending}


_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_NUMBER = {"type": "integer", "minimum": 0}

FIND_REPORTS = Operation(
    name="household.find_reports",
    title="查看举报",
    run=_find,
    outputs={"reports": _NUMBER, "reachable": {"type": "boolean"}},
)
ANSWER_REPORTS = Operation(
    name="household.answer_reports",
    title="登记举报答复",
    run=_answer,
    inputs={
        "result": {"enum": list(REPORT_RESULTS)},
        "examined_at": _TEXT_OR_NOTHING,
        "replied_on": _DATE_OR_NOTHING,
        "reply_way": _TEXT_OR_NOTHING,
        "reply_text": _TEXT_OR_NOTHING,
    },
    required=frozenset({"result"}),
    outputs={"answered": _NUMBER, "pending": _NUMBER},
)
