"""What a file is found by beyond its row: reckoned from its content, anew when the rules change."""

from collections.abc import Callable

from engine.model.pinyin import search_text
from engine.store.database import Tx
from engine.work.environment import Environment
from registry.deciding import review_of
from registry.household import Content, category_of, mapping, text
from registry.people import people_of
from registry.reading import content_of
from registry.store import households, index, people
from registry.store.index import IndexEntry

EDITION = 4
"""Of the rules below. A file that was indexed by another edition is indexed again at the start."""

_BATCH = 200
_LONGEST_CODE = 10
_SHORTEST_ADDRESS = 6


def entry_of(content: Content, lookup_hash: Callable[[str], str]) -> IndexEntry:
    """The entry of a content."""
    head, review = mapping(content.get("head")), review_of(content)
    return IndexEntry(
        spelled=search_text(text(head.get("name"))),
        cause=text(mapping(content.get("hardship")).get("cause_main"))[:_LONGEST_CODE],
        address_hash=address_hash(text(head.get("address")), lookup_hash),
        withdrawn=bool(text(mapping(content.get("consent")).get("withdrawn_on"))),
        review_since="" if review is None else review.since,
    )


def address_hash(address: str, lookup_hash: Callable[[str], str]) -> str | None:
    """A short address is that of a village or a street: it says nothing about a household."""
    plain = "".join(character for character in address if character.isalnum())
    return lookup_hash(f"address {plain}") if len(plain) >= _SHORTEST_ADDRESS else None


def put(tx: Tx, lookup_hash: Callable[[str], str], file_no: str, content: Content) -> None:
    """Index what a file says now."""
    index.put_many(tx, EDITION, {file_no: entry_of(content, lookup_hash)})


def index_files(environment: Environment, execute: Callable[[Callable[[Tx], int]], int]) -> int:
    """Index every file that is not, or was by other rules; how many that were.

    In batches, each its own transaction: an interrupted one goes on at the next start.
    """
    total = 0
    while done := execute(lambda tx: _batch(environment, tx)):
        total += done
    return total


def _batch(environment: Environment, tx: Tx) -> int:
    found, categories, named = {}, {}, {}
    for file, newest in households.with_newest(tx, index.stale(tx, EDITION, _BATCH)):
        if newest is not None:
            content = content_of(tx, environment.vault, file.file_no, newest.number)
            found[file.file_no] = entry_of(content, environment.vault.lookup_hash)
            named[file.file_no] = people_of(content, environment.vault.lookup_hash)
            if category_of(content) != file.shown.category:
                categories[file.file_no] = category_of(content)
    households.set_categories(tx, categories)
    people.put_many(tx, named)
    index.put_many(tx, EDITION, found)
    return len(found)
