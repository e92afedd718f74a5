"""Fields that only some of those who see a case may read (our ``compartment``)."""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy

from engine.forms.components import Field
from engine.forms.masking import SEALED
from engine.forms.paths import MISSING, get_at, set_at


def closed_over(
    fields: Iterable[Field], data: Mapping[str, object], closed: Collection[str]
) -> dict[str, object]:
    """The answers with 已密封 in the place of what lies in a closed compartment."""
    shown: dict[str, object] = deepcopy(dict(data))
    for asked in fields:
        if asked.compartment in closed and get_at(data, asked.path) is not MISSING:
            set_at(shown, asked.path, SEALED)
    return shown


def without(
    fields: Iterable[Field], data: Mapping[str, object], closed: Collection[str]
) -> dict[str, object]:
    """The answers, or variables of these names, without what lies in a closed compartment."""
    left: dict[str, object] = dict(data)
    for asked in fields:
        if asked.compartment in closed:
            left.pop(asked.path[0], None)
    return left
