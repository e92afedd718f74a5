"""Files of ours with wounds, and texts that a grammar makes: the targets of tests/fuzz in every run.

Derandomized and few: the same inputs on every machine. What looks further is `make fuzz`.
"""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutation import EXPRESSIONS, MUTATORS
from tests.fuzz.targets import TARGETS
from tests.fuzz.workbooks import mutate_zip

FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TEXTS = st.sampled_from(EXPRESSIONS) | st.text(max_size=20)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_a_wounded_file(name: str) -> None:
    target = TARGETS[name]
    seeds = list(target.seeds())
    mutate = {**MUTATORS, "zip": mutate_zip}[target.shape]

    @FEW
    @given(st.integers(0, len(seeds) - 1), st.integers(0, 2**32))
    def wounded(which: int, seed: int) -> None:
        content = mutate(seeds[which], random.Random(seed))
        if content is not None:
            target(content)

    wounded()


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_any_bytes(name: str) -> None:
    @FEW
    @given(st.binary(max_size=200))
    def taken(content: bytes) -> None:
        TARGETS[name](content)

    taken()


@FEW
@given(st.lists(st.dictionaries(st.sampled_from(["id", "key", "type", "label", "values", "properties", "validate", "conditional", "expression", "components"]), VALUES | st.sampled_from(["textfield", "number", "select", "radio", "group", "dynamiclist", "expression", "filepicker", "datetime"]), max_size=8), max_size=4))  # fmt: skip
def test_a_form_of_anything(components: list[dict[str, object]]) -> None:
    content = json.dumps({"id": "f", "type": "default", "components": components})
    TARGETS["form"](content.encode())


@FEW
@given(st.integers(0, 255), VALUES | st.dictionaries(TEXTS, VALUES, max_size=6))
def test_answers_of_anything(form: int, data: object) -> None:
    TARGETS["answers"](bytes([form]) + json.dumps(data).encode())


CELLS = st.sampled_from(
    ["-", "", "1", "< 2", "[1..3]", ")1..3(", "not(1)", '"a"', "null", "?", "? > a", "b[1]", "9**9", "((", "a.b.c",
     'function(x) x', "for i in 1..3 return i", "f(?)", "date(\"2026-01-01\")"]
)  # fmt: skip
POLICIES = st.sampled_from(
    ["UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT", "NONSENSE", ""]
)


@FEW
@given(POLICIES, st.sampled_from(["", "SUM", "MIN", "MAX", "COUNT", "X"]), CELLS, st.lists(st.tuples(CELLS, CELLS), max_size=5))  # fmt: skip
def test_a_table_of_anything(
    policy: str, aggregation: str, asked: str, rules: list[tuple[str, str]]
) -> None:
    def text(name: str, content: str) -> str:
        shown = content.replace("&", "&amp;").replace("<", "&lt;")
        return f"<{name}><text>{shown}</text></{name}>"

    rows = "".join(
        f"<rule>{text('inputEntry', cell)}{text('outputEntry', answer)}</rule>"
        for cell, answer in rules
    )
    TARGETS["dmn"](
        (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" name="t" id="t">'
            f'<decision id="d" name="d"><decisionTable hitPolicy="{policy}" aggregation="{aggregation}">'
            f'<input>{text("inputExpression", asked)}</input><output name="o"/>{rows}'
            "</decisionTable></decision></definitions>"
        ).encode()
    )
