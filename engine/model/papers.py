"""The papers of a case as their readers know them: which are needed, given and checked."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PaperCheck:
    """A paper that somebody ticked off as checked (已核) in a step."""

    task_id: str
    step: str
    file_id: str
    by_name: str
    at: datetime


@dataclass(frozen=True)
class GivenPaper:
    """A file that was handed in for a needed paper: by whom, when and in which step."""

    file_id: str
    by_name: str
    at: datetime
    step: str


@dataclass(frozen=True)
class RequiredPaper:
    """A paper that a decision asks for; ``where`` is the place of the form that asks for it."""

    code: str
    text: str
    where: str
    is_optional: bool
    given: tuple[GivenPaper, ...]

    @property
    def is_missing(self) -> bool:
        """Whether it must be there and is not."""
        return not self.given and not self.is_optional
