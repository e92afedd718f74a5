"""What the scenarios of a process have shown, as the designer's pages say it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.model.scenarios import ScenarioLine, ScenarioRecord
from engine.runtime import Program
from webapp.shared.english import said_by
from webapp.shared.language import spoken


@dataclass(frozen=True)
class Missed:
    """An element or a flow that no scenario has gone through; ``name`` empty for most flows."""

    id: str
    name: str


@dataclass(frozen=True)
class ShownScenarios:
    """The scenarios of one process in figures, and what they leave out."""

    process: str
    passed: int
    lines: tuple[ScenarioLine, ...]
    elements: str
    flows: str
    missed: tuple[Missed, ...]

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.missed


def shown_scenarios(
    record: ScenarioRecord, process: str = "", names: Mapping[str, str] | None = None
) -> ShownScenarios:
    """A record in words; ``names`` of elements by id, where they are known."""
    known = names or {}
    return ShownScenarios(
        process or record.process,
        record.passed,
        tuple(replace(line, message=spoken(line.message)) for line in record.lines),
        f"{record.elements_covered}/{record.elements}",
        f"{record.flows_covered}/{record.flows}",
        tuple(Missed(one, known.get(one, "")) for one in record.missed),
    )


def names_in(program: Program) -> Mapping[str, str]:
    """The names of a process's own elements by id."""
    return {element.id: said_by(program, element.name) for element in program.elements(program.key)}
