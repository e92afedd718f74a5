"""A little of three years of school aid comes out as all of it does. No time is asserted."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.load.autumn import YEARS, part_of, run


def test_a_hundredth_of_three_years_reconciles_to_the_last_yuan(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    share = Decimal("0.01")
    run(database_url, tmp_path, share)
    years = [part_of(one, share) for one in YEARS]
    told = capsys.readouterr().out.splitlines()[-1]
    assert f"{sum(one.yuan for one in years):,}.00 yuan" in told
    assert f"to {sum(one.students for one in years)} students" in told
