"""What goes wrong with an expression.

Badly written (told to the designer) or without a value (null).
"""


class FeelSyntaxError(Exception):
    """The text is no FEEL; the message is a Chinese sentence for the designer.

    `line` and `column` count from 1 and point at the character where reading stopped.
    """

    def __init__(self, message: str, text: str, position: int) -> None:
        before = text[:position]
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        self.message = message
        self.text = text
        super().__init__(f"第 {self.line} 行第 {self.column} 个字符:{message}")


class NoValue(Exception):
    """Inside the evaluator only: this operation is null, for a reason that is recorded."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BudgetExceeded(Exception):
    """Inside the evaluator only: the expression asks for more work than it may cause."""
