"""What is reckoned from money while another moves it: on PostgreSQL, for SQLite has one writer."""

import pytest

from engine.store.database import Tx
from tests.funds.purse import PAYMENT, Purse, id_number
from tests.support.meeting import meet

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_kind() -> str:
    return "postgres"


def test_what_is_carried_over_is_what_another_has_left(purse: Purse) -> None:
    line = purse.allocate()
    other = purse.allocate(programme="living", amount="1000")
    bench = purse.bench

    def reserve(tx: Tx) -> None:
        assert bench.act(tx, "funds.reserve", PAYMENT, at="xc")["granted"]

    def carry_over() -> object:
        asked = {"document_no": "模拟〔2026〕9号", "organisation_id": "xc"}
        return bench.run("funds.carry_over", asked, "case-2", "xc")

    assert meet(purse.engine, reserve, carry_over).result() == {"lines": 2, "amount": 10_000}
    assert (purse.sums(line.id), purse.sums(other.id)) == (
        (1000, 1000, 0, 0, 0),
        (0, 0, 0, 0, 0),
    )


def test_two_who_give_to_one_without_a_file_do_not_pass_her_cap(purse: Purse) -> None:
    purse.allocate(programme="emergency")
    bench = purse.bench
    her = {
        "programme": "emergency",
        "amount": 2000,
        "item": "money",
        "payee_kind": "person",
        "payee_id": "350602199001019907",
        "payee_name": "林模拟",
    }

    def give(tx: Tx) -> None:
        assert bench.act(tx, "funds.reserve", {**her, "period": "2026-10"}, at="xc")["granted"]

    def give_more() -> dict[str, object]:
        asked = {**her, "period": "2026-11"}
        return dict(bench.run("funds.reserve", asked, "case-2", "xc"))

    answer = meet(purse.engine, give, give_more).result()
    assert isinstance(answer, dict)
    assert not answer["granted"]
    assert "超过上限 3,000.00" in answer["message"]


def test_a_household_does_not_get_what_one_of_it_is_given_as_a_person_meanwhile(
    purse: Purse,
) -> None:
    line, bench = purse.allocate(), purse.bench
    her = {"payee_kind": "person", "payee_id": id_number(7), "payee_name": "林模拟7"}

    def give(tx: Tx) -> None:
        assert bench.act(tx, "funds.reserve", {**PAYMENT, **her}, at="xc")["granted"]

    def archive_and_give() -> dict[str, object]:
        payee = {"payee_kind": "household", "payee_id": purse.household(7)}
        asked = {**PAYMENT, **payee, "payee_name": "林模拟7"}
        return dict(bench.run("funds.reserve", asked, "case-2", "xc"))

    answer = meet(purse.engine, give, archive_and_give).result()
    assert isinstance(answer, dict)
    assert not answer["granted"]
    assert "按未建档人员发给林模拟7" in answer["message"]
    assert purse.sums(line.id)[1] == 1000
