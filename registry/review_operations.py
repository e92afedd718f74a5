"""What service tasks do when a file is looked at as a whole again (动态管理与年度复核).

The contract is the table in ``processes/annual_review/README.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from registry.closing_operations import file_of
from registry.file_list import FileList
from registry.household import REVIEWED, TRANSFERRED, Content, File, mapping, shown_of, text
from registry.household_operations import content_of, write_version
from registry.store import households, reviews, units
from registry.store.people import county_of
from registry.store.reviews import ExitPlan

Inputs = Mapping[str, object]

_REPLACED = ("members", "income_lines", "expense_lines")
"""Lists that a review writes as a whole."""

_MERGED = ("head", "hardship", "assets")
"""Groups of which a review writes what it asked."""

_DECIDED = ("category", "category_reason", "proposal", "standard", "notice_id")
_LONGEST_NOTE = 180
_LONGEST_PLAN = 300
_BY_LOT = 100


def _review(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write what a review found as the next version: changed, or looked at and unchanged."""
    tx = cast(Tx, context.tx)
    existing = file_of(context, inputs)
    before = households.newest_of_case(tx, context.case_id, REVIEWED)
    if before is not None and before.file_no == existing.file_no:
        return {"written": True, "version": before.number}
    if not existing.shown.stands:
        return {"written": False, "version": existing.version}
    content = _changed(content_of(context, existing), inputs)
    changed = existing.followed(shown_of(content, context.lookup_hash), context.now)
    households.save(tx, changed)
    note = text(inputs.get("note"))[:_LONGEST_NOTE]
    write_version(context, changed, REVIEWED, content, f"动态复核:{note}" if note else "")
    return {"written": True, "version": changed.version}


def _changed(before: Content, inputs: Inputs) -> Content:
    content, changes = dict(before), mapping(inputs.get("changes"))
    for name in _REPLACED:
        if changes.get(name) is not None:
            content[name] = changes[name]
    for name in _MERGED:
        said = {key: one for key, one in mapping(changes.get(name)).items() if one is not None}
        if said:
            content[name] = {**mapping(content.get(name)), **said}
    for name in _DECIDED:
        if inputs.get(name) is not None:
            content[name] = inputs[name]
    if inputs.get("category") is not None:
        content.pop("review", None)
    return content


def _count_files(context: OperationContext, inputs: Inputs) -> Inputs:
    """How many files a list of ``files`` would have now."""
    wanted = mapping(inputs.get("wanted"))
    return {"files": FileList().count(context.tx, wanted)}


def _plan_exit(context: OperationContext, inputs: Inputs) -> Inputs:
    """Write down by when a household is to leave, and by what help."""
    existing = file_of(context, inputs)
    said = text(inputs.get("exit_by"))[:10]
    try:
        exit_by = date.fromisoformat(said).isoformat()
    except ValueError:
        raise Invalid(f"计划退出日期“{said}”不是日期,没有登记。请核对流程。") from None
    plan = ExitPlan(exit_by, text(inputs.get("plan"))[:_LONGEST_PLAN])
    tx = cast(Tx, context.tx)
    if reviews.plan_of(tx, existing.file_no) != plan:
        reviews.add_plan(
            tx, existing.file_no, plan, context.now, (context.actor_id, context.case_id)
        )
    return {"exit_by": exit_by}


def _draw_sample(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether this file is among those looked at again: at least the share of a county's year."""
    tx = cast(Tx, context.tx)
    percent = int(float(str(inputs["percent"])))
    county_id, _name, _phone = county_of(tx, context.organisation_id)
    # Nobody at the unit can tell beforehand: the hash is keyed.
    lot = int(context.lookup_hash(f"sample {context.case_id}")[:8], 16) % _BY_LOT < percent
    drawn, after = reviews.draw(tx, county_id, local_date(context.now), percent, by_lot=lot)
    return {"drawn": drawn, "looked_at": after.looked_at, "sampled": after.drawn}


def _transfer(context: OperationContext, inputs: Inputs) -> Inputs:
    """Hand a file to a union of another place, which has agreed; told where there is none."""
    tx = cast(Tx, context.tx)
    existing = file_of(context, inputs)
    code = text(inputs.get("to_code"))
    found = units.with_code(tx, code, local_date(context.now))
    if found is None:
        told = f"没有机构代码为“{code[:20]}”的基层工会,档案没有转移。请核对代码。"
        return {"moved": False, "version": existing.version, "unit": None, "message": told}
    unit_id, name = found
    if existing.organisation_id == unit_id:
        return _moved(existing, name)
    content = content_of(context, existing)
    changed = replace(existing.followed(existing.shown, context.now), organisation_id=unit_id)
    households.save(tx, changed)
    write_version(context, changed, TRANSFERRED, content, f"转入{name}")
    return _moved(changed, name)


def _moved(file: File, name: str) -> Inputs:
    return {"moved": True, "version": file.version, "unit": name, "message": ""}


_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_GROUP_OR_NOTHING = {"type": ["object", "null"]}
_WHOLE = {"type": "integer", "minimum": 1}
_COUNT = {"type": "integer", "minimum": 0}
_TRUTH = {"type": "boolean"}
_DATE = {"type": "string", "format": "date"}

REVIEW_OPERATIONS: Sequence[Operation] = (
    Operation(
        name="household.review",
        title="登记复核结果",
        run=_review,
        inputs={
            "file_no": _TEXT,
            "note": _TEXT_OR_NOTHING,
            "changes": _GROUP_OR_NOTHING,
            "category": _TEXT_OR_NOTHING,
            "category_reason": _TEXT_OR_NOTHING,
            "proposal": _GROUP_OR_NOTHING,
            "standard": _GROUP_OR_NOTHING,
            "notice_id": _TEXT_OR_NOTHING,
        },
        required=frozenset({"file_no"}),
        outputs={"written": _TRUTH, "version": _WHOLE},
    ),
    Operation(
        name="household.count_files",
        title="统计名单户数",
        run=_count_files,
        inputs={"wanted": {"type": "object"}},
        required=frozenset({"wanted"}),
        outputs={"files": _COUNT},
    ),
    Operation(
        name="household.plan_exit",
        title="登记退出计划",
        run=_plan_exit,
        inputs={"file_no": _TEXT, "exit_by": _DATE, "plan": _TEXT_OR_NOTHING},
        required=frozenset({"file_no", "exit_by"}),
        outputs={"exit_by": _DATE},
    ),
    Operation(
        name="household.draw_sample",
        title="抽取复查",
        run=_draw_sample,
        inputs={"percent": {"type": "number", "minimum": 0, "maximum": 100}},
        required=frozenset({"percent"}),
        outputs={"drawn": _TRUTH, "looked_at": _COUNT, "sampled": _COUNT},
    ),
    Operation(
        name="household.transfer",
        title="转移档案",
        run=_transfer,
        inputs={"file_no": _TEXT, "to_code": _TEXT},
        required=frozenset({"file_no", "to_code"}),
        outputs={
            "moved": _TRUTH,
            "version": _WHOLE,
            "unit": _TEXT_OR_NOTHING,
            "message": _TEXT,
        },
    ),
)
"""All of them."""
