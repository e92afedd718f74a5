"""List functions (DMN 1.5, 10.3.4.4). Positions count from 1, from the end when negative."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from functools import cmp_to_key, reduce

from engine.feel.arithmetic import calculate
from engine.feel.decimals import NUMBERS, bounded_integer, whole_integer
from engine.feel.errors import NoValue
from engine.feel.functions.registry import aggregate, builtin, builtin_with_run, variadic
from engine.feel.functions.strings import slice_from
from engine.feel.run import Run
from engine.feel.temporal import DayTimeDuration, YearMonthDuration
from engine.feel.values import FeelFunction, equal, less_than

_DEEPEST_LIST = 60
_PAIR = 2


@builtin_with_run("list contains", "list: list, element: any")
def list_contains(run: Run, items: list[object], element: object) -> bool:
    """Tell whether an equal value is in the list."""
    return any(equal(item, element, run) is True for item in items)


@builtin("count", "list: list")
def count(items: list[object]) -> Decimal:
    """Count the items."""
    return Decimal(len(items))


def _extreme(run: Run, items: list[object], *, largest: bool) -> object:
    if not items:
        raise NoValue("列表是空的")
    best = items[0]
    if less_than(best, best, run) is None:
        raise NoValue("这种值不能比较大小")
    for item in items[1:]:
        better = less_than(best, item, run) if largest else less_than(item, best, run)
        if better is None:
            raise NoValue("列表里的值不能互相比较大小")
        if better:
            best = item
    return best


@aggregate("min")
def minimum(run: Run, items: list[object]) -> object:
    """Give the smallest item."""
    return _extreme(run, items, largest=False)


@aggregate("max")
def maximum(run: Run, items: list[object]) -> object:
    """Give the largest item."""
    return _extreme(run, items, largest=True)


@aggregate("sum")
def total(run: Run, items: list[object]) -> object:
    """Add numbers, or durations of one kind."""
    if not items:
        raise NoValue("列表是空的")
    kind = type(items[0])
    if kind not in (Decimal, YearMonthDuration, DayTimeDuration):
        raise NoValue("只能对数字或时长求和")
    if any(type(item) is not kind for item in items):
        raise NoValue("列表里有不同类型的值")
    return reduce(lambda one, other: calculate("+", one, other, run), items)


def _numbers(items: list[object]) -> list[Decimal]:
    numbers = [item for item in items if isinstance(item, Decimal)]
    if not numbers or len(numbers) != len(items):
        raise NoValue("需要由数字组成的列表")
    return numbers


@aggregate("mean")
def mean(run: Run, items: list[object]) -> object:
    """The average of numbers or durations."""
    return calculate("/", total(run, items), Decimal(len(items)), run)


@aggregate("product")
def product(_run: Run, items: list[object]) -> Decimal:
    """Multiply numbers."""
    return reduce(NUMBERS.multiply, _numbers(items))


@aggregate("median")
def median(_run: Run, items: list[object]) -> Decimal:
    """The middle number, or the average of the two in the middle."""
    numbers = sorted(_numbers(items))
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@aggregate("stddev")
def standard_deviation(run: Run, items: list[object]) -> Decimal:
    """The standard deviation of a sample of two or more numbers."""
    numbers = _numbers(items)
    if len(numbers) < _PAIR:
        raise NoValue("至少需要两个数字")
    run.charge(len(numbers))
    average = NUMBERS.divide(reduce(NUMBERS.add, numbers), Decimal(len(numbers)))
    differences = [NUMBERS.subtract(number, average) for number in numbers]
    squares = [NUMBERS.multiply(difference, difference) for difference in differences]
    variance = NUMBERS.divide(reduce(NUMBERS.add, squares), Decimal(len(numbers) - 1))
    return NUMBERS.sqrt(variance)


@aggregate("mode")
def mode(_run: Run, items: list[object]) -> list[object]:
    """The most frequent numbers, in ascending order."""
    if not items:
        return []
    frequencies = Counter(_numbers(items))
    most = max(frequencies.values())
    return [*sorted(number for number, times in frequencies.items() if times == most)]


@aggregate("all")
def all_true(_run: Run, items: list[object]) -> bool | None:
    """False when one item is false, true when all are true, otherwise null."""
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@aggregate("any")
def any_true(_run: Run, items: list[object]) -> bool | None:
    """True when one item is true, false when all are false, otherwise null."""
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@builtin("sublist", "list: list, start position: number, length: number?")
def sublist(items: list[object], start: Decimal, length: Decimal | None = None) -> list[object]:
    """Give some items from a position on."""
    part = items[slice_from(len(items), start, length)]
    if length is not None and len(part) < length:
        raise NoValue("列表没有这么多项")
    return part


@variadic("append", "list: list, item: any")
def append(_run: Run, arguments: tuple[object, ...]) -> list[object]:
    """Put items at the end of a list."""
    first = arguments[0]
    if first is None:
        raise NoValue("没有给出列表")
    return [*(first if isinstance(first, list) else [first]), *arguments[1:]]


@variadic("concatenate", "list: list")
def concatenate(_run: Run, arguments: tuple[object, ...]) -> list[object]:
    """Join lists one behind the other."""
    return _joined(arguments)


def _joined(lists: Sequence[object]) -> list[object]:
    joined: list[object] = []
    for part in lists:
        if part is None:
            raise NoValue("其中一个列表是空值")
        joined.extend(part if isinstance(part, list) else [part])
    return joined


def _distinct(run: Run, items: list[object]) -> list[object]:
    distinct: list[object] = []
    for item in items:
        run.charge(1 + len(distinct) // 4)
        if not any(equal(item, other, run) is True for other in distinct):
            distinct.append(item)
    return distinct


@builtin_with_run("distinct values", "list: list")
def distinct_values(run: Run, items: list[object]) -> list[object]:
    """Leave out what has occurred before."""
    return _distinct(run, items)


@variadic("union", "list: list")
def union(run: Run, arguments: tuple[object, ...]) -> list[object]:
    """Join lists, leaving out what has occurred before."""
    return _distinct(run, _joined(arguments))


@builtin_with_run("duplicate values", "list: list")
def duplicate_values(run: Run, items: list[object]) -> list[object]:
    """Give the values that occur more than once, each once (Camunda)."""
    repeated = []
    for item in _distinct(run, items):
        run.charge(1 + len(items) // 4)
        if sum(1 for other in items if equal(item, other, run) is True) > 1:
            repeated.append(item)
    return repeated


def _index(items: list[object], position: Decimal) -> int:
    index = whole_integer(position)
    if index == 0 or abs(index) > len(items):
        raise NoValue(f"列表没有第 {index} 项")
    return index - 1 if index > 0 else len(items) + index


@builtin("insert before", "list: list, position: number, newItem: any")
def insert_before(items: list[object], position: Decimal, new: object) -> list[object]:
    """Put an item before a position."""
    index = _index(items, position)
    return [*items[:index], new, *items[index:]]


@builtin("remove", "list: list, position: number")
def remove(items: list[object], position: Decimal) -> list[object]:
    """Leave out the item at a position."""
    index = _index(items, position)
    return items[:index] + items[index + 1 :]


@builtin_with_run(
    "list replace",
    "list: list, position: number, newItem: any",
    "list: list, match: function, newItem: any",
)
def list_replace(
    run: Run, items: list[object], place: Decimal | FeelFunction, new: object
) -> list[object]:
    """Replace the item at a position, or those for which match(item, newItem) is true."""
    if isinstance(place, Decimal):
        index = _index(items, place)
        return [*items[:index], new, *items[index + 1 :]]
    if not place.accepts_count(_PAIR):
        raise NoValue("匹配函数应有两个参数")
    replaced = []
    for item in items:
        match = place.call(run, [item, new])
        if not isinstance(match, bool):
            raise NoValue("匹配函数的结果不是是否值")
        replaced.append(new if match else item)
    return replaced


@builtin("reverse", "list: list")
def reverse(items: list[object]) -> list[object]:
    """Turn the order round."""
    return items[::-1]


@builtin_with_run("index of", "list: list, match: any")
def index_of(run: Run, items: list[object], match: object) -> list[object]:
    """Give the positions of all equal items."""
    return [
        Decimal(position)
        for position, item in enumerate(items, start=1)
        if equal(item, match, run) is True
    ]


@builtin_with_run("flatten", "list: list")
def flatten(run: Run, items: list[object]) -> list[object]:
    """Resolve lists inside the list."""
    return _flattened(run, items, 0)


def _flattened(run: Run, items: list[object], depth: int) -> list[object]:
    if depth > _DEEPEST_LIST:
        raise NoValue("列表嵌套太深")
    flat: list[object] = []
    for item in items:
        run.charge()
        flat.extend(_flattened(run, item, depth + 1) if isinstance(item, list) else [item])
    return flat


@builtin_with_run("sort", "list: list, precedes: function?")
def sort(run: Run, items: list[object], precedes: FeelFunction | None = None) -> list[object]:
    """Order the items, by precedes(a, b) where it is given."""
    if precedes is not None and not precedes.accepts_count(_PAIR):
        raise NoValue("比较函数应有两个参数")

    def before(one: object, other: object) -> object:
        run.charge()
        if precedes is not None:
            return precedes.call(run, [one, other])
        smaller = less_than(one, other, run)
        if smaller is None:
            raise NoValue("列表里的值不能互相比较大小")
        return smaller

    def compared(one: object, other: object) -> int:
        if before(one, other) is True:
            return -1
        return 1 if before(other, one) is True else 0

    return sorted(items, key=cmp_to_key(compared))


@builtin("partition", "list: list, size: number")
def partition(items: list[object], size: Decimal) -> list[object]:
    """Cut a list into lists of a size (Camunda)."""
    length = bounded_integer(size)
    if length < 1:
        raise NoValue("每组的个数应为正数")
    return [items[start : start + length] for start in range(0, len(items), length)]


@builtin("is empty", "value: any")
def is_empty(value: object) -> bool:
    """Tell whether a list, context or text has nothing in it.

    A missing value has nothing (after Camunda).
    """
    if value is None:
        return True
    if not isinstance(value, list | dict | str):
        raise NoValue("参数应为列表、上下文或文本")
    return not value
