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


def test_a_child_is_given_it_once_though_two_households_ask_at_once(purse: Purse) -> None:
    """Neither sees the other, who holds another household and another line: the table refuses."""
    near = purse.allocate(programme="schooling")
    far = purse.allocate("far_accountant", unit="lw", programme="schooling")
    bench, households = purse.bench, (purse.household(7), purse.household(8, "lw-u"))

    def asked(file_no: str) -> dict[str, object]:
        return {
            **PAYMENT,
            "programme": "schooling",
            "period": "2026",
            "item": "university",
            "payee_kind": "household",
            "payee_id": file_no,
            "payee_name": "林模拟",
            "beneficiary_id": id_number(9),
            "beneficiary_name": "林小模",
        }

    def give(tx: Tx) -> None:
        assert bench.act(tx, "funds.reserve", asked(households[0]), at="xc")["granted"]

    def give_too() -> dict[str, object]:
        return dict(bench.run("funds.reserve", asked(households[1]), "case-2", "lw"))

    answer = meet(purse.engine, give, give_too).result()
    assert isinstance(answer, dict)
    assert not answer["granted"]
    assert "林模拟(学生林小模)同一项目、同一期间已有发放" in answer["message"]
    assert (purse.sums(near.id)[1], purse.sums(far.id)[1]) == (1000, 0)
