"""What processes do with money: answers instead of faults, once, and never above a cap."""

import pytest

import registry
from engine.errors import Invalid, NotFound
from registry.help_given import HelpBook
from tests.funds.purse import PAYMENT, Purse, id_number


def household(purse: Purse, number: int, **changed: object) -> dict[str, object]:
    file_no = purse.household(number)
    payee = {"payee_kind": "household", "payee_id": file_no, "payee_name": f"林模拟{number}"}
    return {**PAYMENT, **payee, **changed}


def test_every_operation_of_money_gives_what_it_declares(purse: Purse) -> None:
    run = purse.bench.run
    allocate = {"programme": "festival", "source": "own", "amount": 5000, "document_no": "1号"}
    given = {
        "funds.allocate": run("funds.allocate", {**allocate, "organisation_id": "xc"}),
        "funds.check": run("funds.check", {"programme": "festival"}),
        "funds.reserve": run("funds.reserve", PAYMENT),
        "funds.commit": run("funds.commit", {}),
        "funds.pay": run("funds.pay", {"voucher_no": "记-1", "paid_on": "2026-11-06"}),
        "funds.carry_over": run(
            "funds.carry_over", {"document_no": "2号", "organisation_id": "xc"}
        ),
    }
    refused = {
        "funds.check": run("funds.check", {"programme": "medical"}),
        "funds.reserve": run("funds.reserve", {**PAYMENT, "year": 2024}, "case-9"),
    }
    assert refused["funds.reserve"]["granted"] is False
    nobody = {"payee_id": "另一村", "payee_name": "另一村"}
    short = run("funds.reserve", {**PAYMENT, **nobody}, "case-8")  # all was carried over
    assert short.keys() == registry.OPERATIONS["funds.reserve"].outputs.keys()
    assert short["granted"] is False
    assert "还没有下达指标" in str(refused["funds.check"]["message"])
    for name, outputs in (*given.items(), *refused.items()):
        operation = registry.OPERATIONS[name]
        assert outputs.keys() == operation.outputs.keys(), name
        assert operation.required <= operation.inputs.keys()
    purse.must_hold()


def test_a_case_draws_on_the_nearest_line(purse: Purse) -> None:
    city = purse.allocate("protection", unit="zz")
    run = purse.bench.run
    assert run("funds.reserve", PAYMENT)["granted"]
    assert purse.sums(city.id)[1] == 1000
    county = purse.allocate()
    assert run("funds.reserve", {**PAYMENT, "payee_id": "乙村", "payee_name": "乙村"}, "c2")[
        "granted"
    ]
    assert purse.sums(city.id)[1] == 1000
    assert purse.sums(county.id)[1] == 1000
    far = run(
        "funds.reserve", {**PAYMENT, "payee_id": "丙村", "payee_name": "丙村"}, "c3", at="lw-u"
    )
    assert far["granted"]
    assert purse.sums(city.id)[1] == 2000


def test_of_several_sources_the_fullest_gives_unless_one_is_named(purse: Purse) -> None:
    little, much = purse.allocate(amount="500"), purse.allocate(source="central", amount="3000")
    run = purse.bench.run
    assert run("funds.reserve", PAYMENT)["granted"]
    assert (purse.sums(little.id)[1], purse.sums(much.id)[1]) == (0, 1000)
    refused = run("funds.reserve", {**PAYMENT, "payee_id": "乙村", "source": "own"}, "c2")
    assert refused["granted"] is False


def test_a_household_is_paid_once_whoever_pays_and_its_file_says_so_at_once(purse: Purse) -> None:
    purse.allocate()
    run, payment = purse.bench.run, household(purse, 1)
    first = run("funds.reserve", payment)
    assert run("funds.reserve", payment)["payment_id"] == first["payment_id"]  # the same case again
    again = run("funds.reserve", payment, "case-2")
    assert again["granted"] is False
    assert "林模拟1的送温暖(2026春节)已在其他办件中安排 1,000.00 元" in str(again["message"])
    run("funds.commit", {"payment_id": first["payment_id"]})
    paid = {"payment_id": first["payment_id"], "voucher_no": "记-3", "paid_on": "2026-11-06"}
    assert run("funds.pay", paid)["payments"] == 1
    assert run("funds.pay", paid)["payments"] == 1
    book = HelpBook(purse.engine).of_file(purse.actor("reviewer"), str(payment["payee_id"]))
    (line,) = book.lines
    assert (line.kind, line.cents, line.payer) == ("送温暖", 100_000, "芗城模拟区总工会")
    assert line.given_on.isoformat() == "2026-11-06"
    # Goods beside the money are another item, another level another key (correction 23).
    assert run("funds.reserve", {**payment, "item": "goods", "amount": 500}, "c3")["granted"]
    purse.allocate("protection", unit="zz")
    goods = {**payment, "organisation_id": "zz"}
    assert run("funds.reserve", goods, "c4")["granted"]
    purse.must_hold()


def test_caps_count_what_every_county_and_level_gives_in_the_year(purse: Purse) -> None:
    purse.allocate(amount="50000")
    purse.allocate("protection", unit="zz", amount="50000")
    run, payment = purse.bench.run, household(purse, 1, amount=3000)
    assert "每次合计 3,000.01 元,超过上限 3,000.00 元" in str(
        run("funds.reserve", {**payment, "amount": "3000.01"}, "c0")["message"]
    )
    assert run("funds.reserve", payment, "c1")["granted"]
    assert run("funds.reserve", {**payment, "organisation_id": "zz"}, "c2")["granted"]
    goods = {**payment, "item": "goods", "amount": 1}
    refused = run("funds.reserve", goods, "c3")
    assert "已安排的 6,000.00 元),超过上限 6,000.00 元" in str(refused["message"])
    assert run("funds.reserve", {**goods, "exception": "遭遇火灾"}, "c3")["granted"]
    purse.must_hold()


def test_caps_in_months_of_the_standard_follow_category_and_county(purse: Purse) -> None:
    for programme in ("living", "emergency", "schooling"):
        purse.allocate(programme=programme, amount="100000")
    run = purse.bench.run
    living = household(purse, 1, programme="living", period="2026-11")  # marginal: 10 × 500
    assert run("funds.reserve", {**living, "amount": 5000}, "c1")["granted"]
    over = run("funds.reserve", {**living, "amount": 1, "period": "2026-12"}, "c2")
    assert "超过上限 5,000.00 元" in str(over["message"])
    deep = household(purse, 2, programme="living", period="2026-11", amount=6000)
    assert run("funds.reserve", deep, "c3")["granted"] is False
    person = {
        "programme": "emergency",
        "period": "2026-11",
        "payee_kind": "person",
        "payee_id": id_number(77),
        "payee_name": "吴模拟",
    }
    assert run("funds.reserve", {**PAYMENT, **person, "amount": 3000}, "c4")["granted"]
    again = {**PAYMENT, **person, "amount": 1, "period": "2026-12"}
    assert "临时救助每年" in str(run("funds.reserve", again, "c5")["message"])
    student = {
        **PAYMENT,
        **person,
        "programme": "schooling",
        "period": "2026",
        "item": "high_school",
    }
    assert run("funds.reserve", {**student, "amount": 3001}, "c6")["granted"] is False
    assert run("funds.reserve", {**student, "amount": 3000}, "c7")["granted"]


@pytest.mark.parametrize("kind", ["lifted", "secured"])
def test_a_household_that_has_left_gets_nothing_and_what_it_was_granted_is_seen(
    purse: Purse, kind: str
) -> None:
    purse.allocate()
    payment = household(purse, 1)
    file_no = {"file_no": payment["payee_id"]}
    assert purse.bench.run("funds.reserve", payment, "c1")["granted"]
    seen = purse.bench.run("household.find_open_help", file_no)
    assert (seen["payments"], str(seen["amount"])) == (1, "1000.00")
    assert "送温暖" in str(seen["message"])
    purse.bench.run("household.leave", {**file_no, "kind": kind})
    later = {**payment, "period": "2027春节"}
    assert "不在档" in str(purse.bench.run("funds.reserve", later, "c2")["message"])


def test_a_struck_off_household_gets_nothing_and_a_slip_of_the_pen_is_a_fault(purse: Purse) -> None:
    purse.allocate()
    payment = household(purse, 1)
    close = {"file_no": payment["payee_id"], "reason": "false_papers"}
    purse.bench.run("household.close", close)
    assert "不在档" in str(purse.bench.run("funds.reserve", payment)["message"])
    for wrong in (
        {"item": "x"},
        {"programme": "x"},
        {"amount": 0},
        {"payee_id": ""},
        {"period": ""},
    ):
        with pytest.raises(Invalid):
            purse.bench.run("funds.reserve", {**PAYMENT, **wrong})
    with pytest.raises(NotFound):
        purse.bench.run("funds.commit", {}, "case-8")
    with pytest.raises(NotFound):
        purse.bench.run("funds.commit_batch", {}, "case-8")
    purse.bench.run("funds.reserve", PAYMENT)
    with pytest.raises(Invalid, match="还没有到"):
        purse.bench.run("funds.pay", {"voucher_no": "1", "paid_on": "2027-01-01"})
