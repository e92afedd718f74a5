"""The field of a form that pictures are for, and a draft with the pictures in it."""

from collections.abc import Mapping, Sequence
from copy import deepcopy

from engine import Actor, Engine
from engine.errors import NotFound
from engine.forms import CompiledForm, Field, FieldKind
from engine.forms.paths import MISSING, get_at, set_at


def form_at(engine: Engine, actor: Actor, place: str) -> CompiledForm | None:
    """The form of a place: ``task:ID`` or ``start:KEY``, as far as the actor may see it."""
    kind, _, identity = place.partition(":")
    if kind == "task":
        return engine.tasks.view(actor, identity).form
    for row, _units in engine.definitions.startable(actor):
        if row.key == identity:
            return engine.definitions.get(row.id)[1].start_form()
    return None


def file_field(form: CompiledForm | None, name: str) -> Field:
    """The field of a post's name (``papers``, ``members.0.photo``); NotFound for any other."""
    found = None if form is None else form.fields.get(name)
    if found is None and form is not None:
        for asked in form.fields.values():
            row, _, column = name.removeprefix(f"{asked.key}.").partition(".")
            if asked.kind is FieldKind.LIST and name.startswith(f"{asked.key}.") and row.isdigit():
                found = asked.column(column)
    if found is None or found.kind is not FieldKind.FILE:
        raise NotFound("这一项不收照片。请回到表单,再点一次“手机传图”。")
    return found


def with_files(
    data: Mapping[str, object], name: str, asked: Field, ids: Sequence[str]
) -> dict[str, object]:
    """The answers with these files in the field; those that are there stay, each once."""
    changed = deepcopy(dict(data))
    steps, holder = name.split("."), changed
    for number, step in enumerate(steps):
        if step.isdigit() and number:
            rows = get_at(changed, tuple(steps[:number]))
            if not isinstance(rows, list) or int(step) >= len(rows):
                return changed  # the row was taken away meanwhile
            holder, steps = rows[int(step)], steps[number + 1 :]
            break
    old = get_at(holder, tuple(steps))
    before = [] if old is MISSING or not old else old if isinstance(old, list) else [old]
    both = list(dict.fromkeys([*before, *ids]))
    if both:
        set_at(holder, steps, both if asked.multiple else both[-1])
    return changed
