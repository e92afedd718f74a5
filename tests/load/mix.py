"""What people ask for on a working day, in fixed shares; what they are told, they go on with."""

import io
import itertools
import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlencode

from PIL import Image

from tests.bench.client import Answer, Asked
from tests.crash.clients import Plan
from tests.crash.installation import DOERS

_BOUNDARY = "a-part-of-the-form"
_SEED = 20_26


class Kind(StrEnum):
    """The kinds of request."""

    LIST = "task list"
    OPEN = "open a task"
    COMPLETE = "complete"
    START = "start"
    HISTORY = "history"
    FILE = "file"
    EXPORT = "export"


SHARES: Mapping[Kind, int] = {
    Kind.LIST: 50,
    Kind.OPEN: 20,
    Kind.COMPLETE: 15,
    Kind.START: 5,
    Kind.HISTORY: 5,
    Kind.FILE: 3,
    Kind.EXPORT: 2,
}
"""Of a hundred requests (docs/performance.md)."""

OFFICERS = {"u1": "officer", "u2": "other_officer"}
"""Who begins cases and does the officer's steps of each unit."""

EXPORTER = "entry"
READERS = ("officer", "reviewer", "approver", "entry", "supervisor", "city")


@dataclass(frozen=True)
class SignedIn:
    """A person with a token for the API, and a browser with the form's secret."""

    token: str
    cookies: str
    csrf: str

    def api(self, method: str, path: str, body: object = None, **headers: str) -> Asked:
        """A request to the API."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        content = {"Content-Type": "application/json"} if sent else {}
        said = {"Authorization": f"Bearer {self.token}", **content, **headers}
        return Asked(method, f"/api/v1{path}", sent, said)

    def upload(self, path: str, name: str, content: bytes) -> Asked:
        """A file sent to the API."""
        asked = self.api("POST", path)
        place = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        head = f"--{_BOUNDARY}\r\n{place}\r\nContent-Type: image/png\r\n\r\n"
        body = head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
        return Asked(asked.method, asked.path, body, {**asked.headers, **kind})

    def page(self, path: str) -> Asked:
        """A page."""
        return Asked("GET", path, headers={"Cookie": self.cookies})

    def form(self, path: str, **fields: str) -> Asked:
        """A form sent off."""
        said = {"Cookie": self.cookies, "Content-Type": "application/x-www-form-urlencoded"}
        return Asked("POST", path, urlencode({"csrf_token": self.csrf, **fields}).encode(), said)


@dataclass(frozen=True)
class Step:
    """An open step and who does it."""

    id: str
    element: str
    who: str


@dataclass
class Told:
    """What was acknowledged."""

    cases: dict[str, str] = field(default_factory=dict)
    """Case by the business key it was started with."""
    completed: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)


class Mix:
    """The next request, and what was learnt from the answers; for several threads."""

    def __init__(self, people: Mapping[str, SignedIn], plan: Plan, name: str = "held") -> None:
        self.told = Told()
        self._people = people
        self._plan = plan
        self._name = name
        self._lock = threading.Lock()
        self._random = random.Random(_SEED)
        self._deck = self._dealt()
        self._turns = {kind: itertools.count() for kind in Kind}
        self._stock: dict[str, Step] = {}
        self._taken: set[str] = set()
        self._known: list[tuple[str, str]] = []
        """Cases, each with its officer."""
        self._asking: Mapping[Kind, Callable[[int], Asked]] = {
            Kind.LIST: self._list,
            Kind.OPEN: self._open,
            Kind.COMPLETE: self._complete,
            Kind.START: self._start,
            Kind.HISTORY: self._history,
            Kind.FILE: self._file,
            Kind.EXPORT: self._export,
        }

    def _dealt(self) -> Iterator[Kind]:
        """A hundred after the other, each shuffled: the shares are kept to the letter."""
        while True:
            hundred = [kind for kind, share in SHARES.items() for _ in range(share)]
            self._random.shuffle(hundred)
            yield from hundred

    def next(self) -> tuple[Kind, Asked]:
        """The next request. Who has no step to do or to open looks for one in her list."""
        with self._lock:
            kind = next(self._deck)
            if kind in (Kind.COMPLETE, Kind.OPEN) and not self._stock:
                kind = Kind.LIST
                return kind, self.find()
            return kind, self._asking[kind](next(self._turns[kind]))

    def start(self) -> Asked:
        """Another case, before the clock runs."""
        with self._lock:
            return self._start(next(self._turns[Kind.START]))

    def learn(self, kind: Kind, asked: Asked, answer: Answer) -> None:
        """Note what an answer acknowledges, and what is to be done next."""
        if not 200 <= answer.status < 300 or not asked.path.startswith("/api/"):
            return
        with self._lock:
            if kind is Kind.LIST:
                self._see(json.loads(answer.content)["items"])
            elif kind is Kind.START:
                self._begun(asked, json.loads(answer.content))
            elif kind is Kind.COMPLETE:
                self.told.completed.add(json.loads(answer.content)["id"])
            elif kind is Kind.FILE and asked.method == "POST":
                self.told.files.append(json.loads(answer.content)["id"])

    def _see(self, items: list[dict[str, str]]) -> None:
        for item in items:
            element, role = item["element_id"], item["role"]
            if item["id"] not in self._taken and element in self._plan.steps:
                who = OFFICERS[item["jurisdiction"]] if role == "officer" else DOERS[role]
                self._stock[item["id"]] = Step(item["id"], element, who)

    def _begun(self, asked: Asked, case: Mapping[str, str]) -> None:
        self.told.cases[asked.headers["Idempotency-Key"]] = case["id"]
        self._known.append((case["id"], OFFICERS[case["jurisdiction"]]))

    # --- what is asked ---------------------------------------------------------------------

    def _list(self, turn: int) -> Asked:
        """The inbox as a page, or the list of the API."""
        if turn % 2:
            return self.find()
        return self._people[READERS[turn // 2 % len(READERS)]].page("/inbox")

    def find(self) -> Asked:
        """The list of the API, in which the next steps to be done are found."""
        return self._people["supervisor"].api("GET", "/tasks?state=open&limit=100")

    def _open(self, turn: int) -> Asked:
        step = self._random.choice(list(itertools.islice(self._stock.values(), 100)))
        who = self._people[step.who]
        return who.api("GET", f"/tasks/{step.id}") if turn % 2 else who.page(f"/tasks/{step.id}")

    def _complete(self, _turn: int) -> Asked:
        step = self._stock.pop(next(iter(self._stock)))
        self._taken.add(step.id)
        return self._people[step.who].api(
            "POST",
            f"/tasks/{step.id}/complete",
            {"data": self._plan.steps[step.element]},
            **{"If-Match": '"1"', "Idempotency-Key": f"do-{step.id}"},
        )

    def _start(self, turn: int) -> Asked:
        unit, officer = list(OFFICERS.items())[turn % len(OFFICERS)]
        key = f"{self._name}-{turn:06d}"
        body = {
            "definition_key": self._plan.process,
            "jurisdiction": unit,
            "business_key": key,
            "data": self._plan.start,
        }
        return self._people[officer].api(
            "POST", "/process-instances", body, **{"Idempotency-Key": key}
        )

    def _history(self, turn: int) -> Asked:
        (case, _), supervisor = self._random.choice(self._known), self._people["supervisor"]
        if turn % 2:
            return supervisor.api("GET", f"/process-instances/{case}/history")
        return supervisor.page(f"/cases/{case}?tab=history")

    def _file(self, turn: int) -> Asked:
        """A picture put into a case, or one of them fetched."""
        if turn % 2 and self.told.files:
            file = self._random.choice(self.told.files)
            return self._people["supervisor"].api("GET", f"/files/{file}")
        case, officer = self._random.choice(self._known)
        return self._people[officer].upload(
            f"/process-instances/{case}/files", f"模拟{turn}.png", self._picture()
        )

    def _picture(self) -> bytes:
        """Some 20 kB that nobody has sent before."""
        side = 80
        pixels = self._random.randbytes(side * side * 3)
        written = io.BytesIO()
        Image.frombytes("RGB", (side, side), pixels).save(written, "PNG")
        return written.getvalue()

    def _export(self, _turn: int) -> Asked:
        return self._people[EXPORTER].form("/households/export", reason="会议审议")
