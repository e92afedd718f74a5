"""What service tasks do with public notices: publish, suspend, answer, resume, reckon, close.

The contract is the table in ``processes/public_notice/README.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import cast

from engine.errors import Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.household import text
from registry.notice import (
    CALENDAR_DAYS,
    NEXT_DAY,
    POSTING_DAY,
    WORKING_DAYS,
    DayCount,
    PublicNotice,
    planned_id,
    without_numbers,
)
from registry.notice_names import masked_name, tidy, told_apart
from registry.notice_publishing import full_name_place, keep_as_published
from registry.objection import (
    LONGEST_NAME,
    LONGEST_TEXT,
    Objection,
    new_receipt,
    reply_place,
    sealed_content,
)
from registry.reading import instant_in
from registry.store import notices, numbers, objections
from registry.vocabulary import NOTICE_RESULTS

_HISTORY = "notice"
_LONGEST = {"subject": 100, "name": 60, "unit": 200, "category": 40, "archive_level": 40}
_LONGEST_PLACES = 300
_LONGEST_SECTION = 30
_LONGEST_WAY = 20

_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_NUMBER = {"type": "integer", "minimum": 0}
_NUMBER_OR_NOTHING = {"type": ["integer", "null"], "minimum": 0}
_YES_OR_NOTHING = {"type": ["boolean", "null"]}
_DATE = {"type": "string", "format": "date"}

Inputs = Mapping[str, object]


def _publish(site: str, context: OperationContext, inputs: Inputs) -> Inputs:
    """Write the notice down as it is published, the name masked for the web."""
    tx = cast(Tx, context.tx)
    today, ends_on = local_date(context.now), _date(inputs, "ends_on")
    shown = {name: without_numbers(text(inputs.get(name)))[:n] for name, n in _LONGEST.items()}
    for name in ("subject", "name", "unit"):
        if not shown[name]:
            raise Invalid("公示缺少事项、姓名或单位,没有发布。请补齐后重试。")
    full_name = tidy(shown["name"])
    earlier = notices.count_of_case(tx, context.case_id)
    notice_id = planned_id(context.case_id, earlier, context.lookup_hash)
    section = without_numbers(text(inputs.get("section")))[:_LONGEST_SECTION]
    notices.hold_names(tx, context.organisation_id)
    taken = notices.names_on_notice(tx, context.organisation_id)
    new = PublicNotice(
        id=notice_id,
        case_id=context.case_id,
        organisation_id=context.organisation_id,
        subject=shown["subject"],
        name=told_apart(masked_name(full_name), section, taken),
        full_name=context.seal(full_name.encode(), full_name_place(notice_id)),
        unit=shown["unit"],
        household_size=_whole(inputs, "household_size"),
        category=shown["category"],
        archive_level=shown["archive_level"],
        places=without_numbers(text(inputs.get("places")))[:_LONGEST_PLACES],
        phone=numbers.objection_office(tx, context.organisation_id)[1],
        # never without the person's consent
        on_web=inputs.get("on_web") is True,
        on_board=inputs.get("on_board") is True,
        posted_at=context.now,
        posted_on=today,
        posted_by=context.actor_id,
        ends_on=ends_on,
        days=_whole(inputs, "days"),
        counted=_counted(inputs),
        counted_from=today,
        provisional=_is_provisional(tx, _counted(inputs), today, ends_on),
        photo_start=_yes(inputs, "photographed"),
    )
    notices.add(tx, new)
    notices.save(tx, keep_as_published(context, new, site, "posted"))
    _report(context, "publish", new, f"公示至 {ends_on.isoformat()}", ends_on=ends_on.isoformat())
    return {"notice_id": notice_id, "ends_on": ends_on.isoformat()}


def _suspend(context: OperationContext, inputs: Inputs) -> Inputs:
    """Stop the notice while an objection is looked into.

    One that came to the case as a message, and not through the register, is written down here.
    """
    found, today = _notice_of(context, inputs), local_date(context.now)
    changed = found.suspended(today, _whole(inputs, "days_left"))
    notices.save(cast(Tx, context.tx), changed)
    said = text(inputs.get("text"))
    if said and not text(inputs.get("receipt")):
        _write_down(context, found, said, inputs)
    unit = changed.counted.unit()
    left = "" if changed.days_left is None else f",剩余 {changed.days_left} {unit}"
    _report(context, "suspend", found, f"收到异议,公示暂停{left}", days_left=changed.days_left)
    return {"suspended_on": today.isoformat()}


def _write_down(context: OperationContext, found: PublicNotice, said: str, inputs: Inputs) -> None:
    receipt = new_receipt(local_date(context.now))
    by = text(inputs.get("by"))[:LONGEST_NAME]
    objections.add(
        cast(Tx, context.tx),
        Objection(
            receipt=receipt,
            notice_id=found.id,
            case_id=found.case_id,
            at=context.now,
            way=text(inputs.get("way"))[:_LONGEST_WAY],
            said_on=local_date(context.now),
            taken_by=context.actor_id,
            content=sealed_content(context.seal, receipt, said[:LONGEST_TEXT], by),
        ),
    )


def _to_answer(
    context: OperationContext, inputs: Inputs
) -> tuple[PublicNotice, str, Sequence[Objection]]:
    """The notice, the finding, and the objections that it answers.

    Those that came up to ``examined_at``; where the objection is upheld, all: the notice ends for
    each of them.
    """
    found = _notice_of(context, inputs)
    result = text(inputs.get("result"))
    if result not in NOTICE_RESULTS:
        raise Invalid(f"核查结论“{result}”不在规定的结果之内,没有登记答复。")
    until = None if result == "upheld" else instant_in(inputs.get("examined_at"))
    waiting = objections.waiting_of_notice(cast(Tx, context.tx), found.id, until)
    return found, result, waiting


def _pending(context: OperationContext, inputs: Inputs) -> Inputs:
    """A row for each objection to be answered: its receipt, never what was said or by whom."""
    _found, _result, waiting = _to_answer(context, inputs)
    rows = [{"receipt": one.receipt, "how": f"{one.way} {one.said_on}"} for one in waiting]
    return {"replies": rows}


def _answer(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write down what each objector was told; how many still wait.

    ``replies`` has a row for each; a process that asks for one text for all gives ``reply_text``.
    """
    tx = cast(Tx, context.tx)
    found, result, waiting = _to_answer(context, inputs)
    given = inputs.get("replies")
    each = {str(row.get("receipt")): row for row in given} if isinstance(given, list) else None
    answered = [one for one in waiting if each is None or one.receipt in each]
    for one in answered:
        said = inputs if each is None else each[one.receipt]
        sealed = context.seal(text(said.get("reply_text")).encode(), reply_place(one.receipt))
        way = text(said.get("reply_way"))[:_LONGEST_WAY]
        objections.save(tx, one.answered(result, _date(said, "replied_on"), way, sealed))
    pending = len(objections.waiting_of_notice(tx, found.id, None))
    told = f"答复 {len(answered)} 件异议:{NOTICE_RESULTS[result]}"
    _report(context, "answer", found, told, answered=len(answered), pending=pending)
    return {"answered": len(answered), "pending": pending}


def _resume(site: str, context: OperationContext, inputs: Inputs) -> Inputs:
    """Let the notice go on until another day."""
    tx, found = cast(Tx, context.tx), _notice_of(context, inputs)
    ends_on, today = _date(inputs, "ends_on"), local_date(context.now)
    provisional = _is_provisional(tx, found.counted, today, ends_on)
    changed = found.resumed(ends_on, today, provisional=provisional)
    notices.save(tx, keep_as_published(context, changed, site, "resumed"))
    told = f"公示继续,至 {ends_on.isoformat()}"
    _report(context, "resume", found, told, ends_on=ends_on.isoformat())
    return {"ends_on": ends_on.isoformat()}


def _reckon(site: str, context: OperationContext, inputs: Inputs) -> Inputs:
    """Give the notice the last day that a calendar says which has come in since."""
    tx, found = cast(Tx, context.tx), _notice_of(context, inputs)
    ends_on = _date(inputs, "ends_on")
    since = found.counted_from or found.posted_on
    provisional = _is_provisional(tx, found.counted, since, ends_on)
    if (ends_on, provisional) != (found.ends_on, found.provisional):
        changed = found.reckoned(ends_on, provisional=provisional)
        notices.save(tx, keep_as_published(context, changed, site, "reckoned"))
        before = found.ends_on.isoformat()
        told = (
            f"放假安排已导入,截止日仍为 {before}"
            if ends_on == found.ends_on
            else f"放假安排已导入,截止日由 {before} 重新推算为 {ends_on.isoformat()}"
        )
        _report(context, "reckon", found, told, before=before, ends_on=ends_on.isoformat())
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
        changed = found.closed(today, result, photo_end=_yes(inputs, "photographed"))
        closed_on = changed.closed_on or today
        if changed is not found:
            notices.save(cast(Tx, context.tx), changed)
            _report(context, "close", found, NOTICE_RESULTS[result], result=result)
    return {"result": result, "closed_on": closed_on.isoformat()}


def _report(
    context: OperationContext, act: str, found: PublicNotice, told: str, **detail: object
) -> None:
    context.reporter(_HISTORY, {"act": act, "notice_id": found.id, **detail, "text": told})


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


def _counted(inputs: Inputs) -> DayCount:
    """How its days are counted; a process that does not say so counts working days."""
    return DayCount(
        text(inputs.get("day_kind")) or WORKING_DAYS, text(inputs.get("first_day")) or NEXT_DAY
    )


def _is_provisional(tx: Tx, counted: DayCount, since: date, ends_on: date) -> bool:
    """Whether the last day leans on a year whose rest days are not known yet."""
    return counted.kind == WORKING_DAYS and numbers.is_provisional(tx, since, ends_on)


def _whole(inputs: Inputs, name: str) -> int | None:
    value = inputs.get(name)
    return None if value is None else int(str(value))


def _yes(inputs: Inputs, name: str) -> bool | None:
    value = inputs.get(name)
    return value if isinstance(value, bool) else None


def notice_operations(site: str = "") -> tuple[Operation, ...]:
    """The operations; ``site`` is where the public finds the installation, for the QR code."""
    return (
        replace(PUBLISH, run=partial(_publish, site)),
        SUSPEND,
        PENDING,
        ANSWER,
        replace(RESUME, run=partial(_resume, site)),
        replace(RECKON, run=partial(_reckon, site)),
        CLOSE,
    )


PUBLISH = Operation(
    name="notice.publish",
    title="发布公示",
    run=partial(_publish, ""),
    inputs={
        "subject": _TEXT,
        "name": _TEXT,
        "unit": _TEXT,
        "section": _TEXT_OR_NOTHING,
        "household_size": _NUMBER_OR_NOTHING,
        "category": _TEXT_OR_NOTHING,
        "archive_level": _TEXT_OR_NOTHING,
        "on_web": _YES_OR_NOTHING,
        "on_board": _YES_OR_NOTHING,
        "places": _TEXT_OR_NOTHING,
        "days": _NUMBER_OR_NOTHING,
        "day_kind": {"enum": [WORKING_DAYS, CALENDAR_DAYS, None]},
        "first_day": {"enum": [NEXT_DAY, POSTING_DAY, None]},
        "ends_on": _DATE,
        "photographed": _YES_OR_NOTHING,
    },
    required=frozenset({"subject", "name", "unit", "ends_on"}),
    outputs={"notice_id": _TEXT, "ends_on": _DATE},
)
SUSPEND = Operation(
    name="notice.suspend",
    title="暂停公示",
    run=_suspend,
    inputs={
        "notice_id": _TEXT,
        "days_left": _NUMBER_OR_NOTHING,
        "receipt": _TEXT_OR_NOTHING,
        "text": _TEXT_OR_NOTHING,
        "by": _TEXT_OR_NOTHING,
        "way": _TEXT_OR_NOTHING,
    },
    required=frozenset({"notice_id"}),
    outputs={"suspended_on": _DATE},
)
PENDING = Operation(
    name="notice.pending",
    title="列出要答复的异议",
    run=_pending,
    inputs={
        "notice_id": _TEXT,
        "result": {"enum": list(NOTICE_RESULTS)},
        "examined_at": _TEXT_OR_NOTHING,
    },
    required=frozenset({"notice_id", "result"}),
    outputs={"replies": {"type": "array", "items": {"type": "object"}}},
)
ANSWER = Operation(
    name="notice.answer",
    title="登记异议答复",
    run=_answer,
    inputs={
        "notice_id": _TEXT,
        "result": {"enum": list(NOTICE_RESULTS)},
        "examined_at": _TEXT_OR_NOTHING,
        "replies": {"type": ["array", "null"], "items": {"type": "object"}},
        "replied_on": {"type": ["string", "null"], "format": "date"},
        "reply_way": _TEXT_OR_NOTHING,
        "reply_text": _TEXT_OR_NOTHING,
    },
    required=frozenset({"notice_id", "result"}),
    outputs={"answered": _NUMBER, "pending": _NUMBER},
)
RESUME = Operation(
    name="notice.resume",
    title="恢复公示",
    run=partial(_resume, ""),
    inputs={"notice_id": _TEXT, "ends_on": _DATE},
    required=frozenset({"notice_id", "ends_on"}),
    outputs={"ends_on": _DATE},
)
RECKON = Operation(
    name="notice.reckon",
    title="重新推算公示期",
    run=partial(_reckon, ""),
    inputs={"notice_id": _TEXT, "ends_on": _DATE},
    required=frozenset({"notice_id", "ends_on"}),
    outputs={"ends_on": _DATE},
)
CLOSE = Operation(
    name="notice.close",
    title="结束公示",
    run=_close,
    inputs={
        "result": {"enum": list(NOTICE_RESULTS)},
        "notice_id": _TEXT_OR_NOTHING,
        "photographed": _YES_OR_NOTHING,
    },
    required=frozenset({"result"}),
    outputs={"result": _TEXT, "closed_on": _DATE},
)
