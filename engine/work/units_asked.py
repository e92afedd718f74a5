"""A field whose choices are organisations, as they are when the step is done (``units``)."""

from datetime import date

from engine.forms import CompiledForm, Option
from engine.model.tasks import Task
from engine.store import organisations
from engine.store.database import Tx


def with_units(tx: Tx, task: Task, form: CompiledForm, today: date) -> CompiledForm:
    """The form with the organisations directly below the one that does the step as choices.

    A choice is stored by the organisation's name, so that whoever reads it later reads a name;
    :func:`below` finds it again. Of two of one name neither could be told from the other: each has
    its code beside it.
    """
    asked = [one for one in form.fields.values() if one.units]
    if not asked:
        return form
    options = [Option(name, name) for name in _names_below(tx, task.queue.handling_id, today)]
    for one in asked:
        form = form.with_options(one.key, options)
    return form


def below(tx: Tx, unit_id: str, name: str, today: date) -> str | None:
    """The id of the organisation directly below another that such a choice names."""
    return _names_below(tx, unit_id, today).get(name)


def _names_below(tx: Tx, unit_id: str, today: date) -> dict[str, str]:
    """Ids by what the choice of each is called."""
    found = organisations.approved_by(tx, unit_id, today)
    names = [name for _, name, _ in found]
    return {
        name if names.count(name) == 1 else f"{name}({code})": found_id
        for found_id, name, code in found
    }
