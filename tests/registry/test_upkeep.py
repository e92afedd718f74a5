"""Recorded errors are put right and consent is withdrawn, each in a version that keeps both."""

from datetime import date

import pytest

import registry
from engine import Engine
from engine.errors import Conflict, Invalid, NotFound, NotPermitted, Stale
from registry.deciding import with_review
from registry.finding import Search
from registry.store.file_lists import Queue
from tests.support.register import on_file

OTHER = "350628199007049932"


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def _right(
    register: registry.Registry, engine: Engine, file_no: str, seen: int = 1, **typed: str
) -> int:
    values = {name.replace("__", "."): value for name, value in typed.items()}
    reviewer = engine.directory.actor_named("reviewer")
    return register.upkeep.correct(reviewer, file_no, seen, values, "核对了原件")


def test_an_error_is_put_right_and_both_values_stay(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    typed = {"head__name": "林摸拟", "members__0__health": "癌症/恶性肿瘤"}
    assert _right(register, engine, file_no, **typed) == 2
    reviewer = engine.directory.actor_named("reviewer")
    found = register.files.difference(reviewer, file_no, 0, 0, is_clear=False)
    assert found is not None
    assert [(one.what, one.before, one.after) for one in found.changes] == [
        ("姓名", "林模拟", "林摸拟"),
        ("配偶 陈模拟:健康状况", "良好", "癌症/恶性肿瘤"),
    ]
    newest = register.household(reviewer, file_no).versions[0]
    assert newest.reason == "勘误:核对了原件(更正:姓名、配偶 陈模拟 健康状况)"
    assert [one.head_name for one in register.lists.page(reviewer, Search("linmoni")).lines] == [
        "林摸拟"
    ]
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []


def test_a_corrected_number_is_what_the_file_is_found_by(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    typed = {
        "head__id_number": OTHER,
        "head__birth_date": "1990-07-04",
        "head__mobile": "15400000009",
    }
    _right(register, engine, file_no, **typed)
    reviewer = engine.directory.actor_named("reviewer")
    for text in (OTHER, "15400000009"):
        assert len(register.lists.page(reviewer, Search(text)).lines) == 1
    assert not register.lists.page(reviewer, Search("350602199001019907")).lines


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"head__id_number": "350602199001019908"}, "校验不符"),
        ({"head__id_number": OTHER}, "请一并更正"),
        ({"head__mobile": "123"}, "11 位"),
        ({"head__name": "林3"}, "姓名"),
        ({"head__birth_date": "1990/1/1"}, "2026-11-16 的样子"),
        ({"head__contract_from": "2027-01-01"}, "还没有到"),
        ({"hardship__cause_main": "77"}, "代码表"),
        ({"assets__savings": "-1"}, "不小于 0"),
        ({"head__name": "林模拟"}, "没有填写与记录不同的内容"),
        ({"category": "dibao"}, "没有填写与记录不同的内容"),
        ({}, "没有填写与记录不同的内容"),
    ],
)
def test_what_is_no_correction_is_said_and_nothing_is_written(
    engine: Engine, register: registry.Registry, typed: dict[str, str], words: str
) -> None:
    file_no = on_file(engine)
    with pytest.raises(Invalid, match=words):
        _right(register, engine, file_no, **typed)
    reviewer = engine.directory.actor_named("reviewer")
    assert len(register.household(reviewer, file_no).versions) == 1


def test_who_may_not_correct_and_who_was_slower_is_refused(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    typed = {"head.name": "林某"}
    for name, error in (
        ("entry", NotPermitted),
        ("supervisor", NotPermitted),
        ("far_reviewer", NotFound),
    ):
        with pytest.raises(error):
            register.upkeep.correct(engine.directory.actor_named(name), file_no, 1, typed, "核对")
    with pytest.raises(Invalid, match="原因"):
        register.upkeep.correct(engine.directory.actor_named("reviewer"), file_no, 1, typed, " ")
    _right(register, engine, file_no, head__name="林某")
    with pytest.raises(Stale, match="新版本"):
        _right(register, engine, file_no, head__name="林某某")


def test_a_number_that_heads_another_file_is_not_taken(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    far = on_file(engine, {"id_number": OTHER, "birth_date": "1990-07-04"}, "lw-u")
    typed = {"head__id_number": OTHER, "head__birth_date": "1990-07-04"}
    with pytest.raises(Conflict, match="请县总工会核实") as refused:
        _right(register, engine, file_no, **typed)
    assert far not in refused.value.message
    near = on_file(engine, {"id_number": "350681199007049942", "birth_date": "1990-07-04"}, "u2")
    with pytest.raises(Conflict, match=near):
        _right(
            register,
            engine,
            file_no,
            head__id_number="350681199007049942",
            head__birth_date="1990-07-04",
        )


def test_withdrawn_consent_is_marked_and_stops_copying_until_it_is_given_again(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    reviewer, entry = (engine.directory.actor_named(name) for name in ("reviewer", "entry"))
    officer = engine.directory.actor_named("far_officer")
    with pytest.raises(NotFound):
        register.upkeep.withdraw_consent(officer, file_no, "来信")
    with pytest.raises(NotPermitted):
        register.upkeep.withdraw_consent(entry, file_no, "来信")
    register.upkeep.withdraw_consent(reviewer, file_no, "11 月 9 日来信")
    assert register.files.standing(reviewer, file_no).consent_withdrawn_on == "2026-11-09"
    assert register.lists.queues(entry)[Queue.TO_COPY] == 0
    assert register.lists.queues(entry)[Queue.AWAITING] == 1
    with pytest.raises(Conflict, match="撤回授权"):
        register.copying.sheet(entry, file_no)
    with pytest.raises(Conflict, match="没有重复登记"):
        register.upkeep.withdraw_consent(reviewer, file_no, "又来信")
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []
    register.upkeep.renew_consent(reviewer, file_no, "11 月 9 日重新签署")
    assert register.copying.first(entry) == file_no
    with pytest.raises(Conflict, match="没有撤回"):
        register.upkeep.renew_consent(reviewer, file_no, "再签")
    reasons = [one.reason for one in register.household(reviewer, file_no).versions]
    assert [one.partition(":")[0] for one in reasons[:2]] == ["重新授权", "撤回授权"]


def test_a_line_is_put_right_and_the_category_waits_to_be_decided_again(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    reviewer, approver = (engine.directory.actor_named(name) for name in ("reviewer", "approver"))
    with pytest.raises(Invalid, match="收入明细第 3 行 2025-03 月份”:月份请写成"):
        _right(register, engine, file_no, income_lines__2__month="三月")
    _right(register, engine, file_no, income_lines__2__amount="8,000.00")

    found = register.files.difference(reviewer, file_no, 0, 0, is_clear=False)
    assert found is not None
    ((what, before, after),) = [(one.what, one.before, one.after) for one in found.changes]
    assert what == "2025-03 林模拟 工资性:金额"
    assert ("800.00 元" in before, "8,000.00 元" in after) == (True, True)
    standing = register.files.standing(approver, file_no)
    assert standing.review is not None
    assert standing.review.what == ("收入明细第 3 行 2025-03 金额",)
    doubts = [one.doubt for one in register.files.money(approver, file_no).sums if one.doubt]
    assert any("16,800.00 元" in doubt for doubt in doubts)

    with pytest.raises(NotPermitted, match="分管副主席"):
        register.upkeep.decide(reviewer, file_no, 2, "dibao", "核对了")
    with pytest.raises(Invalid, match="理由"):
        register.upkeep.decide(approver, file_no, 2, "dibao", " ")
    with pytest.raises(Invalid, match="选择认定类型"):
        register.upkeep.decide(approver, file_no, 2, "none", "核对了")
    with pytest.raises(Stale):
        register.upkeep.decide(approver, file_no, 1, "marginal", "核对了")
    assert register.upkeep.decide(approver, file_no, 2, "marginal", "仍低于两倍") == 3

    assert register.files.standing(approver, file_no).review is None
    newest = register.household(reviewer, file_no).versions[0]
    assert newest.reason == "认定复核:维持低保边缘户:仍低于两倍"
    assert [one.broken for one in registry.invariants(engine) if not one.ok] == []


def test_a_category_is_corrected_by_who_approves_and_both_stay(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    reviewer, approver = (engine.directory.actor_named(name) for name in ("reviewer", "approver"))
    with pytest.raises(Invalid, match="没有变化"):
        register.upkeep.decide(approver, file_no, 1, "marginal", "核对了")
    register.upkeep.decide(approver, file_no, 1, "dibao", "低保证漏录")

    found = register.files.difference(reviewer, file_no, 0, 0, is_clear=False)
    assert found is not None
    assert ("认定类型", "低保边缘户", "低保户") in [
        (one.what, one.before, one.after) for one in found.changes
    ]
    newest = register.household(reviewer, file_no).versions[0]
    assert newest.reason == "认定复核:低保边缘户改为低保户:低保证漏录"
    (line,) = register.lists.page(reviewer, Search("林模拟")).lines
    assert line.category == "低保户"


def test_who_put_the_basis_right_does_not_decide_again(
    engine: Engine, register: registry.Registry
) -> None:
    file_no = on_file(engine)
    approver = engine.directory.actor_named("approver")
    _right(register, engine, file_no, members__0__counted="no")
    waiting = register.files.standing(approver, file_no).review
    assert waiting is not None
    assert waiting.by == {"p-reviewer"}
    before = {"review": {"version": 2, "by": ["p-a"], "what": ["甲"]}}
    twice = with_review(before, 3, date(2026, 11, 9), "p-b", ["甲", "乙"])["review"]
    assert twice == {"version": 2, "since": "", "what": ["甲", "乙"], "by": ["p-a", "p-b"]}
