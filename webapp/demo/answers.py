"""From a scenario's data and a household to what is filled in for this case."""

import dataclasses
from collections.abc import Mapping
from datetime import date
from enum import Enum

from engine.errors import Broken
from engine.feel import EvaluationContext, FeelSyntaxError, value_or_expression
from engine.feel.facts import Facts
from webapp.demo.households import DemoHousehold

Table = Mapping[str, object]


def filled_in(given: Table, answers: Table, scope: Table, context: EvaluationContext) -> Table:
    """The scenario's data with the answers laid over it; an answer that is null leaves out.

    Answers may use ``given`` (the scenario's data), ``household``, ``number`` (of the case) and
    whatever the step itself sees. Raises Broken for an answer that is not FEEL.
    """
    data = dict(given)
    names = Facts({**scope, "given": given})  # a household is read by a dozen answers
    for key, answer in answers.items():
        value = answer
        if isinstance(answer, str) and answer.startswith("="):
            try:
                value = value_or_expression(answer).evaluate(names, context).value
            except FeelSyntaxError as error:
                raise Broken(f"演示数据里“{key}”的表达式写错了:{error}") from error
        data.pop(key, None)
        if value is not None:
            data[key] = value
    return data


def as_values(household: DemoHousehold) -> Table:
    """A household as expressions see it: its own field names, days as ISO texts."""
    return _plain_table(dataclasses.asdict(household))


def _plain_table(table: Mapping[str, object]) -> dict[str, object]:
    return {key: _plain(value) for key, value in table.items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return _plain_table(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
