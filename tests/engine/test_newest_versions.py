"""What may be started is told from the drawings alone: a server that just began compiles none."""

from pathlib import Path

import pytest

from engine import Options, open_engine
from engine.model.fan_out import CAMPAIGN
from engine.work import environment
from tests.engine.conftest import KEY, Office


def test_what_may_be_started_is_told_without_compiling(
    office: Office, office_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = []
    compile_program = environment.compile_program

    def noted(source: object) -> object:
        compiled.append(source)
        return compile_program(source)  # type: ignore[arg-type]

    monkeypatch.setattr(environment, "compile_program", noted)
    fresh = open_engine(
        office_url, key=KEY, options=Options(clock=office.clock, data_dir=tmp_path / "fresh")
    )
    officer = fresh.directory.actor_named("officer")

    may = {row.key for row, _ in fresh.definitions.startable(officer)}
    assert may == {row.key for row, _ in office.engine.definitions.startable(officer)}
    assert "example_request" in may
    assert fresh.definitions.all_started_from(CAMPAIGN) == []
    assert list(fresh.supervision.orders(officer)) == []
    assert compiled == []

    newest = next(row for row in fresh.definitions.latest() if row.key == "example_request")
    fresh.definitions.get(newest.id)
    assert compiled, "the test looks where versions are compiled"
    fresh.close()
