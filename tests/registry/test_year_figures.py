"""Leaving poverty in figures: 30 % by both definitions, newcomers, who fell back (K09 to K11)."""

from datetime import date, timedelta

import pytest

import registry
from engine import SYSTEM
from engine.errors import Invalid
from engine.model.identity_numbers import resident_id_check_character
from engine.model.ids import new_id
from engine.store.settings import Parameter
from registry.finding import Search
from registry.store.file_lists import Queue
from registry.store.year_figures import Figure
from registry.year_figures import UnitFigures
from tests.registry.bench import Bench
from tests.support.register import HEAD, on_file

HELP = {
    "kind": "medical",
    "given_on": "2026-05-06",
    "amount": "1200",
    "goods": "",
    "source": "own",
    "level": "county",
    "payer": "芗城模拟区总工会",
}


def _number(number: int) -> str:
    first17 = f"35060219900101{number:03d}"
    return first17 + resident_id_check_character(first17)


def _filed(bench: Bench, number: int, on: date, at: str = "u1") -> str:
    head = {"id_number": _number(number), "mobile": ""}
    return on_file(bench.engine, head, at, archived_on=on, members=[])


def _leaves(bench: Bench, file_no: str, on: str, kind: str = "lifted") -> None:
    inputs = {"file_no": file_no, "kind": kind, "decided_on": on}
    assert bench.run("household.leave", inputs, f"leave-{file_no}")["left"]


def _back(bench: Bench, number: int, on: str) -> None:
    head = {**HEAD, "id_number": _number(number), "mobile": ""}
    bench.run(
        "household.open_file", {"head": head, "category": "dibao", "approved_on": on}, f"c{number}"
    )


def _of(bench: Bench, year: int = 2026, unit: str = "zz") -> UnitFigures:
    return registry.Registry(bench.engine).year_figures.of(SYSTEM, year, unit).whole


def test_both_definitions_and_what_is_missing_to_the_target(bench: Bench) -> None:
    """Ten on file on 1 January, two archived since, three left in the year: 30 % or 25 %."""
    old = [_filed(bench, n, date(2025, 3, 3)) for n in range(10)]
    new = [_filed(bench, 10 + n, date(2026, 2, 3)) for n in range(2)]
    _leaves(bench, old[0], "2026-03-04")
    _leaves(bench, old[1], "2026-05-06", "secured")
    found = _of(bench)
    assert (found.left, found.share_of_start, found.share_with_new) == (2, 200, 166)
    # 28 % in November is short, and says by how many households; nothing more is offered.
    assert found.missing == 1
    _leaves(bench, new[0], "2026-11-05")
    found = _of(bench)
    assert (found.counts[Figure.AT_START], found.counts[Figure.NEW]) == (10, 2)
    assert (found.share_of_start, found.share_with_new, found.missing) == (300, 250, 0)
    by_total = Parameter("exit ratio base", None, date(2026, 1, 1), "year_total")
    bench.engine.settings.add_parameters(SYSTEM, [by_total])
    assert _of(bench).missing == 1
    assert _of(bench, 2025).counts[Figure.NEW] == 10


def test_an_exit_that_was_revoked_is_neither_an_exit_nor_a_fall_back(bench: Bench) -> None:
    file_no = _filed(bench, 1, date(2025, 3, 3))
    _leaves(bench, file_no, "2026-10-05")
    assert _of(bench).left == 1
    said = {"file_no": file_no, "note": "查实"}
    assert bench.run("household.take_back_exit", said, "appeal")["stands"]
    found = _of(bench)
    assert (found.left, found.counts[Figure.FELL_BACK], found.counts[Figure.NEW]) == (0, 0, 0)
    # so is one whose household had been found poor again meanwhile
    again = {"file_no": file_no, "kind": "lifted", "decided_on": "2026-10-06"}
    bench.run("household.leave", again, "leave-again")
    assert not bench.run("household.fall_back", said, "visit")["stands"]
    assert bench.run("household.take_back_exit", said, "appeal")["stands"]
    assert (_of(bench).left, _of(bench).counts[Figure.FELL_BACK]) == (0, 0)
    # one that stands, or was struck off, is left as it is
    assert bench.run("household.take_back_exit", said, "appeal")["stands"]
    struck_off = {"file_no": file_no, "reason": "death"}
    bench.run("household.close", struck_off, "close")
    assert not bench.run("household.take_back_exit", said, "appeal")["stands"]


def test_who_left_and_fell_back_in_the_same_year_does_not_count(bench: Bench) -> None:
    one, other = (_filed(bench, n, date(2025, 3, 3)) for n in (1, 2))
    _leaves(bench, one, "2026-01-15")
    _back(bench, 1, "2026-06-07")
    _leaves(bench, other, "2026-02-01")
    bench.clock.advance(timedelta(days=80))
    _back(bench, 2, "2027-01-15")
    found = _of(bench)
    assert (found.left, found.counts[Figure.FELL_BACK]) == (1, 2)
    assert found.counts[Figure.NEW] == 0, "they were on file on 1 January"
    later = _of(bench, 2027)
    assert (later.counts[Figure.AT_START], later.counts[Figure.NEW]) == (1, 1)


def test_a_newcomer_is_in_step_once_helped_and_gone_or_planned(bench: Bench) -> None:
    """Archived in February, helped in May, leaves in November (domain.md §3.2)."""
    file_no, planned, bare = (_filed(bench, n, date(2026, 2, 3)) for n in range(3))
    register = registry.Registry(bench.engine)

    def waiting() -> set[str]:
        page = register.lists.page(SYSTEM, Search(queue=Queue.NEWCOMERS))
        assert register.lists.queues(SYSTEM)[Queue.NEWCOMERS] == len(page.lines)
        return {line.file_no for line in page.lines}

    assert waiting() == {file_no, planned, bare}
    reviewer = bench.engine.directory.actor_named("reviewer")
    for helped in (file_no, planned):
        register.help.enter(reviewer, helped, new_id(), HELP)
    assert waiting() == {file_no, planned, bare}
    plan = {"file_no": planned, "exit_by": "2027-03-01", "plan": "介绍就业"}
    bench.run("household.plan_exit", plan, "c8")
    assert waiting() == {file_no, planned, bare}, "not this year"
    bench.run("household.plan_exit", {**plan, "exit_by": "2026-12-20"}, "c9")
    assert waiting() == {file_no, bare}
    _leaves(bench, file_no, "2026-11-05")
    assert waiting() == {bare}
    found = _of(bench)
    assert (found.counts[Figure.SYNCED], found.counts[Figure.NOT_SYNCED]) == (2, 1)
    assert found.synced_share == 666


@pytest.mark.parametrize("figure", list(Figure))
def test_each_figure_opens_just_the_files_it_counts(bench: Bench, figure: Figure) -> None:
    old = [_filed(bench, n, date(2025, 3, 3)) for n in range(4)]
    _filed(bench, 5, date(2026, 2, 3))
    _filed(bench, 6, date(2026, 2, 3), "lw-u")
    _leaves(bench, old[0], "2026-03-04")
    _leaves(bench, old[1], "2026-03-04", "secured")
    _leaves(bench, old[2], "2026-01-15")
    _back(bench, 2, "2026-06-07")
    register = registry.Registry(bench.engine)
    page = register.year_figures.of(SYSTEM, 2026, "zz")
    for unit in (page.whole, *page.units):
        search = Search(organisation_id=unit.organisation_id, figure=figure, year=2026)
        assert len(register.lists.page(SYSTEM, search).lines) == unit.counts[figure]
    assert sum(unit.counts[figure] for unit in page.units) == page.whole.counts[figure]
    assert [unit.name for unit in page.units] == ["芗城模拟区总工会", "龙文模拟区总工会"]
    far = bench.engine.directory.actor_named("far_reviewer")
    seen = register.year_figures.of(far, 2026, "zz").whole
    assert seen.counts[Figure.AT_START] == 0
    assert seen.counts[Figure.NEW] == 1


def test_a_year_that_is_none_is_refused(bench: Bench) -> None:
    with pytest.raises(Invalid, match="年份"):
        _of(bench, 20260)
