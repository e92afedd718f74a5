"""What an officer is told of a step that the applicant may do herself."""

from datetime import datetime

from engine import Actor, Engine
from engine.model.definitions import LaneKind
from engine.model.tasks import TaskStatus
from engine.work.view import TaskView
from webapp.shared.language import _
from webapp.shared.words import clock_time


def guest_note(engine: Engine, actor: Actor, view: TaskView, now: datetime) -> str:
    """Empty for every other step."""
    is_open = view.task.status is TaskStatus.OPEN
    if view.task.lane_kind != LaneKind.PARTICIPANT.value or not is_open:
        return ""
    found = engine.receipts.of_case(actor, view.case.id)
    if not found.is_offered:
        return ""
    parts = [_("可由申请人凭回执办理,也可由您代办;谁先提交算谁办的。")]
    if not any(one.revoked_at is None for one in found.issued):
        parts.append(_("本件还没有开回执,可在“申请材料”页开出。"))
    if view.guest_draft_at is not None:
        at = clock_time(view.guest_draft_at, now)
        parts.append(_("申请人已填了一部分(%(at)s 保存),还没有提交。", at=at))
    return "".join(parts)
