"""What comes next is read off the drawing, into called processes and out of what has ended."""

import pytest

from engine.model.clock import FixedClock
from tests.engine.moving import archive
from tests.engine.moving.conftest import Workshop


@pytest.fixture
def clock() -> FixedClock:
    """The scenarios' Monday in March."""
    return archive.march()


@pytest.fixture
def office(shop: Workshop) -> Workshop:
    archive.set_up(shop)
    return shop


def coming(shop: Workshop, case_id: str) -> dict[str, str]:
    """Where each way leads, for the one open step."""
    (now,) = shop.engine.cases.page(shop.actor("reviewer"), case_id).handling.now
    return {"、".join(one.ways): one.name for one in now.coming}


def test_a_check_that_answers_by_itself_is_gone_through(office: Workshop) -> None:
    found = coming(office, archive.begun(office))
    assert found["不重复、否"] == "受理审查"
    assert found["是"] == "重复裁定", "the step inside the called process"
    assert "查重" not in found.values()


def test_an_end_settles_what_is_asked_behind_it(office: Workshop) -> None:
    found = coming(office, archive.led_to(office, "county_review"))
    assert found["不同意"] == "书面告知"
    assert found["同意、是"] == "张贴公示", "the first step of the notice"
    assert "已撤回" not in found.values(), "a refusal withdraws nothing"


def test_an_end_that_names_no_way_is_where_it_leads(office: Workshop) -> None:
    found = coming(office, archive.begun(office))
    assert found["已在档"] == "重复,不予建档"


def test_a_called_process_says_where_it_goes_on(office: Workshop) -> None:
    found = coming(office, archive.led_to(office, "await_report"))
    assert "县级审核" in found.values()
