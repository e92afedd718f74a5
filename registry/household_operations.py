"""What service tasks do with household files: ``household.open_file``, ``set_national_number``.

The contract is the table in ``processes/archiving/README.md``. Every approval makes a version
(domain.md §2.1); the same case doing the same twice makes one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import cast

from engine.errors import Invalid, NotFound
from engine.model.clock import local_date
from engine.model.operations import Operation, OperationContext
from engine.store.database import Tx
from engine.work.attributes import normal
from registry import indexing
from registry.household import (
    APPROVED,
    AWAITING_ENTRY,
    ENTERED,
    Content,
    File,
    Shown,
    Version,
    began,
    mapping,
    packed,
    sealed_place,
    shown_of,
    text,
    unpacked,
)
from registry.people import people_of
from registry.store import exits, households, numbers, people
from registry.vocabulary import ACTS

_GROUP = {"type": "object"}
_GROUP_OR_NOTHING = {"type": ["object", "null"]}
_LIST_OR_NOTHING = {"type": ["array", "null"], "items": {"type": "object"}}
_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DATE_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_WHOLE = {"type": "integer", "minimum": 1}

Inputs = Mapping[str, object]

_LONGEST_REASON = 200

_KEPT = ("national", "imported")
"""What an approval does not ask again, and so keeps: the national entry, where a file came from."""


def _open_file(context: OperationContext, inputs: Inputs) -> Inputs:
    """A file for a head who has none, the next version of it for one who has."""
    tx = cast(Tx, context.tx)
    before = households.newest_of_case(tx, context.case_id, APPROVED)
    if before is not None:
        return {"file_no": before.file_no, "version": before.number}
    content: dict[str, object] = {name: inputs.get(name) for name in OPEN_FILE.inputs}
    if not text(content["category"]):
        raise Invalid("没有认定类型,档案没有建立。请退回县级审核认定后再审批。")
    shown = shown_of(content, context.lookup_hash)
    existing = households.of_head(tx, shown.head_hash)
    if existing is None:
        opened = _first(context, content, shown)
        if households.add(tx, opened):
            return write_version(context, opened, APPROVED, content)
        # Another approval for the same person was a moment faster.
        existing = households.of_head(tx, shown.head_hash)
    if existing is None:
        raise NotFound("没有找到这位户主的档案,没有改动。请稍后重试。")
    before_now = content_of(context, existing)
    content.update({name: before_now[name] for name in _KEPT if name in before_now})
    approved_on = _approved_on(context, content)
    followed = existing.followed(shown_of(content, context.lookup_hash), context.now, approved_on)
    changed = replace(followed, organisation_id=context.organisation_id)
    households.save(tx, changed)
    exits.follow(tx, existing, changed, context.case_id)
    return write_version(context, changed, APPROVED, content)


def _first(context: OperationContext, content: Content, shown: Shown) -> File:
    """The file as it begins, with a number of its own."""
    today = local_date(context.now)
    approved_on = _approved_on(context, content)
    return File(
        file_no=numbers.next_file_number(cast(Tx, context.tx), context.organisation_id, today.year),
        organisation_id=context.organisation_id,
        shown=shown,
        version=1,
        opened_on=approved_on,
        changed_at=context.now,
        stands_since=approved_on,
        awaits_since=began(shown.status == AWAITING_ENTRY, None, approved_on),
    )


def _approved_on(context: OperationContext, content: Content) -> date:
    said = text(content.get("approved_on"))[:10]
    return date.fromisoformat(said) if said else local_date(context.now)


def _set_national_number(context: OperationContext, inputs: Inputs) -> Inputs:
    """Keep what was entered into the national system as the next version of the file.

    A number that another file has is not kept: whoever typed it is asked again.
    """
    tx = cast(Tx, context.tx)
    number = normal(text(inputs.get("national_no")))
    if not number:
        raise Invalid("没有全国系统编号,没有登记。请填写后重试。")
    households.hold_national_number(tx, number)
    existing = households.numbered(tx, text(inputs.get("file_no")))
    if existing is None:
        raise NotFound("没有这个编号的档案,全国编号没有登记。请核对档案编号。")
    content = dict(content_of(context, existing))
    entered = {
        "national_no": number,
        "entered_on": inputs.get("entered_on"),
        **mapping(inputs.get("details")),
    }
    newest = households.newest_of_case(tx, context.case_id, ENTERED)
    if newest is not None and newest.number == existing.version:
        before = mapping(content.get("national"))
        if packed(before) == packed(entered):
            return _entered(newest.number)
    told = _borne_elsewhere(context, number, existing.file_no)
    if told:
        if inputs.get("ask_again") is not True:
            raise Invalid(told)
        return {"version": existing.version, "taken": True, "taken_text": told}
    content["national"] = entered
    changed = existing.followed(shown_of(content, context.lookup_hash), context.now)
    households.save(tx, changed)
    return _entered(write_version(context, changed, ENTERED, content)["version"])


def _entered(version: object) -> Inputs:
    return {"version": version, "taken": False, "taken_text": None}


def _borne_elsewhere(context: OperationContext, number: str, file_no: str) -> str:
    """In words that another file has this number; empty where none has.

    Of another county only whom to ask, as of every file there (domain.md §3.16).
    """
    tx = cast(Tx, context.tx)
    bearer = households.bearer_of(tx, number, file_no)
    if bearer is None:
        return ""
    mine = people.county_of(tx, context.organisation_id)
    county_id, name, phone = people.county_of(tx, bearer.organisation_id)
    if county_id == mine[0]:
        return f"编号 {number} 已登记在档案 {bearer.file_no},没有登记。请在全国系统中核对编号。"
    return (
        f"编号 {number} 已登记在另一县(市、区)的档案,没有登记。请在全国系统中核对编号;编号无误的,"
        f"请向{name or '上级工会'}核实({phone or '电话见通讯录'})。"
    )


def content_of(context: OperationContext, file: File) -> Content:
    """What the newest version of a file says."""
    newest = households.version(cast(Tx, context.tx), file.file_no, file.version)
    if newest is None:
        raise NotFound("档案的最新版本不在库中,没有改动。请联系管理员核对数据。")
    place = sealed_place(file.file_no, file.version)
    return unpacked(context.open(newest.content, place))


def write_version(
    context: OperationContext, file: File, act: str, content: Content, told: str = ""
) -> dict[str, object]:
    """Write a file's newest version, and who it names; the caller has written the file.

    ``told`` is why, where the act alone does not say it.
    """
    tx = cast(Tx, context.tx)
    people.put(tx, file.file_no, people_of(content, context.lookup_hash))
    indexing.put(tx, context.lookup_hash, file.file_no, content)
    households.add_version(
        tx,
        Version(
            file_no=file.file_no,
            number=file.version,
            at=context.now,
            by_id=context.actor_id,
            act=act,
            reason=(told or ACTS[act])[:_LONGEST_REASON],
            case_id=context.case_id,
            content=context.seal(packed(content), sealed_place(file.file_no, file.version)),
        ),
    )
    return {"file_no": file.file_no, "version": file.version}


OPEN_FILE = Operation(
    name="household.open_file",
    title="建立档案",
    run=_open_file,
    inputs={
        "head": _GROUP,
        "members": _LIST_OR_NOTHING,
        "income_lines": _LIST_OR_NOTHING,
        "expense_lines": _LIST_OR_NOTHING,
        "assets": _GROUP_OR_NOTHING,
        "hardship": _GROUP_OR_NOTHING,
        "consent": _GROUP_OR_NOTHING,
        "category": _TEXT,
        "category_reason": _TEXT_OR_NOTHING,
        "archive_level": _TEXT_OR_NOTHING,
        "proposal": _GROUP_OR_NOTHING,
        "standard": _GROUP_OR_NOTHING,
        "notice_id": _TEXT_OR_NOTHING,
        "approved_on": _DATE_OR_NOTHING,
    },
    required=frozenset({"head", "category"}),
    outputs={"file_no": _TEXT, "version": _WHOLE},
)
SET_NATIONAL_NUMBER = Operation(
    name="household.set_national_number",
    title="登记全国编号",
    run=_set_national_number,
    inputs={
        "file_no": _TEXT,
        "national_no": _TEXT,
        "entered_on": _DATE_OR_NOTHING,
        "details": _GROUP_OR_NOTHING,
        # A process without a way back does not say so: it stops here instead of going on with
        # nothing written.
        "ask_again": {"type": ["boolean", "null"]},
    },
    required=frozenset({"file_no", "national_no"}),
    outputs={"version": _WHOLE, "taken": {"type": "boolean"}, "taken_text": _TEXT_OR_NOTHING},
)
