"""A client of the web application that leaves nothing open."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class ReadingClient(FlaskClient):
    """Reads each answer to its end and closes the request behind it.

    The body of a large upload lies in a temporary file that nobody else closes.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        answer.get_data()
        answer.close()
        answer.request.environ["wsgi.input"].close()
        return answer


def client_of(app: Flask) -> FlaskClient:
    app.test_client_class = ReadingClient
    return app.test_client()
