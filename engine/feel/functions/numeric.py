"""Numeric and boolean functions (DMN 1.5, 10.3.4.2 and 10.3.4.5)."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from engine.feel.decimals import NUMBERS, is_whole, whole_integer
from engine.feel.errors import NoValue
from engine.feel.functions.registry import builtin, builtin_with_run
from engine.feel.run import Run
from engine.feel.temporal import DayTimeDuration, Duration, YearMonthDuration

_LARGEST_SCALE = 6176
_SMALLEST_SCALE = -6111
_COST_OF_A_SERIES = 20  # exp, log and the like take some ten microseconds


@builtin("not", "negand: any")
def negation(value: object) -> bool:
    """Turn true and false round; anything but true and false has no opposite."""
    if not isinstance(value, bool):
        raise NoValue("参数应为是否值")
    return not value


def rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """Round to a number of decimal places (negative: tens, hundreds …)."""
    places = int(scale) if _SMALLEST_SCALE <= scale <= _LARGEST_SCALE else None
    if places is None:
        raise NoValue("小数位数不对")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    return value.quantize(Decimal(1).scaleb(-places), rounding=rounding, context=NUMBERS)


@builtin("decimal", "n: number, scale: number")
def decimal(value: Decimal, scale: Decimal) -> Decimal:
    """Round half to even: 2.5 becomes 2."""
    return rounded(value, scale, ROUND_HALF_EVEN)


@builtin("floor", "n: number, scale: number?")
def floor(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round down, to the smaller number."""
    return rounded(value, scale, ROUND_FLOOR)


@builtin("ceiling", "n: number, scale: number?")
def ceiling(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round up, to the larger number."""
    return rounded(value, scale, ROUND_CEILING)


@builtin("round up", "n: number, scale: number?")
def round_up(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round away from zero."""
    return rounded(value, scale, ROUND_UP)


@builtin("round down", "n: number, scale: number?")
def round_down(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round towards zero."""
    return rounded(value, scale, ROUND_DOWN)


@builtin("round half up", "n: number, scale: number?")
def round_half_up(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round to the nearest, a half away from zero.

    The rounding of everyday life and of accounts.
    """
    return rounded(value, scale, ROUND_HALF_UP)


@builtin("round half down", "n: number, scale: number?")
def round_half_down(value: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """Round to the nearest, a half towards zero."""
    return rounded(value, scale, ROUND_HALF_DOWN)


@builtin("abs", "n: number | duration", "number: number | duration")
def absolute(value: Decimal | Duration) -> Decimal | Duration:
    """The size of a number or duration without its sign."""
    if isinstance(value, Decimal):
        return NUMBERS.abs(value)
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(abs(value.months))
    return DayTimeDuration(abs(value.nanoseconds))


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What a division leaves, with the sign of the divisor: -12 by 5 leaves 3."""
    if not divisor:
        raise NoValue("除数是 0")
    remainder = NUMBERS.remainder(dividend, divisor)
    if remainder and (remainder < 0) != (divisor < 0):
        return NUMBERS.add(remainder, divisor)
    return remainder


@builtin_with_run("sqrt", "number: number")
def square_root(run: Run, value: Decimal) -> Decimal:
    """The square root of a number that is not negative."""
    run.charge(_COST_OF_A_SERIES)
    if value < 0:
        raise NoValue("负数没有平方根")
    return NUMBERS.sqrt(value)


@builtin_with_run("log", "number: number")
def logarithm(run: Run, value: Decimal) -> Decimal:
    """The natural logarithm of a positive number."""
    run.charge(_COST_OF_A_SERIES)
    if value <= 0:
        raise NoValue("只有正数有对数")
    return NUMBERS.ln(value)


@builtin_with_run("exp", "number: number")
def exponential(run: Run, value: Decimal) -> Decimal:
    """E to the power of a number."""
    run.charge(_COST_OF_A_SERIES)
    return NUMBERS.exp(value)


def _is_even(value: Decimal) -> bool:
    if not is_whole(value):
        raise NoValue("参数应为整数")
    exponent = value.as_tuple().exponent
    return (isinstance(exponent, int) and exponent > 0) or whole_integer(value) % 2 == 0


@builtin("even", "number: number")
def even(value: Decimal) -> bool:
    """Tell whether a whole number is even."""
    return _is_even(value)


@builtin("odd", "number: number")
def odd(value: Decimal) -> bool:
    """Tell whether a whole number is odd."""
    return not _is_even(value)
