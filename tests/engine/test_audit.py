"""The chain over everything: whole when untouched, and every tampering is found (D11)."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from engine.store.events import FIRST_LINK
from tests.engine.conftest import Office


def _history(office: Office) -> None:
    for _ in range(2):
        office.do("reviewer", office.applied(), "review", {"decision": "agree"})
    office.engine.note_access(office.actor("reviewer"), "case-read", "case", "")
    office.engine.audit.seal()
    office.clock.advance(timedelta(days=1))
    office.engine.audit.seal()


def _tamper(office: Office, *statements: str) -> None:
    with office.engine.database.unit_of_work() as work:
        for statement in statements:
            work.tx.execute(text(statement))
        work.commit()


_AS_EARLIER_RELEASES = (
    (
        "UPDATE seal SET source_hash = (SELECT event.hash FROM event WHERE event.id = source_id) "
        "WHERE source = 'case'"
    ),
    (
        "UPDATE seal SET source_hash = (SELECT access_event.hash FROM access_event "
        "WHERE access_event.id = source_id) WHERE source = 'access'"
    ),
    f"UPDATE seal SET before_hash = '{FIRST_LINK}' WHERE seq = 1",
    (
        "UPDATE seal SET before_hash = (SELECT earlier.hash FROM seal AS earlier "
        "WHERE earlier.seq = seal.seq - 1) WHERE seq > 1"
    ),
)
"""Numbers with the hashes of others in them, as they were written before."""


def test_an_untouched_chain_is_whole_and_gap_free(office: Office) -> None:
    _history(office)
    verdict = office.engine.audit.verify()
    assert verdict.ok, verdict
    numbers = [row.seq for row in office.engine.audit.entries(0, 500)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert verdict.entries == len(numbers)


@pytest.mark.parametrize(
    "statements",
    [
        ["UPDATE event SET actor = 'p-chair' WHERE id = 3"],
        ["UPDATE event SET payload = (SELECT payload FROM event WHERE id = 4) WHERE id = 3"],
        ["UPDATE event SET at = '2026-01-01T00:00:00.000000Z' WHERE id = 3"],
        ["DELETE FROM event WHERE id = 3"],
        ["DELETE FROM event WHERE id = (SELECT MAX(id) FROM event)"],
        [
            "UPDATE event SET number = 99 WHERE id = 3",
            "UPDATE event SET number = 3 WHERE id = 4",
            "UPDATE event SET number = 4 WHERE id = 3",
        ],
        ["UPDATE access_event SET object = 'other' WHERE id = 1"],
        ["DELETE FROM access_event WHERE id = (SELECT MIN(id) FROM access_event)"],
        ["DELETE FROM seal WHERE seq = 2"],
        [
            "DELETE FROM seal WHERE seq > 5",
            "DELETE FROM access_event WHERE id = (SELECT MAX(id) FROM access_event)",
        ],
        ["UPDATE seal SET source_hash = hash WHERE seq = 2"],
        ["UPDATE seal_day SET signature = 'x'"],
    ],
    ids=[
        "actor",
        "payload",
        "instant",
        "deleted",
        "cut-off",
        "swapped",
        "access-edited",
        "access-deleted",
        "number-missing",
        "tail-of-seals",
        "seal-edited",
        "signature",
    ],
)
@pytest.mark.parametrize("earlier", [False, True], ids=["now", "earlier-release"])
def test_every_tampering_is_found(office: Office, statements: list[str], earlier: bool) -> None:
    _history(office)
    if earlier:
        _tamper(office, *_AS_EARLIER_RELEASES)
    assert office.engine.audit.verify().ok
    _tamper(office, *statements)
    verdict = office.engine.audit.verify()
    assert not verdict.ok
    assert verdict.reason


def test_the_chain_goes_on_from_numbers_of_an_earlier_release(office: Office) -> None:
    _history(office)
    told = office.engine.audit.entries(0, 500)
    _tamper(office, *_AS_EARLIER_RELEASES)
    assert office.engine.audit.entries(0, 500) == told
    office.do("reviewer", office.applied(), "review", {"decision": "agree"})
    office.engine.audit.seal()
    assert office.engine.audit.verify().ok
    links = office.engine.audit.entries(0, 500)
    assert len(links) > len(told)
    assert [row.before_hash for row in links] == [FIRST_LINK, *(row.hash for row in links[:-1])]


def test_a_tail_cut_off_with_its_signatures_changes_the_head_noted_outside(office: Office) -> None:
    _history(office)
    noted = office.engine.audit.verify().head
    _tamper(
        office,
        "DELETE FROM seal_day",
        "DELETE FROM seal",
        "DELETE FROM access_event",
    )
    assert office.engine.audit.verify().head != noted
