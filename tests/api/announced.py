"""Whether an answer is one that the served document announces: status, type, headers, shape."""

import re
from collections.abc import Callable

import schemathesis
from flask import Flask
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
START = "/api/v1"
OUR_FAULT = 500
"""Announced nowhere: nobody should reckon with it."""


def announced_by(app: Flask) -> Callable[[TestResponse], None]:
    """A check of answers against the document that the application serves."""
    document = schemathesis.openapi.from_wsgi(f"{START}/openapi.yaml", app)
    addresses = app.url_map.bind("localhost")

    def must_be_announced(answer: TestResponse) -> None:
        path, method = answer.request.path, answer.request.method
        if method in {"HEAD", "OPTIONS"} or answer.status_code == OUR_FAULT:
            return
        try:
            rule, _ = addresses.match(path, method, return_rule=True)
        except HTTPException:
            return  # no operation of the document
        if rule.rule.startswith(START):
            template = re.sub("<[^>]+>", "{id}", rule.rule.removeprefix(START))
            document[template][method].Case().validate_response(answer, checks=CHECKS)

    return must_be_announced
