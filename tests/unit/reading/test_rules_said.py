"""What a rule of a table that decided says on a page."""

import pytest

from webapp.reading.submissions import rule_says


@pytest.mark.parametrize(
    ("hit", "said"),
    [
        ({"annotation": "只提醒", "outputs": [["text", "户口簿"]]}, "只提醒"),
        (
            {"annotation": "", "outputs": [["code", "hukou"], ["text", "户口簿复印件"]]},
            "户口簿复印件",
        ),
        ({"annotation": None, "outputs": [["hard", True], ["text", ""]]}, ""),
        ({"rule": 1}, ""),
    ],
    ids=["its note", "its words and no code", "nothing", "an old one"],
)
def test_a_rule_says_its_note_or_what_it_answers(hit: dict[str, object], said: str) -> None:
    assert rule_says(hit) == said
