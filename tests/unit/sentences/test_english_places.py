"""In the places where English was thin nothing Chinese is left in an English answer."""

import re
from datetime import datetime
from pathlib import Path

import orjson
import pytest
from lxml import etree

from engine.definitions.scenarios import ScenarioFault, read_scenario, run_scenarios
from engine.errors import Invalid
from engine.feel import BUSINESS_ZONE, EvaluationContext, compile_expression
from engine.forms import compile_form
from engine.model.deadlines import Deadline
from engine.model.definitions import DefinitionSource
from engine.runtime import ProgramRefused, compile_program
from engine.sentences import in_english
from tests.unit.runtime.kit import end, ext, line, node, process, props, source_of, start, user, z

ROOT = Path(__file__).parents[3]
HAN = re.compile("[\u3400-\u9fff]")
CONTEXT = EvaluationContext(now=datetime(2026, 11, 16, 10, tzinfo=BUSINESS_ZONE))


def nothing_chinese(chinese: str) -> None:
    assert HAN.search(chinese), chinese
    assert not HAN.search(in_english(chinese)), (chinese, in_english(chinese))


EXPRESSIONS = (
    "missing + 1", "1 + true", "1 < null", '"a" - 1', "1 / 0", "9**9**9", "[1,2][9]", "[][1]", "{a: 1}.b",
    "5.b", "not(1)", "if 1 then 2 else 3", "sum(1, 2, true)", "min([1, \"a\"])", "substring(1, 2)",
    "for x in null return x", "for x in 1..null return x", "some x in [1] satisfies 3", "max(1, null)",
    "date(2026, 2, 30)", "working days(today(), -1)", "age(\"x\")", "parameter(\"x\")", "abs(\"x\")", "foo(1)",
    "abs(1, 2)", "abs(m: 1)", "number(\"x\")", "matches(\"a\", \"(\")", "matches(\"a\", \"(?=a)\")", "null()",
    "[1..\"a\"]", "range(\"x\")", "1 in (2..true)", "string join([1])", "sqrt(-1)", "log(0)", "context([1])",
    "time(\"25:00:00\")", "now() - date and time(\"2026-01-01T00:00:00\")", "-true", "@\"2026-13-01\"",
    "(function(a) a)(1, 2)", "(function(a: number) a)(\"x\")", "date(\"x\") + 1", "[1, 2][\"a\"]",
    "before(1, \"a\")", "split(\"a\", \"\")", "list replace([1], 3, 1)", "median([1, \"a\"])", "sort([1], 3)",
    "partition([1], -1)", "{a: 1, a: 2}", "decimal(1, 1e9)", "replace(\"a\", \"a\", \"$\")", "day of week(1)",
)  # fmt: skip


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_why_an_expression_is_null(text: str) -> None:
    for problem in compile_expression(text).evaluate({}, CONTEXT).problems:
        nothing_chinese(problem)


@pytest.mark.parametrize("text", ["5", "5wd5", "0d", "99999h", "", "P5D"])
def test_a_deadline_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        Deadline.parse(text)
    nothing_chinese(refused.value.message)


FIELDS = (
    {"type": "number", "validate": {"required": True, "min": 3}, "properties": {"example": "1"}},
    {"type": "textfield", "validate": {"required": True, "pattern": "[a-z]+"}, "properties": {"example": "1"}},
    {"type": "textfield", "properties": {"format": "mobile", "example": "1"}},
    {"type": "textfield", "properties": {"format": "cn-id", "example": "350602199001019900"}},
    {"type": "textfield", "properties": {"format": "uscc", "example": "x"}},
    {"type": "textfield", "properties": {"format": "bank-account", "example": "x"}},
    {"type": "textfield", "properties": {"format": "name", "example": "x"}},
    {"type": "textfield", "properties": {"format": "phone", "example": "x"}},
)  # fmt: skip


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_a_form_whose_example_it_refuses_itself(field: dict[str, object]) -> None:
    named = {"id": "F1", "key": "asked", "label": "Asked", **field}
    content = {"id": "f", "type": "default", "schemaVersion": 16, "components": [named]}
    form = compile_form(orjson.dumps(content), "f.form")
    assert form.findings
    for finding in form.findings:
        assert not HAN.search(finding.told("en")), finding.told("en")
    for answers in (
        {},
        {"asked": 1},
        {"asked": "?"},
        {"asked": []},
        {"other": 1},
        {"asked": "1" * 900},
    ):
        for error in form.validate(answers, {}, CONTEXT).errors:
            nothing_chinese(error.message)


PLAYED = (
    'title = "a"\n[[steps]]\ndo = "nothing"\n',
    'title = "a"\n[[steps]]\nmessage = "gone"\nkey = "x"\n',
    'title = "a"\n[[steps]]\nexpect = {ended = true}\n',
    'title = "a"\n[[steps]]\nexpect = {variables = {amount = 5}}\n',
    'title = "a"\n[[steps]]\nuntil = 1990-01-01T00:00:00\n',
    'title = "a"\n[[steps]]\nuntil = 3990-01-01T00:00:00\n',
    'title = "a"\n[[steps]]\npass = "x"\n',
    'title = "a"\n[[steps]]\ndo = "fill_in"\nrefused = "validation"\n',
    'title = "a"\n[[steps]]\ndo = "fill_in"\nitem = -1\n',
    'title = "a"\n[[steps]]\ndo = "fill_in"\nlevel = "moon"\n',
    'title = "a"\n[[steps]]\nhop = 1\n',
    'title = "a"\nodd = 1\n',
    'title = "a"\nsteps = 1\n',
    "steps = []\n",
    'title = "a"\nnow = 1\n',
    'title = "a"\n[data]\namount = "x"\n',
    'title = "a"\n[operations]\nx = 1\n',
    "title = ",
    'title = "a"\nworld = 5\n',
)


@pytest.mark.parametrize("text", PLAYED)
def test_a_scenario_that_does_not_go_as_written(text: str) -> None:
    try:
        scenario = read_scenario(text.encode(), "x")
    except ScenarioFault as fault:
        nothing_chinese(fault.message)
        return
    (result,) = run_scenarios(plain_process(), [scenario]).results
    assert not result.passed
    nothing_chinese(result.message)


def plain_process() -> DefinitionSource:
    """A process of one step with a form, without a Chinese name."""
    fields = [{"type": "number", "id": "F1", "key": "amount", "label": "Amount"}]
    form = {"id": "ask", "type": "default", "schemaVersion": 16, "components": fields}
    body = start() + user("fill_in", z("formDefinition", formId="ask"), name="Fill in") + end()
    rights = ext(props(role="officer", level="grassroots"))
    lane = node("lane", "l1", f"{rights}<bpmn:flowNodeRef>fill_in</bpmn:flowNodeRef>")
    own = ext(props(startRole="officer", startLevel="grassroots")) + node("laneSet", "ls", lane)
    content = process(body + line("S", "fill_in", "E"), key="plain", own=own)
    return source_of(content, key="plain", forms={"ask": orjson.dumps(form)})


BROKEN = sorted((ROOT / "tests/unit/definitions").rglob("*.bpmn"))


@pytest.mark.parametrize("path", BROKEN[::3], ids=lambda path: path.stem)
def test_what_the_engine_does_not_run(path: Path) -> None:
    content = re.sub("[\u3400-\u9fff]", "x", path.read_text("utf-8")).encode()
    drawn = next(etree.fromstring(content).iter("{*}process"), None)
    key = "none" if drawn is None else drawn.get("id")
    try:
        compile_program(source_of(content, key=key))
    except ProgramRefused as refused:
        for finding in refused.findings:
            assert not HAN.search(finding.told("en")), finding.told("en")
