"""Pages are written as Jinja itself would write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError
from markupsafe import Markup, escape

from webapp.shared.drawing import written

MARKED = "<b>\"'&amp;"
PIECES = (
    "{{ text }}",
    "{{ text|upper }}{{ text ~ markup }}{{ markup ~ text }}",
    "{{ number }} {{ number * 1.5 }} {{ nothing }} {{ truth }}",
    "{% set kept %}{{ text }}{{ markup }}{% endset %}{{ kept }}{{ kept|length }}",
    (
        "{% macro part(x) %}<i>{{ x }}</i>{{ caller() }}{% endmacro %}"
        "{% call part(text) %}{{ text }}{% endcall %}"
    ),
    "{% for one in many %}{{ one }}{{ loop.index }}{% endfor %}{{ many|join(text) }}",
    "{% filter upper %}{{ text }}{% endfilter %}",
    "{% autoescape false %}{{ text }}{{ markup }}{% endautoescape %}{{ text|safe }}",
    "{{ text if truth else markup }}{{ '%s'|format(text) }}{{ lazy }}",
    "{% block body %}{{ text }}{% endblock %}{{ self.body() }}",
)
VALUES = {
    "text": MARKED,
    "markup": Markup("<u>&lt;</u>"),
    "number": 12,
    "nothing": None,
    "truth": True,
    "many": [MARKED, Markup("<br>"), 3],
}


class Lazy:
    """A text that is known only when it is written, as those of the menus are."""

    def __html__(self) -> str:
        return "<s>"


@pytest.fixture
def of_app(federation) -> Environment:
    return federation.app.jinja_env


@pytest.mark.parametrize("piece", PIECES)
def test_a_template_says_the_same_as_by_jinja_itself(of_app: Environment, piece: str) -> None:
    plain = Environment(autoescape=True)
    values = {**VALUES, "lazy": Lazy()}
    ours = of_app.overlay(autoescape=True).from_string(piece)
    assert "import written as escape" in of_app.compile(piece, raw=True)
    assert ours.render(values) == plain.from_string(piece).render(values)


def test_what_is_missing_is_still_an_error(of_app: Environment) -> None:
    assert of_app.undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        of_app.from_string("{{ missing }}").render()


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary()))
def test_a_value_is_written_as_it_is_escaped(value: object) -> None:
    assert written(value) == str(escape(value))


def test_what_is_safe_stays_as_it_is() -> None:
    assert written(Markup(MARKED)) == MARKED
    assert written(Lazy()) == "<s>"
