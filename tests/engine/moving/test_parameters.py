"""Dated parameters and running cases: what began keeps its dates (design.md D8, D24)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from engine import SYSTEM, Request
from engine.definitions.asked import Asker
from engine.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.model.organisations import Organisation
from engine.model.parameters import Kind, ParameterRule
from engine.store.settings import Parameter
from engine.work.parameters import NewValue, Touched
from tests.engine.conftest import MONDAY_MORNING
from tests.engine.moving.conftest import Workshop, drawn, step, with_rules
from tests.unit.runtime.kit import end, line, start

TODAY = date(2026, 11, 9)
RULES = (
    ParameterRule(
        "review limit",
        "审核",
        Kind.LIMIT,
        unit="wd",
        low=Decimal(1),
        high=Decimal(10),
        per_county=True,
        roles=("county_reviewer",),
        value="5wd",
    ),
    ParameterRule("whole limit", "全程", Kind.LIMIT, unit="wd", value="10wd"),
    ParameterRule("notice days", "公示期", Kind.NUMBER, low=Decimal(3), high=Decimal(7), value=5),
    ParameterRule(
        "petition limit",
        "信访办结",
        Kind.LIMIT,
        unit="d",
        basis="law",
        law="《信访工作条例》第三十四条",
        low=Decimal(5),
        high=Decimal(60),
        value="60d",
    ),
    ParameterRule(
        "lawsuit period",
        "起诉",
        Kind.LIMIT,
        unit="d",
        basis="law",
        law="《劳动争议调解仲裁法》第四十八条",
        low=Decimal(15),
        high=Decimal(15),
        value="15d",
    ),
    ParameterRule(
        "standard",
        "低保标准",
        Kind.MONEY,
        low=Decimal(100),
        high=Decimal(5000),
        per_county=True,
        by_area=True,
        roles=("county_reviewer",),
    ),
    ParameterRule("asked", "须复核", Kind.SWITCH, per_county=True, value=False),
    ParameterRule(
        "poor",
        "欠发达乡镇",
        Kind.SWITCH,
        per_township=True,
        roles=("county_reviewer",),
        value=False,
    ),
    ParameterRule("rules", "办法", Kind.CHOICE, choices={"a": "甲", "b": "乙"}, value="a"),
)


@pytest.fixture
def ruled(database_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Workshop]:
    """A workshop whose installation knows the rules above."""
    yield from with_rules(RULES, database_url, clock, tmp_path / "data")


def _whole(limit: str) -> SourceFile:
    body = start() + step("apply") + end() + line("S", "apply", "E")
    return drawn("whole", {"officer": "apply"}, body, totalLimit=limit)


def _two_steps() -> SourceFile:
    asked = '=parameter("review limit")'
    body = start() + step("apply", deadline=asked) + step("check", deadline=asked) + end()
    body += line("S", "apply", "check", "E")
    return drawn("two", {"officer": "apply check"}, body, totalLimit='=parameter("whole limit")')


def _set(shop: Workshop, name: str, value: object) -> None:
    shop.engine.settings.add_parameters(SYSTEM, [Parameter(name, None, date(2026, 1, 1), value)])


def _total(shop: Workshop, case_id: str) -> str | None:
    return shop.engine.cases.view(SYSTEM, case_id).case.total_limit


def _new(name: str, value: object, **more: object) -> NewValue:
    place = more.pop("at", None)
    since = more.pop("since", TODAY)
    reason = more.pop("reason", "常委会决定")
    return NewValue(name, place, since, value, reason, **more)  # type: ignore[arg-type]


def _limits(shop: Workshop, case_id: str) -> list[tuple[str | None, str]]:
    return [(one.deadline, str(one.due_date)) for one in shop.open_steps(case_id)]


def test_a_total_limit_is_read_when_a_case_starts_and_stays_its_own(shop: Workshop) -> None:
    _set(shop, "total limit", "10wd")
    shop.put(_whole('=parameter("total limit")'))
    before = shop.begin("whole")
    _set(shop, "total limit", "20wd")
    after = shop.begin("whole")
    assert (_total(shop, before), _total(shop, after)) == ("10wd", "20wd")
    case = shop.engine.cases.view(SYSTEM, before).case
    assert case.total_due_at == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_a_total_limit_that_cannot_be_read_starts_no_case(shop: Workshop) -> None:
    _set(shop, "total limit", 30)
    shop.put(_whole('=parameter("total limit")'))
    with pytest.raises(Invalid, match="未发起"):
        shop.begin("whole")


def test_an_installation_begins_with_the_values_of_its_release(ruled: Workshop) -> None:
    values = {p.name: p.value for p in ruled.engine.settings.parameters()}
    assert values["review limit"] == "5wd"
    assert "standard" not in values
    assert len(values) == len(RULES) - 1


def test_a_changed_limit_leaves_open_steps_alone_and_meets_the_next(ruled: Workshop) -> None:
    ruled.put(_two_steps())
    case_id = ruled.begin("two")
    assert _limits(ruled, case_id) == [("5wd", "2026-11-16")]
    admin, settings = ruled.actor("admin"), ruled.engine.settings
    assert settings.touched("review limit", None) == Touched(1, 1)
    assert settings.touched("review limit", "xc") == Touched(1, 1)
    assert settings.touched("review limit", "lw") == Touched(0, 0)
    asker = Asker("two", "process", "two")
    assert settings.asked_by() == {"review limit": (asker,), "whole limit": (asker,)}
    assert settings.set_value(admin, _new("review limit", "3wd")) == 0
    assert _limits(ruled, case_id) == [("5wd", "2026-11-16")]
    ruled.finish("officer", case_id, "apply")
    assert _limits(ruled, case_id) == [("3wd", "2026-11-12")]
    assert _limits(ruled, ruled.begin("two")) == [("3wd", "2026-11-12")]
    assert ruled.broken() == {}


def test_a_choice_tells_running_cases_and_each_remembers_it(ruled: Workshop) -> None:
    ruled.put(_two_steps())
    near = ruled.begin("two")
    far = ruled.engine.cases.start(ruled.actor("far_officer"), Request("two", "lw-u", {})).case_id
    admin = ruled.actor("admin")
    new = _new("review limit", "8wd", at="xc", to_running=True, document="模拟〔2026〕8号")
    assert ruled.engine.settings.set_value(admin, new) == 1
    assert (_limits(ruled, near), _limits(ruled, far)) == (
        [("8wd", "2026-11-19")],
        [("5wd", "2026-11-16")],
    )
    *_, last = ruled.engine.cases.history(SYSTEM, near)
    assert (last.kind.value, last.actor) == ("timer_set", "p-admin")
    assert "审核" in last.detail["reason"]
    assert str(last.detail["due_at"]).startswith("2026-11-19")
    assert ruled.engine.settings.set_value(admin, new) == 0  # said again: nothing left to change
    assert ruled.engine.settings.set_value(admin, _new("whole limit", "20wd", to_running=True)) == 2
    assert (_total(ruled, near), _total(ruled, far)) == ("20wd", "20wd")
    assert ruled.broken() == {}


def test_a_longer_limit_reminds_again_and_a_shorter_one_is_late_at_once(ruled: Workshop) -> None:
    ruled.put(_two_steps())
    case_id = ruled.begin("two")
    ruled.pass_time(days=6)  # the fourth working day is over: reminded
    admin, settings = ruled.actor("admin"), ruled.engine.settings

    def stage() -> tuple[int, str]:
        ((told, after),) = ruled.rows("SELECT alert_stage, next_alert_at FROM task")
        return told, after

    assert stage()[0] == 1
    today = ruled.clock.now().date()
    settings.set_value(admin, _new("review limit", "10wd", since=today, to_running=True))
    assert stage() == (0, "2026-11-18T16:00:00.000000Z")
    settings.set_value(admin, _new("review limit", "1wd", since=today, to_running=True))
    ruled.work()
    assert _limits(ruled, case_id) == [("1wd", "2026-11-10")]
    assert stage()[0] > 1


def test_a_value_that_holds_later_is_taken_later(ruled: Workshop) -> None:
    ruled.put(_two_steps())
    admin, settings = ruled.actor("admin"), ruled.engine.settings
    settings.set_value(admin, _new("review limit", "2wd", since=date(2026, 11, 16)))
    assert _limits(ruled, ruled.begin("two"))[0][0] == "5wd"
    ruled.pass_time(days=7)
    assert _limits(ruled, ruled.begin("two"))[0][0] == "2wd"
    with pytest.raises(Invalid, match="将来生效"):
        settings.set_value(
            admin, _new("review limit", "3wd", since=date(2027, 1, 1), to_running=True)
        )


def test_a_mistake_is_put_right_by_another_row_and_both_stay(ruled: Workshop) -> None:
    admin, settings = ruled.actor("admin"), ruled.engine.settings
    settings.set_value(admin, _new("standard", 3800, at="xc"))
    settings.set_value(admin, _new("standard", 830, at="xc", reason="更正:上一行看错"))
    found = settings.value("standard", "u1", TODAY)
    assert found is not None
    assert (found.value, found.reason, found.set_by) == (830, "更正:上一行看错", "p-admin")
    assert found.set_at == MONDAY_MORNING
    assert [p.value for p in settings.history("standard")] == [3800, 830]
    assert settings.value("standard", "lw-u", TODAY) is None


def test_a_zone_takes_the_standard_of_the_county_it_lies_in(ruled: Workshop) -> None:
    admin, settings = ruled.actor("admin"), ruled.engine.settings
    zone = Organisation("z1", "z1", "模拟开发区", "zone", "county", "zz", "xc")
    union = Organisation("z1-u", "z1-u", "模拟四厂工会", "grassroots", "grassroots", "z1", "z1")
    for one in (zone, union):
        ruled.engine.directory.add_organisation(admin, one)
    settings.set_value(admin, _new("standard", 700))
    settings.set_value(admin, _new("standard", 830, at="xc"))
    settings.set_value(admin, _new("review limit", "3wd", at="xc"))

    def values(name: str) -> list[object]:
        found = [settings.value(name, place, TODAY) for place in ("z1-u", "u1", "lw-u")]
        return [None if one is None else one.value for one in found]

    assert values("standard") == [830, 830, 700]
    assert values("review limit") == ["5wd", "3wd", "5wd"]  # it approves under the city
    settings.set_value(admin, _new("standard", 900, at="z1"))
    assert values("standard") == [900, 830, 700]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("review limit", "11wd", "1 至 10"),
        ("review limit", "3d", "工作日"),
        ("review limit", "很快", "看不懂"),
        ("notice days", 2, "3 至 7"),
        ("notice days", 4.5, "整数"),
        ("notice days", "五", "数字"),
        ("petition limit", "61d", "不得延长"),
        ("lawsuit period", "10d", "《劳动争议调解仲裁法》第四十八条"),
        ("asked", "yes", "是"),
        ("rules", "c", "甲"),
    ],
)
def test_a_value_of_the_wrong_kind_or_range_is_refused_in_words(
    ruled: Workshop, name: str, value: object, said: str
) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        ruled.engine.settings.set_value(ruled.actor("admin"), _new(name, value))
    assert "未保存" in refused.value.message or "看不懂" in refused.value.message
    assert len(ruled.engine.settings.history(name)) == 1


def test_a_law_s_limit_may_be_shortened_where_the_row_says_so(ruled: Workshop) -> None:
    ruled.engine.settings.set_value(ruled.actor("admin"), _new("petition limit", "45d"))
    found = ruled.engine.settings.value("petition limit", "xc", TODAY)
    assert found is not None
    assert (found.value, found.basis) == ("45d", "law")


def test_the_city_sets_for_all_and_a_county_for_itself(ruled: Workshop) -> None:
    settings = ruled.engine.settings
    reviewer = ruled.actor("reviewer")
    settings.set_value(reviewer, _new("standard", 830, at="xc"))
    with pytest.raises(NotPermitted, match="未保存"):
        settings.set_value(reviewer, _new("standard", 830, at="lw"))
    with pytest.raises(NotPermitted, match="市总工会管理员"):
        settings.set_value(reviewer, _new("standard", 830))
    with pytest.raises(Invalid, match="全市统一"):
        settings.set_value(ruled.actor("admin"), _new("notice days", 4, at="xc"))
    with pytest.raises(Invalid, match="按县"):
        settings.set_value(ruled.actor("admin"), _new("standard", 830, at="u1"))
    for name in ("officer", "supervisor", "designer", "far_reviewer"):
        with pytest.raises(NotPermitted):
            settings.set_value(ruled.actor(name), _new("standard", 830, at="xc"))
    assert settings.may_set(reviewer, "standard", [None, "xc", "lw"]) == ["xc"]


def test_a_county_sets_what_each_of_its_townships_is(ruled: Workshop) -> None:
    settings, reviewer = ruled.engine.settings, ruled.actor("reviewer")
    settings.set_value(reviewer, _new("poor", True, at="xc-t"))
    found = [settings.value("poor", place, TODAY) for place in ("xc-t", "u1", "xc", "lw-u")]
    assert [one.value for one in found if one is not None] == [True, True, False, False]
    with pytest.raises(Invalid, match="按乡镇"):
        settings.set_value(reviewer, _new("poor", True, at="xc"))
    for name in ("far_reviewer", "township", "supervisor"):
        with pytest.raises(NotPermitted, match="未保存"):
            settings.set_value(ruled.actor(name), _new("poor", True, at="xc-t"))
    assert settings.may_set(reviewer, "poor", [None, "xc-t", "xc", "lw"]) == ["xc-t"]


def test_who_and_why_is_asked_for_and_kept(ruled: Workshop) -> None:
    admin, settings = ruled.actor("admin"), ruled.engine.settings
    with pytest.raises(Invalid, match="理由"):
        settings.set_value(admin, _new("notice days", 7, reason="  "))
    settings.set_value(admin, _new("notice days", 7))
    with pytest.raises(Conflict, match="没有变化"):
        settings.set_value(admin, _new("notice days", 7))
    with pytest.raises(NotFound):
        settings.set_value(admin, _new("no such", 7))
    with pytest.raises(Invalid, match="十年"):
        settings.set_value(admin, _new("notice days", 6, since=date(2099, 1, 1)))
    logged = ruled.rows(
        "SELECT actor, object, detail FROM access_event WHERE action = 'parameters-changed'"
    )
    assert logged == [("p-admin", "notice days all 2026-11-09", "7: 常委会决定")]
