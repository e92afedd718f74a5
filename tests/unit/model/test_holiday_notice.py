"""The yearly notice of rest days: read as it was published, or refused with the place."""

from datetime import date

import pytest

from engine.errors import Invalid
from engine.model.calendar import official_days
from engine.model.holiday_notice import doubts, read_notice

NOTICE_2026 = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦:1月1日(周四)至3日(周六)放假调休,共3天。1月4日(周日)上班。
二、春节:2月15日(农历腊月二十八、周日)至23日(农历正月初七、周一)放假调休,共9天。2月14日(周六)、2月28日(周六)上班。
三、清明节:4月4日(周六)至6日(周一)放假,共3天。
四、劳动节:5月1日(周五)至5日(周二)放假调休,共5天。5月9日(周六)上班。
五、端午节:6月19日(周五)至21日(周日)放假,共3天。
六、中秋节:9月25日(周五)至27日(周日)放假,共3天。
七、国庆节:10月1日(周四)至7日(周三)放假调休,共7天。9月20日(周日)、10月10日(周六)上班。
节假日期间,各地区、各部门要妥善安排好值班和安全、保卫等工作。
国务院办公厅
2025年11月4日"""


def test_a_published_notice_gives_the_official_calendar() -> None:
    notice = read_notice(NOTICE_2026, 2026)
    assert notice.days == official_days([2026])
    assert notice.unread == ("2025年11月4日",)
    assert doubts(notice) == []


def test_a_list_of_days_is_read_too() -> None:
    notice = read_notice("日期,类型\n2027-02-05,休\n2027/2/6 至 2027/2/8 休\n2027-01-31,班", 2027)
    assert notice.rest == tuple(date(2027, 2, d) for d in (5, 6, 7, 8))
    assert notice.worked == (date(2027, 1, 31),)
    assert not notice.days[date(2027, 2, 5)]
    assert notice.days[date(2027, 1, 31)]
    assert len(notice.days) == 365


def test_new_year_may_reach_into_december() -> None:
    said = "元旦:2018年12月30日至2019年1月1日放假调休,共3天。2018年12月29日(星期六)上班。"
    notice = read_notice(said, 2019)
    assert notice.before == {
        date(2018, 12, 29): True,
        date(2018, 12, 30): False,
        date(2018, 12, 31): False,
    }
    assert notice.rest == (date(2019, 1, 1),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有读到 2027 年"),
        ("日期,类型", "没有读到 2027 年"),
        ("2月30日放假", "不是存在的日期"),
        ("2月14日(周六)上班", "是星期日,不是星期六"),
        ("1月1日至3日放假,共4天", "写的是共 4 天,读到的是 3 天"),
        ("1月1日放假\n1月1日上班", "既写了放假又写了上班"),
        ("1月1日放假\n2026-05-05,休", "不是 2027 年的日期"),
        ("1月1日放假\n2月9日至1日放假", "起止日期不对"),
        ("1月1日放假" * 5000, "通知太长"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        read_notice(text, 2027)
    assert "没有导入" in refused.value.message


def test_what_looks_odd_is_said() -> None:
    found = "".join(doubts(read_notice("1月1日放假\n2027-03-01 班", 2027)))
    for said in ("全年工作日 260 天", "2027-03-01 本来就是工作日", "国庆节", "相差 1 天"):
        assert said in found, said


def test_a_day_without_a_verb_is_given_back() -> None:
    assert read_notice("1月1日放假\n1月5日怎么办", 2027).unread == ("1月5日怎么办",)
