"""What service tasks ask about one person of a household: ``household.find_member``."""

from collections.abc import Mapping
from typing import cast

from engine.model.operations import Operation, OperationContext
from engine.store.areas import lies_below
from engine.store.database import Tx
from engine.store.tables import organisation
from engine.work.attributes import normal
from registry.household import text
from registry.store import payees, people

Inputs = Mapping[str, object]

HERE = "here"
"""She is counted in a standing file of the case's unit: the one that was named, if one was."""
ELSEWHERE = "elsewhere"
"""In another standing file, or in one outside the unit's area."""
NOT_COUNTED = "not_counted"
"""In none, and the file that was named stands and does not count her."""
CLOSED_FILE = "closed"
"""In none, and the file that was named is out of the register, or there is none of this number."""
NOWHERE = "nowhere"
"""In none, and no file was named."""


def _find_member(context: OperationContext, inputs: Inputs) -> Inputs:
    """Whether a person is counted in a household on file; which, of the case's own unit alone."""
    tx = cast(Tx, context.tx)
    hashed = context.lookup_hash(normal(text(inputs.get("id_number"))))
    said = text(inputs.get("file_no"))
    counted_in = people.counted(tx, [hashed]).get(hashed)
    if counted_in is None:
        return _nothing(NOWHERE if not said else _of_named(tx, context, said))
    file_no, unit = counted_in
    if (said and said != file_no) or not _lies_in(tx, unit, context.organisation_id):
        return _nothing(ELSEWHERE)
    file = payees.files(tx, {file_no}, hold=False).get(file_no)
    if file is None:
        return _nothing(NOWHERE)
    shown = file.shown
    return {
        "found": HERE,
        "file_no": file_no,
        "head_name": shown.head_name,
        "category": shown.category,
        "size": shown.size,
    }


def _of_named(tx: Tx, context: OperationContext, file_no: str) -> str:
    """What a file is that was named; one of another unit is as if there were none."""
    file = payees.files(tx, {file_no}, hold=False).get(file_no)
    if file is None or not file.shown.stands:
        return CLOSED_FILE
    here = _lies_in(tx, file.organisation_id, context.organisation_id)
    return NOT_COUNTED if here else CLOSED_FILE


def _lies_in(tx: Tx, unit: str, area: str) -> bool:
    query = organisation.select().where(
        organisation.c.id == unit, lies_below(organisation.c.id, (area,))
    )
    return tx.execute(query).first() is not None


def _nothing(found: str) -> Inputs:
    return {"found": found, "file_no": None, "head_name": None, "category": None, "size": None}


_TEXT_OR_NOTHING = {"type": ["string", "null"]}

FIND_MEMBER = Operation(
    name="household.find_member",
    title="核对是否计入在档家庭",
    run=_find_member,
    inputs={"id_number": {"type": "string"}, "file_no": _TEXT_OR_NOTHING},
    required=frozenset({"id_number"}),
    outputs={
        "found": {"enum": [HERE, ELSEWHERE, NOT_COUNTED, CLOSED_FILE, NOWHERE]},
        "file_no": _TEXT_OR_NOTHING,
        "head_name": _TEXT_OR_NOTHING,
        "category": _TEXT_OR_NOTHING,
        "size": {"type": ["integer", "null"]},
    },
)
