"""The one entry to the compiler: a node becomes a closure, by the class of the node."""

from functools import singledispatch

from engine.feel import syntax
from engine.feel.scope import Closure


@singledispatch
def compile_node(node: syntax.Node) -> Closure:
    """Turn a syntax tree into a function of the scope.

    The modules beside this one register the forms.
    """
    raise TypeError(f"nothing compiles {type(node).__name__}")
