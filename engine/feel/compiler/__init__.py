"""Syntax tree -> closures, made once for each text."""

from engine.feel.compiler import calls, control, operators, structures, tests
from engine.feel.compiler.dispatch import compile_node

_FORMS = (calls, control, operators, structures, tests)

__all__ = ["compile_node"]
