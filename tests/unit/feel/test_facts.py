"""Facts answer as plain variables do, however often and beside whatever row they are read."""

from engine.feel import EvaluationContext, Facts, compile_expression

LINES = [{"month": "2026-01", "amount": 0.1}, {"month": "2026-02", "amount": 0.2}]
TEXTS = (
    "sum(lines.amount)",
    "lines[amount > 0.1].month",
    "if amount = null then count(lines) else amount + sum(lines.amount)",
    "amount",
    "unknown",
)


def test_the_same_as_plain_variables_at_every_reading(context: EvaluationContext) -> None:
    plain = {"lines": LINES, "amount": None}
    facts = Facts(plain)
    for _ in range(2):
        for text in TEXTS:
            expression = compile_expression(text)
            assert expression.evaluate(facts, context) == expression.evaluate(plain, context)


def test_a_row_lies_over_them(context: EvaluationContext) -> None:
    facts = Facts({"lines": LINES, "amount": 5})
    for text in TEXTS:
        expression = compile_expression(text)
        assert expression.evaluate(facts, context).value is not None or text == "unknown"
    for amount in (1, 2, None):
        row = facts.with_row({"amount": amount})
        merged = {**facts, "amount": amount}
        for text in TEXTS:
            expression = compile_expression(text)
            assert expression.evaluate(row, context) == expression.evaluate(merged, context)


def test_what_is_set_anew_is_read_anew(context: EvaluationContext) -> None:
    facts = Facts({"lines": LINES})
    total = compile_expression("sum(lines.amount)")
    assert total.evaluate(facts, context).value == 0.3
    facts["lines"] = [*LINES, {"amount": 1}]
    assert total.evaluate(facts, context).value == 1.3
