"""Addresses filled into a kept shape are those that Flask works out."""

import functools

import pytest
from flask import Flask
from werkzeug.routing import BuildError

PLAIN = "01J9Z.a-b_c"
ODD = ("甲 乙", "a/b", "a?b=c&d", "---0---", "~", "", "a%20b", True, 12, None, ["x", "y"])


def both(app: Flask, endpoint: str, values: dict[str, object]) -> tuple[object, object]:
    """What ours and Flask's own say, or the names of what they raise."""
    answers = []
    for ask in (app.url_for, functools.partial(Flask.url_for, app)):
        try:
            answers.append(ask(endpoint, **values))
        except (BuildError, TypeError, ValueError) as error:
            answers.append(f"{type(error).__name__} {error}")
    return answers[0], answers[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_is_the_one_that_flask_makes(federation, method):
    app = federation.app
    rules = list(app.url_map.iter_rules())
    with app.test_request_context("/", method=method):
        for rule in rules:
            plain = dict.fromkeys(sorted(rule.arguments), PLAIN)
            asked = [plain, {**plain, "q": "1"}, {"tab": "x", **plain, "none": None}]
            asked.append({**plain, "": "x"})
            asked += [{**plain, name: odd} for name in ((*plain, "more")[0], "more") for odd in ODD]
            for values in asked:
                for _again in range(2):
                    ours, flasks = both(app, rule.endpoint, values)
                    assert ours == flasks, (rule, values)


def test_an_address_below_another_path_begins_with_it(federation):
    with federation.app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/bangfu"}):
        assert federation.app.url_for("inbox.show").startswith("/bangfu/")
        assert federation.app.url_for("static", filename="src/app.css").startswith(
            "/bangfu/static/"
        )
    with federation.app.test_request_context("/"):
        assert not federation.app.url_for("inbox.show").startswith("/bangfu/")


def test_an_anchor_and_a_whole_address_are_flasks_own(federation):
    with federation.app.test_request_context("/"):
        assert federation.app.url_for("inbox.show", _anchor="rows").endswith("#rows")
        assert federation.app.url_for("inbox.show", _external=True).startswith("http://")


def test_an_unknown_page_is_told_with_its_own_parts(federation):
    with federation.app.test_request_context("/"), pytest.raises(BuildError, match=r"no\.such"):
        federation.app.url_for("no.such", part=PLAIN)
