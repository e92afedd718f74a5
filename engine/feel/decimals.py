"""FEEL numbers: IEEE 754 decimal128, 34 digits, half-even (DMN 1.5, 10.3.2.3.1).

Python's operators on Decimal use the *thread's* context (28 digits, other traps), so every
calculation goes through NUMBERS instead; only comparisons, which never round, may use operators.
"""

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from engine.feel.errors import NoValue

NUMBERS = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[DivisionByZero, InvalidOperation, Overflow],
)

# A count, a position or a length beyond this is never meant, and int() of 1e6000 is a slow giant.
LARGEST_INTEGER = 10**15


def is_whole(number: Decimal) -> bool:
    """Tell whether the number has no fraction."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= 0:
        return True
    return number == number.to_integral_value()


def bounded_integer(number: Decimal) -> int:
    """Cut a number to an integer; raises NoValue outside +-10**15."""
    if not -LARGEST_INTEGER <= number <= LARGEST_INTEGER:
        raise NoValue("数字太大,不能用作位置、个数或时长")
    return int(number)


def whole_integer(number: Decimal) -> int:
    """Read a number that must be whole; raises NoValue for 1.5 or outside +-10**15."""
    if not is_whole(number):
        raise NoValue("这里需要整数")
    return bounded_integer(number)


def plain_text(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros: 1.50 -> 1.5, 1e3 -> 1000."""
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
