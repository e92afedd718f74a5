"""Decisions: DMN 1.2 to 1.5 files read, evaluated and explained (OMG DMN, chapters 6 to 8 and 10).

    model = read_decisions(content, "category.dmn")
    model.problems                   # what a designer must mend before it can be deployed
    outcome = model.evaluate("category", case_variables, context)
    outcome.value, outcome.hits      # the answer, and the rules that gave it

Run: decision tables with every hit policy, literal expressions, contexts, lists, relations,
functions and invocations, decisions that need others. Refused with a finding: imports, decision
services, external functions, other expression languages, boxed conditionals, filters and iterators
(FEEL has all of them as text).
"""

from engine.decisions.findings import DecisionFinding, DecisionProblem
from engine.decisions.graph_reader import read_decisions
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
]
