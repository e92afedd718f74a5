"""A form with one of everything, and a moment to judge it at."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.feel import EvaluationContext
from engine.forms import CompiledForm, compile_form

HERE = Path(__file__).parent


@pytest.fixture
def context() -> EvaluationContext:
    return EvaluationContext(now=datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def application() -> CompiledForm:
    """困难职工建档申请, shortened: tabs, a table, conditions, papers."""
    return compile_form((HERE / "application.form").read_bytes(), "application.form")


@pytest.fixture(scope="session")
def review() -> CompiledForm:
    """A decision with a reason and a generated place to return to."""
    return compile_form((HERE / "review.form").read_bytes(), "review.form")


Compile = Callable[..., CompiledForm]


@pytest.fixture(scope="session")
def compiled() -> Compile:
    """A form of these components."""

    def build(*components: dict[str, object], **root: object) -> CompiledForm:
        form = {"type": "default", "id": "f", "components": list(components), **root}
        return compile_form(json.dumps(form).encode(), "f.form")

    return build


ANSWERS: dict[str, object] = {
    "applicant_name": "张模拟",
    "sex": "female",
    "id_no": "350602199001019907",
    "mobile": "13800000000",
    "address": {"city": "漳州市", "street": "模拟路 1 号 3 栋 502 室"},
    "job": "employed",
    "employer": "模拟纺织厂",
    "joined_on": "2015-03-01",
    "wage": 2350.5,
    "needs": ["living", "medical"],
    "has_car": "no",
    "members": [
        {"name": "李模拟", "relation": "spouse", "income": 1200, "lives_here": True},
        {"name": "张小模", "relation": "child", "school": "模拟小学", "lives_here": False},
    ],
    "story": "因病。\n第二行",
    "bank_account": "6217000000000000004",
    "id_scan": "file_1",
    "photos": ["file_2", "file_3"],
    "declared": True,
}


@pytest.fixture
def answers() -> dict[str, object]:
    """Everything filled in, and right."""
    return json.loads(json.dumps(ANSWERS))
