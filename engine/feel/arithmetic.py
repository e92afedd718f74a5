"""What + - * / ** and the unary minus do with each pair of kinds (DMN 1.5, 10.3.2.12)."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel.decimals import NUMBERS, bounded_integer
from engine.feel.errors import NoValue
from engine.feel.run import Run
from engine.feel.temporal import (
    SECOND,
    Date,
    DateTime,
    DayTimeDuration,
    Time,
    YearMonthDuration,
    add_months,
    add_nanoseconds,
    as_moment,
    instant,
)
from engine.feel.values import bounded_text, kind_word

Operation = Callable[[Any, Any, Run], object]
_CHARACTERS_A_STEP = 100


def _join_texts(left: str, right: str, run: Run) -> object:
    joined_length = len(left) + len(right)
    run.charge(joined_length // _CHARACTERS_A_STEP)
    return bounded_text(left + right)


def _subtract_moments(left: Date | DateTime, right: Date | DateTime, _run: Run) -> object:
    """Table 57: both name a zone or neither does, and a date begins at midnight in UTC."""
    first, second = as_moment(left), as_moment(right)
    if first.time.zoned != second.time.zoned:
        raise NoValue("一个时刻带时区,另一个不带,不能相减")
    return DayTimeDuration(instant(first, "UTC") - instant(second, "UTC"))


def _subtract_times(left: Time, right: Time, _run: Run) -> object:
    if left.zoned != right.zoned:
        raise NoValue("一个时间带时区,另一个不带,不能相减")
    offsets = (right.utc_offset() or 0) - (left.utc_offset() or 0)
    return DayTimeDuration(left.nanoseconds - right.nanoseconds + offsets * SECOND)


def _whole_length(length: Decimal) -> int:
    # Durations reach 3e25 nanoseconds, past bounded_integer; 34 digits hold them, and their
    # classes bound them.
    return int(length) if abs(length.adjusted()) <= NUMBERS.prec else bounded_integer(length)


def _scaled(length: int, factor: Decimal) -> int:
    return _whole_length(NUMBERS.multiply(Decimal(length), factor))


def _divided(length: int, divisor: Decimal) -> int:
    # Never by way of 1 / divisor, which is rounded: a third of 3 months is 1 month, not 0.
    return _whole_length(NUMBERS.divide(Decimal(length), divisor)) if divisor else _by_zero()


def _by_zero() -> int:
    raise NoValue("除数是 0")


def _ratio(left: int, right: int) -> Decimal:
    return NUMBERS.divide(Decimal(left), Decimal(right)) if right else Decimal(_by_zero())


def _divide_numbers(left: Decimal, right: Decimal, _run: Run) -> object:
    return NUMBERS.divide(left, right) if right else _by_zero()


def _power(left: Decimal, right: Decimal, run: Run) -> object:
    run.charge(20)
    # IEEE 754 has 0 ** 0 = 1, where Python's Decimal knows no value.
    return NUMBERS.power(left, right) if right else Decimal(1)


_MONTHS, _EXACT = YearMonthDuration, DayTimeDuration
Table = Mapping[tuple[type, type], Operation]

_ADD: Table = {
    (Decimal, Decimal): lambda a, b, _run: NUMBERS.add(a, b),
    (str, str): _join_texts,
    (_MONTHS, _MONTHS): lambda a, b, _run: YearMonthDuration(a.months + b.months),
    (_EXACT, _EXACT): lambda a, b, _run: DayTimeDuration(a.nanoseconds + b.nanoseconds),
    (Date, _MONTHS): lambda a, b, _run: add_months(a, b.months),
    (DateTime, _MONTHS): lambda a, b, _run: add_months(a, b.months),
    (_MONTHS, Date): lambda a, b, _run: add_months(b, a.months),
    (_MONTHS, DateTime): lambda a, b, _run: add_months(b, a.months),
    (Date, _EXACT): lambda a, b, _run: add_nanoseconds(a, b.nanoseconds),
    (DateTime, _EXACT): lambda a, b, _run: add_nanoseconds(a, b.nanoseconds),
    (Time, _EXACT): lambda a, b, _run: add_nanoseconds(a, b.nanoseconds),
    (_EXACT, Date): lambda a, b, _run: add_nanoseconds(b, a.nanoseconds),
    (_EXACT, DateTime): lambda a, b, _run: add_nanoseconds(b, a.nanoseconds),
    (_EXACT, Time): lambda a, b, _run: add_nanoseconds(b, a.nanoseconds),
}
_SUBTRACT: Table = {
    (Decimal, Decimal): lambda a, b, _run: NUMBERS.subtract(a, b),
    (_MONTHS, _MONTHS): lambda a, b, _run: YearMonthDuration(a.months - b.months),
    (_EXACT, _EXACT): lambda a, b, _run: DayTimeDuration(a.nanoseconds - b.nanoseconds),
    (Date, _MONTHS): lambda a, b, _run: add_months(a, -b.months),
    (DateTime, _MONTHS): lambda a, b, _run: add_months(a, -b.months),
    (Date, _EXACT): lambda a, b, _run: add_nanoseconds(a, -b.nanoseconds),
    (DateTime, _EXACT): lambda a, b, _run: add_nanoseconds(a, -b.nanoseconds),
    (Time, _EXACT): lambda a, b, _run: add_nanoseconds(a, -b.nanoseconds),
    (Date, Date): lambda a, b, _run: DayTimeDuration((a.day - b.day) * 86_400 * SECOND),
    (DateTime, DateTime): _subtract_moments,
    (DateTime, Date): _subtract_moments,
    (Date, DateTime): _subtract_moments,
    (Time, Time): _subtract_times,
}
_MULTIPLY: Table = {
    (Decimal, Decimal): lambda a, b, _run: NUMBERS.multiply(a, b),
    (_MONTHS, Decimal): lambda a, b, _run: YearMonthDuration(_scaled(a.months, b)),
    (Decimal, _MONTHS): lambda a, b, _run: YearMonthDuration(_scaled(b.months, a)),
    (_EXACT, Decimal): lambda a, b, _run: DayTimeDuration(_scaled(a.nanoseconds, b)),
    (Decimal, _EXACT): lambda a, b, _run: DayTimeDuration(_scaled(b.nanoseconds, a)),
}
_DIVIDE: Table = {
    (Decimal, Decimal): _divide_numbers,
    (_MONTHS, Decimal): lambda a, b, _run: YearMonthDuration(_divided(a.months, b)),
    (_EXACT, Decimal): lambda a, b, _run: DayTimeDuration(_divided(a.nanoseconds, b)),
    (_MONTHS, _MONTHS): lambda a, b, _run: _ratio(a.months, b.months),
    (_EXACT, _EXACT): lambda a, b, _run: _ratio(a.nanoseconds, b.nanoseconds),
}
_OPERATIONS: Mapping[str, Table] = {
    "+": _ADD,
    "-": _SUBTRACT,
    "*": _MULTIPLY,
    "/": _DIVIDE,
    "**": {(Decimal, Decimal): _power},
}

# Two numbers are so much the usual case that they go past the tables.
NUMBER_OPERATIONS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
}


def calculate(operator: str, left: object, right: object, run: Run) -> object:
    """Apply an operator; null with a reason where it has no meaning."""
    operation = _OPERATIONS[operator].get((type(left), type(right)))
    if operation is None:
        return run.null(f"“{operator}”不能用于{kind_word(left)}和{kind_word(right)}")
    try:
        return operation(left, right, run)
    except NoValue as problem:
        return run.null(f"“{operator}”:{problem.reason}")
    except ArithmeticError:
        return run.null(f"“{operator}”:结果超出数字范围")


def negate(value: object, run: Run) -> object:
    """Turn the sign of a number or a duration."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    if isinstance(value, DayTimeDuration):
        return DayTimeDuration(-value.nanoseconds)
    return run.null(f"负号不能用于{kind_word(value)}")
