"""A finished step with what was filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.forms import CompiledForm
from engine.model.items import Items


@dataclass(frozen=True)
class Submission:
    """A finished step's form with what was filled in."""

    task_id: str
    element_id: str
    element_name: str
    by: str
    by_name: str
    at: datetime
    form: CompiledForm
    data: Mapping[str, object]
    is_withheld: bool = False
    """Its answers are not for this reader; ``data`` is empty."""
    items: Items = ()
    profile: str = ""
    """The document of the separation profile without which its doer could not have done it."""

    @property
    def signer(self) -> str:
        """Who did it, on paper; there too it is said where a profile let her do it."""
        return f"{self.by_name}(按最小岗位方案,{self.profile})" if self.profile else self.by_name
