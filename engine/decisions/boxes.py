"""Boxed expressions -> closures (DMN 1.5, 7.3 and 10.2)."""

from collections.abc import Callable, Mapping, Sequence

from engine.decisions.declared_types import DeclaredType, function_written
from engine.decisions.reader import Reader, nothing
from engine.decisions.source import Element, child, children, local_name, text_of
from engine.decisions.table_reader import read_table
from engine.feel.compiler.calls import UserFunction
from engine.feel.compiler.control import PARTIAL, Level, level_over, quantify, repeat
from engine.feel.compiler.structures import ITEM
from engine.feel.scope import Closure, Scope
from engine.feel.values import FeelFunction, kind_word
from engine.sentences import Words

DEEPEST_BOX = 30
_COST_OF_A_CALL = 5
_COST_OF_A_ROUND = 5


class Boxes:
    """Compiles the boxed expressions of one decision or knowledge model."""

    def __init__(self, reader: Reader, owner_id: str, owner_name: str) -> None:
        self._reader = reader
        self._owner_id = owner_id
        self._owner_name = owner_name

    def inside(self, owner: Element, depth: int = 0) -> Closure:
        """Compile the one expression inside an element."""
        box = next(children(owner, *BOXES), None)
        if box is None:
            self._reader.report(
                owner,
                "dmn-empty",
                Words(
                    "这里没有决策逻辑(决策表或表达式)",
                    "there is no decision logic (a table or an expression)",
                ),
            )
            return nothing
        return self.box(box, depth)

    def bound(
        self, owner: Element, kind: DeclaredType | None, depth: int = 0
    ) -> tuple[Closure, DeclaredType | None]:
        """Compile the expression inside an element for a variable, and give the variable's type.

        Beside a function definition tools write the type of the function or, more often, that of
        its result, which is then no type of the variable.
        """
        definition = child(owner, "functionDefinition")
        if definition is None or kind is None:
            return self.inside(owner, depth), kind
        return self.function(definition, depth, kind), kind if kind.is_function else None

    def box(self, box: Element, depth: int) -> Closure:
        """Compile a boxed expression of any form."""
        if depth > DEEPEST_BOX:
            self._reader.report(
                box,
                "dmn-depth",
                Words(
                    f"表达式嵌套超过 {DEEPEST_BOX} 层",
                    f"boxed expressions are nested more than {DEEPEST_BOX} deep",
                ),
            )
            return nothing
        return self._typed(box, _COMPILERS[local_name(box)](self, box, depth))

    def _typed(self, box: Element, compiled: Closure) -> Closure:
        if local_name(box) == "functionDefinition":
            return compiled  # its type is that of what the function gives
        return _fitting(compiled, self._reader.type_of(box), "表达式的结果")

    def table(self, box: Element, _depth: int) -> Closure:
        """Compile a decision table; the rules that fire are noted under the owner's name."""
        return read_table(self._reader, box, self._owner_id, self._owner_name).decide

    def literal(self, box: Element, _depth: int) -> Closure:
        """Compile an expression."""
        if child(box, "importedValues") is not None:
            self._reader.report(
                box,
                "dmn-import",
                Words(
                    "不支持从其他文件引入的值",
                    "values brought in from other files are not supported",
                ),
            )
        if not text_of(box):
            self._reader.report(box, "dmn-empty", Words("表达式是空的", "the expression is empty"))
        return self._reader.expression(box)

    def context(self, box: Element, depth: int) -> Closure:
        """Compile steps with names; the last one may be the result."""
        entries: list[tuple[str | None, DeclaredType | None, Closure]] = []
        bound: set[str] = set()
        outside = self._reader.free_names
        for entry in children(box, "contextEntry"):
            self._reader.free_names = set()
            variable = child(entry, "variable")
            name = None if variable is None else variable.get("name")
            compiled, kind = self.bound(entry, self._reader.type_of(variable), depth + 1)
            entries.append((name, kind, compiled))
            outside |= self._reader.free_names - bound
            bound.add(name or "")
        self._reader.free_names = outside

        def context(scope: Scope) -> object:
            inner, result = scope.inner(), {}
            for name, kind, compiled in entries:
                value = compiled(inner)
                if kind is not None:
                    value = kind.fitted(value, f"“{name}”", inner)
                if name is None:
                    return value  # the last entry without a name is the result of all
                result[name] = inner[name] = value
            return result

        return context

    def list(self, box: Element, depth: int) -> Closure:
        """Compile a list."""
        items = [self.box(item, depth + 1) for item in children(box, *BOXES)]
        return lambda scope: [item(scope) for item in items]

    def relation(self, box: Element, depth: int) -> Closure:
        """Compile a list of contexts, written as a table."""
        columns = list(children(box, "column"))
        names = [column.get("name", "") for column in columns]
        types = [self._reader.type_of(column) for column in columns]
        rows = []
        for row in children(box, "row"):
            cells = [self.box(cell, depth + 1) for cell in children(row, *BOXES)]
            if len(cells) != len(columns):
                self._reader.report(
                    row,
                    "dmn-cells",
                    Words(
                        "这一行的格数与列数不符",
                        "this row has not as many cells as there are columns",
                    ),
                )
            rows.append([_fitting(*one) for one in zip(cells, types, names, strict=False)])

        def relation(scope: Scope) -> object:
            return [
                {name: cell(scope) for name, cell in zip(names, cells, strict=False)}
                for cells in rows
            ]

        return relation

    def invocation(self, box: Element, depth: int) -> Closure:
        """Compile a call with named arguments."""
        called = self._reader.expression(child(box, "literalExpression"))
        bindings: list[tuple[str, Closure]] = []
        for binding in children(box, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            bound = self.inside(binding, depth + 1)
            bindings.append((name, _fitting(bound, self._reader.type_of(parameter), name)))

        def invocation(scope: Scope) -> object:
            function = called(scope)
            if not isinstance(function, FeelFunction):
                return scope.run.null("调用的不是函数")
            return function.call_named(scope.run, {name: value(scope) for name, value in bindings})

        return invocation

    def conditional(self, box: Element, depth: int) -> Closure:
        """Compile if, then and else; a condition that is null is not met."""
        condition, then, otherwise = (
            self._part(box, name, depth) for name in ("if", "then", "else")
        )

        def conditional(scope: Scope) -> object:
            verdict = condition(scope)
            if verdict is not None and not isinstance(verdict, bool):
                return scope.run.null(f"条件不是是否值,而是{kind_word(verdict)}")
            return then(scope) if verdict else otherwise(scope)

        return conditional

    def filter(self, box: Element, depth: int) -> Closure:
        """Compile a filter, whose match must be a condition and no position."""
        source = self._part(box, "in", depth)
        # Inside the match any name may be a field of the items, so none is known to be free.
        outside, self._reader.free_names = self._reader.free_names, set()
        match = self._part(box, "match", depth)
        self._reader.free_names = outside

        def chosen(scope: Scope) -> object:
            items = source(scope)
            if items is None:
                return scope.run.null("要筛选的列表是空值")
            kept = []
            for item in items if isinstance(items, list) else [items]:
                scope.run.charge(_COST_OF_A_ROUND)
                inner = scope.inner(item.items() if isinstance(item, dict) else ())
                inner.setdefault(ITEM, item)
                verdict = match(inner)
                if verdict is not None and not isinstance(verdict, bool):
                    return scope.run.null(f"筛选的条件不是是否值,而是{kind_word(verdict)}")
                if verdict:
                    kept.append(item)
            return kept

        return chosen

    def loop(self, box: Element, depth: int) -> Closure:
        """Compile a for: the list of what its return is worth for each item."""
        level, body = self._round(box, "return", depth)
        return repeat([level], body, _COST_OF_A_ROUND, uses_partial=True)

    def quantified(self, box: Element, depth: int) -> Closure:
        """Compile some and every."""
        level, condition = self._round(box, "satisfies", depth)
        every = local_name(box) == "every"
        return quantify([level], condition, _COST_OF_A_ROUND, every=every, strict=True)

    def _round(self, box: Element, body: str, depth: int) -> tuple[Level, Closure]:
        name = box.get("iteratorVariable", "")
        if not name:
            self._reader.report(
                box, "dmn-name", Words("循环没有写明变量名", "the iteration names no variable")
            )
        source = self._part(box, "in", depth)
        outside, self._reader.free_names = self._reader.free_names, set()
        compiled = self._part(box, body, depth)
        self._reader.free_names = outside | (self._reader.free_names - {name, PARTIAL})
        return level_over(name, source), compiled

    def _part(self, box: Element, name: str, depth: int) -> Closure:
        part = child(box, name)
        if part is None:
            self._reader.report(
                box,
                "dmn-empty",
                Words(f"“{local_name(box)}”里没有“{name}”", f"“{local_name(box)}” has no “{name}”"),
            )
            return nothing
        return self.inside(part, depth + 1)

    def function(
        self, definition: Element, depth: int = 0, variable: DeclaredType | None = None
    ) -> Closure:
        """Compile a function definition, also a knowledge model's, to a closure that gives it.

        `variable` is the type written beside it: that of the function, or of what it gives.
        """
        if definition.get("kind", "FEEL") != "FEEL":
            self._reader.report(
                definition,
                "dmn-external",
                Words(
                    "不支持外部函数(Java、PMML)",
                    "external functions (Java, PMML) are not supported",
                ),
            )
            return nothing
        parameters = list(children(definition, "formalParameter"))
        names = [parameter.get("name", "") for parameter in parameters]
        declared = self._reader.type_of(definition)
        told = [kind for kind in (declared, variable) if kind is not None]
        types = [
            self._reader.type_of(parameter) or _taken(told, position)
            for position, parameter in enumerate(parameters)
        ]
        outside, self._reader.free_names = self._reader.free_names, set()
        with self._reader.knowing(names):
            body = self.inside(definition, depth + 1)
        self._reader.free_names = outside | (self._reader.free_names - set(names))
        for kind in told:
            body = _fitting(body, kind.of_result, "函数的结果")
        signature = [
            (name, None if kind is None else kind.admits)
            for name, kind in zip(names, types, strict=True)
        ]
        written = function_written(types, told[0].of_result if told else None)
        return lambda scope: UserFunction(signature, body, scope, _COST_OF_A_CALL, written)


def _taken(functions: Sequence[DeclaredType], position: int) -> DeclaredType | None:
    """Give the first type that a type of functions names for a parameter."""
    named = (kind.taken[position] for kind in functions if position < len(kind.taken))
    return next((kind for kind in named if kind is not None), None)


def _fitting(closure: Closure, kind: DeclaredType | None, name: str) -> Closure:
    if kind is None:
        return closure
    return lambda scope: kind.fitted(closure(scope), f"“{name}”", scope)


_COMPILERS: Mapping[str, Callable[[Boxes, Element, int], Closure]] = {
    "literalExpression": Boxes.literal,
    "decisionTable": Boxes.table,
    "context": Boxes.context,
    "invocation": Boxes.invocation,
    "list": Boxes.list,
    "relation": Boxes.relation,
    "functionDefinition": Boxes.function,
    "conditional": Boxes.conditional,
    "filter": Boxes.filter,
    "for": Boxes.loop,
    "some": Boxes.quantified,
    "every": Boxes.quantified,
}
BOXES = tuple(_COMPILERS)
