"""Clients that drive cases to their end over HTTP and note what was acknowledged to them.

A request that got no answer is sent again with the same Idempotency-Key until it gets one: what
the server then says counts.
"""

import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.crash.installation import PASSWORD
from tests.support.waiting import WAITED

UNANSWERED = (httpx.TransportError,)
LATER = (429, 503)


@dataclass
class Plan:
    """What a case is started with and what its steps are filled in with, by element."""

    process: str
    start: Mapping[str, object]
    steps: Mapping[str, Mapping[str, object]]

    @classmethod
    def of_scenario(cls, folder: Path, name: str) -> "Plan":
        """The data of one of the process's own scenarios."""
        told = tomllib.loads((folder / "scenarios" / f"{name}.toml").read_text(encoding="utf-8"))
        steps: dict[str, Mapping[str, object]] = {}
        for step in told["steps"]:
            if "do" in step:
                data = dict(step.get("data", {}))
                if "data_from" in step:
                    file, _, key = step["data_from"].partition("#")
                    shared = (folder / "scenarios" / "data" / file).read_text(encoding="utf-8")
                    data = {**tomllib.loads(shared)[key], **data}
                steps[step["do"]] = {
                    k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in data.items()
                }
        return cls(folder.name, told["start"], steps)


@dataclass
class Noted:
    """What was acknowledged."""

    cases: dict[str, str] = field(default_factory=dict)
    """Case id by the business key it was started with."""
    completed: dict[str, str] = field(default_factory=dict)
    """Idempotency key by task id."""
    ended: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


class Client:
    """One client; drives one case after the other until there is no next key."""

    def __init__(self, ports: Sequence[int], plan: Plan, users: Mapping[str, str]) -> None:
        self.ports = ports
        self.plan = plan
        self.users = users
        self.turn = 0
        self.tokens: dict[str, str] = {}
        self.noted = Noted()
        self.http = httpx.Client(timeout=20)

    def run(self, next_key: Callable[[], str | None]) -> None:
        """Start and finish cases; a fault is noted, not raised."""
        try:
            while (key := next_key()) is not None:
                self._drive(key)
        except Exception as error:  # noqa: BLE001
            self.noted.faults.append(repr(error))
        finally:
            self.http.close()

    def _drive(self, key: str) -> None:
        body = {
            "definition_key": self.plan.process,
            "jurisdiction": "u1",
            "business_key": key,
            "data": self.plan.start,
        }
        started = self._send(
            "officer", "POST", "/process-instances", body, {"Idempotency-Key": key}
        )
        assert started.status_code == 201, started.text
        case_id = str(started.json()["id"])
        self.noted.cases[key] = case_id
        end = time.monotonic() + WAITED
        while time.monotonic() < end:
            if self._do_open_steps(case_id):
                continue
            state = self._send("officer", "GET", f"/process-instances/{case_id}").json()["state"]
            if state == "completed":
                self.noted.ended.add(case_id)
                return
            assert state == "active", state
            time.sleep(0.3)
        self.noted.faults.append(f"case {case_id} did not end")

    def _do_open_steps(self, case_id: str) -> bool:
        """Whether there was an open step to do."""
        query = f"/tasks?state=open&instance_id={case_id}"
        items = self._send("supervisor", "GET", query).json()["items"]
        for task in items:
            who = self.users[task["role"]]
            seen = self._send(who, "GET", f"/tasks/{task['id']}")
            key = f"do-{task['id']}"
            done = self._send(
                who,
                "POST",
                f"/tasks/{task['id']}/complete",
                {"data": self.plan.steps[task["element_id"]]},
                {"If-Match": seen.headers["ETag"], "Idempotency-Key": key},
            )
            assert done.status_code == 200, f"{task['element_id']}: {done.text}"
            self.noted.completed[task["id"]] = key
        return bool(items)

    def _send(
        self,
        who: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send until there is an answer; 503 and 429 mean: later, with the same key."""
        end = time.monotonic() + WAITED
        while time.monotonic() < end:
            try:
                token = self._token(who)
                answer = self.http.request(
                    method,
                    self._address(path),
                    json=body,
                    headers={"Authorization": f"Bearer {token}", **(headers or {})},
                )
            except UNANSWERED:
                self.turn += 1
                time.sleep(0.1)
                continue
            if answer.status_code not in LATER:
                return answer
            time.sleep(0.2)
        raise AssertionError(f"no answer to {method} {path}")

    def _token(self, who: str) -> str:
        if who not in self.tokens:
            answer = self.http.post(
                self._address("/tokens"), json={"username": who, "password": PASSWORD}
            )
            if answer.status_code in LATER:
                raise httpx.TransportError(answer.text)
            assert answer.status_code == 201, answer.text
            self.tokens[who] = answer.json()["token"]
        return self.tokens[who]

    def _address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.ports[self.turn % len(self.ports)]}/api/v1{path}"
