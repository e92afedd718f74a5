"""What goes wrong with an expression.

Badly written (told to the designer) or without a value (null).
"""

from engine.sentences import Words


class FeelSyntaxError(Exception):
    """The text is no FEEL; the message is a sentence for the designer, Chinese as a text.

    `line` and `column` count from 1 and point at the character where reading stopped.
    """

    def __init__(self, message: Words, text: str, position: int) -> None:
        before = text[:position]
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        self.message = message.zh
        self.text = text
        self.told = Words(
            f"第 {self.line} 行第 {self.column} 个字符:{message.zh}",
            f"line {self.line}, character {self.column}: {message.en}",
        )
        super().__init__(self.told.zh)


class NoValue(Exception):
    """Inside the evaluator only: this operation is null, for a reason that is recorded."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BudgetExceeded(Exception):
    """Inside the evaluator only: the expression asks for more work than it may cause."""
