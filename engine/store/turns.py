"""Turns on PostgreSQL, for what is worked out from rows and then written: SQLite has one writer.

A turn is kept until the transaction ends. What is read after it was taken is what the one before
has committed.
"""

from sqlalchemy import func, select

from engine.store.database import Tx

_DIRECTORY = "directory"


def take_turns(tx: Tx, what: str) -> None:
    """Let those who ask for the same go one after the other."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


def share_turns(tx: Tx, what: str) -> None:
    """Go beside others who share it, but beside nobody who takes the turn."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock_shared(func.hashtextextended(what, 0))))


def change_directory(tx: Tx) -> None:
    """Be the only one who changes the directory or what follows from it.

    Who lies below whom and where queues lead are worked out from the whole directory: of two
    who did so at once, the later would write what the earlier had just replaced. Every command
    that has them worked out anew says so before it reads or holds anything: what it checks is
    then what it writes beside, and none of them that waits holds a row that another needs.
    """
    take_turns(tx, _DIRECTORY)


def rely_on_directory(tx: Tx) -> None:
    """Let the directory stay as it is until what is worked out from it now is committed."""
    share_turns(tx, _DIRECTORY)
