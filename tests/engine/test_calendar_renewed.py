"""An imported calendar is kept against whoever read the old one meanwhile."""

from collections.abc import Mapping
from datetime import date

import pytest

from engine import SYSTEM
from engine.store.database import Tx
from engine.work import environment
from tests.engine.conftest import Office

REST = date(2026, 11, 25)
"""A Wednesday; the notice of the test makes it a day off."""


def test_a_page_that_began_before_the_import_does_not_bring_the_old_one_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = office.engine
    calendars = engine.definitions._environment.calendars
    calendars._read_at = None
    days = environment.settings.calendar_days
    read: list[bool] = []

    def slowly(tx: Tx) -> Mapping[date, bool]:
        found = days(tx)
        if not read:
            read.append(True)
            engine.settings.import_calendar(SYSTEM, {REST: False})
        return found

    monkeypatch.setattr(environment.settings, "calendar_days", slowly)
    with engine.database.read() as page:
        assert not calendars.get(page).is_working_day(REST)
        assert not calendars.get(page).is_working_day(REST)
    assert read
