"""The forms of a petition, as whoever takes it down meets them."""

from pathlib import Path

from engine.feel import EvaluationContext
from engine.forms import compile_form

FORM = Path(__file__).parents[3] / "forms/petition/petition_register.form"
BEGUN = {"named": "yes", "reachable": "yes", "persons": 1}


def test_where_a_notice_goes_is_asked_once_the_person_is_behind(
    context: EvaluationContext,
) -> None:
    form = compile_form(FORM.read_bytes(), FORM.name)

    def asked(**said: object) -> bool:
        found = form.doubts({**BEGUN, **said}, {}, context)
        return any("书面告知送到哪里" in one.message for one in found)

    assert not asked(), "an empty form reproaches nobody"
    assert not asked(petitioner="林模拟")
    assert asked(petitioner="林模拟", matter_title="模拟的事")
    assert not asked(petitioner="林模拟", matter_title="模拟的事", mobile="13900000035")
    assert not asked(matter_title="模拟的事", reachable="no")
