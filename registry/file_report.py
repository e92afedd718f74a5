"""A report on a household on file (举报) as a value: an objection that came after the notice.

It may come at any time (domain.md, correction 15), and is sealed as an objection is.
"""

from dataclasses import dataclass

from registry.objection import Objection

FROM_A_REPORT = "household.report"
"""What a process names in ``startsFrom`` that looks into reports. It is given ``file_no``,
``household`` (the head's name) and ``union``."""

KIND = "举报"
"""What the number of a receipt begins with."""


@dataclass(frozen=True)
class FileReport(Objection):
    """As it is stored. ``notice_id`` is empty unless somebody came by a notice that was over.

    ``reachable``: there is somebody to reply to; a report without a name is looked into as well.
    """

    file_no: str = ""
    reachable: bool = True
