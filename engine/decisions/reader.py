"""The expressions and types of one file -> closures, with a finding for whatever is not run."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from engine.decisions.declared_types import (
    DeclaredType,
    collection_of,
    function_of,
    narrowed,
    standard_type,
    structure_of,
)
from engine.decisions.findings import DecisionFinding
from engine.decisions.source import Element, child, children, line_of, local_name, text_of
from engine.feel import syntax
from engine.feel.errors import FeelSyntaxError
from engine.feel.expression import (
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
)
from engine.feel.scope import Closure, Scope
from engine.sentences import Words

_FEEL_LANGUAGE_ENDINGS = ("/FEEL/", "/FEEL", "feel")


def nothing(_scope: Scope) -> object:
    """The value of an expression that is not there or not usable."""
    return None


class Reader:
    """Reads the parts of one file.

    Gathers findings and the free names of each expression it compiles. `imported` are the readers
    of the files it imports, with the name that the import gives each; it may be empty. Of two types
    that then have one name the file's own counts, else the one imported first.
    """

    def __init__(self, root: Element, imported: Sequence[tuple[str, "Reader"]] = ()) -> None:
        self.findings: list[DecisionFinding] = []
        self.free_names: set[str] = set()
        self.local_names: frozenset[str] = frozenset()
        self.types: dict[str, DeclaredType] = {}
        self.names: frozenset[str]
        self.own_names: frozenset[str]
        names, own_names = set(_declared_names(root)), set(_element_names(root))
        for prefix, other in imported:
            names |= other.names | {_qualified(prefix, name) for name in other.own_names}
            if prefix:
                names.add(prefix)
            else:
                own_names |= other.own_names
            for name, kind in other.types.items():
                self.types.setdefault(_qualified(prefix, name), kind)
        self.own_names = frozenset(own_names)
        self.names = frozenset(names)
        self._check_language(root)
        self._read_item_definitions(root)

    def report(self, element: Element, code: str, told: Words) -> None:
        """Add a finding about an element.

        One without an id is named by the nearest around it that has one.
        """
        named: Element | None = element
        while named is not None and not named.get("id"):
            named = named.getparent()
        element_id = "" if named is None else named.get("id", "")
        self.findings.append(DecisionFinding(code, told, element_id, line_of(element)))

    @contextmanager
    def knowing(self, names: Iterable[str]) -> Iterator[None]:
        """Let expressions use these names meanwhile: those of a function's parameters."""
        before, self.local_names = self.local_names, self.local_names | frozenset(names)
        try:
            yield
        finally:
            self.local_names = before

    @contextmanager
    def reading_names(self, *, kept: bool = True) -> Iterator[set[str]]:
        """The free names of what is compiled in the block; ``kept``: they are inputs as well."""
        before, self.free_names = self.free_names, set()
        try:
            yield self.free_names
        finally:
            self.free_names = before | self.free_names if kept else before

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
        compile_text: Callable[
            [str, frozenset[str], Mapping[str, syntax.DefinedType]], Expression | UnaryTests
        ],
    ) -> Closure:
        mentioned = {
            name: kind.as_feel(name) for name, kind in self.types.items() if name in source
        }
        try:
            compiled = compile_text(source, self.names | self.local_names, mentioned)
        except FeelSyntaxError as problem:
            shown = source if len(source) <= 40 else f"{source[:40]}…"  # noqa: PLR2004 - a line
            self.report(
                element,
                "dmn-expression",
                Words(
                    f"表达式“{shown}”有误:{problem}",
                    f"the expression “{shown}” is wrong: {problem.told.en}",
                ),
            )
            return nothing
        self.free_names |= compiled.free_names
        return compiled.closure

    def _check_language(self, element: Element) -> None:
        language = element.get("expressionLanguage", "")
        if language and not language.lower().endswith(
            tuple(ending.lower() for ending in _FEEL_LANGUAGE_ENDINGS)
        ):
            self.report(
                element,
                "dmn-language",
                Words(
                    f"只支持 FEEL 表达式,不支持“{language}”",
                    f"only FEEL expressions are supported, not “{language}”",
                ),
            )

    # Types ----------------------------------------------------------------------

    def type_of(self, element: Element | None) -> DeclaredType | None:
        """Give the type that an element's typeRef names; None where it names none."""
        return None if element is None else self._named_type(element, element.get("typeRef", ""))

    def _named_type(self, element: Element, reference: str) -> DeclaredType | None:
        name = reference.strip().removeprefix("feel:")
        if name in _OF_ANY_TYPE:
            return None
        found = self.types.get(name) or standard_type(name)
        if found is None:
            self.report(
                element,
                "dmn-type",
                Words(f"没有定义名为“{name}”的类型", f"there is no type called “{name}”"),
            )
        return found

    def _read_item_definitions(self, root: Element) -> None:
        waiting = {item.get("name", ""): item for item in children(root, "itemDefinition")}
        # A type may be written before the types it is made of; each round resolves what can be.
        while waiting:
            ready = [name for name, item in waiting.items() if not (_used(item) & waiting.keys())]
            if not ready:
                for name, item in waiting.items():
                    self.report(
                        item,
                        "dmn-type",
                        Words(
                            f"类型“{name}”的定义循环引用", f"the type “{name}” is made of itself"
                        ),
                    )
                return
            for name in ready:
                defined = self._item_definition(waiting.pop(name))
                if defined is not None:
                    self.types[name] = defined

    def _item_definition(self, item: Element) -> DeclaredType | None:
        name = item.get("name", "")
        base = self._base_type(item, name)
        if base is None:
            return standard_type("Any")
        if item.get("isCollection") == "true":
            item_type = narrowed(name, base, self.unary_tests(child(item, "allowedValues")), None)
            whole = collection_of(name, item_type)
            return narrowed(name, whole, None, self.unary_tests(child(item, "typeConstraint")))
        allowed = self.unary_tests(child(item, "allowedValues"))
        return narrowed(name, base, allowed, self.unary_tests(child(item, "typeConstraint")))

    def _base_type(self, item: Element, name: str) -> DeclaredType | None:
        function = child(item, "functionItem")
        if function is not None:
            given = self._named_type(item, function.get("outputTypeRef", ""))
            taken = [
                self._named_type(one, one.get("typeRef", ""))
                for one in children(function, "parameters")
            ]
            return function_of(name, taken, given)
        components = list(children(item, "itemComponent"))
        if components:
            types = {one.get("name", ""): self._item_definition(one) for one in components}
            return structure_of(
                name, {field: kind for field, kind in types.items() if kind is not None}
            )
        reference = child(item, "typeRef")
        text = "" if reference is None else (reference.text or "").strip()
        if text.removeprefix("feel:") in _OF_ANY_TYPE:
            return standard_type("Any")  # of which there are lists and allowed values too
        return self._named_type(item, text)


_OF_ANY_TYPE = ("", "Any", "any")
_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_NAMED = (*_ELEMENTS, "variable", "itemComponent", "column")
# A parameter called Person.Gender must not make a name of the path Person.Gender elsewhere.
_WORDS_ONLY = re.compile(r"[^.+\-*/']+")


def _declared_names(root: Element) -> Iterator[str]:
    """Give every name that expressions of the file may use; labels of columns are not names."""
    for element in root.iter("{*}*"):
        name, kind = element.get("name", ""), local_name(element)
        if name and kind in _NAMED:
            yield name
        elif kind == "formalParameter" and _WORDS_ONLY.fullmatch(name):
            yield name  # where a function is called, its parameters are named


def _element_names(root: Element) -> Iterator[str]:
    """Give the names under which other files can speak of what this one holds."""
    for element in children(root, *_ELEMENTS):
        if element.get("name"):
            yield element.get("name", "")


def _qualified(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _used(item: Element) -> set[str]:
    references = [reference.text or "" for reference in item.iter("{*}typeRef")]
    references += [one.get("outputTypeRef", "") for one in item.iter("{*}functionItem")]
    references += [one.get("typeRef", "") for one in item.iter("{*}parameters")]
    return {reference.strip() for reference in references}
