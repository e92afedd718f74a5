"""Plain words are data: FEEL or text, the nearest that are drawn, each said once."""

from datetime import UTC, date, datetime

import pytest

from engine.feel import EvaluationContext
from engine.model.public_words import Status
from engine.work.public_status import merged, pack, text_of, unpack

FEEL = EvaluationContext(datetime(2026, 11, 9, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("正在公示", "正在公示"),
        ('="正在公示 " + string(days) + " 天"', "正在公示 5 天"),
        ("=missing", ""),
        ("=days", ""),
        ("=days +", ""),
        ("  ", ""),
        ("=reason", "缺发票"),
    ],
)
def test_what_cannot_be_worked_out_is_not_said(text: str, told: str) -> None:
    assert text_of(text, {"days": 5, "reason": " 缺发票 "}, FEEL, 100) == told


def test_no_text_is_longer_than_a_page_can_bear() -> None:
    assert text_of("=reason", {"reason": "长" * 5000}, FEEL, 2000) == "长" * 2000


def test_the_same_words_are_said_once_with_the_earliest_day() -> None:
    found = merged(
        iter(
            [
                Status("正在公示", date(2026, 10, 12)),
                Status("正在核实"),
                Status("正在公示", date(2026, 10, 9), "栏已贴"),
            ]
        )
    )
    assert found == (Status("正在公示", date(2026, 10, 9), "栏已贴"), Status("正在核实"))


@pytest.mark.parametrize(
    "status", [Status("未通过", date(2026, 12, 9), "收入高于标准"), Status("已通过")]
)
def test_what_an_end_said_is_read_back(status: Status) -> None:
    assert unpack(pack(status)) == status
    assert unpack(None) is None
