"""Scenarios: one case told step by step, and what must then be true (docs/scenarios.md).

``reading`` reads the TOML files, ``playing`` plays one on the runtime without a database,
``expecting`` compares, ``report`` adds up what passed and what no scenario has gone through,
``bundled`` plays those that come with files to be deployed.
"""

from engine.definitions.scenarios.bundled import Play, Played, play_bundle
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
    "Play",
    "Played",
    "Scenario",
    "ScenarioFault",
    "ScenarioReport",
    "ScenarioResult",
    "play_bundle",
    "read_scenario",
    "read_scenarios",
    "run_folder",
    "run_scenarios",
]
