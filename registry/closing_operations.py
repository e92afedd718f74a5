"""What service tasks do with a file that was found wrong: strike it off, take that back, check it.

The contract is the table in ``processes/household_report/README.md``.
"""

from collections.abc import Mapping
from typing import cast

from engine.errors import Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.household import (
    APPROVED,
    CLOSED,
    CORRECTED,
    DECIDED_AGAIN,
    REOPENED,
    Content,
    File,
    shown_of,
    text,
)
from registry.household_operations import content_of, write_version
from registry.reading import instant_in
from registry.store import exits, households
from registry.vocabulary import CLOSE_REASONS

Inputs = Mapping[str, object]

_PUT_RIGHT = (CORRECTED, DECIDED_AGAIN, APPROVED)
"""Acts after which a file says something else of the household than it did."""

_LONGEST_NOTE = 1_000


def _close(context: OperationContext, inputs: Inputs) -> Inputs:
    """Strike a file off. It stays whole, and a new approval opens it again under its number."""
    reason = text(inputs.get("reason"))
    if reason not in CLOSE_REASONS:
        raise Invalid(f"注销原因“{reason}”不在规定的原因之内,档案没有注销。")
    existing = file_of(context, inputs)
    if existing.shown.status == CLOSED:
        return {"version": existing.version, "closed_on": existing.shown.closed_on}
    today = local_date(context.now).isoformat()
    closed = {
        "reason": reason,
        "note": text(inputs.get("note"))[:_LONGEST_NOTE],
        "on": text(inputs.get("decided_on"))[:10] or today,
        "case": context.case_number,
    }
    content = {**content_of(context, existing), "closed": closed}
    told = f"注销:{CLOSE_REASONS[reason]}"
    return {
        "version": write_status(context, existing, CLOSED, content, told),
        "closed_on": closed["on"],
    }


def _reopen(context: OperationContext, inputs: Inputs) -> Inputs:
    """Take back that a file was struck off; one that stands is left as it is."""
    existing = file_of(context, inputs)
    if existing.shown.status != CLOSED:
        return {"version": existing.version}
    content = dict(content_of(context, existing))
    content.pop("closed", None)
    told = f"撤销注销:{text(inputs.get('note'))}"
    return {"version": write_status(context, existing, REOPENED, content, told)}


def _find_correction(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether the file has a version that puts it right, written since an instant."""
    existing = file_of(context, inputs)
    since = instant_in(inputs.get("since"))
    if since is None:
        raise Invalid("没有说明从什么时候算起,没有核对更正。请核对流程。")
    found = households.newest_since(cast(Tx, context.tx), existing.file_no, _PUT_RIGHT, since)
    if found is None:
        return {"corrected": False, "version": existing.version, "corrected_on": None}
    day = local_date(found.at).isoformat()
    return {"corrected": True, "version": found.number, "corrected_on": day}


def file_of(context: OperationContext, inputs: Inputs) -> File:
    """The file that a step names, held until the transaction ends."""
    found = households.numbered(cast(Tx, context.tx), text(inputs.get("file_no")))
    if found is None:
        raise NotFound("没有这个编号的档案,没有改动。请核对档案编号。")
    return found


def write_status(
    context: OperationContext, existing: File, act: str, content: Content, told: str
) -> int:
    """Write a version by which a file leaves the register, comes back or is poor again."""
    tx = cast(Tx, context.tx)
    changed = existing.followed(shown_of(content, context.lookup_hash), context.now)
    households.save(tx, changed)
    exits.follow(tx, existing, changed, context.case_id)
    write_version(context, changed, act, content, told)
    return changed.version


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE = {"type": "string", "format": "date"}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_WHOLE = {"type": "integer", "minimum": 1}

CLOSE_FILE = Operation(
    name="household.close",
    title="注销档案",
    run=_close,
    inputs={
        "file_no": _TEXT,
        "reason": {"enum": list(CLOSE_REASONS)},
        "note": _TEXT_OR_NOTHING,
        "decided_on": _DATE_OR_NOTHING,
    },
    required=frozenset({"file_no", "reason"}),
    outputs={"version": _WHOLE, "closed_on": _DATE},
)
REOPEN_FILE = Operation(
    name="household.reopen",
    title="撤销注销",
    run=_reopen,
    inputs={"file_no": _TEXT, "note": _TEXT_OR_NOTHING},
    required=frozenset({"file_no"}),
    outputs={"version": _WHOLE},
)
FIND_CORRECTION = Operation(
    name="household.find_correction",
    title="核对是否已更正",
    run=_find_correction,
    inputs={"file_no": _TEXT, "since": _TEXT},
    required=frozenset({"file_no", "since"}),
    outputs={
        "corrected": {"type": "boolean"},
        "version": _WHOLE,
        "corrected_on": _DATE_OR_NOTHING,
    },
)
