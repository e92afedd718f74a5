"""Every answer is one that the served document announces: status, type and shape.

Requests are made up from the document by schemathesis, fitting and not fitting it, with ids that
are made up and with ids of what there is; the same ones in every run of the same code.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error

from engine.model.version_moves import Route
from tests.api.announced import CHECKS
from tests.api.conftest import Api, new_key
from tests.api.test_document import VERBS
from tests.api.test_files import PDF

DOCUMENT = Path(__file__).parents[2] / "webapp/api/openapi.yaml"
OPERATIONS = [
    (verb, path)
    for path, found in yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))["paths"].items()
    for verb in found
    if verb in VERBS and path != "/openapi.yaml"  # nothing about it can be made up
]
EXAMPLES = 8
"""Of each operation, in each of four ways and on each database: some two thousand in all."""

WHO = {
    "/deployments": "designer",
    "/migrations": "designer",
    "/migration-plans": "designer",
    "/process-definitions": "designer",
    "/audit": "supervisor",
    "/incidents": "supervisor",
}
"""Whose rights let the request come far; the officer's for all others."""

LATER = {"/budgets"}


def caller(path: str) -> str:
    return next((who for start, who in WHO.items() if path.startswith(start)), "officer")


def something_there(api: Api, path: str) -> str:
    """The id of a thing that the operation is about."""
    if path.startswith("/tasks"):
        return api.started()[1]
    if path.startswith("/process-instances"):
        return api.started()[0]
    if path.startswith("/incidents"):
        case = api.stumbled()
        listed = api("supervisor", "GET", "/incidents?limit=200").get_json()["items"]
        return str(next(one["id"] for one in listed if one["instance_id"] == case))
    if path.startswith("/migrations"):
        made = api(
            "designer",
            "POST",
            "/migrations",
            {"definition_id": api.second_version()},
            Idempotency_Key=new_key(),
        )
        return str(made.get_json()["id"])
    if path.startswith("/migration-plans"):
        return planned_beside(api)
    if path.startswith("/files"):
        return str(api.upload("officer", "/files", [("file", "a.pdf", PDF)]).get_json()["id"])
    return "example_request:1"


def planned_beside(api: Api) -> str:
    """The id of a plan that was asked for as if it were of many cases."""
    version = api.second_version()
    key, _colon, number = version.partition(":")
    designer = api.engine.directory.actor_named("designer")
    asked = api.engine.versions.plans.sought_anew(designer, Route(key, int(number)))
    assert asked.errand is not None
    return asked.errand.id


@pytest.mark.parametrize(("verb", "path"), OPERATIONS, ids=[f"{v} {p}" for v, p in OPERATIONS])
def test_every_answer_was_announced(api: Api, verb: str, path: str) -> None:
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.yaml", api.app)
    operation = document[path][verb]
    checks = CHECKS if path in LATER else [*CHECKS, not_a_server_error]

    def send(case: Case) -> None:
        token = api.new_token("chair") if "current" in path else api.token(caller(path))
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)

    for mode in GenerationMode:
        run(send, operation.as_strategy(generation_mode=mode))
        if "{id}" in path:
            there = {"id": something_there(api, path)}
            run(send, operation.as_strategy(generation_mode=mode, path_parameters=there))


def run(send: Callable[[Case], None], cases: object) -> None:
    sent = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(cases)(send))  # type: ignore[call-overload]
    sent()
