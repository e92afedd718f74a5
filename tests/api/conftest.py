"""The API on a small federation, on both databases; everybody signs in over HTTP.

One installation serves all tests of a file: each test starts cases of its own.
"""

import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import SYSTEM, Engine
from tests.api.announced import announced_by
from tests.api.forms import answers_of
from tests.conftest import DATABASES
from tests.crash.installation import KEY, PASSWORD, prepare
from tests.engine.moving.conftest import drawn, form, step
from tests.support.client import client_of
from tests.support.templates import Templates
from tests.unit.runtime.kit import end, flow, line, node, start
from webapp.app import create_app
from webapp.opening import opened
from webapp.settings import Settings

START = {
    "definition_key": "example_request",
    "jurisdiction": "u1",
    "data": {"subject": "添置安全帽"},
}
HOLDERS = {
    "officer": "officer",
    "county_reviewer": "reviewer",
    "county_approver": "approver",
    "data_entry": "entry",
}
"""Who does a role's steps of a case of the union u1."""

_numbers = itertools.count(1)


def new_key() -> str:
    """An Idempotency-Key nobody has used."""
    return f"key-{next(_numbers):06d}"


@dataclass
class Api:
    """People who call the API: ``api("officer", "GET", "/me")``; nobody is ``""``.

    Every answer they get must be one that the served document announces.
    """

    app: Flask
    engine: Engine
    client: FlaskClient
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.must_be_announced = announced_by(self.app)

    def token(self, who: str) -> str:
        if who not in self.tokens:
            self.tokens[who] = self.new_token(who)
        return self.tokens[who]

    def new_token(self, who: str) -> str:
        made = self("", "POST", "/tokens", {"username": who, "password": PASSWORD})
        assert made.status_code == 201, made.text
        return str(made.get_json()["token"])

    def send(self, who: str, method: str, path: str, **how: object) -> TestResponse:
        """One request as the WSGI server would hand it over."""
        headers = {k.replace("_", "-"): v for k, v in dict(how.pop("headers", {})).items()}  # type: ignore[call-overload]
        if who:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **how)  # type: ignore[arg-type]
        self.must_be_announced(answer)
        return answer

    def __call__(
        self, who: str, method: str, path: str, body: object = None, **headers: str
    ) -> TestResponse:
        return self.send(who, method, path, json=body, headers=headers)

    def upload(
        self, who: str, path: str, files: object, label: str | None = None, **headers: str
    ) -> TestResponse:
        """``files``: (field, name, content) of each."""
        data: dict[str, list[object]] = {}
        for name, file_name, content in files:  # type: ignore[attr-defined]
            data.setdefault(name, []).append((io.BytesIO(content), file_name))
        if label is not None:
            data["label"] = [label]
        return self.send(
            who, "POST", path, data=data, content_type="multipart/form-data", headers=headers
        )

    def started(self, who: str = "officer", at: str = "u1", **more: object) -> tuple[str, str]:
        """A new case and its first step."""
        body = {**START, "jurisdiction": at, **more}
        made = self(who, "POST", "/process-instances", body, Idempotency_Key=new_key())
        assert made.status_code == 201, made.text
        (first,) = made.get_json()["open_task_ids"]
        return made.get_json()["id"], first

    def finish(self, who: str, task: str, **changed: object) -> TestResponse:
        """Complete a step as a client does that knows nothing but its form's schema."""
        seen = self(who, "GET", f"/tasks/{task}")
        assert seen.status_code == 200, seen.text
        data = {**answers_of(seen.get_json()["form"]), **changed}
        return self(
            who,
            "POST",
            f"/tasks/{task}/complete",
            {"data": data},
            If_Match=seen.headers["ETag"],
            Idempotency_Key=new_key(),
        )

    def open_step(self, case: str) -> dict[str, object]:
        """The one open step of a case as the supervisor sees it."""
        items = self("supervisor", "GET", f"/tasks?state=open&instance_id={case}").get_json()
        (only,) = items["items"]
        return dict(only)

    def brought_to(self, element: str) -> tuple[str, str]:
        """A new case that waits at this step; ids of both."""
        case, _ = self.started()
        while (step := self.open_step(case))["element_id"] != element:
            done = self.finish(HOLDERS[str(step["role"])], str(step["id"]))
            assert done.status_code == 200, done.text
        return case, str(step["id"])

    def on_notice(self) -> str:
        """A case that waits for objections or the end of five working days."""
        case, task = self.brought_to("notice")
        assert self.finish("officer", task).status_code == 200
        return case

    def stumbled(self) -> str:
        """A case with an incident: its gateway asks a question that has no answer."""
        case, task = self.started(definition_key="stumbling", data={})
        assert self.finish("officer", task, note="也许").status_code == 200
        return case

    def second_version(self, key: str = "moving") -> str:
        """The id of a version with one step more than the one that cases of it are on.

        A test that counts cases takes a key of its own: any other runs before it or after.
        """
        if not self.engine.definitions.versions(key):
            for steps in (["ask"], ["ask", "look"]):
                self.engine.definitions.deploy(SYSTEM, moving(key, *steps))  # type: ignore[arg-type]
                if steps == ["ask"]:
                    self.started(definition_key=key, data={})
        return f"{key}:2"


def moving(key: str, *steps: str) -> list[object]:
    """A process of these steps in a line, all of them the officer's."""
    body = start() + "".join(map(step, steps)) + end() + line("S", *steps, "E")
    return [drawn(key, {"officer": " ".join(steps)}, body), form("blank", "note")]


def same_but_number(one: TestResponse, other: TestResponse) -> bool:
    """Whether two problems say the same; each request has a number of its own."""
    told = [
        {k: v for k, v in answer.get_json().items() if k != "request_id"} for answer in (one, other)
    ]
    return (one.status_code, told[0]) == (other.status_code, told[1])


def stumbling() -> list[object]:
    """A process whose only gateway asks whether a text is true."""
    body = start() + step("ask") + node("exclusiveGateway", "fork", default="fork_no")
    body += end("yes") + end("no")
    body += flow("S", "ask") + flow("ask", "fork")
    body += flow("fork", "yes", "=ask_note") + flow("fork", "no")
    return [drawn("stumbling", {"officer": "ask"}, body), form("blank", "note")]


def settings_of(url: str, folder: Path) -> Settings:
    return Settings(key=KEY, data_dir=folder, database_url=url, is_demo=True)


def set_up(url: str, folder: Path) -> None:
    """A staffed installation with the example process and one that stumbles."""
    prepare(url, folder, "example_request")
    with opened(settings_of(url, folder)) as installation:
        installation.engine.definitions.deploy(SYSTEM, stumbling())  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=DATABASES)
def api(
    request: pytest.FixtureRequest,
    templates: Templates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Api]:
    """The application with the example process, once on each kind of database."""
    folder = tmp_path_factory.mktemp("api")
    with templates.copy(request.param, set_up, folder) as url:
        settings = settings_of(url, folder)
        with opened(settings) as installation:
            app = create_app(settings, installation.engine, installation.registry)
            yield Api(app, installation.engine, client_of(app))
