"""The API on a small federation; everybody signs in over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.crash.installation import KEY, PASSWORD, prepare
from tests.support.client import client_of
from webapp.app import create_app
from webapp.opening import open_installation
from webapp.settings import Settings

Call = Callable[..., TestResponse]


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[FlaskClient]:
    """The application with the example process deployed."""
    prepare(database_url, tmp_path, "example_request")
    settings = Settings(key=KEY, data_dir=tmp_path, database_url=database_url, is_demo=True)
    opened = open_installation(settings)
    app = create_app(settings, opened.engine, opened.registry)
    yield client_of(app)
    opened.engine.close()


@pytest.fixture
def call(client: FlaskClient) -> Call:
    """``call("officer", "GET", "/me")``: one request of a signed-in person."""
    tokens: dict[str, str] = {}

    def one(who: str, method: str, path: str, body: object = None, **headers: str) -> TestResponse:
        if who and who not in tokens:
            said = {"username": who, "password": PASSWORD}
            made = client.post("/api/v1/tokens", json=said)
            assert made.status_code == 201, made.text
            tokens[who] = made.get_json()["token"]
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            sent["Authorization"] = f"Bearer {tokens[who]}"
        return client.open(f"/api/v1{path}", method=method, json=body, headers=sent)

    return one
