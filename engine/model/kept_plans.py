"""A plan as text, kept while whoever asked for it looks at it."""

from collections.abc import Mapping
from typing import Any

import orjson

from engine.model.version_moves import CaseVerdict, Plan, Route, Stand, Unmapped, Verdict
from engine.sentences import Words


def packed(plan: Plan) -> bytes:
    """Write it down."""
    return orjson.dumps(plan, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Words):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)


def unpacked(content: bytes) -> Plan:
    """Read what :func:`packed` wrote."""
    found = orjson.loads(content)
    return Plan(
        Route(**found["route"]),
        tuple(_verdict(one) for one in found["cases"]),
        tuple(_unmapped(one) for one in found["unmapped"]),
    )


def _verdict(one: dict[str, Any]) -> CaseVerdict:
    return CaseVerdict(
        **{
            **one,
            "verdict": Verdict(one["verdict"]),
            "stands": tuple(Stand(**{**at, "name": Words(*at["name"])}) for at in one["stands"]),
            "reasons": tuple(Words(*words) for words in one["reasons"]),
            "notes": tuple(Words(*words) for words in one["notes"]),
            "has_passed": tuple(one["has_passed"]),
        }
    )


def _unmapped(one: dict[str, Any]) -> Unmapped:
    candidates = tuple((element_id, name) for element_id, name in one["candidates"])
    return Unmapped(**{**one, "name": Words(*one["name"]), "candidates": candidates})
