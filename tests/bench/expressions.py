"""What a condition and a decision table cost in process.

    .venv/bin/python -m tests.bench.expressions

Beside each figure stands the most that it may take, and the same question asked of plain Python
values: how far the language is from the least that it could cost. Processor time, the best of
several rounds: other work of the machine is not the language's.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.decisions import read_decisions
from engine.feel import BUSINESS_ZONE, EvaluationContext, compile_expression

CONDITION_LIMIT = 3.0
TABLE_LIMIT = 60.0
RULES = 20
_ROUNDS = 15
_CONTEXT = EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE))


@dataclass(frozen=True)
class Cost:
    """In microseconds."""

    asked: str
    each: float
    most: float
    bare: float


def costs() -> Iterator[Cost]:
    """Three conditions as processes have them, and a table that must look at every rule."""
    yield _condition("income > 5", {"income": 6}, lambda v: v["income"] > 5)
    yield _condition(
        'decision = "agree"', {"decision": "agree"}, lambda v: v["decision"] == "agree"
    )
    yield _condition(
        'level = "county" and amount >= 2000',
        {"level": "county", "amount": 3000},
        lambda v: v["level"] == "county" and v["amount"] >= 2000,
    )
    model = read_decisions(_table().encode(), "table.dmn")
    values = {"x": 1850, "kind": "k4"}
    plain = [(100 * number, f"k{number % 5}", number) for number in range(1, RULES + 1)]
    yield Cost(
        f"table of {RULES} rules, UNIQUE",
        _best(lambda: model.evaluate("d", values, _CONTEXT), 300),
        TABLE_LIMIT,
        _best(
            lambda: [n for most, kind, n in plain if values["x"] < most and values["kind"] == kind],
            3_000,
        ),
    )


def _condition(text: str, values: dict[str, object], bare: Callable[[dict], object]) -> Cost:
    compiled = compile_expression(text, values)
    assert compiled.evaluate(values, _CONTEXT).value is True
    each = _best(lambda: compiled.evaluate(values, _CONTEXT), 2_000)
    return Cost(text, each, CONDITION_LIMIT, _best(lambda: bare(values), 20_000))


def _table() -> str:
    rules = "".join(
        f"<rule><inputEntry><text>&lt; {100 * number}</text></inputEntry>"
        f'<inputEntry><text>"k{number % 5}"</text></inputEntry>'
        f"<outputEntry><text>{number}</text></outputEntry></rule>"
        for number in range(1, RULES + 1)
    )
    asked = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in (("x", "number"), ("kind", "string"))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" id="f">'
        '<decision id="d" name="d"><decisionTable hitPolicy="UNIQUE">'
        f'{asked}<output name="a"/>{rules}</decisionTable></decision></definitions>'
    )


def _best(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - began) / times)
    return best * 1_000_000


def main() -> None:
    """Print the table."""
    print("| asked | µs | at most | plain Python |")
    print("|---|---|---|---|")
    for one in costs():
        print(f"| {one.asked} | {one.each:.2f} | {one.most:.0f} | {one.bare:.2f} |")


if __name__ == "__main__":
    main()
