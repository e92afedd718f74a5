"""Why somebody cannot do a step, and who can: product.md §4, sentences 4 and 8."""

from engine import Actor
from engine.model.tasks import Standing, TaskStatus
from engine.work.view import TaskView
from webapp.shared.items import named
from webapp.shared.language import _
from webapp.shared.words import moment


def refusal_of(actor: Actor, view: TaskView) -> str:
    """Why this person cannot do the step, empty when she can."""
    if view.task.status is TaskStatus.CANCELLED:
        return _("这一步已不需要办理。") + (_("您写的内容在下面,可以复制。") if view.data else "")
    if view.task.status is not TaskStatus.OPEN:
        return _("这一步已办结。")
    if view.standing is Standing.BARRED:
        return _kept_apart(actor, view)
    if view.standing is Standing.NOT_HERS:
        return _("这一步由%(names)s办理,您可以查看。", names=_who_else(view))
    if view.task.assignee not in {None, actor.person_id}:
        return _(
            "%(name)s正在办理这一件(%(since)s 认领)。如需由您办理,请%(name)s放回。",
            name=view.holder_name,
            since="" if view.task.claimed_at is None else moment(view.task.claimed_at)[5:],
        )
    return ""


def _kept_apart(actor: Actor, view: TaskView) -> str:
    """With what she did in this case, as far as her form of it is in the case."""
    apart = view.element.not_same_person_as
    done = [
        one.element_name
        for one in view.submissions
        if one.by == actor.person_id and one.element_id in apart
    ]
    if not done:
        return _(
            "您办理过本件需与“%(step)s”分开的环节,按规定不能再办这一步。现由%(names)s办理。",
            step=named(view.task.name, view.task.process_key),
            names=_who_else(view),
        )
    return _(
        "您办过本件的“%(done)s”,按规定不能再办“%(step)s”。现由%(names)s办理。",
        done=_("、").join(map(named, dict.fromkeys(done))),
        step=named(view.task.name, view.task.process_key),
        names=_who_else(view),
    )


def _who_else(view: TaskView) -> str:
    names = _("、").join(holder.name for holder in view.holders)
    return names or _("其他有权限的同事")
