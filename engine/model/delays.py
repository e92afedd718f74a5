"""Why a step is late (product.md §1.10): from a list, so that it can be counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

REASONS: Sequence[str] = (
    "等待民政等外部单位",
    "申请人外出或住院",
    "材料未补齐",
    "人手不足或无人办理",
    "等待会议研究",
    "情况复杂需再核实",
    "其他",
)
OTHER = REASONS[-1]
LONGEST_NOTE = 200


@dataclass(frozen=True)
class DelayReason:
    """What was said last of a late step, by whom and when."""

    reason: str
    note: str
    by_name: str
    at: datetime

    @property
    def words(self) -> str:
        """The reason with its note."""
        return f"{self.reason}({self.note})" if self.note else self.reason
