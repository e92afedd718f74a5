"""Who was given something that was not taken back."""

from sqlalchemy import ColumnElement, select

from registry.store.tables import help_record, household


def is_helped() -> ColumnElement[bool]:
    """That something was given which was not taken back.

    One set for the whole question: asked file by file, SQLite goes through every entry that takes
    nothing back, which is nearly all of them, for each file. A part of a payment that came back
    (追回) is an entry below zero, and no help.
    """
    counter = help_record.alias("counter")
    taken_back = select(counter.c.counters).where(counter.c.counters.is_not(None))
    return household.c.file_no.in_(
        select(help_record.c.file_no).where(
            help_record.c.counters.is_(None),
            help_record.c.cents >= 0,
            help_record.c.id.not_in(taken_back),
        )
    )
