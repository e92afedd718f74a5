"""Half-filled start forms: kept for her alone, gone when the case is there or after a month."""

from datetime import timedelta
from hashlib import sha256

import pytest

from engine.errors import Invalid
from engine.work.start_drafts import MOST_DRAFTS
from tests.engine.conftest import Office

HALF = {"subject": "添置安全帽"}


def test_a_draft_is_kept_for_her_alone_and_the_newest_holds(office: Office) -> None:
    officer, cases = office.actor("officer"), office.engine.cases
    cases.save_start_draft(officer, "example_request", "u1", {"subject": "添"})
    kept_at = cases.save_start_draft(officer, "example_request", "u1", HALF)
    draft = cases.start_draft(officer, "example_request", "u1")
    assert draft is not None
    assert (draft.data, draft.saved_at) == (HALF, kept_at)
    assert [one.data for one in cases.start_drafts(officer)] == [HALF]
    assert cases.start_draft(officer, "example_request", "u2") is None
    assert cases.start_drafts(office.actor("reviewer")) == ()


def test_a_draft_can_be_thrown_away(office: Office) -> None:
    officer, cases = office.actor("officer"), office.engine.cases
    cases.save_start_draft(officer, "example_request", "u1", HALF)
    cases.drop_start_draft(office.actor("reviewer"), "example_request", "u1")
    assert len(cases.start_drafts(officer)) == 1
    cases.drop_start_draft(officer, "example_request", "u1")
    assert cases.start_drafts(officer) == ()


def test_a_draft_that_nobody_touches_is_forgotten_after_a_month(office: Office) -> None:
    officer, engine = office.actor("officer"), office.engine
    engine.cases.save_start_draft(officer, "example_request", "u1", HALF)
    office.clock.advance(timedelta(days=29))
    engine.jobs.sweep()
    assert len(engine.cases.start_drafts(officer)) == 1
    office.clock.advance(timedelta(days=2))
    engine.jobs.sweep()
    assert engine.cases.start_drafts(officer) == ()


def test_too_large_and_too_many_are_refused_with_a_sentence(office: Office) -> None:
    officer, cases = office.actor("officer"), office.engine.cases
    noise = {str(n): sha256(str(n).encode()).hexdigest() for n in range(20_000)}
    with pytest.raises(Invalid, match="草稿内容过大"):
        cases.save_start_draft(officer, "example_request", "u1", noise)
    for number in range(MOST_DRAFTS):
        cases.save_start_draft(officer, "example_request", f"n{number}", HALF)
    with pytest.raises(Invalid, match="我的草稿"):
        cases.save_start_draft(officer, "example_request", "u1", HALF)
    cases.save_start_draft(officer, "example_request", "n1", {"subject": "again"})
