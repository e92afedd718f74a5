"""The form of a step without what it only shows: the questions that are answered once for all."""

from collections.abc import Sequence
from dataclasses import replace

from engine.forms import CompiledForm, Component, Field, Group, TextView


def asked_once(form: CompiledForm) -> CompiledForm:
    """The same form with only what people fill in."""
    return replace(form, components=_asked(form.components))


def _asked(components: Sequence[Component]) -> tuple[Component, ...]:
    kept: list[Component] = []
    for component in components:
        if isinstance(component, Group):
            inner = _asked(component.components)
            if inner:
                kept.append(replace(component, components=inner, tab=False, folded=False))
        elif isinstance(component, TextView) or (
            isinstance(component, Field) and component.takes_answers
        ):
            kept.append(component)
    return tuple(kept)
