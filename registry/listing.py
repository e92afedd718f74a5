"""Names again who is in files that were written before duplicates were looked for that way."""

from collections.abc import Callable

from engine.store.database import Tx
from engine.work.environment import Environment
from registry.household import sealed_place, unpacked
from registry.people import people_of
from registry.store import households, people

_BATCH = 200


def list_people(environment: Environment, execute: Callable[[Callable[[Tx], int]], int]) -> int:
    """List the people of every file that has none listed; how many files that were.

    In batches, each its own transaction: an interrupted one goes on at the next start.
    """
    total = 0
    while done := execute(lambda tx: _batch(environment, tx)):
        total += done
    return total


def _batch(environment: Environment, tx: Tx) -> int:
    numbers = people.unlisted(tx, _BATCH)
    named = {}
    for file, newest in households.with_newest(tx, numbers):
        if newest is not None:
            place = sealed_place(file.file_no, newest.number)
            content = unpacked(environment.vault.open(newest.content, place))
            named[file.file_no] = people_of(content, environment.vault.lookup_hash)
    people.put_many(tx, named)
    return len(named)
