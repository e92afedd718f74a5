"""Reports of the means-check agency (家庭经济状况核对): kept, and used again for some months.

P00b of domain.md §3.0: a report that is not older than six months spares the household another.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from engine.work.attributes import normal
from registry.household import packed, text, unpacked
from registry.store import means

Inputs = Mapping[str, object]
RESULTS = ("consistent", "different")


def _find_report(context: OperationContext, inputs: Inputs) -> Inputs:
    """The newest report of a head that is young enough; nothing where there is none."""
    tx = cast(Tx, context.tx)
    months = int(str(inputs.get("months") or 6))
    since = _months_before(local_date(context.now), months)
    found = means.newest(tx, _head_hash(context, inputs), since)
    if found is None:
        return {"report_no": None, "report_date": None, "result": None, "differences": None}
    content = unpacked(context.open(found.content, means.sealed_place(found.report_no)))
    return {
        "report_no": found.report_no,
        "report_date": found.report_date,
        "result": found.result,
        "differences": text(content.get("differences")) or None,
    }


def _record_report(context: OperationContext, inputs: Inputs) -> Inputs:
    """Keep a report; the same report twice is kept once."""
    tx = cast(Tx, context.tx)
    number, result = text(inputs.get("report_no")), text(inputs.get("result"))
    if not number:
        raise Invalid("核对报告没有编号,没有登记。请填写报告编号。")
    if result not in RESULTS:
        raise Invalid(f"核对结果“{result}”不在规定的结果之内,没有登记。")
    report = means.Report(
        head_hash=_head_hash(context, inputs),
        case_id=context.case_id,
        report_no=number,
        report_date=text(inputs.get("report_date"))[:10] or local_date(context.now).isoformat(),
        result=result,
        content=context.seal(
            packed({"differences": text(inputs.get("differences"))}), means.sealed_place(number)
        ),
        at=context.now,
    )
    means.add_once(tx, report)
    return {"recorded_on": local_date(context.now).isoformat()}


def _head_hash(context: OperationContext, inputs: Inputs) -> str:
    number = normal(text(inputs.get("id_number")))
    if not number:
        raise Invalid("没有户主证件号码,无法核对。请退回补齐。")
    return context.lookup_hash(number)


def _months_before(day: date, months: int) -> date:
    """The same day some months before, or that month's last."""
    total = day.year * 12 + day.month - 1 - months
    year, month = divmod(total, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    return date(year, month + 1, 28)


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}

FIND_REPORT = Operation(
    name="means.find_report",
    title="查六个月内的核对报告",
    run=_find_report,
    inputs={"id_number": _TEXT, "months": {"type": ["number", "null"]}},
    required=frozenset({"id_number"}),
    outputs={
        "report_no": _TEXT_OR_NOTHING,
        "report_date": _DATE_OR_NOTHING,
        "result": _TEXT_OR_NOTHING,
        "differences": _TEXT_OR_NOTHING,
    },
)
RECORD_REPORT = Operation(
    name="means.record_report",
    title="登记核对报告",
    run=_record_report,
    inputs={
        "id_number": _TEXT,
        "report_no": _TEXT,
        "report_date": _DATE_OR_NOTHING,
        "result": {"enum": list(RESULTS)},
        "differences": _TEXT_OR_NOTHING,
    },
    required=frozenset({"id_number", "report_no", "result"}),
    outputs={"recorded_on": {"type": "string", "format": "date"}},
)
