"""Diagrams as the page draws them, with the same in words for those who see no drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.model.definitions import ElementKind
from engine.runtime import Program
from webapp.shared.english import said_by
from webapp.shared.language import _

_SHOWN_KINDS = frozenset({ElementKind.USER_TASK, ElementKind.CALL_ACTIVITY})


@dataclass(frozen=True)
class ShownDiagram:
    """One drawing. ``counts`` are texts like ``review=12`` for the numbers on its steps.

    ``added``, ``changed`` and ``removed`` are its elements that another version has not, or
    otherwise.
    """

    name: str
    xml_url: str
    active: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepState:
    """One step of a process: active, passed or waiting."""

    name: str
    state: str
    words: str


def step_states(
    program: Program,
    process_key: str,
    active: Sequence[str],
    passed: Sequence[str],
    counts: Mapping[str, int],
) -> tuple[StepState, ...]:
    """The steps people do, in the order of the file, with where the case is.

    ``counts``: how many of a repeated step are open.
    """
    words: Mapping[str, str] = {
        "active": _("正在办理"),
        "passed": _("已经过"),
        "waiting": _("未到"),
    }
    found = []
    known = process_key in program.processes  # a called process of an earlier version is not
    for element in program.elements(process_key) if known else ():
        if element.kind in _SHOWN_KINDS:
            state = "passed" if element.id in passed else "waiting"
            state = "active" if element.id in active else state
            told = words[state]
            if element.id in counts:
                told = _("%(state)s %(n)s 项", state=told, n=counts[element.id])
            found.append(StepState(said_by(program, element.name) or element.id, state, told))
    return tuple(found)
