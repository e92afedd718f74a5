"""What is late by unit, with a text to send."""

import re
from datetime import timedelta

import pytest

pytestmark = pytest.mark.both_databases


def test_each_late_unit_has_whom_to_ring_and_its_own_text(federation, browse):
    federation.applied("甲")
    federation.started("乙")
    federation.clock.advance(timedelta(days=60))

    page = browse("supervisor").text("/supervision/units")

    assert "芗城区总工会" in page
    assert "模拟·纺织厂工会" in page
    assert page.count("【督办提醒】") == 2
    for text in page.split("【督办提醒】")[1:]:
        assert text.partition("</textarea>")[0].count("编号") == 1
    assert "张小红" not in page.partition("【督办提醒】")[2].partition("</textarea>")[0]
    assert "王建国" in page


def test_where_nothing_is_late_the_page_says_so(federation, browse):
    federation.started("乙")

    assert "没有超期的环节" in browse("supervisor").text("/supervision/units")


def test_a_late_step_can_say_why_and_the_board_shows_it(federation, browse):
    federation.applied("甲")
    federation.clock.advance(timedelta(days=60))
    reviewer = browse("reviewer")
    (task,) = {a for a in re.findall(r"/tasks/[^\"?/]+", reviewer.text("/inbox")) if "-" in a}
    assert "尚未说明" in reviewer.text(task)
    reviewer.post(f"{task}/delay", {"reason": "申请人外出或住院", "note": ""}, page=task)
    assert "超期原因:申请人外出或住院" in reviewer.text(task)
    assert "申请人外出或住院" in browse("supervisor").text("/supervision")
