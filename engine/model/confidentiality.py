"""How closely a case is kept, and who is kept away from it: properties of its process.

``confidentiality`` is a word or FEEL for one: ``ordinary``, ``confidential`` or ``sealed``.
``excluded`` is FEEL for whom the case complains about: a list of ``{person: …}`` (user name, id or
name) and ``{unit: …}`` (id, code or name), with ``sure: false`` where somebody wrote it who cannot
know the directory: whoever may be meant is kept away, and a name nobody has is no fault.
``excludedSuperiors`` names the levels of the superiors
of such a unit that are kept away as well, or ``true`` for all of them. ``sealedRole`` is the role
whose holders see sealed cases that their organisation, or one below it, handles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

CONFIDENTIALITY = "confidentiality"
EXCLUDED = "excluded"
EXCLUDED_SUPERIORS = "excludedSuperiors"
SEALED_ROLE = "sealedRole"

ALL_SUPERIORS = "true"
"""In ``excludedSuperiors`` instead of levels."""

PERSON = "person"
UNIT = "unit"
SURE = "sure"
"""In an entry of ``excluded``: false where its words may mean nobody of the directory."""


class Degree(IntEnum):
    """How closely a case is kept; it never falls by itself."""

    ORDINARY = 0
    CONFIDENTIAL = 1
    SEALED = 2


DEGREES: Mapping[str, Degree] = {degree.name.lower(): degree for degree in Degree}
"""By the words a process writes."""


@dataclass(frozen=True)
class Exclusion:
    """A person, or everybody of a unit, who neither sees a case nor does any of its steps.

    ``superiors``: the levels of a unit's superiors that are kept away with it.
    """

    kind: str
    ref: str
    superiors: str = ""
