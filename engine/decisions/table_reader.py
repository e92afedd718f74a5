"""The decisionTable element -> a table, with findings for what its hit policy cannot do."""

from engine.decisions.condition import condition
from engine.decisions.reader import Reader, nothing
from engine.decisions.source import Element, child, children, text_of
from engine.decisions.table import (
    AGGREGATIONS,
    HIT_POLICIES,
    DecisionTable,
    InputColumn,
    OutputColumn,
    Rule,
)
from engine.feel import syntax
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import parse_value_list
from engine.feel.scope import Closure
from engine.sentences import Words


def read_table(reader: Reader, element: Element, decision_id: str, name: str) -> DecisionTable:
    """Read a table; rules whose cells do not fit the columns are reported and left out."""
    inputs = tuple(_input(reader, column, i) for i, column in enumerate(children(element, "input")))
    outputs = tuple(_output(reader, column, name) for column in children(element, "output"))
    hit_policy = element.get("hitPolicy", "UNIQUE")
    aggregation = element.get("aggregation", "")
    rules = []
    for number, row in enumerate(children(element, "rule"), start=1):
        rule = _rule(reader, row, number, (len(inputs), len(outputs)))
        if rule is not None:
            rules.append(rule)
    table = DecisionTable(decision_id, name, hit_policy, aggregation, inputs, outputs, tuple(rules))
    _check(reader, element, table)
    return table


def _check(reader: Reader, element: Element, table: DecisionTable) -> None:
    problems = (
        (not table.outputs, "dmn-cells", Words("没有输出列", "it has no output column")),
        (child(element, "rule") is None, "dmn-cells", Words("没有规则", "it has no rules")),
        (
            table.hit_policy not in HIT_POLICIES,
            "dmn-hit-policy",
            Words(
                f"不认识的命中策略“{table.hit_policy}”",
                f"the hit policy “{table.hit_policy}” is not known",
            ),
        ),
        (
            bool(table.aggregation)
            and (table.hit_policy != "COLLECT" or table.aggregation not in AGGREGATIONS),
            "dmn-hit-policy",
            Words(
                f"汇总方式“{table.aggregation}”与命中策略不符",
                f"the aggregation “{table.aggregation}” does not go with the hit policy",
            ),
        ),
        (
            bool(table.aggregation) and len(table.outputs) > 1,
            "dmn-hit-policy",
            Words("有多个输出列时不能汇总", "there is no aggregation over several output columns"),
        ),
        (
            table.hit_policy in ("PRIORITY", "OUTPUT ORDER")
            and not any(column.ranked for column in table.outputs),
            "dmn-hit-policy",
            Words(
                "按优先级取结果时,输出列要按次序列出允许的值",
                "for priorities an output column must list its values in order",
            ),
        ),
        (
            len({column.name for column in table.outputs}) != len(table.outputs),
            "dmn-cells",
            Words("有同名的输出列", "two output columns have the same name"),
        ),
    )
    for broken, code, message in problems:
        if broken:
            reader.report(
                element,
                code,
                Words(
                    f"决策表“{table.name}”:{message}",
                    f"decision table “{table.name}”: {message.en}",
                ),
            )


def _input(reader: Reader, column: Element, position: int) -> InputColumn:
    expression = child(column, "inputExpression")
    text = text_of(expression)
    label = column.get("label") or text or f"输入 {position + 1}"
    if not text:
        reader.report(
            column,
            "dmn-empty",
            Words(f"输入列“{label}”没有表达式", f"the input column “{label}” has no expression"),
        )
    return InputColumn(
        label,
        reader.expression(expression),
        reader.type_of(expression),
        reader.unary_tests(child(column, "inputValues")),
    )


def _output(reader: Reader, column: Element, decision_name: str) -> OutputColumn:
    name = column.get("name") or column.get("label") or decision_name
    default = child(column, "defaultOutputEntry")
    return OutputColumn(
        name,
        column.get("label") or name,
        reader.type_of(column),
        _ranked_values(reader, child(column, "outputValues")),
        reader.unary_tests(child(column, "outputValues")),
        reader.expression(default) if text_of(default) else None,
    )


def _ranked_values(reader: Reader, element: Element | None) -> tuple[Closure, ...]:
    """Compile the values that an output may have, in their order; none of a range or a formula."""
    source = text_of(element)
    if element is None or source in ("", "-"):
        return ()
    try:
        values = parse_value_list(source, reader.names)
    except FeelSyntaxError:
        return ()  # reported where the values are compiled as tests
    plain = (syntax.StringLiteral, syntax.NumberLiteral, syntax.BooleanLiteral, syntax.NullLiteral)
    if not all(isinstance(node, plain) for node, _closure in values):
        return ()
    return tuple(closure for _node, closure in values)


def _rule(reader: Reader, row: Element, number: int, columns: tuple[int, int]) -> Rule | None:
    cells, outputs = list(children(row, "inputEntry")), list(children(row, "outputEntry"))
    if (len(cells), len(outputs)) != columns:
        reader.report(
            row,
            "dmn-cells",
            Words(
                f"第 {number} 条规则的格数与列数不符",
                f"rule {number} has not as many cells as there are columns",
            ),
        )
        return None
    tests, conditions = [], []
    for position, cell in enumerate(cells):
        with reader.reading_names() as free:
            tests.append((position, reader.unary_tests(cell)))
        conditions.append(condition(reader, cell, free))
    notes = [text_of(note) for note in children(row, "annotationEntry")]
    description = child(row, "description")
    if description is not None:
        notes.append((description.text or "").strip())
    return Rule(
        number,
        row.get("id", ""),
        tuple((position, test) for position, test in tests if test is not None),
        tuple(_answer(reader, cell) for cell in outputs),
        " ".join(note for note in notes if note),
        tuple(conditions),
    )


def _answer(reader: Reader, cell: Element) -> Closure:
    """Compile what a rule answers in one column; the cell may have a type of its own."""
    if not text_of(cell):
        return nothing
    compiled, kind = reader.expression(cell), reader.type_of(cell)
    if kind is None:
        return compiled
    return lambda scope: kind.fitted(compiled(scope), "输出", scope)
