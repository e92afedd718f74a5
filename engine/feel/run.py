"""The state of one evaluation: what work is left, and why something became null."""

from engine.feel.context import EvaluationContext
from engine.feel.errors import BudgetExceeded

MOST_NESTED_CALLS = 60
MOST_PROBLEMS = 20


class Run:
    """One evaluation from start to end. Deterministic: counted in steps, never in seconds."""

    __slots__ = ("_nested_calls", "_problems", "_steps_left", "context")

    def __init__(self, context: EvaluationContext) -> None:
        self.context = context
        self._steps_left = context.steps
        self._nested_calls = 0
        self._problems: dict[str, None] = {}

    def charge(self, steps: int = 1) -> None:
        """Pay for work; raises BudgetExceeded when nothing is left."""
        self._steps_left -= steps
        if self._steps_left < 0:
            raise BudgetExceeded("计算量超出限制,已停止")

    def null(self, reason: str) -> object:
        """Record why a value is null, and give that null."""
        return self._problems.setdefault(reason)

    def enter_call(self) -> None:
        """Begin a call of a function written in FEEL.

        Raises BudgetExceeded on endless recursion.
        """
        self._nested_calls += 1
        if self._nested_calls > MOST_NESTED_CALLS:
            raise BudgetExceeded("函数互相调用的层数太多,已停止")

    def leave_call(self) -> None:
        """End what enter_call began."""
        self._nested_calls -= 1

    @property
    def problems(self) -> tuple[str, ...]:
        """The recorded reasons, in the order they occurred, each once."""
        return tuple(self._problems)[:MOST_PROBLEMS] if self._problems else ()

    def problem_count(self) -> int:
        """Mark the present end of the problems, for forget_problems_after."""
        return len(self._problems)

    def forget_problems_after(self, count: int) -> None:
        """Drop the problems of an operand that was allowed to be null (get or else, is defined)."""
        while len(self._problems) > count:
            self._problems.popitem()
