"""A notice of rest days moves the dates that leaned on weekends, and each case remembers it."""

from datetime import UTC, date, datetime

import pytest

from engine import SYSTEM
from engine.errors import Invalid, NotPermitted
from engine.model.holiday_notice import read_notice
from engine.work.reckoning import Reckoned
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, line, start

# 模拟: a notice of the test's own, not the State Council's
NOTICE_2027 = """一、元旦:1月1日(周五)至3日(周日)放假,共3天。
二、春节:2月6日至12日放假调休,共7天。1月30日(周六)、2月14日(周日)上班。
三、清明节:4月5日(周一)放假。四、劳动节:5月1日(周六)至5日(周三)放假调休。5月8日(周六)上班。
五、端午节:6月9日(周三)放假。六、中秋节:9月15日(周三)放假。
七、国庆节:10月1日(周五)至7日(周四)放假调休,共7天。9月26日(周日)、10月9日(周六)上班。"""


def _put(shop: Workshop) -> None:
    body = start() + step("apply", deadline="5wd") + end() + line("S", "apply", "E")
    shop.put(drawn("limited", {"officer": "apply"}, body, totalLimit="10wd"))


def test_a_case_s_dates_move_and_it_remembers_why(shop: Workshop) -> None:
    _put(shop)
    shop.move_to(datetime(2026, 12, 28, 1, tzinfo=UTC))
    case_id = shop.begin("limited")
    (before,) = shop.open_steps(case_id)
    # Monday to Monday: the weekend alone, 1 January counted as worked
    assert (before.due_date, before.provisional) == (date(2027, 1, 4), True)
    settings = shop.engine.settings
    assert settings.provisional_steps() == {2027: 1}
    notice = read_notice(NOTICE_2027, 2027)
    assert settings.import_notice(shop.actor("admin"), notice) == Reckoned(cases=1, dates=2)
    (after,) = shop.open_steps(case_id)
    assert (after.due_date, after.provisional) == (date(2027, 1, 5), False)
    assert settings.provisional_steps() == {}
    assert shop.engine.calendar().is_official(2027)
    told = [e for e in shop.engine.cases.history(SYSTEM, case_id) if e.kind.value == "timer_set"]
    assert [(e.actor, e.detail["name"]) for e in told] == [
        ("p-admin", "apply"),
        ("p-admin", "全程时限"),
    ]
    assert all("节假日安排已导入" in e.detail["reason"] for e in told)
    assert settings.import_notice(shop.actor("admin"), notice) == Reckoned()
    logged = shop.rows("SELECT actor, object FROM access_event WHERE action = 'calendar-imported'")
    assert logged == [("p-admin", "2027"), ("p-admin", "2027")]
    assert shop.broken() == {}


def test_a_new_year_that_reaches_back_changes_the_december_before(shop: Workshop) -> None:
    said = "元旦:2026年12月31日至2027年1月2日放假调休,共3天。2026年12月27日(周日)上班。"
    shop.engine.settings.import_notice(shop.actor("admin"), read_notice(said, 2027))
    calendar = shop.engine.calendar()
    assert not calendar.is_working_day(date(2026, 12, 31))
    assert calendar.is_working_day(date(2026, 12, 27))
    assert not calendar.is_working_day(date(2026, 10, 1))  # the rest of the year stays
    assert {2026, 2027} <= calendar.official_years
    later = "元旦:2028年12月31日至2029年1月2日放假。"
    with pytest.raises(Invalid, match="2028 年的安排尚未导入"):
        shop.engine.settings.import_notice(shop.actor("admin"), read_notice(later, 2029))


def test_only_the_city_s_administrator_imports(shop: Workshop) -> None:
    notice = read_notice(NOTICE_2027, 2027)
    shop.engine.directory.grant(shop.actor("admin"), "p-reviewer", "admin", "xc")
    for name in ("reviewer", "designer", "officer"):
        with pytest.raises(NotPermitted, match="未保存"):
            shop.engine.settings.import_notice(shop.actor(name), notice)
    assert not shop.engine.calendar().is_official(2027)
