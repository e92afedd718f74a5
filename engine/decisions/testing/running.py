"""Running test files against the decision files that they name."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from engine.decisions.findings import DecisionProblem
from engine.decisions.graph_reader import read_decisions
from engine.decisions.model import DecisionModel
from engine.decisions.testing.case_file import (
    ExpectedNode,
    TestCase,
    Untyped,
    plain,
    read_test_file,
)
from engine.feel.context import EvaluationContext
from engine.feel.convert import to_json
from engine.feel.decimals import plain_text
from engine.feel.run import Run
from engine.feel.values import FeelFunction, equal

Verdict = Literal["pass", "fail", "error"]

# The TCK's files cut numbers after eight digits or so.
_TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True)
class CaseResult:
    """What came of one expected value. `expected` and `got` can be written as JSON.

    `reasons` are the sentences why something became null on the way, or why there is an error.
    """

    file: str
    case: str
    node: str
    verdict: Verdict
    expected: object
    got: object
    reasons: tuple[str, ...] = ()


def run_folder(folder: Path, context: EvaluationContext) -> Iterator[CaseResult]:
    """Run every test file below a folder, in the order of their paths.

    Whatever is wrong with a file is a result that says so.
    """
    models = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.dmn"))
        if path.is_file()
    }
    for path in sorted(folder.rglob("*.xml")):
        if path.is_file():
            yield from _run_file(path.relative_to(folder), path.read_bytes(), models, context)


def _run_file(
    path: Path, content: bytes, models: Mapping[str, bytes], context: EvaluationContext
) -> Iterator[CaseResult]:
    name = path.as_posix()
    try:
        test_file = read_test_file(content, name)
    except DecisionProblem as problem:
        yield CaseResult(name, "", "", "error", None, None, (problem.message,))
        return
    if test_file is None:
        return
    tested = posixpath.normpath((path.parent / test_file.model_name).as_posix())
    model: DecisionModel | None = None
    fault = f"没有找到决策文件“{tested}”"
    if tested in models:
        try:
            model = read_decisions(models[tested], tested, models)
        except DecisionProblem as problem:
            fault = problem.message
    for case in test_file.cases:
        for expected in case.expected:
            if model is None:
                shown = _shown(plain(expected.value), Run(context))
                yield CaseResult(name, case.id, expected.name, "error", shown, None, (fault,))
            else:
                yield _run_node(name, model, case, expected, context)


def _run_node(
    file: str,
    model: DecisionModel,
    case: TestCase,
    expected: ExpectedNode,
    context: EvaluationContext,
) -> CaseResult:
    run = Run(context)
    wanted = _shown(plain(expected.value), run)
    if expected.unreadable:
        why = f"期望值不能读取:{expected.unreadable}"
        return CaseResult(file, case.id, expected.name, "error", wanted, None, (why,))
    try:
        value, reasons = model.ask_by_name(case.invoked or expected.name, case.inputs, context)
    except DecisionProblem as problem:
        return CaseResult(file, case.id, expected.name, "error", wanted, None, (problem.message,))
    if case.invoked and isinstance(value, dict) and expected.name in value:
        value = value[expected.name]  # one of several decisions that a service gives
    verdict: Verdict = "pass" if _is_same(expected.value, value, run) else "fail"
    got = _shown(value, run)
    return CaseResult(file, case.id, expected.name, verdict, wanted, got, reasons)


def _is_same(expected: object, got: object, run: Run) -> bool:
    if isinstance(expected, Untyped):
        return got == expected.text if isinstance(got, str) else _is_same(plain(expected), got, run)
    if isinstance(expected, Decimal) and isinstance(got, Decimal):
        return abs(expected - got) <= _TOLERANCE * max(abs(expected), abs(got))
    if isinstance(expected, list) and isinstance(got, list):
        return len(expected) == len(got) and all(
            _is_same(one, other, run) for one, other in zip(expected, got, strict=True)
        )
    if isinstance(expected, dict) and isinstance(got, dict):
        return expected.keys() == got.keys() and all(
            _is_same(value, got[name], run) for name, value in expected.items()
        )
    return equal(expected, got, run) is True


def _shown(value: object, run: Run) -> object:
    """Give a value as JSON holds it; a number that JSON cannot hold exactly is its text."""
    if isinstance(value, FeelFunction):
        return "function"
    if isinstance(value, Decimal):
        return plain_text(value)
    if isinstance(value, list):
        return [_shown(item, run) for item in value]
    if isinstance(value, dict):
        return {name: _shown(item, run) for name, item in value.items()}
    return to_json(value, run)
