"""What service tasks of processes may call, by name (design.md D18)."""

from collections.abc import Mapping

from engine.model.operations import Operation
from registry.closing_operations import CLOSE_FILE, FIND_CORRECTION, REOPEN_FILE
from registry.duplicate_operations import FIND_DUPLICATES, MERGE
from registry.duty.operations import DUTY_OPERATIONS
from registry.duty.starts import FROM_THE_ROSTER
from registry.file_report import FROM_A_REPORT
from registry.funds.entitling import ENTITLING_OPERATIONS
from registry.funds.list_operations import LIST_OPERATIONS
from registry.funds.lists import NEWS, SOURCES
from registry.funds.operations import FUND_OPERATIONS
from registry.funds.publishing import RESULT_OPERATIONS
from registry.funds.recovering import RECOVERY_OPERATIONS
from registry.funds.starts import FROM_A_BATCH, FROM_A_TRANSFER
from registry.household_operations import OPEN_FILE, SET_NATIONAL_NUMBER
from registry.leaving_operations import LEAVING_OPERATIONS
from registry.means_operations import FIND_REPORT, RECORD_REPORT
from registry.member_operations import FIND_MEMBER
from registry.notice_operations import notice_operations
from registry.report_operations import ANSWER_REPORTS, FIND_REPORTS
from registry.review_operations import REVIEW_OPERATIONS
from registry.starts import FROM_A_FILE


def operations_for(site: str = "") -> Mapping[str, Operation]:
    """Given to :class:`engine.Options`; a page lists them with what they need and give.

    ``site`` is the address under which the public finds the installation.
    """
    return {
        operation.name: operation
        for operation in (
            *notice_operations(site),
            FIND_DUPLICATES,
            FIND_REPORT,
            RECORD_REPORT,
            OPEN_FILE,
            MERGE,
            SET_NATIONAL_NUMBER,
            CLOSE_FILE,
            REOPEN_FILE,
            FIND_CORRECTION,
            FIND_REPORTS,
            ANSWER_REPORTS,
            *LEAVING_OPERATIONS,
            *REVIEW_OPERATIONS,
            *FUND_OPERATIONS,
            *LIST_OPERATIONS,
            *ENTITLING_OPERATIONS,
            *RESULT_OPERATIONS,
            *RECOVERY_OPERATIONS,
            FIND_MEMBER,
            *DUTY_OPERATIONS,
        )
    }


PANELS = frozenset(
    {
        "notice.sheet",
        "notice.objections",
        "household.copy",
        "household.report",
        "funds.batch",
        "funds.campaign",
        "funds.payee",
    }
)
"""What a step may show of the register above its form (``panel``)."""

STARTS = frozenset({FROM_A_FILE, FROM_A_REPORT, FROM_A_BATCH, FROM_A_TRANSFER, FROM_THE_ROSTER})
"""What of the register a process may be started from (``startsFrom``)."""

__all__ = ["NEWS", "OPERATIONS", "PANELS", "SOURCES", "STARTS", "operations_for"]

OPERATIONS = operations_for()
"""Those of an installation that does not know its own address."""
