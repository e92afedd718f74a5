"""What one version of a process has that another has not, in words (Chinese and English)."""

from engine.definitions.comparing.changes import Change, Detail
from engine.definitions.comparing.versions import compare

__all__ = ["Change", "Detail", "compare"]
