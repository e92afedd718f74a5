"""Reading test files: testCases of the TCK's schema, with their values as FEEL has them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import DecimalException

from lxml import etree

from engine.decisions.findings import DecisionProblem
from engine.decisions.model import Inputs
from engine.decisions.source import parse_xml
from engine.feel.decimals import NUMBERS
from engine.feel.errors import NoValue
from engine.feel.temporal_text import read_date, read_date_time, read_duration, read_time
from engine.sentences import Words

NAMESPACE = "http://www.omg.org/spec/DMN/20160719/testcase"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
_NIL, _TYPE = f"{{{_INSTANCE}}}nil", f"{{{_INSTANCE}}}type"

Element = etree._Element  # noqa: SLF001 - lxml's element class has no public name


@dataclass(frozen=True)
class Untyped:
    """A text whose type the file does not tell: what it is compared with decides."""

    text: str


@dataclass(frozen=True)
class ExpectedNode:
    """What an element must be worth. `unreadable` tells why the file's own value is none."""

    name: str
    value: object
    unreadable: str = ""


@dataclass(frozen=True)
class TestCase:
    """One case: what is known, what is asked, and what must come out.

    `invoked` is the knowledge model or service that is called, empty where decisions are asked.
    """

    __test__ = False  # not one of pytest's own

    id: str
    invoked: str
    inputs: Inputs
    expected: tuple[ExpectedNode, ...]


@dataclass(frozen=True)
class TestFile:
    """A file of cases for one decision file, named relative to it."""

    __test__ = False

    model_name: str
    cases: tuple[TestCase, ...]


def read_test_file(content: bytes, name: str) -> TestFile | None:
    """Read a test file; None for XML of another kind.

    Raises DecisionProblem for what is no XML, or has a value that cannot be read.
    """
    root = parse_xml(content, name)
    if root.tag != f"{{{NAMESPACE}}}testCases":
        return None
    model = _child(root, "modelName")
    cases = tuple(_case(element, name) for element in _children(root, "testCase"))
    return TestFile("" if model is None else (model.text or "").strip(), cases)


def _children(element: Element, *names: str) -> Iterator[Element]:
    for child in element:
        if child.tag in {f"{{{NAMESPACE}}}{name}" for name in names}:
            yield child


def _child(element: Element, *names: str) -> Element | None:
    return next(_children(element, *names), None)


def _case(element: Element, file: str) -> TestCase:
    variables: dict[str, object] = {}
    by_namespace: dict[tuple[str, str], object] = {}
    for node in _children(element, "inputNode"):
        name, namespace = node.get("name", ""), node.get("namespace", "")
        try:
            value = plain(_value(node))
        except NoValue as problem:
            raise DecisionProblem(
                Words(
                    f"“{file}”中输入“{name}”的值不能读取:{problem.reason}",
                    f"the value of the input “{name}” in “{file}” cannot be read: {problem.reason}",
                ),
                line=_line(node),
            ) from None
        if namespace:
            by_namespace[namespace, name] = value
        else:
            variables[name] = value
    is_decision = element.get("type", "decision") == "decision"
    return TestCase(
        element.get("id", ""),
        "" if is_decision else element.get("invocableName", ""),
        Inputs(variables, by_namespace),
        tuple(_expected(node) for node in _children(element, "resultNode")),
    )


def _expected(node: Element) -> ExpectedNode:
    holder = _child(node, "expected", "computed")
    name = node.get("name", "")
    try:
        return ExpectedNode(name, None if holder is None else _value(holder))
    except NoValue as problem:
        return ExpectedNode(name, None, problem.reason)


def _value(holder: Element) -> object:
    """Give the value inside an element: a single one, a list, or a context of components."""
    components = list(_children(holder, "component"))
    if components:
        if len(components) == 1 and components[0].get(_NIL) == "true":
            return None
        return {one.get("name", ""): _value(one) for one in components}
    items = _child(holder, "list")
    if items is not None:
        if items.get(_NIL) == "true":
            return None
        return [_value(item) for item in _children(items, "item")]
    single = _child(holder, "value")
    return None if single is None or single.get(_NIL) == "true" else _single(single)


def _single(element: Element) -> object:
    text = "".join(str(part) for part in element.itertext())
    named = element.get(_TYPE, "").rpartition(":")[2]
    if not named:
        return Untyped(text)
    read = _READERS.get(named)
    if read is None:
        raise NoValue(f"不认识类型“{named}”")
    value = read(text)
    if value is None:
        raise NoValue(f"“{text.strip()}”不是{named}")
    return value


def _number(text: str) -> object:
    try:
        return NUMBERS.create_decimal(text.strip())
    except DecimalException:
        return None


def _boolean(text: str) -> object:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.strip())


def _stripped(read: Callable[[str], object]) -> Callable[[str], object]:
    return lambda text: read(text.strip())


_READERS: Mapping[str, Callable[[str], object]] = {
    "string": lambda text: text,
    "boolean": _boolean,
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long", "short"), _number),
    "date": _stripped(read_date),
    "time": _stripped(read_time),
    "dateTime": _stripped(read_date_time),
    **dict.fromkeys(("duration", "yearMonthDuration", "dayTimeDuration"), _stripped(read_duration)),
}


def plain(value: object) -> object:
    """Give a value with its untyped texts read as what they look like: number, yes or no, text."""
    match value:
        case Untyped(text):
            number = _number(text)
            if number is not None:
                return number
            return {"true": True, "false": False}.get(text.strip(), text)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return value


def _line(element: Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 0
