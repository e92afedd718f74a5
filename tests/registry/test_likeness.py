"""Files about the same people are found; outside one's area only that the county must be asked."""

from collections.abc import Sequence

import pytest

import registry
from engine import Actor, Engine
from engine.errors import NotFound
from registry.finding import Search
from registry.likeness import ELSEWHERE, OTHER_UNIT, Like
from registry.store.file_lists import Queue
from tests.support.register import SPOUSE, on_file

OTHER = {"id_number": "350628199007049932", "birth_date": "1990-07-04", "mobile": "15400000008"}


@pytest.fixture
def register(engine: Engine) -> registry.Registry:
    return registry.Registry(engine)


def likes(register: registry.Registry, actor: Actor, file_no: str) -> Sequence[Like]:
    return register.likenesses.of_opened(actor, register.opening.of(actor, file_no))


def _told(
    register: registry.Registry, engine: Engine, name: str, file_no: str
) -> set[tuple[str, str, str]]:
    found = likes(register, engine.directory.actor_named(name), file_no)
    return {(one.sign, one.file_no, one.told) for one in found}


def test_one_person_counted_in_two_files_is_told_with_the_file(
    engine: Engine, register: registry.Registry
) -> None:
    first = on_file(engine)
    second = on_file(engine, {**OTHER, "name": "吴模拟", "address": "漳州市龙文区别处路8号"}, "u2")
    assert ("证件号码相同,并且两户都计入家庭人口", second, "") in _told(
        register, engine, "reviewer", first
    )
    assert _told(register, engine, "reviewer", second) == {
        ("证件号码相同,并且两户都计入家庭人口", first, "")
    }
    assert register.lists.queues(engine.directory.actor_named("reviewer"))[Queue.ALIKE] == 2
    page = register.lists.page(engine.directory.actor_named("reviewer"), Search("模拟"))
    assert [one.is_alike for one in page.lines] == [True, True]


def test_somebody_named_in_two_and_counted_in_one_is_a_weak_sign(
    engine: Engine, register: registry.Registry
) -> None:
    first = on_file(engine)
    named = {**SPOUSE, "relation": "母", "counted": "no"}
    on_file(engine, {**OTHER, "name": "吴模拟", "address": "别处路8号四楼"}, "u2", members=[named])
    found = likes(register, engine.directory.actor_named("reviewer"), first)
    assert [(one.sign, one.is_strong) for one in found] == [
        ("证件号码相同,只在一户计入家庭人口", False)
    ]
    assert register.lists.queues(engine.directory.actor_named("reviewer"))[Queue.ALIKE] == 0


@pytest.mark.parametrize(
    ("head", "sign"),
    [
        (
            {"id_number": "350602199001019906", "name": "吴模拟", "mobile": "15400000008"},
            "证件号码只差校验位",
        ),
        ({"id_number": "M1234567", "mobile": "15400000008"}, "同名同出生日期"),
        ({**OTHER, "name": "吴模拟", "mobile": "15400000002"}, "手机号码相同"),
    ],
)
def test_signs_that_are_no_proof_are_told(
    engine: Engine, register: registry.Registry, head: dict[str, object], sign: str
) -> None:
    first = on_file(engine, members=[])
    far = {**head, "address": "漳州市龙文区别处路8号"}
    second = on_file(engine, far, "u2", members=[])
    assert (sign, second, "") in _told(register, engine, "reviewer", first)
    assert register.lists.queues(engine.directory.actor_named("reviewer"))[Queue.ALIKE] == 2


def test_outside_ones_area_nothing_is_told_but_to_ask_the_county(
    engine: Engine, register: registry.Registry
) -> None:
    first = on_file(engine, members=[])
    far = {**OTHER, "name": "吴模拟", "mobile": "15400000002", "address": "漳州市芗城区模拟路1号"}
    second = on_file(engine, far, "lw-u", members=[])
    assert _told(register, engine, "reviewer", first) == {("手机号码相同", "", ELSEWHERE)}
    assert _told(register, engine, "far_reviewer", second) == {("手机号码相同", "", ELSEWHERE)}
    assert {(sign, no) for sign, no, _ in _told(register, engine, "city", first)} == {
        ("手机号码相同", second),
        ("家庭住址相同", second),
    }
    near = on_file(
        engine, {**far, "id_number": "350681199007049942", "name": "郑模拟"}, "u2", members=[]
    )
    township = _told(register, engine, "township", near)
    assert ("手机号码相同", first, "") in township
    with pytest.raises(NotFound):
        likes(register, engine.directory.actor_named("far_reviewer"), near)
    assert OTHER_UNIT != ELSEWHERE
