"""Scenarios: one case told step by step, and what must then be true (docs/scenarios.md).

``reading`` reads the TOML files, ``playing`` plays one on the runtime without a database,
``expecting`` compares, ``report`` adds up what passed and what no scenario has gone through.
"""

from engine.definitions.scenarios.reading import (
    Scenario,
    ScenarioFault,
    read_scenario,
    read_scenarios,
)
from engine.definitions.scenarios.report import (
    Coverage,
    ScenarioReport,
    ScenarioResult,
    run_folder,
    run_scenarios,
)

__all__ = [
    "Coverage",
    "Scenario",
    "ScenarioFault",
    "ScenarioReport",
    "ScenarioResult",
    "read_scenario",
    "read_scenarios",
    "run_folder",
    "run_scenarios",
]
