"""What staff write down for somebody outside: properties of message events that say so.

An application is withdrawn by telephone, a report comes by letter, an appeal over the counter
(代录): whoever takes it fills in a form, and the case that waits for the message gets it.
"""

from dataclasses import dataclass
from datetime import date

LABEL = "staffMessage"
"""On a message event: what stands on the button, a verb with its object: 登记撤回."""

HINT = "staffHint"
"""Beside ``staffMessage``: a sentence under the button."""

FORM = "messageForm"
"""Beside ``staffMessage``: the form whose answers are the message."""

ROLES = "messageRoles"
"""Beside ``staffMessage``: codes of the roles that may, at the case's union or above it."""

ON_MESSAGES = frozenset({LABEL, HINT, FORM, ROLES})


@dataclass(frozen=True)
class Awaited:
    """A message the case waits for and this person may write down.

    ``until`` is the last day where a timer takes the wait away.
    """

    token: str
    label: str
    hint: str
    until: date | None
