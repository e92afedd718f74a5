"""What service tasks do with a household that leaves poverty (脱困, 解困), and falls back (返困).

The contract is the table in ``processes/lift_out/README.md``.
"""

from collections.abc import Mapping
from typing import cast

from engine.errors import Invalid
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.budget.amounts import in_yuan, yuan
from registry.closing_operations import file_of, write_status
from registry.household import (
    EXIT_REVOKED,
    EXITS,
    FALLEN_BACK,
    FELL_BACK,
    mapping,
    mappings,
    text,
)
from registry.household_operations import content_of
from registry.store import exits, households, open_payments, people
from registry.vocabulary import CATEGORIES, CAUSES, EXIT_KINDS, HOUSEHOLD_STATUSES, words

Inputs = Mapping[str, object]

_LONGEST_NOTE = 1_000
_OF_THE_CASE = ("evidence", "verified_amount", "verified_by", "stated_amount")


def _read(context: OperationContext, inputs: Inputs) -> Inputs:
    """What a file says now, as a decision needs it; papers stay with the cases they lie in."""
    file = file_of(context, inputs)
    content = content_of(context, file)
    hardship = mapping(content.get("hardship"))
    return {
        "stands": file.shown.stands,
        "status": file.shown.status,
        "status_text": words(HOUSEHOLD_STATUSES, file.shown.status),
        "version": file.version,
        "opened_on": file.opened_on.isoformat(),
        "head": dict(mapping(content.get("head"))),
        "members": [dict(one) for one in mappings(content.get("members"))],
        "income_lines": _lines(content.get("income_lines")),
        "expense_lines": _lines(content.get("expense_lines")),
        "hardship": {**hardship, "cause_main_text": words(CAUSES, hardship.get("cause_main"))},
        "assets": dict(mapping(content.get("assets"))),
        "publication": text(mapping(content.get("consent")).get("publication")) or None,
        "category": file.shown.category,
        "category_text": words(CATEGORIES, file.shown.category),
        "household_size": file.shown.size,
    }


def _lines(said: object) -> list[dict[str, object]]:
    """Lines without their papers, and without who verified them: another case asks that anew."""
    return [{k: v for k, v in one.items() if k not in _OF_THE_CASE} for one in mappings(said)]


def _leave(context: OperationContext, inputs: Inputs) -> Inputs:
    """Let a household leave the register as lifted or secured; told where it is out already."""
    kind = text(inputs.get("kind"))
    if kind not in EXITS:
        raise Invalid(f"退出方式“{kind}”不是脱困或解困,档案没有改动。请核对流程。")
    existing = file_of(context, inputs)
    tx = cast(Tx, context.tx)
    before = households.newest_of_case(tx, context.case_id, kind)
    if before is not None and before.file_no == existing.file_no:
        return _left(before.number, existing.shown.closed_on)
    if not existing.shown.stands:
        told = (
            f"档案{words(HOUSEHOLD_STATUSES, existing.shown.status)}({existing.shown.closed_on}),"
            f"没有再认定{EXIT_KINDS[kind]}。"
        )
        return {"left": False, "version": existing.version, "left_on": None, "message": told}
    on = text(inputs.get("decided_on"))[:10] or local_date(context.now).isoformat()
    left = {
        "kind": kind,
        "on": on,
        "note": text(inputs.get("note"))[:_LONGEST_NOTE],
        "measures": inputs.get("measures"),
        "case": context.case_number,
    }
    content = {**content_of(context, existing), "left": left}
    version = write_status(context, existing, kind, content, f"认定{EXIT_KINDS[kind]}")
    return _left(version, on)


def _left(version: int, on: str) -> Inputs:
    return {"left": True, "version": version, "left_on": on, "message": ""}


def _fall_back(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write down that a household that had left is poor again; one on file again is left as is."""
    existing = file_of(context, inputs)
    if existing.shown.status not in EXITS:
        return {"version": existing.version, "stands": existing.shown.stands}
    content = dict(content_of(context, existing))
    content["left"] = {
        **mapping(content.get("left")),
        "fell_back_on": text(inputs.get("found_on"))[:10] or local_date(context.now).isoformat(),
        "fell_back_note": text(inputs.get("note"))[:_LONGEST_NOTE],
    }
    told = f"返困:{text(inputs.get('note'))}"
    version = write_status(context, existing, FELL_BACK, content, told)
    return {"version": version, "stands": False}


def _take_back_exit(context: OperationContext, inputs: Inputs) -> Inputs:
    """Let a household stand again as if it had not left; one that stands or was struck off stays.

    What a union above revoked was no exit: no yearly figure counts it, nor the way back.
    """
    existing = file_of(context, inputs)
    if existing.shown.status not in (*EXITS, FALLEN_BACK):
        return {"version": existing.version, "stands": existing.shown.stands}
    content = dict(content_of(context, existing))
    content.pop("left", None)
    told = f"撤销退出:{text(inputs.get('note'))}"
    version = write_status(context, existing, EXIT_REVOKED, content, told)
    exits.take_back(cast(Tx, context.tx), existing.file_no)
    return {"version": version, "stands": True}


def _find_return(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether a household that left stands again, or a case of ``process`` names its head.

    Without it any running case counts, a petition or a wage claim too.
    """
    existing = file_of(context, inputs)
    running = people.in_open_cases(
        cast(Tx, context.tx),
        {existing.shown.head_hash},
        context.case_id,
        text(inputs.get("process")) or None,
    )
    found = running.get(existing.shown.head_hash, [])
    return {
        "status": existing.shown.status,
        "stands": existing.shown.stands,
        "fallen_back": existing.shown.status == FALLEN_BACK,
        "applies": bool(found),
        "application": found[0].reference if found else None,
    }


def _find_open_help(context: OperationContext, inputs: Inputs) -> Inputs:
    """What was granted or reserved to a household and is neither paid nor given back."""
    existing = file_of(context, inputs)
    found = open_payments.to_household(cast(Tx, context.tx), existing.file_no)
    fen = sum(one.fen for one in found)
    told = ";".join(f"{one.purpose} {in_yuan(one.fen)}" for one in found)
    return {"payments": len(found), "amount": yuan(fen), "message": told}


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_WHOLE = {"type": "integer", "minimum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_TRUTH = {"type": "boolean"}
_GROUP = {"type": "object"}
_LIST = {"type": "array", "items": {"type": "object"}}
_FILE = {"file_no": _TEXT}
_FILE_MUST = frozenset({"file_no"})

LEAVING_OPERATIONS = (
    Operation(
        name="household.read",
        title="读取档案",
        run=_read,
        inputs=_FILE,
        required=_FILE_MUST,
        outputs={
            "stands": _TRUTH,
            "status": _TEXT,
            "status_text": _TEXT,
            "version": _WHOLE,
            "opened_on": {"type": "string", "format": "date"},
            "head": _GROUP,
            "members": _LIST,
            "income_lines": _LIST,
            "expense_lines": _LIST,
            "hardship": _GROUP,
            "assets": _GROUP,
            "publication": _TEXT_OR_NOTHING,
            "category": _TEXT,
            "category_text": _TEXT,
            "household_size": {"type": ["integer", "null"]},
        },
    ),
    Operation(
        name="household.leave",
        title="认定脱困或解困",
        run=_leave,
        inputs={
            **_FILE,
            "kind": {"enum": list(EXITS)},
            "note": _TEXT_OR_NOTHING,
            "measures": {"type": ["array", "null"]},
            "decided_on": _DATE_OR_NOTHING,
        },
        required=frozenset({"file_no", "kind"}),
        outputs={
            "left": _TRUTH,
            "version": _WHOLE,
            "left_on": _DATE_OR_NOTHING,
            "message": _TEXT,
        },
    ),
    Operation(
        name="household.fall_back",
        title="登记返困",
        run=_fall_back,
        inputs={**_FILE, "note": _TEXT_OR_NOTHING, "found_on": _DATE_OR_NOTHING},
        required=_FILE_MUST,
        outputs={"version": _WHOLE, "stands": _TRUTH},
    ),
    Operation(
        name="household.take_back_exit",
        title="撤销退出",
        run=_take_back_exit,
        inputs={**_FILE, "note": _TEXT_OR_NOTHING},
        required=_FILE_MUST,
        outputs={"version": _WHOLE, "stands": _TRUTH},
    ),
    Operation(
        name="household.find_return",
        title="核对是否重新建档",
        run=_find_return,
        inputs={**_FILE, "process": _TEXT_OR_NOTHING},
        required=_FILE_MUST,
        outputs={
            "status": _TEXT,
            "stands": _TRUTH,
            "fallen_back": _TRUTH,
            "applies": _TRUTH,
            "application": _TEXT_OR_NOTHING,
        },
    ),
    Operation(
        name="household.find_open_help",
        title="核对未发放的帮扶款",
        run=_find_open_help,
        inputs=_FILE,
        required=_FILE_MUST,
        outputs={"payments": _COUNT, "amount": {"type": "number"}, "message": _TEXT},
    ),
)
"""All of them."""
