"""Households as a list of cases, and what becomes known of their money (design.md D10).

A process asks for them with ``cases.for_each``: source ``households`` begins a case for each
household on file on a day, news ``payments`` tells each case when its household was paid. Source
``students`` begins one for each child who was given it the year before, ``student_payments`` tells.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from engine.errors import Invalid
from engine.forms.values import to_json_number
from engine.model.fan_out import Line, News, Source
from engine.store.database import Tx
from registry.budget.amounts import yuan
from registry.file_list import FileList
from registry.household import text
from registry.store import campaigns, entitlements
from registry.store.campaigns import Paid

GRANT_PAID = "grant_paid"
"""The message that cases of households wait for whose money is to be paid: who waits for it may
be put on a roster."""


HELD_BECAUSE = "held_because"
"""The attribute of such a case that says in words why its household is given nothing."""


class HouseholdList:
    """Households on file on a day.

    Wanted: ``below``, the organisation whose area is meant; ``on``, the day of the list;
    ``joining``, true where households archived since belong to it as well.
    ``variables`` are what each case begins with, beside ``file_no``, ``household`` (the name of its
    head) and ``joined_on`` (the day it came on file, where that is after the day of the list).
    """

    def count(self, tx: object, wanted: Mapping[str, object]) -> int:
        """How many there are."""
        below, on, joining = _asked(wanted)
        return campaigns.count_on_file(cast(Tx, tx), below, on, joining=joining)

    def page(
        self, tx: object, wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        """The next ones by file number."""
        below, on, joining = _asked(wanted)
        given = wanted.get("variables")
        variables = given if isinstance(given, Mapping) else {}
        return [
            Line(
                one.file_no,
                one.organisation_id,
                {
                    **variables,
                    "file_no": one.file_no,
                    "household": one.name,
                    "joined_on": one.stands_since if one.stands_since > on.isoformat() else "",
                },
            )
            for one in campaigns.on_file(
                cast(Tx, tx), below, on, joining=joining, after=after, limit=limit
            )
        ]


class PaymentNews:
    """Wanted: ``programme``, ``period`` and ``item``.

    A household that was paid hears how much and when.
    """

    def of(
        self, tx: object, wanted: Mapping[str, object], keys: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """What was paid, by file number."""
        programme, period = text(wanted.get("programme")), text(wanted.get("period"))
        known = campaigns.paid(cast(Tx, tx), programme, period, text(wanted.get("item")), keys)
        return {file_no: _told(one) for file_no, one in known.items()}


class StudentList:
    """Children who were paid in an earlier period and may be given it once more.

    Wanted: ``programmes``, ``before`` the period they were paid in, ``year`` the year of now. A
    line is the keyed hash of a child's number, of the unit that dealt with her then; its case
    begins with ``variables`` and with ``student_name`` and ``earlier_no``, the number of that case.
    """

    def count(self, tx: object, wanted: Mapping[str, object]) -> int:
        """How many there are."""
        of, before, year = _renewed(wanted)
        return entitlements.count_to_renew(cast(Tx, tx), of, before, year)

    def page(
        self, tx: object, wanted: Mapping[str, object], after: str, limit: int
    ) -> Sequence[Line]:
        """The next ones by that hash."""
        of, before, year = _renewed(wanted)
        given = wanted.get("begin_with")
        begin_with = given if isinstance(given, Mapping) else {}
        return [
            Line(
                one.earlier.beneficiary,
                one.organisation_id,
                {
                    **begin_with,
                    "student_name": one.earlier.beneficiary_name,
                    "earlier_no": one.number,
                },
            )
            for one in entitlements.to_renew(cast(Tx, tx), of, before, year, after, limit)
        ]


class StudentPaymentNews:
    """Wanted: ``programmes`` and ``period``. A child who was paid for hears how much and when."""

    def of(
        self, tx: object, wanted: Mapping[str, object], keys: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """What was paid, by the keyed hash of the child's number."""
        period = text(wanted.get("period"))
        known = campaigns.paid_for(cast(Tx, tx), programmes_of(wanted), period, keys)
        return {key: _told(one) for key, one in known.items()}


def programmes_of(wanted: Mapping[str, object]) -> Sequence[str]:
    """What a list gives where its cases say how much; nothing where it gives all the same."""
    said = wanted.get("programmes")
    return [text(one) for one in said] if isinstance(said, list) else []


def _told(one: Paid) -> Mapping[str, object]:
    return {
        "paid_amount": to_json_number(yuan(one.fen)),
        "paid_on": one.paid_on,
        "voucher_no": one.voucher,
    }


def _renewed(wanted: Mapping[str, object]) -> tuple[Sequence[str], str, int]:
    of, before, year = programmes_of(wanted), text(wanted.get("before")), text(wanted.get("year"))
    if not of or not before or not year.isdigit():
        raise Invalid("没有写明名单的项目、上一期间和年度,没有发起。请核对流程。")
    return of, before, int(year)


def _asked(wanted: Mapping[str, object]) -> tuple[str, date, bool]:
    below, on = text(wanted.get("below")), text(wanted.get("on"))
    try:
        day = date.fromisoformat(on[:10])
    except ValueError:
        raise Invalid(f"名单日期“{on[:20]}”不是日期,没有发起。请核对流程。") from None
    if not below:
        raise Invalid("没有写明名单的范围(below),没有发起。请核对流程。")
    return below, day, wanted.get("joining") is True


SOURCES: Mapping[str, Source] = {
    "households": HouseholdList(),
    "students": StudentList(),
    "files": FileList(),
}
"""Given to :class:`engine.Options`."""

NEWS: Mapping[str, News] = {"payments": PaymentNews(), "student_payments": StudentPaymentNews()}
"""The same."""
