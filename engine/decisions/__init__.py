"""Decisions: DMN 1.2 to 1.5 files read, evaluated and explained (OMG DMN, chapters 6 to 8 and 10).

    model = read_decisions(content, "category.dmn")
    model.problems                   # what a designer must mend before it can be deployed
    outcome = model.evaluate("category", case_variables, context)
    outcome.value, outcome.hits      # the answer, and the rules that gave it

Run: decision tables with every hit policy, all boxed expressions, decisions that need others,
knowledge models, decision services, imports of other decision files. Refused with a finding:
external functions (Java, PMML), imported values, other expression languages.
"""

from engine.decisions.findings import DecisionFinding, DecisionProblem
from engine.decisions.graph_reader import read_decisions
from engine.decisions.imports import with_imported
from engine.decisions.model import Decision, DecisionModel
from engine.decisions.outcome import DecisionOutcome, RuleHit

__all__ = [
    "Decision",
    "DecisionFinding",
    "DecisionModel",
    "DecisionOutcome",
    "DecisionProblem",
    "RuleHit",
    "read_decisions",
    "with_imported",
]
