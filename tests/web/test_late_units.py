"""What is late by unit, with a text to send."""

import re
from datetime import timedelta

import pytest

pytestmark = pytest.mark.both_databases

NUMBER = re.compile(
    r'<a [^>]*href="(/supervision[^"#]*)(?:#rows)?"[^>]*>'
    r'(?:<span class="facet-label">[^<]*</span><span class="count">|<b>)?(\d+)\b'
)
LINE = 'class="cell-title"'


def grant(federation, username, role, unit_id):
    federation.engine.directory.grant(federation.actor("admin"), f"p-{username}", role, unit_id)


def vacate(federation, role):
    """Nobody holds it any more."""
    directory = federation.engine.directory
    for held in directory.grants():
        if held.role == role:
            directory.withdraw_grant(federation.actor("admin"), held.id)


def test_every_number_opens_as_many_lines_for_whoever_reads_it(federation, browse):
    """The numbers of a county's supervisor, a city's, a union's, and of an administrator."""
    federation.applied("甲")
    federation.started("乙")
    vacate(federation, "county_reviewer")
    grant(federation, "reviewer2", "supervisor", "city")
    grant(federation, "reviewer", "supervisor", "mill")
    federation.clock.advance(timedelta(days=60))
    counted = {}
    for name in ("supervisor", "reviewer2", "reviewer", "admin"):
        reader, counted[name] = browse(name), 0
        for page in ("", "?unit=mill", "/units", "/gaps", "/gaps?show=nobody", "/month", "/due"):
            for href, number in NUMBER.findall(reader.text(f"/supervision{page}")):
                assert reader.text(href).count(LINE) == int(number), (name, page, href)
                counted[name] += 1
    assert min(counted.values()) > 3
    assert "/supervision/gaps/steps" in browse("supervisor").text("/supervision/gaps")
    told = browse("admin").text("/supervision/gaps?show=now")
    assert '<td class="num">1</td>' in told, "she administers, and sees no case of it"


def test_what_has_more_lines_than_a_page_goes_on(federation, browse, monkeypatch):
    federation.started("甲")
    federation.started("乙")
    federation.clock.advance(timedelta(days=60))
    monkeypatch.setattr("webapp.supervision.pages.MOST_ROWS", 1)
    supervisor = browse("supervisor")
    first = supervisor.text("/supervision?unit=mill")
    assert first.count(LINE) == 1
    assert "模拟·纺织厂工会(2)" in first
    (behind,) = re.findall(r'href="(/supervision[^"#]*)#rows" rel="next"', first)
    second = supervisor.text(behind)
    assert second.count(LINE) == 1
    assert 'rel="next"' not in second
    one, other = (re.findall(r'cell-title"><a href="([^"]*)"', page) for page in (first, second))
    assert one != other
    assert supervisor.get("/supervision?from=-1").status_code == 422


def test_a_role_nobody_holds_leads_to_its_steps_and_nonsense_to_none(federation, browse):
    federation.applied("甲")
    vacate(federation, "county_reviewer")
    supervisor = browse("supervisor")
    (href,) = set(
        re.findall(r'href="(/supervision/gaps/steps[^"]*)"', supervisor.text("/supervision/gaps"))
    )
    page = supervisor.text(href)
    for said in ("芗城区总工会 县级审核员的未办环节", "共 1 个环节", "审核"):
        assert said in page
    for wrong in ("", "?role=x&level=county&unit=county", href.partition("?")[1] + "role=officer"):
        assert supervisor.get(f"/supervision/gaps/steps{wrong}").status_code == 404


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
