"""How what comes next is written: one line a step, nothing of it twice, no id of an element."""

from collections.abc import Iterator

import pytest
from flask import Flask

from engine.model.definitions import ElementKind
from engine.work.ahead import Answer
from engine.work.handling import Coming
from webapp.reading.handling import Way, way_of
from webapp.shared.language import speak

AGREED, PUBLIC = Answer("同意"), Answer("须公示")


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    app = Flask(__name__)
    speak(app)
    with app.test_request_context("/"):
        yield


def coming(name: str, kind: ElementKind, *ways: tuple[Answer, ...]) -> Coming:
    return Coming(name, kind, ways, who="", limit="", until=None, is_law=False)


def by(*ways: tuple[Answer, ...]) -> str:
    return way_of([coming("审批", ElementKind.USER_TASK, *ways)]).by


def test_what_several_ways_begin_with_is_said_once() -> None:
    same, moved = Answer("标准未变"), Answer("标准有变")
    assert by((AGREED, PUBLIC, same), (AGREED, PUBLIC, moved)) == "同意、须公示(标准未变;标准有变)"
    assert by((same,), (AGREED, moved)) == "标准未变;同意、标准有变"
    assert by((AGREED, PUBLIC)) == "同意、须公示"
    assert by() == ""


def test_of_more_ways_than_are_read_it_is_said_that_there_are_more() -> None:
    four = [(Answer(name),) for name in ("甲类", "乙类", "丙类", "丁类")]
    assert by(*four[:3]) == "甲类;乙类;丙类"
    assert by(*four) == "甲类;乙类;丙类等"


def test_a_bare_answer_is_told_with_what_was_asked() -> None:
    assert by((Answer("否", "须回避吗?"),)) == "须回避吗:否"
    assert by((Answer("否"),)) == "否", "where the gateway has no name"


def test_waits_that_end_one_another_are_one_line() -> None:
    waits = [coming(name, ElementKind.CATCH, (AGREED,)) for name in ("公示期满", "收到异议")]
    assert way_of(waits) == Way("同意", "等候:公示期满、收到异议", "")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("已办", ElementKind.END, "结束:已办"),
        ("", ElementKind.END, "结束"),
        ("", ElementKind.CATCH, "等候"),
        ("已报", ElementKind.SUB_PROCESS, "已报(其他在办环节不受影响)"),
        ("", ElementKind.SUB_PROCESS, "其他在办环节不受影响"),
        ("", ElementKind.USER_TASK, "未命名的环节"),
    ],
)
def test_what_has_no_name_is_called_by_what_it_is(
    name: str, kind: ElementKind, expected: str
) -> None:
    assert way_of([coming(name, kind)]).to == expected
