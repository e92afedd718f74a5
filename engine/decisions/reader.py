"""DMN elements -> closures. Whatever the system does not run becomes a finding, never silence."""

from collections.abc import Callable, Iterable

from engine.decisions.declared_types import (
    DeclaredType,
    collection_of,
    standard_type,
    structure_of,
)
from engine.decisions.findings import DecisionFinding
from engine.decisions.source import Element, child, children, line_of, local_name, text_of
from engine.feel.compiler.calls import UserFunction
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.scope import Closure, Scope
from engine.feel.values import FeelFunction

DEEPEST_BOX = 30
_BOXES = [
    "literalExpression",
    "decisionTable",
    "context",
    "invocation",
    "list",
    "relation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
]
_FEEL_LANGUAGE_ENDINGS = ("/FEEL/", "/FEEL", "feel")
_COST_OF_A_CALL = 5


def nothing(_scope: Scope) -> object:
    """The value of an expression that is not there or not usable."""
    return None


class Reader:
    """Reads the parts of one file.

    Gathers findings and the free names of each expression it compiles.
    """

    def __init__(self, root: Element) -> None:
        self.findings: list[DecisionFinding] = []
        self.free_names: set[str] = set()
        self.names = frozenset(_declared_names(root))
        self._types: dict[str, DeclaredType] = {}
        self._check_language(root)
        self._read_item_definitions(root)

    def report(self, element: Element, code: str, message: str) -> None:
        """Add a finding about an element.

        One without an id is named by the nearest around it that has one.
        """
        named: Element | None = element
        while named is not None and not named.get("id"):
            named = named.getparent()
        element_id = "" if named is None else named.get("id", "")
        self.findings.append(DecisionFinding(code, message, element_id, line_of(element)))

    # Expressions ----------------------------------------------------------------

    def expression(self, element: Element | None, text: str | None = None) -> Closure:
        """Compile the FEEL of an element; an empty one is null."""
        if element is None:
            return nothing
        self._check_language(element)
        source = text_of(element) if text is None else text
        return self._compiled(element, source, compile_expression) if source else nothing

    def unary_tests(self, element: Element | None) -> Closure | None:
        """Compile the tests of a cell or of allowed values; None for one that everything meets."""
        source = text_of(element)
        if element is None or source in ("", "-"):
            return None
        self._check_language(element)
        return self._compiled(element, source, compile_unary_tests)

    def _compiled(
        self,
        element: Element,
        source: str,
        compile_text: Callable[[str, Iterable[str]], Expression | UnaryTests],
    ) -> Closure:
        try:
            compiled = compile_text(source, self.names)
        except FeelSyntaxError as problem:
            shown = source if len(source) <= 40 else f"{source[:40]}…"  # noqa: PLR2004 - a line
            self.report(element, "dmn-expression", f"表达式“{shown}”有误:{problem}")
            return nothing
        self.free_names |= compiled.free_names
        return compiled.closure

    def _check_language(self, element: Element) -> None:
        language = element.get("expressionLanguage", "")
        if language and not language.lower().endswith(
            tuple(ending.lower() for ending in _FEEL_LANGUAGE_ENDINGS)
        ):
            self.report(element, "dmn-language", f"只支持 FEEL 表达式,不支持“{language}”")

    # Types ----------------------------------------------------------------------

    def type_of(self, element: Element | None) -> DeclaredType | None:
        """Give the type that an element's typeRef names; None where it names none."""
        return None if element is None else self._named_type(element, element.get("typeRef", ""))

    def _named_type(self, element: Element, reference: str) -> DeclaredType | None:
        name = reference.strip().removeprefix("feel:")
        if name in ("", "Any", "any"):
            return None
        found = self._types.get(name) or standard_type(name)
        if found is None:
            self.report(element, "dmn-type", f"没有定义名为“{name}”的类型")
        return found

    def _read_item_definitions(self, root: Element) -> None:
        waiting = {item.get("name", ""): item for item in children(root, "itemDefinition")}
        # A type may be written before the types it is made of; each round resolves what can be.
        while waiting:
            ready = [name for name, item in waiting.items() if not (_used(item) & waiting.keys())]
            if not ready:
                for name, item in waiting.items():
                    self.report(item, "dmn-type", f"类型“{name}”的定义循环引用")
                return
            for name in ready:
                defined = self._item_definition(waiting.pop(name))
                if defined is not None:
                    self._types[name] = defined

    def _item_definition(self, item: Element) -> DeclaredType | None:
        name = item.get("name", "")
        components = list(children(item, "itemComponent"))
        if child(item, "functionItem") is not None:
            self.report(item, "dmn-type", f"不支持函数类型“{name}”")
            return None
        if components:
            types = {one.get("name", ""): self._item_definition(one) for one in components}
            fields = {field: kind for field, kind in types.items() if kind is not None}
            base = structure_of(name, fields)
        else:
            reference = child(item, "typeRef")
            text = "" if reference is None else (reference.text or "")
            named = self._named_type(item, text) if text else standard_type("Any")
            if named is None:
                return standard_type("Any")
            base = named
        allowed = self.unary_tests(child(item, "allowedValues")) or self.unary_tests(
            child(item, "typeConstraint")
        )
        if allowed is not None:
            base = DeclaredType(base.name, base.conforms, base.read_text, allowed)
        return collection_of(name, base) if item.get("isCollection") == "true" else base

    # Boxed expressions ------------------------------------------------------------

    def boxed(self, owner: Element, table: Callable[[Element], Closure], depth: int = 0) -> Closure:
        """Compile the one expression inside an element; `table` compiles a decision table."""
        box = next(children(owner, *_BOXES), None)
        if box is None:
            self.report(owner, "dmn-empty", "这里没有决策逻辑(决策表或表达式)")
            return nothing
        return self.box(box, table, depth)

    def box(self, box: Element, table: Callable[[Element], Closure], depth: int) -> Closure:
        """Compile a boxed expression of any supported form."""
        if depth > DEEPEST_BOX:
            self.report(box, "dmn-depth", f"表达式嵌套超过 {DEEPEST_BOX} 层")
            return nothing
        match local_name(box):
            case "literalExpression":
                compiled = self._literal(box)
            case "decisionTable":
                compiled = table(box)
            case "context":
                compiled = self._context(box, table, depth)
            case "list":
                compiled = self._list(box, table, depth)
            case "relation":
                compiled = self._relation(box, table, depth)
            case "invocation":
                compiled = self._invocation(box, table, depth)
            case "functionDefinition":
                compiled = self.function(box, table, depth)
            case form:
                self.report(box, "dmn-unsupported", f"不支持“{form}”这种表达式")
                compiled = nothing
        return self._typed(box, compiled)

    def _typed(self, box: Element, compiled: Closure) -> Closure:
        kind = self.type_of(box)
        if kind is None or local_name(box) == "functionDefinition":
            return compiled
        return lambda scope: kind.fitted(compiled(scope), "表达式的结果", scope)

    def _literal(self, box: Element) -> Closure:
        if child(box, "importedValues") is not None:
            self.report(box, "dmn-import", "不支持从其他文件引入的值")
        if not text_of(box):
            self.report(box, "dmn-empty", "表达式是空的")
        return self.expression(box)

    def _context(self, box: Element, table: Callable[[Element], Closure], depth: int) -> Closure:
        entries: list[tuple[str | None, DeclaredType | None, Closure]] = []
        bound: set[str] = set()
        outside = self.free_names
        for entry in children(box, "contextEntry"):
            self.free_names = set()
            variable = child(entry, "variable")
            name = None if variable is None else variable.get("name")
            entries.append((name, self.type_of(variable), self.boxed(entry, table, depth + 1)))
            outside |= self.free_names - bound
            bound.add(name or "")
        self.free_names = outside

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

    def _list(self, box: Element, table: Callable[[Element], Closure], depth: int) -> Closure:
        items = [self.box(item, table, depth + 1) for item in children(box, *_BOXES)]
        return lambda scope: [item(scope) for item in items]

    def _relation(self, box: Element, table: Callable[[Element], Closure], depth: int) -> Closure:
        columns = [column.get("name", "") for column in children(box, "column")]
        rows = []
        for row in children(box, "row"):
            cells = [self.box(cell, table, depth + 1) for cell in children(row, *_BOXES)]
            if len(cells) != len(columns):
                self.report(row, "dmn-cells", "这一行的格数与列数不符")
            rows.append(cells)

        def relation(scope: Scope) -> object:
            return [
                {name: cell(scope) for name, cell in zip(columns, cells, strict=False)}
                for cells in rows
            ]

        return relation

    def _invocation(self, box: Element, table: Callable[[Element], Closure], depth: int) -> Closure:
        called = self.expression(child(box, "literalExpression"))
        bindings: list[tuple[str, Closure]] = []
        for binding in children(box, "binding"):
            parameter = child(binding, "parameter")
            name = "" if parameter is None else parameter.get("name", "")
            bindings.append((name, self.boxed(binding, table, depth + 1)))

        def invocation(scope: Scope) -> object:
            function = called(scope)
            if not isinstance(function, FeelFunction):
                return scope.run.null("调用的不是函数")
            return function.call_named(scope.run, {name: value(scope) for name, value in bindings})

        return invocation

    def function(
        self, definition: Element, table: Callable[[Element], Closure], depth: int = 0
    ) -> Closure:
        """Compile a function definition, also a knowledge model's, to a closure that gives it."""
        if definition.get("kind", "FEEL") != "FEEL":
            self.report(definition, "dmn-external", "不支持外部函数(Java、PMML)")
            return nothing
        parameters = list(children(definition, "formalParameter"))
        names = [parameter.get("name", "") for parameter in parameters]
        types = [self.type_of(parameter) for parameter in parameters]
        outside, self.free_names = self.free_names, set()
        body = self.boxed(definition, table, depth + 1)
        self.free_names = outside | (self.free_names - set(names))
        signature = [
            (name, None if kind is None else kind.conforms)
            for name, kind in zip(names, types, strict=True)
        ]
        return lambda scope: UserFunction(signature, body, scope, _COST_OF_A_CALL)


def _declared_names(root: Element) -> Iterable[str]:
    """Give every name that expressions of the file may use; labels of columns are not names."""
    named = [
        "inputData",
        "decision",
        "businessKnowledgeModel",
        "variable",
        "itemComponent",
        "formalParameter",
        "column",
    ]
    for element in root.iter("{*}*"):
        if local_name(element) in named and element.get("name"):
            yield element.get("name", "")


def _used(item: Element) -> set[str]:
    references = [reference.text or "" for reference in item.iter("{*}typeRef")]
    return {reference.strip() for reference in references}
