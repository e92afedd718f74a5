"""What is fuzzed: each target takes any bytes and must come back in time, whatever they are.

A target raises where the code breaks its word: an exception that is no refusal, a check that failed
inside, a value that JSON cannot hold, more processor time than `MOST_SECONDS`.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson

from engine.decisions import DecisionProblem, read_decisions
from engine.definitions import Known, check_bundle
from engine.definitions.folder import folder_source
from engine.definitions.scenarios import ScenarioFault, read_scenario, run_scenarios
from engine.documents import Facts, compile_document, compose
from engine.feel import (
    BUSINESS_ZONE,
    EvaluationContext,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
)
from engine.forms import CompiledForm, compile_form, find_row_action
from engine.model.definitions import Bundle, SourceFile
from engine.model.organisations import Role
from tests.fuzz import workbooks

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 5.0
"""Of processor time: the promise that is made for every file and expression."""

CONTEXT = EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE), steps=50_000)
VARIABLES: dict[str, object] = {
    "a": 5,
    "b": [1, 2.5, None, "x"],
    "工会": {"名称": "模拟一厂工会", "人数": 12},
    "members": [{"name": "张模拟", "income": 1200, "days": "P5D"}, {"name": "李模拟"}],
    "on": "2026-11-16",
    "id_no": "350602199001019907",
}
KNOWN = Known(roles={"officer": Role("officer", "经办人", "Officer", ("grassroots",), "area")})


@dataclass(frozen=True)
class Target:
    """Something that takes bytes; ``seeds`` are files that are in order, or nearly so."""

    name: str
    run: Callable[[bytes], None]
    shape: str
    """How its inputs are changed: as ``xml``, ``json``, ``text`` or ``zip``."""
    seeds: Callable[[], Iterable[bytes]]

    def __call__(self, content: bytes) -> None:
        """Run it; raises AssertionError where it took too long."""
        begun = time.process_time()
        self.run(content)
        taken = time.process_time() - begun
        assert taken < MOST_SECONDS, f"{self.name} took {taken:.1f} s"


def feel(content: bytes) -> None:
    """An expression or, after a leading ``?``, a cell of a table."""
    text = content.decode("utf-8", "surrogateescape")
    try:
        if text.startswith("?"):
            tests = compile_unary_tests(text[1:], VARIABLES)
            evaluation = tests.evaluate(VARIABLES["a"], VARIABLES, CONTEXT)
        else:
            evaluation = compile_expression(text, VARIABLES).evaluate(VARIABLES, CONTEXT)
    except FeelSyntaxError as error:
        _must(bool(error.message) and error.line >= 1 and error.column >= 1, repr(error))
        return
    assert isinstance(evaluation.problems, tuple)
    _must_be_json(evaluation.value)


def decision_file(content: bytes) -> None:
    """A decision file, and every decision of it."""
    try:
        model = read_decisions(content, "x.dmn")
    except DecisionProblem as problem:
        _must(bool(problem.message), "a problem without words")
        return
    for decision in list(model.decisions)[:8]:
        outcome = model.evaluate(decision, VARIABLES, CONTEXT)
        _must_be_json(outcome.value)
        for hit in outcome.hits:
            _must_be_json([hit.inputs, hit.outputs])


def process_file(content: bytes) -> None:
    """A process file through the gate."""
    _through_the_gate("x.bpmn", content)


def form_file(content: bytes) -> None:
    """A form definition, drawn and answered."""
    form = compile_form(content, "x.form")
    assert all(finding.message for finding in form.findings)
    if form.has_errors:
        return
    _must_be_json(form.schema)
    _answered(form, {})
    _answered(form, VARIABLES)


def answers(content: bytes) -> None:
    """What somebody sends for one of our forms: the first byte says which."""
    forms = _our_forms()
    form = forms[content[0] % len(forms)] if content else forms[0]
    try:
        data = orjson.loads(content[1:])
    except orjson.JSONDecodeError:
        post: dict[str, list[str]] = {}
        for line in content[1:].decode("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            post.setdefault(name, []).append(value)
        data = form.read_post(post)
        action = find_row_action(post)
        if action is not None:
            form.paste_faults(data, action)
            data = form.apply_row_action(data, action)
    _answered(form, data)


def document_file(content: bytes) -> None:
    """A paper's template, filled in."""
    document = compile_document(content, "x.document")
    assert all(finding.message for finding in document.findings)
    if not document.has_errors:
        compose(document, Facts(VARIABLES, {}, (), CONTEXT))


def scenario_file(content: bytes) -> None:
    """A scenario, played on a process of ours."""
    try:
        scenario = read_scenario(content, "x")
    except ScenarioFault as fault:
        _must(bool(fault.message), "a fault without words")
        return
    report = run_scenarios(_our_process(), [scenario])
    # one sentence that names where; the name of an exception in it would be a fault of ours
    assert "场景没有跑完" not in report.results[0].message, report.results[0].message


def _through_the_gate(name: str, content: bytes) -> None:
    findings = check_bundle(Bundle((SourceFile(name, content),)), KNOWN)
    failed = [f for f in findings if f.code in {"check-failed", "file-unreadable"}]
    assert not failed, failed
    assert all(finding.message for finding in findings)


def _answered(form: CompiledForm, data: object) -> None:
    validation = form.validate(data, VARIABLES, CONTEXT)
    _must_be_json(validation.variables)
    for error in validation.errors:
        assert error.message
    if isinstance(data, dict):
        form.mask(data)
        form.visible(data, VARIABLES, CONTEXT)
        form.reopened(data, VARIABLES, CONTEXT)
        form.doubts(data, VARIABLES, CONTEXT)
        form.files(data)
        form.derived(data, CONTEXT.now.date())
    form.initial(VARIABLES, CONTEXT)


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _must_be_json(value: object) -> None:
    try:
        orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        # half a character cannot be sent anywhere, nor does any browser or file hold one
        if "surrogate" not in str(error):
            raise


@lru_cache
def _our_forms() -> tuple[CompiledForm, ...]:
    paths = sorted((ROOT / "forms").rglob("*.form"))
    return tuple(compile_form(path.read_bytes(), path.name) for path in paths)


@lru_cache
def _our_process() -> object:
    return folder_source(ROOT / "processes", ROOT / "forms", "example_request")


def _files(*patterns: str) -> Callable[[], list[bytes]]:
    return lambda: [
        path.read_bytes()
        for pattern in patterns
        for path in sorted(ROOT.glob(pattern))
        if path.stat().st_size < 40_000
    ]


def _expressions() -> list[bytes]:
    """Every expression that stands in a file of ours, and what the tests attack with."""
    found: dict[str, None] = {}
    for path in sorted(ROOT.glob("tests/unit/feel/*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            for quote in ("'", '"'):
                found.update(dict.fromkeys(part for part in line.split(quote) if "(" in part))
    for path in sorted((ROOT / "processes").rglob("*.bpmn")):
        for part in path.read_text(encoding="utf-8").split('"'):
            if part.startswith("="):
                found[part[1:].replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"')] = (
                    None
                )
    return [text.encode() for text in found]


def _some_answers() -> list[bytes]:
    """For every form: each field with a text, as JSON and as a browser sends it."""
    found = []
    for number, form in enumerate(_our_forms()):
        first = bytes([number])
        found.append(first + orjson.dumps(dict.fromkeys(form.fields, "1")))
        lines = [f"{key}=1" for key in form.fields]
        lists = [key for key, field in form.fields.items() if field.row_fields]
        lines += [
            f"{key}.0.{column.key}=1" for key in lists for column in form.fields[key].row_fields
        ]
        for key in lists:
            found.append(
                first + "\n".join([*lines, f"_paste={key}", f"_pasted.{key}=a\tb"]).encode()
            )
            found.append(first + "\n".join([*lines, f"_add={key}"]).encode())
        found.append(first + "\n".join(lines).encode())
    return found


TARGETS = {
    target.name: target
    for target in (
        Target("feel", feel, "text", _expressions),
        Target("dmn", decision_file, "xml", _files("processes/*/*.dmn", "tests/**/*.dmn")),
        Target(
            "bpmn",
            process_file,
            "xml",
            _files("tests/unit/definitions/*/*.bpmn", "tests/unit/runtime/*.bpmn"),
        ),
        Target("form", form_file, "json", _files("forms/*/*.form", "tests/**/*.form")),
        Target("answers", answers, "text", _some_answers),
        Target("document", document_file, "text", _files("processes/*/documents/*.document")),
        Target(
            "scenario", scenario_file, "text", _files("processes/example_request/scenarios/*.toml")
        ),
        Target("workbook", workbooks.workbook, "zip", workbooks.seeds),
    )
}
