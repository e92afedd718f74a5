"""Sending a case back with what is to be changed ticked (our property ``returnFields``).

The choices are made from the forms of the steps that the case can be sent back to. A choice is
``step/field``: stable as long as neither is renamed, and nothing else could stand there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy

from engine.forms.components import Component, Field, Group, Option, fields_of
from engine.forms.paths import MISSING, get_at, set_at

Answers = dict[str, object]


def tickable(step: str, components: Sequence[Component]) -> Iterator[Option]:
    """What can be ticked of a step's form: all that its person fills in, but not her decision."""
    for heading, asked in _under_headings(components):
        if asked.is_asked and not (asked.decision or asked.return_targets or asked.return_fields):
            yield Option(f"{step}/{asked.key}", asked.label, heading)


def ticked(values: object, step: str) -> tuple[str, ...]:
    """The keys of the fields of this step among what was ticked."""
    chosen = values if isinstance(values, list) else []
    named = (str(value).partition("/") for value in chosen)
    return tuple(key for of_step, _, key in named if of_step == step and key)


def only_of_chosen_step(fields: Sequence[Field], data: Mapping[str, object]) -> Answers:
    """The answers without ticks of steps that the case does not go back to.

    They count as hidden answers do: not at all. What is no choice at all is left, to be refused.
    """
    kept = dict(data)
    items = next((asked for asked in fields if asked.return_fields), None)
    target = next((asked for asked in fields if asked.return_targets), None)
    if items is None or target is None:
        return kept
    values, step = get_at(kept, items.path), get_at(kept, target.path)
    if not isinstance(values, list):
        return kept
    kept = deepcopy(kept)
    others = {o.value for o in items.options if o.value.partition("/")[0] != step}
    left = [value for value in values if value not in others]
    if left or values == []:
        set_at(kept, items.path, left)
    else:
        _forget(kept, items.path)
    return kept


def _forget(data: Answers, path: Sequence[str]) -> None:
    holder = get_at(data, path[:-1])
    if isinstance(holder, dict) and get_at(data, path) is not MISSING:
        del holder[path[-1]]


def _under_headings(components: Iterable[Component]) -> Iterator[tuple[str, Field]]:
    """The fields with the heading of the outermost group around them: the tab where there are."""
    for component in components:
        if isinstance(component, Field):
            yield "", component
        elif isinstance(component, Group):
            for asked in fields_of((component,)):
                yield component.label, asked
