"""The page of a case names the cases it is linked with, to those who may see them."""

import pytest

from engine import SYSTEM, Request
from tests.engine.moving.conftest import form
from tests.engine.moving.test_fan_out import given
from tests.engine.moving.test_linked_cases import petition, review

pytestmark = pytest.mark.both_databases


def test_each_page_shows_the_other_case_to_who_may_see_it(federation, browse) -> None:
    engine = federation.engine
    files = (review(), given(), petition(unit='="county"'), form("blank", "note"))
    engine.definitions.deploy(SYSTEM, files)
    officer = federation.actor("officer")
    first = engine.cases.start(officer, Request("petition", "mill", {"who": "模拟甲"}))
    engine.tasks.complete(officer, first.open_task_ids[0], {})
    (other,) = engine.cases.view(SYSTEM, first.case_id).related
    supervisor = browse("supervisor")
    page = supervisor.text(f"/cases/{first.case_id}")
    assert "相关办件" in page
    assert f'href="/cases/{other.id}">{other.number}</a>' in page
    assert "由它发起" not in page
    assert "由它发起(复查)" in supervisor.text(f"/cases/{other.id}")
    hers = browse("officer").text(f"/cases/{first.case_id}")
    assert "相关办件" not in hers
    assert other.number not in hers
