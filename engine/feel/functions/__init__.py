"""The built-in functions, one module for each chapter of the standard, and ours."""

from engine.feel.functions import (
    contexts,
    conversion,
    lists,
    moments,
    numeric,
    ranges,
    strings,
)
from engine.feel.functions.ours import OUR_FUNCTIONS
from engine.feel.functions.registry import FUNCTIONS, BuiltinFunction

_STANDARD_MODULES = (contexts, conversion, lists, moments, numeric, ranges, strings)

# Names with spaces that follow a dot or stand in a type; the scanner must know them as it does
# functions.
_PROPERTY_AND_TYPE_NAMES = (
    "time offset",
    "start included",
    "end included",
    "date and time",
    "days and time duration",
    "years and months duration",
)


def spaced_names() -> frozenset[str]:
    """Give every name of the language itself that has spaces.

    Functions, parameters, properties, types.
    """
    parameters = (
        parameter.name
        for function in FUNCTIONS.values()
        for signature in function.signatures
        for parameter in signature
    )
    names = {*FUNCTIONS, *parameters, *_PROPERTY_AND_TYPE_NAMES}
    return frozenset(name for name in names if " " in name)


__all__ = ["FUNCTIONS", "OUR_FUNCTIONS", "BuiltinFunction", "spaced_names"]
