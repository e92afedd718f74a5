"""An evaluation on Monday 16 November 2026, ten o'clock in Zhangzhou."""

from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from engine.feel import BUSINESS_ZONE, Evaluation, EvaluationContext, compile_expression

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=BUSINESS_ZONE)

Evaluate = Callable[..., Evaluation]


@pytest.fixture(scope="session")
def context() -> EvaluationContext:
    return EvaluationContext(now=NOW)


@pytest.fixture(scope="session")
def evaluate(context: EvaluationContext) -> Evaluate:
    def evaluate_text(text: str, scope: Mapping[str, object] | None = None) -> Evaluation:
        variables = scope or {}
        return compile_expression(text, variables).evaluate(variables, context)

    return evaluate_text
