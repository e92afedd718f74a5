"""A form with its words in English; what it asks, checks and keeps stays the same."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.forms.components import Component, Field, Group, Option, TextView
from engine.model.english import English


def in_english(components: Sequence[Component], english: English) -> tuple[Component, ...]:
    """The components with what people read of them in English, as far as there is any."""
    return tuple(_said(component, english) for component in components)


def _said(component: Component, english: English) -> Component:
    if isinstance(component, Field):
        return _field(component, english)
    if isinstance(component, Group):
        return replace(
            component,
            label=english.of(component.label),
            components=in_english(component.components, english),
        )
    if isinstance(component, TextView):
        return replace(component, text=english.of(component.text))
    return component


def _field(asked: Field, english: English) -> Field:
    """The texts that buttons insert are what is kept: of them only the buttons are in English."""
    of = english.of
    return replace(
        asked,
        label=of(asked.label),
        description=of(asked.description),
        section=of(asked.section),
        unit=of(asked.unit),
        prefix=of(asked.prefix),
        options=tuple(_option(one, english) for one in asked.options),
        row_fields=tuple(_field(column, english) for column in asked.row_fields),
        templates=tuple((of(name), text) for name, text in asked.templates),
    )


def _option(option: Option, english: English) -> Option:
    return replace(option, label=english.of(option.label), group=english.of(option.group))


def texts_of(components: Sequence[Component]) -> Iterator[str]:
    """What people read of the components: whatever could be said in English."""
    for component in components:
        if isinstance(component, Field):
            yield from _texts_of_field(component)
        elif isinstance(component, Group):
            yield component.label
            yield from texts_of(component.components)
        elif isinstance(component, TextView):
            yield component.text


def _texts_of_field(asked: Field) -> Iterator[str]:
    if asked.silent:
        return
    yield from (asked.label, asked.description, asked.unit, asked.prefix)
    for option in asked.options:
        yield from (option.label, option.group)
    yield from (name for name, _text in asked.templates)
    yield from (rule.message for rule in asked.rules if rule.words is None)
    for column in asked.row_fields:
        yield from _texts_of_field(column)
