"""The inbox: what waits, in which order, with which numbers."""

import re
from datetime import timedelta


def rows(html):
    return re.findall(r'<tr id="row-([^"]+)">', html)


def test_the_limit_is_shown_in_its_own_unit(federation, browse):
    federation.started()
    browser = browse("officer")
    assert "剩 3 个工作日" in browser.text("/inbox")
    federation.clock.advance(timedelta(days=3))  # Thursday, the last day
    assert "今日" in browser.text("/inbox")
    federation.clock.advance(timedelta(days=4))  # Monday: Friday and Monday are working days
    assert "超 2 个工作日" in browser.text("/inbox")


def test_the_longest_overdue_comes_first_and_the_numbers_are_exact(federation, browse):
    first = federation.started("先来的")
    federation.clock.advance(timedelta(days=1))
    federation.started("后来的")
    federation.clock.advance(timedelta(days=2, hours=20))
    html = browse("officer").text("/inbox")
    assert rows(html)[0] == f"{first}-1"
    assert re.search(r'已超期</span> <span class="count[^"]*">1<', html)
    assert re.search(r'全部</span> <span class="count[^"]*">2<', html)


def test_filters_and_search_narrow_and_say_so_when_nothing_is_left(federation, browse):
    federation.started("修理风扇")
    browser = browse("officer")
    assert len(rows(browser.text("/inbox?q=风扇"))) == 1
    assert "没有符合筛选条件的待办" in browser.text("/inbox?q=没有的")
    assert "没有符合筛选条件的待办" in browser.text("/inbox?due=overdue")
    assert "没有待办" in browse("reviewer").text("/inbox")


def test_the_way_back_keeps_the_filter(federation, browse):
    task = federation.started("修理风扇") + "-1"
    browser = browse("officer")
    page = browser.text("/inbox?due=later&q=风扇")
    assert f"/tasks/{task}?due=later&q=" in page
    assert "/inbox?due=later&q=" in browser.text(f"/tasks/{task}?due=later&q=风扇")


def test_a_draft_is_marked(federation, browse):
    federation.started()
    task = federation.first_task("officer")
    federation.engine.tasks.save_draft(federation.actor("officer"), task, {"reason": "旧了"})
    assert "有草稿 09:00" in browse("officer").text("/inbox")


def test_what_is_not_hers_is_not_there(federation, browse):
    task = federation.started() + "-1"
    assert rows(browse("reviewer").text("/inbox")) == []
    empty = browse("admin").text("/inbox")
    assert rows(empty) == []
    assert "流程管理</a>" in empty.partition("您还可以打开:")[2], "an empty list is no dead end"
    assert browse("admin").get(f"/tasks/{task}").status_code == 404


def test_a_spoilt_address_of_a_page_is_refused_in_words(federation, browse):
    answer = browse("officer").get("/inbox?after=spoilt")
    assert answer.status_code == 422
    assert "请从第一页重新打开列表" in answer.get_data(True)
