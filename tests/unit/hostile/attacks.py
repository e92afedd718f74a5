"""What is written into every place that takes an expression, and the places."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from engine.model.definitions import SourceFile
from tests.unit.runtime.kit import (
    boundary,
    end,
    ext,
    flow,
    io,
    line,
    many,
    message,
    node,
    process,
    props,
    receives,
    script,
    service,
    start,
    timer,
    user,
    z,
)

_DOUBLED = "{a0: [1, 1], " + ", ".join(f"a{i}: [a{i - 1}, a{i - 1}]" for i in range(1, 60)) + "}"
_LONG = '{a0: "xx", ' + ", ".join(f"a{i}: a{i - 1} + a{i - 1}" for i in range(1, 60)) + "}.a59"

ATTACKS: Mapping[str, str] = {
    # out of the sandbox
    "the classes of Python": "().__class__.__bases__[0].__subclasses__()",
    "the class of a text": '"".__class__.__mro__',
    "the globals of a function": "now.__globals__",
    "the class of the case": "case.__class__.__init__.__globals__",
    "the class by its name": 'get value(case, "__class__")',
    "an import": '__import__("os").system("id")',
    "a file": 'open("/etc/passwd").read()',
    "an eval": 'eval("1 + 1")',
    "a lambda": "lambda: 0",
    "a walrus": "(x := 5)",
    "a format": '"{0.__class__}".format(1)',
    "a template": "{{ 7 * 7 }}",
    "a shell": "`id`",
    "another language's expression": "${7*7}#{T(java.lang.Runtime)}",
    "a Java function": 'function(x) external {java: {class: "java.lang.Math", method signature: "abs(int)"}}',
    "a name of the engine": '{typename: "timedelta", seconds: "x"}',
    # numbers and dates
    "a power tower": "9**9**9",
    "a higher one": "9 ** 9 ** 9 ** 9",
    "a huge number": "1" + "0" * 7_000,
    "a huge exponent": "1e99999999",
    "no number": "0 / 0",
    "a far date": 'date("999999999-12-31") + duration("P999999999Y")',
    "a huge duration": 'duration("P999999999Y") * 1e6000',
    "a date out of the calendar": 'date and time("9999-12-31T23:59:59Z") + duration("P9000Y")',
    # time
    "loops within loops": "for a in 1..1000, b in 1..1000, c in 1..1000 return a * b * c",
    "a loop over all numbers": "some x in 1..999999999999 satisfies x < 0",
    "a range of all numbers": "count([1..999999999999])",
    "endless recursion": "{f: function(x) f(x + 1), r: f(0)}.r",
    "branching recursion": "{f: function(x) f(x + 1) + f(x + 1), r: f(0)}.r",
    "two that call each other": "{f: function(x) g(x), g: function(x) f(x), r: f(0)}.r",
    "an endless comparison": "sort(for i in 1..5000 return i, function(a, b) modulo(a * 7919, 104729) < b)",
    "a hungry pattern": 'matches("' + "a" * 5_000 + 'b", "^(a+)+$")',
    "a nested pattern": 'matches("' + "a" * 3_000 + '", "' + "(a?){500}" * 20 + 'a{500}")',
    "a hungry split": 'split("' + "a" * 5_000 + '", "(a|a)*b")',
    # memory
    "a doubled list": _DOUBLED,
    "a doubled list as text": f"string({_DOUBLED})",
    "a doubled text": _LONG,
    "joined texts": 'string join(for i in 1..100000 return "模拟模拟模拟模拟", "、")',
    "much by more": 'replace("' + "a" * 5_000 + '", "a", "' + "b" * 5_000 + '")',
    "many distinct values": "distinct values(for i in 1..20000 return i)",
    # the text itself
    "deep brackets": "(" * 5_000 + "1" + ")" * 5_000,
    "deep lists": "[" * 3_000 + "]" * 3_000,
    "deep contexts": "{a:" * 2_000 + "1" + "}" * 2_000,
    "deep minus": "-" * 10_000 + "1",
    "deep conditions": "if true then " * 2_000 + "1" + " else 2" * 2_000,
    "deep functions": "function(x) " * 2_000 + "x",
    "a long sum": " + ".join(["1"] * 9_000),
    "a very long text": '"' + "x" * 60_000 + '"',
    "an open text": '"' + "x" * 100,
    "half a character": '"\\uD800"',
    "nothing": "",
    "only a space": "\u3000",
    "a control sign": "a \u202e b",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the files around it, and how far a case is taken."""

    files: Callable[[str], tuple[SourceFile, ...]]
    steps: tuple[str, ...] = ()
    """The user tasks to complete, one after the other; ``A`` always waits first."""
    gated: bool = True
    """False for what the gate refuses whatever stands there, but the runtime knows."""


def _process(body: str, extra: str = "", *more: SourceFile) -> tuple[SourceFile, ...]:
    lanes = node(
        "laneSet",
        "lanes",
        node(
            "lane",
            "lane",
            ext(props(role="officer", level="grassroots"))
            + "".join(f"<bpmn:flowNodeRef>{i}</bpmn:flowNodeRef>" for i in _ids(body)),
            name="经办人",
        ),
    )
    own = ext(props(startRole="officer", startLevel="grassroots")) + lanes
    blank = form_file({"type": "textfield", "id": "F", "key": "note", "label": "说明"})
    return (SourceFile("p.bpmn", process(body, extra, own=own)), blank, *more)


def _ids(body: str) -> list[str]:
    """The nodes of a body; flows and what lies in extensions have no lane."""
    found = []
    for piece in body.split("<bpmn:")[1:]:
        tag = piece.split()[0].split(">")[0]
        if (
            tag.endswith(("Task", "Event", "Gateway", "Activity", "subProcess"))
            and ' id="' in piece
        ):
            found.append(piece.split(' id="')[1].split('"')[0])
    return found


def form_file(*components: dict[str, object], name: str = "blank") -> SourceFile:
    content = {"id": name, "type": "default", "schemaVersion": 16, "components": components}
    return SourceFile(f"{name}.form", json.dumps(content).encode())


def task(identity: str, *more: str, inside: str = "", form: str = "blank") -> str:
    if not any("ioMapping" in part for part in more):
        more = (*more, io(outputs={f"{identity}_note": "=note"}))
    mark = z("formDefinition", formId=form)
    deadline = () if any("deadline" in part for part in more) else (props(deadline="5wd"),)
    return user(identity, mark, *more, *deadline, inside=inside, name=identity)


def _along(middle: str, *ids: str, extra: str = "") -> tuple[SourceFile, ...]:
    body = start() + task("A") + middle + end()
    return _process(body + line("S", "A", *ids, "E"), extra)


def _condition(text: str) -> tuple[SourceFile, ...]:
    ways = (
        flow("S", "A")
        + flow("A", "G")
        + flow("G", "B", f"={text}")
        + flow("G", "E")
        + flow("B", "E")
    )
    gateway = node("exclusiveGateway", "G", default="G_E")
    return _process(start() + task("A") + gateway + task("B") + end() + ways)


def _timer(kind: str) -> Callable[[str], tuple[SourceFile, ...]]:
    return lambda text: _along(
        node("intermediateCatchEvent", "T", timer(kind, f"={text}")) + task("B"), "T", "B"
    )


def _boundary(text: str) -> tuple[SourceFile, ...]:
    late = boundary("T", "B", timer("timeDuration", f"={text}"))
    body = start() + task("A") + task("B") + late + end() + end("L")
    return _process(body + line("S", "A", "B", "E") + line("T", "L"))


def _correlation(text: str) -> tuple[SourceFile, ...]:
    told = ext(io(outputs={"heard": "=text"}))
    catch = node("intermediateCatchEvent", "M", told + receives("m")) + task("B")
    return _along(catch, "M", "B", extra=message("m", "news", f"={text}"))


def _form_place(**given: object) -> Callable[[str], tuple[SourceFile, ...]]:
    def files(text: str) -> tuple[SourceFile, ...]:
        field = json.loads(json.dumps(given).replace("HERE", json.dumps(text)[1:-1]))
        asked = {"type": "textfield", "id": "G", "key": "g", "label": "字段", **field}
        shown = {"type": "textfield", "id": "F", "key": "note", "label": "说明"}
        body = start() + task("A") + task("B", form="odd") + end() + line("S", "A", "B", "E")
        return (*_process(body), form_file(asked, shown, name="odd"))

    return files


DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="t" id="f" name="f">'
    '<decision id="level" name="level"><variable name="level"/>{logic}</decision></definitions>'
)


def _decision(logic: str) -> Callable[[str], tuple[SourceFile, ...]]:
    def files(text: str) -> tuple[SourceFile, ...]:
        rule = node(
            "businessRuleTask",
            "R",
            ext(z("calledDecision", decisionId="level", resultVariable="level")),
        )
        content = DMN.format(logic=logic.replace("HERE", escape(text)))
        asked = SourceFile("level.dmn", content.encode("utf-8", "replace"))
        return (*_along(rule + task("B"), "R", "B"), asked)

    return files


_TABLE = (
    '<decisionTable hitPolicy="FIRST"><input id="i"><inputExpression><text>{input}</text></inputExpression>'
    '</input><output id="o" name="level"/><rule id="r"><inputEntry><text>{cell}</text></inputEntry>'
    "<outputEntry><text>{output}</text></outputEntry></rule></decisionTable>"
)


def _document(text: str) -> tuple[SourceFile, ...]:
    body = start() + task("A") + task("B", props(documents="paper", deadline="5wd")) + end()
    quoted = json.dumps("模拟 {{ " + text + " }}", ensure_ascii=False)
    content = f'title = "纸"\n[[block]]\nkind = "text"\ntext = {quoted}\n'
    paper = SourceFile("paper.document", content.encode("utf-8", "replace"))
    return (*_process(body + line("S", "A", "B", "E")), paper)


PLACES: Mapping[str, Place] = {
    "a condition": Place(_condition, ("A",)),
    "a script": Place(lambda t: _along(script("X", f"={t}", "x") + task("B"), "X", "B"), ("A",)),
    "an input of an operation": Place(
        lambda t: _along(service("V", "echo", {"title": f"={t}"}) + task("B"), "V", "B"), ("A",)
    ),
    "an output of a step": Place(
        lambda t: _along(task("B", io(outputs={"b": f"={t}"})) + task("C"), "B", "C"), ("A", "B")
    ),
    "an input of a step": Place(
        lambda t: _along(task("B", io({"b": f"={t}"}, {"c": "=note"})), "B"), ("A",)
    ),
    "a duration": Place(_timer("timeDuration"), ("A",)),
    "a date": Place(_timer("timeDate"), ("A",)),
    "a timer at a step": Place(_boundary, ("A",)),
    "a deadline": Place(lambda t: _along(task("B", props(deadline=f"={t}")), "B"), ("A",)),
    "a correlation key": Place(_correlation, ("A",)),
    "a list to go through": Place(
        lambda t: _along(
            node(
                "subProcess",
                "P",
                many(f"={t}", outputCollection="done", outputElement="=item")
                + start("PS") + script("PX", "=item", "x") + end("PE") + line("PS", "PX", "PE"),
            )
            + task("B"),
            "P",
            "B",
        ),
        ("A",),
        gated=False,
    ),
    "what each item gives": Place(
        lambda t: _along(
            node(
                "subProcess",
                "P",
                many("=[1, 2]", outputCollection="done", outputElement=f"={t}")
                + start("PS") + script("PX", "=item", "x") + end("PE") + line("PS", "PX", "PE"),
            )
            + task("B"),
            "P",
            "B",
        ),
        ("A",),
        gated=False,
    ),
    "a condition in a form": Place(_form_place(conditional={"hide": "=HERE"}), ("A", "B")),
    "a computed field": Place(_form_place(type="expression", expression="=HERE"), ("A", "B")),
    "a rule of a form": Place(
        _form_place(properties={"rule": "=HERE", "ruleMessage": "不对。"}), ("A", "B")
    ),
    "what a field begins with": Place(_form_place(properties={"prefill": "=HERE"}), ("A", "B")),
    "a cell": Place(_decision(_TABLE.format(input="1", cell="HERE", output='"A"')), ("A",)),
    "the input of a table": Place(_decision(_TABLE.format(input="HERE", cell="-", output='"A"')), ("A",)),
    "the output of a rule": Place(_decision(_TABLE.format(input="1", cell="-", output="HERE")), ("A",)),
    "a literal expression": Place(
        _decision("<literalExpression><text>HERE</text></literalExpression>"), ("A",)
    ),
    "an entry of a context": Place(
        _decision(
            '<context><contextEntry><variable name="x"/><literalExpression><text>HERE</text></literalExpression>'
            "</contextEntry><contextEntry><literalExpression><text>x</text></literalExpression></contextEntry></context>"
        ),
        ("A",),
    ),
    "a function": Place(
        _decision(
            '<invocation><functionDefinition><formalParameter name="x"/><literalExpression><text>HERE</text>'
            '</literalExpression></functionDefinition><binding><parameter name="x"/><literalExpression>'
            "<text>1</text></literalExpression></binding></invocation>"
        ),
        ("A",),
    ),
    "a boxed loop": Place(
        _decision(
            '<for iteratorVariable="i"><in><literalExpression><text>[1, 2]</text></literalExpression></in>'
            "<return><literalExpression><text>HERE</text></literalExpression></return></for>"
        ),
        ("A",),
    ),
    "a paper": Place(_document, ("A",)),
}  # fmt: skip
