"""What is wrong with a decision file, in sentences for the designer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DecisionFinding:
    """One thing that keeps a decision from running.

    `code` is stable, `message` a Chinese sentence.
    """

    code: str
    message: str
    element_id: str
    line: int


class DecisionProblem(Exception):
    """The file cannot be read at all, or names no such decision."""

    def __init__(self, message: str, element_id: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.element_id = element_id
        self.line = line
