"""The same work over HTTP: ``bangfu serve`` in its own process, clients on the same machine.

The limit is a bare handler behind the same WSGI server that sends the same statements and
answers with as many bytes (:mod:`tests.bench.bare_handler`). Statements and commits are counted
on one request to the same application inside this process. ``cpu_ms`` is the server's; the
client's is left out, but it runs on the same cores.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask.testing import FlaskClient

from tests.bench import serving
from tests.bench.bare_handler import NO_CASE, Answering
from tests.bench.client import Asked, Clients
from tests.bench.complete import WARM_UP
from tests.bench.first_page import deploy_until, first_page
from tests.bench.ground import FILLED, OFFICER, REVIEWER, Ground, case_of
from tests.bench.limits import Script, recording
from tests.bench.paths import Walk
from tests.bench.rows import Measured, in_turns
from tests.crash.installation import PASSWORD
from webapp.app import create_app

AGE_OF_PAGE = 6
"""Steps done before in the case whose page is opened."""


@dataclass(frozen=True)
class Crowd:
    """Server processes, and clients that send to them at once."""

    servers: int
    clients: int


ALONE = Crowd(1, 1)


def complete_http(ground: Ground, work: str, rounds: int, each: int, crowd: Crowd) -> Measured:
    """``POST /api/v1/tasks/…/complete``: sign-in, validation, idempotency, ETag, event."""
    token = _signed_in(ground, OFFICER, "api")
    *warm, recorded, fresh = [_completion(s, token) for s in ground.started(WARM_UP + 2)]
    answering = _recorded(ground, warm, recorded)
    more = ground.started(crowd.clients * WARM_UP + rounds * each)
    asked = [_completion(step, token) for step in more]
    copies = ground.copies_of(_step_of(fresh), len(asked))
    bare = [Asked("POST", f"/{copy}", one.body) for copy, one in zip(copies, asked, strict=True)]
    return _compared(ground, work, answering, (asked, bare), (rounds, each), crowd)


def inbox_http(ground: Ground, work: str, rounds: int, each: int, who: str = REVIEWER) -> Measured:
    """``GET /inbox``: the page as the browser gets it, a hundred lines with all counts."""
    return _page_http(ground, work, (rounds, each), "/inbox", who)


def due_http(ground: Ground, work: str, rounds: int, each: int, who: str) -> Measured:
    """``GET /supervision/due``: what is over or ends this week, at most 500 lines, all counts."""
    return _page_http(ground, work, (rounds, each), "/supervision/due", who)


def _page_http(ground: Ground, work: str, size: tuple[int, int], path: str, who: str) -> Measured:
    rounds, each = size
    page = Asked("GET", path, headers={"Cookie": _cookies(ground, who)})
    answering = _recorded(ground, [page] * WARM_UP, page)
    number = WARM_UP + rounds * each
    bare = Asked("GET", NO_CASE)
    return _compared(ground, work, answering, ([page] * number, [bare] * number), (rounds, each))


def start_to_first_page(ground: Ground, work: str, rounds: int, versions: int) -> Measured:
    """From starting ``bangfu serve`` to the first ``GET /inbox``, with so many versions."""
    deploy_until(ground, versions)
    page = Asked("GET", "/inbox", headers={"Cookie": _cookies(ground, REVIEWER)})
    return first_page(ground, work, rounds, page, _recorded(ground, [page] * WARM_UP, page))


def open_task(ground: Ground, work: str, rounds: int, each: int) -> Measured:
    """``GET /tasks/…``: a step's page with form, history and diagram, of a case with a past."""
    walk = Walk.begun(ground.engine)
    for number in range(AGE_OF_PAGE):
        walk.round(number)
    cookie = f"session={_signed_in(ground, 'officer2', 'web')}"
    page = Asked("GET", f"/tasks/{walk.step}", headers={"Cookie": cookie})
    answering = _recorded(ground, [page] * WARM_UP, page)
    number = WARM_UP + rounds * each
    bare = Asked("GET", NO_CASE)
    return _compared(ground, work, answering, ([page] * number, [bare] * number), (rounds, each))


def _compared(
    ground: Ground,
    work: str,
    answering: Answering,
    requests: tuple[Sequence[Asked], Sequence[Asked]],
    size: tuple[int, int],
    crowd: Crowd = ALONE,
) -> Measured:
    """Send to both kinds of server in turns; the first requests warm them up."""
    rounds, each = size
    first = WARM_UP * crowd.clients
    servers = ground.servers(crowd.servers)
    with serving.bare(ground.url, ground.data, answering, crowd.servers) as others:
        pair = Clients(servers.ports, crowd.clients), Clients(others.ports, crowd.clients)
        for clients, asked in zip(pair, requests, strict=True):
            clients.sending(asked)(range(first))
        ours, bare = (
            clients.sending(asked[first:]) for clients, asked in zip(pair, requests, strict=True)
        )
        found = in_turns(rounds, each, ours, bare, servers.cpu)
        for clients in pair:
            clients.close()
    script = answering.script
    return Measured(work, ground.db, found, script.statements, script.commits)


def _completion(step: str, token: str) -> Asked:
    return Asked(
        "POST",
        f"/api/v1/tasks/{step}/complete",
        json.dumps({"data": FILLED}, ensure_ascii=False).encode(),
        {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"key-{step}",
            "If-Match": '"1"',
        },
    )


def _step_of(asked: Asked) -> str:
    return asked.path.split("/")[4]


def _signed_in(ground: Ground, who: str, kind: str) -> str:
    """A token or session by name and password, as the pages and the API give it."""
    return ground.engine.accounts.sign_in(who, PASSWORD, "127.0.0.1", kind).token


def _cookies(ground: Ground, who: str) -> str:
    """What the browser of somebody who has seen a page sends: her session, and the page's cookie."""
    session = f"session={_signed_in(ground, who, 'web')}"
    opened = ground.opened
    client = create_app(opened.settings, opened.engine, opened.registry).test_client(
        use_cookies=False
    )
    first = client.get("/inbox", headers={"Cookie": session})
    assert first.status_code == 200, first.text
    given = [one.partition(";")[0] for one in first.headers.getlist("Set-Cookie")]
    return "; ".join([session, *given])


def _recorded(ground: Ground, warm: Sequence[Asked], asked: Asked) -> Answering:
    """What one request sends to the database, and how much it answers."""
    opened = ground.opened
    app = create_app(opened.settings, opened.engine, opened.registry)
    client = app.test_client(use_cookies=False)
    for one in warm:
        _asked(client, one)
    with recording(opened.engine.database) as sent:
        length = len(_asked(client, asked))
    case_id = case_of(_step_of(asked)) if asked.method == "POST" else NO_CASE
    return Answering(Script(tuple(sent)), case_id, length)


def _asked(client: FlaskClient, asked: Asked) -> bytes:
    answer = client.open(
        asked.path, method=asked.method, data=asked.body, headers=dict(asked.headers)
    )
    assert answer.status_code == 200, answer.text
    content: bytes = answer.get_data()
    answer.close()
    return content
