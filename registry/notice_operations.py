"""What service tasks do with public notices: ``notice.publish``, suspend, resume, close.

The contract is the table in ``processes/public_notice/README.md``.
"""

from collections.abc import Mapping
from datetime import date
from typing import cast

from engine.errors import Invalid, NotFound
from engine.forms.components import Personal
from engine.forms.masking import mask_text
from engine.model.clock import local_date
from engine.model.ids import new_id
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.household import text
from registry.notice import PublicNotice, without_numbers
from registry.store import notices, numbers
from registry.vocabulary import NOTICE_RESULTS

_HISTORY = "notice"
_LONGEST = {"subject": 100, "name": 60, "unit": 200, "category": 40, "archive_level": 40}
_LONGEST_PLACES = 300

_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_NUMBER_OR_NOTHING = {"type": ["integer", "null"], "minimum": 0}
_DATE = {"type": "string", "format": "date"}

Inputs = Mapping[str, object]


def full_name_place(notice_id: str) -> str:
    """Names the notice a sealed full name belongs to."""
    return f"notice/{notice_id}"


def _publish(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write the notice down as it is published, the name masked for the web."""
    tx = cast(Tx, context.tx)
    notice_id, ends_on = new_id(), _date(inputs, "ends_on")
    shown = {name: without_numbers(text(inputs.get(name)))[:n] for name, n in _LONGEST.items()}
    for name in ("subject", "name", "unit"):
        if not shown[name]:
            raise Invalid("公示缺少事项、姓名或单位,没有发布。请补齐后重试。")
    size = inputs.get("household_size")
    notices.add(
        tx,
        PublicNotice(
            id=notice_id,
            case_id=context.case_id,
            organisation_id=context.organisation_id,
            subject=shown["subject"],
            name=mask_text(Personal.NAME, shown["name"]),
            full_name=context.seal(shown["name"].encode(), full_name_place(notice_id)),
            unit=shown["unit"],
            household_size=None if size is None else int(str(size)),
            category=shown["category"],
            archive_level=shown["archive_level"],
            places=without_numbers(text(inputs.get("places")))[:_LONGEST_PLACES],
            phone=numbers.objection_phone(tx, context.organisation_id),
            on_web=inputs.get("on_web") is True,  # never without the person's consent
            posted_at=context.now,
            posted_on=local_date(context.now),
            ends_on=ends_on,
        ),
    )
    context.reporter(
        _HISTORY, {"act": "publish", "notice_id": notice_id, "ends_on": ends_on.isoformat()}
    )
    return {"notice_id": notice_id, "ends_on": ends_on.isoformat()}


def _suspend(context: OperationContext, inputs: Inputs) -> Inputs:
    """Stop the notice while an objection is looked into."""
    found, today = _notice_of(context, inputs), local_date(context.now)
    left = inputs.get("days_left")
    changed = found.suspended(today, None if left is None else int(str(left)))
    notices.save(cast(Tx, context.tx), changed)
    context.reporter(
        _HISTORY, {"act": "suspend", "notice_id": found.id, "days_left": changed.days_left}
    )
    return {"suspended_on": today.isoformat()}


def _resume(context: OperationContext, inputs: Inputs) -> Inputs:
    """Let the notice go on until another day."""
    found, ends_on = _notice_of(context, inputs), _date(inputs, "ends_on")
    notices.save(cast(Tx, context.tx), found.resumed(ends_on))
    context.reporter(
        _HISTORY, {"act": "resume", "notice_id": found.id, "ends_on": ends_on.isoformat()}
    )
    return {"ends_on": ends_on.isoformat()}


def _close(context: OperationContext, inputs: Inputs) -> Inputs:
    """End one notice, or every open one of the case; none open is no fault."""
    result, today = text(inputs.get("result")), local_date(context.now)
    if result not in NOTICE_RESULTS:
        raise Invalid(f"公示结果“{result}”不在规定的结果之内,公示没有结束。")
    if text(inputs.get("notice_id")):
        ending = [_notice_of(context, inputs)]
    else:
        ending = notices.not_closed_of_case(cast(Tx, context.tx), context.case_id)
    closed_on = today
    for found in ending:
        changed = found.closed(today, result)
        closed_on = changed.closed_on or today
        if changed is not found:
            notices.save(cast(Tx, context.tx), changed)
            context.reporter(_HISTORY, {"act": "close", "notice_id": found.id, "result": result})
    return {"result": result, "closed_on": closed_on.isoformat()}


def _notice_of(context: OperationContext, inputs: Inputs) -> PublicNotice:
    notice_id = text(inputs.get("notice_id"))
    found = notices.of_case(cast(Tx, context.tx), context.case_id, notice_id)
    if found is None:
        raise NotFound("本件没有这项公示,没有改动。请核对流程中的公示编号。")
    return found


def _date(inputs: Inputs, name: str) -> date:
    """A day, given as a date or as its text."""
    try:
        return date.fromisoformat(text(inputs.get(name))[:10])
    except ValueError as error:
        raise Invalid("公示的截止日期不是日期,没有改动。请核对公示天数。") from error


PUBLISH = Operation(
    name="notice.publish",
    title="发布公示",
    run=_publish,
    inputs={
        "subject": _TEXT,
        "name": _TEXT,
        "unit": _TEXT,
        "household_size": _NUMBER_OR_NOTHING,
        "category": _TEXT_OR_NOTHING,
        "archive_level": _TEXT_OR_NOTHING,
        "on_web": {"type": ["boolean", "null"]},
        "places": _TEXT_OR_NOTHING,
        "ends_on": _DATE,
    },
    required=frozenset({"subject", "name", "unit", "ends_on"}),
    outputs={"notice_id": _TEXT, "ends_on": _DATE},
)
SUSPEND = Operation(
    name="notice.suspend",
    title="暂停公示",
    run=_suspend,
    inputs={"notice_id": _TEXT, "days_left": _NUMBER_OR_NOTHING},
    required=frozenset({"notice_id"}),
    outputs={"suspended_on": _DATE},
)
RESUME = Operation(
    name="notice.resume",
    title="恢复公示",
    run=_resume,
    inputs={"notice_id": _TEXT, "ends_on": _DATE},
    required=frozenset({"notice_id", "ends_on"}),
    outputs={"ends_on": _DATE},
)
CLOSE = Operation(
    name="notice.close",
    title="结束公示",
    run=_close,
    inputs={"result": {"enum": list(NOTICE_RESULTS)}, "notice_id": _TEXT_OR_NOTHING},
    required=frozenset({"result"}),
    outputs={"result": _TEXT, "closed_on": _DATE},
)
