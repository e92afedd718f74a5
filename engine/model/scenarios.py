"""What the scenarios of a process have shown: kept with the version that they were played on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FOLDER = "scenarios"
"""The folder of a process with its scenarios; ``data`` in it holds what several share."""


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario; ``message`` says where it did not go as written."""

    name: str
    title: str
    passed: bool
    message: str = ""


@dataclass(frozen=True)
class ScenarioRecord:
    """All scenarios of a process, and how much of its drawing they have gone through.

    ``missed`` are the ids of elements, then of flows, that none of them reached.
    """

    process: str
    lines: tuple[ScenarioLine, ...]
    elements: int
    elements_covered: int
    flows: int
    flows_covered: int
    missed: tuple[str, ...] = ()

    @property
    def passed(self) -> int:
        """How many went as written."""
        return sum(line.passed for line in self.lines)

    def as_plain(self) -> dict[str, Any]:
        """The record as JSON holds it."""
        return asdict(self)

    def as_counts(self) -> dict[str, Any]:
        """The record in figures: what ``bangfu scenarios --json`` prints and the API answers."""
        return {
            "process": self.process,
            "scenarios": len(self.lines),
            "passed": self.passed,
            "elements": self.elements,
            "elements_covered": self.elements_covered,
            "flows": self.flows,
            "flows_covered": self.flows_covered,
            "missed": list(self.missed),
        }


def record_of(plain: Mapping[str, Any]) -> ScenarioRecord:
    """What :meth:`ScenarioRecord.as_plain` wrote."""
    lines = tuple(ScenarioLine(**line) for line in plain["lines"])
    return ScenarioRecord(**{**plain, "lines": lines, "missed": tuple(plain["missed"])})
