"""Filling forms as a client does that knows nothing but the published schema."""

from collections.abc import Mapping
from typing import Any


def answers_of(form: Mapping[str, Any] | None) -> dict[str, object]:
    """Each required property by its default or example (api.yaml, schema Form)."""
    if form is None:
        return {}
    schema = form["schema"]
    return {name: _answer(schema["properties"][name]) for name in schema.get("required", ())}


def _answer(asked: Mapping[str, Any]) -> object:
    return asked["default"] if "default" in asked else asked["examples"][0]
