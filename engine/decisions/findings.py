"""What is wrong with a decision file, in sentences for the designer."""

from dataclasses import dataclass

from engine.sentences import Words


@dataclass(frozen=True)
class DecisionFinding:
    """One thing that keeps a decision from running; `code` is stable."""

    code: str
    told: Words
    element_id: str
    line: int

    @property
    def message(self) -> str:
        """The Chinese sentence."""
        return self.told.zh


class DecisionProblem(Exception):
    """The file cannot be read at all, or names no such decision."""

    def __init__(self, told: Words, element_id: str = "", line: int = 0) -> None:
        super().__init__(told.zh)
        self.told = told
        self.message = told.zh
        self.element_id = element_id
        self.line = line
