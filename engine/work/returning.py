"""Where a case can be sent back to: only to steps that it has been through (design.md D21)."""

from engine.forms import CompiledForm
from engine.model.tasks import Task
from engine.store import passed_steps
from engine.store.database import Tx


def with_steps_been_through(tx: Tx, task: Task, form: CompiledForm) -> CompiledForm:
    """The form with its choices of 退回 narrowed to steps that were done in this case.

    A flow can be drawn for steps of which each case passes one, such as a visit and the visit of
    somebody else in its place: a case sent into the other one would go a way that is not its own.
    A case that was moved to another version keeps every choice, as steps may be called otherwise.
    """
    asked = form.return_field
    if asked is None or not asked.options:
        return form
    items = form.return_items
    named = {option.value for option in asked.options}
    named |= {_element(one.value) for one in (() if items is None else items.options)}
    passed = passed_steps.among(tx, task.case_id, task.process_key, named)
    if passed is None:
        return form
    done = passed | {task.element_id}
    kept = tuple(option for option in asked.options if option.value in done)
    if not kept or len(kept) == len(asked.options):
        return form
    narrowed = form.with_options(asked.key, kept)
    if items is None:
        return narrowed
    left = [one for one in items.options if _element(one.value) in done]
    return narrowed.with_options(items.key, left)


def _element(item: str) -> str:
    return item.partition("/")[0]
