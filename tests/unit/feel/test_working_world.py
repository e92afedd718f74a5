"""Our own functions: working days, ages, dated parameters; and the business clock."""

from datetime import date, datetime
from pathlib import Path

import pytest

from engine.feel import BUSINESS_ZONE, OUR_FUNCTIONS, EvaluationContext, compile_expression

ROOT = Path(__file__).parent.parent.parent.parent


class Week:
    """A host whose calendar is Monday to Friday."""

    def working_day_after(self, start: date, days: int) -> date:
        day = start.toordinal()
        while days:
            day += 1
            days -= date.fromordinal(day).weekday() < 5
        return date.fromordinal(day)

    def working_days_between(self, start: date, end: date) -> int:
        days = range(start.toordinal() + 1, end.toordinal() + 1)
        return sum(date.fromordinal(day).weekday() < 5 for day in days)

    def parameter(self, name: str) -> object:
        return {"notice days": 5, "levels": ["county", {"rate": 0.5}]}[name]


@pytest.fixture
def world(context) -> EvaluationContext:
    return EvaluationContext(now=context.now, host=Week())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("working days(today(), 5)", "2026-11-23"),
        ('working days("2026-11-20", 1)', "2026-11-23"),
        ('working days(from: date("2026-11-16"), n: 0)', "2026-11-16"),
        ('working days(date and time("2026-11-15T20:00:00Z"), 1)', "2026-11-17"),
        ("working days(today(), -1)", None),
        ("working days(today(), 1.5)", None),
        ("working days(today(), 1e9)", None),
        ('working days("next week", 1)', None),
        ('working days between(date("2026-11-13"), today())', 1),
        ('working days between(today(), "2026-11-23")', 5),
        ('parameter("notice days") + 1', 6),
        ('parameter("levels")[2].rate', 0.5),
        ('parameter("unknown")', None),
        ('working days(today(), parameter("notice days"))', "2026-11-23"),
    ],
)
def test_the_host_answers(world, text, value):
    assert compile_expression(text).evaluate({}, world).value == value


@pytest.mark.parametrize(
    ("number", "age"),
    [
        ("350602199001019907", 36),
        ("35062519990315992X", 27),
        ("35062519990315992x", 27),
        ("350602199001019908", None),
        ("350602900101990", None),
        ("", None),
    ],
)
def test_an_age_is_full_years_today(evaluate, number, age):
    assert evaluate("age(number)", {"number": number}).value == age


def test_an_age_changes_on_the_birthday():
    expression = compile_expression('age("350602199001019907")')
    for day, age in ((31, 35), (1, 36)):
        month, year = (12, 2025) if day == 31 else (1, 2026)
        now = datetime(year, month, day, 12, tzinfo=BUSINESS_ZONE)
        assert expression.evaluate({}, EvaluationContext(now=now)).value == age


def test_today_is_the_day_in_the_business_zone():
    late = datetime.fromisoformat("2026-11-16T17:30:00+00:00")
    context = EvaluationContext(now=late)
    assert compile_expression("today()").evaluate({}, context).value == "2026-11-17"
    assert compile_expression("now()").evaluate({}, context).value == "2026-11-17T01:30:00+08:00"


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        EvaluationContext(now=datetime(2026, 11, 16))  # noqa: DTZ001 - the mistake under test


def test_each_of_our_functions_explains_itself_in_both_languages():
    assert set(OUR_FUNCTIONS) == {"working days", "working days between", "age", "parameter"}
    for name, function in OUR_FUNCTIONS.items():
        assert function.parameters
        assert function.help is not None
        for words in function.help:
            assert f"{name}(" in words


def test_the_documentation_lists_them():
    lines = ["| function | 说明 | what it is worth |", "|---|---|---|"]
    for name, function in OUR_FUNCTIONS.items():
        called = f"`{name}({', '.join(function.parameters)})`"
        lines.append(f"| {called} | {function.help.zh} | {function.help.en} |")
    written = (ROOT / "docs/bpmn.md").read_text("utf-8")
    assert "\n".join(lines) + "\n" in written
