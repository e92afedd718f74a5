"""Papers that lie in a draft are kept as long as the draft, whoever sweeps meanwhile."""

import pytest

from engine import Actor
from engine.errors import NotFound
from tests.engine.conftest import FILLED, Office

PDF = b"%PDF-1.4 simulated"


def _two_days_pass(office: Office) -> None:
    """Files are staged by the machine's clock: let them have been sent long ago."""
    with office.engine.database.unit_of_work() as work:
        work.tx.exec_driver_sql("UPDATE file SET staged_at = '2020-01-01T00:00:00.000000Z'")
        work.commit()
    office.engine.jobs.sweep()


def _is_kept(office: Office, actor: Actor, file_id: str) -> bool:
    try:
        return office.engine.files.read(actor, file_id)[1] == PDF
    except NotFound:
        return False


def test_a_paper_in_the_draft_of_a_step_is_kept_until_the_step_is_done(office: Office) -> None:
    officer, engine = office.actor("officer"), office.engine
    case_id = office.start()
    step = office.step(case_id)
    kept, loose = (engine.files.stage(officer, f"{n}.pdf", PDF).id for n in "ab")
    engine.tasks.save_draft(officer, step, {**FILLED, "rows": [{"evidence": kept}]})
    _two_days_pass(office)
    assert _is_kept(office, officer, kept)
    assert not _is_kept(office, officer, loose)
    office.do("officer", case_id, "apply", FILLED)  # without the paper
    _two_days_pass(office)
    assert not _is_kept(office, officer, kept)


def test_a_paper_in_a_start_draft_is_kept_until_the_draft_is_dropped(office: Office) -> None:
    officer, engine = office.actor("officer"), office.engine
    kept = engine.files.stage(officer, "a.pdf", PDF).id
    engine.cases.save_start_draft(officer, "example_request", "u1", {"papers": [kept]})
    _two_days_pass(office)
    assert _is_kept(office, officer, kept)
    engine.cases.drop_start_draft(officer, "example_request", "u1")
    _two_days_pass(office)
    assert not _is_kept(office, officer, kept)


@pytest.mark.parametrize("other", ["reviewer", "officer2"])
def test_nobody_keeps_another_s_paper_by_naming_it(office: Office, other: str) -> None:
    officer, engine = office.actor("officer"), office.engine
    mine = engine.files.stage(officer, "a.pdf", PDF).id
    thief = office.actor(other)
    engine.cases.save_start_draft(thief, "example_request", "u1", {"papers": [mine]})
    _two_days_pass(office)
    assert not _is_kept(office, officer, mine)
