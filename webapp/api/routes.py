"""The routes of ``/api/v1``: parse, call the engine, answer. Order of answers: design.md D14."""

from pathlib import Path

from flask import Response

from webapp.api import cases, design, files, messages, operate, public, sessions, tasks, versions
from webapp.api.blueprint import api as api

FEATURES = (sessions, design, cases, files, tasks, messages, operate, public, versions)
"""The modules whose routes the blueprint has."""

DOCUMENT = Path(__file__).with_name("openapi.yaml")


@api.get("/openapi.yaml")
def document() -> Response:
    """The contract itself, for whoever writes a client."""
    return Response(DOCUMENT.read_bytes(), mimetype="application/yaml")
