"""Dated parameters and running cases: what began keeps its dates (design.md D8, D24)."""

from datetime import date

import pytest

from engine import SYSTEM
from engine.errors import Invalid
from engine.store.settings import Parameter
from tests.engine.moving.conftest import Workshop, drawn, step
from tests.unit.runtime.kit import end, line, start


def _whole(limit: str):  # type: ignore[no-untyped-def]
    body = start() + step("apply") + end() + line("S", "apply", "E")
    return drawn("whole", {"officer": "apply"}, body, totalLimit=limit)


def _set(shop: Workshop, name: str, value: object) -> None:
    shop.engine.settings.add_parameters(SYSTEM, [Parameter(name, None, date(2026, 1, 1), value)])


def _total(shop: Workshop, case_id: str) -> str | None:
    return shop.engine.cases.view(SYSTEM, case_id).case.total_limit


def test_a_total_limit_is_read_when_a_case_starts_and_stays_its_own(shop: Workshop) -> None:
    _set(shop, "total limit", "10wd")
    shop.put(_whole('=parameter("total limit")'))
    before = shop.begin("whole")
    _set(shop, "total limit", "20wd")
    after = shop.begin("whole")
    assert (_total(shop, before), _total(shop, after)) == ("10wd", "20wd")
    case = shop.engine.cases.view(SYSTEM, before).case
    assert case.total_due_at is not None
    assert case.total_due_at.date() == date(2026, 11, 23)


def test_a_total_limit_that_cannot_be_read_starts_no_case(shop: Workshop) -> None:
    _set(shop, "total limit", 30)
    shop.put(_whole('=parameter("total limit")'))
    with pytest.raises(Invalid, match="未发起"):
        shop.begin("whole")
