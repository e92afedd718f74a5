"""Calls of functions, and functions written in FEEL."""

from collections.abc import Callable, Sequence

from typing_extensions import override

from engine.feel import syntax
from engine.feel.compiler.control import steps_of
from engine.feel.compiler.dispatch import compile_node
from engine.feel.errors import NoValue
from engine.feel.function_types import signature_of
from engine.feel.run import Run
from engine.feel.scope import Closure, Scope, root_of
from engine.feel.value_types import Conforms, converted, parameter_check
from engine.feel.values import FeelFunction, NamedParameters, kind_word

# Functions whose first argument is allowed to be a variable that does not exist.
_FORGIVING = frozenset(("get or else", "is defined", "is empty", "is blank"))


class UserFunction(NamedParameters):
    """A function written in FEEL, with the scope it was written in."""

    name = "function"

    def __init__(
        self,
        parameters: Sequence[tuple[str, Conforms | None]],
        body: Closure,
        scope: Scope,
        steps: int,
        signature: syntax.FunctionType,
    ) -> None:
        self._parameters = parameters
        self._body = body
        self._scope = scope
        self._steps = steps
        self.signature = signature

    @property
    @override
    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters, in their order."""
        return tuple(name for name, _check in self._parameters)

    @override
    def call(self, run: Run, arguments: Sequence[object]) -> object:
        """Evaluate the body with the parameters as names."""
        if not self.accepts_count(len(arguments)):
            return run.null(f"函数应有 {len(self._parameters)} 个参数,得到 {len(arguments)} 个")
        values: list[tuple[str, object]] = []
        for (name, check), value in zip(self._parameters, arguments, strict=True):
            try:
                values.append((name, value if check is None else converted(value, check, run)))
            except NoValue as problem:  # then the call is null, not the argument (10.3.2.13.2)
                return run.null(f"参数“{name}”:{problem.reason}")
        run.charge(self._steps)
        run.enter_call()
        try:
            return self._body(self._scope.inner(values))
        finally:
            run.leave_call()


@compile_node.register
def _function_definition(node: syntax.FunctionDefinition) -> Closure:
    parameters = [
        (parameter.name, None if parameter.type is None else parameter_check(parameter.type))
        for parameter in node.parameters
    ]
    body, steps = compile_node(node.body), steps_of(node.body)
    signature = signature_of(node)
    return lambda scope: UserFunction(parameters, body, scope, steps, signature)


def _compile_callee(node: syntax.Node) -> Callable[[Scope], FeelFunction | None]:
    """Find the function.

    A variable that has taken the name of a built-in one does not hide it in a call.
    """
    callee = compile_node(node)
    name = node.name if isinstance(node, syntax.Name) else None

    def find(scope: Scope) -> FeelFunction | None:
        found = callee(scope)
        if not isinstance(found, FeelFunction) and name is not None:
            found = root_of(scope).function(name)
        if isinstance(found, FeelFunction):
            return found
        scope.run.null(f"“{name}”不是函数" if name else f"{kind_word(found)}不是函数")
        return None

    return find


@compile_node.register
def _call(node: syntax.Call) -> Closure:
    find = _compile_callee(node.function)
    arguments = [compile_node(argument) for argument in node.arguments]
    if isinstance(node.function, syntax.Name) and node.function.name in _FORGIVING and arguments:
        arguments[0] = _silently(arguments[0])

    def call(scope: Scope) -> object:
        function = find(scope)
        if function is None:
            return None
        return function.call(scope.run, [argument(scope) for argument in arguments])

    return call


@compile_node.register
def _named_call(node: syntax.NamedCall) -> Closure:
    find = _compile_callee(node.function)
    arguments = [(entry.key, compile_node(entry.value)) for entry in node.arguments]
    if len({key for key, _value in arguments}) != len(arguments):
        return lambda scope: scope.run.null("同一个参数给了两次")

    def named_call(scope: Scope) -> object:
        function = find(scope)
        if function is None:
            return None
        values = {key: argument(scope) for key, argument in arguments}
        return function.call_named(scope.run, values)

    return named_call


def _silently(argument: Closure) -> Closure:
    """Evaluate an operand that may well be null, without recording why it is."""

    def silent(scope: Scope) -> object:
        before = scope.run.problem_count()
        value = argument(scope)
        scope.run.forget_problems_after(before)
        return value

    return silent
