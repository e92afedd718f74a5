"""Decision files written in the test, and a business clock."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from engine.decisions import DecisionModel, read_decisions
from engine.feel import BUSINESS_ZONE, EvaluationContext

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def context() -> EvaluationContext:
    return EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE))


@pytest.fixture(scope="session")
def model_of() -> Callable[[str], DecisionModel]:
    """Read the inside of a definitions element."""

    def read(inside: str, version: str = "20191111") -> DecisionModel:
        scheme = "http" if version == "20180521" else "https"
        return read_decisions(
            f'<definitions xmlns="{scheme}://www.omg.org/spec/DMN/{version}/MODEL/" '
            f'namespace="test" id="file">{inside}</definitions>'.encode(),
            "test.dmn",
        )

    return read
