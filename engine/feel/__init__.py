"""FEEL, the one expression language of processes, forms and decisions (OMG DMN 1.5, chapter 10).

    expression = compile_expression("amount > 5 and status = \"open\"")
    expression.evaluate({"amount": 6, "status": "open"}, EvaluationContext(now=clock.now())).value
    # True

An evaluation never raises: what has no value is null, with its reason in `problems`. It reads no
clock and no file; the business time and the calendar come with the context, and its work is
counted and bounded.
"""

from engine.feel.context import BUSINESS_ZONE, EvaluationContext, Host
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import (
    Evaluation,
    Expression,
    Literal,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    value_or_expression,
)
from engine.feel.facts import Facts
from engine.feel.functions import FUNCTIONS, OUR_FUNCTIONS, BuiltinFunction

__all__ = [
    "BUSINESS_ZONE",
    "FUNCTIONS",
    "OUR_FUNCTIONS",
    "BuiltinFunction",
    "Evaluation",
    "EvaluationContext",
    "Expression",
    "Facts",
    "FeelSyntaxError",
    "Host",
    "Literal",
    "UnaryTests",
    "compile_expression",
    "compile_unary_tests",
    "value_or_expression",
]
