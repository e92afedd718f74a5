"""The reader of the language, fetched with the first text that is to be read.

The table of its grammar is worked out when it is imported, for as long as a tenth of a server's
start; and a start reads no expression.
"""

from functools import cache
from importlib import import_module
from typing import Any

from engine.feel import syntax
from engine.feel.names import KnownNames


@cache
def fetch_reader() -> Any:
    """The module :mod:`engine.feel.parser`.

    Who forks itself asks for it before, lest each of its children works the table out again.
    """
    return import_module("engine.feel.parser")


def parse(text: str, names: KnownNames) -> syntax.Node:
    """Read an expression; raises FeelSyntaxError."""
    tree: syntax.Node = fetch_reader().parse(text, names)
    return tree


def parse_unary_tests(text: str, names: KnownNames) -> syntax.Node:
    """Read a cell of a decision table; raises FeelSyntaxError."""
    tree: syntax.Node = fetch_reader().parse_unary_tests(text, names)
    return tree
