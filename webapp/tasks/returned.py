"""What whoever sent a case back wants: said above the form, marked in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from engine.forms.components import Field, Group, fields_of
from engine.forms.returning import ticked
from engine.model.tasks import TaskStatus
from engine.work.submissions import Submission
from engine.work.view import TaskView
from webapp.forms.shown import in_language
from webapp.reading.submissions import ShownSubmission


@dataclass(frozen=True)
class ToChange:
    """One field that is to be changed, with the tab it stands in."""

    href: str
    tab: str
    label: str


@dataclass(frozen=True)
class Returned:
    """Who sent the case back to this step, for the how manieth time, and what is to be changed."""

    by: str
    step: str
    at: str
    answers: Markup
    times: int
    to_change: tuple[ToChange, ...]


def keys_to_change(view: TaskView) -> frozenset[str]:
    """The fields of this step's form that were ticked when the case was sent back."""
    sender = _sender(view)
    items = None if sender is None else sender.form.return_items
    if sender is None or items is None:
        return frozenset()
    return frozenset(ticked(sender.data.get(items.key), view.task.element_id))


def returned(view: TaskView, shown: Sequence[ShownSubmission]) -> Returned | None:
    """What is said above the form, while there is something to do about it."""
    sender = _sender(view)
    words = None if sender is None else next(s for s in shown if s.task_id == sender.task_id)
    if words is None:
        return None
    return Returned(
        words.by, words.step, words.at, words.answers, _times(view), tuple(_to_change(view))
    )


def _sender(view: TaskView) -> Submission | None:
    if view.task.status is not TaskStatus.OPEN or view.task.returned_by is None:
        return None
    return next((one for one in view.submissions if one.task_id == view.task.returned_by), None)


def _times(view: TaskView) -> int:
    """How often the case was sent back to this step."""
    here = view.task.element_id
    return sum(
        one.form.return_field is not None and one.data.get(one.form.return_field.key) == here
        for one in view.submissions
    )


def _to_change(view: TaskView) -> list[ToChange]:
    keys = keys_to_change(view)
    if view.form is None or not keys:
        return []
    return [
        ToChange(
            f"#f-{asked.key}", component.label if isinstance(component, Group) else "", asked.label
        )
        for component in in_language(view.form).components
        if isinstance(component, Field | Group)
        for asked in fields_of((component,))
        if asked.key in keys
    ]
